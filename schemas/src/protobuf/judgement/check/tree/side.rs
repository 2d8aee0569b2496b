//! One direction: what the walk found, reported when it is asked for.

use rustc_hash::FxHashSet;

use super::super::describe::Describer;
use super::super::field_view::Container;
use super::super::findings::finding;
use super::super::label::{at_message, label};
use super::super::walk::{Event, Found, Seen, Walked, Walker};
use super::super::witness::WitnessBuilder;
use super::super::{UNFINISHED, unread, unreadable_message};
use super::index::{Call, Enums};
use super::matching::{FilesByPath, matching_message};
use super::missing::{Group, Missing, MissingMessage};
use super::narrowed::{narrowed, unreported};
use super::{MAX_TRIED, Trees};
use crate::budget::{Budget, Exhausted};
use crate::finding::{Evidence, Label, Severity};
use crate::mode::Direction;
use crate::protobuf::judgement::breaking::Element;
use crate::protobuf::judgement::side::{Current, Files, Of, Previous};
use crate::protobuf::language::schema::{FileId, MessageId};
use crate::text::shown::Line;
use crate::text::source::{Source, Span};
use crate::to_line;
use crate::tree::Consequence;

/// More fields than these are not compared; then the verdict is open. A tree of 8,000 files has half a million.
const MAX_FIELDS: usize = 20_000_000;
/// More mismatches than these are not reported.
const MAX_MISMATCHES: usize = 100_000;

/// One direction.
pub(super) struct Side<'s> {
    pub direction: Direction,
    /// Why the verdict is open, where it is.
    pub doubt: Option<Line>,
    current: Files<'s, Current>,
    previous: Files<'s, Previous>,
    describer: Describer<'s>,
    builder: WitnessBuilder<'s>,
    walked: Walked<'s>,
    /// From this mismatch on, they are of calls.
    calls_from: usize,
    /// None where the current tree writes: nobody waits for a message that is new.
    missing: Option<Missing<'s>>,
    /// The mismatches that annotations report, and of enums the numbers.
    reported: FxHashSet<usize>,
    reported_numbers: FxHashSet<(usize, i32)>,
    missing_source: &'s Source,
    reader_files: FilesByPath<'s>,
}

