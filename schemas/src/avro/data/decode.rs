//! From Avro's binary encoding to a value of the schema that it was written with.
//!
//! The stack is explicit: how deep the data is nested is a number to be checked, never a thread's stack. The same
//! reading serves [`super::resolve`] for what a reader does not ask for.

use super::cursor::{Block, Budget, Cursor};
use super::limits::Limits;
use super::value::Value;
use crate::avro::language::named::Field;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::data_place::{Segment, path_text};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};

/// Decodes a payload that holds exactly one value.
///
/// # Errors
/// Bytes that are not what the schema describes, that are too few or too many, or that ask for more than `limits`.
pub fn decode(schema: &Schema, bytes: &[u8], limits: &Limits) -> Result<Value, DecodeError> {
    let mut cursor = Cursor::new(bytes, 0);
    let mut budget = Budget::new(limits, bytes.len());
    let value = read(schema, schema.root(), &mut cursor, &mut budget, limits.depth()).map_err(|error| *error)?;
    cursor.finish().map_err(|error| *error)?;
    Ok(value)
}

/// Reads one value of type `ty`, at most `depth` levels deep.
pub(crate) fn read(
    schema: &Schema,
    ty: TypeId,
    cursor: &mut Cursor<'_>,
    budget: &mut Budget,
    depth: usize,
) -> Decoded<Value> {
    let mut decoder = Decoder {
        schema,
        cursor,
        budget,
        depth,
        stack: Vec::new(),
    };
    decoder.run(ty).map_err(|mut error| {
        let segments: Vec<_> = decoder.stack.iter().filter_map(Frame::segment).collect();
        error.path = path_text(&segments);
        error
    })
}

struct Decoder<'s, 'd, 'b> {
    schema: &'s Schema,
    cursor: &'d mut Cursor<'b>,
    budget: &'d mut Budget,
    depth: usize,
    stack: Vec<Frame<'s>>,
}

/// A value that is being put together. `open` is true while one of its parts is read.
enum Frame<'s> {
    Record {
        fields: &'s [Field],
        values: Vec<Value>,
        open: bool,
    },
    Array {
        item: TypeId,
        block: Block,
        values: Vec<Value>,
        open: bool,
    },
    Map {
        value: TypeId,
        block: Block,
        key: Option<String>,
        values: Vec<(String, Value)>,
    },
    Union {
        branch: u32,
        name: &'s str,
    },
}

enum Next {
    /// Read a value of this type.
    Read(TypeId),
    /// A value is complete.
    Done(Value),
    /// Go on with the topmost frame.
    Advance,
}

impl Frame<'_> {
    fn segment(&self) -> Option<Segment<'_>> {
        match self {
            Frame::Record {
                fields,
                values,
                open: true,
            } => fields.get(values.len()).map(|field| Segment::Field(&field.name)),
            Frame::Array { values, open: true, .. } => Some(Segment::Index(values.len() as u64)),
            Frame::Map { key, .. } => key.as_deref().map(Segment::Key),
            Frame::Union { name, .. } => Some(Segment::Branch(name)),
            Frame::Record { .. } | Frame::Array { .. } => None,
        }
    }
}

impl<'s> Decoder<'s, '_, '_> {
    fn run(&mut self, ty: TypeId) -> Decoded<Value> {
        let mut next = Next::Read(ty);
        loop {
            next = match next {
                Next::Read(ty) => self.begin(ty)?,
                Next::Advance => self.advance()?,
                Next::Done(value) => match self.stack.last_mut() {
                    None => return Ok(value),
                    Some(Frame::Record { values, open, .. } | Frame::Array { values, open, .. }) => {
                        values.push(value);
                        *open = false;
                        Next::Advance
                    }
                    Some(Frame::Map { key, values, .. }) => {
                        values.push((key.take().unwrap_or_default(), value));
                        Next::Advance
                    }
                    Some(Frame::Union { branch, .. }) => {
                        let value = Value::Union(*branch, Box::new(value));
                        self.stack.pop();
                        Next::Done(value)
                    }
                },
            }
        }
    }

