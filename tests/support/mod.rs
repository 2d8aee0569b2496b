//! What the tests share: databases of their own.

pub mod database;
