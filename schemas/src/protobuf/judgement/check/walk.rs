//! Every pair of messages that stand for each other, from the events down, and what does not match between them.

use std::collections::{BTreeMap, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::UNFINISHED;
use super::field::Fields;
use super::field_view::{Container, FieldView, FieldViews};
use super::mismatch::Mismatch;
use super::paths::Paths;
use crate::budget::{Budget, Exhausted};
use crate::path_tree::PathNode;
use crate::protobuf::language::schema::{FileSet, MessageId, Schema};
use crate::text::shown::Line;

/// More fields than these are not compared; then the verdict is open.
const MAX_FIELDS: usize = 2_000_000;
/// When so many mismatches were found no further messages are compared; then the verdict may be open.
const MAX_MISMATCHES: usize = 20_000;
/// More notes than these are not reported: the verdict does not hang on them.
const MAX_NOTES: usize = 20_000;

/// What a pair of messages costs beside its fields, and each field, in steps.
const PAIR: usize = 4;
const FIELD: usize = 4;

const MESSAGE_SET: &str =
    "a message has the option `message_set_wire_format`: what is written in that old encoding is not compared";

/// Two messages that are compared as events, reader first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub reader: MessageId,
    pub writer: MessageId,
}

/// Where a mismatch was found.
#[derive(Clone)]
pub(super) struct Found<'s> {
    /// The event it is part of.
    pub event: Event,
    /// The way from the event to the messages.
    pub node: Option<PathNode>,
    /// The messages, or entries, that the field stands in.
    pub reader: Container,
    /// Likewise.
    pub writer: Container,
    /// The field.
    pub slots: FieldPair<'s>,
    /// What was found.
    pub mismatch: Mismatch<'s>,
}

/// A field on the sides that have it.
#[derive(Clone, Copy)]
pub(super) enum FieldPair<'s> {
    /// The reader's and the writer's.
    Both(FieldView<'s>, FieldView<'s>),
    Reader(FieldView<'s>),
    Writer(FieldView<'s>),
}

impl<'s> FieldPair<'s> {
    /// The reader's field.
    pub fn reader(&self) -> Option<&FieldView<'s>> {
        match self {
            FieldPair::Both(slot, _) | FieldPair::Reader(slot) => Some(slot),
            FieldPair::Writer(_) => None,
        }
    }

    /// The writer's field.
    pub fn writer(&self) -> Option<&FieldView<'s>> {
        match self {
            FieldPair::Both(_, slot) | FieldPair::Writer(slot) => Some(slot),
            FieldPair::Reader(_) => None,
        }
    }

    /// The reader's field and the writer's; of one that only one side has, that one twice.
    pub fn both(&self) -> (&FieldView<'s>, &FieldView<'s>) {
        match self {
            FieldPair::Both(reader, writer) => (reader, writer),
            FieldPair::Reader(slot) | FieldPair::Writer(slot) => (slot, slot),
        }
    }

    /// The number.
    pub fn number(&self) -> i32 {
        match self {
            FieldPair::Both(slot, _) | FieldPair::Reader(slot) | FieldPair::Writer(slot) => slot.number,
        }
    }
}

/// All that was found.
#[derive(Default)]
pub(super) struct Walked<'s> {
    pub paths: Paths<'s>,
    pub found: Vec<Found<'s>>,
    /// How many of them are notes.
    notes: usize,
    /// Not everything was looked at.
    pub unfinished: bool,
    /// A message set was met, and not all of it compared.
    has_message_set: bool,
}

impl<'s> Walked<'s> {
    /// Why the verdict is open, where it is.
    pub fn doubt(&self) -> Option<Line> {
        match (self.unfinished, self.has_message_set) {
            (true, _) => Some(UNFINISHED.into()),
            (false, true) => Some(MESSAGE_SET.into()),
            (false, false) => None,
        }
    }

