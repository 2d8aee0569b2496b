//! One direction: what the walk found, told when it is asked for.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::findings::finding;
use super::super::label::{at_message, label};
use super::super::slot::{Body, Slot};
use super::super::stop::Stop;
use super::super::tell::Teller;
use super::super::walk::{Event, Found, Seen, Walked, Walker};
use super::super::witness::Maker;
use super::super::{UNFINISHED, orphan, parts};
use super::index::{Call, Enums};
use super::{Harm, MAX_TRIED, Trees};
use crate::finding::{Evidence, Label, Severity};
use crate::mode::Direction;
use crate::protobuf::breaking::Element;
use crate::protobuf::schema::{FileId, FileSet, MessageId};
use crate::source::{Source, Span};

/// More fields than these are not compared; then the verdict is open. A tree of 8,000 files has half a million.
const MAX_FIELDS: usize = 20_000_000;

/// One direction.
pub(super) struct Side<'s> {
    pub direction: Direction,
    /// Why the verdict is open, where it is.
    pub doubt: Option<String>,
    teller: Teller<'s>,
    maker: Maker<'s>,
    walked: Walked<'s>,
    /// From this stop on, they are of calls.
    calls_from: usize,
    /// The writer's own messages that the reader lacks, and whether each is part of another.
    missing: Vec<(MessageId, bool)>,
    /// The first of them that each message, file or package stands for, and how many it stands for.
    missing_at: FxHashMap<Place<'s>, (usize, usize)>,
    /// The stops that annotations tell, and of enums the numbers.
    told: FxHashSet<usize>,
    told_numbers: FxHashSet<(usize, i32)>,
    told_missing: FxHashSet<Place<'s>>,
    nowhere: &'s Source,
    reader_files: FxHashMap<&'s str, FileId>,
}

impl<'s> Side<'s> {
    /// Walks the trees in one direction, and the messages of calls.
    pub fn new(direction: Direction, trees: Trees<'s>, calls: &FxHashSet<Call>) -> Side<'s> {
        let (reader, writer) = match direction {
            Direction::Backward => (trees.current, trees.previous),
            Direction::Forward => (trees.previous, trees.current),
        };
        let files = (0..).map(FileId).zip(&reader.files);
        let reader_files: FxHashMap<&str, FileId> = files.map(|(id, file)| (&*file.path, id)).collect();
        let partners: Vec<Option<MessageId>> = (0..writer.messages.len() as u32)
            .map(|id| partner(reader, &reader_files, writer, MessageId(id)))
            .collect();
        let maker = Maker::new(reader, writer);
        let exists = |message| maker.exists(message);
        let mut walker = Walker::new(reader, writer, MAX_FIELDS);
        let is_apart = |ours: Body, theirs: Body| match (ours, theirs) {
            (Body::Message(ours), Body::Message(theirs)) => partners[theirs.0 as usize] == Some(ours),
            _ => false,
        };
        let both = (0..).map(MessageId).zip(&partners);
        for (writer, reader) in both.filter_map(|(writer, reader)| Some((writer, (*reader)?))) {
            if !walker.walk(Event { reader, writer }, &mut Seen::default(), &exists, &is_apart) {
                break;
            }
        }
        let calls_from = walker.found();
        let mut calls: Vec<Call> = calls.iter().copied().collect();
        calls.sort_unstable();
        for (previous, current) in calls {
            let event = match direction {
                Direction::Backward => Event {
                    reader: current,
                    writer: previous,
                },
                Direction::Forward => Event {
                    reader: previous,
                    writer: current,
                },
            };
            walker.walk(event, &mut Seen::default(), &exists, &is_apart);
        }
        let walked = walker.finish();
        let mut side = Side {
            direction,
            doubt: walked.unfinished.then(|| UNFINISHED.to_owned()),
            teller: Teller { reader, writer },
            maker,
            walked,
            calls_from,
            missing: Vec::new(),
            missing_at: FxHashMap::default(),
            told: FxHashSet::default(),
            told_numbers: FxHashSet::default(),
            told_missing: FxHashSet::default(),
            nowhere: trees.nowhere,
            reader_files,
        };
        if direction == Direction::Backward {
            side.look_for_missing(&partners);
        }
        side
    }

    fn look_for_missing(&mut self, partners: &[Option<MessageId>]) {
        let set = self.teller.writer;
        let parts = parts(set);
        let own = (0..).map(MessageId).zip(&set.messages).filter(|(id, message)| {
            let is_own = (message.file.0 as usize) < set.own_files && !message.is_group;
            is_own && partners[id.0 as usize].is_none() && self.maker.exists(*id)
        });
        self.missing = own.map(|(id, _)| (id, parts.contains(&id))).collect();
        self.missing.sort_by_key(|(_, is_part)| *is_part);
        for (index, (id, _)) in self.missing.iter().enumerate() {
            for place in places(set, *id) {
                self.missing_at.entry(place).or_insert((index, 0)).1 += 1;
            }
        }
    }

    /// The messages of a pair, that of the previous tree first.
    pub fn previous_first(&self, reader: MessageId, writer: MessageId) -> (MessageId, MessageId) {
        match self.direction {
            Direction::Backward => (writer, reader),
            Direction::Forward => (reader, writer),
        }
    }

    /// Everything that was found.
    pub fn all(&self) -> &[Found<'s>] {
        &self.walked.found
    }

    /// One thing that was found.
    pub fn found(&self, place: usize) -> &Found<'s> {
        &self.walked.found[place]
    }

