//! What is said of an enum that both trees have: its values, their names, what it reserves, whether it is open.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::annotation::{Annotations, Place};
use super::element::Element;
use super::features;
use super::quote::listed;
use super::ranges::{self, Holder, Numbers};
use super::rules;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{Enum, EnumId, EnumValue, FileSet, JsonFormat};

pub(super) fn check(found: &mut Annotations<'_>, now: EnumId, id: EnumId) {
    let (now, before) = (found.current.set.enumeration(now), found.previous.set.enumeration(id));
    let name = simple(&now.name);
    let places = (Place::span(now.file, now.span), Place::span(before.file, before.span));
    let (current, previous) = (found.current.set, found.previous.set);
    let set_at = |set: &FileSet, item: &Enum, option: &str| {
        let option = item.options.get(option);
        let span = option.map_or(item.span, |option| features::span(set.file(item.file), option));
        Some(Place::span(item.file, span))
    };
    if now.is_open != before.is_open {
        let feature = "features.enum_type";
        found.add(
            &rules::ENUM_SAME_TYPE,
            Element::Enum(Of::new(id)),
            set_at(current, now, feature),
            set_at(previous, before, feature),
            || {
                let word = |item: &Enum| if item.is_open { "open" } else { "closed" };
                format!("Enum \"{name}\" changed from {} to {}.", word(before), word(now))
            },
        );
    }
    if before.json_format == JsonFormat::Allow && now.json_format != JsonFormat::Allow {
        let feature = "features.json_format";
        found.add(
            &rules::ENUM_SAME_JSON_FORMAT,
            Element::Enum(Of::new(id)),
            set_at(current, now, feature),
            set_at(previous, before, feature),
            || format!("Enum \"{name}\" JSON format support changed from ALLOW to LEGACY_BEST_EFFORT."),
        );
    }
    let holder = Holder {
        word: "enum",
        name,
        element: Element::Enum(Of::new(id)),
        places,
    };
    ranges::check_reserved(
        found,
        &rules::RESERVED_ENUM_NO_DELETE,
        &holder,
        &now.reserved,
        &before.reserved,
    );
    // Most enums do not change: then nothing needs to be sorted.
    let same = now.values.len() == before.values.len()
        && now
            .values
            .iter()
            .zip(&before.values)
            .all(|(now, before)| now.number == before.number && now.name == before.name);
    if !same {
        values(found, now, (id, before), places);
    }
}

/// The values of an enum by their numbers; with `allow_alias` a number has several.
fn by_number(item: &Enum) -> BTreeMap<i32, Vec<&EnumValue>> {
    let mut numbers: BTreeMap<i32, Vec<&EnumValue>> = BTreeMap::new();
    for value in &item.values {
        numbers.entry(value.number).or_default().push(value);
    }
    numbers
}

fn names<'a>(values: &[&'a EnumValue]) -> Vec<&'a str> {
    let mut names: Vec<&str> = values.iter().map(|value| &*value.name).collect();
    names.sort_unstable();
    names
}

fn values(found: &mut Annotations<'_>, now: &Enum, (id, before): (EnumId, &Enum), places: (Place, Place)) {
    let name = simple(&now.name);
    let numbers = Numbers::new(&now.reserved.ranges);
    let reserved: FxHashSet<&str> = now.reserved.names.iter().map(|(name, _)| &**name).collect();
    let present = by_number(now);
    for (number, before_values) in by_number(before) {
        let was = names(&before_values);
        if let Some(now_values) = present.get(&number) {
            renamed(found, now, (now_values, &before_values), (id, before));
            continue;
        }
        let reported = |suffix: &str| {
            format!("Previously present enum value \"{number}\" on enum \"{name}\" was deleted{suffix}.")
        };
        let element = Element::Value(Of::new(id), number);
        let (at, earlier) = (Some(places.0), Some(places.1));
        found.add(&rules::ENUM_VALUE_NO_DELETE, element, at, earlier, || reported(""));
        if !numbers.hold(number) {
            found.add(
                &rules::ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED,
                element,
                at,
                earlier,
                || reported(&format!(" without reserving the number \"{number}\"")),
            );
        }
        if !was.iter().all(|name| reserved.contains(name)) {
            found.add(
                &rules::ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED,
                element,
                at,
                earlier,
                || {
                    let plural = if was.len() > 1 { "s" } else { "" };
                    reported(&format!(" without reserving the name{plural} {}", listed(&was)))
                },
            );
        }
    }
}

/// A number may get further names, and loses none.
fn renamed(
    found: &mut Annotations<'_>,
    now: &Enum,
    (now_values, before_values): (&[&EnumValue], &[&EnumValue]),
    (id, before): (EnumId, &Enum),
) {
    let (is, was) = (names(now_values), names(before_values));
    if was.iter().all(|name| is.binary_search(name).is_ok()) {
        return;
    }
    let earlier: BTreeMap<&str, &EnumValue> = before_values.iter().map(|value| (&*value.name, *value)).collect();
    let (from, to) = (listed(&was), listed(&is));
    for value in now_values {
        let previous = earlier.get(&*value.name).or(before_values.first());
        let previous = previous.map(|previous| Place::span(before.file, previous.number_span));
        found.add(
            &rules::ENUM_VALUE_SAME_NAME,
            Element::Value(Of::new(id), value.number),
            Some(Place::span(now.file, value.number_span)),
            previous,
            || {
                let plural = if is.len() > 1 && was.len() > 1 { "s" } else { "" };
                format!(
                    "Enum value \"{}\" on enum \"{}\" changed name{plural} from {} to {}.",
                    value.number,
                    simple(&now.name),
                    from,
                    to
                )
            },
        );
    }
}
