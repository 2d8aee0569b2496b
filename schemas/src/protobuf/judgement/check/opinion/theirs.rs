//! Values of prost-reflect's as ours.

use prost_reflect::{DynamicMessage, MapKey, Value as Theirs};

use crate::protobuf::data::value::{FieldValue, Key, MessageValue, UnknownField, Value};
use crate::text::shown::Line;
use crate::to_line;

/// A message. What the library does not know is there by its number alone. Recurses as deep as the library itself has.
pub(super) fn value(message: &DynamicMessage) -> MessageValue {
    let own = message.fields().map(|(field, value)| (field.number(), value));
    let extensions = message.extensions().map(|(field, value)| (field.number(), value));
    let fields = own.chain(extensions).map(|(number, value)| {
        let value = match value {
            Theirs::List(items) => FieldValue::Repeated(items.iter().map(element).collect()),
            Theirs::Map(entries) => FieldValue::Map(
                entries
                    .iter()
                    .map(|(name, value)| (key(name), element(value)))
                    .collect(),
            ),
            Theirs::Bool(_)
            | Theirs::I32(_)
            | Theirs::I64(_)
            | Theirs::U32(_)
            | Theirs::U64(_)
            | Theirs::F32(_)
            | Theirs::F64(_)
            | Theirs::String(_)
            | Theirs::Bytes(_)
            | Theirs::EnumNumber(_)
            | Theirs::Message(_) => FieldValue::Single(element(value)),
        };
        (number.cast_signed(), value)
    });
    let unknown = message.unknown_fields().map(|field| UnknownField {
        number: field.number().cast_signed(),
        bytes: Box::default(),
    });
    MessageValue {
        fields: fields.collect(),
        unknown: unknown.collect(),
    }
}

fn element(of: &Theirs) -> Value {
    match of {
        Theirs::Bool(value) => Value::Bool(*value),
        Theirs::I32(value) => Value::Int32(*value),
        Theirs::I64(value) => Value::Int64(*value),
        Theirs::U32(value) => Value::Uint32(*value),
        Theirs::U64(value) => Value::Uint64(*value),
        Theirs::F32(value) => Value::Float(*value),
        Theirs::F64(value) => Value::Double(*value),
        Theirs::String(text) => Value::String(text.as_str().into()),
        Theirs::Bytes(bytes) => Value::Bytes(bytes.as_ref().into()),
        Theirs::EnumNumber(number) => Value::Enum(*number),
        Theirs::Message(message) => Value::Message(Box::new(value(message))),
        // No list has lists or maps in it.
        Theirs::List(_) | Theirs::Map(_) => Value::Bool(false),
    }
}

fn key(of: &MapKey) -> Key {
    match of {
        MapKey::Bool(value) => Key::Bool(*value),
        MapKey::I32(value) => Key::Int32(*value),
        MapKey::I64(value) => Key::Int64(*value),
        MapKey::U32(value) => Key::Uint32(*value),
        MapKey::U64(value) => Key::Uint64(*value),
        MapKey::String(text) => Key::String(text.as_str().into()),
    }
}

/// A value without what is not known, at every level.
pub(super) fn without_unknown(of: Value) -> Value {
    match of {
        Value::Message(message) => {
            let fields = message.fields.into_iter().map(|(number, field)| {
                let field = match field {
                    FieldValue::Single(value) => FieldValue::Single(without_unknown(value)),
                    FieldValue::Repeated(items) => {
                        FieldValue::Repeated(items.into_iter().map(without_unknown).collect())
                    }
                    FieldValue::Map(entries) => FieldValue::Map(
                        entries
                            .into_iter()
                            .map(|(key, value)| (key, without_unknown(value)))
                            .collect(),
                    ),
                };
                (number, field)
            });
            Value::Message(Box::new(MessageValue {
                fields: fields.collect(),
                unknown: Vec::new(),
            }))
        }
        Value::Double(_)
        | Value::Float(_)
        | Value::Int32(_)
        | Value::Int64(_)
        | Value::Uint32(_)
        | Value::Uint64(_)
        | Value::Bool(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Enum(_) => of,
    }
}

/// What the library sees, for people who look for the reason.
pub(super) fn shown(value: &MessageValue) -> Line {
    to_line!("{:?}", value.fields)
}

/// How deep a message is nested; one without messages is 1.
pub(super) fn depth(of: &MessageValue) -> usize {
    let in_value = |value: &Value| match value {
        Value::Message(message) => depth(message),
        Value::Double(_)
        | Value::Float(_)
        | Value::Int32(_)
        | Value::Int64(_)
        | Value::Uint32(_)
        | Value::Uint64(_)
        | Value::Bool(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Enum(_) => 0,
    };
    let in_field = |field: &FieldValue| match field {
        FieldValue::Single(value) => in_value(value),
        FieldValue::Repeated(items) => items.iter().map(in_value).max().unwrap_or(0),
        FieldValue::Map(entries) => entries.values().map(in_value).max().unwrap_or(0),
    };
    1 + of.fields.values().map(in_field).max().unwrap_or(0)
}
