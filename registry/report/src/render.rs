//! How reports are written: one file for each form, all over the same types.

pub mod difference;
mod excerpt;
pub mod json;
pub mod problem;
pub mod text;
pub mod validation;
