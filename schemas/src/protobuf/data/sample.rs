//! Samples of Protobuf data: see [`crate::sample`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cursor::WireType;
use super::encode::{encode, put_bytes, put_tag, put_varint};
use super::index::{FieldEntry, Index};
use super::json_encoding::{WellKnown, to_json_within};
use super::minimal::Minimal;
use super::value::{FieldValue, Key, MessageValue, Value};
use crate::protobuf::language::schema::{Cardinality, EnumId, Kind, MapValue, MessageId, Scalar, Schema};
use crate::random::Random;
use crate::sample::{MAX_CASES, Sample, inner, room};
use crate::text::shown::Line;
use crate::to_line;

mod near_miss;

/// Messages that lie deeper are the smallest ones.
const DEPTH: usize = 6;

#[derive(Debug)]
pub(crate) struct Sampler {
    schema: Arc<Schema>,
    message: MessageId,
    random: Random,
}

impl Sampler {
    /// None if no value can exist, or none that can be shown.
    pub fn new(schema: &Arc<Schema>, message: MessageId, seed: u64) -> Option<Sampler> {
        Minimal::new(&schema.set).value(message)?;
        Some(Sampler {
            schema: Arc::clone(schema),
            message,
            random: Random::new(seed),
        })
    }

    pub fn ordinary(&mut self) -> Sample {
        let schema = Arc::clone(&self.schema);
        let mut cases = Cases::new(&schema);
        let value = cases.ordinary(&mut self.random, self.message, 0);
        self.valid(Line::default(), &value)
    }

    pub fn boundary(&self) -> Vec<Sample> {
        let mut cases = Cases::new(&self.schema);
        let mut values = Vec::new();
        if let Some(value) = cases.minimal.value(self.message) {
            values.push(("the smallest".into(), value));
        }
        values.extend(cases.edges(self.message, &mut Vec::new()));
        values.truncate(MAX_CASES);
        let mut left = MAX_BYTES;
        let samples = values.into_iter().map(|(what, value)| self.valid(what, &value));
        samples
            .take_while(|sample| {
                left = left.saturating_sub(weight(sample));
                left > 0
            })
            .collect()
    }

    pub fn near_misses(&self) -> Vec<Sample> {
        let mut misses = Cases::new(&self.schema).misses(self.message, &mut Vec::new());
        misses.truncate(MAX_CASES);
        misses
    }

    fn valid(&self, what: Line, value: &MessageValue) -> Sample {
        Sample {
            what,
            binary: encode(&self.schema.set, self.message, value).ok(),
            json: to_json_within(&Index::new(&self.schema.set), self.message, value, LARGEST).ok(),
        }
    }
}

/// What a sample takes in bytes.
fn weight(sample: &Sample) -> usize {
    let binary = sample.binary.as_ref().map_or(0, Vec::len);
    let json = sample.json.as_ref().map_or(0, String::len);
    binary + json + sample.what.len() + size_of::<Sample>()
}

/// What lies at the edge of a message, on either side. Messages within themselves are not followed twice.
struct Cases<'s> {
    index: Index<'s>,
    minimal: Minimal<'s>,
    /// What the cases weigh that were made so far, in bytes, also those that only became parts of others.
    spent: usize,
}

/// What all cases of a schema together may weigh, in bytes; more of them are not made.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of the JSON of a sample; of a larger one only the binary form is made.
const LARGEST: usize = 8 * 1024 * 1024;

impl<'s> Cases<'s> {
    fn new(schema: &'s Schema) -> Self {
        Cases {
            index: Index::new(&schema.set),
            minimal: Minimal::new(&schema.set),
            spent: 0,
        }
    }

    /// Whether no more cases are made.
    fn is_enough(&self) -> bool {
        self.spent > MAX_BYTES
    }

    /// A near miss, which is counted.
    fn counted(&mut self, miss: Sample) -> Sample {
        self.spent += weight(&miss);
        miss
    }

    fn smallest(&self, id: MessageId) -> MessageValue {
        self.minimal.value(id).unwrap_or_default()
    }

    /// The fields of a message, in the order of the text.
    fn known(&self, id: MessageId) -> impl Iterator<Item = FieldEntry<'s>> + use<'s> {
        self.index
            .set
            .message(id)
            .fields
            .iter()
            .map(|field| FieldEntry { field, extension: None })
    }

