//! Which reader types meet which writer types, and where a pair mismatches.
//!
//! The pairs form a graph that is explored with a work list, so that neither a long chain of types nor a cycle is
//! a danger. Verdicts are read off the finished graph: a pair in a cycle holds unless something it leads to mismatches.

use rustc_hash::{FxHashMap, FxHashSet};

use super::mismatch::Mismatch;
use super::promotion::{Promotion, promotion};
use super::union::UnionIndex;
use crate::avro::data::cursor::Budget as Values;
use crate::avro::data::default;
use crate::avro::data::limits::Limits;
use crate::avro::judgement::meaning;
use crate::avro::language::java_names::JavaNames;
use crate::avro::language::named::{Enum, Field, Named, Record};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::budget::{Budget, Exhausted};

/// More pairs than this are not looked at: only texts made to be slow come near it.
const MAX_PAIRS: usize = 500_000;

/// What a pair costs beside its parts, in steps.
const PAIR: usize = 4;

/// So many fields that are equal on both sides cost a step.
const EQUAL_FIELDS: usize = 16;

/// A reader's type that meets a writer's.
pub(super) struct Pair {
    pub reader: TypeId,
    pub writer: TypeId,
    pub mismatches: Vec<Mismatch>,
    pub edges: Edges,
}

/// Where a pair leads. Pairs of equal shape read each other and are left out.
pub(super) enum Edges {
    /// Every one of them must hold.
    All(Vec<Edge>),
    /// A reader's union: Confluent asks that one of them holds; a decoder takes the chosen one and no other.
    /// `None` where the branch has the writer's own shape.
    OneOf {
        candidates: Vec<Edge>,
        chosen: Option<Edge>,
    },
}

/// One step down in both schemas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub to: u32,
    pub step: Step,
}

/// Where an edge goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Field { reader: u32, writer: u32 },
    Item,
    Entry,
    WriterBranch(u32),
    ReaderBranch(u32),
}

/// The explored graph; the root pair is the first.
pub(super) struct Pairs {
    pub pairs: Vec<Pair>,
    /// The graph has more than [`MAX_PAIRS`] and was not finished.
    pub unfinished: bool,
    /// Any mismatch at all.
    pub mismatched: bool,
}

impl Pairs {
    /// Explores everything that `reader` meets in `writer`. `notes` asks for mismatches that are no faults as well.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn explore(reader: &Schema, writer: &Schema, notes: bool, budget: &Budget) -> Result<Self, Exhausted> {
        if reader.has_aliases {
            // All of both is looked at.
            budget.spend(reader.types.len() + writer.types.len())?;
        }
        let java = JavaNames::new(reader, writer);
        let mut explorer = Explorer {
            reader,
            writer,
            java,
            notes,
            budget,
            unions: FxHashMap::default(),
            ids: FxHashMap::default(),
            todo: Vec::new(),
            mismatched: false,
        };
        let mut pairs = Vec::new();
        explorer.meet(reader.root(), writer.root(), false);
        while pairs.len() < explorer.todo.len() && pairs.len() < MAX_PAIRS {
            let (reader, writer, by_number) = explorer.todo[pairs.len()];
            let mut mismatches = Vec::new();
            let edges = explorer.pair(reader, writer, by_number, &mut mismatches)?;
            explorer.mismatched |= !mismatches.is_empty();
            pairs.push(Pair {
                reader,
                writer,
                mismatches,
                edges,
            });
        }
        Ok(Pairs {
            unfinished: pairs.len() < explorer.todo.len(),
            mismatched: explorer.mismatched,
            pairs,
        })
    }

    /// For each pair, whether Confluent's registry refuses it: the least set that the mismatches force.
    pub fn refused_by_confluent(&self) -> Vec<bool> {
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); self.pairs.len()];
        let mut open: Vec<usize> = Vec::with_capacity(self.pairs.len());
        for (index, pair) in (0u32..).zip(&self.pairs) {
            let (edges, needed) = match &pair.edges {
                Edges::All(edges) => (edges, 1),
                Edges::OneOf { candidates, .. } => (candidates, candidates.len()),
            };
            open.push(needed);
            for edge in edges {
                // Edges that lead past the last pair have none behind them.
                if let Some(parents) = parents.get_mut(edge.to as usize) {
                    parents.push(index);
                }
            }
        }
        let mut refused = vec![false; self.pairs.len()];
        let mut todo: Vec<u32> = Vec::new();
        for (index, pair) in (0u32..).zip(&self.pairs) {
            if pair.mismatches.iter().any(Mismatch::is_refused_by_confluent) {
                refused[index as usize] = true;
                todo.push(index);
            }
        }
        while let Some(index) = todo.pop() {
            for &parent in &parents[index as usize] {
                let parent_index = parent as usize;
                open[parent_index] = open[parent_index].saturating_sub(1);
                if open[parent_index] == 0 && !refused[parent_index] {
                    refused[parent_index] = true;
                    todo.push(parent);
                }
            }
        }
        refused
    }

    /// For each pair, whether one of these can be reached from it, or it is one.
    pub fn leading_to(&self, these: &[bool]) -> Vec<bool> {
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); self.pairs.len()];
        for (index, pair) in (0u32..).zip(&self.pairs) {
            let (Edges::All(edges) | Edges::OneOf { candidates: edges, .. }) = &pair.edges;
            for edge in edges {
                if let Some(parents) = parents.get_mut(edge.to as usize) {
                    parents.push(index);
                }
            }
        }
        let mut leading = these.to_vec();
        let mut todo: Vec<u32> = (0u32..)
            .zip(these)
            .filter(|(_, one)| **one)
            .map(|(index, _)| index)
            .collect();
        while let Some(index) = todo.pop() {
            for &parent in &parents[index as usize] {
                if !std::mem::replace(&mut leading[parent as usize], true) {
                    todo.push(parent);
                }
            }
        }
        leading
    }
}

