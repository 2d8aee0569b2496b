//! Random values of a schema.

use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, Value};

use crate::random::Random;

/// A random value, unless the type has none within the depth.
pub fn draw(schema: &Schema, ty: TypeId, random: &mut Random, depth: isize) -> Option<Value> {
    // A type that contains itself, with no way out, has no value.
    if depth < -20 {
        return None;
    }
    Some(match &schema.get(ty).kind {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Boolean(random.one_in(2)),
        Kind::Int => Value::Int(random.pick(&[0, 1, -1, i32::MAX, i32::MIN, 77])),
        Kind::Long => Value::Long(random.pick(&[0, 1, -1, i64::MAX, i64::MIN, 1 << 33])),
        Kind::Float => Value::Float(random.pick(&[0.0, 1.25, -3.5e10])),
        Kind::Double => Value::Double(random.pick(&[0.0, 1.25, -3.5e100])),
        Kind::Bytes => Value::Bytes(
            random
                .pick(&[&b""[..], b"\x01", b"\xff\xfe", b"text", b"\x00\x80"])
                .to_vec(),
        ),
        Kind::String => Value::String(random.pick(&["", "a", "žluťoučký", "\u{10348}"]).into()),
        Kind::Fixed(fixed) => Value::Fixed((0..fixed.size).map(|_| random.next() as u8).collect()),
        Kind::Enum(symbols) if symbols.symbols().is_empty() => return None,
        Kind::Enum(symbols) => Value::Enum(random.below(symbols.symbols().len()) as u32),
        Kind::Array(items) => Value::Array(
            (0..if depth <= 0 { 0 } else { random.below(3) })
                .filter_map(|_| draw(schema, *items, random, depth - 1))
                .collect(),
        ),
        Kind::Map(values) => Value::Map(
            (0..if depth <= 0 { 0 } else { random.below(3) })
                .filter_map(|index| Some((format!("k{index}"), draw(schema, *values, random, depth - 1)?)))
                .collect(),
        ),
        Kind::Union(branches) if branches.is_empty() => return None,
        Kind::Union(branches) => {
            // Near the bottom the first branch is taken: for recursive types it is null.
            let number = if depth <= 0 { 0 } else { random.below(branches.len()) };
            let inner = draw(schema, branches[number], random, depth - 1)?;
            Value::Union(number as u32, Box::new(inner))
        }
        Kind::Record(record) => Value::Record(
            record
                .fields()
                .iter()
                .map(|field| draw(schema, field.ty, random, depth - 1))
                .collect::<Option<Vec<_>>>()?,
        ),
    })
}
