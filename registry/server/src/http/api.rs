//! `/api/v1`: what is ours.

pub mod check;
pub mod contracts;
pub mod settings;
