//! One direction: what the walk found, told when it is asked for.

use rustc_hash::FxHashSet;

use super::super::findings::finding;
use super::super::label::{at_message, label};
use super::super::slot::Body;
use super::super::tell::Teller;
use super::super::walk::{Event, Found, Seen, Walked, Walker};
use super::super::witness::Maker;
use super::super::{UNFINISHED, orphan, unread};
use super::index::{Call, Enums};
use super::missing::{Group, Lacked, Missing};
use super::narrowed::{narrowed, untold};
use super::partner::{Paths, partner};
use super::{Harm, MAX_TRIED, Trees};
use crate::budget::{Budget, Exhausted};
use crate::finding::{Evidence, Label, Severity};
use crate::mode::Direction;
use crate::protobuf::breaking::Element;
use crate::protobuf::schema::{FileId, MessageId};
use crate::protobuf::side::{Current, Files, Of, Previous};
use crate::shown::Line;
use crate::source::{Source, Span};
use crate::to_line;

/// More fields than these are not compared; then the verdict is open. A tree of 8,000 files has half a million.
const MAX_FIELDS: usize = 20_000_000;
/// More mismatches than these are not told.
const MAX_MISMATCHES: usize = 100_000;

/// One direction.
pub(super) struct Side<'s> {
    pub direction: Direction,
    /// Why the verdict is open, where it is.
    pub doubt: Option<Line>,
    current: Files<'s, Current>,
    previous: Files<'s, Previous>,
    teller: Teller<'s>,
    maker: Maker<'s>,
    walked: Walked<'s>,
    /// From this mismatch on, they are of calls.
    calls_from: usize,
    /// None where the current tree writes: nobody waits for a message that is new.
    missing: Option<Missing<'s>>,
    /// The mismatches that annotations tell, and of enums the numbers.
    told: FxHashSet<usize>,
    told_numbers: FxHashSet<(usize, i32)>,
    nowhere: &'s Source,
    reader_files: Paths<'s>,
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
        let reader_files: Paths<'_> = files.map(|(id, file)| (&*file.path, id)).collect();
        let partners: Vec<Option<MessageId>> = (0..writer.messages.len() as u32)
            .map(|id| partner(reader, &reader_files, writer, MessageId(id)))
            .collect();
        let maker = Maker::new(reader, writer, budget);
        let exists = |message| maker.exists(message);
        let mut walker = Walker::new(reader, writer, MAX_FIELDS, MAX_MISMATCHES, budget);
        let is_apart = |ours: Body, theirs: Body| match (ours, theirs) {
            (Body::Message(ours), Body::Message(theirs)) => partners[theirs.0 as usize] == Some(ours),
            _ => false,
        };
        let both = (0..).map(MessageId).zip(&partners);
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
                partners[id.0 as usize].is_none() && maker.exists(id)
            })
        });
        Ok(Side {
            direction,
            doubt: walked.doubt(),
            current: trees.current,
            previous: trees.previous,
            teller: Teller { reader, writer },
            maker,
            walked,
            calls_from,
            missing,
            told: FxHashSet::default(),
            told_numbers: FxHashSet::default(),
            nowhere: trees.nowhere,
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
        self.walked.trail.first(found.crumb)
    }

    /// Whether no more witnesses are made.
    pub fn is_spent(&self) -> bool {
        self.maker.is_spent()
    }

    /// What becomes of events that the reader lacks a message for; all that `element` stands for count as told.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn missing(&mut self, element: Element) -> Result<Option<Harm>, Exhausted> {
        let group = self.missing.as_mut().and_then(|missing| missing.tell(element));
        group.map(|group| self.group(&group)).transpose()
    }

    fn group(&mut self, group: &Group) -> Result<Harm, Exhausted> {
        let mut harm = self.orphan(group.first)?;
        match group.others {
            None => {}
            Some((1, within)) => harm.finding.message = to_line!("{}, nor another one {within}", harm.finding.message),
            Some((others, within)) => {
                harm.finding.message = to_line!("{}, nor {others} others {within}", harm.finding.message)
            }
        }
        Ok(harm)
    }

    /// What becomes of events of a message that the reader lacks.
    fn orphan(&mut self, Lacked { message, is_part }: Lacked) -> Result<Harm, Exhausted> {
        let path = &self.previous.file(self.previous.file_of(message)).path;
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
        let id = self.previous.own(message);
        let written = at_message(self.previous.set(), id, "may be sent as an event");
        let name = &self.previous.message(message).name;
        let evidence = self.maker.orphan(id, unread(name))?;
        Ok(Harm {
            direction: self.direction,
            finding: orphan(name, reader, written, is_part, evidence),
        })
    }

    /// The most telling of several mismatches, of which all count as told.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn best(&mut self, places: &[usize], element: Element) -> Result<Option<Harm>, Exhausted> {
        match element {
            Element::Value(_, number) => self.told_numbers.extend(places.iter().map(|place| (*place, number))),
            Element::File(_)
            | Element::Package(_)
            | Element::Message(_)
            | Element::Field(..)
            | Element::Oneof(..)
            | Element::Enum(_)
            | Element::Service
            | Element::Call { .. } => self.told.extend(places),
        }
        let mut places = places.to_vec();
        places.sort_by_key(|place| (!self.found(*place).mismatch.is_error(), *place));
        let mut best: Option<Harm> = None;
        for place in places.into_iter().take(MAX_TRIED) {
            let Some(harm) = self.tell(place, |found| Some(narrowed(found, element)))? else {
                continue;
            };
            let is_shown = matches!(harm.finding.evidence, Evidence::Witness(_));
            if is_shown
                && best
                    .as_ref()
                    .is_none_or(|best| best.finding.severity <= harm.finding.severity)
            {
                return Ok(Some(harm));
            }
            best.get_or_insert(harm);
        }
        Ok(best)
    }

    /// A mismatch, or a `part` of it, in words and with its witness.
    fn tell(
        &mut self,
        place: usize,
        part: impl FnOnce(&Found<'s>) -> Option<Found<'s>>,
    ) -> Result<Option<Harm>, Exhausted> {
        if self.is_spent() {
            return Ok(None);
        }
        let found = &self.walked.found[place];
        self.maker
            .spend(found.mismatch.names(self.teller.reader, self.teller.writer))?;
        let Some(found) = part(found) else {
            return Ok(None);
        };
        let Some((finding, doubt)) = finding(&self.teller, &self.walked.trail, &found, &mut self.maker)? else {
            return Ok(None);
        };
        if let Some(doubt) = doubt {
            self.doubt.get_or_insert(doubt);
        }
        Ok(Some(Harm {
            direction: self.direction,
            finding,
        }))
    }

    /// Adds what hurts and no annotation tells, as far as `judges` wants to hear of its files.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn beyond(
        &mut self,
        judges: impl Fn(Option<Of<Current, FileId>>, Option<Of<Previous, FileId>>) -> bool,
        beyond: &mut Vec<Harm>,
    ) -> Result<(), Exhausted> {
        let (now, before) = (self.current, self.previous);
        let packages: FxHashSet<&str> = now.set().files.iter().map(|file| &*file.package).collect();
        let groups = self.missing.as_ref().map_or_else(Vec::new, |missing| {
            missing.untold(
                |message| judges(None, Some(before.file_of(message))),
                [&|file| !packages.contains(&*file.package), &|file| {
                    !self.reader_files.contains_key(&*file.path)
                }],
            )
        });
        for group in &groups {
            beyond.push(self.group(group)?);
        }
        let mut enums: FxHashSet<Enums<'_>> = FxHashSet::default();
        for place in 0..self.calls_from.min(self.walked.found.len()) {
            let found = self.found(place);
            // What is told of an enum is told once, wherever it is used.
            let is_known = Enums::of(self, found).is_some_and(|of| !enums.insert(of));
            let (previous, current) = self.previous_first(found.event.reader, found.event.writer);
            if is_known || self.told.contains(&place) || !found.mismatch.is_error() {
                continue;
            }
            if !judges(Some(now.file_of(current)), Some(before.file_of(previous))) {
                continue;
            }
            if self.is_spent() {
                self.doubt.get_or_insert(UNFINISHED.into());
                return Ok(());
            }
            let told = std::mem::take(&mut self.told_numbers);
            let harm = self.tell(place, |found| untold(found, |number| told.contains(&(place, number))));
            self.told_numbers = told;
            beyond.extend(harm?.filter(|harm| harm.finding.severity == Severity::Error));
        }
        Ok(())
    }
}
