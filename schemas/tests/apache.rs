//! Our values as apache-avro has them: a second opinion on bytes.

use apache_avro::types::Value as ApacheValue;
use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, Value};

/// Equality of floating-point numbers bit by bit, and of maps in any order.
pub fn same(one: &ApacheValue, other: &ApacheValue) -> bool {
    match (one, other) {
        (ApacheValue::Float(one), ApacheValue::Float(other)) => one.to_bits() == other.to_bits(),
        (ApacheValue::Double(one), ApacheValue::Double(other)) => one.to_bits() == other.to_bits(),
        (ApacheValue::Array(one), ApacheValue::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (ApacheValue::Map(one), ApacheValue::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (ApacheValue::Union(first, one), ApacheValue::Union(second, other)) => first == second && same(one, other),
        (ApacheValue::Record(one), ApacheValue::Record(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|((first, one), (second, other))| first == second && same(one, other))
        }
        _ => one == other,
    }
}

/// The value as apache-avro has it.
pub fn to_apache(schema: &Schema, ty: TypeId, value: &Value) -> ApacheValue {
    match (&schema.get(ty).kind, value) {
        (Kind::Boolean, Value::Boolean(value)) => ApacheValue::Boolean(*value),
        (Kind::Int, Value::Int(value)) => ApacheValue::Int(*value),
        (Kind::Long, Value::Long(value)) => ApacheValue::Long(*value),
        (Kind::Float, Value::Float(value)) => ApacheValue::Float(*value),
        (Kind::Double, Value::Double(value)) => ApacheValue::Double(*value),
        (Kind::Bytes, Value::Bytes(bytes)) => ApacheValue::Bytes(bytes.clone()),
        (Kind::String, Value::String(text)) => ApacheValue::String(text.clone()),
        (Kind::Fixed(_), Value::Fixed(bytes)) => ApacheValue::Fixed(bytes.len(), bytes.clone()),
        (Kind::Enum(symbols), Value::Enum(number)) => {
            ApacheValue::Enum(*number, symbols.symbols()[*number as usize].to_string())
        }
        (Kind::Array(item), Value::Array(values)) => {
            ApacheValue::Array(values.iter().map(|value| to_apache(schema, *item, value)).collect())
        }
        (Kind::Map(inner), Value::Map(entries)) => ApacheValue::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), to_apache(schema, *inner, value)))
                .collect(),
        ),
        (Kind::Union(branches), Value::Union(number, value)) => {
            ApacheValue::Union(*number, Box::new(to_apache(schema, branches[*number as usize], value)))
        }
        (Kind::Record(record), Value::Record(values)) => ApacheValue::Record(
            record
                .fields()
                .iter()
                .zip(values)
                .map(|(field, value)| (field.name.to_string(), to_apache(schema, field.ty, value)))
                .collect(),
        ),
        _ => ApacheValue::Null,
    }
}