    /// A value as a producer may send it. Recurses no deeper than [`DEPTH`] and the smallest values.
    fn ordinary(&mut self, random: &mut Random, id: MessageId, depth: usize) -> MessageValue {
        let mut value = self.smallest(id);
        if let Some(known) = WellKnown::of(self.index.set, id) {
            return well_known(known, random, depth).unwrap_or(value);
        }
        self.spent += 64 * (self.minimal.parts(id) + self.index.set.message(id).fields.len());
        if depth >= DEPTH || self.is_enough() {
            return value;
        }
        let mut cases: BTreeMap<u32, i32> = BTreeMap::new();
        for FieldEntry { field, .. } in self.known(id) {
            let is_required = field.cardinality == Cardinality::Required;
            let is_part = matches!(field.kind, Kind::Message(_) | Kind::Group(_));
            if !is_required && !random.chance(if is_part && depth > 0 { 30 } else { 80 }) {
                continue;
            }
            if let Some(oneof) = field.oneof {
                // Each member has a chance, the last that is taken stays.
                if let Some(other) = cases.insert(oneof, field.number) {
                    value.fields.remove(&other);
                }
            }
            let name = &*field.name;
            let part = match (field.cardinality, field.kind) {
                (Cardinality::Repeated, kind) => {
                    let items: Option<Vec<Value>> = (0..random.below(4))
                        .map(|_| self.ordinary_value(random, kind, name, depth))
                        .collect();
                    items.filter(|items| !items.is_empty()).map(FieldValue::Repeated)
                }
                (_, Kind::Map { key, value }) => {
                    let kind = kind_of(value);
                    let entries: Option<BTreeMap<Key, Value>> = (0..random.below(3))
                        .map(|_| {
                            let key = Key::of(scalar(random, key, name))?;
                            Some((key, self.ordinary_value(random, kind, name, depth)?))
                        })
                        .collect();
                    entries.filter(|entries| !entries.is_empty()).map(FieldValue::Map)
                }
                (cardinality, kind) => self
                    .ordinary_value(random, kind, name, depth)
                    .filter(|value| cardinality != Cardinality::Implicit || !value.is_zero())
                    .map(FieldValue::Single),
            };
            match part {
                Some(part) => {
                    value.fields.insert(field.number, part);
                }
                None => {
                    if let Some(oneof) = field.oneof {
                        cases.remove(&oneof);
                    }
                }
            }
        }
        value
    }

    fn ordinary_value(&mut self, random: &mut Random, kind: Kind, name: &str, depth: usize) -> Option<Value> {
        Some(match kind {
            Kind::Scalar(kind) => scalar(random, kind, name),
            Kind::Enum(id) => {
                let values = &self.index.set.enumeration(id).values;
                Value::Enum(values.get(random.below(values.len()))?.number)
            }
            Kind::Message(id) | Kind::Group(id) => {
                if !self.minimal.exists(id) {
                    return None;
                }
                Value::Message(Box::new(self.ordinary(random, id, depth + 1)))
            }
            Kind::Map { .. } => return None,
        })
    }

    /// The valid values at the edge of a message, each with its name.
    fn edges(&mut self, id: MessageId, open: &mut Vec<MessageId>) -> Vec<(Line, MessageValue)> {
        if open.len() >= DEPTH || open.contains(&id) || !self.minimal.exists(id) {
            return Vec::new();
        }
        if let Some(known) = WellKnown::of(self.index.set, id) {
            return well_known_edges(known);
        }
        open.push(id);
        let smallest = self.smallest(id);
        let mut edges: Vec<(Line, MessageValue)> = Vec::new();
        let limit = room(smallest.fields.len());
        for known in self.known(id) {
            if edges.len() >= limit || self.is_enough() {
                break;
            }
            let field = known.field;
            let name = known.step();
            for (what, part) in self.field_edges(known, open) {
                if self.is_enough() {
                    break;
                }
                self.spent += 64 * self.minimal.parts(id) + what.len();
                let mut value = smallest.clone();
                if field.cardinality == Cardinality::Implicit
                    && matches!(&part, FieldValue::Single(value) if value.is_zero())
                {
                    continue;
                }
                value.fields.insert(field.number, part);
                edges.push((inner(&name, &what), value));
            }
        }
        open.pop();
        edges
    }

