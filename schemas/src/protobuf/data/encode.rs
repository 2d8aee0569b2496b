//! From a message's value to the wire.

use super::cursor::WireType;
use super::index::{FieldEntry, Index};
use super::value::{FieldValue, Key, MAX_DEPTH, MessageValue, Value};
use crate::encode_error::EncodeError;
use crate::protobuf::language::schema::{Cardinality, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar};

/// Encodes a value: fields in the order of their numbers, repeated scalars packed where the schema packs them, entries of
/// maps in the order of their keys with both key and value, unknown fields last. Decoding gives the same value again.
///
/// # Errors
/// The first part of the value that is not of the message's type: also a required field that is missing, two members of a
/// oneof, and more than [`MAX_DEPTH`] levels.
pub fn encode(set: &FileSet, message: MessageId, value: &MessageValue) -> Result<Vec<u8>, EncodeError> {
    encode_by(&Index::new(set), message, value)
}

/// As [`encode_by`], with one field of one message after all others, as an encoder may order them.
pub(crate) fn encode_with_last(
    index: &Index<'_>,
    message: MessageId,
    value: &MessageValue,
    last: (MessageId, i32),
) -> Result<Vec<u8>, EncodeError> {
    let last = Some(last);
    Encoder { index, last }.encoded(message, value)
}

/// As [`encode`], by an index that may be used for other values too.
pub(crate) fn encode_by(index: &Index<'_>, message: MessageId, value: &MessageValue) -> Result<Vec<u8>, EncodeError> {
    Encoder { index, last: None }.encoded(message, value)
}

type Encoded = Result<(), EncodeError>;

struct Encoder<'i, 's> {
    index: &'i Index<'s>,
    /// A message and the number of its field that comes last.
    last: Option<(MessageId, i32)>,
}

impl Encoder<'_, '_> {
    fn encoded(&mut self, message: MessageId, value: &MessageValue) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::new();
        self.message(message, value, &mut out, MAX_DEPTH)?;
        Ok(out)
    }

    /// Recurses no deeper than `depth`.
    fn message(&mut self, id: MessageId, value: &MessageValue, out: &mut Vec<u8>, depth: usize) -> Encoded {
        let fields = self.index.fields(id);
        let name = &self.index.set.message(id).name;
        let mut cases = std::collections::BTreeMap::new();
        for known in &fields.required {
            if !value.fields.contains_key(&known.field.number) {
                return Err(EncodeError::new(format!(
                    "the required field `{}` of `{name}` is missing",
                    known.field.name
                )));
            }
        }
        let last = self.last.filter(|(message, _)| *message == id);
        let last = last.and_then(|(_, number)| value.fields.get_key_value(&number));
        let others = value
            .fields
            .iter()
            .filter(|(number, _)| last.is_none_or(|(last, _)| last != *number));
        for (number, part) in others.chain(last) {
            let Some(known) = fields.by_number.get(number) else {
                return Err(EncodeError::new(format!("`{name}` has no field {number}")));
            };
            if let Some(oneof) = known.field.oneof
                && let Some(other) = cases.insert(oneof, *number)
            {
                return Err(EncodeError::new(format!(
                    "the fields {other} and {number} of `{name}` are members of one oneof"
                )));
            }
            self.field(*known, part, out, depth)?;
        }
        for unknown in &value.unknown {
            out.extend_from_slice(&unknown.bytes);
        }
        Ok(())
    }

    fn field(&mut self, known: FieldEntry<'_>, value: &FieldValue, out: &mut Vec<u8>, depth: usize) -> Encoded {
        let field = known.field;
        match (value, field.cardinality) {
            (FieldValue::Repeated(items), Cardinality::Repeated) => {
                if field.is_packed && field.kind.is_packable() {
                    let mut run = Vec::new();
                    for (index, item) in items.iter().enumerate() {
                        self.value(field, item, &mut run, depth)
                            .map_err(|error| error.within(&format!("{}[{index}]", known.step())))?;
                    }
                    put_tag(out, field.number, WireType::Length);
                    put_bytes(out, &run);
                    return Ok(());
                }
                for (index, item) in items.iter().enumerate() {
                    put_tag(out, field.number, WireType::of(field.kind));
                    self.value(field, item, out, depth)
                        .map_err(|error| error.within(&format!("{}[{index}]", known.step())))?;
                }
                Ok(())
            }
            (FieldValue::Map(entries), Cardinality::Map) => {
                for (key, value) in entries {
                    put_tag(out, field.number, WireType::Length);
                    self.entry(field, key, value, out, depth)
                        .map_err(|error| error.within(&format!("{}{{{}}}", known.step(), key.shown())))?;
                }
                Ok(())
            }
            (FieldValue::Single(_), Cardinality::Repeated | Cardinality::Map)
            | (FieldValue::Repeated(_) | FieldValue::Map(_), _) => {
                Err(EncodeError::new(format!("{} does not belong to this field", value.kind())).within(&known.step()))
            }
            (FieldValue::Single(value), Cardinality::Implicit) if value.is_zero() => Ok(()),
            (FieldValue::Single(value), _) => {
                put_tag(out, field.number, WireType::of(field.kind));
                self.value(field, value, out, depth)
                    .map_err(|error| error.within(&known.step()))
            }
        }
    }

    /// What follows a tag.
    fn value(&mut self, field: &Field, value: &Value, out: &mut Vec<u8>, depth: usize) -> Encoded {
        match (field.kind, value) {
            (Kind::Scalar(kind), _) => scalar(kind, field.validates_utf8, value, out),
            (Kind::Enum(id), Value::Enum(number)) => self.number(id, *number, out),
            (Kind::Message(id), Value::Message(value)) => self.part(id, value, out, depth),
            (Kind::Group(id), Value::Message(value)) => {
                self.message(id, value, out, deeper(depth)?)?;
                put_tag(out, field.number, WireType::EndGroup);
                Ok(())
            }
            _ => Err(misfit(value)),
        }
    }

    fn entry(&mut self, field: &Field, key: &Key, value: &Value, out: &mut Vec<u8>, depth: usize) -> Encoded {
        let Kind::Map {
            key: key_kind,
            value: kind,
        } = field.kind
        else {
            return Err(misfit(value));
        };
        let mut entry = Vec::new();
        let depth = deeper(depth)?;
        put_tag(&mut entry, 1, WireType::of_scalar(key_kind));
        scalar(key_kind, field.validates_utf8, &key.value(), &mut entry)?;
        match (kind, value) {
            (MapValue::Scalar(kind), _) => {
                put_tag(&mut entry, 2, WireType::of_scalar(kind));
                scalar(kind, field.validates_utf8, value, &mut entry)?;
            }
            (MapValue::Enum(id), Value::Enum(number)) => {
                put_tag(&mut entry, 2, WireType::Varint);
                self.number(id, *number, &mut entry)?;
            }
            (MapValue::Message(id), Value::Message(value)) => {
                put_tag(&mut entry, 2, WireType::Length);
                self.part(id, value, &mut entry, depth)?;
            }
            _ => return Err(misfit(value)),
        }
        put_bytes(out, &entry);
        Ok(())
    }

    fn part(&mut self, id: MessageId, value: &MessageValue, out: &mut Vec<u8>, depth: usize) -> Encoded {
        let mut part = Vec::new();
        self.message(id, value, &mut part, deeper(depth)?)?;
        put_bytes(out, &part);
        Ok(())
    }

    fn number(&mut self, id: EnumId, number: i32, out: &mut Vec<u8>) -> Encoded {
        let of = self.index.set.enumeration(id);
        if self.index.numbers(id).is_some_and(|numbers| !numbers.contains(&number)) {
            return Err(EncodeError::new(format!(
                "the enum `{}` is closed and has no number {number}",
                of.name
            )));
        }
        put_varint(out, i64::from(number) as u64);
        Ok(())
    }
}

