//! Does the reader see what was meant? Written anew for the tests, without the engine's own comparison.

use treaty_schemas::avro::language::schema::{Kind, Logical, TypeId};
use treaty_schemas::avro::{Schema, Value};

/// What both sides understand, as text; equal where nothing was changed on the way. Only what both sides give a
/// meaning to can be changed.
pub fn changed(writer: &Schema, written: &Value, reader: &Schema, read: &Value) -> bool {
    differs(writer, writer.root(), written, reader, reader.root(), read)
}

fn differs(writer: &Schema, from: TypeId, written: &Value, reader: &Schema, to: TypeId, read: &Value) -> bool {
    let (from_type, to_type) = (writer.get(from), reader.get(to));
    if let (Kind::Union(branches), Value::Union(number, inner)) = (&from_type.kind, written) {
        return differs(writer, branches[*number as usize], inner, reader, to, read);
    }
    if let (Kind::Union(branches), Value::Union(number, inner)) = (&to_type.kind, read) {
        return differs(writer, from, written, reader, branches[*number as usize], inner);
    }
    if let (Some(meant), Some(understood)) = (from_type.logical, to_type.logical) {
        return match (meant, understood) {
            (
                Logical::Decimal {
                    scale: a,
                    precision: fits,
                },
                Logical::Decimal { scale: b, precision },
            ) => {
                let number = unscaled(written);
                // A writer must not send more digits than its own precision has.
                number.unsigned_abs() < 10u128.pow(fits)
                    && number != 0
                    && (a != b || number.unsigned_abs() >= 10u128.pow(precision))
            }
            (a, b) => a != b,
        };
    }
    match (&from_type.kind, &to_type.kind, written, read) {
        (Kind::Array(a), Kind::Array(b), Value::Array(x), Value::Array(y)) => {
            x.iter().zip(y).any(|(x, y)| differs(writer, *a, x, reader, *b, y))
        }
        (Kind::Map(a), Kind::Map(b), Value::Map(x), Value::Map(y)) => x
            .iter()
            .zip(y)
            .any(|((_, x), (_, y))| differs(writer, *a, x, reader, *b, y)),
        (Kind::Record(a), Kind::Record(b), Value::Record(x), Value::Record(y)) => {
            b.fields().iter().zip(y).any(|(field, seen)| {
                let found = std::iter::once(&field.name)
                    .chain(&field.aliases)
                    .find_map(|name| a.field(name));
                found.is_some_and(|index| differs(writer, a.fields()[index].ty, &x[index], reader, field.ty, seen))
            })
        }
        _ => false,
    }
}

fn unscaled(value: &Value) -> i128 {
    match value {
        Value::Bytes(bytes) | Value::Fixed(bytes) => bytes.iter().enumerate().fold(0i128, |number, (index, &byte)| {
            if index == 0 {
                i128::from(byte as i8)
            } else {
                (number << 8) | i128::from(byte)
            }
        }),
        _ => 0,
    }
}