    fn field_edges(&mut self, known: FieldEntry<'s>, open: &mut Vec<MessageId>) -> Vec<(Line, FieldValue)> {
        let field = known.field;
        match (field.cardinality, field.kind) {
            (Cardinality::Repeated, kind) => {
                let mut edges = Vec::new();
                if let Some(item) = self.minimal.field(field) {
                    edges.push(("two items".into(), FieldValue::Repeated(vec![item.clone(), item])));
                }
                let items = self.value_edges(kind, open);
                edges.extend(
                    items
                        .into_iter()
                        .map(|(what, item)| (inner("[0]", &what), FieldValue::Repeated(vec![item]))),
                );
                edges
            }
            (_, Kind::Map { key, value }) => {
                let kind = kind_of(value);
                let mut edges = Vec::new();
                let values = self.value_edges(kind, open);
                let zero = Key::zero(key);
                edges.extend(values.iter().cloned().map(|(what, value)| {
                    let step = format!("{{{}}}", zero.shown());
                    (inner(&step, &what), FieldValue::Map([(zero.clone(), value)].into()))
                }));
                if let Some((_, value)) = values.first() {
                    for (what, edge) in scalar_edges(key) {
                        if let Some(key) = Key::of(edge) {
                            edges.push((
                                to_line!("the key is {what}"),
                                FieldValue::Map([(key, value.clone())].into()),
                            ));
                        }
                    }
                }
                edges
            }
            (_, kind) => self
                .value_edges(kind, open)
                .into_iter()
                .map(|(what, value)| (what, FieldValue::Single(value)))
                .collect(),
        }
    }

    fn value_edges(&mut self, kind: Kind, open: &mut Vec<MessageId>) -> Vec<(Line, Value)> {
        match kind {
            Kind::Scalar(kind) => scalar_edges(kind)
                .into_iter()
                .map(|(what, value)| (what.into(), value))
                .collect(),
            Kind::Enum(id) => self.enum_edges(id),
            Kind::Message(id) | Kind::Group(id) => {
                let mut edges = Vec::new();
                if let (Some(smallest), None) = (self.minimal.value(id), WellKnown::of(self.index.set, id)) {
                    edges.push(("the smallest".into(), Value::Message(Box::new(smallest))));
                }
                let parts = self.edges(id, open);
                edges.extend(
                    parts
                        .into_iter()
                        .map(|(what, part)| (what, Value::Message(Box::new(part)))),
                );
                edges
            }
            Kind::Map { .. } => Vec::new(),
        }
    }

    fn enum_edges(&self, id: EnumId) -> Vec<(Line, Value)> {
        let of = self.index.set.enumeration(id);
        let mut edges: Vec<(Line, Value)> = of
            .values
            .iter()
            .map(|value| (to_line!("the value {}", value.name), Value::Enum(value.number)))
            .collect();
        if of.is_open
            && let Some(number) = stranger(of.values.iter().map(|value| value.number))
        {
            edges.push(("a number without a name".into(), Value::Enum(number)));
        }
        edges
    }
}

/// The first number that none of these is.
fn stranger(numbers: impl Iterator<Item = i32>) -> Option<i32> {
    let taken: std::collections::BTreeSet<i32> = numbers.collect();
    (1..=i32::MAX).find(|number| !taken.contains(number))
}

fn kind_of(value: MapValue) -> Kind {
    match value {
        MapValue::Scalar(scalar) => Kind::Scalar(scalar),
        MapValue::Message(id) => Kind::Message(id),
        MapValue::Enum(id) => Kind::Enum(id),
    }
}

fn scalar(random: &mut Random, kind: Scalar, name: &str) -> Value {
    let amount = random.amount();
    match kind {
        Scalar::Double => Value::Double(amount as f64 / 100.0),
        Scalar::Float => Value::Float(amount as f32 / 4.0),
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => Value::Int32(amount as i32),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => Value::Int64(amount as i64),
        Scalar::Uint32 | Scalar::Fixed32 => Value::Uint32(amount as u32),
        Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(amount),
        Scalar::Bool => Value::Bool(amount.is_multiple_of(2)),
        Scalar::String => Value::String(format!("{}-{amount}", &name[..name.floor_char_boundary(64)]).into()),
        Scalar::Bytes => Value::Bytes((0..random.below(8) + 1).map(|_| random.next() as u8).collect()),
    }
}

fn scalar_edges(kind: Scalar) -> Vec<(&'static str, Value)> {
    match kind {
        Scalar::Double => vec![
            ("zero", Value::Double(0.0)),
            ("minus zero", Value::Double(-0.0)),
            ("the largest", Value::Double(f64::MAX)),
            ("not a number", Value::Double(f64::NAN)),
            ("infinite", Value::Double(f64::INFINITY)),
        ],
        Scalar::Float => vec![
            ("zero", Value::Float(0.0)),
            ("minus zero", Value::Float(-0.0)),
            ("the largest", Value::Float(f32::MAX)),
            ("not a number", Value::Float(f32::NAN)),
            ("infinite", Value::Float(f32::INFINITY)),
        ],
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => vec![
            ("zero", Value::Int32(0)),
            ("minus one", Value::Int32(-1)),
            ("the smallest", Value::Int32(i32::MIN)),
            ("the largest", Value::Int32(i32::MAX)),
        ],
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => vec![
            ("zero", Value::Int64(0)),
            ("minus one", Value::Int64(-1)),
            ("the smallest", Value::Int64(i64::MIN)),
            ("the largest", Value::Int64(i64::MAX)),
        ],
        Scalar::Uint32 | Scalar::Fixed32 => {
            vec![("zero", Value::Uint32(0)), ("the largest", Value::Uint32(u32::MAX))]
        }
        Scalar::Uint64 | Scalar::Fixed64 => {
            vec![("zero", Value::Uint64(0)), ("the largest", Value::Uint64(u64::MAX))]
        }
        Scalar::Bool => vec![("false", Value::Bool(false)), ("true", Value::Bool(true))],
        Scalar::String => vec![
            ("empty", Value::String("".into())),
            ("characters of every length", Value::String("aé雪🜚\u{0}\"\\".into())),
        ],
        Scalar::Bytes => vec![
            ("empty", Value::Bytes([].into())),
            ("every byte", Value::Bytes((0..=255).collect())),
        ],
    }
}