struct Explorer<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    java: JavaNames<'s>,
    notes: bool,
    budget: &'s Budget,
    unions: FxHashMap<TypeId, UnionIndex<'s>>,
    ids: FxHashMap<Met, u32>,
    todo: Vec<Met>,
    mismatched: bool,
}

/// A reader's type and a writer's, and whether the writer's is a branch to which Avro Java goes by its number: then it need not
/// find it in the reader's union.
type Met = (TypeId, TypeId, bool);

impl<'s> Explorer<'s> {
    /// The pair's number, or `None` where the two are known to read each other.
    fn meet(&mut self, reader: TypeId, writer: TypeId, by_number: bool) -> Option<u32> {
        let (reader_type, writer_type) = (self.reader.get(reader), self.writer.get(writer));
        // Where an alias takes a name away, Avro Java may not match types that are the same.
        if reader_type.shape == writer_type.shape && reader_type.reads_itself && !self.java.is_contested {
            return None;
        }
        let next = u32::try_from(self.todo.len()).unwrap_or(u32::MAX);
        let met = (reader, writer, by_number);
        let id = *self.ids.entry(met).or_insert(next);
        if id == next {
            self.todo.push(met);
        }
        Some(id)
    }

    fn edge(&mut self, reader: TypeId, writer: TypeId, step: Step) -> Option<Edge> {
        self.meet(reader, writer, false).map(|to| Edge { to, step })
    }

    fn pair(
        &mut self,
        reader_id: TypeId,
        writer_id: TypeId,
        by_number: bool,
        mismatches: &mut Vec<Mismatch>,
    ) -> Result<Edges, Exhausted> {
        let (reader, writer) = (self.reader.get(reader_id), self.writer.get(writer_id));
        self.budget.spend(PAIR)?;
        if let Kind::Union(branches) = &writer.kind {
            let repeated = self.java.repeated_branch(self.writer, branches);
            mismatches.extend(repeated.map(Mismatch::JavaUnion));
            return self.writer_branches(reader_id, writer_id, branches);
        }
        if matches!(reader.kind, Kind::Union(_)) {
            return self.union_branch(reader_id, writer_id, by_number, mismatches);
        }
        let edges = match (&reader.kind, &writer.kind) {
            (Kind::Array(reader), Kind::Array(writer)) => self.edge(*reader, *writer, Step::Item).into_iter().collect(),
            (Kind::Map(reader), Kind::Map(writer)) => self.edge(*reader, *writer, Step::Entry).into_iter().collect(),
            (Kind::Record(reader), Kind::Record(writer)) => {
                self.name(&reader.named, &writer.named, mismatches)?;
                self.fields(reader, writer, mismatches)?
            }
            (Kind::Enum(reader), Kind::Enum(writer)) => {
                self.java_name(&reader.named, &writer.named, mismatches)?;
                self.budget.spend(writer.symbols().len())?;
                self.symbols(reader, writer, mismatches);
                Vec::new()
            }
            (Kind::Fixed(reader), Kind::Fixed(writer)) => {
                self.java_name(&reader.named, &writer.named, mismatches)?;
                if reader.size != writer.size {
                    mismatches.push(Mismatch::Size);
                }
                Vec::new()
            }
            (to, from) => {
                match promotion(from, to) {
                    Some(Promotion::Exact) => {}
                    Some(Promotion::Lossy) => mismatches.push(Mismatch::Lossy),
                    Some(Promotion::Text) => mismatches.push(Mismatch::BytesAsString),
                    None => mismatches.push(Mismatch::Type),
                }
                Vec::new()
            }
        };
        if !mismatches.iter().any(Mismatch::is_of_layout) {
            mismatches.extend(meaning::conflict(reader, writer).map(Mismatch::Meaning));
        }
        Ok(Edges::All(edges))
    }

