//! JSON that remembers where it was written (RFC 8259).
//!
//! Unlike serde_json it keeps the place of every value, the exact text of numbers and the order of members, and
//! it refuses duplicate keys: two readers of such a text would see two different schemas.

use crate::text::shown::Line;
use crate::text::source::{Path, Span, Step};

mod problems;
mod reader;
mod writer;

pub(crate) use problems::Problems;
pub use reader::{parse, parse_as};
pub(crate) use writer::{Digits, write_characters, write_string, write_string_in};

/// How large a text may be before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Arrays and objects inside one another. Everything that walks a document recurses no deeper than this.
    pub depth: usize,
}

impl Limits {
    /// The size is not looked at: for texts that were already accepted once.
    pub const UNBOUNDED_SIZE: Limits = Limits {
        bytes: usize::MAX,
        depth: Limits::MAX_DEPTH,
    };

    /// No setting allows a deeper text: recursion over a document must fit a thread's stack.
    pub const MAX_DEPTH: usize = 512;
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 1024 * 1024,
            depth: 256,
        }
    }
}

/// What a text may have that JSON does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Dialect {
    /// Comments, as in Java: from `//` to the end of the line, and from `/*` to `*/`. They are passed over.
    pub comments: bool,
    /// A key may stand twice in an object: the last value counts, at the place of the first.
    pub repeated_keys: bool,
}

impl Dialect {
    /// Everything that a text may have which was taken before.
    pub const LENIENT: Dialect = Dialect {
        comments: true,
        repeated_keys: true,
    };
}

/// A value and the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The bytes of its text.
    pub span: Span,
}

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, exactly as it was written: no digit is lost.
    Number(Box<str>),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object, its members in the order of the text, no key twice: see [`Dialect::repeated_keys`].
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key, unescaped.
    pub key: String,
    /// The bytes of the key, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

/// A text is not JSON, or is more than was allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// Where.
    pub span: Span,
}

impl Node {
    /// The value of an object's member.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    /// An object's member with its key.
    pub fn member(&self, key: &str) -> Option<&Member> {
        match &self.value {
            Value::Object(members) => members.iter().find(|member| member.key == key),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn as_array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    pub fn as_object(&self) -> Option<&[Member]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// What kind of value this is, with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }

    /// The span of the value at `path`, or of its nearest ancestor that is there.
    pub fn span_at(&self, path: &Path) -> Span {
        let mut node = self;
        for step in path.steps() {
            let next = match (step, &node.value) {
                (Step::Index(index), Value::Array(items)) => items.get(*index),
                (Step::Key(key), _) => node.get(key),
                (Step::Name(key), _) => match node.member(key) {
                    Some(member) => return member.key_span,
                    None => None,
                },
                _ => None,
            };
            match next {
                Some(next) => node = next,
                None => return node.span,
            }
        }
        node.span
    }
}