fn moment(seconds: i64, nanos: i32) -> MessageValue {
    let mut value = MessageValue::default();
    if seconds != 0 {
        value = value.with(1, Value::Int64(seconds));
    }
    if nanos != 0 {
        value = value.with(2, Value::Int32(nanos));
    }
    value
}

fn text_value(text: String) -> MessageValue {
    MessageValue::default().with(3, Value::String(text.into()))
}

/// A value of a well-known type; none where the smallest will do.
fn well_known(known: WellKnown, random: &mut Random, depth: usize) -> Option<MessageValue> {
    let amount = random.amount();
    Some(match known {
        // Some moment of the year 2024.
        WellKnown::Timestamp => moment(
            1_704_067_200 + (random.next() % 31_622_400) as i64,
            (amount % 1_000) as i32 * 1_000_000,
        ),
        WellKnown::Duration => moment(amount as i64, 0),
        WellKnown::FieldMask => {
            let mut value = MessageValue::default();
            let path = Value::String(format!("field_a{amount}").into());
            value.fields.insert(1, FieldValue::Repeated(vec![path]));
            value
        }
        WellKnown::Wrapper(kind) => match scalar(random, kind, "value") {
            value if value.is_zero() => MessageValue::default(),
            value => MessageValue::default().with(1, value),
        },
        WellKnown::Value if depth < DEPTH && random.chance(20) => {
            let item = Value::Message(Box::new(text_value(format!("item-{amount}"))));
            let mut list = MessageValue::default();
            list.fields.insert(1, FieldValue::Repeated(vec![item]));
            MessageValue::default().with(6, Value::Message(Box::new(list)))
        }
        WellKnown::Value => text_value(format!("value-{amount}")),
        WellKnown::Struct => {
            let part = Value::Message(Box::new(text_value(format!("value-{amount}"))));
            let mut value = MessageValue::default();
            value
                .fields
                .insert(1, FieldValue::Map([(Key::String("key".into()), part)].into()));
            value
        }
        WellKnown::Any | WellKnown::ListValue => return None,
    })
}

fn well_known_edges(known: WellKnown) -> Vec<(Line, MessageValue)> {
    let edges: Vec<(&str, MessageValue)> = match known {
        WellKnown::Timestamp => vec![
            ("1970", moment(0, 0)),
            ("the first moment of the year 1", moment(-62_135_596_800, 0)),
            ("the last moment of the year 9999", moment(253_402_300_799, 999_999_999)),
            ("the leap day", moment(1_709_208_000, 0)),
        ],
        WellKnown::Duration => vec![
            ("none", moment(0, 0)),
            ("the shortest before none", moment(0, -1)),
            ("ten thousand years", moment(315_576_000_000, 0)),
        ],
        WellKnown::Wrapper(kind) => scalar_edges(kind)
            .into_iter()
            .map(|(what, value)| match value.is_zero() {
                true => (what, MessageValue::default()),
                false => (what, MessageValue::default().with(1, value)),
            })
            .collect(),
        WellKnown::Value => vec![
            ("null", MessageValue::default().with(1, Value::Enum(0))),
            ("false", MessageValue::default().with(4, Value::Bool(false))),
            ("zero", MessageValue::default().with(2, Value::Double(0.0))),
            ("an empty text", text_value(String::new())),
            (
                "an empty object",
                MessageValue::default().with(5, Value::Message(Box::default())),
            ),
            (
                "an empty list",
                MessageValue::default().with(6, Value::Message(Box::default())),
            ),
        ],
        WellKnown::Any | WellKnown::FieldMask | WellKnown::Struct | WellKnown::ListValue => {
            vec![("empty", MessageValue::default())]
        }
    };
    edges.into_iter().map(|(what, value)| (what.into(), value)).collect()
}
