//! Validation without values: a schema is compiled into tables, and a payload is read along them.
//!
//! It checks all that [`decode`](super::decode::decode) checks. Whether a required field is there can only be told of the
//! merged value: a message of which every occurrence is complete is complete, and where one is not the payload is decoded
//! to find out.

use std::sync::Arc;

use super::cursor::{Cursor, Tag, WireType};
use super::data_limits::DataLimits;
use super::decode::decode;
use super::index::FieldEntry;
use super::place;
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::protobuf::language::schema::{MessageId, Schema};

mod table;

use table::{Entry, Op, Table, Tables};

/// A schema compiled for validation; for all of its messages. Cheap to share between threads.
#[derive(Debug)]
pub struct Walker {
    schema: Arc<Schema>,
    tables: Tables,
}

/// What is done with fields that the schema does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// They are counted.
    #[default]
    Counted,
    /// They are errors.
    Refused,
}

impl Walker {
    /// Compiles a schema, in time linear in its size.
    pub fn new(schema: &Arc<Schema>) -> Self {
        Walker {
            schema: Arc::clone(schema),
            tables: Tables::new(&schema.set),
        }
    }

    /// The schema that it was made from.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Validates a payload that holds one message. Answers how many fields it has that the schema does not know, numbers
    /// that a closed enum does not have among them.
    ///
    /// # Errors
    /// As [`decode`](super::decode::decode), and unknown fields where they are refused.
    pub fn walk(
        &self,
        message: MessageId,
        bytes: &[u8],
        limits: &DataLimits,
        unknown: Unknown,
    ) -> Result<u64, DecodeError> {
        let mut run = Run {
            walker: self,
            bytes,
            unknown: 0,
            refuses: unknown == Unknown::Refused,
            is_complete: true,
        };
        run.message(message.0, &mut Cursor::new(bytes), None, limits.depth())
            .map_err(|error| *error)?;
        if !run.is_complete {
            decode(&self.schema.set, message, bytes, limits)?;
        }
        Ok(run.unknown)
    }
}

struct Run<'w, 'b> {
    walker: &'w Walker,
    bytes: &'b [u8],
    unknown: u64,
    refuses: bool,
    is_complete: bool,
}