impl<'s> Side<'s> {
    /// Walks the trees in one direction, and the messages of calls.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn new(
        direction: Direction,
        trees: Trees<'s>,
        calls: &FxHashSet<Call>,
        budget: &'s Budget,
    ) -> Result<Side<'s>, Exhausted> {
        let (reader, writer) = match direction {
            Direction::Backward => (trees.current.set(), trees.previous.set()),
            Direction::Forward => (trees.previous.set(), trees.current.set()),
        };
        budget.spend(reader.messages.len() + writer.messages.len())?;
        let files = (0..).map(FileId).zip(&reader.files);
        let reader_files: FilesByPath<'_> = files.map(|(id, file)| (&*file.path, id)).collect();
        let matching: Vec<Option<MessageId>> = (0..writer.messages.len() as u32)
            .map(|id| matching_message(reader, &reader_files, writer, MessageId(id)))
            .collect();
        let builder = WitnessBuilder::new(reader, writer, budget);
        let exists = |message| builder.exists(message);
        let mut walker = Walker::new(reader, writer, MAX_FIELDS, MAX_MISMATCHES, budget);
        let is_apart = |ours: Container, theirs: Container| match (ours, theirs) {
            (Container::Message(ours), Container::Message(theirs)) => matching[theirs.0 as usize] == Some(ours),
            _ => false,
        };
        let both = (0..).map(MessageId).zip(&matching);
        for (writer, reader) in both.filter_map(|(writer, reader)| Some((writer, (*reader)?))) {
            if !walker.walk(Event { reader, writer }, &mut Seen::default(), &exists, &is_apart)? {
                break;
            }
        }
        let calls_from = walker.found();
        let mut calls: Vec<Call> = calls.iter().copied().collect();
        calls.sort_unstable();
        for (previous, current) in calls {
            let (previous, current) = (trees.previous.own(previous), trees.current.own(current));
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
            walker.walk(event, &mut Seen::default(), &exists, &is_apart)?;
        }
        let walked = walker.finish();
        let missing = (direction == Direction::Backward).then(|| {
            Missing::new(trees.previous, |id| {
                let id = trees.previous.own(id);
                matching[id.0 as usize].is_none() && builder.exists(id)
            })
        });
        Ok(Side {
            direction,
            doubt: walked.doubt(),
            current: trees.current,
            previous: trees.previous,
            describer: Describer { reader, writer },
            builder,
            walked,
            calls_from,
            missing,
            reported: FxHashSet::default(),
            reported_numbers: FxHashSet::default(),
            missing_source: trees.missing_source,
            reader_files,
        })
    }

    /// Whether not everything was looked at.
    pub fn is_unfinished(&self) -> bool {
        self.walked.unfinished
    }

    /// What belongs to the reader and what belongs to the writer, that of the previous tree first.
    pub fn previous_first<T>(&self, reader: T, writer: T) -> (Of<Previous, T>, Of<Current, T>) {
        match self.direction {
            Direction::Backward => (Of::new(writer), Of::new(reader)),
            Direction::Forward => (Of::new(reader), Of::new(writer)),
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
        self.walked.paths.first(found.node)
    }

    /// Whether no more witnesses are made.
    pub fn is_spent(&self) -> bool {
        self.builder.is_spent()
    }

    /// What becomes of events that the reader lacks a message for; all that `element` stands for count as reported.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn missing(&mut self, element: Element) -> Result<Option<Consequence>, Exhausted> {
        let group = self.missing.as_mut().and_then(|missing| missing.record(element));
        group.map(|group| self.group(&group)).transpose()
    }

    fn group(&mut self, group: &Group) -> Result<Consequence, Exhausted> {
        let mut consequence = self.unreadable_message(group.first)?;
        match group.others {
            None => {}
            Some((1, within)) => {
                consequence.finding.message = to_line!("{}, nor another one {within}", consequence.finding.message)
            }
            Some((others, within)) => {
                consequence.finding.message = to_line!("{}, nor {others} others {within}", consequence.finding.message)
            }
        }
        Ok(consequence)
    }

    /// What becomes of events of a message that the reader lacks.
    fn unreadable_message(
        &mut self,
        MissingMessage { message, is_part }: MissingMessage,
    ) -> Result<Consequence, Exhausted> {
        let path = &self.previous.file(self.previous.file_of(message)).path;
        let reader = match self.reader_files.get(&**path) {
            Some(&id) => {
                let file = self.describer.reader.file(id);
                label(
                    self.describer.reader,
                    id,
                    file.package_span.or(file.syntax_span).unwrap_or_default(),
                    "no longer here",
                )
            }
            None => Label {
                source: self.missing_source.clone(),
                at: crate::finding::At::Span(Span::default()),
                note: "no longer here".into(),
            },
        };
        let id = self.previous.own(message);
        let written = at_message(self.previous.set(), id, "may be sent as an event");
        let name = &self.previous.message(message).name;
        let evidence = self.builder.unreadable_message(id, unread(name))?;
        Ok(Consequence {
            direction: self.direction,
            finding: unreadable_message(name, reader, written, is_part, evidence),
        })
    }

    /// The most telling of several mismatches, of which all count as reported.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn best(&mut self, places: &[usize], element: Element) -> Result<Option<Consequence>, Exhausted> {
        match element {
            Element::Value(_, number) => self
                .reported_numbers
                .extend(places.iter().map(|place| (*place, number))),
            Element::File(_)
            | Element::Package(_)
            | Element::Message(_)
            | Element::Field(..)
            | Element::Oneof(..)
            | Element::Enum(_)
            | Element::Service
            | Element::Call { .. } => self.reported.extend(places),
        }
        let mut places = places.to_vec();
        places.sort_by_key(|place| (!self.found(*place).mismatch.is_error(), *place));
        let mut best: Option<Consequence> = None;
        for place in places.into_iter().take(MAX_TRIED) {
            let Some(consequence) = self.record(place, |found| Some(narrowed(found, element)))? else {
                continue;
            };
            let is_shown = matches!(consequence.finding.evidence, Evidence::Witness(_));
            if is_shown
                && best
                    .as_ref()
                    .is_none_or(|best| best.finding.severity <= consequence.finding.severity)
            {
                return Ok(Some(consequence));
            }
            best.get_or_insert(consequence);
        }
        Ok(best)
    }

    /// A mismatch, or a `part` of it, in words and with its witness.
    fn record(
        &mut self,
        place: usize,
        part: impl FnOnce(&Found<'s>) -> Option<Found<'s>>,
    ) -> Result<Option<Consequence>, Exhausted> {
        if self.is_spent() {
            return Ok(None);
        }
        let found = &self.walked.found[place];
        self.builder
            .spend(found.mismatch.names(self.describer.reader, self.describer.writer))?;
        let Some(found) = part(found) else {
            return Ok(None);
        };
        let Some((finding, doubt)) = finding(&self.describer, &self.walked.paths, &found, &mut self.builder)? else {
            return Ok(None);
        };
        if let Some(doubt) = doubt {
            self.doubt.get_or_insert(doubt);
        }
        Ok(Some(Consequence {
            direction: self.direction,
            finding,
        }))
    }

    /// Adds the errors that no annotation is about, in files that `judges` says yes to.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn unannotated(
        &mut self,
        judges: impl Fn(Option<Of<Current, FileId>>, Option<Of<Previous, FileId>>) -> bool,
        unannotated: &mut Vec<Consequence>,
    ) -> Result<(), Exhausted> {
        let (now, before) = (self.current, self.previous);
        let packages: FxHashSet<&str> = now.set().files.iter().map(|file| &*file.package).collect();
        let groups = self.missing.as_ref().map_or_else(Vec::new, |missing| {
            missing.unreported(
                |message| judges(None, Some(before.file_of(message))),
                [&|file| !packages.contains(&*file.package), &|file| {
                    !self.reader_files.contains_key(&*file.path)
                }],
            )
        });
        for group in &groups {
            unannotated.push(self.group(group)?);
        }
        let mut enums: FxHashSet<Enums<'_>> = FxHashSet::default();
        for place in 0..self.calls_from.min(self.walked.found.len()) {
            let found = self.found(place);
            // What is reported of an enum is reported once, wherever it is used.
            let is_known = Enums::of(self, found).is_some_and(|of| !enums.insert(of));
            let (previous, current) = self.previous_first(found.event.reader, found.event.writer);
            if is_known || self.reported.contains(&place) || !found.mismatch.is_error() {
                continue;
            }
            if !judges(Some(now.file_of(current)), Some(before.file_of(previous))) {
                continue;
            }
            if self.is_spent() {
                self.doubt.get_or_insert(UNFINISHED.into());
                return Ok(());
            }
            let reported = std::mem::take(&mut self.reported_numbers);
            let consequence = self.record(place, |found| {
                unreported(found, |number| reported.contains(&(place, number)))
            });
            self.reported_numbers = reported;
            unannotated.extend(consequence?.filter(|consequence| consequence.finding.severity == Severity::Error));
        }
        Ok(())
    }
}
