//! From a place in a schema to a place in its text.
//!
//! The engine works with paths (JSON pointers); lines and columns are looked up last, when something is shown.

use std::fmt;
use std::sync::Arc;

use crate::text::json;
use crate::text::shown::Line;

/// A named text: what a schema, a payload or a contract was read from. Cheap to clone.
#[derive(Clone, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    is_withheld: bool,
}

impl PartialEq for Source {
    /// By name and text. Clones are told to be equal without a look at either, which a place in a large text needs.
    fn eq(&self, other: &Self) -> bool {
        let is_equal = |ours: &Arc<str>, theirs: &Arc<str>| Arc::ptr_eq(ours, theirs) || ours == theirs;
        is_equal(&self.name, &other.name) && is_equal(&self.text, &other.text)
    }
}

impl Source {
    /// A text under the name that people know it by (a file name, or `subject@version`).
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Source {
            name: name.into(),
            text: text.into(),
            is_withheld: false,
        }
    }

    /// The same text as one whose faults may be told, but of which nothing may be shown to people for them: it is not theirs.
    #[must_use]
    pub fn withheld(self) -> Self {
        Source {
            is_withheld: true,
            ..self
        }
    }

    /// Whether nothing of the text may be shown with its faults.
    pub fn is_withheld(&self) -> bool {
        self.is_withheld
    }

    /// The name that people know the text by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line and column of a byte offset; an offset beyond the end is the end.
    pub fn point(&self, offset: usize) -> Point {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Point {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The span of the value at `path` in a JSON text, or that of its nearest ancestor which the text has.
    /// A last step [`Step::Name`] names the member's key rather than its value.
    pub fn span(&self, path: &Path) -> Span {
        match json::parse_as(&self.text, &json::Limits::UNBOUNDED_SIZE, json::Dialect::LENIENT) {
            Ok(root) => root.span_at(path),
            Err(_) => Span {
                start: 0,
                end: self.text.len().min(1),
            },
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name, self.text.len())
    }
}

/// A range of bytes in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// A place in a text as people count: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The value of an object's member.
    Key(Box<str>),
    /// An element of an array, from 0.
    Index(usize),
    /// The key of an object's member, as opposed to its value. Only a path's last step.
    Name(Box<str>),
}

/// A place in a JSON document, shown as a JSON pointer (RFC 6901).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Path(Vec<Step>);

impl Path {
    /// The whole document.
    pub fn root() -> Self {
        Path::default()
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This place's member `key`.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.into()))
    }

    /// This place's element `index`, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// This place with one more step.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }

    /// Goes one step down, in place.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Goes one step up, in place.
    pub fn pop(&mut self) -> Option<Step> {
        self.0.pop()
    }
}

impl fmt::Display for Path {
    /// A JSON pointer; the root is shown as `/`, as registries do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("/");
        }
        for step in &self.0 {
            match step {
                Step::Index(index) => write!(f, "/{index}")?,
                Step::Key(key) | Step::Name(key) => {
                    write!(f, "/{}", key.replace('~', "~0").replace('/', "~1"))?;
                }
            }
        }
        Ok(())
    }
}

/// One thing that is wrong with a text: what, where, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// Where.
    pub source: Source,
    /// The bytes that are wrong.
    pub span: Span,
    /// How to mend it, where that is known.
    pub help: Option<Line>,
}

impl Problem {
    /// Line and column of the place.
    pub fn point(&self) -> Point {
        self.source.point(self.span.start)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.source.name(), self.point(), self.message)?;
        if let Some(help) = &self.help {
            write!(f, " ({help})")?;
        }
        Ok(())
    }
}

/// A text could not be understood. There is at least one problem, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Everything that was found wrong before parsing had to stop.
    pub problems: Vec<Problem>,
}

impl From<Problem> for ParseError {
    fn from(problem: Problem) -> Self {
        ParseError {
            problems: vec![problem],
        }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ParseError {}
