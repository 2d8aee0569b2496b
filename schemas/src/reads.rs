//! What somebody reads of an event, for a projection.

use crate::budget::Exhausted;
use crate::data_path::DataPath;
use crate::text::shown::Line;
use crate::text::source::Span;

/// One thing that is read.
#[derive(Debug, Clone, Copy)]
pub struct Read<'a> {
    /// Where it is in the data.
    pub path: &'a DataPath,
    /// The symbols of an enum that the reader knows; `None` for all of them.
    pub symbols: Option<&'a [&'a str]>,
    /// It does without symbols that it does not know. They are read as the enum's default, or the first symbol.
    pub other_symbols: bool,
    /// It takes null for a value that is null or not there, and so for everything on the way to it, as long as nothing
    /// else that is read there needs more.
    pub null: bool,
}

/// What stands in for what somebody reads, where data does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// A default: the field's own, or that of a field on the way to it. Also where what the path names is not there, which a projection
    /// reports.
    Default,
    /// Nothing: no field on the way has a default.
    None,
    /// Nothing: the path does not end in a field.
    NotAField,
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
