//! Why a value cannot be encoded, and where in the value.

use std::fmt;

use crate::data_place::within;

/// A value is not of its schema's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    /// What is wrong, as a fragment in lower case.
    pub message: String,
    /// The place in the value: `lines[2].sku`, `tags{colour}`, `payment(Card).number`; empty for the whole.
    pub path: String,
}

impl EncodeError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        EncodeError {
            message: message.into(),
            path: String::new(),
        }
    }

    pub(crate) fn within(mut self, step: &str) -> Self {
        self.path = within(step, &self.path);
        self
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for EncodeError {}
