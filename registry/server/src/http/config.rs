//! `/config`.

pub mod global;
pub mod subject;