    fn record(&mut self, visit: &Visit<'s>, slots: FieldPair<'s>, mismatch: Mismatch<'s>) {
        if mismatch.is_note() {
            if self.notes == MAX_NOTES {
                return;
            }
            self.notes += 1;
        }
        self.found.push(Found {
            event: visit.event,
            node: visit.node,
            reader: visit.reader,
            writer: visit.writer,
            slots,
            mismatch,
        });
    }

    /// Takes back the mismatches from this one on, which nothing can be shown of; what they would have said is open.
    fn leave_open(&mut self, from: usize) {
        let count = self.found.len();
        let mut place = 0;
        self.found.retain(|found| {
            place += 1;
            place <= from || found.mismatch.is_note()
        });
        self.has_message_set |= self.found.len() < count;
    }

    fn mismatches(&self) -> usize {
        self.found.len() - self.notes
    }
}

struct Visit<'s> {
    event: Event,
    node: Option<PathNode>,
    reader: Container,
    writer: Container,
    /// The maps, where the bodies are entries.
    maps: (Option<FieldView<'s>>, Option<FieldView<'s>>),
}

impl Visit<'_> {
    /// That of an event.
    fn of(event: Event) -> Self {
        Visit {
            event,
            node: None,
            reader: Container::Message(event.reader),
            writer: Container::Message(event.writer),
            maps: (None, None),
        }
    }
}

/// Walks pairs of messages, from events down.
pub(super) struct Walker<'s> {
    /// Where the reader is what somebody reads of its schema: the fields that it knows and does not read.
    unread: Option<&'s FxHashMap<MessageId, FxHashMap<i32, Option<u32>>>>,
    readers: FieldViews<'s>,
    writers: FieldViews<'s>,
    fields: Fields<'s>,
    notes: bool,
    /// Whether a pair is walked again for another field of the event.
    by_field: bool,
    budget: &'s Budget,
    /// So many fields may still be compared.
    max_fields: usize,
    max_mismatches: usize,
    walked: Walked<'s>,
}

/// Pairs that were walked, each with the event's field that led there where that makes a difference.
pub(super) type Seen = FxHashSet<(Option<i32>, Container, Container)>;

impl<'s> Walker<'s> {
    /// Between these two, field by field of each event; no more than `max_fields` fields are compared and
    /// little more than `max_mismatches` mismatches found.
    pub fn new(
        reader: &'s FileSet,
        writer: &'s FileSet,
        max_fields: usize,
        max_mismatches: usize,
        budget: &'s Budget,
    ) -> Self {
        Walker {
            unread: None,
            readers: FieldViews::new(reader),
            writers: FieldViews::new(writer),
            fields: Fields::new(reader, writer, budget),
            notes: false,
            by_field: true,
            budget,
            max_fields,
            max_mismatches,
            walked: Walked::default(),
        }
    }

    /// How much was found so far.
    pub fn found(&self) -> usize {
        self.walked.found.len()
    }

