//! What prost-reflect makes of a witness.
//!
//! It decodes the payload as the reader's message. What it sees is brought into the form of our own values and put to the same
//! test as they are: whether it shows the mismatch. Where it refuses, it is asked once more, without what the witness has in the
//! field: what it refuses then too, it refuses for something else.

mod descriptors;
mod quirks;
mod theirs;

use prost_reflect::prost_types::FileDescriptorProto;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use super::field_view::{Container, ElementType};
use super::mismatch::{Confirmed, Decoded, Mismatch};
use super::paths::Paths;
use super::walk::Found;
use super::witness::observed::{at, descend};
use super::witness::{Candidate, MAX_JSON, WitnessBuilder, numbers};
use crate::finding::{Observed, Witness};
use crate::opinion::{MAX_BYTES, MAX_DEPTH, Opinion, PANICKED, PROST_REFLECT, Saying, guarded};
use crate::protobuf::data::decode::decode_asking;
use crate::protobuf::data::encode::encode_by;
use crate::protobuf::data::json_encoding::to_json_within;
use crate::protobuf::data::value::{MessageValue, Value};
use crate::protobuf::language::schema::{Kind, Scalar};
use crate::text::shown::Line;
use crate::to_line;

pub(crate) use quirks::QUIRKS;
use quirks::{CLOSED_ENUMS, MAPS, NEGATIVE_ZERO, REQUIRED, UTF8, WIRE_TYPES};

const FOR_SOMETHING_ELSE: &str = "it refuses the event for something else";

/// The library, as far as it has read anything of a comparison: the reader's files, or why they were not read.
#[derive(Default)]
pub(super) struct OtherDecoder {
    reader: Option<Result<DescriptorPool, Line>>,
}

/// What it sees, or why it refuses.
type Reading = Result<MessageValue, Line>;

/// Of an event for which the reader has no message.
pub(super) fn without_message() -> Opinion {
    of(Saying::NotAsked("the reader has no message to read it with".into()))
}

fn of(says: Saying) -> Opinion {
    Opinion {
        by: &PROST_REFLECT,
        says,
    }
}

impl<'s> WitnessBuilder<'s> {
    /// What prost-reflect makes of a payload; `value` is what was written.
    pub(super) fn second_opinion(
        &mut self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        value: &MessageValue,
        witness: &Witness,
    ) -> Opinion {
        of(self
            .saying(paths, found, value, witness)
            .unwrap_or_else(Saying::NotAsked))
    }

    fn saying(
        &mut self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        value: &MessageValue,
        witness: &Witness,
    ) -> Result<Saying, Line> {
        if witness.bytes.len() > MAX_BYTES {
            return Err(to_line!("the event has more than {MAX_BYTES} bytes"));
        }
        if theirs::depth(value) > MAX_DEPTH {
            return Err(to_line!("the event is nested deeper than {MAX_DEPTH} levels"));
        }
        let reader = self.descriptor(&self.reader.message(found.event.reader).name)?;
        if found.mismatch.facts().confirmed == Confirmed::InJson {
            return self.in_json(paths, found, value, witness, &reader);
        }
        // What else is required has findings of its own.
        let ours = decode_asking(&self.reads, found.event.reader, &witness.bytes, None).ok();
        match (decoded(&reader, &witness.bytes)?, &witness.observed) {
            // Our own decoder refuses for nothing but what is required.
            (Ok(_), Observed::Refused(_)) if ours.is_some() => Ok(Saying::Quirk(&REQUIRED)),
            (Ok(read), _) => Ok(self.compared(paths, found, value, ours.as_ref(), &read)),
            (Err(error), observed) => {
                let is_of_text = error.contains("UTF-8");
                if let Some(without) = self.without(paths, found)
                    && decoded(&reader, &without)?.is_err()
                {
                    return Err(FOR_SOMETHING_ELSE.into());
                }
                let is_confirmed = match (observed, &found.mismatch) {
                    (_, Mismatch::RequiredLeftOut | Mismatch::RequiredUnwritten) => {
                        return Err(FOR_SOMETHING_ELSE.into());
                    }
                    (_, Mismatch::BytesAsString | Mismatch::UncheckedString) => is_of_text,
                    (Observed::Refused(_), _) => !is_of_text && !error.contains("wire type"),
                    (Observed::Changed(_), Mismatch::Content | Mismatch::NotAnEntry) => {
                        !is_of_text && !error.contains("wire type")
                    }
                    (Observed::Changed(_), _) => false,
                };
                Ok(match is_confirmed {
                    true => Saying::Confirmed,
                    false if self.takes_for_entry(found) => Saying::Quirk(&MAPS),
                    false if is_of_text => Saying::Quirk(&UTF8),
                    false if error.contains("wire type") || error.contains("delimited length exceeded") => {
                        Saying::Quirk(&WIRE_TYPES)
                    }
                    false if self.is_of_maps(found, &witness.bytes) => Saying::Quirk(&MAPS),
                    false => Saying::Reads(to_line!("an error: {error}")),
                })
            }
        }
    }

