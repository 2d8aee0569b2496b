//! Of a mismatch the part that one annotation is about.

use super::super::field_view::FieldView;
use super::super::walk::Found;
use crate::protobuf::judgement::breaking::Element;

/// A mismatch about one of its numbers, or with one of its fields before the others.
pub(super) fn narrowed<'s>(found: &Found<'s>, element: Element) -> Found<'s> {
    let mut found = found.clone();
    match element {
        Element::Value(_, number) => {
            if let Some(numbers) = found.mismatch.numbers_mut() {
                *numbers = vec![number];
            }
        }
        Element::Field(_, number) => {
            if let Some(members) = found.mismatch.members_mut()
                && let Some(index) = members.iter().position(|slot| slot.number == number)
            {
                let first = members.remove(index);
                let beside = |slot: &FieldView<'_>| slot.oneof.is_none() || slot.oneof != first.oneof;
                if let Some(other) = members.iter().position(beside) {
                    let other = members.remove(other);
                    members.insert(0, other);
                }
                members.insert(0, first);
            }
        }
        Element::File(_)
        | Element::Package(_)
        | Element::Message(_)
        | Element::Oneof(..)
        | Element::Enum(_)
        | Element::Call { .. }
        | Element::Service => {}
    }
    found
}

/// A mismatch, of an enum with the numbers that are not reported yet; `None` if all are.
pub(super) fn unreported<'s>(found: &Found<'s>, is_told: impl Fn(i32) -> bool) -> Option<Found<'s>> {
    let mut found = found.clone();
    if let Some(numbers) = found.mismatch.numbers_mut() {
        numbers.retain(|number| !is_told(*number));
        if numbers.is_empty() {
            return None;
        }
    }
    Some(found)
}
