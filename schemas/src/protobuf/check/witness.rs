//! A concrete event that breaks, confirmed by the decoder.

use super::enumeration;
use super::number::Meant;
use super::slot::{Body, Holds, Occurs, Slot, Slots};
use super::stop::{Numbered, Stop};
use super::trail::Trail;
use super::walk::{Event, Found};
use crate::finding::{Evidence, Outcome, Witness};
use crate::json;
use crate::protobuf::minimal::Minimal;
use crate::protobuf::schema::{FileSet, MapValue, MessageId, Scalar};
use crate::protobuf::value::{FieldValue, Key, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::{DataLimits, DecodeError, DecodeErrorKind, decode, encode, from_json, to_json};
use crate::source::Source;

/// All witnesses of one comparison together cost no more than this, in bytes and in fields of the messages that are on the
/// way; the findings beyond it go without.
const BUDGET: usize = 20_000_000;

const SPENT: &str = "the findings before this one already carry as many witnesses as are made for one comparison";
const LARGE: &str = "the smallest payload that shows it is larger or deeper than decoders take by default";

/// What was made.
pub(super) enum Made {
    /// This is why the finding is to be believed.
    Evidence(Evidence),
    /// No value of the writer gets there, so there is nothing to be found.
    Never,
    /// The decoder does not confirm what the check says: one of them is wrong, so nothing is certain.
    Contradicted(String),
}

impl Made {
    fn is_refused(&self) -> bool {
        matches!(self, Made::Evidence(Evidence::Witness(witness)) if matches!(witness.outcome, Outcome::Refused(_)))
    }

    /// The one that says more.
    fn or(self, other: Made) -> Made {
        let is_witness = matches!(self, Made::Evidence(Evidence::Witness(_)));
        match is_witness && !other.is_refused() {
            true => self,
            false => other,
        }
    }
}

/// Makes the witnesses of one comparison.
pub(super) struct Maker<'s> {
    reader: &'s FileSet,
    writer: &'s FileSet,
    slots: Slots<'s>,
    minimal: Minimal<'s>,
    spent: usize,
}

/// What is put into a field.
#[derive(Debug, Clone)]
enum Put {
    Nothing,
    Field(FieldValue),
}

/// A part of the writer's value.
enum Part {
    Message(MessageValue),
    Entry(Key, Value),
}

/// A part of what the reader sees.
#[derive(Clone, Copy)]
enum Seen<'v> {
    Message(&'v MessageValue),
    Entry(&'v Key, &'v Value),
}

/// What the decoder may do to a witness that confirms a stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// It refuses.
    Refusal,
    /// It refuses, or the value is another.
    Harm,
    /// The value is another.
    Change,
    /// ProtoJSON is refused, or means another value.
    Json,
}

impl<'s> Maker<'s> {
    /// For these two sets.
    pub fn new(reader: &'s FileSet, writer: &'s FileSet) -> Self {
        Maker {
            reader,
            writer,
            slots: Slots::new(writer),
            minimal: Minimal::new(writer),
            spent: 0,
        }
    }

    /// Whether the writer's message has any value.
    pub fn exists(&self, message: MessageId) -> bool {
        self.minimal.exists(message)
    }

    /// The smallest event that the writer writes and for which the reader has no message.
    pub fn orphan(&mut self, message: MessageId, why: String) -> Evidence {
        let Some(value) = self.minimal.value(message) else {
            return Evidence::Omitted(LARGE.into());
        };
        match encode(self.writer, message, &value) {
            Ok(bytes) => Evidence::Witness(Box::new(Witness {
                value: shown(self.writer, message, &value, &bytes),
                bytes,
                outcome: Outcome::Refused(why),
            })),
            Err(error) => Evidence::Omitted(error.to_string()),
        }
    }

    /// A payload that goes from the event to where the stop was found and shows it.
    pub fn make(&mut self, trail: &Trail<'s>, found: &Found<'s>) -> Made {
        if !self.reaches(trail, found) {
            return Made::Never;
        }
        let expected = expected(&found.stop);
        let puts = self.puts(found);
        if puts.is_empty() {
            return Made::Never;
        }
        let mut best = Made::Never;
        for put in puts {
            if self.spent > BUDGET {
                return best.or(omitted(SPENT));
            }
            let Some(value) = self.build(trail, found, &put) else {
                return best.or(omitted(LARGE));
            };
            best = best.or(self.judge(trail, found, expected, &value));
            // What is refused says more than what is changed; of other stops one witness is as good as another.
            if best.is_refused() || !matches!(found.stop, Stop::Content) {
                break;
            }
        }
        best
    }

