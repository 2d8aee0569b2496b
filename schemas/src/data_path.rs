//! Paths through data: how findings say where in an event something goes wrong, and contracts say what they read.
//!
//! `orderId`, `customer.email`, `lines[].sku` (every item), `tags{}` (every value of a map),
//! `payment.(com.acme.Card).number` (one branch of a union). Unlike [`crate::text::source::Path`], which leads through the
//! text of a schema, a data path knows nothing of how the schema was written.

use std::fmt;

use crate::text::shown::Line;
use crate::text::source::Span;
use crate::to_line;

/// Steps beyond which no path is taken: everything that walks one recurses no deeper than this.
pub const MAX_STEPS: usize = 64;
/// Bytes beyond which no path is taken.
pub const MAX_BYTES: usize = 4096;

/// A way into the values of a type; the empty one is the whole value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DataPath {
    steps: Vec<DataStep>,
    /// For each step, its bytes in the text that it was parsed from.
    spans: Vec<(usize, usize)>,
}

/// One step of a [`DataPath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DataStep {
    /// `name`: a record's field.
    Field(Box<str>),
    /// `[]`: every item of an array.
    Item,
    /// `{}`: every value of a map.
    Entry,
    /// `(Type)`: one branch of a union, by the name of its type.
    Branch(Box<str>),
}

/// A text is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DataPathError {
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// Where in the path's text.
    pub span: Span,
    /// How to mend it.
    pub help: Line,
}

impl DataStep {
    /// Into a field of this name; a name that no path can have is cut, and is still none that a path has.
    pub(crate) fn field(name: &str) -> Self {
        DataStep::Field(no_longer_than_needed(name))
    }

    /// Into a branch of this name, likewise.
    pub(crate) fn branch(name: &str) -> Self {
        DataStep::Branch(no_longer_than_needed(name))
    }
}

fn no_longer_than_needed(name: &str) -> Box<str> {
    name[..name.ceil_char_boundary(MAX_BYTES + 1)].into()
}

impl DataPath {
    /// The whole value.
    pub fn whole() -> Self {
        DataPath::default()
    }

    /// Reads a path.
    ///
    /// # Errors
    /// The first place where the text is no path; more than [`MAX_STEPS`] steps or [`MAX_BYTES`] bytes; no step at all.
    pub fn parse(text: &str) -> Result<Self, DataPathError> {
        if text.len() > MAX_BYTES {
            return Err(DataPathError {
                message: to_line!(
                    "the path has {} bytes, more than the {MAX_BYTES} that are allowed",
                    text.len()
                ),
                span: Span::default(),
                help: "name a field nearer to the root; it is read with all that it holds".into(),
            });
        }
        let mut reader = Reader { text, at: 0 };
        let mut path = DataPath::default();
        loop {
            let start = reader.at + usize::from(text[reader.at..].starts_with('.'));
            let step = reader.step(path.steps.is_empty())?;
            if path.steps.len() == MAX_STEPS {
                return Err(DataPathError {
                    message: to_line!("the path has more than the {MAX_STEPS} steps that are allowed"),
                    span: Span { start, end: reader.at },
                    help: "name a field nearer to the root; it is read with all that it holds".into(),
                });
            }
            path.steps.push(step);
            path.spans.push((start, reader.at));
            if reader.at == text.len() {
                return Ok(path);
            }
        }
    }

    /// A path of the first of these steps, which no text spells: as many as a path may have, by steps and by bytes, and the
    /// one with which it has too many bytes.
    pub(crate) fn beginning(steps: impl IntoIterator<Item = DataStep>) -> Self {
        let mut bytes = 0;
        let mut taken = Vec::new();
        for step in steps {
            if let DataStep::Field(name) | DataStep::Branch(name) = &step {
                bytes += name.len();
            }
            taken.push(step);
            if bytes > MAX_BYTES || taken.len() == MAX_STEPS {
                break;
            }
        }
        DataPath::of(taken)
    }

