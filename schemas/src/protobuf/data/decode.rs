//! From the wire to a message's value, as the runtimes that people use read it (C++, Java, Go, upb).
//!
//! What does not fit the schema is an unknown field, never an error: a wire type that is not the field's, a number that a
//! closed enum does not have. An error is what no runtime takes: bytes that are not in the format, a string that must be
//! UTF-8 and is not, a required field that is missing, more than a hundred levels. Of a number with more than 64 bits Go
//! says that it is damaged, while C++ and Java drop bits; no encoder writes one, and here it is an error.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::cursor::{Cursor, Tag, WireType, unzigzag32, unzigzag64};
use super::data_limits::DataLimits;
use super::encode::{put_tag, put_varint};
use super::index::{FieldEntry, Fields, Index};
use super::place;
use super::value::{FieldValue, Key, MessageValue, UnknownField, Value};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::protobuf::language::schema::{Cardinality, EnumId, Field, FileSet, Kind, MapValue, MessageId, Scalar};

/// Decodes a payload that holds one message.
///
/// # Errors
/// Bytes that no runtime reads as this message, or that ask for more than `limits`.
pub fn decode(
    set: &FileSet,
    message: MessageId,
    bytes: &[u8],
    limits: &DataLimits,
) -> Result<MessageValue, DecodeError> {
    decode_by(&Index::new(set), message, bytes, limits)
}

/// As [`decode`], by an index that may be used for other payloads too.
pub(crate) fn decode_by(
    index: &Index<'_>,
    message: MessageId,
    bytes: &[u8],
    limits: &DataLimits,
) -> Result<MessageValue, DecodeError> {
    let mut value = MessageValue::default();
    let mut decoder = Decoder { index, bytes };
    decoder
        .message(message, &mut Cursor::new(bytes), None, &mut value, limits.depth())
        .and_then(|()| complete(index, message, &value, bytes.len()))
        .map_err(|error| *error)?;
    Ok(value)
}

/// As [`decode_by`], of a reader that asks for no required field but this one of this message, or for none at all.
///
/// # Errors
/// As [`decode_by`].
pub(crate) fn decode_asking(
    index: &Index<'_>,
    message: MessageId,
    bytes: &[u8],
    only: Option<(MessageId, i32)>,
) -> Result<MessageValue, DecodeError> {
    let mut value = MessageValue::default();
    let mut decoder = Decoder { index, bytes };
    let limits = DataLimits::default();
    decoder
        .message(message, &mut Cursor::new(bytes), None, &mut value, limits.depth())
        .and_then(|()| {
            asked(index, message, &value, bytes.len(), &|id, number| {
                only == Some((id, number))
            })
        })
        .map_err(|error| *error)?;
    Ok(value)
}

/// Whether every required field is there, at every level; `end` is the offset that an error tells.
///
/// Recurses no deeper than a value may be.
pub(crate) fn complete(index: &Index<'_>, id: MessageId, value: &MessageValue, end: usize) -> Decoded<()> {
    asked(index, id, value, end, &|_, _| true)
}

