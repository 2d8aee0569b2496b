//! Why a payload cannot be decoded, and where in the data.

use std::fmt;

use crate::data_place::within;
use crate::text::shown::Line;

/// What sort of defect it is. Only [`DecodeErrorKind::Unreadable`] speaks about the reader; all others say that the payload is
/// not what the writer's schema describes, or asks for more than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecodeErrorKind {
    /// The bytes end before the value does.
    Truncated,
    /// The value ends before the bytes do.
    Trailing,
    /// The bytes are not in the format, or not what the writer's schema describes.
    Malformed,
    /// A string that must be UTF-8 is not.
    Utf8,
    /// A required field is missing.
    Required,
    /// A field that the schema does not know, where that is refused.
    Unknown,
    /// The reader's schema cannot take what the writer wrote.
    Unreadable,
    /// More than the limits of its format allow.
    Limit,
}

/// A payload cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// What sort of defect it is.
    pub kind: DecodeErrorKind,
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// The offset in the payload, in bytes, at which decoding stopped; of a missing field, the end of the payload.
    pub offset: usize,
    /// The place in the writer's data: `lines[2].sku`, `tags{colour}`, `payment(Card).number`; an extension is `(acme.level)`, an
    /// unknown field `#7`; empty for the whole.
    pub path: Line,
}

/// Boxed, as errors are rare and results are passed on often.
pub(crate) type Decoded<T> = Result<T, Box<DecodeError>>;

impl DecodeError {
    /// An error whose path is not known yet.
    #[cold]
    pub(crate) fn new(kind: DecodeErrorKind, offset: usize, message: impl Into<Line>) -> Box<Self> {
        Box::new(DecodeError {
            kind,
            message: message.into(),
            offset,
            path: Line::default(),
        })
    }

    /// The error, one step further out: what it is about lies within `step`.
    #[cold]
    pub(crate) fn within(mut self: Box<Self>, step: &str) -> Box<Self> {
        self.path = within(step, &self.path);
        self
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