    /// Whether it was found between the messages of a call.
    pub fn is_of_call(&self, place: usize) -> bool {
        place >= self.calls_from
    }

    /// The number of the event's field through which a place is reached; `None` for the event itself.
    pub fn first(&self, found: &Found<'_>) -> Option<i32> {
        self.walked.trail.first(found.crumb)
    }

    /// Whether no more witnesses are made.
    pub fn is_spent(&self) -> bool {
        self.maker.is_spent()
    }

    /// What becomes of events that the reader lacks a message for; all that `element` stands for count as told.
    pub fn missing(&mut self, element: Element) -> Option<Harm> {
        let place = match element {
            Element::Message(id) => Place::Message(id),
            Element::File(id) => Place::File(id),
            Element::Package(id) => Place::Package(&self.teller.writer.file(id).package),
            _ => return None,
        };
        let (missing, count) = *self.missing_at.get(&place)?;
        self.told_missing.insert(place);
        let mut harm = self.orphan(missing);
        let within = match place {
            Place::Message(_) => return Some(harm),
            Place::File(_) => "of its file",
            Place::Package(_) => "of its package",
        };
        match count - 1 {
            0 => {}
            1 => harm.finding.message += &format!(", nor another one {within}"),
            others => harm.finding.message += &format!(", nor {others} others {within}"),
        }
        Some(harm)
    }

    /// What becomes of events of a message that the reader lacks.
    fn orphan(&mut self, missing: usize) -> Harm {
        let (message, is_part) = self.missing[missing];
        let writer = self.teller.writer;
        let path = &writer.file(writer.message(message).file).path;
        let reader = match self.reader_files.get(&**path) {
            Some(&id) => {
                let file = self.teller.reader.file(id);
                label(
                    self.teller.reader,
                    id,
                    file.package_span.or(file.syntax_span).unwrap_or_default(),
                    "no longer here",
                )
            }
            None => Label {
                source: self.nowhere.clone(),
                at: crate::finding::At::Span(Span::default()),
                note: "no longer here".into(),
            },
        };
        let written = at_message(writer, message, "may be sent as an event");
        Harm {
            direction: self.direction,
            finding: orphan(&writer.message(message).name, reader, written, is_part, |why| {
                self.maker.orphan(message, why)
            }),
        }
    }

    /// The most telling of several stops, of which all count as told.
    pub fn best(&mut self, places: &[usize], element: Element) -> Option<Harm> {
        match element {
            Element::Value(_, number) => self.told_numbers.extend(places.iter().map(|place| (*place, number))),
            _ => self.told.extend(places),
        }
        let mut places = places.to_vec();
        places.sort_by_key(|place| (!self.found(*place).stop.hurts(), *place));
        let mut best: Option<Harm> = None;
        for place in places.into_iter().take(MAX_TRIED) {
            let found = narrowed(self.found(place), element);
            let Some(harm) = self.tell(&found) else {
                continue;
            };
            let is_shown = matches!(harm.finding.evidence, Evidence::Witness(_));
            if is_shown
                && best
                    .as_ref()
                    .is_none_or(|best| best.finding.severity <= harm.finding.severity)
            {
                return Some(harm);
            }
            best.get_or_insert(harm);
        }
        best
    }

    /// A stop in words and with its witness.
    fn tell(&mut self, found: &Found<'s>) -> Option<Harm> {
        if self.is_spent() {
            return None;
        }
        self.maker.spend(cost(found, &self.teller));
        let (finding, doubt) = finding(&self.teller, &self.walked.trail, found, &mut self.maker)?;
        if let Some(doubt) = doubt {
            self.doubt.get_or_insert(doubt);
        }
        Some(Harm {
            direction: self.direction,
            finding,
        })
    }

