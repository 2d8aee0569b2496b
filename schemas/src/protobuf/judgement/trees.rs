//! Trees of `.proto` files against trees: buf's breaking rules, and what data shows of what they find.
//!
//! Whose rules are asked for decides: buf's, and what can happen to data only where a mode is asked for. Each module is judged
//! for itself, together with what it imports, as buf does.

mod forbidden;
mod modules;
mod pairs;
mod read;

use rustc_hash::FxHashSet;

use super::breaking::{self, Annotation, Extent, Place};
use super::check::tree::{DataVerdicts, Trees, judge_data};
use super::side::{Current, Files, Of, Previous};
use crate::mode::Mode;
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::schema::{File, FileId, FileSet};
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source};
use crate::tree::{Directory, JudgedTree, Notes, Tree, TreeError, TreeOptions};
use forbidden::Describer;
use pairs::Pair;
use read::ReadTree;

/// Judges a tree against an earlier one, module by module.
///
/// # Errors
/// A file cannot be read or understood, or is in two modules.
pub(crate) fn judge<D: Directory>(
    current: Tree<'_, D>,
    previous: Tree<'_, D>,
    options: &TreeOptions<'_>,
    notes: &mut Notes,
) -> Result<Vec<JudgedTree>, TreeError<D::Error>> {
    // Files of a tree may be larger than what a registry takes.
    let usual = Limits::default();
    let limits = Limits {
        bytes: usual.bytes.max(options.max_bytes),
        ..usual
    };
    // The earlier tree may have had its roots elsewhere; the rules are those of the new one.
    let config = options.config;
    let old_config = config.filter(|_| !modules::is_configured(previous.directory));
    // What stands in place of a text where there is none: the directory.
    let missing_source = [&current, &previous].map(|tree| Source::new(tree.directory.name(), ""));
    let current = ReadTree::read(current, config, &limits, notes);
    let previous = ReadTree::read(previous, old_config, &limits, notes);
    let (current, previous) = (current?, previous?);
    let pairs = pairs::of(&current, &previous, options.category);
    let judging = Judging {
        trees: [&current, &previous],
        pairs: &pairs,
        options,
        missing_source,
    };
    let mut reported = FxHashSet::default();
    let mut judged = Vec::with_capacity(pairs.len());
    let mut problems: Vec<Problem> = Vec::new();
    for pair in &pairs {
        match (current.link(&pair.current), previous.link(&pair.previous)) {
            (Ok(now), Ok(before)) if problems.is_empty() => {
                judged.push(judging.judge(pair, [&now, &before], &mut reported));
            }
            (now, before) => {
                let found = [now.err(), before.err()].into_iter().flatten();
                problems.extend(found.flat_map(|error| error.problems));
            }
        }
    }
    if !problems.is_empty() {
        // What several modules import is linked with each of them.
        let mut seen = FxHashSet::default();
        problems.retain(|problem| seen.insert(problem.to_string()));
        return Err(ParseError { problems }.into());
    }
    Ok(judged)
}

/// What all pairs of modules have in common.
struct Judging<'a> {
    /// The current and the previous tree.
    trees: [&'a ReadTree; 2],
    pairs: &'a [Pair],
    options: &'a TreeOptions<'a>,
    missing_source: [Source; 2],
}

