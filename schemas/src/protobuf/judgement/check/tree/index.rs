//! What was found, by what it is about, in terms of the previous tree.

use rustc_hash::FxHashMap;

use super::super::enumeration::MAX_NUMBERS;
use super::super::mismatch::{About, Mismatch};
use super::super::walk::Found;
use super::side::Side;
use crate::mode::Direction;
use crate::protobuf::judgement::breaking::Element;
use crate::protobuf::judgement::side::{Current, Of, Previous};
use crate::protobuf::language::schema::{EnumId, MessageId};

/// No more mismatches than these are kept for one enum: those of one pair of enums are alike.
const MAX_OF_ENUM: usize = 16;

/// The messages of a call, previous before current.
pub(super) type Call = (Of<Previous, MessageId>, Of<Current, MessageId>);

/// The mismatches of one direction, by their indexes.
#[derive(Default)]
pub(super) struct Index {
    fields: FxHashMap<(Of<Previous, MessageId>, i32), Vec<usize>>,
    oneofs: FxHashMap<(Of<Previous, MessageId>, u32), Vec<usize>>,
    enums: FxHashMap<Of<Previous, EnumId>, Vec<usize>>,
    calls: FxHashMap<Call, Vec<usize>>,
}

impl Index {
    /// Over what was found.
    pub fn new(side: &Side<'_>) -> Index {
        let mut index = Index::default();
        let mut reported = rustc_hash::FxHashSet::default();
        for (place, found) in side.all().iter().enumerate() {
            let (previous, current) = side.previous_first(found.event.reader, found.event.writer);
            if side.is_of_call(place) {
                index.calls.entry((previous, current)).or_default().push(place);
                continue;
            }
            for number in numbers(side, found) {
                index.fields.entry((previous, number)).or_default().push(place);
            }
            if let Some(oneof) = oneof(side, found) {
                index.oneofs.entry((previous, oneof)).or_default().push(place);
            }
            if let Some(enums) = Enums::of(side, found)
                && reported.insert(enums)
            {
                let places = index.enums.entry(enums.previous).or_default();
                if places.len() < MAX_OF_ENUM {
                    places.push(place);
                }
            }
        }
        index
    }

    /// What was found of something.
    pub fn of<'a>(&'a self, element: Element, side: &'a Side<'_>) -> impl Iterator<Item = usize> + 'a {
        let places = match element {
            Element::Field(message, number) => self.fields.get(&(message, number)),
            Element::Oneof(message, oneof) => self.oneofs.get(&(message, oneof)),
            Element::Enum(id) | Element::Value(id, _) => self.enums.get(&id),
            Element::Call { previous, current } => self.calls.get(&(previous, current)),
            Element::File(_) | Element::Package(_) | Element::Message(_) | Element::Service => None,
        };
        let is_about = move |place: &usize| match element {
            Element::Value(_, number) => named(&side.found(*place).mismatch).contains(&number),
            Element::File(_)
            | Element::Package(_)
            | Element::Message(_)
            | Element::Field(..)
            | Element::Oneof(..)
            | Element::Enum(_)
            | Element::Call { .. }
            | Element::Service => true,
        };
        places.into_iter().flatten().copied().filter(is_about)
    }
}

impl Index {
    /// Whether something is a number of an enum of which not all numbers are kept.
    pub fn is_cut(&self, element: Element, side: &Side<'_>) -> bool {
        let Element::Value(id, _) = element else {
            return false;
        };
        let places = self.enums.get(&id).into_iter().flatten();
        places
            .copied()
            .any(|place| named(&side.found(place).mismatch).len() >= MAX_NUMBERS)
    }
}

/// The numbers of an enum that a mismatch names.
fn named<'a>(mismatch: &'a Mismatch<'_>) -> &'a [i32] {
    mismatch.numbers().map_or(&[], |of| &of.numbers)
}

/// The fields of the event that a mismatch is about.
fn numbers<'s>(side: &Side<'s>, found: &Found<'s>) -> Vec<i32> {
    if let Some(first) = side.first(found) {
        return vec![first];
    }
    match found.mismatch.members() {
        Some(members) => members.iter().map(|slot| slot.number).collect(),
        // Of two fields that differ in their numbers, as a case that the reader does not know, it is the writer's.
        None => vec![found.slots.both().1.number],
    }
}

/// The oneof of the previous tree that a mismatch is about.
fn oneof(side: &Side<'_>, found: &Found<'_>) -> Option<u32> {
    if found.node.is_some() || found.mismatch.facts().about != About::Oneof {
        return None;
    }
    match side.direction {
        Direction::Backward => found.slots.writer()?.oneof,
        Direction::Forward => found.slots.reader()?.oneof,
    }
}

/// Mismatches between the same enums are reported once.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Enums<'s> {
    previous: Of<Previous, EnumId>,
    current: Option<Of<Current, EnumId>>,
    kind: std::mem::Discriminant<Mismatch<'s>>,
    /// A field that does not write a zero loses none.
    has_zero: bool,
}

impl<'s> Enums<'s> {
    /// Those that a mismatch is about.
    pub fn of(side: &Side<'_>, found: &Found<'s>) -> Option<Enums<'s>> {
        let of = found.mismatch.numbers()?;
        let (previous, current) = side.previous_first(Some(of.reader), of.writer);
        let (previous, current) = (previous.transposed()?, current.transposed());
        Some(Enums {
            previous,
            current,
            kind: std::mem::discriminant(&found.mismatch),
            has_zero: of.numbers.contains(&0),
        })
    }
}
