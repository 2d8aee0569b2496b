//! A value of a message. It means nothing without the message that it belongs to.
//!
//! It is in one form only, the one that programs see: a field of implicit presence that is zero is absent, a oneof has at
//! most one member, a map has each key once, and what the schema does not know stands apart. Two values are therefore
//! equal exactly where programs cannot tell them apart.

use std::collections::BTreeMap;

use crate::protobuf::language::schema::Scalar;
use crate::text::shorten::shortened;

/// How deep messages may be nested in one another: the limit that C++, Java and Python set by default.
pub const MAX_DEPTH: usize = 100;

/// A message's content.
///
/// Nested no deeper than [`MAX_DEPTH`], which whoever makes one sees to, so that comparing or dropping it is safe.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MessageValue {
    /// The fields that are present, by number; extensions are among them.
    pub fields: BTreeMap<i32, FieldValue>,
    /// Fields that the schema does not know, or that do not fit it, in the order of the wire.
    pub unknown: Vec<UnknownField>,
}

/// A field that the schema does not know, whose wire type does not fit it, or which holds a number that a closed enum does
/// not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownField {
    /// The field's number.
    pub number: i32,
    /// The tag and all that belongs to it.
    pub bytes: Box<[u8]>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Of a field that occurs at most once.
    Single(Value),
    /// Of a repeated field; not empty.
    Repeated(Vec<Value>),
    /// Of a map field; not empty.
    Map(BTreeMap<Key, Value>),
}

/// One value in the shape of its kind.
#[derive(Debug, Clone)]
pub enum Value {
    /// Of `double`.
    Double(f64),
    /// Of `float`.
    Float(f32),
    /// Of `int32`, `sint32` and `sfixed32`.
    Int32(i32),
    /// Of `int64`, `sint64` and `sfixed64`.
    Int64(i64),
    /// Of `uint32` and `fixed32`.
    Uint32(u32),
    /// Of `uint64` and `fixed64`.
    Uint64(u64),
    /// Of `bool`.
    Bool(bool),
    /// Of `string`.
    String(Box<str>),
    /// Of `bytes`; also of a `string` whose field lets through what is not UTF-8, and where it is not.
    Bytes(Box<[u8]>),
    /// Of an enum: the number, which an open one need not name.
    Enum(i32),
    /// Of a message or a group.
    Message(Box<MessageValue>),
}

/// The key of a map's entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Of `bool`.
    Bool(bool),
    /// Of `int32`, `sint32` and `sfixed32`.
    Int32(i32),
    /// Of `int64`, `sint64` and `sfixed64`.
    Int64(i64),
    /// Of `uint32` and `fixed32`.
    Uint32(u32),
    /// Of `uint64` and `fixed64`.
    Uint64(u64),
    /// Of `string`.
    String(Box<str>),
    /// Of a `string` that is not UTF-8, where the field lets that through.
    Bytes(Box<[u8]>),
}

impl MessageValue {
    /// The value of a field that occurs at most once.
    pub fn single(&self, number: i32) -> Option<&Value> {
        match self.fields.get(&number) {
            Some(FieldValue::Single(value)) => Some(value),
            _ => None,
        }
    }

    /// The same with one more field, for values that are written down.
    #[must_use]
    pub fn with(mut self, number: i32, value: Value) -> Self {
        self.fields.insert(number, FieldValue::Single(value));
        self
    }

    /// Whether nothing is in it, known or not.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.unknown.is_empty()
    }
}

impl FieldValue {
    pub(crate) fn map() -> Self {
        FieldValue::Map(BTreeMap::new())
    }

    /// What sort of field it belongs to.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            FieldValue::Single(_) => "a single value",
            FieldValue::Repeated(_) => "a list of values",
            FieldValue::Map(_) => "a map",
        }
    }
}

impl Key {
    /// The key of an entry that does not write one.
    pub fn zero(scalar: Scalar) -> Key {
        Key::of(Value::zero(scalar)).unwrap_or(Key::Bool(false))
    }

