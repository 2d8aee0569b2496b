//! What the tests share: databases of their own, and processes of their own.

pub mod child;
pub mod database;