    /// Decodes a payload as the reader does, and says whether that confirms the stop.
    fn judge(&mut self, trail: &Trail<'s>, found: &Found<'s>, expected: Expected, value: &MessageValue) -> Made {
        let Event { reader, writer } = found.event;
        let bytes = match encode(self.writer, writer, value) {
            Ok(bytes) => bytes,
            Err(error) => return Made::Contradicted(format!("the witness could not be encoded: {error}")),
        };
        self.spent += bytes.len() + 64;
        let witness = |outcome| {
            Made::Evidence(Evidence::Witness(Box::new(Witness {
                value: shown(self.writer, writer, value, &bytes),
                bytes: bytes.clone(),
                outcome,
            })))
        };
        match (decode(self.reader, reader, &bytes, &DataLimits::default()), expected) {
            (Err(error), Expected::Refusal | Expected::Harm) => match self.is_own(trail, found, &error) {
                true => witness(Outcome::Refused(error.to_string())),
                false => Made::Evidence(Evidence::None),
            },
            // Something else is refused first; that has a finding of its own.
            (Err(_), _) => Made::Evidence(Evidence::None),
            (Ok(_), Expected::Refusal) if found.stop.hurts() => {
                Made::Contradicted("the reader's decoder takes the payload that it should refuse".into())
            }
            (Ok(_), Expected::Refusal) => Made::Evidence(Evidence::None),
            (Ok(read), Expected::Json) => match self.json(found.event, value, &read) {
                Some(outcome) => witness(outcome),
                None => Made::Evidence(Evidence::None),
            },
            (Ok(read), _) if self.is_cleared(trail, found, &read) => Made::Never,
            (Ok(read), _) => match self.seen(trail, found, value, &read) {
                Some(told) => witness(Outcome::Changed(told)),
                None if !found.stop.hurts() => Made::Evidence(Evidence::None),
                None => Made::Contradicted("the reader's decoder sees what was written".into()),
            },
        }
    }

    /// Whether a refusal is due to this stop: without what was put into the field the payload is taken, or the field itself
    /// cannot be left out.
    fn is_own(&mut self, trail: &Trail<'s>, found: &Found<'s>, error: &DecodeError) -> bool {
        if matches!(found.stop, Stop::Missing) {
            return error.kind == DecodeErrorKind::Required;
        }
        let must_be = found.slots.writer().is_none_or(|slot| slot.occurs == Occurs::Always);
        if must_be || matches!(found.writer, Body::Entry { .. }) {
            return true;
        }
        let Some(without) = self.build(trail, found, &Put::Nothing) else {
            return true;
        };
        let Ok(bytes) = encode(self.writer, found.event.writer, &without) else {
            return true;
        };
        self.spent += bytes.len() + 64;
        decode(self.reader, found.event.reader, &bytes, &DataLimits::default()).is_ok()
    }

    /// What ProtoJSON of the value is to the reader, if it is not what the bytes are.
    fn json(&self, event: Event, value: &MessageValue, read: &MessageValue) -> Option<Outcome> {
        let text = to_json(self.writer, event.writer, value).ok()?;
        let source = Source::new("witness", text);
        match from_json(self.reader, event.reader, &source, &json::Limits::default()) {
            Err(error) => {
                let why = error
                    .problems
                    .first()
                    .map_or_else(String::new, |problem| problem.message.clone());
                Some(Outcome::Refused(format!("as ProtoJSON: {why}")))
            }
            Ok(other) if other.fields != read.fields => Some(Outcome::Changed(format!(
                "as ProtoJSON: {}",
                shown(self.reader, event.reader, &other, &[])
            ))),
            Ok(_) => None,
        }
    }

