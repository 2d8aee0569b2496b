//! Values that may show a finding: put into the field that it is about, one after the other.

use rustc_hash::FxHashSet;

use super::super::field_view::{Container, ElementType, FieldView, Presence};
use super::super::mismatch::Shown;
use super::super::number::Meant;
use super::super::walk::Found;
use super::{Candidate, WitnessBuilder};
use crate::budget::Exhausted;
use crate::protobuf::data::value::{FieldValue, Key, MessageValue, Value};
use crate::protobuf::language::schema::{EnumId, Kind, MapValue, MessageId, Scalar};

impl<'s> WitnessBuilder<'s> {
    /// What may be put into the field to show the mismatch, the most telling first; nothing if no value can show it.
    ///
    /// # Errors
    /// When the budget ends.
    pub(super) fn candidates(&mut self, found: &Found<'s>) -> Result<Vec<Candidate>, Exhausted> {
        let Some(slot) = found.slots.writer() else {
            return Ok(vec![Candidate::Nothing]);
        };
        let mismatch = &found.mismatch;
        let elements = match mismatch.facts().shown {
            Shown::Absence | Shown::AbsenceAlone => return Ok(vec![Candidate::Nothing]),
            Shown::Content if slot.is_map() => return self.entries(slot),
            Shown::Content => self.contents(slot)?,
            Shown::Filled if slot.is_map() => return self.any_value(slot),
            Shown::Filled => match slot.holds {
                ElementType::Container(Container::Message(id)) => self.messages(id)?.into_iter().take(1).collect(),
                holds @ (ElementType::Scalar(_)
                | ElementType::Enum(_)
                | ElementType::Container(_)
                | ElementType::Group(_)) => self.element(holds)?.into_iter().collect(),
            },
            Shown::NotUtf8 => vec![Value::Bytes([0xff].into())],
            Shown::Number => {
                let number = mismatch.number().and_then(|number| self.meant(slot, number));
                number.into_iter().collect()
            }
            Shown::EnumNumber => {
                let telling = mismatch.telling_number();
                let value = telling.and_then(|number| self.meant(slot, Meant::Whole(i128::from(number))));
                match (value, slot.occurs) {
                    // A zero that is not written is read as the zero of the reader.
                    (Some(value), Presence::Implicit) if value.is_zero() => return Ok(vec![Candidate::Nothing]),
                    (value, _) => value.into_iter().collect(),
                }
            }
            Shown::Two => return self.several(slot, found.slots.reader(), false),
            Shown::TwoAlike => return self.several(slot, None, true),
            // In an entry what is lost is read as zero, of which two are more than one.
            Shown::NoZero if matches!(found.reader, Container::Entry { .. }) => {
                match (slot.is_map(), self.telling(slot)?) {
                    (false, Some(FieldValue::Repeated(items))) => {
                        return Ok(vec![Candidate::Field(FieldValue::Repeated(
                            [&items[..], &items[..]].concat(),
                        ))]);
                    }
                    (false, Some(FieldValue::Single(Value::Message(_)))) => self.contents(slot)?,
                    (_, telling) => return Ok(telling.map(Candidate::Field).into_iter().collect()),
                }
            }
            Shown::NoZero | Shown::AnyValue | Shown::Members => return self.any_value(slot),
        };
        let fits = |value: &Value| slot.occurs != Presence::Implicit || !value.is_zero();
        let elements = elements.into_iter().filter(fits);
        Ok(elements.map(|value| Candidate::Field(many(slot, value))).collect())
    }

    /// A field with something in it that nobody takes for nothing, where there is such a thing.
    fn any_value(&mut self, slot: &FieldView<'s>) -> Result<Vec<Candidate>, Exhausted> {
        Ok(self.telling(slot)?.map(Candidate::Field).into_iter().collect())
    }

