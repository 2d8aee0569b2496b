//! From a value to JSON.

use std::fmt::{self, Write};

use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::text::json::{write_characters, write_string};
use crate::text::shown::Within;

/// A value in Avro's JSON encoding, without white space.
///
/// The value must be of the schema's type, as [`encode`](crate::avro::data::encode::encode) checks; a part that is not is
/// written as `null`.
pub fn to_json(schema: &Schema, value: &Value) -> String {
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = write(&mut out, schema, schema.root(), value);
    out
}

/// A value of any type of the schema, unless its JSON has more bytes than `most`, of which no more are made.
pub(crate) fn to_json_within(schema: &Schema, ty: TypeId, value: &Value, most: usize) -> Option<String> {
    let mut out = Within::new(most);
    write(&mut out, schema, ty, value).ok()?;
    Some(out.into_text())
}

/// A value that is shown as [`to_json`] writes it.
pub(crate) struct Json<'v> {
    schema: &'v Schema,
    value: &'v Value,
}

impl<'v> Json<'v> {
    /// A value of the schema's type.
    pub fn new(schema: &'v Schema, value: &'v Value) -> Self {
        Json { schema, value }
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.schema, self.schema.root(), self.value)
    }
}

/// Recurses no deeper than a value may be.
fn write(out: &mut impl Write, schema: &Schema, ty: TypeId, value: &Value) -> fmt::Result {
    match (&schema.get(ty).kind, value) {
        (Kind::Boolean, Value::Boolean(value)) => write!(out, "{value}"),
        (Kind::Int, Value::Int(value)) => write!(out, "{value}"),
        (Kind::Long, Value::Long(value)) => write!(out, "{value}"),
        (Kind::Float, Value::Float(value)) if value.is_finite() => write!(out, "{value:?}"),
        (Kind::Double, Value::Double(value)) if value.is_finite() => write!(out, "{value:?}"),
        (Kind::Float, Value::Float(value)) => not_finite(out, (*value).into()),
        (Kind::Double, Value::Double(value)) => not_finite(out, *value),
        (Kind::String, Value::String(text)) => write_string(out, text),
        (Kind::Bytes, Value::Bytes(bytes)) | (Kind::Fixed(_), Value::Fixed(bytes)) => {
            // A string of some bytes after the other: a fixed may be large, and `out` may take little of it.
            out.write_char('"')?;
            for part in bytes.chunks(1024) {
                write_characters(out, &part.iter().map(|byte| char::from(*byte)).collect::<String>())?;
            }
            out.write_char('"')
        }
        (Kind::Enum(symbols), Value::Enum(number)) => match symbols.symbols().get(*number as usize) {
            Some(symbol) => write_string(out, symbol),
            None => out.write_str("null"),
        },
        (Kind::Array(item), Value::Array(values)) => {
            out.write_char('[')?;
            for (index, value) in values.iter().enumerate() {
                separate(out, index)?;
                write(out, schema, *item, value)?;
            }
            out.write_char(']')
        }
        (Kind::Map(ty), Value::Map(entries)) => {
            out.write_char('{')?;
            for (index, (key, value)) in entries.iter().enumerate() {
                separate(out, index)?;
                write_string(out, key)?;
                out.write_char(':')?;
                write(out, schema, *ty, value)?;
            }
            out.write_char('}')
        }
        (Kind::Record(record), Value::Record(values)) => {
            out.write_char('{')?;
            for (index, (field, value)) in record.fields().iter().zip(values).enumerate() {
                separate(out, index)?;
                write_string(out, &field.name)?;
                out.write_char(':')?;
                write(out, schema, field.ty, value)?;
            }
            out.write_char('}')
        }
        (Kind::Union(branches), Value::Union(number, value)) => match branches.get(*number as usize) {
            Some(branch) if schema.get(*branch).kind != Kind::Null => {
                out.write_char('{')?;
                write_string(out, schema.name_of(*branch))?;
                out.write_char(':')?;
                write(out, schema, *branch, value)?;
                out.write_char('}')
            }
            _ => out.write_str("null"),
        },
        _ => out.write_str("null"),
    }
}

fn separate(out: &mut impl Write, index: usize) -> fmt::Result {
    if index > 0 { out.write_char(',') } else { Ok(()) }
}

fn not_finite(out: &mut impl Write, value: f64) -> fmt::Result {
    out.write_str(if value.is_nan() {
        r#""NaN""#
    } else if value > 0.0 {
        r#""Infinity""#
    } else {
        r#""-Infinity""#
    })
}