    fn name(&self, reader: &Named, writer: &Named, mismatches: &mut Vec<Mismatch>) -> Result<(), Exhausted> {
        self.budget.spend(reader.aliases.len())?;
        if !reader.accepts(&writer.name) {
            mismatches.push(Mismatch::Name);
        }
        Ok(())
    }

    /// Like [`Self::name`], for types whose names Avro Java compares too.
    fn java_name(&self, reader: &Named, writer: &Named, mismatches: &mut Vec<Mismatch>) -> Result<(), Exhausted> {
        let before = mismatches.len();
        self.name(reader, writer, mismatches)?;
        if mismatches.len() == before && self.java.of_type(&writer.name).simple() != reader.name.simple() {
            mismatches.push(Mismatch::JavaName);
        }
        Ok(())
    }

    /// The branches of a writer's union, each of which meets the reader's type.
    fn writer_branches(
        &mut self,
        reader_id: TypeId,
        writer_id: TypeId,
        branches: &[TypeId],
    ) -> Result<Edges, Exhausted> {
        self.budget.spend(branches.len())?;
        let writer = self.writer;
        let by_full_name = |id: &TypeId| matches!(writer.get(*id).kind, Kind::Enum(_) | Kind::Fixed(_));
        let mut are_equal = false;
        if matches!(self.reader.get(reader_id).kind, Kind::Union(_)) && branches.iter().any(by_full_name) {
            let (equal, steps) = self
                .java
                .are_equal_unions((self.reader, reader_id), (self.writer, writer_id));
            self.budget.spend(steps)?;
            are_equal = equal;
        }
        let mut edges = Vec::with_capacity(branches.len());
        for (index, branch) in (0u32..).zip(branches) {
            let to = self.meet(reader_id, *branch, are_equal && by_full_name(branch));
            edges.extend(to.map(|to| Edge {
                to,
                step: Step::WriterBranch(index),
            }));
        }
        Ok(Edges::All(edges))
    }

    fn union_branch(
        &mut self,
        reader_id: TypeId,
        writer_id: TypeId,
        by_number: bool,
        mismatches: &mut Vec<Mismatch>,
    ) -> Result<Edges, Exhausted> {
        let (schema, writer) = (self.reader, self.writer.get(writer_id));
        let found = self
            .unions
            .entry(reader_id)
            .or_insert_with(|| UnionIndex::new(schema, reader_id))
            .branches_for(writer, self.budget)?;
        if found.is_empty() {
            mismatches.push(Mismatch::MissingBranch);
            return Ok(Edges::All(Vec::new()));
        }
        let branches = self.reader.get(reader_id).kind.branches();
        if let (Kind::Enum(_) | Kind::Fixed(_), Some(named)) = (&writer.kind, writer.kind.named())
            && !by_number
        {
            let seen = self.java.of_type(&named.name);
            let full = |index: &u32| {
                let branch = self.reader.get(branches[*index as usize]).kind.named();
                branch.is_some_and(|branch| branch.name == *seen)
            };
            if !found.iter().any(full) {
                mismatches.push(Mismatch::JavaBranch);
            }
        }
        // The first is the one that a decoder takes. Where it has the writer's own shape nothing can fail.
        let mut candidates = Vec::with_capacity(found.len());
        for &index in &found {
            match self.edge(branches[index as usize], writer_id, Step::ReaderBranch(index)) {
                Some(edge) => candidates.push(edge),
                None if candidates.is_empty() => return Ok(Edges::All(Vec::new())),
                // Confluent is content with this one; the decoder still takes the first.
                None => {
                    return Ok(Edges::OneOf {
                        chosen: candidates.first().copied(),
                        candidates: Vec::new(),
                    });
                }
            }
        }
        Ok(Edges::OneOf {
            chosen: candidates.first().copied(),
            candidates,
        })
    }

    fn symbols(&mut self, reader: &Enum, writer: &Enum, mismatches: &mut Vec<Mismatch>) {
        let unknown: Vec<u32> = (0u32..)
            .zip(writer.symbols())
            .filter(|(_, symbol)| reader.number(symbol).is_none())
            .map(|(index, _)| index)
            .collect();
        if unknown.is_empty() {
            return;
        }
        if reader.default_number().is_none() {
            mismatches.push(Mismatch::UnknownSymbols(unknown));
        } else if self.notes {
            mismatches.push(Mismatch::DefaultSymbols(unknown));
        }
    }

