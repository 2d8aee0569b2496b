//! What a reader sees of a witness, in the words of the finding.

use super::super::enumeration;
use super::super::field_view::{Container, ElementType, FieldView, Presence};
use super::super::mismatch::{About, Decoded};
use super::super::paths::Paths;
use super::super::walk::Found;
use super::{MAX_JSON, ObservedValue, WitnessBuilder, numbers};
use crate::protobuf::data::index::Index;
use crate::protobuf::data::json_encoding::to_json_within;
use crate::protobuf::data::value::{FieldValue, MessageValue, Value};
use crate::protobuf::language::schema::{MessageId, Scalar};
use crate::text::shown::Line;
use crate::to_line;

impl<'s> WitnessBuilder<'s> {
    /// Whether the field is always empty, because a member of its oneof that must be written clears it.
    pub(super) fn is_cleared(&self, paths: &Paths<'s>, found: &Found<'s>, read: &MessageValue) -> bool {
        let (Some(slot), Container::Message(id)) = (found.slots.reader(), found.reader) else {
            return false;
        };
        let facts = found.mismatch.facts();
        if slot.oneof.is_none() || facts.about == About::Oneof || facts.decoded == Decoded::Elsewhere {
            return false;
        }
        let Some(ObservedValue::Message(message)) = descend(read, &numbers(paths, found)) else {
            return false;
        };
        // What is not taken at all clears nothing, and is cleared by nothing.
        if message.unknown.iter().any(|unknown| unknown.number == slot.number) {
            return false;
        }
        self.is_set(message, id, slot.oneof, Some(slot.number))
    }

    /// Whether a member of a oneof of the reader is set, other than `but`.
    fn is_set(&self, message: &MessageValue, id: MessageId, oneof: Option<u32>, but: Option<i32>) -> bool {
        let fields = self.reads.fields(id);
        let present = message.fields.keys().filter(|number| Some(**number) != but);
        let mut members = present.filter_map(|number| fields.by_number.get(number));
        members.any(|member| member.extension.is_none() && member.field.oneof == oneof)
    }

