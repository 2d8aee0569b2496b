//! Why a JSON value is not of a type, and what would be.

/// A value that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misread {
    /// What is wrong, as a fragment in lower case.
    pub message: String,
    /// How to write what is meant.
    pub help: String,
}

impl Misread {
    /// With both.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Misread {
        Misread {
            message: message.into(),
            help: help.into(),
        }
    }
}