    fn begin(&mut self, ty: TypeId) -> Decoded<Next> {
        let schema = self.schema;
        let cursor = &mut *self.cursor;
        Ok(Next::Done(match &schema.get(ty).kind {
            Kind::Null => {
                self.budget.spend(1, cursor.at())?;
                Value::Null
            }
            Kind::Boolean => Value::Boolean(cursor.boolean()?),
            Kind::Int => Value::Int(cursor.int()?),
            Kind::Long => Value::Long(cursor.long()?),
            Kind::Float => Value::Float(cursor.float()?),
            Kind::Double => Value::Double(cursor.double()?),
            Kind::Bytes => Value::Bytes(cursor.bytes()?.to_vec()),
            Kind::String => Value::String(cursor.string()?.to_owned()),
            Kind::Fixed(fixed) => {
                if fixed.size == 0 {
                    self.budget.spend(1, cursor.at())?;
                }
                Value::Fixed(cursor.fixed(fixed.size as usize)?.to_vec())
            }
            Kind::Enum(symbols) => Value::Enum(cursor.number(symbols.symbols().len(), "symbol")?),
            Kind::Array(item) => {
                return self.push(Frame::Array {
                    item: *item,
                    block: Block::default(),
                    values: Vec::new(),
                    open: false,
                });
            }
            Kind::Map(value) => {
                return self.push(Frame::Map {
                    value: *value,
                    block: Block::default(),
                    key: None,
                    values: Vec::new(),
                });
            }
            Kind::Record(record) => {
                if record.fields().is_empty() {
                    self.budget.spend(1, cursor.at())?;
                }
                return self.push(Frame::Record {
                    fields: record.fields(),
                    values: Vec::new(),
                    open: false,
                });
            }
            Kind::Union(branches) => {
                let branch = cursor.number(branches.len(), "branch")?;
                let ty = branches[branch as usize];
                let name = schema.name_of(ty);
                self.push(Frame::Union { branch, name })?;
                return Ok(Next::Read(ty));
            }
        }))
    }

    fn push(&mut self, frame: Frame<'s>) -> Decoded<Next> {
        if self.stack.len() >= self.depth {
            return Err(self.cursor.fault(
                DecodeErrorKind::Limit,
                format!("nested deeper than the {} levels that are allowed", self.depth),
            ));
        }
        self.stack.push(frame);
        Ok(Next::Advance)
    }

    /// Asks the topmost frame for its next part, or completes it.
    fn advance(&mut self) -> Decoded<Next> {
        let cursor = &mut *self.cursor;
        let value = match self.stack.last_mut() {
            // A union is read and completed at once, and never advanced.
            None | Some(Frame::Union { .. }) => {
                return Err(cursor.malformed("there is no value to go on with"));
            }
            Some(Frame::Record { fields, values, open }) => {
                if let Some(field) = fields.get(values.len()) {
                    *open = true;
                    return Ok(Next::Read(field.ty));
                }
                Value::Record(std::mem::take(values))
            }
            Some(Frame::Array {
                item,
                block,
                values,
                open,
            }) => {
                if more(cursor, block)? {
                    *open = true;
                    return Ok(Next::Read(*item));
                }
                Value::Array(std::mem::take(values))
            }
            Some(Frame::Map {
                value,
                block,
                key,
                values,
            }) => {
                if more(cursor, block)? {
                    *key = Some(cursor.string()?.to_owned());
                    return Ok(Next::Read(*value));
                }
                Value::Map(std::mem::take(values))
            }
        };
        self.stack.pop();
        Ok(Next::Done(value))
    }
}

/// Whether another item follows; goes on to the next block where one is used up.
pub(crate) fn more(cursor: &mut Cursor<'_>, block: &mut Block) -> Decoded<bool> {
    if block.items == 0 {
        cursor.close(block.end)?;
        *block = cursor.block()?;
        if block.items == 0 {
            return Ok(false);
        }
    }
    block.items -= 1;
    Ok(true)
}
