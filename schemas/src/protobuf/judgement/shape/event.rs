//! The smallest event of a writer that has something at a place.

use std::collections::BTreeMap;

use super::{ProtobufShape, Type};
use crate::as_written::shape::{Event, Kind, NodeId, Seed, Step, Trail};
use crate::budget::{Budget, Exhausted};
use crate::protobuf::DataLimits;
use crate::protobuf::data::decode::decode_by;
use crate::protobuf::data::encode::encode_by;
use crate::protobuf::data::json_encoding::to_json_within;
use crate::protobuf::data::value::{FieldValue, Key, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::language::schema::{Cardinality, MessageId, Scalar};
use crate::text::shorten::shortened;
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::to_line;

/// A value of more parts has more bytes than are shown.
const MOST_PARTS: usize = WITNESS_BYTES / 2;

/// Bytes of JSON of a message that is named in a sentence.
const SHOWN: usize = 120;

/// What a field holds, or an item of it.
enum Part {
    One(Value),
    Whole(FieldValue),
}

pub(super) fn make(
    shape: &ProtobufShape<'_>,
    trail: &Trail,
    node: NodeId,
    seed: &Seed,
    budget: &Budget,
) -> Result<Option<Event>, Exhausted> {
    budget.spend(32)?;
    if trail.len() > 2 * MAX_DEPTH {
        return Ok(None);
    }
    let mut maker = Maker {
        shape,
        budget,
        left: MOST_PARTS,
    };
    let Some(part) = maker.seed(node, seed)? else {
        return Ok(None);
    };
    let value = maker.shown(shape.type_of(node), &part, seed);
    let Some(message) = maker.around(part, trail)? else {
        return Ok(None);
    };
    let Type::Message(root) = shape.type_of(shape.shape.root) else {
        return Ok(None);
    };
    let Ok(bytes) = encode_by(&shape.index, root, &message) else {
        return Ok(None);
    };
    budget.spend(bytes.len())?;
    if decode_by(&shape.index, root, &bytes, &DataLimits::default()).as_ref() != Ok(&message) {
        return Ok(None);
    }
    let json = to_json_within(&shape.index, root, &message, WITNESS_BYTES);
    Ok(json.ok().map(|json| Event { json, bytes, value }))
}

struct Maker<'m, 's> {
    shape: &'m ProtobufShape<'s>,
    budget: &'m Budget,
    /// Parts that the value may still have.
    left: usize,
}

impl Maker<'_, '_> {
    fn minimal(&mut self, id: MessageId) -> Result<Option<MessageValue>, Exhausted> {
        let minimal = &self.shape.minimal;
        self.budget.spend(minimal.parts(id))?;
        let Some(left) = self.left.checked_sub(minimal.parts(id)) else {
            return Ok(None);
        };
        self.left = left;
        Ok(minimal.value(id))
    }

    /// A value that can be told from none: no zero, which is not written.
    fn one(&mut self, ty: Type) -> Result<Option<Value>, Exhausted> {
        Ok(match ty {
            Type::Scalar(scalar) => Some(some(scalar)),
            Type::Enum(id) => {
                let values = &self.shape.schema.set.enumeration(id).values;
                let told = values.iter().find(|value| value.number != 0).or(values.first());
                told.map(|value| Value::Enum(value.number))
            }
            Type::Message(id) => self.minimal(id)?.map(|value| Value::Message(Box::new(value))),
            Type::List(_) | Type::Map(..) => None,
        })
    }

    fn seed(&mut self, node: NodeId, seed: &Seed) -> Result<Option<Part>, Exhausted> {
        let ty = self.shape.type_of(node);
        let one = |value| Some(Part::One(value));
        Ok(match (ty, seed) {
            (Type::Scalar(scalar), Seed::Number(number)) => number_of(scalar, *number).and_then(one),
            (Type::Enum(id), Seed::Symbol(index)) => {
                let values = &self.shape.schema.set.enumeration(id).values;
                values
                    .get(*index as usize)
                    .and_then(|value| one(Value::Enum(value.number)))
            }
            (Type::Message(id), Seed::Fields(fields)) => {
                let Some(mut message) = self.minimal(id)? else {
                    return Ok(None);
                };
                let Kind::Record(record) = &self.shape.shape.node(node).kind else {
                    return Ok(None);
                };
                for index in fields {
                    let Some(part) = self.seed(record.fields[*index as usize].node, &Seed::Any)? else {
                        return Ok(None);
                    };
                    self.put(&mut message, id, *index, part);
                }
                one(Value::Message(Box::new(message)))
            }
            (Type::List(items), _) => {
                let item = self.one(self.shape.type_of(items))?;
                item.map(|item| Part::Whole(FieldValue::Repeated(vec![item])))
            }
            (Type::Map(key, value), seed) => {
                let key = match seed {
                    Seed::Key(number) => number_of(key, *number),
                    _ => Some(some(key)),
                };
                let value = self.one(self.shape.type_of(value))?;
                key.and_then(Key::of)
                    .zip(value)
                    .map(|(key, value)| Part::Whole(FieldValue::Map(BTreeMap::from([(key, value)]))))
            }
            (Type::Scalar(_) | Type::Enum(_) | Type::Message(_), _) => self.one(ty)?.and_then(one),
        })
    }

    /// Sets a field; the other members of its oneof go.
    fn put(&self, message: &mut MessageValue, id: MessageId, index: u32, part: Part) {
        let Some((field, _)) = self.shape.field(id, index) else {
            return;
        };
        if field.oneof.is_some() {
            let members = self.shape.schema.set.message(id).fields.iter();
            for member in members.filter(|member| member.oneof == field.oneof) {
                message.fields.remove(&member.number);
            }
        }
        let value = match part {
            // It is there without being written.
            Part::One(value) if field.cardinality == Cardinality::Implicit && value.is_zero() => return,
            Part::One(value) => FieldValue::Single(value),
            Part::Whole(value) => value,
        };
        message.fields.insert(field.number, value);
    }

    /// The event around a part, from the inside to the root.
    fn around(&mut self, part: Part, trail: &Trail) -> Result<Option<MessageValue>, Exhausted> {
        let mut part = part;
        for (node, step) in trail.iter().rev() {
            self.budget.spend(1)?;
            part = match (step, self.shape.type_of(*node), part) {
                (Step::Field(index), Type::Message(id), part) => {
                    let Some(mut message) = self.minimal(id)? else {
                        return Ok(None);
                    };
                    self.put(&mut message, id, *index, part);
                    Part::One(Value::Message(Box::new(message)))
                }
                (Step::Item, _, Part::One(value)) => Part::Whole(FieldValue::Repeated(vec![value])),
                (Step::Entry, Type::Map(key, _), Part::One(value)) => match Key::of(some(key)) {
                    Some(key) => Part::Whole(FieldValue::Map(BTreeMap::from([(key, value)]))),
                    None => return Ok(None),
                },
                _ => return Ok(None),
            };
        }
        Ok(match part {
            Part::One(Value::Message(message)) => Some(*message),
            _ => None,
        })
    }

    fn shown(&self, ty: Type, part: &Part, seed: &Seed) -> Line {
        match (part, ty) {
            (Part::One(Value::Enum(number)), Type::Enum(id)) => {
                let values = &self.shape.schema.set.enumeration(id).values;
                let value = values.iter().find(|value| value.number == *number);
                value.map_or_else(|| to_line!("{number}"), |value| (&*value.name).into())
            }
            (Part::One(value), Type::Message(id)) => {
                let json = match value {
                    Value::Message(message) => to_json_within(&self.shape.index, id, message, SHOWN).ok(),
                    _ => None,
                };
                let name = &self.shape.schema.set.message(id).name;
                match json {
                    Some(json) => to_line!("a {name}, {json}"),
                    None => to_line!("a {name}"),
                }
            }
            (Part::Whole(FieldValue::Map(entries)), _) if matches!(seed, Seed::Key(_)) => entries
                .keys()
                .next()
                .map_or_else(Line::default, |key| key.text().as_str().into()),
            (Part::Whole(_), Type::Map(..)) => "a map".into(),
            (Part::Whole(_), _) => "a list".into(),
            (Part::One(value), _) => match value {
                Value::Double(number) => to_line!("{number:?}"),
                Value::Float(number) => to_line!("{number:?}"),
                Value::Int32(number) => to_line!("{number}"),
                Value::Int64(number) => to_line!("{number}"),
                Value::Uint32(number) => to_line!("{number}"),
                Value::Uint64(number) => to_line!("{number}"),
                Value::Bool(value) => to_line!("{value}"),
                Value::String(text) => to_line!("the text \"{}\"", shortened(text)),
                Value::Bytes(bytes) => to_line!("the bytes 0x{}", hex::encode(&bytes[..bytes.len().min(16)])),
                Value::Enum(number) => to_line!("{number}"),
                Value::Message(_) => "a message".into(),
            },
        }
    }
}

/// A value that is not zero.
fn some(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Double => Value::Double(0.5),
        Scalar::Float => Value::Float(0.5),
        Scalar::Bool => Value::Bool(true),
        Scalar::String => Value::String("a".into()),
        Scalar::Bytes => Value::Bytes([0xff].into()),
        scalar => number_of(scalar, 1).unwrap_or(Value::Int32(1)),
    }
}

/// A whole number as a value of a type; none where the type does not have it.
fn number_of(scalar: Scalar, number: i128) -> Option<Value> {
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => i32::try_from(number).ok().map(Value::Int32),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => i64::try_from(number).ok().map(Value::Int64),
        Scalar::Uint32 | Scalar::Fixed32 => u32::try_from(number).ok().map(Value::Uint32),
        Scalar::Uint64 | Scalar::Fixed64 => u64::try_from(number).ok().map(Value::Uint64),
        Scalar::Double | Scalar::Float | Scalar::Bool | Scalar::String | Scalar::Bytes => None,
    }
}
