//! Why a payload cannot be decoded, and where in the data.

use std::fmt::{self, Write};

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

/// One step down into data.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment<'a> {
    Field(&'a str),
    Index(u64),
    Key(&'a str),
    Branch(&'a str),
}

/// Paths into deeply nested data are cut in the middle to this many steps at both ends.
const SHOWN_STEPS: usize = 12;

/// A path as text.
pub(crate) fn path_text(segments: &[Segment<'_>]) -> String {
    let mut text = String::new();
    let hidden = segments.len().saturating_sub(2 * SHOWN_STEPS);
    for (index, segment) in segments.iter().enumerate() {
        if hidden > 0 && index == SHOWN_STEPS {
            text.push('…');
        }
        if hidden > 0 && (SHOWN_STEPS..SHOWN_STEPS + hidden).contains(&index) {
            continue;
        }
        // Writing to a String does not fail.
        let _ = match segment {
            Segment::Field(name) if text.is_empty() => write!(text, "{name}"),
            Segment::Field(name) => write!(text, ".{name}"),
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Key(key) => write!(text, "{{{}}}", shortened(key)),
            Segment::Branch(name) => write!(text, "({name})"),
        };
    }
    text
}

/// The path of a part within the value at `head`.
pub(crate) fn joined(mut head: String, tail: &str) -> String {
    if !head.is_empty() && !tail.is_empty() && !tail.starts_with(['[', '{', '(']) {
        head.push('.');
    }
    head.push_str(tail);
    head
}

/// A text for a message: at most 40 characters of it, control characters escaped.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).flat_map(printable).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

fn printable(char: char) -> Box<dyn Iterator<Item = char>> {
    if char.is_control() {
        Box::new(char.escape_default())
    } else {
        Box::new(std::iter::once(char))
    }
}