    /// What is put into a member of a oneof, so that this reader takes it and does not put it aside.
    ///
    /// # Errors
    /// When the budget ends.
    pub(super) fn taken(&mut self, slot: &FieldView<'s>, reader: Container) -> Result<Option<FieldValue>, Exhausted> {
        let seen = match reader {
            Container::Message(id) => self
                .reads
                .fields(id)
                .by_number
                .get(&slot.number)
                .map(|known| known.field),
            Container::Entry { .. } => None,
        };
        match seen.map(|seen| seen.kind) {
            Some(Kind::Enum(known)) if !self.reader.enumeration(known).is_open && !slot.is_many() => {
                match self.known(slot, known, 1)?.into_iter().next() {
                    Some(value) => Ok(Some(FieldValue::Single(value))),
                    None => self.telling(slot),
                }
            }
            _ => self.telling(slot),
        }
    }

    /// Numbers that this enum of the reader has and that the writer may send, zero only where there is no other.
    fn known(&mut self, slot: &FieldView<'_>, known: EnumId, count: usize) -> Result<Vec<Value>, Exhausted> {
        let known = &self.reader.enumeration(known).values;
        let sent: FxHashSet<i32> = match slot.holds {
            ElementType::Enum(id) => {
                let values = self.writer.enumeration(id).values.iter();
                values.map(|value| value.number).collect()
            }
            ElementType::Scalar(_) | ElementType::Container(_) | ElementType::Group(_) => FxHashSet::default(),
        };
        self.spend(known.len() + sent.len())?;
        let may_be_sent = |number: i32| match slot.holds {
            ElementType::Enum(_) => sent.contains(&number).then_some(Value::Enum(number)),
            ElementType::Scalar(scalar) => number_of(scalar, i128::from(number)),
            ElementType::Container(_) | ElementType::Group(_) => None,
        };
        let (zeros, others): (Vec<Value>, Vec<Value>) = known
            .iter()
            .filter_map(|value| may_be_sent(value.number))
            .partition(Value::is_zero);
        let zeros = zeros.into_iter().filter(|_| slot.occurs != Presence::Implicit);
        Ok(others.into_iter().chain(zeros).take(count).collect())
    }

    /// A field with something in it that nobody takes for nothing.
    ///
    /// # Errors
    /// When the budget ends.
    pub(super) fn telling(&mut self, slot: &FieldView<'s>) -> Result<Option<FieldValue>, Exhausted> {
        match slot.holds {
            ElementType::Container(Container::Entry { key, value, .. }) => {
                let value = match value {
                    MapValue::Scalar(scalar) => Some(first(scalar)),
                    other @ (MapValue::Message(_) | MapValue::Enum(_)) => self.map_value(other)?,
                };
                let entry = Key::of(first(key)).zip(value);
                Ok(entry.map(|entry| FieldValue::Map([entry].into())))
            }
            ElementType::Scalar(_) | ElementType::Enum(_) | ElementType::Container(_) | ElementType::Group(_) => {
                let value = self.element(slot.holds)?;
                let value = value.filter(|value| slot.occurs != Presence::Implicit || !value.is_zero());
                Ok(value.map(|value| many(slot, value)))
            }
        }
    }

    fn element(&mut self, holds: ElementType) -> Result<Option<Value>, Exhausted> {
        Ok(match holds {
            ElementType::Scalar(scalar) => Some(first(scalar)),
            ElementType::Enum(id) => {
                let values = &self.writer.enumeration(id).values;
                let zeros = values.iter().take_while(|value| value.number == 0).count();
                self.budget.spend(zeros)?;
                let value = values.get(zeros).or(values.first());
                value.map(|value| Value::Enum(value.number))
            }
            ElementType::Group(id) | ElementType::Container(Container::Message(id)) => {
                self.minimal(id)?.map(message_of)
            }
            ElementType::Container(Container::Entry { .. }) => None,
        })
    }

