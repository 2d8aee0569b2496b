//! Every value of a small universe: each field alone with every telling value, pairs of fields, lists, entries and messages
//! in messages.

use std::collections::BTreeMap;

use treaty_schemas::protobuf::language::schema::{
    Cardinality, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar,
};
use treaty_schemas::protobuf::{FieldValue, Key, MessageValue, Value};

/// How deep messages go.
const DEPTH: usize = 3;

/// The values of a message; none if none is small.
pub fn values(set: &FileSet, message: MessageId) -> Vec<MessageValue> {
    message_values(set, message, DEPTH)
}

fn message_values(set: &FileSet, id: MessageId, depth: usize) -> Vec<MessageValue> {
    let message = set.message(id);
    let mut bases = vec![MessageValue::default()];
    for field in message
        .fields
        .iter()
        .filter(|field| field.cardinality == Cardinality::Required)
    {
        let options = field_values(set, field, depth);
        bases = bases
            .iter()
            .flat_map(|base| {
                options.iter().map(move |option| {
                    let mut value = base.clone();
                    value.fields.insert(field.number, option.clone());
                    value
                })
            })
            .collect();
    }
    let free: Vec<&Field> = message
        .fields
        .iter()
        .filter(|field| field.cardinality != Cardinality::Required)
        .collect();
    let options: BTreeMap<i32, Vec<FieldValue>> = free
        .iter()
        .map(|field| (field.number, field_values(set, field, depth)))
        .collect();
    let mut all = bases.clone();
    for base in &bases {
        for (index, one) in free.iter().enumerate() {
            for option in &options[&one.number] {
                let mut value = base.clone();
                value.fields.insert(one.number, option.clone());
                all.push(value.clone());
                // With every other field, one of whose values is enough.
                for other in &free[index + 1..] {
                    let apart = one.oneof.is_none() || one.oneof != other.oneof;
                    if let (true, Some(beside)) = (apart, options[&other.number].last()) {
                        let mut value = value.clone();
                        value.fields.insert(other.number, beside.clone());
                        all.push(value);
                    }
                }
            }
        }
    }
    all
}

fn field_values(set: &FileSet, field: &Field, depth: usize) -> Vec<FieldValue> {
    let elements: Vec<Value> = match field.kind {
        Kind::Scalar(scalar) => scalars(scalar),
        Kind::Enum(id) => numbers(set, id),
        Kind::Message(id) | Kind::Group(id) => messages(set, id, depth),
        Kind::Map { key, value } => {
            let keys: Vec<Key> = scalars(key).into_iter().filter_map(Key::of).collect();
            let values = match value {
                MapValue::Scalar(scalar) => scalars(scalar),
                MapValue::Enum(id) => numbers(set, id),
                MapValue::Message(id) => messages(set, id, depth),
            };
            let Some(first) = values.first() else {
                return Vec::new();
            };
            let mut all: Vec<FieldValue> = keys
                .iter()
                .map(|key| FieldValue::Map([(key.clone(), first.clone())].into()))
                .collect();
            all.extend(
                values
                    .iter()
                    .map(|value| FieldValue::Map([(keys[0].clone(), value.clone())].into())),
            );
            all.push(FieldValue::Map(
                keys.iter().take(2).map(|key| (key.clone(), first.clone())).collect(),
            ));
            return all;
        }
    };
    match field.cardinality {
        Cardinality::Repeated => {
            let mut all: Vec<FieldValue> = elements
                .iter()
                .map(|value| FieldValue::Repeated(vec![value.clone()]))
                .collect();
            all.extend(
                elements
                    .iter()
                    .map(|value| FieldValue::Repeated(vec![value.clone(); 2])),
            );
            all.extend(elements.windows(2).map(|pair| FieldValue::Repeated(pair.to_vec())));
            all.extend((elements.len() > 1).then(|| FieldValue::Repeated(elements.clone())));
            all
        }
        // A zero of implicit presence is no field.
        Cardinality::Implicit => elements
            .into_iter()
            .filter(|value| !value.is_zero())
            .map(FieldValue::Single)
            .collect(),
        _ => elements.into_iter().map(FieldValue::Single).collect(),
    }
}

fn messages(set: &FileSet, id: MessageId, depth: usize) -> Vec<Value> {
    if depth == 0 {
        return Vec::new();
    }
    message_values(set, id, depth - 1)
        .into_iter()
        .map(|value| Value::Message(Box::new(value)))
        .collect()
}

/// The numbers that an enum declares.
pub fn numbers(set: &FileSet, id: EnumId) -> Vec<Value> {
    set.enumeration(id)
        .values
        .iter()
        .map(|value| Value::Enum(value.number))
        .collect()
}

/// The telling values of a scalar.
pub fn scalars(scalar: Scalar) -> Vec<Value> {
    let i32s = [0, 1, 2, 3, -1, 200, i32::MAX, i32::MIN];
    let i64s = [0, 1, 2, 3, -1, 1 << 31, 1 << 32, 1 << 40, i64::MAX, i64::MIN];
    let u32s = [0, 1, 2, 3, 200, 1 << 31, u32::MAX];
    let u64s = [0, 1, 2, 3, 1 << 31, 1 << 32, 1 << 40, 1 << 63, u64::MAX];
    match scalar {
        Scalar::Double => [0.0, 1.5, -0.0, f64::MAX, f64::NAN].map(Value::Double).into(),
        Scalar::Float => [0.0, 1.5, -0.0, f32::MAX, f32::INFINITY].map(Value::Float).into(),
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => i32s.map(Value::Int32).into(),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => i64s.map(Value::Int64).into(),
        Scalar::Uint32 | Scalar::Fixed32 => u32s.map(Value::Uint32).into(),
        Scalar::Uint64 | Scalar::Fixed64 => u64s.map(Value::Uint64).into(),
        Scalar::Bool => [false, true].map(Value::Bool).into(),
        Scalar::String => ["", "a", "\u{1}", "\u{8}\u{1}", "é", "abcdefgh"]
            .map(|text| Value::String(text.into()))
            .into(),
        Scalar::Bytes => [&b""[..], &[1], &[8, 1], &[0xff], b"a"]
            .map(|bytes| Value::Bytes(bytes.into()))
            .into(),
    }
}
