//! The types of fields: which change of type generated code, the wire and ProtoJSON survive.

use rustc_hash::FxHashMap;

use super::annotation::Annotations;
use super::rules;
use super::tree::{FieldView, Held};
use crate::finding::Rule;
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{EnumId, Scalar};
use crate::protobuf::language::syntax::Syntax;

const WIRE: &str =
    " See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire compatibility rules";
const JSON: &str = " and https://developers.google.com/protocol-buffers/docs/proto3#json for JSON compatibility rules";
const NOT_ALWAYS_TEXT: &str = " Note that while string and bytes are compatible if the data is valid UTF-8, there is no way to enforce that a bytes field is UTF-8, so these fields may be incompatible.";

pub(super) fn check(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    let (is, was) = (now.held(), before.held());
    if discriminant(is) == discriminant(was) {
        let is_named = !matches!(is, Held::Scalar(_));
        if is_named && !now.has_type_of(&before) {
            renamed(found, &rules::FIELD_SAME_TYPE, now, before);
            let is_moved = match (is, was) {
                (Held::Enum(is), Held::Enum(was)) => is_superset(found, is, was),
                _ => false,
            };
            if !is_moved {
                renamed(found, &rules::FIELD_WIRE_COMPATIBLE_TYPE, now, before);
                renamed(found, &rules::FIELD_WIRE_JSON_COMPATIBLE_TYPE, now, before);
            }
        }
        return;
    }
    changed(found, &rules::FIELD_SAME_TYPE, now, before, "");
    if wire(is) != wire(was) {
        match (is, was) {
            (Held::Scalar(Scalar::Bytes), Held::Scalar(Scalar::String)) => {}
            (Held::Scalar(Scalar::String), Held::Scalar(Scalar::Bytes)) => {
                let note = format!("{WIRE}.{NOT_ALWAYS_TEXT}");
                changed(found, &rules::FIELD_WIRE_COMPATIBLE_TYPE, now, before, &note);
            }
            _ => changed(
                found,
                &rules::FIELD_WIRE_COMPATIBLE_TYPE,
                now,
                before,
                &format!("{WIRE}."),
            ),
        }
    }
    if json(is) != json(was) {
        let note = format!("{WIRE}{JSON}.");
        changed(found, &rules::FIELD_WIRE_JSON_COMPATIBLE_TYPE, now, before, &note);
    }
}

/// Each kind of descriptor as a number.
fn discriminant(held: Held) -> u8 {
    match held {
        Held::Scalar(scalar) => scalar as u8,
        Held::Message => 100,
        Held::Group => 101,
        Held::Enum(_) => 102,
    }
}

/// Kinds that can be read as each other from the wire have the same number.
fn wire(held: Held) -> u8 {
    use Scalar::{Bool, Fixed32, Fixed64, Int32, Int64, Sfixed32, Sfixed64, Sint32, Sint64, Uint32, Uint64};
    match held {
        Held::Scalar(Int32 | Int64 | Uint32 | Uint64 | Bool) => 200,
        Held::Scalar(Sint32 | Sint64) => 201,
        Held::Scalar(Fixed32 | Sfixed32) => 202,
        Held::Scalar(Fixed64 | Sfixed64) => 203,
        other @ (Held::Scalar(_) | Held::Message | Held::Group | Held::Enum(_)) => discriminant(other),
    }
}

/// Kinds that can be read as each other from the wire and from ProtoJSON have the same number.
fn json(held: Held) -> u8 {
    use Scalar::{Fixed32, Fixed64, Int32, Int64, Sfixed32, Sfixed64, Uint32, Uint64};
    match held {
        Held::Scalar(Int32 | Uint32) => 200,
        Held::Scalar(Int64 | Uint64) => 201,
        Held::Scalar(Fixed32 | Sfixed32) => 202,
        Held::Scalar(Fixed64 | Sfixed64) => 203,
        other @ (Held::Scalar(_) | Held::Message | Held::Group | Held::Enum(_)) => discriminant(other),
    }
}

/// Whether the enum has the same simple name as before, and all values of before: it has moved, and perhaps grown.
fn is_superset(found: &Annotations<'_>, is: EnumId, was: EnumId) -> bool {
    let (now, before) = (found.current.set.enumeration(is), found.previous.set.enumeration(was));
    if simple(&now.name) != simple(&before.name) {
        return false;
    }
    let values: FxHashMap<&str, i32> = now.values.iter().map(|value| (&*value.name, value.number)).collect();
    before
        .values
        .iter()
        .all(|value| values.get(&*value.name) == Some(&value.number))
}

fn changed(found: &mut Annotations<'_>, rule: &'static Rule, now: FieldView<'_>, before: FieldView<'_>, note: &str) {
    found.add(rule, before.element(), Some(place(now)), Some(place(before)), || {
        let (from, to) = (word(before), word(now));
        format!("{} changed type from \"{from}\" to \"{to}\".{note}", now.description())
    });
}

fn renamed(found: &mut Annotations<'_>, rule: &'static Rule, now: FieldView<'_>, before: FieldView<'_>) {
    found.add(rule, before.element(), Some(place(now)), Some(place(before)), || {
        let (from, to) = (before.type_name(), now.type_name());
        format!("{} changed type from \"{from}\" to \"{to}\".", now.description())
    });
}

fn place(field: FieldView<'_>) -> super::Place {
    field.type_place()
}

fn word(field: FieldView<'_>) -> &'static str {
    match field.held() {
        Held::Scalar(scalar) => scalar.name(),
        Held::Message => "message",
        Held::Group if field.file().syntax == Syntax::Proto2 => "group",
        Held::Group => "message (delimited encoding)",
        Held::Enum(_) => "enum",
    }
}
