//! What a decoder sees, as JSON that every judge shows alike.
//!
//! A message is an object: its fields by number, and at `?` the numbers of what is unknown. A list is a list; a map is an object
//! of its keys, each after `=`. Numbers, those of enums too, and truth are decimal texts; text and bytes are `x` and hex; a
//! real number is `f` and the bits of a double, or `nan`.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use prost_reflect::{DynamicMessage, MapKey, Value as Theirs};
use treaty_schemas::protobuf::{FieldValue, MessageValue, Value};

/// What ours sees.
pub fn view(value: &MessageValue) -> Json {
    let fields = value.fields.iter();
    let fields = fields.map(|(number, content)| (number.to_string(), field(content)));
    message(fields, value.unknown.iter().map(|field| i64::from(field.number)))
}

fn message(fields: impl Iterator<Item = (String, Json)>, unknown: impl Iterator<Item = i64>) -> Json {
    let unknown: BTreeSet<i64> = unknown.collect();
    let unknown = (!unknown.is_empty()).then(|| ("?".to_owned(), unknown.into_iter().collect()));
    Json::Object(fields.chain(unknown).collect())
}

fn field(content: &FieldValue) -> Json {
    match content {
        FieldValue::Single(value) => element(value),
        FieldValue::Repeated(values) => values.iter().map(element).collect(),
        FieldValue::Map(entries) => map(entries
            .iter()
            .map(|(key, value)| (element(&key.value()), element(value)))),
    }
}

fn element(value: &Value) -> Json {
    match value {
        Value::Double(value) => real(*value),
        Value::Float(value) => real(f64::from(*value)),
        Value::Int32(value) | Value::Enum(value) => value.to_string().into(),
        Value::Int64(value) => value.to_string().into(),
        Value::Uint32(value) => value.to_string().into(),
        Value::Uint64(value) => value.to_string().into(),
        Value::Bool(value) => u8::from(*value).to_string().into(),
        Value::String(text) => hex(text.as_bytes()),
        Value::Bytes(bytes) => hex(bytes),
        Value::Message(value) => view(value),
    }
}

/// What prost-reflect sees.
pub fn theirs(value: &DynamicMessage) -> Json {
    let own = value.fields().map(|(field, content)| (field.number(), content));
    let extensions = value.extensions().map(|(field, content)| (field.number(), content));
    let fields = own.chain(extensions);
    let fields = fields.map(|(number, content)| (number.to_string(), their_element(content)));
    message(fields, value.unknown_fields().map(|field| i64::from(field.number())))
}

fn their_element(value: &Theirs) -> Json {
    match value {
        Theirs::Bool(value) => u8::from(*value).to_string().into(),
        Theirs::I32(value) | Theirs::EnumNumber(value) => value.to_string().into(),
        Theirs::I64(value) => value.to_string().into(),
        Theirs::U32(value) => value.to_string().into(),
        Theirs::U64(value) => value.to_string().into(),
        Theirs::F32(value) => real(f64::from(*value)),
        Theirs::F64(value) => real(*value),
        Theirs::String(text) => hex(text.as_bytes()),
        Theirs::Bytes(bytes) => hex(bytes),
        Theirs::Message(value) => theirs(value),
        Theirs::List(values) => values.iter().map(their_element).collect(),
        Theirs::Map(entries) => {
            let key = |key: &MapKey| their_element(&Theirs::from(key.clone()));
            map(entries.iter().map(|(name, value)| (key(name), their_element(value))))
        }
    }
}

fn map(entries: impl Iterator<Item = (Json, Json)>) -> Json {
    let key = |key: Json| format!("={}", key.as_str().unwrap_or_default());
    Json::Object(entries.map(|(name, value)| (key(name), value)).collect())
}

fn real(value: f64) -> Json {
    match value.is_nan() {
        true => "nan".into(),
        false => format!("f{:016x}", value.to_bits()).into(),
    }
}

fn hex(bytes: &[u8]) -> Json {
    format!("x{}", crate::kept::hex(bytes)).into()
}