    /// A stop, of an enum with the numbers that no annotation tells; `None` if all are told.
    fn untold(&self, place: usize) -> Option<Found<'s>> {
        let mut found = self.found(place).clone();
        if let Some(numbers) = numbers_mut(&mut found.stop) {
            numbers.retain(|number| !self.told_numbers.contains(&(place, *number)));
            if numbers.is_empty() {
                return None;
            }
        }
        Some(found)
    }

    /// Adds what hurts and no annotation tells, as far as `judges` wants to hear of its files.
    pub fn beyond(&mut self, judges: impl Fn(Option<FileId>, Option<FileId>) -> bool, beyond: &mut Vec<Harm>) {
        for missing in 0..self.missing.len() {
            let (id, is_part) = self.missing[missing];
            let file = self.teller.writer.message(id).file;
            let is_told = places(self.teller.writer, id)
                .iter()
                .any(|place| self.told_missing.contains(place));
            if !is_part && !is_told && judges(None, Some(file)) {
                beyond.push(self.orphan(missing));
            }
        }
        let mut enums: FxHashSet<Enums> = FxHashSet::default();
        for place in 0..self.calls_from.min(self.walked.found.len()) {
            let found = self.found(place);
            // What is told of an enum is told once, wherever it is used.
            let is_known = Enums::of(self, found).is_some_and(|of| !enums.insert(of));
            let (previous, current) = self.previous_first(found.event.reader, found.event.writer);
            if is_known || self.told.contains(&place) || !found.stop.hurts() {
                continue;
            }
            let (ours, theirs) = match self.direction {
                Direction::Backward => (self.teller.reader, self.teller.writer),
                Direction::Forward => (self.teller.writer, self.teller.reader),
            };
            if !judges(Some(ours.message(current).file), Some(theirs.message(previous).file)) {
                continue;
            }
            if self.is_spent() {
                self.doubt.get_or_insert(UNFINISHED.to_owned());
                return;
            }
            let Some(found) = self.untold(place) else {
                continue;
            };
            beyond.extend(
                self.tell(&found)
                    .filter(|harm| harm.finding.severity == Severity::Error),
            );
        }
    }
}

/// Something of the previous tree that stands for messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'s> {
    Message(MessageId),
    File(FileId),
    Package(&'s str),
}

/// What stands for a message.
fn places(set: &FileSet, id: MessageId) -> [Place<'_>; 3] {
    let file = set.message(id).file;
    [
        Place::Message(id),
        Place::File(file),
        Place::Package(&set.file(file).package),
    ]
}

/// The reader's message that stands for one of the writer's, as an event of its own.
fn partner(
    reader: &FileSet,
    reader_files: &FxHashMap<&str, FileId>,
    writer: &FileSet,
    id: MessageId,
) -> Option<MessageId> {
    let message = writer.message(id);
    let found = reader.message_named(&message.name).or_else(|| {
        let file = writer.file(message.file);
        let now = reader.file(*reader_files.get(&*file.path)?);
        (now.package != file.package).then_some(())?;
        let within = match &*file.package {
            "" => &*message.name,
            package => message.name.strip_prefix(package)?.strip_prefix('.')?,
        };
        match &*now.package {
            "" => reader.message_named(within),
            package => reader.message_named(&format!("{package}.{within}")),
        }
    });
    found.filter(|found| !message.is_group && !reader.message(*found).is_group)
}

/// What it costs to tell a stop, beside its witness: names of numbers are looked for.
fn cost(found: &Found<'_>, teller: &Teller<'_>) -> usize {
    let (reader, writer) = match &found.stop {
        Stop::UnknownNumbers { reader, writer, .. } => (Some(*reader), *writer),
        Stop::Renumbered(numbered) | Stop::Renamed(numbered) => (Some(numbered.reader), Some(numbered.writer)),
        _ => (None, None),
    };
    let values = |set: &FileSet, id: Option<_>| id.map_or(0, |id| set.enumeration(id).values.len());
    values(teller.reader, reader) + values(teller.writer, writer)
}

/// The numbers of an enum that a stop names.
fn numbers_mut<'a>(stop: &'a mut Stop<'_>) -> Option<&'a mut Vec<i32>> {
    match stop {
        Stop::UnknownNumbers { numbers, .. } => Some(numbers),
        Stop::Renumbered(numbered) | Stop::Renamed(numbered) => Some(&mut numbered.numbers),
        _ => None,
    }
}

/// A stop about one of its numbers, or with one of its fields before the others.
fn narrowed<'s>(found: &Found<'s>, element: Element) -> Found<'s> {
    let mut found = found.clone();
    match (element, &mut found.stop) {
        (Element::Value(_, number), stop) => {
            if let Some(numbers) = numbers_mut(stop) {
                *numbers = vec![number];
            }
        }
        (Element::Field(_, number), Stop::CaseLost(members)) => {
            if let Some(index) = members.iter().position(|slot| slot.number == number) {
                let first = members.remove(index);
                let beside = |slot: &Slot<'_>| slot.oneof.is_none() || slot.oneof != first.oneof;
                if let Some(other) = members.iter().position(beside) {
                    let other = members.remove(other);
                    members.insert(0, other);
                }
                members.insert(0, first);
            }
        }
        _ => {}
    }
    found
}
