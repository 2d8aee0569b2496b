//! Which branches of two unions are the same.

use rustc_hash::FxHashMap;

use super::{Visit, Walk, place};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::change::ChangeKind;
use crate::text::source::Step;
use crate::to_line;

impl Walk<'_> {
    /// Compares the branches of two unions that are the same, and reports the others.
    pub(super) fn branches(&mut self, visit: &Visit, before: &[TypeId], after: &[TypeId]) {
        let matches = matches((self.old, before), (self.new, after));
        let (old_names, new_names) = (Names::new(self.old, before), Names::new(self.new, after));
        let mut is_added = vec![true; after.len()];
        matches.iter().flatten().for_each(|now| is_added[*now] = false);
        for (index, &branch) in before.iter().enumerate() {
            let Some(now) = matches[index] else {
                let old = self.old_label(visit, &[Step::Index(index)]);
                let message = to_line!("branch {} removed", old_names.word(branch));
                self.record(ChangeKind::Removed, visit.data_path.clone(), message, Some(old), None);
                continue;
            };
            let step = |index: usize| [Step::Index(index)];
            let (old, new) = (
                place(self.old, branch, &visit.old.1, &step(index)),
                place(self.new, after[now], &visit.new.1, &step(now)),
            );
            self.todo.push(Visit {
                old: (branch, old),
                new: (after[now], new),
                data_path: visit.data_path.clone(),
            });
        }
        for (index, &branch) in after.iter().enumerate() {
            if is_added[index] {
                let new = self.new_label(visit, &[Step::Index(index)]);
                let message = to_line!("branch {} added", new_names.word(branch));
                self.record(ChangeKind::Added, visit.data_path.clone(), message, None, Some(new));
            }
        }
        if !matches.iter().flatten().is_sorted() {
            self.edited(visit, &[], "branches in another order");
        }
    }
}

/// What two branches are called for each other: the kind of one without a name, which a union has once, or a name.
#[derive(PartialEq, Eq, Hash)]
enum Key<'s> {
    Kind(&'static str),
    Full(&'s str),
    Simple(&'s str),
}

/// For each branch of the old union its number in the new one: first by the full name or the kind, then by an alias, then by the
/// name without its namespace. Each branch is matched once.
fn matches(old: (&Schema, &[TypeId]), new: (&Schema, &[TypeId])) -> Vec<Option<usize>> {
    let mut found: Vec<Option<usize>> = vec![None; old.1.len()];
    let mut is_taken = vec![false; new.1.len()];
    let passes: [fn(&Kind, bool) -> Vec<Key<'_>>; 3] = [by_full_name, by_alias, by_simple_name];
    for pass in passes {
        let mut known: FxHashMap<Key<'_>, usize> = FxHashMap::default();
        for (index, branch) in new.1.iter().enumerate().filter(|(index, _)| !is_taken[*index]) {
            for key in pass(&new.0.get(*branch).kind, true) {
                known.entry(key).or_insert(index);
            }
        }
        for (index, branch) in old.1.iter().enumerate() {
            if found[index].is_some() {
                continue;
            }
            let mut keys = pass(&old.0.get(*branch).kind, false).into_iter();
            let now = keys.find_map(|key| known.get(&key).copied());
            if let Some(now) = now
                && !is_taken[now]
            {
                is_taken[now] = true;
                found[index] = Some(now);
            }
        }
    }
    found
}

fn by_full_name(kind: &Kind, _: bool) -> Vec<Key<'_>> {
    match kind.named() {
        Some(named) => vec![Key::Full(named.name.full())],
        None => vec![Key::Kind(kind.name())],
    }
}

fn by_alias(kind: &Kind, is_new: bool) -> Vec<Key<'_>> {
    let Some(named) = kind.named() else { return Vec::new() };
    match is_new {
        true => named.aliases.iter().map(|alias| Key::Full(alias.full())).collect(),
        false => vec![Key::Full(named.name.full())],
    }
}

fn by_simple_name(kind: &Kind, _: bool) -> Vec<Key<'_>> {
    kind.named()
        .map(|named| Key::Simple(named.name.simple()))
        .into_iter()
        .collect()
}

/// What the branches of a union are called.
struct Names<'s> {
    schema: &'s Schema,
    /// How many of them have a name, its namespace left out.
    counts: FxHashMap<&'s str, usize>,
}

impl<'s> Names<'s> {
    fn new(schema: &'s Schema, branches: &[TypeId]) -> Self {
        let mut counts = FxHashMap::default();
        for named in branches.iter().filter_map(|branch| schema.get(*branch).kind.named()) {
            *counts.entry(named.name.simple()).or_default() += 1;
        }
        Names { schema, counts }
    }

    /// The name, with its namespace where another branch has the same without; or the word for the kind.
    fn word(&self, branch: TypeId) -> &'s str {
        let kind = &self.schema.get(branch).kind;
        let Some(named) = kind.named() else { return kind.name() };
        match self.counts.get(named.name.simple()) {
            Some(1) => named.name.simple(),
            _ => named.name.full(),
        }
    }
}