/// As [`complete`], of the fields that are asked for.
fn asked(
    index: &Index<'_>,
    id: MessageId,
    value: &MessageValue,
    end: usize,
    asks: &dyn Fn(MessageId, i32) -> bool,
) -> Decoded<()> {
    let fields = index.fields(id);
    for known in &fields.required {
        if asks(id, known.field.number) && !value.fields.contains_key(&known.field.number) {
            let message = format!(
                "the required field `{}` of `{}` is missing",
                known.field.name,
                index.set.message(id).name
            );
            return Err(DecodeError::new(DecodeErrorKind::Required, end, message));
        }
    }
    for (number, field_value) in &value.fields {
        let Some(known) = fields.by_number.get(number) else {
            continue;
        };
        let (Kind::Message(part) | Kind::Group(part)) = known.field.kind else {
            if let (
                Kind::Map {
                    value: MapValue::Message(part),
                    ..
                },
                FieldValue::Map(entries),
            ) = (known.field.kind, field_value)
            {
                for (key, value) in entries {
                    if let Value::Message(value) = value {
                        asked(index, part, value, end, asks)
                            .map_err(|error| error.within(&format!("{}{{{}}}", known.step(), key.shown())))?;
                    }
                }
            }
            continue;
        };
        match field_value {
            FieldValue::Single(Value::Message(value)) => {
                asked(index, part, value, end, asks).map_err(|error| error.within(&known.step()))?;
            }
            FieldValue::Repeated(values) => {
                for (item, value) in values.iter().enumerate() {
                    if let Value::Message(value) = value {
                        asked(index, part, value, end, asks)
                            .map_err(|error| error.within(&format!("{}[{item}]", known.step())))?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

struct Decoder<'i, 's, 'b> {
    index: &'i Index<'s>,
    bytes: &'b [u8],
}

impl<'b> Decoder<'_, '_, 'b> {
    /// Reads fields to the end of the message, or of the group of field `group`, into `value`, which may hold fields
    /// already: messages merge. Recurses no deeper than `depth`.
    fn message(
        &mut self,
        id: MessageId,
        cursor: &mut Cursor<'b>,
        group: Option<i32>,
        value: &mut MessageValue,
        depth: usize,
    ) -> Decoded<()> {
        let fields = self.index.fields(id);
        let start = cursor.at();
        // The members of oneofs that are set, by oneof; not known before the first is met.
        let mut cases: Option<BTreeMap<u32, i32>> = None;
        loop {
            if cursor.is_at_end() {
                return match group {
                    None => Ok(()),
                    Some(number) => Err(cursor.open_group(number)),
                };
            }
            let place = *cursor;
            let tag = cursor.tag()?;
            if tag.wire == WireType::EndGroup {
                return match group {
                    Some(number) if number == tag.number => Ok(()),
                    Some(number) => Err(place.wrong_end(number, tag.number)),
                    None => Err(place.stray_end(tag.number)),
                };
            }
            let Some(&known) = fields.by_number.get(&tag.number) else {
                unknown(value, tag, place, cursor, depth).map_err(|error| error.within(&format!("#{}", tag.number)))?;
                continue;
            };
            let taken = self
                .field(known.field, tag, place, cursor, value, depth)
                .map_err(|error| {
                    let step = place::step(known, self.bytes, start, error.offset);
                    error.within(&step)
                })?;
            if let (true, Some(oneof), None) = (taken, known.field.oneof, known.extension) {
                let cases = cases.get_or_insert_with(|| cases_of(&fields, value, tag.number));
                if let Some(before) = cases.insert(oneof, tag.number).filter(|before| *before != tag.number) {
                    value.fields.remove(&before);
                }
            }
        }
    }

    /// Reads the value of a field; says whether it was taken, or put among the unknown ones.
    fn field(
        &mut self,
        field: &Field,
        tag: Tag,
        place: Cursor<'b>,
        cursor: &mut Cursor<'b>,
        value: &mut MessageValue,
        depth: usize,
    ) -> Decoded<bool> {
        let wire = WireType::of(field.kind);
        let is_repeated = field.cardinality == Cardinality::Repeated;
        if tag.wire != wire {
            if is_repeated && tag.wire == WireType::Length && field.kind.is_packable() {
                self.packed(field, cursor, value)?;
                return Ok(true);
            }
            unknown(value, tag, place, cursor, depth)?;
            return Ok(false);
        }
        let single = match field.kind {
            Kind::Scalar(kind) => scalar(kind, field.validates_utf8, cursor)?,
            Kind::Enum(id) => {
                let number = cursor.varint()? as i32;
                if !self.takes(id, number) {
                    value.unknown.push(unknown_number(field.number, number));
                    return Ok(false);
                }
                Value::Enum(number)
            }
            Kind::Message(id) => {
                let mut part = cursor.part()?;
                return self.part(field, id, &mut part, None, value, depth).map(|()| true);
            }
            Kind::Group(id) => {
                return self
                    .part(field, id, cursor, Some(field.number), value, depth)
                    .map(|()| true);
            }
            Kind::Map { key, value: kind } => {
                let mut part = cursor.part()?;
                let entry = self.entry(field, key, kind, &mut part, depth)?;
                match entry {
                    None => value.unknown.push(UnknownField {
                        number: field.number,
                        bytes: cursor.since(place.at()).into(),
                    }),
                    Some((key, single)) => match value.fields.entry(field.number).or_insert_with(FieldValue::map) {
                        FieldValue::Map(entries) => {
                            entries.insert(key, single);
                        }
                        other => *other = FieldValue::Map([(key, single)].into()),
                    },
                }
                return Ok(true);
            }
        };
        if is_repeated {
            push(value, field.number, single);
        } else if field.cardinality == Cardinality::Implicit && single.is_zero() {
            value.fields.remove(&field.number);
        } else {
            value.fields.insert(field.number, FieldValue::Single(single));
        }
        Ok(true)
    }

    /// Reads an embedded message or a group: a further item, or merged with what is there.
    fn part(
        &mut self,
        field: &Field,
        id: MessageId,
        cursor: &mut Cursor<'b>,
        group: Option<i32>,
        value: &mut MessageValue,
        depth: usize,
    ) -> Decoded<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(cursor.too_deep());
        };
        if field.cardinality == Cardinality::Repeated {
            let mut item = MessageValue::default();
            self.message(id, cursor, group, &mut item, depth)?;
            push(value, field.number, Value::Message(Box::new(item)));
            return Ok(());
        }
        let there = value
            .fields
            .entry(field.number)
            .or_insert_with(|| FieldValue::Single(Value::Message(Box::default())));
        if let FieldValue::Single(Value::Message(there)) = there {
            self.message(id, cursor, group, there, depth)?;
        }
        Ok(())
    }

    /// Reads an entry of a map; none if its value is a number that a closed enum does not have.
    fn entry(
        &mut self,
        field: &Field,
        key: Scalar,
        kind: MapValue,
        cursor: &mut Cursor<'b>,
        depth: usize,
    ) -> Decoded<Option<(Key, Value)>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(cursor.too_deep());
        };
        let mut entry_key = Key::zero(key);
        let mut value = None;
        let mut is_known = true;
        let wire = match kind {
            MapValue::Scalar(scalar) => WireType::of_scalar(scalar),
            MapValue::Message(_) => WireType::Length,
            MapValue::Enum(_) => WireType::Varint,
        };
        while !cursor.is_at_end() {
            let place = *cursor;
            let tag = cursor.tag()?;
            if tag.number == 1 && tag.wire == WireType::of_scalar(key) {
                if let Some(key) = Key::of(scalar(key, field.validates_utf8, cursor)?) {
                    entry_key = key;
                }
            } else if tag.number == 2 && tag.wire == wire {
                match kind {
                    MapValue::Scalar(kind) => value = Some(scalar(kind, field.validates_utf8, cursor)?),
                    MapValue::Enum(id) => {
                        let number = cursor.varint()? as i32;
                        is_known = self.takes(id, number);
                        value = Some(Value::Enum(number));
                    }
                    MapValue::Message(id) => {
                        let mut part = cursor.part()?;
                        let Some(depth) = depth.checked_sub(1) else {
                            return Err(part.too_deep());
                        };
                        let mut message = match value.take() {
                            Some(Value::Message(message)) => message,
                            _ => Box::default(),
                        };
                        self.message(id, &mut part, None, &mut message, depth)?;
                        value = Some(Value::Message(message));
                    }
                }
            } else if tag.wire == WireType::EndGroup {
                return Err(place.stray_end(tag.number));
            } else {
                cursor.skip(tag, depth)?;
            }
        }
        let value = value.unwrap_or_else(|| self.zero(kind));
        Ok(is_known.then_some((entry_key, value)))
    }

    /// Reads a run of scalars.
    fn packed(&mut self, field: &Field, cursor: &mut Cursor<'b>, value: &mut MessageValue) -> Decoded<()> {
        let mut run = cursor.part()?;
        let mut items = Vec::new();
        while !run.is_at_end() {
            match field.kind {
                Kind::Scalar(kind) => items.push(scalar(kind, false, &mut run)?),
                Kind::Enum(id) => {
                    let number = run.varint()? as i32;
                    if self.takes(id, number) {
                        items.push(Value::Enum(number));
                    } else {
                        value.unknown.push(unknown_number(field.number, number));
                    }
                }
                _ => break,
            }
        }
        if !items.is_empty() {
            match value.fields.entry(field.number) {
                std::collections::btree_map::Entry::Occupied(mut there) => {
                    if let FieldValue::Repeated(values) = there.get_mut() {
                        values.append(&mut items);
                    }
                }
                std::collections::btree_map::Entry::Vacant(empty) => {
                    empty.insert(FieldValue::Repeated(items));
                }
            }
        }
        Ok(())
    }

    /// Whether an enum keeps this number in the field.
    fn takes(&mut self, id: EnumId, number: i32) -> bool {
        self.index.numbers(id).is_none_or(|numbers| numbers.contains(&number))
    }

    fn zero(&self, kind: MapValue) -> Value {
        match kind {
            MapValue::Scalar(scalar) => Value::zero(scalar),
            MapValue::Message(_) => Value::Message(Box::default()),
            MapValue::Enum(id) => {
                let of = self.index.set.enumeration(id);
                Value::Enum(of.values.first().map_or(0, |value| value.number))
            }
        }
    }
}

/// The oneofs that are set in a message; of the member `new`, which was added just now, as it was before.
fn cases_of(fields: &Rc<Fields<'_>>, value: &MessageValue, new: i32) -> BTreeMap<u32, i32> {
    let members = value.fields.keys().filter(|number| **number != new);
    members
        .filter_map(|number| {
            let FieldEntry { field, extension: None } = fields.by_number.get(number)? else {
                return None;
            };
            Some((field.oneof?, *number))
        })
        .collect()
}

fn push(value: &mut MessageValue, number: i32, item: Value) {
    match value
        .fields
        .entry(number)
        .or_insert_with(|| FieldValue::Repeated(Vec::new()))
    {
        FieldValue::Repeated(items) => items.push(item),
        other => *other = FieldValue::Repeated(vec![item]),
    }
}

/// Keeps a field that the schema does not know; `place` is where its tag begins.
fn unknown<'b>(
    value: &mut MessageValue,
    tag: Tag,
    place: Cursor<'b>,
    cursor: &mut Cursor<'b>,
    depth: usize,
) -> Decoded<()> {
    cursor.skip(tag, depth)?;
    value.unknown.push(UnknownField {
        number: tag.number,
        bytes: cursor.since(place.at()).into(),
    });
    Ok(())
}

