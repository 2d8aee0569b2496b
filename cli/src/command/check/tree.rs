//! Trees of `.proto` files against trees: buf's breaking rules, and what data shows of what they find.
//!
//! Whose rules are asked for decides: buf's, and what can happen to data only where a mode is asked for.

mod pairs;

use std::collections::HashSet;
use std::path::Path;

use treaty_report::{JudgedTree, Subject};
use treaty_schemas::protobuf::Limits;
use treaty_schemas::protobuf::breaking::{self, Annotation, Category, Extent, Place};
use treaty_schemas::protobuf::check::tree::{Proofs, Trees, prove};
use treaty_schemas::protobuf::schema::{File, FileId, FileSet};
use treaty_schemas::protobuf::side::{Current, Files, Of, Previous};
use treaty_schemas::{Line, Mode, ParseError, Problem, Source};

use super::Arguments;
use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::global::Global;
use crate::input;
use crate::terminal::Terminal;
use crate::tree::{EXTENSIONS, Tree, config};
use pairs::Pair;

/// Whether a directory holds files that are judged as a tree.
pub(super) fn is_tree(directory: &Path, boundary: &Boundary) -> Result<bool, Failure> {
    Ok(directory.is_dir() && !input::files_below(directory, EXTENSIONS, boundary)?.is_empty())
}

/// Judges a tree against an earlier one: each module for itself, together with what it imports, as buf does.
pub(super) fn judge(
    new: &Path,
    old: &Path,
    arguments: &Arguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    // Files of a tree may be larger than what a registry takes.
    let usual = Limits::default();
    let limits = Limits {
        bytes: usual.bytes.max(global.max_schema_bytes),
        ..usual
    };
    let old_includes = match arguments.against_includes.as_slice() {
        [] => &arguments.includes,
        own => own,
    };
    // The earlier tree may have had its roots elsewhere; the rules are those of the new one.
    let config = global.config.as_deref();
    let old_config = config.filter(|_| !config::is_in(old));
    let links = global.follow_links;
    let current = Tree::read(new, config, &arguments.includes, &limits, links, terminal);
    let previous = Tree::read(old, old_config, old_includes, &limits, links, terminal);
    let (current, previous) = (current?, previous?);
    let pairs = pairs::of(&current, &previous, arguments.category);
    let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
    let judging = Judging {
        trees: [&current, &previous],
        pairs: &pairs,
        subject: arguments.subject.as_deref(),
        category: arguments.category,
        mode: arguments.mode,
        global,
        // What stands in place of a text where there is none: the directory.
        nowhere: [&current, &previous].map(|tree| Source::new(tree.directory.display().to_string(), "")),
    };
    let mut told = HashSet::new();
    let mut subjects = Vec::with_capacity(pairs.len());
    let mut problems: Vec<Problem> = Vec::new();
    for pair in &pairs {
        let name = match (pairs.len(), &*pair.path) {
            (1, _) | (_, ".") => name.clone(),
            (_, path) => format!("{name}/{path}"),
        };
        match (current.link(&pair.current), previous.link(&pair.previous)) {
            (Ok(now), Ok(before)) if problems.is_empty() => {
                subjects.push(judging.judge(&name, pair, [&now, &before], &mut told));
            }
            (now, before) => {
                let found = [now.err(), before.err()].into_iter().flatten();
                problems.extend(found.flat_map(|error| error.problems));
            }
        }
    }
    if !problems.is_empty() {
        // What several modules import is linked with each of them.
        let mut seen = HashSet::new();
        problems.retain(|problem| seen.insert(problem.to_string()));
        return Err(ParseError { problems }.into());
    }
    Ok(subjects)
}

/// What all pairs of modules have in common.
struct Judging<'a> {
    /// The current and the previous tree.
    trees: [&'a Tree; 2],
    pairs: &'a [Pair],
    subject: Option<&'a str>,
    category: Option<Category>,
    mode: Option<Mode>,
    global: &'a Global,
    nowhere: [Source; 2],
}