    /// Whether any value of the writer gets to the messages in which the stop was found, and into the field.
    fn reaches(&self, trail: &Trail<'s>, found: &Found<'s>) -> bool {
        let has_values = |body: Body| match body {
            Body::Message(id) => self.minimal.exists(id),
            Body::Entry {
                value: MapValue::Message(id),
                ..
            } => self.minimal.exists(id),
            Body::Entry { .. } => true,
        };
        let inside = |slot: &Slot<'_>| match slot.holds {
            Holds::Body(body) => has_values(body),
            Holds::Group(id) => self.minimal.exists(id),
            Holds::Scalar(_) | Holds::Enum(_) => true,
        };
        let needs_field = !matches!(
            found.stop,
            Stop::Missing | Stop::Unread | Stop::Unwritten | Stop::ZeroUnseen | Stop::ZeroAsDefault
        );
        self.minimal.exists(found.event.writer)
            && has_values(found.writer)
            && trail.upwards(found.crumb).all(|link| has_values(link.within))
            && (!needs_field || found.slots.writer().into_iter().all(inside))
    }

    /// Builds the value around what is put into the field, from the inside to the root.
    fn build(&mut self, trail: &Trail<'s>, found: &Found<'s>, put: &Put) -> Option<MessageValue> {
        if trail.depth(found.crumb) >= MAX_DEPTH - 2 {
            return None;
        }
        let mut part = self.filled(found, put)?;
        for link in trail.upwards(found.crumb) {
            let value = match part {
                Part::Entry(key, value) => FieldValue::Map([(key, value)].into()),
                Part::Message(message) => many(&link.writer, message_of(message)),
            };
            part = match link.within {
                Body::Message(id) => {
                    let mut message = self.minimal(id)?;
                    message.fields.insert(link.writer.number, value);
                    Part::Message(message)
                }
                Body::Entry { key, .. } => match value {
                    FieldValue::Single(value) => Part::Entry(Key::zero(key), value),
                    _ => return None,
                },
            };
        }
        match part {
            Part::Message(message) => Some(message),
            Part::Entry(..) => None,
        }
    }

    /// The message or entry in which the field is, with the field as it is put.
    fn filled(&mut self, found: &Found<'s>, put: &Put) -> Option<Part> {
        match found.writer {
            Body::Message(id) => {
                let mut message = self.minimal(id)?;
                match (&found.stop, put, found.slots.writer()) {
                    (Stop::CaseLost(members), Put::Field(_), _) => {
                        for slot in members.iter().take(2) {
                            message.fields.insert(slot.number, self.telling(slot)?);
                        }
                    }
                    (_, Put::Field(value), Some(slot)) => {
                        message.fields.insert(slot.number, value.clone());
                    }
                    _ => {}
                }
                Some(Part::Message(message))
            }
            Body::Entry { key, value, .. } => {
                let mut entry = (Key::zero(key), self.map_value(value)?);
                if let (Put::Field(FieldValue::Single(value)), Some(slot)) = (put, found.slots.writer()) {
                    match slot.number {
                        1 => entry.0 = Key::of(value.clone())?,
                        _ => entry.1 = value.clone(),
                    }
                }
                Some(Part::Entry(entry.0, entry.1))
            }
        }
    }

    fn minimal(&mut self, id: MessageId) -> Option<MessageValue> {
        self.spent += self.writer.message(id).fields.len();
        self.minimal.value(id)
    }

    fn map_value(&mut self, value: MapValue) -> Option<Value> {
        Some(match value {
            MapValue::Scalar(scalar) => Value::zero(scalar),
            MapValue::Enum(id) => Value::Enum(self.writer.enumeration(id).values.first()?.number),
            MapValue::Message(id) => message_of(self.minimal(id)?),
        })
    }

    /// What may be put into the field to show the stop, the most telling first; nothing if no value can show it.
    fn puts(&mut self, found: &Found<'s>) -> Vec<Put> {
        let Some(slot) = found.slots.writer() else {
            return vec![Put::Nothing];
        };
        let elements = match &found.stop {
            Stop::Missing
            | Stop::Unwritten
            | Stop::ZeroUnseen
            | Stop::ZeroAsDefault
            | Stop::AbsenceUnseen
            | Stop::OtherDefault
            | Stop::Unread => return vec![Put::Nothing],
            Stop::Content if slot.is_map() => return self.entries(slot),
            Stop::Content => self.contents(slot),
            Stop::AsBytes if slot.is_map() => return self.telling(slot).map(Put::Field).into_iter().collect(),
            Stop::AsBytes => self.element(slot.holds).into_iter().collect(),
            Stop::Text { .. } => vec![Value::Bytes([0xff].into())],
            Stop::Narrowed(number) => self.meant(slot, Meant::Whole(*number)).into_iter().collect(),
            Stop::Reread(meant) => self.meant(slot, *meant).into_iter().collect(),
            Stop::UnknownNumbers { numbers, .. }
            | Stop::Renumbered(Numbered { numbers, .. })
            | Stop::Renamed(Numbered { numbers, .. }) => {
                let telling = numbers.iter().find(|number| **number != 0).or(numbers.first());
                let value = telling.and_then(|number| self.meant(slot, Meant::Whole(i128::from(*number))));
                match (value, slot.occurs) {
                    // A zero that is not written is read as the zero of the reader.
                    (Some(value), Occurs::Implicit) if value.is_zero() => return vec![Put::Nothing],
                    (value, _) => value.into_iter().collect(),
                }
            }
            Stop::ListAsOne => return self.several(slot, found.slots.reader(), false),
            Stop::EntriesCollapse => return self.several(slot, None, true),
            Stop::Lost | Stop::CaseLost(_) | Stop::CaseUnknown { .. } | Stop::JsonName | Stop::JsonForm => {
                return self.telling(slot).map(Put::Field).into_iter().collect();
            }
        };
        let fits = |value: &Value| slot.occurs != Occurs::Implicit || !value.is_zero();
        elements
            .into_iter()
            .filter(fits)
            .map(|value| Put::Field(many(slot, value)))
            .collect()
    }

    /// A field with something in it that nobody takes for nothing.
    fn telling(&mut self, slot: &Slot<'s>) -> Option<FieldValue> {
        match slot.holds {
            Holds::Body(Body::Entry { key, value, .. }) => {
                let key = Key::of(first(key))?;
                let value = match value {
                    MapValue::Scalar(scalar) => first(scalar),
                    other => self.map_value(other)?,
                };
                Some(FieldValue::Map([(key, value)].into()))
            }
            _ => {
                let value = self.element(slot.holds)?;
                (slot.occurs != Occurs::Implicit || !value.is_zero()).then(|| many(slot, value))
            }
        }
    }

    fn element(&mut self, holds: Holds) -> Option<Value> {
        Some(match holds {
            Holds::Scalar(scalar) => first(scalar),
            Holds::Enum(id) => {
                let values = &self.writer.enumeration(id).values;
                let value = values.iter().find(|value| value.number != 0).or(values.first())?;
                Value::Enum(value.number)
            }
            Holds::Group(id) | Holds::Body(Body::Message(id)) => message_of(self.minimal(id)?),
            Holds::Body(Body::Entry { .. }) => return None,
        })
    }

    /// Maps of one entry, with contents that betray themselves.
    fn entries(&mut self, slot: &Slot<'s>) -> Vec<Put> {
        let Holds::Body(Body::Entry { key, value, .. }) = slot.holds else {
            return Vec::new();
        };
        let part = |holds| Slot { holds, ..*slot };
        let keys = self.contents(&part(Holds::Scalar(key)));
        let values = match value {
            MapValue::Scalar(scalar) => self.contents(&part(Holds::Scalar(scalar))),
            MapValue::Enum(id) => self.contents(&part(Holds::Enum(id))),
            MapValue::Message(id) => self.contents(&part(Holds::Body(Body::Message(id)))),
        };
        let keys: Vec<Key> = keys.into_iter().filter_map(Key::of).collect();
        let pairs = values.iter().map(|value| (Key::zero(key), value.clone())).chain(
            keys.iter()
                .filter_map(|key| Some((key.clone(), values.first()?.clone()))),
        );
        pairs.map(|pair| Put::Field(FieldValue::Map([pair].into()))).collect()
    }

    /// Contents of bytes, text, messages and packed numbers that betray themselves when they are taken for another.
    fn contents(&mut self, slot: &Slot<'s>) -> Vec<Value> {
        match slot.holds {
            Holds::Scalar(Scalar::String) => ["a", "\u{1}", "é"].map(|text| Value::String(text.into())).into(),
            Holds::Scalar(Scalar::Bytes) => [&[0xff][..], &[1]].map(|bytes| Value::Bytes(bytes.into())).into(),
            Holds::Scalar(scalar) => [1, -1, 200, i128::from(u32::MAX), i128::from(u64::MAX)]
                .into_iter()
                .filter_map(|number| number_of(scalar, number))
                .collect(),
            Holds::Enum(id) => {
                let values = &self.writer.enumeration(id).values;
                let numbers = values.iter().map(|value| value.number);
                let mut numbers: Vec<i32> = numbers.take(100).collect();
                numbers.sort_by_key(|number| (*number == 0, *number > 0));
                numbers.dedup();
                numbers.into_iter().map(Value::Enum).collect()
            }
            Holds::Body(Body::Message(id)) => self.messages(id),
            Holds::Body(Body::Entry { .. }) | Holds::Group(_) => Vec::new(),
        }
    }

    /// The smallest value of a message with one of its fields set, for a few fields, and without.
    fn messages(&mut self, id: MessageId) -> Vec<Value> {
        let mut made = Vec::new();
        for slot in self.slots.of(Body::Message(id), None).iter().take(8) {
            let elements = match slot.holds {
                Holds::Body(Body::Entry { .. }) => Vec::new(),
                Holds::Scalar(Scalar::String) => ["é", "a"].map(|text| Value::String(text.into())).into(),
                Holds::Scalar(_) | Holds::Enum(_) => self.contents(slot),
                other => self.element(other).into_iter().collect(),
            };
            for value in elements {
                if slot.occurs == Occurs::Implicit && value.is_zero() {
                    continue;
                }
                let Some(mut message) = self.minimal(id) else {
                    return made;
                };
                message.fields.insert(slot.number, many(slot, value));
                made.push(message_of(message));
            }
        }
        made.extend(self.minimal(id).map(message_of));
        made
    }

    /// A field with two elements, alike or not, none of which this reader puts aside.
    fn several(&mut self, slot: &Slot<'s>, reader: Option<&Slot<'s>>, alike: bool) -> Vec<Put> {
        if let Some(Holds::Enum(known)) = reader.map(|slot| slot.holds)
            && !self.reader.enumeration(known).is_open
        {
            let known = &self.reader.enumeration(known).values;
            let may_be_sent = |number: i32| match slot.holds {
                Holds::Enum(id) => {
                    let sent = &self.writer.enumeration(id).values;
                    sent.iter()
                        .any(|value| value.number == number)
                        .then_some(Value::Enum(number))
                }
                Holds::Scalar(scalar) => number_of(scalar, i128::from(number)),
                _ => None,
            };
            let mut values = known.iter().take(100).filter_map(|value| may_be_sent(value.number));
            let Some(one) = values.next() else {
                return Vec::new();
            };
            let other = values.next().unwrap_or_else(|| one.clone());
            return vec![Put::Field(FieldValue::Repeated(vec![one, other]))];
        }
        let put = match slot.holds {
            Holds::Body(Body::Entry { key, value, .. }) => {
                let (Some(one), Some(value)) = (Key::of(first(key)), self.map_value(value)) else {
                    return Vec::new();
                };
                FieldValue::Map([(Key::zero(key), value.clone()), (one, value)].into())
            }
            holds => {
                let Some(one) = self.element(holds) else {
                    return Vec::new();
                };
                let other = match holds {
                    _ if alike => one.clone(),
                    Holds::Scalar(scalar) => second(scalar),
                    _ => one.clone(),
                };
                FieldValue::Repeated(vec![one, other])
            }
        };
        vec![Put::Field(put)]
    }

    /// A number as a value of the writer's field.
    fn meant(&self, slot: &Slot<'_>, meant: Meant) -> Option<Value> {
        match (slot.holds, meant) {
            (Holds::Scalar(Scalar::Float), Meant::Real(real)) => Some(Value::Float(real as f32)),
            (Holds::Scalar(_), Meant::Real(real)) => Some(Value::Double(real)),
            (Holds::Scalar(scalar), Meant::Whole(number)) => number_of(scalar, number),
            (Holds::Enum(_), Meant::Whole(number)) => i32::try_from(number).ok().map(Value::Enum),
            _ => None,
        }
    }

    /// Whether the field is always empty, because a member of its oneof that must be written clears it.
    fn is_cleared(&self, trail: &Trail<'s>, found: &Found<'s>, read: &MessageValue) -> bool {
        let (Some(slot), Body::Message(id)) = (found.slots.reader(), found.reader) else {
            return false;
        };
        if slot.oneof.is_none() || matches!(found.stop, Stop::CaseLost(_) | Stop::CaseUnknown { .. }) {
            return false;
        }
        let Some(Seen::Message(message)) = descend(read, &numbers(trail, found)) else {
            return false;
        };
        // What is not taken at all clears nothing, and is cleared by nothing.
        if message.unknown.iter().any(|unknown| unknown.number == slot.number) {
            return false;
        }
        let fields = &self.reader.message(id).fields;
        let mut others = fields
            .iter()
            .filter(|field| field.oneof == slot.oneof && field.number != slot.number);
        others.any(|field| message.fields.contains_key(&field.number))
    }

    /// What the reader sees instead of what was written; `None` if it sees what was written.
    fn seen(&self, trail: &Trail<'s>, found: &Found<'s>, value: &MessageValue, read: &MessageValue) -> Option<String> {
        let json = || Some(shown(self.reader, found.event.reader, read, &[]));
        let links = numbers(trail, found);
        let number = found.slots.writer().map_or(found.slots.number(), |slot| slot.number);
        let written = at(descend(value, &links)?, number);
        // An entry of a map is put aside whole.
        let read = descend(read, &links);
        let seen = read.map_or_else(Vec::new, |read| at(read, number));
        match &found.stop {
            Stop::Unwritten | Stop::ZeroAsDefault | Stop::OtherDefault | Stop::ZeroUnseen | Stop::AbsenceUnseen => {
                if !seen.is_empty() {
                    return None;
                }
                let slot = found.slots.reader()?;
                Some(format!("`{}` is {}", slot.name, self.absent(slot)))
            }
            Stop::ListAsOne | Stop::EntriesCollapse => (seen.len() < written.len()).then(json)?,
            Stop::CaseUnknown { .. } => {
                let (Body::Message(id), Some(Seen::Message(message))) = (found.reader, read) else {
                    return None;
                };
                let oneof = found.slots.reader()?.oneof;
                let mut members = self
                    .reader
                    .message(id)
                    .fields
                    .iter()
                    .filter(|field| field.oneof == oneof);
                let is_set = members.any(|field| message.fields.contains_key(&field.number));
                (!is_set).then(json)?
            }
            Stop::Renumbered(_) | Stop::Renamed(_) | Stop::UnknownNumbers { closed: false, .. } => json(),
            _ => (written.len() != seen.len() || !written.iter().zip(&seen).all(|(a, b)| same(a, b))).then(json)?,
        }
    }

    /// What a program sees in a field that is not there.
    fn absent(&self, slot: &Slot<'_>) -> String {
        use crate::protobuf::schema::Default;
        if slot.is_map() {
            return "empty".into();
        }
        if slot.is_many() {
            return "empty".into();
        }
        let zero = match slot.default {
            Some(Default::Signed(number)) => number.to_string(),
            Some(Default::Unsigned(number)) => number.to_string(),
            Some(Default::Float(number)) => number.to_string(),
            Some(Default::Bool(value)) => value.to_string(),
            Some(Default::Bytes(bytes)) => format!("{:?}", String::from_utf8_lossy(bytes)),
            Some(Default::Enum(_, name)) => name.to_string(),
            None => match slot.holds {
                Holds::Scalar(Scalar::String | Scalar::Bytes) => "\"\"".into(),
                Holds::Scalar(Scalar::Bool) => "false".into(),
                Holds::Scalar(_) => "0".into(),
                Holds::Enum(id) => {
                    let of = self.reader.enumeration(id);
                    let first = of.values.first().map_or(0, |value| value.number);
                    enumeration::name(of, first).unwrap_or("0").to_owned()
                }
                Holds::Body(_) | Holds::Group(_) => return "not set".into(),
            },
        };
        match slot.occurs {
            Occurs::Implicit => format!("read as {zero}"),
            _ => format!("not set, and read as {zero}"),
        }
    }
}

