//! What is said of a field that both trees have: name, cardinality, oneof, JSON name; types and texts have files of their own.

use super::annotation::Annotations;
use super::quote::quoted;
use super::tree::{FieldView, Held};
use super::{default, rules, strings, types};
use crate::protobuf::language::schema::{Cardinality, Scalar};

pub(super) fn check(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    name(found, now, before);
    cardinality(found, now, before);
    oneof(found, now, before);
    types::check(found, now, before);
    default::check(found, now, before);
    strings::check(found, now, before);
    jstype(found, now, before);
}

fn name(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    if now.name() != before.name() {
        found.add(
            &rules::FIELD_SAME_NAME,
            before.element(),
            Some(now.name_place()),
            Some(before.name_place()),
            || {
                format!(
                    "{} changed name from \"{}\" to \"{}\".",
                    now.described(""),
                    before.name(),
                    now.name()
                )
            },
        );
    }
    // The JSON name of an extension is its full name.
    if !before.is_extension() && now.json_name() != before.json_name() {
        let place = |field: &FieldView<'_>| Some(field.option_place(&["json_name"]));
        found.add(
            &rules::FIELD_SAME_JSON_NAME,
            before.element(),
            place(&now),
            place(&before),
            || {
                let (from, to) = (quoted(before.json_name()), quoted(now.json_name()));
                format!(
                    "{} changed option \"json_name\" from {from} to {to}.",
                    now.description()
                )
            },
        );
    }
}

fn cardinality(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let (is, was) = (now.cardinality(), before.cardinality());
    if is == was {
        return;
    }
    let places = (Some(now.place()), Some(before.place()));
    // How the parts of an entry are present follows from the syntax, and nobody can tell.
    if !(now.is_map_part() && before.is_map_part()) {
        found.add(
            &rules::FIELD_SAME_CARDINALITY,
            before.element(),
            places.0,
            places.1,
            || changed(&now, was, is),
        );
    }
    if wire(is) != wire(was) {
        found.add(
            &rules::FIELD_WIRE_COMPATIBLE_CARDINALITY,
            before.element(),
            places.0,
            places.1,
            || changed(&now, was, is),
        );
    }
    if wire(is) != wire(was) || (is == Cardinality::Map) != (was == Cardinality::Map) {
        found.add(
            &rules::FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY,
            before.element(),
            places.0,
            places.1,
            || changed(&now, was, is),
        );
    }
}

fn changed(field: &FieldView<'_>, from: Cardinality, to: Cardinality) -> String {
    format!(
        "{} changed cardinality from \"{}\" to \"{}\".",
        field.description(),
        words(from),
        words(to)
    )
}

fn words(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::Implicit => "optional with implicit presence",
        Cardinality::Explicit => "optional with explicit presence",
        Cardinality::Required => "required",
        Cardinality::Repeated => "repeated",
        Cardinality::Map => "map",
    }
}

/// Cardinalities that look alike on the wire have the same number.
fn wire(cardinality: Cardinality) -> u8 {
    match cardinality {
        Cardinality::Implicit | Cardinality::Explicit => 1,
        Cardinality::Required => 2,
        Cardinality::Repeated | Cardinality::Map => 3,
    }
}

fn oneof(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let what = match (now.oneof(), before.oneof()) {
        (None, None) => return,
        (Some(is), Some(was)) if is == was => return,
        // buf says it with a stray letter; see the page of the rule.
        (Some(is), Some(was)) => format!("q moved from oneof \"{was}\" to oneof \"{is}\""),
        (Some(_), None) => " moved from outside to inside a oneof".to_owned(),
        (None, Some(_)) => " moved from inside to outside a oneof".to_owned(),
    };
    found.add(
        &rules::FIELD_SAME_ONEOF,
        before.element(),
        Some(now.place()),
        Some(before.place()),
        || format!("{}{what}.", now.description()),
    );
}

fn jstype(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let is_wide = |field: &FieldView<'_>| {
        use Scalar::{Fixed64, Int64, Sfixed64, Sint64, Uint64};
        matches!(field.held(), Held::Scalar(Int64 | Sint64 | Uint64 | Fixed64 | Sfixed64))
    };
    if now.is_map_part() || before.is_map_part() || !is_wide(&now) || !is_wide(&before) {
        return;
    }
    let value = |field: FieldView<'_>| match field.declaration().options.get("jstype") {
        Some(option) => option.value.to_string(),
        None => "JS_NORMAL".to_owned(),
    };
    let (is, was) = (value(now), value(before));
    if is != was {
        let place = |field: &FieldView<'_>| Some(field.option_place(&["jstype"]));
        found.add(
            &rules::FIELD_SAME_JSTYPE,
            before.element(),
            place(&now),
            place(&before),
            || {
                format!(
                    "{} changed option \"jstype\" from \"{was}\" to \"{is}\".",
                    now.description()
                )
            },
        );
    }
}