/// What tells an annotation from others in whatever set it stands: its rule, what it says, and both places.
type Identity = (&'static str, Line, [Option<(Box<str>, Extent)>; 2]);

impl Judging<'_> {
    /// Judges one module, but for what is `told` already.
    fn judge(&self, name: &str, pair: &Pair, sets: [&FileSet; 2], told: &mut HashSet<Identity>) -> Subject {
        let mut annotations = breaking::check(sets[0], sets[1], &pair.selection);
        if self.pairs.len() > 1 {
            annotations.retain(|annotation| {
                !self.belongs_elsewhere(annotation, pair, sets) && told.insert(identity(annotation, sets))
            });
        }
        let rules = match self.category {
            Some(category) => format!("buf's rules of category {category}"),
            None => "buf's rules".to_owned(),
        };
        let mode = self.mode.unwrap_or(Mode::Full);
        let proofs = match mode {
            Mode::None => None,
            _ => Some(self.proofs(pair, sets, &annotations)),
        };
        let judged = JudgedTree {
            subject: self.subject,
            rules: &rules,
            mode,
            is_mode_asked_for: self.mode.is_some(),
            annotations: &annotations,
            proofs: proofs.as_ref(),
            sets,
            nowhere: &self.nowhere,
        };
        judged.report(name)
    }

    /// Whether an annotation is about what is imported from another module, which tells it by itself.
    fn belongs_elsewhere(&self, found: &Annotation, pair: &Pair, [now, before]: [&FileSet; 2]) -> bool {
        let (current, previous) = (Files::<Current>::new(now), Files::<Previous>::new(before));
        let (Some(now), Some(before)) = (found.current, found.previous) else {
            return false;
        };
        let now = current.set().file(current.own(now).file);
        let before = previous.set().file(previous.own(before).file);
        let owner = (self.trees[0].owner(&now.path), self.trees[1].owner(&before.path));
        let (Some(is), Some(was)) = owner else { return false };
        let holds = |pair: &&Pair| pair.current.contains(&is) && pair.previous.contains(&was);
        self.pairs.iter().find(holds).is_some_and(|other| {
            let judges = |file: &File| other.selection.judges(found.rule, &file.path, &file.package);
            !std::ptr::eq(other, pair) && other.selection.has(found.rule) && judges(now) && judges(before)
        })
    }

    /// What data shows, in files that the configuration does not leave alone.
    fn proofs(&self, pair: &Pair, sets: [&FileSet; 2], annotations: &[Annotation]) -> Proofs {
        let trees = Trees {
            current: Files::new(sets[0]),
            previous: Files::new(sets[1]),
            nowhere: &self.nowhere[0],
        };
        let judges = |now: Option<Of<Current, FileId>>, before: Option<Of<Previous, FileId>>| {
            let judges = |set: &FileSet, id: FileId| {
                let file = set.file(id);
                // What is imported from another module is looked at there.
                let is_own = self.pairs.len() == 1 || (id.0 as usize) < set.own_files;
                is_own && !pair.selection.leaves_alone(&file.path, &file.package)
            };
            now.is_none_or(|now| judges(sets[0], trees.current.own(now)))
                && before.is_none_or(|before| judges(sets[1], trees.previous.own(before)))
        };
        prove(trees, annotations, judges, &self.global.budget())
    }
}

fn identity(annotation: &Annotation, sets: [&FileSet; 2]) -> Identity {
    let place = |set: &FileSet, place: Place| (set.file(place.file).path.clone(), place.extent);
    let (current, previous) = (Files::new(sets[0]), Files::new(sets[1]));
    (
        annotation.rule.id,
        annotation.message.clone(),
        [
            annotation.current.map(|at| place(sets[0], current.own(at))),
            annotation.previous.map(|at| place(sets[1], previous.own(at))),
        ],
    )
}
