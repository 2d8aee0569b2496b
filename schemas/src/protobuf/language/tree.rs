//! Whole trees of files: each is read once, several at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::limits::Limits;
use super::link::link_owned;
use super::parse::{MAX_PROBLEMS, parse};
use super::schema::FileSet;
use super::syntax::File;
use crate::text::source::{ParseError, Problem, Source};

/// More threads than this do not help: linking is one.
const MAX_THREADS: usize = 8;

/// Compiles files by their paths. What they import is among them or built in.
///
/// # Errors
/// What is wrong with any of them, at most a hundred problems, in the order of files and texts.
pub fn compile_tree(files: Vec<(Box<str>, Source)>, limits: &Limits) -> Result<FileSet, ParseError> {
    let (trees, mut problems) = parse_all(&files, limits);
    drop(files);
    if !problems.is_empty() {
        problems.truncate(MAX_PROBLEMS);
        return Err(ParseError { problems });
    }
    let own = trees.len();
    link_owned(trees, own, own)
}

/// Parses files, each once and several at a time: those that could be parsed, and what is wrong with the others, both in
/// the order of the files.
pub fn parse_all(files: &[(Box<str>, Source)], limits: &Limits) -> (Vec<Arc<File>>, Vec<Problem>) {
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MAX_THREADS)
        .min(files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut parsed = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((path, source)) = files.get(index) else {
                return parsed;
            };
            parsed.push((index, parse(source, path, limits)));
        }
    };
    let mut parsed: Vec<(usize, Result<File, ParseError>)> = thread::scope(|scope| {
        // A thread that could not be started leaves its share to this one.
        let others: Vec<_> = (1..threads)
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let mut parsed = work();
        for other in others {
            match other.join() {
                Ok(more) => parsed.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        parsed
    });
    parsed.sort_unstable_by_key(|(index, _)| *index);
    let mut trees = Vec::with_capacity(parsed.len());
    let mut problems = Vec::new();
    for (_, result) in parsed {
        match result {
            Ok(tree) => trees.push(Arc::new(tree)),
            Err(error) => problems.extend(error.problems),
        }
    }
    (trees, problems)
}
