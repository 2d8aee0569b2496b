//! Random values of a message, its extensions among them: what any program may write that knows the schema.

use treaty_schemas::protobuf::language::schema::{Cardinality, Field, FileSet, Kind, MapValue, MessageId};
use treaty_schemas::protobuf::{self, FieldValue, Key, MessageValue, Value};

use crate::protobuf_truth::{payload, universe};
use crate::random::Random;

/// How deep messages go before only the smallest are taken.
const DEPTH: usize = 4;

/// A random value: the smallest, with one more field or with many. None if there is no value.
pub fn draw(set: &FileSet, id: MessageId, random: &mut Random) -> Option<MessageValue> {
    let percent = random.pick(&[0, 15, 40, 80]);
    message(set, id, random, percent, 0)
}

fn message(set: &FileSet, id: MessageId, random: &mut Random, percent: usize, depth: usize) -> Option<MessageValue> {
    let mut value = protobuf::minimal(set, id)?;
    if depth >= DEPTH {
        return Some(value);
    }
    let fields = payload::fields(set, id);
    // Where few fields are wanted, one is there at least.
    let sure = random.below(fields.len().max(1));
    for (index, field) in fields.iter().enumerate() {
        let is_required = field.cardinality == Cardinality::Required;
        if !is_required && index != sure && !random.chance(percent) {
            continue;
        }
        let Some(part) = part(set, field, random, percent, depth) else {
            continue;
        };
        let is_absent =
            field.cardinality == Cardinality::Implicit && matches!(&part, FieldValue::Single(value) if value.is_zero());
        if is_absent {
            continue;
        }
        if field.oneof.is_some() {
            let others = fields.iter().filter(|other| other.oneof == field.oneof);
            for other in others {
                value.fields.remove(&other.number);
            }
        }
        value.fields.insert(field.number, part);
    }
    Some(value)
}

fn part(set: &FileSet, field: &Field, random: &mut Random, percent: usize, depth: usize) -> Option<FieldValue> {
    match (field.cardinality, field.kind) {
        (_, Kind::Map { key, value }) => {
            let kind = match value {
                MapValue::Scalar(scalar) => Kind::Scalar(scalar),
                MapValue::Enum(id) => Kind::Enum(id),
                MapValue::Message(id) => Kind::Message(id),
            };
            let keys = universe::scalars(key);
            let mut entries = std::collections::BTreeMap::new();
            for _ in 0..1 + random.below(3) {
                let key = Key::of(keys[random.below(keys.len())].clone())?;
                entries.insert(key, element(set, kind, random, percent, depth)?);
            }
            Some(FieldValue::Map(entries))
        }
        (Cardinality::Repeated, kind) => {
            let items: Option<Vec<Value>> = (0..1 + random.below(3))
                .map(|_| element(set, kind, random, percent, depth))
                .collect();
            items.map(FieldValue::Repeated)
        }
        (_, kind) => element(set, kind, random, percent, depth).map(FieldValue::Single),
    }
}

fn element(set: &FileSet, kind: Kind, random: &mut Random, percent: usize, depth: usize) -> Option<Value> {
    let of = match kind {
        Kind::Scalar(scalar) => universe::scalars(scalar),
        Kind::Enum(id) => universe::numbers(set, id),
        Kind::Message(id) | Kind::Group(id) => {
            let inner = message(set, id, random, percent / 2, depth + 1)?;
            return Some(Value::Message(Box::new(inner)));
        }
        Kind::Map { .. } => return None,
    };
    Some(of[random.below(of.len())].clone())
}