    /// What was found, in the order in which it was walked.
    pub fn finish(self) -> Walked<'s> {
        self.walked
    }

    /// Walks all pairs that can be reached from an event and were not seen, each once and by the shortest way, which makes
    /// for the smallest witness. Recursive messages end because a pair is assumed to be fine while it is looked at. A message
    /// of which no value `exists` is no way to what it holds: that may well be an event of its own, or part of another.
    ///
    /// `is_apart` says of messages that a field holds whether they are an event of their own, and not walked with this one.
    /// Returns whether there is a point in going on.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn walk(
        &mut self,
        event: Event,
        seen: &mut Seen,
        exists: &dyn Fn(MessageId) -> bool,
        is_apart: &dyn Fn(Container, Container) -> bool,
    ) -> Result<bool, Exhausted> {
        if !exists(event.writer) {
            return Ok(true);
        }
        let writer = self.writers.set;
        let nothing = FxHashMap::default();
        // Pairs are seen when they are met, so that there is never more to do than there are pairs.
        if !seen.insert((None, Container::Message(event.reader), Container::Message(event.writer))) {
            return Ok(true);
        }
        let mut todo = VecDeque::from([Visit::of(event)]);
        while let Some(visit) = todo.pop_front() {
            let is_set =
                |set: &FileSet, body| matches!(body, Container::Message(id) if set.message(id).is_message_set());
            let is_set = [is_set(self.readers.set, visit.reader), is_set(writer, visit.writer)];
            if is_set[0] != is_set[1] {
                self.walked.has_message_set = true;
                continue;
            }
            let ours = self.readers.of(visit.reader, visit.maps.0);
            let theirs = self.writers.of(visit.writer, visit.maps.1);
            let cost = ours.len() + theirs.len();
            self.budget.spend(PAIR + FIELD * cost)?;
            if cost > self.max_fields || self.walked.mismatches() > self.max_mismatches {
                self.walked.unfinished = true;
                return Ok(false);
            }
            self.max_fields -= cost;
            let unread = match (self.unread, visit.reader) {
                (Some(unread), Container::Message(id)) => Some(unread.get(&id).unwrap_or(&nothing)),
                _ => None,
            };
            let sides = Fieldsets {
                ours: &ours,
                theirs: &theirs,
                unread,
            };
            let first = self.walked.paths.first(visit.node);
            let before = self.walked.found.len();
            let inside = bodies(&visit, &sides, &mut self.fields, exists, self.notes, &mut self.walked)?;
            if is_set[0] {
                self.walked.leave_open(before);
            }
            for (reader, writer, into, from) in inside {
                let field = self.by_field.then_some(first.unwrap_or(writer.number));
                if !from.message().is_none_or(exists) || is_apart(into, from) || !seen.insert((field, into, from)) {
                    continue;
                }
                todo.push_back(match (into, from) {
                    // No witness leads through a message set: what is in it is looked at as if it were sent alone.
                    (Container::Message(into), Container::Message(from)) if is_set[0] => Visit::of(Event {
                        reader: into,
                        writer: from,
                    }),
                    _ => Visit {
                        node: Some(self.walked.paths.step_into(visit.node, reader, writer, visit.writer)),
                        reader: into,
                        writer: from,
                        maps: (Some(reader), Some(writer)),
                        ..visit
                    },
                });
            }
        }
        Ok(true)
    }
}

/// Walks all pairs that can be reached from these events, those that were found with an earlier event only there.
///
/// # Errors
/// When the budget ends.
pub(super) fn walk<'s>(
    reader: &'s Schema,
    writer: &'s FileSet,
    events: &[Event],
    exists: &dyn Fn(MessageId) -> bool,
    notes: bool,
    budget: &'s Budget,
) -> Result<Walked<'s>, Exhausted> {
    let mut walker = Walker {
        unread: reader.event.as_ref().map(|event| &event.unread),
        notes,
        by_field: false,
        ..Walker::new(&reader.set, writer, MAX_FIELDS, MAX_MISMATCHES, budget)
    };
    let mut seen = Seen::default();
    for &event in events {
        if !walker.walk(event, &mut seen, exists, &|_, _| false)? {
            break;
        }
    }
    Ok(walker.finish())
}

/// The fields of two bodies.
struct Fieldsets<'a, 's> {
    /// The reader's.
    ours: &'a [FieldView<'s>],
    /// The writer's.
    theirs: &'a [FieldView<'s>],
    /// Where this is what somebody reads: the fields that it knows and does not read, with their oneofs.
    unread: Option<&'a FxHashMap<i32, Option<u32>>>,
}

/// Fields that meet, reader's first, and the bodies that they hold.
type Inside<'s> = (FieldView<'s>, FieldView<'s>, Container, Container);

