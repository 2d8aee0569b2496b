//! A value that can be told from a reader's default.

use crate::avro::data::json_encoding;
use crate::avro::data::minimal::Minimal;
use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};

/// Bytes of JSON: a default that is longer is another value.
const MOST: usize = 64;

/// A small value of a type that is not the one that stands in `default`; the smallest where there is no such.
pub(super) fn other_than(default: &str, schema: &Schema, ty: TypeId, minimal: &Minimal<'_>) -> Option<Value> {
    let smallest = minimal.value(ty);
    let is_other = |value: &Value| {
        let (ty, value) = match (value, &schema.get(ty).kind) {
            // A default stands there without the name of its branch.
            (Value::Union(branch, value), Kind::Union(branches)) => (branches[*branch as usize], &**value),
            _ => (ty, value),
        };
        json_encoding::to_json_within(schema, ty, value, MOST).is_none_or(|json| json != default)
    };
    let others = candidates(schema, ty, minimal);
    smallest.clone().into_iter().chain(others).find(is_other).or(smallest)
}

fn candidates(schema: &Schema, ty: TypeId, minimal: &Minimal<'_>) -> Vec<Value> {
    match &schema.get(ty).kind {
        Kind::Null | Kind::Record(_) => Vec::new(),
        Kind::Boolean => vec![Value::Boolean(true)],
        Kind::Int => vec![Value::Int(1)],
        Kind::Long => vec![Value::Long(1)],
        Kind::Float => vec![Value::Float(1.0)],
        Kind::Double => vec![Value::Double(1.0)],
        Kind::String => vec![Value::String("a".into())],
        Kind::Bytes => vec![Value::Bytes(vec![1])],
        Kind::Fixed(_) => match minimal.value(ty) {
            Some(Value::Fixed(bytes)) => vec![Value::Fixed(vec![1; bytes.len()])],
            _ => Vec::new(),
        },
        Kind::Enum(of) => (1..of.symbols().len().min(2))
            .map(|number| Value::Enum(number as u32))
            .collect(),
        Kind::Array(item) => minimal
            .value(*item)
            .map(|item| Value::Array(vec![item]))
            .into_iter()
            .collect(),
        Kind::Map(value) => {
            let entry = minimal.value(*value).map(|value| ("key".into(), value));
            entry.map(|entry| Value::Map(vec![entry])).into_iter().collect()
        }
        Kind::Union(branches) => (0u32..)
            .zip(branches)
            .flat_map(|(number, branch)| {
                let smallest = minimal.value(*branch).into_iter();
                smallest
                    .chain(candidates(schema, *branch, minimal))
                    .map(move |value| Value::Union(number, Box::new(value)))
            })
            .collect(),
    }
}
