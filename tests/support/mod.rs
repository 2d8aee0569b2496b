//! What the tests share: databases and processes of their own, and the program itself.

pub mod child;
pub mod cli;
pub mod database;
pub mod ledger;
pub mod measure;
pub mod server;
