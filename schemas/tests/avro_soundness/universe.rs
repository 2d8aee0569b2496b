//! Every value of a small universe: for each type the boundaries and one ordinary value, nested a few levels deep.

use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, Value};

/// Values of the schema's root type; none where no value exists within the depth.
pub fn values(schema: &Schema) -> Vec<Value> {
    of(schema, schema.root(), 3)
}

fn of(schema: &Schema, ty: TypeId, depth: usize) -> Vec<Value> {
    match &schema.get(ty).kind {
        Kind::Null => vec![Value::Null],
        Kind::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Kind::Int => [0, 1, -1, i32::MAX, i32::MIN, 10_000].map(Value::Int).into(),
        Kind::Long => [0, 1, -1, i64::MAX, i64::MIN, 1 << 40].map(Value::Long).into(),
        Kind::Float => [0.0, -1.5, f32::MAX].map(Value::Float).into(),
        Kind::Double => [0.0, -1.5, f64::MAX].map(Value::Double).into(),
        Kind::Bytes => [&b""[..], b"a", b"\xff", b"\x00", b"\x27\x10", b"\x01\x86\xa0"]
            .map(|bytes| Value::Bytes(bytes.to_vec()))
            .into(),
        Kind::String => ["", "a", "é\u{10348}"].map(|text| Value::String(text.into())).into(),
        Kind::Fixed(fixed) => [0x00, 0x01, 0x7f, 0xff]
            .map(|byte| Value::Fixed(vec![byte; fixed.size as usize]))
            .into(),
        Kind::Enum(symbols) => (0..symbols.symbols().len() as u32).map(Value::Enum).collect(),
        Kind::Array(items) => {
            let mut all = vec![Value::Array(Vec::new())];
            if depth > 0 {
                all.extend(
                    of(schema, *items, depth - 1)
                        .into_iter()
                        .map(|item| Value::Array(vec![item])),
                );
            }
            all
        }
        Kind::Map(values) => {
            let mut all = vec![Value::Map(Vec::new())];
            if depth > 0 {
                all.extend(
                    of(schema, *values, depth - 1)
                        .into_iter()
                        .map(|value| Value::Map(vec![("k".into(), value)])),
                );
            }
            all
        }
        Kind::Union(branches) if depth > 0 => (0u32..)
            .zip(branches)
            .flat_map(|(number, branch)| {
                of(schema, *branch, depth - 1)
                    .into_iter()
                    .map(move |value| Value::Union(number, Box::new(value)))
            })
            .collect(),
        Kind::Record(record) if depth > 0 => {
            let fields: Vec<Vec<Value>> = record
                .fields()
                .iter()
                .map(|field| of(schema, field.ty, depth - 1))
                .collect();
            if fields.iter().any(Vec::is_empty) {
                return Vec::new();
            }
            // Every value of each field, the others at their first: enough, as fields are read independently.
            let first: Vec<Value> = fields.iter().map(|values| values[0].clone()).collect();
            let mut all = vec![Value::Record(first.clone())];
            for (index, values) in fields.iter().enumerate() {
                for value in &values[1..] {
                    let mut changed = first.clone();
                    changed[index] = value.clone();
                    all.push(Value::Record(changed));
                }
            }
            all
        }
        Kind::Union(_) | Kind::Record(_) => Vec::new(),
    }
}
