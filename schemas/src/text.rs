//! Texts and places in them, whatever language they are in; and how long anything may be that is shown.

pub mod json;
pub mod likeness;
pub mod shorten;
pub mod shown;
pub mod source;
pub(crate) mod weight;
pub mod yaml;