/// Compares two bodies, field by field, and says which fields hold bodies that have to be compared as well.
fn bodies<'s>(
    visit: &Visit<'s>,
    Fieldsets { ours, theirs, unread }: &Fieldsets<'_, 's>,
    fields: &mut Fields<'s>,
    exists: &dyn Fn(MessageId) -> bool,
    notes: bool,
    walked: &mut Walked<'s>,
) -> Result<Vec<Inside<'s>>, Exhausted> {
    let mut inside = Vec::new();
    let by_number: FxHashMap<i32, &FieldView<'s>> = ours.iter().map(|slot| (slot.number, slot)).collect();
    let position: FxHashMap<i32, usize> = match unread {
        Some(_) => (0..).zip(ours.iter()).map(|(at, slot)| (slot.number, at)).collect(),
        None => FxHashMap::default(),
    };
    let mut record = |slots: FieldPair<'s>, mismatch: Mismatch<'s>| walked.record(visit, slots, mismatch);
    // The writer's fields that arrive in a oneof of the reader, by that oneof and in the order of the writer.
    let mut cases: Vec<Vec<(FieldView<'s>, FieldView<'s>)>> = Vec::new();
    // For each oneof of the writer, the members that arrive in a oneof of the reader.
    let mut shared: BTreeMap<u32, Vec<(FieldView<'s>, FieldView<'s>)>> = BTreeMap::new();
    let mut at: FxHashMap<u32, usize> = FxHashMap::default();
    let mut written = FxHashSet::default();
    let moved = moved(ours, theirs);
    let moved_from: FxHashSet<i32> = moved.values().map(|(reader, _)| reader.number).collect();
    for writer in *theirs {
        written.insert(writer.number);
        if let Some((reader, mismatch)) = moved.get(&writer.number) {
            record(FieldPair::Both(**reader, *writer), mismatch.clone());
        }
        let Some(&reader) = by_number.get(&writer.number) else {
            continue;
        };
        let mut compared = fields.compare(reader, writer)?;
        if moved.contains_key(&writer.number) {
            // Where a name has gone is what there is to say of it.
            compared
                .mismatches
                .retain(|mismatch| !matches!(mismatch, Mismatch::JsonName));
        } else if notes && is_renamed(reader, writer) && !compared.mismatches.iter().any(Mismatch::is_error) {
            record(FieldPair::Both(*reader, *writer), Mismatch::NumberReused);
        }
        for mismatch in compared.mismatches {
            record(FieldPair::Both(*reader, *writer), mismatch);
        }
        if unread.is_some() && compared.arrives && reader.is_many() {
            // It is in no oneof of the reader's, and something else may be sent in its place all the same.
            if let Some(oneof) = writer.oneof {
                shared.entry(oneof).or_default().push((*reader, *writer));
            }
        } else if let (true, Some(oneof)) = (compared.arrives, reader.oneof)
            && fields.is_ever_written(exists, writer)?
        {
            let index = *at.entry(oneof).or_insert_with(|| {
                cases.push(Vec::new());
                cases.len() - 1
            });
            cases[index].push((*reader, *writer));
            if let Some(oneof) = writer.oneof {
                shared.entry(oneof).or_default().push((*reader, *writer));
            }
        }
        if let Some((into, from)) = compared.inside {
            inside.push((*reader, *writer, into, from));
        }
    }
    let is_unknown = |slot: &&FieldView<'s>| !by_number.contains_key(&slot.number);
    for writer in theirs.iter().filter(is_unknown) {
        if moved.contains_key(&writer.number) {
            continue;
        }
        let shared = writer.oneof.and_then(|oneof| shared.get(&oneof)?.first());
        match (shared, unread) {
            (Some((reader, shared)), None) => {
                record(
                    FieldPair::Both(*reader, *writer),
                    Mismatch::CaseUnknown { shared: *shared },
                );
            }
            _ if notes && unread.is_none_or(|unread| !unread.contains_key(&writer.number)) => {
                record(FieldPair::Writer(*writer), Mismatch::Unread);
            }
            _ => {}
        }
    }
    if let Some(unread) = unread {
        // What is read has every field in a oneof. A writer that has one of another home in the same oneof may send that
        // one instead.
        let home = |slot: &FieldView<'s>| match by_number.get(&slot.number) {
            Some(reader) => Some(reader.oneof),
            None => unread.get(&slot.number).copied(),
        };
        let mut of_oneof: FxHashMap<u32, Vec<&FieldView<'s>>> = FxHashMap::default();
        for slot in *theirs {
            if let Some(oneof) = slot.oneof {
                of_oneof.entry(oneof).or_default().push(slot);
            }
        }
        let mut reported = FxHashSet::default();
        for (oneof, members) in shared {
            let all = of_oneof.get(&oneof).map(Vec::as_slice).unwrap_or_default();
            let home_of = |reader: &FieldView<'s>| (reader.oneof, reader.oneof.is_none().then_some(reader.number));
            for (reader, shared) in members.iter().filter(|(reader, _)| reported.insert(home_of(reader))) {
                let stranger = |slot: &&&FieldView<'s>| match reader.oneof {
                    Some(_) => home(slot) != Some(reader.oneof),
                    None => slot.number != reader.number,
                };
                if let Some(&stranger) = all.iter().find(stranger) {
                    record(
                        FieldPair::Both(*reader, *stranger),
                        Mismatch::CaseUnknown { shared: *shared },
                    );
                }
            }
        }
    }
    for mut members in cases {
        // In the order of the wire, on which the last one wins. In what was cut down to what is read, this comes first: it is
        // lost where a writer has another order, as it may.
        let order = |reader: &FieldView<'s>| unread.and_then(|_| position.get(&reader.number).copied());
        members.sort_by_key(|(reader, slot)| (order(reader), slot.number));
        // Members of one oneof of the writer are never set together.
        let (reader, first) = members[0];
        let beside = |(_, slot): &&(FieldView<'s>, FieldView<'s>)| slot.oneof.is_none() || slot.oneof != first.oneof;
        if let Some((_, other)) = members.iter().skip(1).find(beside) {
            let others = members.iter().map(|(_, slot)| *slot);
            let others = others.filter(|slot| ![first.number, other.number].contains(&slot.number));
            let reported = [first, *other].into_iter().chain(others).collect();
            record(FieldPair::Both(reader, first), Mismatch::CaseLost(reported));
        }
    }
    for reader in ours.iter().filter(|reader| !written.contains(&reader.number)) {
        if reader.is_required {
            record(FieldPair::Reader(*reader), Mismatch::RequiredUnwritten);
        } else if notes && !moved_from.contains(&reader.number) {
            record(FieldPair::Reader(*reader), Mismatch::Unwritten);
        }
    }
    Ok(inside)
}