/// A number that a closed enum does not have, as the unknown field that it becomes.
fn unknown_number(field: i32, number: i32) -> UnknownField {
    let mut bytes = Vec::new();
    put_tag(&mut bytes, field, WireType::Varint);
    put_varint(&mut bytes, i64::from(number) as u64);
    UnknownField {
        number: field,
        bytes: bytes.into(),
    }
}

/// Reads one scalar; numbers of 32 bits lose what is above them.
pub(crate) fn scalar(kind: Scalar, validates_utf8: bool, cursor: &mut Cursor<'_>) -> Decoded<Value> {
    Ok(match kind {
        Scalar::Double => Value::Double(f64::from_le_bytes(cursor.fixed64()?)),
        Scalar::Float => Value::Float(f32::from_le_bytes(cursor.fixed32()?)),
        Scalar::Int32 => Value::Int32(cursor.varint()? as i32),
        Scalar::Int64 => Value::Int64(cursor.varint()? as i64),
        Scalar::Uint32 => Value::Uint32(cursor.varint()? as u32),
        Scalar::Uint64 => Value::Uint64(cursor.varint()?),
        Scalar::Sint32 => Value::Int32(unzigzag32(cursor.varint()? as u32)),
        Scalar::Sint64 => Value::Int64(unzigzag64(cursor.varint()?)),
        Scalar::Fixed32 => Value::Uint32(u32::from_le_bytes(cursor.fixed32()?)),
        Scalar::Fixed64 => Value::Uint64(u64::from_le_bytes(cursor.fixed64()?)),
        Scalar::Sfixed32 => Value::Int32(i32::from_le_bytes(cursor.fixed32()?)),
        Scalar::Sfixed64 => Value::Int64(i64::from_le_bytes(cursor.fixed64()?)),
        Scalar::Bool => Value::Bool(cursor.varint()? != 0),
        Scalar::String if validates_utf8 => Value::String(cursor.string()?.into()),
        Scalar::String => {
            let bytes = cursor.bytes()?;
            match simdutf8::basic::from_utf8(bytes) {
                Ok(text) => Value::String(text.into()),
                Err(_) => Value::Bytes(bytes.into()),
            }
        }
        Scalar::Bytes => Value::Bytes(cursor.bytes()?.into()),
    })
}
