//! Messages that mean more than what their fields say: the well-known types, and the entries of maps.

use crate::protobuf::language::schema::{Cardinality, Message};

/// What the well-known types are understood as, the wrappers of numbers and text as what they wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<'n> {
    /// What its fields say.
    Fields,
    /// A value that may be absent. Wrappers are compared by what they wrap.
    Wrapper,
    /// What the type of this name stands for.
    Special(&'n str),
}

/// What a message of this full name is understood as.
pub(super) fn meaning(name: &str) -> Meaning<'_> {
    match name.strip_prefix("google.protobuf.") {
        Some(
            special @ ("Any" | "Timestamp" | "Duration" | "Struct" | "Value" | "ListValue" | "FieldMask" | "Empty"),
        ) => Meaning::Special(special),
        Some(
            "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value" | "UInt32Value" | "BoolValue"
            | "StringValue" | "BytesValue",
        ) => Meaning::Wrapper,
        Some(_) | None => Meaning::Fields,
    }
}

/// Whether a message of this full name has a ProtoJSON form of its own.
pub(super) fn has_own_form(name: &str) -> bool {
    meaning(name) != Meaning::Fields
}

/// Whether a message has the fields of a map's entry: 1 and 2, which may be set together, and of a writer no others, as
/// some decoders put an entry with unknown fields aside. What the two hold is compared like any other field.
pub(super) fn is_entry(message: &Message, is_writer: bool) -> bool {
    let part = |number: i32| message.fields.iter().find(|field| field.number == number);
    let (Some(key), Some(value)) = (part(1), part(2)) else {
        return false;
    };
    let may_meet = key.oneof.is_none() || key.oneof != value.oneof;
    let is_key = !matches!(key.cardinality, Cardinality::Repeated | Cardinality::Map);
    may_meet && is_key && !(is_writer && message.fields.len() > 2)
}