impl<'b> Run<'_, 'b> {
    /// Reads fields to the end of the message, or of the group of field `group`. Recurses no deeper than `depth`.
    fn message(&mut self, of: u32, cursor: &mut Cursor<'b>, group: Option<i32>, depth: usize) -> Decoded<()> {
        let walker = self.walker;
        let table = &walker.tables.tables[of as usize];
        let start = cursor.at();
        let mut seen = 0u64;
        while !cursor.is_at_end() {
            let place = *cursor;
            let raw = cursor.short_tag();
            let number = (raw >> 3) as i32;
            let entry = table.entry(number);
            if u32::from(entry.wire) == raw & 7 {
                // A field as it should be, which is what nearly all are.
                match self.value(entry, number, cursor, depth) {
                    Ok(true) => seen |= entry.required,
                    Ok(false) => self
                        .strange(table, entry, place)
                        .map_err(|error| self.within(table, number, start, error))?,
                    Err(error) => return Err(self.within(table, number, start, error)),
                }
                continue;
            }
            *cursor = place;
            let tag = cursor.tag()?;
            if tag.wire == WireType::EndGroup {
                match group {
                    Some(number) if number == tag.number => {
                        self.close(table, seen);
                        return Ok(());
                    }
                    Some(number) => return Err(place.wrong_end(number, tag.number)),
                    None => return Err(place.stray_end(tag.number)),
                }
            }
            let entry = table.entry(tag.number);
            let taken = self
                .other(table, entry, tag, place, cursor, depth)
                .map_err(|error| self.within(table, tag.number, start, error))?;
            if taken {
                seen |= entry.required;
            }
        }
        if let Some(number) = group {
            return Err(cursor.open_group(number));
        }
        self.close(table, seen);
        Ok(())
    }

    #[inline]
    fn close(&mut self, table: &Table, seen: u64) {
        if seen & table.required != table.required || table.requires_more {
            self.is_complete = false;
        }
    }

    /// Goes behind a value that is framed as its field is; says whether it is one that the field keeps.
    #[inline]
    fn value(&mut self, entry: Entry, number: i32, cursor: &mut Cursor<'b>, depth: usize) -> Decoded<bool> {
        match entry.op {
            Op::Varint | Op::Varints => cursor.skip_varint()?,
            Op::String => cursor.skip_string()?,
            Op::Bytes | Op::Unknown => {
                cursor.part()?;
            }
            Op::Fixed64 | Op::Fixed64s => {
                cursor.fixed64()?;
            }
            Op::Fixed32 | Op::Fixed32s => {
                cursor.fixed32()?;
            }
            Op::Message => {
                let mut part = cursor.part()?;
                let Some(depth) = depth.checked_sub(1) else {
                    return Err(part.too_deep());
                };
                self.message(entry.target, &mut part, None, depth)?;
            }
            Op::Map => {
                let mut part = cursor.part()?;
                let Some(depth) = depth.checked_sub(1) else {
                    return Err(part.too_deep());
                };
                return self.entry(entry.target, &mut part, depth);
            }
            Op::Enum | Op::Enums => {
                let number = cursor.varint()? as i32;
                return Ok(self.walker.tables.takes(entry.target, number));
            }
            Op::Group => {
                let Some(depth) = depth.checked_sub(1) else {
                    return Err(cursor.too_deep());
                };
                self.message(entry.target, cursor, Some(number), depth)?;
            }
        }
        Ok(true)
    }

    /// Goes behind the value of a field whose tag is long, which is packed, or which is unknown; says whether it was taken.
    #[cold]
    fn other(
        &mut self,
        table: &Table,
        entry: Entry,
        tag: Tag,
        place: Cursor<'b>,
        cursor: &mut Cursor<'b>,
        depth: usize,
    ) -> Decoded<bool> {
        if entry.op != Op::Unknown && entry.wire == tag.wire.number() {
            let taken = self.value(entry, tag.number, cursor, depth)?;
            if !taken {
                self.strange(table, entry, place)?;
            }
            return Ok(taken);
        }
        if tag.wire == WireType::Length && entry.may_be_packed() {
            self.packed(entry, cursor)?;
            return Ok(true);
        }
        cursor
            .skip(tag, depth)
            .map_err(|error| match (entry.op, table.message) {
                (Op::Unknown, Some(_)) => error.within(&format!("#{}", tag.number)),
                _ => error,
            })?;
        self.strange(table, entry, place)?;
        Ok(false)
    }

    fn packed(&mut self, entry: Entry, cursor: &mut Cursor<'b>) -> Decoded<()> {
        let mut run = cursor.part()?;
        while !run.is_at_end() {
            match entry.op {
                Op::Fixed32s => {
                    run.fixed32()?;
                }
                Op::Fixed64s => {
                    run.fixed64()?;
                }
                Op::Enums => {
                    let place = run;
                    let number = run.varint()? as i32;
                    if !self.walker.tables.takes(entry.target, number) {
                        self.count(place, || no_number(&self.walker.schema, entry, number))?;
                    }
                }
                _ => run.skip_varint()?,
            }
        }
        Ok(())
    }

    /// An entry of a map; says whether its value is one that the field keeps.
    fn entry(&mut self, of: u32, cursor: &mut Cursor<'b>, depth: usize) -> Decoded<bool> {
        let walker = self.walker;
        let table = &walker.tables.tables[of as usize];
        let mut has_value = false;
        let mut is_known = true;
        while !cursor.is_at_end() {
            let place = *cursor;
            let tag = cursor.tag()?;
            let entry = table.entry(tag.number);
            if tag.wire == WireType::EndGroup {
                return Err(place.stray_end(tag.number));
            }
            if entry.op == Op::Unknown || entry.wire != tag.wire.number() {
                cursor.skip(tag, depth)?;
                self.strange(table, entry, place)?;
                continue;
            }
            let taken = self.value(entry, tag.number, cursor, depth)?;
            if tag.number == 2 {
                has_value = true;
                is_known = taken;
            }
        }
        if !has_value && table.requires_more {
            self.is_complete = false;
        }
        Ok(is_known)
    }

    /// A field that the schema does not know, or that does not fit it; `place` is where its tag begins.
    #[cold]
    fn strange(&mut self, table: &Table, entry: Entry, place: Cursor<'b>) -> Decoded<()> {
        let schema = &self.walker.schema;
        self.count(place, || {
            let mut value = place;
            let Ok(tag) = value.tag() else {
                return "an unknown field".to_owned();
            };
            match entry.op {
                Op::Unknown => format!("`{}` has no field {}", table.name(&schema.set), tag.number),
                _ if entry.wire != tag.wire.number() => format!(
                    "the field has wire type {}, but its type is written with wire type {}",
                    tag.wire.number(),
                    entry.wire
                ),
                Op::Map => "the value of this entry is a number that its closed enum does not have".to_owned(),
                _ => no_number(schema, entry, value.varint().unwrap_or_default() as i32),
            }
        })
    }

    fn count(&mut self, place: Cursor<'b>, message: impl FnOnce() -> String) -> Decoded<()> {
        self.unknown += 1;
        if self.refuses {
            return Err(place.fault(DecodeErrorKind::Unknown, message()));
        }
        Ok(())
    }

    /// The error, with the step into the field in which it lies.
    #[cold]
    fn within(&self, table: &Table, number: i32, start: usize, error: Box<DecodeError>) -> Box<DecodeError> {
        let set = &self.walker.schema.set;
        let Table { message: Some(id), .. } = table else {
            return error;
        };
        let own = set
            .message(*id)
            .field(number)
            .map(|field| FieldEntry { field, extension: None });
        let known = own.or_else(|| {
            let extension = set
                .extensions
                .iter()
                .find(|extension| extension.extendee == *id && extension.field.number == number)?;
            Some(FieldEntry {
                field: &extension.field,
                extension: Some(&extension.name),
            })
        });
        match known {
            Some(known) => {
                let step = place::step(known, self.bytes, start, error.offset);
                error.within(&step)
            }
            None => error,
        }
    }
}

fn no_number(schema: &Schema, entry: Entry, number: i32) -> String {
    match schema.set.enums.get(entry.target as usize) {
        Some(of) => format!("the closed enum `{}` has no number {number}", of.name),
        None => format!("the closed enum has no number {number}"),
    }
}
