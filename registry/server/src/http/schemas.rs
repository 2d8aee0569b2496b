//! `/schemas`.

pub mod guid;
pub mod id;
pub mod types;
pub mod uses;