    /// A value as a key; none for floating-point numbers, enums and messages.
    pub fn of(value: Value) -> Option<Key> {
        Some(match value {
            Value::Bool(value) => Key::Bool(value),
            Value::Int32(value) => Key::Int32(value),
            Value::Int64(value) => Key::Int64(value),
            Value::Uint32(value) => Key::Uint32(value),
            Value::Uint64(value) => Key::Uint64(value),
            Value::String(value) => Key::String(value),
            Value::Bytes(value) => Key::Bytes(value),
            Value::Double(_) | Value::Float(_) | Value::Enum(_) | Value::Message(_) => return None,
        })
    }

    /// The key as a value.
    pub fn value(&self) -> Value {
        match self {
            Key::Bool(value) => Value::Bool(*value),
            Key::Int32(value) => Value::Int32(*value),
            Key::Int64(value) => Value::Int64(*value),
            Key::Uint32(value) => Value::Uint32(*value),
            Key::Uint64(value) => Value::Uint64(*value),
            Key::String(value) => Value::String(value.clone()),
            Key::Bytes(value) => Value::Bytes(value.clone()),
        }
    }

    /// The key as JSON spells it, without quotes; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        match self {
            Key::Bool(value) => value.to_string(),
            Key::Int32(value) => value.to_string(),
            Key::Int64(value) => value.to_string(),
            Key::Uint32(value) => value.to_string(),
            Key::Uint64(value) => value.to_string(),
            Key::String(text) => text.to_string(),
            Key::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }

    /// The key for people, shortened where it is long.
    pub(crate) fn shown(&self) -> String {
        shortened(&self.text())
    }
}

impl Value {
    /// The default of a scalar type.
    pub fn zero(scalar: Scalar) -> Value {
        match scalar {
            Scalar::Double => Value::Double(0.0),
            Scalar::Float => Value::Float(0.0),
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => Value::Int32(0),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => Value::Int64(0),
            Scalar::Uint32 | Scalar::Fixed32 => Value::Uint32(0),
            Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(0),
            Scalar::Bool => Value::Bool(false),
            Scalar::String => Value::String("".into()),
            Scalar::Bytes => Value::Bytes([].into()),
        }
    }

    /// Whether it is what a field of implicit presence has when it is absent. A negative zero is not.
    pub fn is_zero(&self) -> bool {
        match self {
            Value::Double(value) => value.to_bits() == 0,
            Value::Float(value) => value.to_bits() == 0,
            Value::Int32(value) | Value::Enum(value) => *value == 0,
            Value::Int64(value) => *value == 0,
            Value::Uint32(value) => *value == 0,
            Value::Uint64(value) => *value == 0,
            Value::Bool(value) => !value,
            Value::String(value) => value.is_empty(),
            Value::Bytes(value) => value.is_empty(),
            Value::Message(_) => false,
        }
    }

    /// The word for the kind of field that this value belongs to.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Double(_) => "double",
            Value::Float(_) => "float",
            Value::Int32(_) => "int32",
            Value::Int64(_) => "int64",
            Value::Uint32(_) => "uint32",
            Value::Uint64(_) => "uint64",
            Value::Bool(_) => "bool",
            Value::String(_) => "string",
            Value::Bytes(_) => "bytes",
            Value::Enum(_) => "enum",
            Value::Message(_) => "message",
        }
    }
}

/// Floating-point numbers are compared as programs see them: every NaN equals every other, and 0.0 is not -0.0.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Double(one), Value::Double(other)) => {
                one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
            }
            (Value::Float(one), Value::Float(other)) => {
                one.to_bits() == other.to_bits() || (one.is_nan() && other.is_nan())
            }
            (Value::Int32(one), Value::Int32(other)) | (Value::Enum(one), Value::Enum(other)) => one == other,
            (Value::Int64(one), Value::Int64(other)) => one == other,
            (Value::Uint32(one), Value::Uint32(other)) => one == other,
            (Value::Uint64(one), Value::Uint64(other)) => one == other,
            (Value::Bool(one), Value::Bool(other)) => one == other,
            (Value::String(one), Value::String(other)) => one == other,
            (Value::Bytes(one), Value::Bytes(other)) => one == other,
            (Value::Message(one), Value::Message(other)) => one == other,
            _ => false,
        }
    }
}