fn deeper(depth: usize) -> Result<usize, EncodeError> {
    depth
        .checked_sub(1)
        .ok_or_else(|| EncodeError::new(format!("nested deeper than {MAX_DEPTH} levels")))
}

fn misfit(value: &Value) -> EncodeError {
    EncodeError::new(format!(
        "a value of kind {} does not belong to this field",
        value.kind()
    ))
}

fn scalar(kind: Scalar, validates_utf8: bool, value: &Value, out: &mut Vec<u8>) -> Encoded {
    match (kind, value) {
        (Scalar::Double, Value::Double(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (Scalar::Float, Value::Float(value)) => out.extend_from_slice(&value.to_le_bytes()),
        // A negative number takes ten bytes, so that whoever reads it as 64 bits sees the same.
        (Scalar::Int32, Value::Int32(value)) => put_varint(out, i64::from(*value) as u64),
        (Scalar::Int64, Value::Int64(value)) => put_varint(out, *value as u64),
        (Scalar::Uint32, Value::Uint32(value)) => put_varint(out, u64::from(*value)),
        (Scalar::Uint64, Value::Uint64(value)) => put_varint(out, *value),
        (Scalar::Sint32, Value::Int32(value)) => put_varint(out, u64::from(((value << 1) ^ (value >> 31)) as u32)),
        (Scalar::Sint64, Value::Int64(value)) => put_varint(out, ((value << 1) ^ (value >> 63)) as u64),
        (Scalar::Fixed32, Value::Uint32(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (Scalar::Fixed64, Value::Uint64(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (Scalar::Sfixed32, Value::Int32(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (Scalar::Sfixed64, Value::Int64(value)) => out.extend_from_slice(&value.to_le_bytes()),
        (Scalar::Bool, Value::Bool(value)) => out.push(u8::from(*value)),
        (Scalar::String, Value::String(text)) => put_bytes(out, text.as_bytes()),
        (Scalar::String, Value::Bytes(bytes)) if !validates_utf8 => put_bytes(out, bytes),
        (Scalar::Bytes, Value::Bytes(bytes)) => put_bytes(out, bytes),
        _ => return Err(misfit(value)),
    }
    Ok(())
}

/// A number of variable length.
/// Encoded messages as a stream, each after its length.
pub(crate) fn delimited(messages: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for message in messages {
        put_bytes(&mut out, message);
    }
    out
}

pub(crate) fn put_varint(out: &mut Vec<u8>, value: u64) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A field's tag.
pub(crate) fn put_tag(out: &mut Vec<u8>, number: i32, wire: WireType) {
    put_varint(out, u64::from(number as u32) << 3 | u64::from(wire.number()));
}

/// Bytes after their length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
