//! What elements of fields mean, and what kinds hold, in words of this suite.

use treaty_schemas::protobuf::language::schema::{
    Cardinality, Default, EnumId, Field, Kind, MapValue, Message, MessageId, Scalar,
};
use treaty_schemas::protobuf::{FieldValue, MessageValue, Value};

/// An element of a field, as everybody understands it.
pub(super) enum Meant<'v> {
    Whole(i128),
    Real(u64),
    Bytes(Vec<u8>),
    Message(&'v MessageValue),
    Entry(Value, &'v Value),
}

pub(super) fn meant(value: &Value) -> Meant<'_> {
    match value {
        Value::Bool(value) => Meant::Whole(i128::from(*value)),
        Value::Int32(value) | Value::Enum(value) => Meant::Whole(i128::from(*value)),
        Value::Int64(value) => Meant::Whole(i128::from(*value)),
        Value::Uint32(value) => Meant::Whole(i128::from(*value)),
        Value::Uint64(value) => Meant::Whole(i128::from(*value)),
        Value::Float(value) => Meant::Real(f64::from(*value).to_bits()),
        Value::Double(value) => Meant::Real(value.to_bits()),
        Value::String(value) => Meant::Bytes(value.as_bytes().to_vec()),
        Value::Bytes(value) => Meant::Bytes(value.to_vec()),
        Value::Message(value) => Meant::Message(value),
    }
}

pub(super) fn elements(value: &FieldValue) -> Vec<Meant<'_>> {
    match value {
        FieldValue::Single(value) => vec![meant(value)],
        FieldValue::Repeated(values) => values.iter().map(meant).collect(),
        FieldValue::Map(entries) => entries
            .iter()
            .map(|(key, value)| Meant::Entry(key.value(), value))
            .collect(),
    }
}

/// What a kind holds.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    Scalar(Scalar),
    Enum(EnumId),
    Message(MessageId),
    Entry(Scalar, MapValue),
}

pub(super) fn holds(kind: Kind) -> Holds {
    match kind {
        Kind::Scalar(scalar) => Holds::Scalar(scalar),
        Kind::Enum(id) => Holds::Enum(id),
        Kind::Message(id) | Kind::Group(id) => Holds::Message(id),
        Kind::Map { key, value } => Holds::Entry(key, value),
    }
}

pub(super) fn value_holds(value: MapValue) -> Holds {
    match value {
        MapValue::Scalar(scalar) => Holds::Scalar(scalar),
        MapValue::Enum(id) => Holds::Enum(id),
        MapValue::Message(id) => Holds::Message(id),
    }
}

/// The number that the specification gives to the layout of an element.
pub(super) fn wire(kind: Kind) -> u8 {
    match kind {
        Kind::Scalar(Scalar::String | Scalar::Bytes) | Kind::Message(_) | Kind::Map { .. } => 2,
        Kind::Scalar(Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64) => 1,
        Kind::Scalar(Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32) => 5,
        Kind::Group(_) => 3,
        _ => 0,
    }
}

/// Whether a message has a key and a value that may be set together, and no more fields than these.
pub(super) fn is_pair(message: &Message, most: usize) -> bool {
    let part = |number| message.fields.iter().find(|field| field.number == number);
    let (Some(key), Some(value)) = (part(1), part(2)) else {
        return false;
    };
    let is_choice = key.oneof.is_some() && key.oneof == value.oneof;
    let is_list = [Cardinality::Repeated, Cardinality::Map].contains(&key.cardinality);
    !is_choice && !is_list && message.fields.len() <= most
}

/// What a message is known as whatever its fields are; the wrappers are one, and compared by what is in them.
pub(super) fn special(name: &str) -> &str {
    let of_google = name.strip_prefix("google.protobuf.");
    match of_google {
        Some("Any" | "Timestamp" | "Duration" | "Struct" | "Value" | "ListValue" | "FieldMask" | "Empty") => name,
        Some(
            "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value" | "UInt32Value" | "BoolValue"
            | "StringValue" | "BytesValue",
        ) => "wrapper",
        _ => "",
    }
}

/// Whether two elements are the same number or the same bytes.
pub(super) fn is_same(sent: &Meant<'_>, got: &Meant<'_>) -> bool {
    match (sent, got) {
        (Meant::Whole(sent), Meant::Whole(got)) => sent == got,
        (Meant::Real(sent), Meant::Real(got)) => sent == got,
        (Meant::Bytes(sent), Meant::Bytes(got)) => sent == got,
        (Meant::Message(sent), Meant::Message(got)) => sent.is_empty() && got.is_empty(),
        _ => false,
    }
}

pub(super) fn is_zero(default: &Default) -> bool {
    match default {
        Default::Signed(number) => *number == 0,
        Default::Unsigned(number) => *number == 0,
        Default::Float(number) => number.to_bits() == 0,
        Default::Bool(value) => !value,
        Default::Bytes(bytes) => bytes.is_empty(),
        Default::Enum(number, _) => *number == 0,
    }
}

pub(super) fn same_wire(to: Holds, from: Holds) -> bool {
    wire_of(to) == wire_of(from)
}

pub(super) fn wire_of(holds: Holds) -> u8 {
    match holds {
        Holds::Scalar(scalar) => wire(Kind::Scalar(scalar)),
        Holds::Enum(_) => 0,
        Holds::Message(_) | Holds::Entry(..) => 2,
    }
}

/// Whether what is written in the one is looked at by the other.
pub(super) fn arrives(seen: &Field, field: &Field) -> bool {
    let is_packed = field.cardinality == Cardinality::Repeated && field.is_packed;
    let sent = if is_packed { 2 } else { wire(field.kind) };
    let takes_packed = seen.cardinality == Cardinality::Repeated && matches!(wire(seen.kind), 0 | 1 | 5);
    sent == wire(seen.kind) || (sent == 2 && takes_packed)
}
