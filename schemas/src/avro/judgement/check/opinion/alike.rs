//! Whether a value of apache-avro's is one of ours.

use apache_avro::types::Value as Theirs;

use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};

/// Compares two values of a type, bit by bit. The library has values of its own for logical types. Recurses as deep as the
/// values are nested, which whoever asks has limited.
pub(super) fn alike(schema: &Schema, ty: TypeId, ours: &Value, theirs: &Theirs) -> bool {
    match (&schema.get(ty).kind, ours, theirs) {
        (Kind::Null, Value::Null, Theirs::Null) => true,
        (Kind::Boolean, Value::Boolean(one), Theirs::Boolean(other)) => one == other,
        (Kind::Int, Value::Int(one), Theirs::Int(other) | Theirs::Date(other) | Theirs::TimeMillis(other)) => {
            one == other
        }
        (
            Kind::Long,
            Value::Long(one),
            Theirs::Long(other)
            | Theirs::TimeMicros(other)
            | Theirs::TimestampMillis(other)
            | Theirs::TimestampMicros(other)
            | Theirs::TimestampNanos(other)
            | Theirs::LocalTimestampMillis(other)
            | Theirs::LocalTimestampMicros(other)
            | Theirs::LocalTimestampNanos(other),
        ) => one == other,
        (Kind::Float, Value::Float(one), Theirs::Float(other)) => one.to_bits() == other.to_bits(),
        (Kind::Double, Value::Double(one), Theirs::Double(other)) => one.to_bits() == other.to_bits(),
        (Kind::Bytes, Value::Bytes(one), Theirs::Bytes(other))
        | (Kind::Fixed(_), Value::Fixed(one), Theirs::Fixed(_, other)) => one == other,
        (Kind::Bytes, Value::Bytes(one), Theirs::Decimal(other))
        | (Kind::Fixed(_), Value::Fixed(one), Theirs::Decimal(other)) => {
            Vec::<u8>::try_from(other).is_ok_and(|other| *one == other)
        }
        (Kind::Fixed(_), Value::Fixed(one), Theirs::Duration(other)) => {
            let other: [u8; 12] = (*other).into();
            one.as_slice() == other
        }
        (Kind::Fixed(_), Value::Fixed(one), Theirs::Uuid(other)) => one == other.as_bytes(),
        (Kind::String, Value::String(one), Theirs::String(other)) => one == other,
        (Kind::String, Value::String(one), Theirs::Uuid(other)) => {
            uuid::Uuid::parse_str(one).is_ok_and(|one| one.as_bytes() == other.as_bytes())
        }
        (Kind::Enum(symbols), Value::Enum(one), Theirs::Enum(other, symbol)) => {
            one == other
                && symbols
                    .symbols()
                    .get(*one as usize)
                    .is_some_and(|own| **own == **symbol)
        }
        (Kind::Array(item), Value::Array(one), Theirs::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(one, other)| alike(schema, *item, one, other))
        }
        (Kind::Map(item), Value::Map(one), Theirs::Map(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .all(|(key, one)| other.get(key).is_some_and(|other| alike(schema, *item, one, other)))
        }
        (Kind::Union(branches), Value::Union(one, value), Theirs::Union(other, of)) => {
            let branch = branches.get(*one as usize);
            one == other && branch.is_some_and(|branch| alike(schema, *branch, value, of))
        }
        (Kind::Record(record), Value::Record(one), Theirs::Record(other)) => {
            let fields = record.fields();
            fields.len() == one.len()
                && one.len() == other.len()
                && fields
                    .iter()
                    .zip(one.iter().zip(other))
                    .all(|(field, (one, (name, other)))| *field.name == **name && alike(schema, field.ty, one, other))
        }
        _ => false,
    }
}
