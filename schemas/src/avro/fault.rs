//! Why a payload cannot be decoded, and where in the data.

use std::fmt;

/// What sort of defect it is. Only [`DecodeErrorKind::Unreadable`] speaks about the reader; all others say that the
/// payload is not what the writer's schema describes, or asks for more than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecodeErrorKind {
    /// The bytes end before the value does.
    Truncated,
    /// The value ends before the bytes do.
    Trailing,
    /// The bytes are not what the writer's schema describes.
    Malformed,
    /// The reader's schema cannot take what the writer wrote.
    Unreadable,
    /// More than [`super::limits::Limits`] allow.
    Limit,
}

/// A payload cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// What sort of defect it is.
    pub kind: DecodeErrorKind,
    /// What is wrong, as a fragment in lower case.
    pub message: String,
    /// The offset in the payload, in bytes, at which decoding stopped.
    pub offset: usize,
    /// The place in the writer's data: `lines[2].sku`, `tags{colour}`, `payment(Card).number`; empty for the whole.
    pub path: String,
}

impl DecodeError {
    /// An error whose path is not known yet.
    pub(crate) fn new(kind: DecodeErrorKind, offset: usize, message: impl Into<String>) -> Box<Self> {
        Box::new(DecodeError {
            kind,
            message: message.into(),
            offset,
            path: String::new(),
        })
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{} (at byte {})", self.message, self.offset)
    }
}

impl std::error::Error for DecodeError {}
