//! Of a stop the part that one annotation is about.

use super::super::slot::Slot;
use super::super::stop::Stop;
use super::super::walk::Found;
use crate::protobuf::breaking::Element;

/// The numbers of an enum that a stop names.
fn numbers_mut<'a>(stop: &'a mut Stop<'_>) -> Option<&'a mut Vec<i32>> {
    match stop {
        Stop::UnknownNumbers { numbers, .. } => Some(numbers),
        Stop::Renumbered(numbered) | Stop::Renamed(numbered) => Some(&mut numbered.numbers),
        _ => None,
    }
}

/// A stop about one of its numbers, or with one of its fields before the others.
pub(super) fn narrowed<'s>(found: &Found<'s>, element: Element) -> Found<'s> {
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

/// A stop, of an enum with the numbers that are not told yet; `None` if all are.
pub(super) fn untold<'s>(found: &Found<'s>, is_told: impl Fn(i32) -> bool) -> Option<Found<'s>> {
    let mut found = found.clone();
    if let Some(numbers) = numbers_mut(&mut found.stop) {
        numbers.retain(|number| !is_told(*number));
        if numbers.is_empty() {
            return None;
        }
    }
    Some(found)
}
