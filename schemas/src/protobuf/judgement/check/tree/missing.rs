//! The messages of the previous tree that the current one lacks, and what of the previous tree stands for them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::parts;
use crate::protobuf::judgement::breaking::Element;
use crate::protobuf::judgement::side::{Files, Of, Previous};
use crate::protobuf::language::schema::{File, FileId, MessageId};

const OF_FILE: &str = "of its file";
const OF_PACKAGE: &str = "of its package";

/// A message that the current tree lacks.
#[derive(Debug, Clone, Copy)]
pub(super) struct MissingMessage {
    pub message: Of<Previous, MessageId>,
    /// Whether it is part of another message, rather than an event.
    pub is_part: bool,
}

/// The messages that the current tree lacks. Messages of the current tree are never missing: nobody waits for one that is new.
pub(super) struct Missing<'s> {
    previous: Files<'s, Previous>,
    /// Those that are events first.
    messages: Vec<MissingMessage>,
    /// For each message, file or package the first of its messages, and how many there are.
    first: FxHashMap<Place<'s>, (usize, usize)>,
    /// What annotations reported.
    reported: FxHashSet<Place<'s>>,
}

/// Messages that are reported together.
pub(super) struct Group {
    /// The first of them.
    pub first: MissingMessage,
    /// How many others there are, and what they are called.
    pub others: Option<(usize, &'static str)>,
}

impl<'s> Missing<'s> {
    /// The tree's own messages that `is_lacked` is said of.
    pub fn new(previous: Files<'s, Previous>, is_lacked: impl Fn(Of<Previous, MessageId>) -> bool) -> Self {
        let set = previous.set();
        let parts = parts(set);
        let own = previous.messages().filter(|(id, message)| {
            let is_own = (message.file.0 as usize) < set.own_files && !message.is_group;
            is_own && is_lacked(*id)
        });
        let messages = own.map(|(message, _)| MissingMessage {
            message,
            is_part: parts.contains(&previous.own(message)),
        });
        let mut missing = Missing {
            previous,
            messages: messages.collect(),
            first: FxHashMap::default(),
            reported: FxHashSet::default(),
        };
        missing.messages.sort_by_key(|missing| missing.is_part);
        for (index, one) in missing.messages.iter().enumerate() {
            for place in places(previous, one.message) {
                missing.first.entry(place).or_insert((index, 0)).1 += 1;
            }
        }
        missing
    }

    /// Those that something stands for, which then count as reported.
    pub fn record(&mut self, element: Element) -> Option<Group> {
        let (place, others) = match element {
            Element::Message(id) => (Place::Message(id), None),
            Element::File(id) => (Place::File(id), Some(OF_FILE)),
            Element::Package(id) => (Place::Package(&self.previous.file(id).package), Some(OF_PACKAGE)),
            Element::Field(..)
            | Element::Oneof(..)
            | Element::Enum(_)
            | Element::Value(..)
            | Element::Service
            | Element::Call { .. } => return None,
        };
        let (first, count) = *self.first.get(&place)?;
        self.reported.insert(place);
        Some(Group {
            first: self.messages[first],
            others: others.filter(|_| count > 1).map(|others| (count - 1, others)),
        })
    }

    /// The events that no annotation reports and that are wanted: together those of a package or a file that is gone, which
    /// is asked of both.
    pub fn unreported(
        &self,
        is_wanted: impl Fn(Of<Previous, MessageId>) -> bool,
        is_gone: [&dyn Fn(&File) -> bool; 2],
    ) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut at: FxHashMap<Place<'_>, usize> = FxHashMap::default();
        for missing in self.messages.iter().filter(|missing| !missing.is_part) {
            let [message, file, package] = places(self.previous, missing.message);
            let is_told = [message, file, package]
                .iter()
                .any(|place| self.reported.contains(place));
            if is_told || !is_wanted(missing.message) {
                continue;
            }
            let of = self.previous.file(self.previous.file_of(missing.message));
            let (place, within) = match is_gone.map(|is_gone| is_gone(of)) {
                [true, _] => (package, OF_PACKAGE),
                [false, true] => (file, OF_FILE),
                [false, false] => (message, ""),
            };
            let index = *at.entry(place).or_insert(groups.len());
            match groups.get_mut(index) {
                Some(group) => group.others = Some((group.others.map_or(1, |(count, _)| count + 1), within)),
                None => groups.push(Group {
                    first: *missing,
                    others: None,
                }),
            }
        }
        groups
    }
}

/// Something that stands for messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Place<'s> {
    Message(Of<Previous, MessageId>),
    File(Of<Previous, FileId>),
    Package(&'s str),
}

/// What stands for a message.
fn places(previous: Files<'_, Previous>, id: Of<Previous, MessageId>) -> [Place<'_>; 3] {
    let file = previous.file_of(id);
    [
        Place::Message(id),
        Place::File(file),
        Place::Package(&previous.file(file).package),
    ]
}