    /// What the reader sees instead of what was written; `None` if it sees what was written.
    pub(in super::super) fn seen(
        &self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        value: &MessageValue,
        read: &MessageValue,
    ) -> Option<Line> {
        let json = || Some(shown(&self.reads, found.event.reader, read, &[]));
        let links = numbers(paths, found);
        // Of what is set together the first is looked for.
        let lost = found.mismatch.members().and_then(<[FieldView<'_>]>::first);
        let number = lost
            .or(found.slots.writer())
            .map_or(found.slots.number(), |slot| slot.number);
        let written = at(descend(value, &links)?, number);
        // An entry of a map is put aside whole.
        let read = descend(read, &links);
        let seen = read.map_or_else(Vec::new, |read| at(read, number));
        match found.mismatch.facts().decoded {
            Decoded::Absent => {
                if !seen.is_empty() {
                    return None;
                }
                let slot = found.slots.reader()?;
                Some(to_line!("`{}` is {}", slot.name, self.absent(slot)))
            }
            Decoded::Fewer => (seen.len() < written.len()).then(json)?,
            Decoded::OneofUnset => {
                let (Container::Message(id), Some(ObservedValue::Message(message))) = (found.reader, read) else {
                    return None;
                };
                let reader = found.slots.reader()?;
                let is_set = match reader.oneof {
                    Some(_) => self.is_set(message, id, reader.oneof, None),
                    None => message.fields.contains_key(&reader.number),
                };
                (!is_set).then(json)?
            }
            Decoded::Number => match found.mismatch.other_name(self.reader, self.writer) {
                // The number keeps one of its names; only the other one says what has changed.
                Some(name) => Some(to_line!("{}, also where the writer means `{name}`", json()?)),
                None => json(),
            },
            // Whatever its parts are, it is another thing.
            Decoded::There => json(),
            Decoded::Elsewhere => {
                let is_aside = match read {
                    Some(ObservedValue::Message(message)) => {
                        message.unknown.iter().any(|unknown| unknown.number == number)
                    }
                    Some(ObservedValue::Entry(..)) | None => true,
                };
                let own = found.slots.reader().zip(read);
                let own = own.map_or_else(Vec::new, |(slot, read)| at(read, slot.number));
                let is_own =
                    own.len() == written.len() && own.iter().zip(&written).all(|(own, written)| same(own, written));
                (is_aside || !seen.is_empty() || !is_own).then(json)?
            }
            // What does not fit an entry is read as zero, as which an empty message counts, and a map does not.
            Decoded::NotThere => {
                let is_empty = |value: &Value| matches!(value, Value::Message(message) if message.is_empty());
                let alike = |(one, other): (&Value, &Value)| match one {
                    Value::Message(_) => is_empty(one) && is_empty(other),
                    Value::Double(_)
                    | Value::Float(_)
                    | Value::Int32(_)
                    | Value::Int64(_)
                    | Value::Uint32(_)
                    | Value::Uint64(_)
                    | Value::Bool(_)
                    | Value::String(_)
                    | Value::Bytes(_)
                    | Value::Enum(_) => same(one, other),
                };
                let is_map = found.slots.writer().is_some_and(FieldView::is_map);
                (is_map || written.len() != seen.len() || !written.iter().zip(&seen).all(alike)).then(json)?
            }
            Decoded::Another => {
                (written.len() != seen.len() || !written.iter().zip(&seen).all(|(a, b)| same(a, b))).then(json)?
            }
        }
    }

    /// What a program sees in a field that is not there.
    fn absent(&self, slot: &FieldView<'_>) -> Line {
        use crate::protobuf::language::schema::Default;
        if slot.is_map() {
            return "empty".into();
        }
        if slot.is_many() {
            return "empty".into();
        }
        let zero: Line = match slot.default {
            Some(Default::Signed(number)) => Line::new(number),
            Some(Default::Unsigned(number)) => Line::new(number),
            Some(Default::Float(number)) => Line::new(number),
            Some(Default::Bool(value)) => Line::new(value),
            Some(Default::Bytes(bytes)) => to_line!("{:?}", String::from_utf8_lossy(bytes)),
            Some(Default::Enum(_, name)) => (&**name).into(),
            None => match slot.holds {
                ElementType::Scalar(Scalar::String | Scalar::Bytes) => "\"\"".into(),
                ElementType::Scalar(Scalar::Bool) => "false".into(),
                ElementType::Scalar(_) => "0".into(),
                ElementType::Enum(id) => {
                    let of = self.reader.enumeration(id);
                    let first = of.values.first().map_or(0, |value| value.number);
                    enumeration::name(of, first).unwrap_or("0").into()
                }
                ElementType::Container(_) | ElementType::Group(_) => return "not set".into(),
            },
        };
        match slot.occurs {
            Presence::Implicit => to_line!("read as {zero}"),
            Presence::Explicit | Presence::Always | Presence::Many => to_line!("not set, and read as {zero}"),
        }
    }
}

/// Follows fields by their numbers into the first of their elements.
pub(in super::super) fn descend<'v>(value: &'v MessageValue, numbers: &[i32]) -> Option<ObservedValue<'v>> {
    let mut seen = ObservedValue::Message(value);
    for number in numbers {
        let value = match seen {
            ObservedValue::Message(message) => match message.fields.get(number)? {
                FieldValue::Single(value) => value,
                FieldValue::Repeated(items) => items.first()?,
                FieldValue::Map(entries) => {
                    let (key, value) = entries.iter().next()?;
                    seen = ObservedValue::Entry(key, value);
                    continue;
                }
            },
            ObservedValue::Entry(_, value) => value,
        };
        seen = match value {
            Value::Message(message) => ObservedValue::Message(message),
            Value::Double(_)
            | Value::Float(_)
            | Value::Int32(_)
            | Value::Int64(_)
            | Value::Uint32(_)
            | Value::Uint64(_)
            | Value::Bool(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Enum(_) => return None,
        };
    }
    Some(seen)
}

/// The elements of a field.
pub(in super::super) fn at(seen: ObservedValue<'_>, number: i32) -> Vec<Value> {
    match seen {
        ObservedValue::Message(message) => match message.fields.get(&number) {
            None => Vec::new(),
            Some(FieldValue::Single(value)) => vec![value.clone()],
            Some(FieldValue::Repeated(items)) => items.clone(),
            Some(FieldValue::Map(entries)) => entries.values().cloned().collect(),
        },
        ObservedValue::Entry(key, value) => match number {
            1 => vec![key.value()],
            _ => vec![value.clone()],
        },
    }
}

/// Whether two values of two kinds are the same to everybody: numbers by what they are worth, text by its bytes.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    let whole = |value: &Value| match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Int32(value) | Value::Enum(value) => Some(i128::from(*value)),
        Value::Int64(value) => Some(i128::from(*value)),
        Value::Uint32(value) => Some(i128::from(*value)),
        Value::Uint64(value) => Some(i128::from(*value)),
        Value::Double(_) | Value::Float(_) | Value::String(_) | Value::Bytes(_) | Value::Message(_) => None,
    };
    let bytes = |value: &Value| match value {
        Value::String(value) => Some(value.as_bytes().to_vec()),
        Value::Bytes(value) => Some(value.to_vec()),
        Value::Double(_)
        | Value::Float(_)
        | Value::Int32(_)
        | Value::Int64(_)
        | Value::Uint32(_)
        | Value::Uint64(_)
        | Value::Bool(_)
        | Value::Enum(_)
        | Value::Message(_) => None,
    };
    match (one, other) {
        // What is in them is compared where it is found.
        (Value::Message(_), Value::Message(_)) => true,
        _ => match (whole(one), whole(other), bytes(one), bytes(other)) {
            (Some(one), Some(other), ..) => one == other,
            (_, _, Some(one), Some(other)) => one == other,
            _ => one == other,
        },
    }
}

/// A value as ProtoJSON, of a large one both ends; where it has none, in bytes.
pub(super) fn shown(index: &Index<'_>, message: MessageId, value: &MessageValue, bytes: &[u8]) -> Line {
    match shown_within(index, message, value, bytes, MAX_JSON) {
        Some(text) => text.into(),
        None => "a value that is too large to be shown".into(),
    }
}

/// A value as ProtoJSON; where it has none, in bytes. None where that is more than `most` bytes.
pub(super) fn shown_within(
    index: &Index<'_>,
    message: MessageId,
    value: &MessageValue,
    bytes: &[u8],
    most: usize,
) -> Option<String> {
    match to_json_within(index, message, value, most) {
        Ok(text) => Some(text),
        Err(error) if error.is_too_long() => None,
        Err(_) if bytes.len() > most / 2 => None,
        Err(_) => Some(format!("0x{}", hex::encode(bytes))),
    }
}