    /// Maps of one entry, with contents that betray themselves.
    fn entries(&mut self, slot: &FieldView<'s>) -> Result<Vec<Candidate>, Exhausted> {
        let ElementType::Container(Container::Entry { key, value, .. }) = slot.holds else {
            return Ok(Vec::new());
        };
        let part = |holds| FieldView { holds, ..*slot };
        let keys = self.contents(&part(ElementType::Scalar(key)))?;
        let values = match value {
            MapValue::Scalar(scalar) => self.contents(&part(ElementType::Scalar(scalar)))?,
            MapValue::Enum(id) => self.contents(&part(ElementType::Enum(id)))?,
            MapValue::Message(id) => self.contents(&part(ElementType::Container(Container::Message(id))))?,
        };
        let keys: Vec<Key> = keys.into_iter().filter_map(Key::of).collect();
        let pairs = values.iter().map(|value| (Key::zero(key), value.clone())).chain(
            keys.iter()
                .filter_map(|key| Some((key.clone(), values.first()?.clone()))),
        );
        Ok(pairs
            .map(|pair| Candidate::Field(FieldValue::Map([pair].into())))
            .collect())
    }

    /// Contents of bytes, text, messages and packed numbers that betray themselves when they are taken for another.
    fn contents(&mut self, slot: &FieldView<'s>) -> Result<Vec<Value>, Exhausted> {
        Ok(match slot.holds {
            ElementType::Scalar(Scalar::String) => ["a", "\u{1}", "é"].map(|text| Value::String(text.into())).into(),
            ElementType::Scalar(Scalar::Bytes) => [&[0xff][..], &[1]].map(|bytes| Value::Bytes(bytes.into())).into(),
            ElementType::Scalar(scalar) => [1, -1, 200, i128::from(u32::MAX), i128::from(u64::MAX)]
                .into_iter()
                .filter_map(|number| number_of(scalar, number))
                .collect(),
            ElementType::Enum(id) => {
                let values = &self.writer.enumeration(id).values;
                let numbers = values.iter().map(|value| value.number);
                let mut numbers: Vec<i32> = numbers.take(100).collect();
                numbers.sort_by_key(|number| (*number == 0, *number > 0));
                numbers.dedup();
                numbers.into_iter().map(Value::Enum).collect()
            }
            ElementType::Container(Container::Message(id)) | ElementType::Group(id) => self.messages(id)?,
            ElementType::Container(Container::Entry { .. }) => Vec::new(),
        })
    }

    /// The smallest value of a message with one of its fields set, for a few fields, and without.
    fn messages(&mut self, id: MessageId) -> Result<Vec<Value>, Exhausted> {
        let mut made = Vec::new();
        for slot in &self.slots.first(id, 8) {
            let elements = match slot.holds {
                ElementType::Container(Container::Entry { .. }) => Vec::new(),
                ElementType::Scalar(Scalar::String) => ["é", "a"].map(|text| Value::String(text.into())).into(),
                ElementType::Scalar(_) | ElementType::Enum(_) => self.contents(slot)?,
                other @ (ElementType::Container(_) | ElementType::Group(_)) => {
                    self.element(other)?.into_iter().collect()
                }
            };
            for value in elements {
                if slot.occurs == Presence::Implicit && value.is_zero() {
                    continue;
                }
                let Some(mut message) = self.minimal(id)? else {
                    return Ok(made);
                };
                self.set(&mut message, id, slot, many(slot, value))?;
                made.push(message_of(message));
            }
        }
        made.extend(self.minimal(id)?.map(message_of));
        Ok(made)
    }

    /// A field with two elements, alike or not, none of which this reader candidates aside.
    fn several(
        &mut self,
        slot: &FieldView<'s>,
        reader: Option<&FieldView<'s>>,
        alike: bool,
    ) -> Result<Vec<Candidate>, Exhausted> {
        if let Some(ElementType::Enum(known)) = reader.map(|slot| slot.holds)
            && !self.reader.enumeration(known).is_open
        {
            let mut values = self.known(slot, known, 2)?.into_iter();
            let Some(one) = values.next() else {
                return Ok(Vec::new());
            };
            let other = values.next().unwrap_or_else(|| one.clone());
            return Ok(vec![Candidate::Field(FieldValue::Repeated(vec![one, other]))]);
        }
        let put = match slot.holds {
            ElementType::Container(Container::Entry { key, value, .. }) => {
                let (Some(one), Some(value)) = (Key::of(first(key)), self.map_value(value)?) else {
                    return Ok(Vec::new());
                };
                FieldValue::Map([(Key::zero(key), value.clone()), (one, value)].into())
            }
            holds @ (ElementType::Scalar(_)
            | ElementType::Enum(_)
            | ElementType::Container(_)
            | ElementType::Group(_)) => {
                let Some(one) = self.element(holds)? else {
                    return Ok(Vec::new());
                };
                let other = match holds {
                    _ if alike => one.clone(),
                    ElementType::Scalar(scalar) => second(scalar),
                    ElementType::Enum(_) | ElementType::Container(_) | ElementType::Group(_) => one.clone(),
                };
                FieldValue::Repeated(vec![one, other])
            }
        };
        Ok(vec![Candidate::Field(put)])
    }

