//! One walk over two shapes: what the writer may send and the application does not take as it is.

use std::collections::VecDeque;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::findings::{Builder, Found};
use super::numbers::{Fit, fit};
use super::places::{PlaceId, Places};
use super::shape::{Enum, Kind, Node, NodeId, Record, Seed, Shaped, Step};
use super::tree::{Need, Tree};
use crate::budget::{Budget, Exhausted};
use crate::effect::Effect;
use crate::finding::Finding;
use crate::reads::Read;

/// What a visit of a place costs, in steps: it is kept until the end.
const VISIT: usize = 8;

/// A comparison that is being made.
pub(super) struct Walk<'w, 's> {
    pinned: &'w (dyn Shaped<'s> + 's),
    writer: &'w (dyn Shaped<'s> + 's),
    tree: &'w Tree,
    reads: &'w [Read<'w>],
    budget: &'w Budget,
    places: Places,
    builder: Builder<'w, 's>,
    /// Breadth first: a place is reported by the shortest way to it, which also makes for the smallest witness.
    todo: VecDeque<(PlaceId, Need)>,
    /// Pairs of records that were looked at, each with what is read of it: types may hold themselves.
    seen: FxHashSet<(NodeId, NodeId, [Option<usize>; 2])>,
    /// Many fields may be of one enum.
    unknown: FxHashMap<(NodeId, NodeId), Rc<[u32]>>,
    /// What was found, in the order in which it was met.
    pub findings: Vec<Finding>,
}