    /// Whether the library refuses the event otherwise, or takes it, where the maps of the reader are lists of entries to it.
    fn is_of_maps(&self, found: &Found<'s>, bytes: &[u8]) -> bool {
        let Some(Ok(pool)) = descriptors::of(self.reader, descriptors::Maps::AsLists).ok().map(pool) else {
            return false;
        };
        let reader = pool.get_message_by_name(&self.reader.message(found.event.reader).name);
        match reader.map(|reader| decoded(&reader, bytes)) {
            Some(Ok(Ok(_))) => true,
            Some(Ok(Err(error))) => error.contains("wire type"),
            Some(Err(_)) | None => false,
        }
    }

    /// Whether what the library sees shows the mismatch, and if not, which of its quirks explains it.
    fn compared(
        &self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        value: &MessageValue,
        ours: Option<&MessageValue>,
        theirs: &MessageValue,
    ) -> Saying {
        let facts = found.mismatch.facts();
        let reads = || Saying::Reads(theirs::shown(theirs));
        let links = numbers(paths, found);
        let number = found.slots.writer().map_or(found.slots.number(), |slot| slot.number);
        let at_place = |value: &MessageValue| {
            let seen = descend(value, &links).map(|seen| at(seen, number))?;
            Some(seen.into_iter().map(theirs::without_unknown).collect::<Vec<Value>>())
        };
        let (own, other) = (ours.and_then(at_place), at_place(theirs));
        let is_shown = self.seen(paths, found, value, theirs).is_some();
        let is_there = other.as_ref().is_some_and(|other| !other.is_empty());
        if let Mismatch::UnknownNumbersDropped(_) | Mismatch::MovedNumbersDropped(_) = found.mismatch
            && (!is_shown || own.is_none())
            && is_there
        {
            return Saying::Quirk(&CLOSED_ENUMS);
        }
        if ours.is_some() && own.is_some() != other.is_some() {
            return reads();
        }
        // Where something is there in any case, it has to be as we see it.
        let is_alike = match facts.decoded {
            Decoded::There => is_there,
            Decoded::Number | Decoded::Absent => own == other,
            Decoded::Fewer | Decoded::OneofUnset | Decoded::NotThere | Decoded::Another | Decoded::Elsewhere => true,
        };
        if facts.confirmed != Confirmed::Refused && is_shown && is_alike {
            return Saying::Confirmed;
        }
        if self.takes_for_entry(found) {
            return Saying::Quirk(&MAPS);
        }
        match has_negative_zero(own.as_deref()) && !has_negative_zero(other.as_deref()) {
            true => Saying::Quirk(&NEGATIVE_ZERO),
            false => reads(),
        }
    }

    /// What the library makes of the event as ProtoJSON.
    fn in_json(
        &mut self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        value: &MessageValue,
        witness: &Witness,
        reader: &MessageDescriptor,
    ) -> Result<Saying, Line> {
        let text = to_json_within(&self.writes, found.event.writer, value, MAX_JSON).map_err(Line::new)?;
        let of_bytes = match decoded(reader, &witness.bytes)? {
            Ok(read) => read,
            Err(_) => return Err(FOR_SOMETHING_ELSE.into()),
        };
        match (from_json(reader, &text)?, &witness.observed) {
            (Err(_), Observed::Refused(_)) => {
                let without = self.built_without(paths, found);
                let without = without.filter(|without| without.fields != value.fields);
                let text =
                    without.and_then(|other| to_json_within(&self.writes, found.event.writer, &other, MAX_JSON).ok());
                match text {
                    Some(text) if from_json(reader, &text)?.is_err() => Err(FOR_SOMETHING_ELSE.into()),
                    _ => Ok(Saying::Confirmed),
                }
            }
            (Ok(read), Observed::Changed(_)) if read.fields != of_bytes.fields => Ok(Saying::Confirmed),
            (Ok(read), _) => Ok(Saying::Reads(theirs::shown(&read))),
            (Err(error), Observed::Changed(_)) => Ok(Saying::Reads(to_line!("an error: {error}"))),
        }
    }