    /// A number as a value of the writer's field.
    fn meant(&self, slot: &FieldView<'_>, meant: Meant) -> Option<Value> {
        match (slot.holds, meant) {
            (ElementType::Scalar(Scalar::Float), Meant::Real(real)) => Some(Value::Float(real as f32)),
            (ElementType::Scalar(_), Meant::Real(real)) => Some(Value::Double(real)),
            (ElementType::Scalar(scalar), Meant::Whole(number)) => number_of(scalar, number),
            (ElementType::Enum(_), Meant::Whole(number)) => i32::try_from(number).ok().map(Value::Enum),
            _ => None,
        }
    }
}

pub(super) fn message_of(message: MessageValue) -> Value {
    Value::Message(Box::new(message))
}

/// An element as the whole of a field.
pub(super) fn many(slot: &FieldView<'_>, value: Value) -> FieldValue {
    match slot.is_many() {
        true => FieldValue::Repeated(vec![value]),
        false => FieldValue::Single(value),
    }
}

/// A value that is not zero.
fn first(scalar: Scalar) -> Value {
    match scalar {
        Scalar::String => Value::String("a".into()),
        Scalar::Bytes => Value::Bytes(b"a"[..].into()),
        Scalar::Float => Value::Float(1.5),
        Scalar::Double => Value::Double(1.5),
        Scalar::Int32
        | Scalar::Int64
        | Scalar::Uint32
        | Scalar::Uint64
        | Scalar::Sint32
        | Scalar::Sint64
        | Scalar::Fixed32
        | Scalar::Fixed64
        | Scalar::Sfixed32
        | Scalar::Sfixed64
        | Scalar::Bool => number_of(scalar, 1).unwrap_or(Value::Bool(true)),
    }
}

/// Another one.
fn second(scalar: Scalar) -> Value {
    match scalar {
        Scalar::String => Value::String("b".into()),
        Scalar::Bytes => Value::Bytes(b"b"[..].into()),
        Scalar::Float => Value::Float(2.5),
        Scalar::Double => Value::Double(2.5),
        Scalar::Bool => Value::Bool(false),
        Scalar::Int32
        | Scalar::Int64
        | Scalar::Uint32
        | Scalar::Uint64
        | Scalar::Sint32
        | Scalar::Sint64
        | Scalar::Fixed32
        | Scalar::Fixed64
        | Scalar::Sfixed32
        | Scalar::Sfixed64 => number_of(scalar, 2).unwrap_or(Value::Bool(true)),
    }
}

/// A whole number as a value of a scalar, if it fits.
fn number_of(scalar: Scalar, number: i128) -> Option<Value> {
    Some(match scalar {
        Scalar::Bool => Value::Bool(match number {
            0 => false,
            1 => true,
            _ => return None,
        }),
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => Value::Int32(number.try_into().ok()?),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => Value::Int64(number.try_into().ok()?),
        Scalar::Uint32 | Scalar::Fixed32 => Value::Uint32(number.try_into().ok()?),
        Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(number.try_into().ok()?),
        Scalar::Float => Value::Float(i16::try_from(number).ok()?.into()),
        Scalar::Double => Value::Double(i32::try_from(number).ok()?.into()),
        Scalar::String | Scalar::Bytes => return None,
    })
}