impl<'w, 's> Walk<'w, 's> {
    pub fn new(
        pinned: &'w (dyn Shaped<'s> + 's),
        writer: &'w (dyn Shaped<'s> + 's),
        tree: &'w Tree,
        reads: &'w [Read<'w>],
        budget: &'w Budget,
    ) -> Self {
        Walk {
            pinned,
            writer,
            tree,
            reads,
            budget,
            places: Places::default(),
            builder: Builder::new(pinned, writer, budget),
            todo: VecDeque::new(),
            seen: FxHashSet::default(),
            unknown: FxHashMap::default(),
            findings: Vec::new(),
        }
    }

    /// Looks at everything that is read.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn all(&mut self) -> Result<(), Exhausted> {
        let root = self.places.root(self.pinned.shape().root, self.writer.shape().root);
        self.todo.push_back((root, self.tree.root()));
        while let Some((place, need)) = self.todo.pop_front() {
            self.budget.spend(VISIT)?;
            let hop = self.places.get(place);
            // Of a type without values nothing ever comes.
            if !self.writer.exists(hop.writer) {
                continue;
            }
            let (pinned, writer) = (self.pinned_node(hop.pinned), self.writer_node(hop.writer));
            match (&pinned.kind, &writer.kind) {
                (Kind::Union(_), _) | (_, Kind::Union(_)) => self.union(place, need)?,
                _ => self.values(place, need, pinned, writer)?,
            }
        }
        Ok(())
    }

    fn pinned_node(&self, id: NodeId) -> &'w Node<'s> {
        let pinned: &'w (dyn Shaped<'s> + 's) = self.pinned;
        pinned.shape().node(id)
    }

    fn writer_node(&self, id: NodeId) -> &'w Node<'s> {
        let writer: &'w (dyn Shaped<'s> + 's) = self.writer;
        writer.shape().node(id)
    }

    fn find(&mut self, place: PlaceId, effect: Effect, found: Found, seed: &Seed) -> Result<(), Exhausted> {
        let finding = self.builder.finding(&self.places, place, effect, found, seed)?;
        self.findings.push(finding);
        Ok(())
    }

    /// Two types that are no unions.
    fn values(
        &mut self,
        place: PlaceId,
        need: Need,
        pinned: &'w Node<'s>,
        writer: &'w Node<'s>,
    ) -> Result<(), Exhausted> {
        if !is_of_one_kind(&pinned.kind, &writer.kind) {
            return self.find(place, Effect::OtherType, Found::Type, &Seed::Any);
        }
        if pinned.meaning != writer.meaning {
            return self.find(place, Effect::OtherMeaning, Found::Type, &Seed::Meaning);
        }
        match (&pinned.kind, &writer.kind) {
            (Kind::Record(pinned), Kind::Record(writer)) => self.records(place, need, pinned, writer),
            (Kind::List(pinned), Kind::List(writer)) => self.down(place, need, Step::Item, *pinned, *writer),
            (
                Kind::Map {
                    key: pinned_key,
                    value: pinned,
                },
                Kind::Map {
                    key: writer_key,
                    value: writer,
                },
            ) => {
                if let (Some(pinned), Some(writer)) = (pinned_key, writer_key) {
                    self.keys(place, *pinned, *writer)?;
                }
                self.down(place, need, Step::Entry, *pinned, *writer)
            }
            (Kind::Enum(pinned), Kind::Enum(writer)) => self.symbols(place, need, pinned, writer),
            (pinned, writer) => match fit(pinned, writer) {
                Some(Fit::Rounded(number)) => self.find(place, Effect::Lossy, Found::Type, &Seed::Number(number)),
                Some(Fit::OutOfRange(number)) => self.find(place, Effect::Narrowed, Found::Type, &Seed::Number(number)),
                Some(Fit::Whole | Fit::Other) | None => Ok(()),
            },
        }
    }

    /// A part that both sides have.
    fn down(
        &mut self,
        place: PlaceId,
        need: Need,
        step: Step,
        pinned: NodeId,
        writer: NodeId,
    ) -> Result<(), Exhausted> {
        self.budget.spend(1)?;
        if let Some(need) = self.tree.part(need, step) {
            let part = self.places.step(place, (Some(step), pinned), (Some(step), writer));
            self.todo.push_back((part, need));
        }
        Ok(())
    }

    /// The keys of two maps are read wherever the maps are.
    fn keys(&mut self, place: PlaceId, pinned: NodeId, writer: NodeId) -> Result<(), Exhausted> {
        let (pinned, writer) = (&self.pinned_node(pinned).kind, &self.writer_node(writer).kind);
        match fit(pinned, writer) {
            Some(Fit::OutOfRange(number)) => self.find(place, Effect::Narrowed, Found::Key, &Seed::Key(number)),
            _ if is_of_one_kind(pinned, writer) => Ok(()),
            _ => self.find(place, Effect::OtherType, Found::Key, &Seed::Any),
        }
    }

    fn symbols(
        &mut self,
        place: PlaceId,
        need: Need,
        pinned: &'w Enum<'s>,
        writer: &'w Enum<'s>,
    ) -> Result<(), Exhausted> {
        let ends: &'w [usize] = need.values.map_or(&[], |at| &self.tree.place(at).ends);
        let reads: &'w [Read<'w>] = self.reads;
        let mut unknown: Rc<[u32]> = Rc::from([]);
        if ends.is_empty() {
            unknown = self.unpinned(place, pinned, writer)?;
        }
        for read in ends.iter().map(|end| &reads[*end]).filter(|read| !read.other_symbols) {
            let found = match read.symbols {
                None => self.unpinned(place, pinned, writer)?,
                Some(handled) => self.unhandled(handled, writer)?,
            };
            if unknown.is_empty() {
                unknown = found;
            }
        }
        match unknown.first() {
            None => Ok(()),
            Some(first) => {
                let seed = Seed::Symbol(*first);
                self.find(place, Effect::UnknownSymbol, Found::Symbols(unknown), &seed)
            }
        }
    }

    /// The writer's symbols that the pinned enum does not have.
    fn unpinned(&mut self, place: PlaceId, pinned: &'w Enum<'s>, writer: &'w Enum<'s>) -> Result<Rc<[u32]>, Exhausted> {
        let hop = self.places.get(place);
        if let Some(known) = self.unknown.get(&(hop.pinned, hop.writer)) {
            return Ok(Rc::clone(known));
        }
        let unknown = self.unhandled(&pinned.symbols, writer)?;
        self.unknown.insert((hop.pinned, hop.writer), Rc::clone(&unknown));
        Ok(unknown)
    }

    fn unhandled(&self, handled: &[&str], writer: &Enum<'_>) -> Result<Rc<[u32]>, Exhausted> {
        self.budget.spend(handled.len() + writer.seen.len())?;
        let handled: FxHashSet<&str> = handled.iter().copied().collect();
        let seen = writer.seen.iter().copied();
        Ok(seen
            .filter(|index| !handled.contains(writer.symbols[*index as usize]))
            .collect())
    }

    fn records(
        &mut self,
        place: PlaceId,
        need: Need,
        pinned: &'w Record<'s>,
        writer: &'w Record<'s>,
    ) -> Result<(), Exhausted> {
        let hop = self.places.get(place);
        if !self.seen.insert((hop.pinned, hop.writer, self.tree.parts(need))) {
            return Ok(());
        }
        let mut both = Vec::new();
        for index in self.tree.fields(need, pinned.fields.len()) {
            self.budget.spend(1)?;
            let Some(part) = self.tree.part(need, Step::Field(index)) else {
                continue;
            };
            let field = &pinned.fields[index as usize];
            match writer.field(&field.name) {
                Some(other) => {
                    both.push((index, other));
                    let to = (Some(Step::Field(other)), writer.fields[other as usize].node);
                    let next = self.places.step(place, (Some(Step::Field(index)), field.node), to);
                    self.todo.push_back((next, part));
                }
                None if self.tree.takes_null(part) => {}
                None => self.find(place, Effect::Missing, Found::Field(index), &Seed::Fields(Vec::new()))?,
            }
        }
        self.oneofs(place, pinned, writer, &both)
    }

    /// Fields that are read, of which one side sets several and the other side only one.
    fn oneofs(
        &mut self,
        place: PlaceId,
        pinned: &'w Record<'s>,
        writer: &'w Record<'s>,
        both: &[(u32, u32)],
    ) -> Result<(), Exhausted> {
        let oneof = |record: &Record<'_>, index: u32| record.fields[index as usize].oneof;
        // The first member of each oneof that was met.
        let (mut known, mut sent) = (FxHashMap::default(), FxHashMap::default());
        // One finding for each oneof says it.
        let mut reported = FxHashSet::default();
        for &(index, other) in both {
            let (ours, theirs) = (oneof(pinned, index), oneof(writer, other));
            let first_known = ours.map(|oneof| *known.entry(oneof).or_insert((index, other)));
            let first_sent = theirs.map(|oneof| *sent.entry(oneof).or_insert((index, other)));
            let apart = first_known.filter(|first| theirs.is_none() || oneof(writer, first.1) != theirs);
            let joined = first_sent.filter(|first| ours.is_none() || oneof(pinned, first.0) != ours);
            if let Some(first) = apart.filter(|first| first.0 != index)
                && reported.insert((true, ours))
            {
                let seed = Seed::Fields(vec![first.1, other]);
                self.find(place, Effect::OtherCase, Found::Apart(index, first.0), &seed)?;
            }
            if let Some(first) = joined.filter(|first| first.0 != index)
                && reported.insert((false, theirs))
            {
                let seed = Seed::Fields(vec![first.1]);
                self.find(place, Effect::OtherCase, Found::Joined(index, first.0), &seed)?;
            }
        }
        Ok(())
    }

    /// A union on one side at least: each type that may come is taken for the one that it is.
    fn union(&mut self, place: PlaceId, need: Need) -> Result<(), Exhausted> {
        let hop = self.places.get(place);
        let (pinned, writer) = (self.pinned.shape(), self.writer.shape());
        let expected = branches(&pinned.node(hop.pinned).kind, hop.pinned);
        let sent = branches(&writer.node(hop.writer).kind, hop.writer);
        let is_null = |kind: &Kind<'_>| matches!(kind, Kind::Null);
        let takes_null = expected.iter().any(|(_, id)| is_null(&pinned.node(*id).kind));
        let expected: Vec<_> = expected
            .into_iter()
            .filter(|(_, id)| !is_null(&pinned.node(*id).kind))
            .collect();
        let mut several = 0;
        for (_, id) in &sent {
            several += usize::from(!is_null(&writer.node(*id).kind));
        }
        // A name tells types apart where there are several, or where a read goes by it.
        let is_named = need.at.is_some_and(|at| self.tree.place(at).names_branch);
        let is_alone = several == 1 && expected.len() == 1 && !is_named;
        let is_ignored = self.tree.ignores_types(need, self.reads);
        for (step, id) in sent {
            self.budget.spend(1 + expected.len())?;
            if !self.writer.exists(id) {
                continue;
            }
            let below = (step, id);
            if is_null(&writer.node(id).kind) {
                if !takes_null && !self.tree.takes_null(need) {
                    let null = self.places.step(place, (None, hop.pinned), below);
                    self.find(null, Effect::Null, Found::Null, &Seed::Any)?;
                }
                continue;
            }
            let chosen = match is_alone {
                true => expected.first().copied(),
                false => self.choose(&expected, writer.node(id)),
            };
            match chosen {
                Some((branch, to)) => {
                    let need = match branch {
                        Some(branch) => self.tree.part(need, branch),
                        None => Some(need),
                    };
                    if let Some(need) = need {
                        let next = self.places.step(place, (branch, to), below);
                        self.todo.push_back((next, need));
                    }
                }
                None if is_ignored => {}
                None => {
                    let other = self.places.step(place, (None, hop.pinned), below);
                    let effect = if several > 1 || expected.len() > 1 || is_named {
                        Effect::OtherBranch
                    } else {
                        Effect::OtherType
                    };
                    self.find(other, effect, Found::Branch, &Seed::Any)?;
                }
            }
        }
        Ok(())
    }

    /// The branch that values of a type are taken for: one of the same type, or else the one whose numbers they fit best.
    fn choose(&self, expected: &[(Option<Step>, NodeId)], writer: &Node<'_>) -> Option<(Option<Step>, NodeId)> {
        let rank = |id: NodeId| {
            let node = self.pinned_node(id);
            let is_same = match (&node.kind, &writer.kind) {
                (Kind::Record(_), Kind::Record(_))
                | (Kind::Enum(_), Kind::Enum(_))
                | (Kind::Fixed(_), Kind::Fixed(_)) => node.name == writer.name,
                (pinned, writer) => is_of_one_kind(pinned, writer),
            };
            let numbers = fit(&node.kind, &writer.kind).unwrap_or(Fit::Whole);
            is_same.then_some((node.meaning != writer.meaning, node.name != writer.name, numbers))
        };
        let ranked = expected.iter().filter_map(|branch| Some((rank(branch.1)?, *branch)));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, branch)| branch)
    }
}

/// The branches of a union with the steps to them; anything else is its only branch.
fn branches(kind: &Kind<'_>, id: NodeId) -> Vec<(Option<Step>, NodeId)> {
    match kind {
        Kind::Union(branches) => (0u32..)
            .zip(branches)
            .map(|(index, branch)| (Some(Step::Branch(index)), *branch))
            .collect(),
        _ => vec![(None, id)],
    }
}

/// Whether values of one kind are of the other kind too, but for their range, their symbols and their parts.
fn is_of_one_kind(pinned: &Kind<'_>, writer: &Kind<'_>) -> bool {
    match (pinned, writer) {
        (Kind::Null, Kind::Null)
        | (Kind::Bool, Kind::Bool)
        | (Kind::Text, Kind::Text)
        | (Kind::Bytes, Kind::Bytes)
        | (Kind::Enum(_), Kind::Enum(_))
        | (Kind::List(_), Kind::List(_))
        | (Kind::Map { .. }, Kind::Map { .. })
        | (Kind::Record(_), Kind::Record(_)) => true,
        (Kind::Fixed(pinned), Kind::Fixed(writer)) => pinned == writer,
        (pinned, writer) => fit(pinned, writer).is_some_and(|fit| fit != Fit::Other),
    }
}
