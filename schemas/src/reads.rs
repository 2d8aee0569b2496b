//! What somebody reads of an event, for a projection.

use crate::budget::Exhausted;
use crate::data_path::DataPath;
use crate::source::Span;

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

/// A path leads nowhere, or what is asked of its end cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// Which of the reads.
    pub read: usize,
    /// The bytes of the wrong step in the path's text.
    pub span: Span,
    /// What is wrong, as a fragment in lower case.
    pub message: String,
    /// What to write instead: the names that are there.
    pub known: Vec<String>,
    /// How to mend it.
    pub help: String,
}

/// Why a schema could not be cut down to what is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectError {
    /// Reads that do not fit the schema.
    Misread(Vec<Misread>),
    /// The budget has ended.
    Exhausted(Exhausted),
}

impl From<Exhausted> for ProjectError {
    fn from(why: Exhausted) -> ProjectError {
        ProjectError::Exhausted(why)
    }
}
