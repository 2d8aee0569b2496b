//! What a field is, in a few words that an edit is described with.

use super::declared::within;
use crate::protobuf::language::schema::{
    Cardinality, Default, EnumValue, Field, FileSet, Kind, MapValue, MessageId, Options,
};

/// The path to a field is shown up to so many bytes.
const LONGEST: usize = 1_000;

/// A field's label and type.
pub(in crate::protobuf::judgement) fn words(set: &FileSet, field: &Field) -> String {
    let label = match field.cardinality {
        Cardinality::Repeated => "repeated ",
        Cardinality::Required => "required ",
        _ => "",
    };
    format!("{label}{}", kind(set, field.kind))
}

pub(super) fn kind(set: &FileSet, kind: Kind) -> String {
    let message = |id: MessageId| within(set, &set.message(id).name).to_owned();
    match kind {
        Kind::Scalar(scalar) => scalar.name().to_owned(),
        Kind::Message(id) => message(id),
        Kind::Group(id) => format!("group {}", message(id)),
        Kind::Enum(id) => within(set, &set.enumeration(id).name).to_owned(),
        Kind::Map { key, value } => {
            let value = match value {
                MapValue::Scalar(scalar) => scalar.name().to_owned(),
                MapValue::Message(id) => message(id),
                MapValue::Enum(id) => within(set, &set.enumeration(id).name).to_owned(),
            };
            format!("map<{}, {value}>", key.name())
        }
    }
}

pub(super) fn cardinality(field: &Field) -> String {
    match field.cardinality {
        Cardinality::Implicit => "none",
        // A member of a oneof has no label, and none of the others.
        Cardinality::Explicit if field.oneof.is_some() => "none",
        Cardinality::Explicit if field.spans.label.is_some() => "`optional`",
        // Messages know whether they are there without being asked to.
        Cardinality::Explicit if field.kind.message().is_some() => "none",
        Cardinality::Explicit => "none, with presence",
        Cardinality::Required => "`required`",
        Cardinality::Repeated => "`repeated`",
        Cardinality::Map => "none",
    }
    .to_owned()
}

pub(super) fn default(field: &Field) -> String {
    match &field.default {
        None => "none".to_owned(),
        Some(Default::Signed(number)) => number.to_string(),
        Some(Default::Unsigned(number)) => number.to_string(),
        Some(Default::Float(number)) => number.to_string(),
        Some(Default::Bool(value)) => value.to_string(),
        Some(Default::Bytes(bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            let short: String = text.chars().take(40).collect();
            format!("{short:?}{}", if short.len() < text.len() { "…" } else { "" })
        }
        Some(Default::Enum(_, name)) => format!("`{name}`"),
    }
}

/// The value that stands in for a field of an enum without a default of its own where it is not set: the first one.
pub(super) fn first_value<'s>(set: &'s FileSet, field: &Field) -> Option<&'s EnumValue> {
    let is_one = !matches!(field.cardinality, Cardinality::Repeated | Cardinality::Map);
    let is_without = is_one && field.default.is_none();
    let id = field.kind.enumeration().filter(|_| is_without)?;
    set.enumeration(id).values.first()
}

/// A first value in words.
pub(super) fn first(value: &EnumValue) -> String {
    format!("`{}` (the first value)", value.name)
}

/// The options but these, in any order.
pub(super) fn others<'o>(options: &'o Options, but: &[&str]) -> Vec<(&'o str, &'o str)> {
    let mut others: Vec<_> = options
        .0
        .iter()
        .map(|option| (&*option.name, &*option.value))
        .filter(|(name, _)| !but.contains(name))
        .collect();
    others.sort_unstable();
    others
}

/// The path to a field of the message at `path`; of a long path only the end is shown.
pub(super) fn join(path: &str, field: &str) -> String {
    let end = match path.len().checked_sub(LONGEST) {
        None => path,
        Some(beyond) => {
            let step = |(at, letter): (usize, char)| (at >= beyond && letter == '.').then_some(at);
            path.char_indices().find_map(step).map_or("", |at| &path[at..])
        }
    };
    match (path, end) {
        ("", _) => field.to_owned(),
        (path, end) if path.len() == end.len() => format!("{path}.{field}"),
        (_, end) => format!("…{end}.{field}"),
    }
}
