//! `buf.work.yaml`: directories that are modules of one tree, each with a `buf.yaml` of version 1 of its own.
//!
//! Refused is what buf refuses: no directory, the same twice, one in another, the whole tree.

use rustc_hash::FxHashSet;

use super::MAX_PROBLEMS;
use super::node::{self, Entry, Node, Reader};
use crate::text::source::{ParseError, Problem, Source, Span};

/// What a `buf.work.yaml` says.
#[derive(Debug, Clone)]
pub struct BufWork {
    /// The directories from that of the file, each with its place, in the order of the text.
    pub directories: Vec<(Box<str>, Span)>,
    /// Keys that are not known.
    pub notes: Vec<Problem>,
}

impl BufWork {
    /// Reads the text.
    ///
    /// # Errors
    /// What is wrong with it, each at its place, at most a hundred problems.
    pub fn parse(source: &Source) -> Result<BufWork, ParseError> {
        let root = node::parse(source)?;
        let mut reader = Reader::new(source);
        let directories = directories(&mut reader, &root);
        if reader.problems.is_empty() {
            return Ok(BufWork {
                directories,
                notes: reader.notes,
            });
        }
        reader.problems.sort_by_key(|problem| problem.span.start);
        reader.problems.truncate(MAX_PROBLEMS);
        Err(ParseError {
            problems: reader.problems,
        })
    }
}

fn directories(reader: &mut Reader<'_>, root: &Entry) -> Vec<(Box<str>, Span)> {
    let Some(entries) = reader.map(root) else {
        return Vec::new();
    };
    reader.known(root, &["version", "directories"]);
    let help = "begin the file with `version: v1`; a buf.yaml of version v2 names its modules by itself";
    match node::find(entries, "version") {
        Some(version) if matches!(&version.value, Node::Text(text) if text == "v1") => {}
        Some(version) => reader.problem(version, "this is no version of a buf.work.yaml", help),
        None => reader.problem(root, "the file does not say its version", help),
    }
    let listed = node::find(entries, "directories");
    let items = listed.map_or(&[][..], |list| reader.list(list));
    if items.is_empty() {
        let help = "name the directories that have a buf.yaml: `directories: [proto, vendor]`";
        reader.problem(listed.unwrap_or(root), "the file names no directories", help);
    }
    let mut found: Vec<(Box<str>, Span)> = Vec::with_capacity(items.len());
    let mut known: FxHashSet<Box<str>> = FxHashSet::default();
    for item in items {
        let Some(path) = reader.path(item) else { continue };
        if &*path == "." {
            let help = "a single module needs no buf.work.yaml: put a buf.yaml here";
            reader.problem(item, "the directory is that of the file itself", help);
        } else if known.insert(path.clone()) {
            found.push((path, item.span));
        } else {
            reader.problem(item, format!("`{path}` stands here twice"), "keep one of them");
        }
    }
    for (path, span) in &found {
        let mut around = path.match_indices('/').map(|(at, _)| &path[..at]);
        if let Some(outer) = around.find(|outer| known.contains(*outer)) {
            let message = format!("`{path}` lies in `{outer}`, which is a directory of its own");
            reader.problem_at(*span, message, "keep one of them: a file belongs to one module");
        }
    }
    found
}
