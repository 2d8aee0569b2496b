//! From a value to Avro's binary encoding.

use super::value::{MAX_DEPTH, Value};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::data_place::{Segment, path_text};
use crate::encode_error::EncodeError;

/// Encodes a value. Arrays and maps are written as one block without its size.
///
/// # Errors
/// The first part of the value that is not of the schema's type, or is nested deeper than [`MAX_DEPTH`].
pub fn encode(schema: &Schema, value: &Value) -> Result<Vec<u8>, EncodeError> {
    encode_type(schema, schema.root(), value)
}

/// Encodes a value of any type of the schema.
pub(crate) fn encode_type(schema: &Schema, ty: TypeId, value: &Value) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder {
        schema,
        out: Vec::new(),
        path: Vec::new(),
    };
    match encoder.write(ty, value, 0) {
        Ok(()) => Ok(encoder.out),
        Err(message) => Err(EncodeError {
            message: message.into(),
            path: path_text(&encoder.path),
        }),
    }
}

struct Encoder<'v> {
    schema: &'v Schema,
    out: Vec<u8>,
    path: Vec<Segment<'v>>,
}

impl<'v> Encoder<'v> {
    /// Recurses no deeper than [`MAX_DEPTH`].
    fn write(&mut self, ty: TypeId, value: &'v Value, depth: usize) -> Result<(), String> {
        let kind = &self.schema.get(ty).kind;
        if depth > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        match (kind, value) {
            (Kind::Null, Value::Null) => {}
            (Kind::Boolean, Value::Boolean(value)) => self.out.push(u8::from(*value)),
            (Kind::Int, Value::Int(value)) => put_long(&mut self.out, i64::from(*value)),
            (Kind::Long, Value::Long(value)) => put_long(&mut self.out, *value),
            (Kind::Float, Value::Float(value)) => self.out.extend_from_slice(&value.to_le_bytes()),
            (Kind::Double, Value::Double(value)) => self.out.extend_from_slice(&value.to_le_bytes()),
            (Kind::Bytes, Value::Bytes(bytes)) => put_bytes(&mut self.out, bytes),
            (Kind::String, Value::String(text)) => put_bytes(&mut self.out, text.as_bytes()),
            (Kind::Fixed(fixed), Value::Fixed(bytes)) => {
                if bytes.len() != fixed.size as usize {
                    return Err(format!(
                        "`{}` has {} bytes, the value has {}",
                        fixed.named.name.full(),
                        fixed.size,
                        bytes.len()
                    ));
                }
                self.out.extend_from_slice(bytes);
            }
            (Kind::Enum(symbols), Value::Enum(number)) => {
                if *number as usize >= symbols.symbols().len() {
                    return Err(format!("`{}` has no symbol {number}", symbols.named.name.full()));
                }
                put_long(&mut self.out, i64::from(*number));
            }
            (Kind::Array(item), Value::Array(values)) => {
                self.count(values.len());
                for (index, value) in values.iter().enumerate() {
                    self.part(Segment::Index(index as u64), *item, value, depth)?;
                }
                self.close(values.len());
            }
            (Kind::Map(ty), Value::Map(entries)) => {
                self.count(entries.len());
                for (key, value) in entries {
                    put_bytes(&mut self.out, key.as_bytes());
                    self.part(Segment::Key(key), *ty, value, depth)?;
                }
                self.close(entries.len());
            }
            (Kind::Record(record), Value::Record(values)) => {
                if values.len() != record.fields().len() {
                    return Err(format!(
                        "`{}` has {} fields, the value has {}",
                        record.named.name.full(),
                        record.fields().len(),
                        values.len()
                    ));
                }
                for (field, value) in record.fields().iter().zip(values) {
                    self.part(Segment::Field(&field.name), field.ty, value, depth)?;
                }
            }
            (Kind::Union(branches), Value::Union(number, value)) => {
                let Some(&branch) = branches.get(*number as usize) else {
                    return Err(format!("the union has no branch {number}"));
                };
                put_long(&mut self.out, i64::from(*number));
                self.part(Segment::Branch(self.schema.name_of(branch)), branch, value, depth)?;
            }
            _ => {
                return Err(format!(
                    "a value of kind {} does not belong to type `{}`",
                    value.kind(),
                    self.schema.name_of(ty)
                ));
            }
        }
        Ok(())
    }

    fn part(&mut self, segment: Segment<'v>, ty: TypeId, value: &'v Value, depth: usize) -> Result<(), String> {
        self.path.push(segment);
        self.write(ty, value, depth + 1)?;
        self.path.pop();
        Ok(())
    }

    fn count(&mut self, items: usize) {
        put_long(&mut self.out, items as i64);
    }

    /// The block without items that ends an array or a map; an empty one has said so already.
    fn close(&mut self, items: usize) {
        if items > 0 {
            self.out.push(0);
        }
    }
}

/// A long, zig-zag and variable in length.
pub(crate) fn put_long(out: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Bytes after their length.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_long(out, bytes.len() as i64);
    out.extend_from_slice(bytes);
}
