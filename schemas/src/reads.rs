//! What somebody reads of an event, for a projection.

use crate::budget::Exhausted;
use crate::data_path::DataPath;
use crate::finding::Label;
use crate::text::shown::Line;
use crate::text::source::Span;

/// One thing that is read.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Where it is in the data.
    pub path: &'a DataPath,
    /// The symbols of an enum that the reader knows; `None` for all of them.
    pub symbols: Option<&'a [&'a str]>,
    /// It does without symbols that it does not know, or types: at the end of the path, where that is an enum, a union, a member of
    /// a oneof, or a list or map of these; else in the nearest union or oneof on the way. Symbols are read as the enum's default, or
    /// its first symbol.
    pub other_symbols: bool,
    /// It takes null for a value that is null or not there, and so for everything on the way to it, as long as nothing
    /// else that is read there needs more.
    pub null: bool,
}

impl Read<'_> {
    /// Whether both know the same symbols, and do without others.
    pub(crate) fn handles_like(&self, other: &Read<'_>) -> bool {
        let sorted = |symbols: &[&str]| {
            let mut symbols: Vec<String> = symbols.iter().map(|symbol| (*symbol).to_owned()).collect();
            symbols.sort_unstable();
            symbols
        };
        self.other_symbols == other.other_symbols && self.symbols.map(sorted) == other.symbols.map(sorted)
    }
}

/// What stands in for what somebody reads, where data does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// A default: the field's own, or that of a field on the way to it. Also where what the path names is not there, which a projection
    /// reports.
    Default,
    /// Nothing: no field on the way has a default.
    None,
    /// Nothing for what the path leads to; fields inside of it may have defaults of their own.
    Inside,
    /// Nothing: the path does not end in a field.
    NotAField,
}

/// A field that a writer sends and a reader does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    /// The way to it.
    pub path: DataPath,
    /// Where the reader's text does not have it.
    pub reader: Label,
    /// Where the writer's text has it.
    pub writer: Label,
}

/// How a reader finds the field that it takes for one of the writer's, in languages that tell fields by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownBy {
    /// By the name.
    Name,
    /// By the name, or by an alias of the reader's own.
    NameOrAlias,
}

/// A path names what is not there, or what is asked of its end cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Which of the reads.
    pub read: usize,
    /// The bytes of the wrong step in the path's text.
    pub span: Span,
    /// What is wrong, as a fragment in lower case.
    pub message: Line,
    /// What to write instead: the names that are there.
    pub known: Vec<String>,
    /// How to mend it.
    pub help: Line,
}

impl Misread {
    /// Two paths are two spellings of one place, and differ in what is handled there.
    pub(crate) fn handled_twice(number: usize, first: usize, reads: &[Read<'_>]) -> Misread {
        let (path, first) = (reads[number].path, reads[first].path);
        Misread {
            read: number,
            span: path.span_of(usize::MAX),
            message: crate::to_line!(
                "it is the same place as `{first}`, of which `handles` or `otherwise` says something else"
            ),
            known: Vec::new(),
            help: "keep one of the two entries".into(),
        }
    }
}

/// Reads of one projection that are described where they do not fit; those beyond are counted.
pub const MAX_DESCRIBED: usize = 20;

/// Steps that all reads of one projection may take through the schema, and parts of it that they may copy, whatever the
/// budget: this bounds memory. Only reads made to be slow come near it.
pub const MAX_STEPS: usize = 1_000_000;

/// The reads that do not fit a schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Misreads {
    /// The first of them, no more than [`MAX_DESCRIBED`].
    pub described: Vec<Misread>,
    /// How many more there are.
    pub more: usize,
    /// The reads took too many steps together; those after the one that is described were not looked at.
    pub is_cut: bool,
}

/// Why a schema could not be cut down to what is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectError {
    /// Reads that do not fit the schema.
    Misread(Misreads),
    /// The budget has ended.
    Exhausted(Exhausted),
}

impl From<Misreads> for ProjectError {
    fn from(misreads: Misreads) -> ProjectError {
        ProjectError::Misread(misreads)
    }
}

impl From<Exhausted> for ProjectError {
    fn from(why: Exhausted) -> ProjectError {
        ProjectError::Exhausted(why)
    }
}

impl Misreads {
    /// Adds one; only the first are described, since a description goes through everything that could have been meant.
    pub(crate) fn add(&mut self, describe: impl FnOnce() -> Misread) {
        if self.described.len() < MAX_DESCRIBED {
            self.described.push(describe());
        } else {
            self.more += 1;
        }
    }

    /// Whether all reads fit.
    pub fn is_empty(&self) -> bool {
        self.described.is_empty()
    }
}

impl Misreads {
    /// The reads take more than [`MAX_STEPS`], which was noticed at the read of this number.
    pub(crate) fn too_many_steps(number: usize, reads: &[Read<'_>], help: &str) -> Misreads {
        Misreads {
            described: vec![Misread {
                read: number,
                span: reads[number].path.span_of(usize::MAX),
                message: crate::to_line!(
                    "the reads take more than the {MAX_STEPS} steps through the schema that are allowed"
                ),
                known: Vec::new(),
                help: help.into(),
            }],
            more: 0,
            is_cut: true,
        }
    }
}