/// What distinguishes an annotation from others in whatever set it stands: its rule, what it says, and both places.
type Identity = (&'static str, Line, [Option<(Box<str>, Extent)>; 2]);

impl Judging<'_> {
    /// Judges one module, but for what is `reported` already.
    fn judge(&self, pair: &Pair, sets: [&FileSet; 2], reported: &mut FxHashSet<Identity>) -> JudgedTree {
        let mut annotations = breaking::check(sets[0], sets[1], &pair.selection);
        if self.pairs.len() > 1 {
            annotations.retain(|annotation| {
                !self.belongs_elsewhere(annotation, pair, sets) && reported.insert(identity(annotation, sets))
            });
        }
        let mode = self.options.mode.unwrap_or(Mode::Full);
        let verdicts = match mode {
            Mode::None => None,
            Mode::Backward
            | Mode::BackwardTransitive
            | Mode::Forward
            | Mode::ForwardTransitive
            | Mode::Full
            | Mode::FullTransitive => Some(self.verdicts(pair, sets, &annotations)),
        };
        let data = verdicts.as_ref().map(|verdicts| verdicts.verdict(mode.directions()));
        let DataVerdicts {
            of,
            unannotated,
            undecided,
        } = verdicts.unwrap_or_default();
        let describer = Describer {
            sets,
            missing_source: &self.missing_source,
        };
        let mut of = of.into_iter();
        JudgedTree {
            path: pair.path.clone(),
            rules: match self.options.category {
                Some(category) => format!("buf's rules of category {category}"),
                None => "buf's rules".to_owned(),
            },
            forbidden: annotations
                .iter()
                .map(|annotation| describer.forbidden(annotation, of.next()))
                .collect(),
            unannotated,
            unread: match self.options.category {
                Some(_) => Vec::new(),
                None => self.trees[0]
                    .unread
                    .iter()
                    .map(|problem| problem.to_string().into())
                    .collect(),
            },
            directions: mode.directions(),
            data,
            undecided,
        }
    }

    /// Whether an annotation is about what is imported from another module, which reports it by itself.
    fn belongs_elsewhere(&self, found: &Annotation, pair: &Pair, [now, before]: [&FileSet; 2]) -> bool {
        let (current, previous) = (Files::<Current>::new(now), Files::<Previous>::new(before));
        let (now, before) = match (found.current, found.previous) {
            (Some(now), Some(before)) => (now, before),
            (None, Some(before)) => return self.stands_elsewhere(pair, previous.set(), previous.own(before).file),
            (_, None) => return false,
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

    /// Whether a file that is gone from a module stands in another one, which is compared with the same one: of several modules of
    /// one path each has some of the files, and what a module imported that is gone itself is still there.
    fn stands_elsewhere(&self, pair: &Pair, before: &FileSet, file: FileId) -> bool {
        let is_own = (file.0 as usize) < before.own_files;
        if !is_own && !pair.current.is_empty() {
            return false;
        }
        let path = &before.file(file).path;
        let (Some(is), Some(was)) = (self.trees[0].owner(path), self.trees[1].owner(path)) else {
            return false;
        };
        let mut others = self.pairs.iter().filter(|other| !std::ptr::eq(*other, pair));
        !pair.current.contains(&is) && others.any(|other| other.current.contains(&is) && other.previous.contains(&was))
    }

    /// What data shows, in files that the configuration does not leave alone.
    fn verdicts(&self, pair: &Pair, sets: [&FileSet; 2], annotations: &[Annotation]) -> DataVerdicts {
        let trees = Trees {
            current: Files::new(sets[0]),
            previous: Files::new(sets[1]),
            missing_source: &self.missing_source[0],
        };
        let judges = |now: Option<Of<Current, FileId>>, before: Option<Of<Previous, FileId>>| {
            let judges = |set: &FileSet, id: FileId| {
                let file = set.file(id);
                // What is imported from another module is looked at there.
                let is_own = self.pairs.len() == 1 || (id.0 as usize) < set.own_files;
                is_own && !pair.selection.leaves_alone(&file.path, &file.package)
            };
            let is_gone = now.is_none();
            let stands_elsewhere = |before| self.stands_elsewhere(pair, sets[1], trees.previous.own(before));
            !(is_gone && before.is_some_and(stands_elsewhere))
                && now.is_none_or(|now| judges(sets[0], trees.current.own(now)))
                && before.is_none_or(|before| judges(sets[1], trees.previous.own(before)))
        };
        judge_data(trees, annotations, judges, &(self.options.budget)())
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