    fn fields(
        &mut self,
        reader: &'s Record,
        writer: &'s Record,
        mismatches: &mut Vec<Mismatch>,
    ) -> Result<Vec<Edge>, Exhausted> {
        self.budget.spend(reader.fields().len() / EQUAL_FIELDS)?;
        let mut edges = Vec::new();
        // Writer's fields that an alias of the reader names: only these can be claimed twice.
        let aliases = reader.fields().iter().flat_map(|field| &field.aliases);
        let contested: FxHashSet<usize> = aliases.filter_map(|alias| writer.field(alias)).collect();
        let mut claims: FxHashMap<usize, u32> = FxHashMap::default();
        // Where a field is likely to stand in the writer: after the one before it.
        let mut next = 0;
        for ((index, field), shape) in (0u32..).zip(reader.fields()).zip(reader.shapes()) {
            let plain = field.aliases.is_empty() && self.reader.get(field.ty).reads_itself && !self.java.is_contested;
            let reads =
                |place: &usize| plain && writer.shapes().get(*place) == Some(shape) && !contested.contains(place);
            if reads(&next) {
                next += 1;
                continue;
            }
            let by_name = writer.field(&field.name);
            if let Some(found) = by_name.filter(reads) {
                next = found + 1;
                continue;
            }
            self.budget.spend(1 + field.aliases.len())?;
            let by_alias = field.aliases.iter().filter_map(|alias| writer.field(alias));
            let mut matches = by_name.into_iter().chain(by_alias);
            let first = matches.next();
            let mut second = matches.find(|found| Some(*found) != first);
            if let (Some(by_name), Some(other)) = (by_name, second) {
                let is_sibling =
                    |alias: &&str| by_name != writer.field(alias).unwrap_or(by_name) && reader.field(alias).is_some();
                let aliases = || field.aliases.iter().map(|alias| &**alias);
                let all = aliases().filter(|alias| writer.field(alias).is_some_and(|found| found != by_name));
                // Every alias that was written is the name of a field that the reader has too: each reads its own.
                if all.clone().count() == aliases().filter(is_sibling).count() {
                    mismatches.push(self.sibling_alias(index, [by_name, other]));
                    second = None;
                }
            }
            match (first, second) {
                (None, _) => mismatches.extend(self.unwritten(index, field)?),
                (Some(found), None) => {
                    let claimed = u32::try_from(found).unwrap_or(u32::MAX);
                    next = found + 1;
                    let before = mismatches.len();
                    if contested.contains(&found) {
                        let first = *claims.entry(found).or_insert(index);
                        if first != index {
                            mismatches.push(Mismatch::TwoClaims {
                                fields: [first, index],
                                claimed,
                            });
                        }
                    }
                    let seen = self.java.of_field(&writer.named.name, &writer.fields()[found].name);
                    if by_name.is_none() && *seen != *field.name && mismatches.len() == before {
                        mismatches.push(Mismatch::JavaField {
                            field: index,
                            written: claimed,
                        });
                    }
                    let step = Step::Field {
                        reader: index,
                        writer: claimed,
                    };
                    edges.extend(self.edge(field.ty, writer.fields()[found].ty, step));
                }
                (Some(first), Some(second)) => mismatches.push(Mismatch::TwoMatches {
                    field: index,
                    matches: [first, second].map(|found| u32::try_from(found).unwrap_or(u32::MAX)),
                }),
            }
        }
        // Of two fields that claim one, Avro Java finds only the other: that is the same fault.
        let mut claimed_twice = FxHashSet::default();
        for mismatch in &*mismatches {
            if let Mismatch::TwoClaims { claimed, .. } = mismatch {
                claimed_twice.insert(*claimed);
            }
        }
        mismatches.retain(
            |mismatch| !matches!(mismatch, Mismatch::JavaField { written, .. } if claimed_twice.contains(written)),
        );
        Ok(edges)
    }

    /// A field by its name, whose alias is the name of another field.
    fn sibling_alias(&self, field: u32, matches: [usize; 2]) -> Mismatch {
        let matches = matches.map(|found| u32::try_from(found).unwrap_or(u32::MAX));
        match self.java.is_equal {
            true => Mismatch::SiblingAlias { field, matches },
            false => Mismatch::SiblingAliasInJava { field, matches },
        }
    }

    /// What is wrong with a field that the writer does not have.
    fn unwritten(&self, index: u32, field: &Field) -> Result<Option<Mismatch>, Exhausted> {
        let Some(node) = &field.default else {
            return Ok(Some(Mismatch::MissingField(index)));
        };
        // A default of a few bytes may make a million values, if records have defaults in turn.
        let limits = Limits::default();
        let mut values = Values::new(&limits, 0);
        let all = values.left();
        let converted = default::convert(self.reader, field.ty, node, &mut values, limits.depth());
        self.budget
            .spend(usize::try_from(all - values.left()).unwrap_or(usize::MAX))?;
        Ok(match converted {
            Err(_) => Some(Mismatch::WrongDefault(index)),
            Ok(_) => self.notes.then_some(Mismatch::DefaultField(index)),
        })
    }
}