    /// A path of these steps, which no text spells.
    pub fn of(steps: Vec<DataStep>) -> Self {
        DataPath {
            steps,
            spans: Vec::new(),
        }
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[DataStep] {
        &self.steps
    }

    /// The path to what the step of this number is taken from.
    pub fn until(&self, step: usize) -> DataPath {
        DataPath::of(self.steps[..step].to_vec())
    }

    /// The same path with one more step, before the step of this number.
    pub(crate) fn with(&self, step: usize, more: DataStep) -> DataPath {
        let mut steps = self.steps.clone();
        steps.insert(step, more);
        DataPath::of(steps)
    }

    /// The same path without the step of this number.
    pub(crate) fn without(&self, step: usize) -> DataPath {
        let mut steps = self.steps.clone();
        steps.remove(step);
        DataPath::of(steps)
    }

    /// The bytes of a step in the text that the path was parsed from; of the whole text where there is no such step.
    pub fn span_of(&self, step: usize) -> Span {
        let end = self.spans.last().map_or(0, |span| span.1);
        let (start, end) = self.spans.get(step).copied().unwrap_or((0, end));
        Span { start, end }
    }
}

impl fmt::Display for DataPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_steps(f, &self.steps)
    }
}

/// Writes steps as a path, so that a part of a path can be shown too.
///
/// # Errors
/// Those of `out`.
pub fn write_steps(out: &mut impl fmt::Write, steps: &[DataStep]) -> fmt::Result {
    for (index, step) in steps.iter().enumerate() {
        if index > 0 && matches!(step, DataStep::Field(_) | DataStep::Branch(_)) {
            out.write_char('.')?;
        }
        match step {
            DataStep::Field(name) => out.write_str(name)?,
            DataStep::Item => out.write_str("[]")?,
            DataStep::Entry => out.write_str("{}")?,
            DataStep::Branch(name) => write!(out, "({name})")?,
        }
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn step(&mut self, first: bool) -> Result<DataStep, DataPathError> {
        match self.peek() {
            Some('[') => return self.pair("[]", "every item of an array", DataStep::Item),
            Some('{') => return self.pair("{}", "every value of a map", DataStep::Entry),
            Some('.') if !first => self.at += 1,
            Some(_) if first => {}
            Some(found) => {
                return Err(self.error(
                    format!("`.`, `[]` or `{{}}` was expected, not {found:?}"),
                    "write `customer.email`, `lines[].sku`, `tags{}` or `payment.(com.acme.Card).number`",
                ));
            }
            None => {}
        }
        if self.peek() != Some('(') {
            return Ok(DataStep::Field(self.name(false)?));
        }
        self.at += 1;
        let name = self.name(true)?;
        if self.peek() != Some(')') {
            return Err(self.error(
                "the union's branch is not closed",
                "write the type's name in parentheses: `(com.acme.Card)`",
            ));
        }
        self.at += 1;
        Ok(DataStep::Branch(name))
    }

    fn pair(&mut self, brackets: &str, meaning: &str, step: DataStep) -> Result<DataStep, DataPathError> {
        if !self.text[self.at..].starts_with(brackets) {
            return Err(self.error(
                format!("`{brackets}` was expected: it stands for {meaning}"),
                "a contract reads every item or none; leave the index or the key out",
            ));
        }
        self.at += brackets.len();
        Ok(step)
    }

    /// A field's name, or a type's, which may have dots in it.
    fn name(&mut self, of_type: bool) -> Result<Box<str>, DataPathError> {
        let rest = &self.text[self.at..];
        let ends = |c: char| {
            matches!(c, '[' | ']' | '{' | '}' | '(' | ')' | ',')
                || (c == '.' && !of_type)
                || c.is_whitespace()
                || c.is_control()
        };
        let name = &rest[..rest.find(ends).unwrap_or(rest.len())];
        if name.is_empty() {
            let what = if of_type { "a type's name" } else { "a field's name" };
            let message = match self.peek() {
                Some(found) => format!("{what} was expected, not {found:?}"),
                None => format!("the path ends where {what} was expected"),
            };
            return Err(self.error(message, "write names with single dots between them: `customer.email`"));
        }
        self.at += name.len();
        Ok(name.into())
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn error(&self, message: impl Into<Line>, help: &str) -> DataPathError {
        let width = self.peek().map_or(0, char::len_utf8);
        DataPathError {
            message: message.into(),
            span: Span {
                start: self.at,
                end: self.at + width,
            },
            help: help.into(),
        }
    }
}