fn expected(stop: &Stop<'_>) -> Expected {
    match stop {
        Stop::Missing | Stop::Text { refuses: true, .. } => Expected::Refusal,
        Stop::JsonName | Stop::JsonForm | Stop::Renamed(_) => Expected::Json,
        stop if stop.hurts() => Expected::Harm,
        _ => Expected::Change,
    }
}

fn omitted(why: &str) -> Made {
    Made::Evidence(Evidence::Omitted(why.into()))
}

fn message_of(message: MessageValue) -> Value {
    Value::Message(Box::new(message))
}

/// An element as the whole of a field.
fn many(slot: &Slot<'_>, value: Value) -> FieldValue {
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
        _ => number_of(scalar, 1).unwrap_or(Value::Bool(true)),
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
        _ => number_of(scalar, 2).unwrap_or(Value::Bool(true)),
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

/// The numbers of the fields on the way from the event.
fn numbers(trail: &Trail<'_>, found: &Found<'_>) -> Vec<i32> {
    let mut links: Vec<i32> = trail.upwards(found.crumb).map(|link| link.writer.number).collect();
    links.reverse();
    links
}

/// Follows fields by their numbers into the first of their elements.
fn descend<'v>(value: &'v MessageValue, numbers: &[i32]) -> Option<Seen<'v>> {
    let mut seen = Seen::Message(value);
    for number in numbers {
        let value = match seen {
            Seen::Message(message) => match message.fields.get(number)? {
                FieldValue::Single(value) => value,
                FieldValue::Repeated(items) => items.first()?,
                FieldValue::Map(entries) => {
                    let (key, value) = entries.iter().next()?;
                    seen = Seen::Entry(key, value);
                    continue;
                }
            },
            Seen::Entry(_, value) => value,
        };
        seen = match value {
            Value::Message(message) => Seen::Message(message),
            _ => return None,
        };
    }
    Some(seen)
}

