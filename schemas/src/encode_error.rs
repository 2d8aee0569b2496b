//! Why a value cannot be encoded, and where in the value.

use std::fmt;

use crate::data_place::within;
use crate::text::shown::Line;

const TOO_LONG: &str = "its JSON is too long";

/// A value is not of its schema's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError {
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// The place in the value: `lines[2].sku`, `tags{colour}`, `payment(Card).number`; empty for the whole.
    pub path: Line,
}

impl EncodeError {
    pub(crate) fn new(message: impl Into<Line>) -> Self {
        EncodeError {
            message: message.into(),
            path: Line::default(),
        }
    }

    /// A text of the value has more bytes than it may.
    pub(crate) fn too_long() -> Self {
        EncodeError::new(TOO_LONG)
    }

    /// Whether it is only that a text of the value has more bytes than it may.
    pub(crate) fn is_too_long(&self) -> bool {
        self.message == TOO_LONG
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