/// The reader's fields that have the name of a writer's field and another number, by the number of the writer's, and whether the
/// writer has another field under the reader's number. What the reader requires and never gets is left to that finding.
fn moved<'a, 's>(
    ours: &'a [FieldView<'s>],
    theirs: &'a [FieldView<'s>],
) -> FxHashMap<i32, (&'a FieldView<'s>, Mismatch<'s>)> {
    let names: FxHashMap<(bool, &str), &FieldView<'s>> = ours
        .iter()
        .map(|field| ((field.is_extension, field.name), field))
        .collect();
    let written: FxHashSet<i32> = theirs.iter().map(|field| field.number).collect();
    let of = |writer: &FieldView<'s>| {
        let reader = *names.get(&(writer.is_extension, writer.name))?;
        let is_missed = reader.is_required && !written.contains(&reader.number);
        let is_entry = reader.in_entry || writer.in_entry;
        let mismatch = match written.contains(&reader.number) {
            true => Mismatch::FieldReplaced,
            false => Mismatch::FieldMoved,
        };
        (reader.number != writer.number && !is_missed && !is_entry).then_some((writer.number, (reader, mismatch)))
    };
    theirs.iter().filter_map(of).collect()
}

fn is_renamed(reader: &FieldView<'_>, writer: &FieldView<'_>) -> bool {
    let is_entry = reader.in_entry || writer.in_entry;
    !is_entry && reader.is_extension == writer.is_extension && reader.name != writer.name
}