    /// Whether the writer's field, which has no length in front, is one of a map to the reader.
    fn takes_for_entry(&self, found: &Found<'s>) -> bool {
        let (Container::Message(id), Some(slot)) = (found.reader, found.slots.writer()) else {
            return false;
        };
        let fields = self.reads.fields(id);
        let is_map = fields
            .by_number
            .get(&slot.number)
            .is_some_and(|known| matches!(known.field.kind, Kind::Map { .. }));
        let has_length = match slot.holds {
            ElementType::Scalar(Scalar::String | Scalar::Bytes) | ElementType::Container(_) => true,
            ElementType::Scalar(_) | ElementType::Enum(_) => slot.field.is_packed,
            ElementType::Group(_) => false,
        };
        is_map && !has_length
    }

    /// The payload without what the witness has in the field.
    fn without(&mut self, paths: &Paths<'s>, found: &Found<'s>) -> Option<Vec<u8>> {
        let value = self.built_without(paths, found)?;
        encode_by(&self.writes, found.event.writer, &value).ok()
    }

    fn built_without(&mut self, paths: &Paths<'s>, found: &Found<'s>) -> Option<MessageValue> {
        let budget = self.budget;
        let spent = self.spent;
        let built = budget.aside(|| self.build(paths, found, &Candidate::Nothing));
        self.spent = spent;
        built.ok().flatten()
    }

    /// The reader's message of this name, as the library has it.
    fn descriptor(&mut self, name: &str) -> Result<MessageDescriptor, Line> {
        let reader = self.reader;
        let pool = self
            .other
            .reader
            .get_or_insert_with(|| descriptors::of(reader, descriptors::Maps::AsTheyAre).and_then(pool));
        let message = pool.as_ref().map_err(Clone::clone)?.get_message_by_name(name);
        message.ok_or_else(|| "it does not find the reader's message".into())
    }
}

/// The files as the library has them.
fn pool(files: Vec<FileDescriptorProto>) -> Result<DescriptorPool, Line> {
    let pool = guarded(|| {
        let mut pool = DescriptorPool::new();
        pool.add_file_descriptor_protos(files).map(|()| pool)
    });
    pool.ok_or_else(|| Line::from(PANICKED))?
        .map_err(|error| to_line!("it does not read the reader's schema: {error}"))
}

/// What the library decodes.
fn decoded(reader: &MessageDescriptor, bytes: &[u8]) -> Result<Reading, Line> {
    let read = guarded(|| DynamicMessage::decode(reader.clone(), bytes).map(|read| theirs::value(&read)));
    Ok(read.ok_or_else(|| Line::from(PANICKED))?.map_err(Line::new))
}

/// What the library reads of ProtoJSON.
fn from_json(reader: &MessageDescriptor, text: &str) -> Result<Reading, Line> {
    let read = guarded(|| {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = DynamicMessage::deserialize(reader.clone(), &mut json)?;
        json.end().map(|()| theirs::value(&read))
    });
    Ok(read.ok_or_else(|| Line::from(PANICKED))?.map_err(Line::new))
}

fn has_negative_zero(values: Option<&[Value]>) -> bool {
    values.unwrap_or_default().iter().any(|value| match value {
        Value::Double(number) => *number == 0.0 && number.is_sign_negative(),
        Value::Float(number) => *number == 0.0 && number.is_sign_negative(),
        Value::Int32(_)
        | Value::Int64(_)
        | Value::Uint32(_)
        | Value::Uint64(_)
        | Value::Bool(_)
        | Value::String(_)
        | Value::Bytes(_)
        | Value::Enum(_)
        | Value::Message(_) => false,
    })
}