/// The elements of a field.
fn at(seen: Seen<'_>, number: i32) -> Vec<Value> {
    match seen {
        Seen::Message(message) => match message.fields.get(&number) {
            None => Vec::new(),
            Some(FieldValue::Single(value)) => vec![value.clone()],
            Some(FieldValue::Repeated(items)) => items.clone(),
            Some(FieldValue::Map(entries)) => entries.values().cloned().collect(),
        },
        Seen::Entry(key, value) => match number {
            1 => vec![key.value()],
            _ => vec![value.clone()],
        },
    }
}

/// Whether two values of two kinds are the same to everybody: numbers by what they are worth, text by its bytes.
fn same(one: &Value, other: &Value) -> bool {
    let whole = |value: &Value| match value {
        Value::Bool(value) => Some(i128::from(*value)),
        Value::Int32(value) | Value::Enum(value) => Some(i128::from(*value)),
        Value::Int64(value) => Some(i128::from(*value)),
        Value::Uint32(value) => Some(i128::from(*value)),
        Value::Uint64(value) => Some(i128::from(*value)),
        _ => None,
    };
    let bytes = |value: &Value| match value {
        Value::String(value) => Some(value.as_bytes().to_vec()),
        Value::Bytes(value) => Some(value.to_vec()),
        _ => None,
    };
    match (one, other) {
        // What is in them is compared where it is found.
        (Value::Message(_), Value::Message(_)) => true,
        _ => match (whole(one), whole(other), bytes(one), bytes(other)) {
            (Some(one), Some(other), ..) => one == other,
            (_, _, Some(one), Some(other)) => one == other,
            _ => one == other,
        },
    }
}

/// A value as ProtoJSON; where it has none, in bytes.
fn shown(set: &FileSet, message: MessageId, value: &MessageValue, bytes: &[u8]) -> String {
    match to_json(set, message, value) {
        Ok(text) => text,
        Err(_) => format!(
            "0x{}",
            bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        ),
    }
}
