//! `/schemas`.

pub mod guid;
pub mod id;
pub mod list;
pub mod types;
pub mod uses;
