//! Samples of Avro data: see [`crate::sample`].

use std::cell::Cell;
use std::sync::Arc;

use super::container::{self, Codec};
use super::encode::{encode, encode_type, put_bytes, put_long};
use super::json_encoding::to_json_within;
use super::minimal::Minimal;
use super::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::encode_error::EncodeError;
use crate::random::Random;
use crate::sample::{MAX_CASES, Sample, inner, room};
use crate::text::json::write_string;
use crate::text::shown::Line;
use crate::to_line;

mod logical;

/// Objects of a block of a container.
const PER_BLOCK: usize = 100;

/// Parts of a value that lie deeper are the smallest ones.
const DEPTH: usize = 8;

/// What an ordinary value may weigh before its parts are the smallest ones.
const ROOM: usize = 100_000;

/// Bytes of the JSON of a sample; of a larger one only the binary form is made.
const LARGEST: usize = 8 * 1024 * 1024;

/// What all cases of a schema together may weigh, in bytes; more of them are not made.
const MAX_BYTES: usize = 32 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Sampler {
    schema: Arc<Schema>,
    random: Random,
}

/// A part of a payload that need not be valid.
#[derive(Debug, Clone)]
struct Fragment {
    what: Line,
    binary: Option<Vec<u8>>,
    json: Option<String>,
}

impl Sampler {
    /// None if no value can exist, or none that can be shown.
    pub fn new(schema: &Arc<Schema>, seed: u64) -> Option<Sampler> {
        Minimal::new(schema).value(schema.root())?;
        Some(Sampler {
            schema: Arc::clone(schema),
            random: Random::new(seed),
        })
    }

    pub fn ordinary(&mut self) -> Sample {
        let schema = Arc::clone(&self.schema);
        let minimal = Minimal::new(&schema);
        let mut maker = Ordinary {
            random: &mut self.random,
            schema: &schema,
            minimal: &minimal,
            room: ROOM,
        };
        let value = maker.value(schema.root(), "value", 0);
        self.valid(Line::default(), &value)
    }

    pub fn boundary(&self) -> Vec<Sample> {
        let cases = Cases::new(&self.schema);
        let mut values = Vec::new();
        if let Some(value) = cases.minimal.value(self.schema.root()) {
            values.push(("the smallest".into(), value));
        }
        values.extend(cases.edges(self.schema.root(), &mut Vec::new()));
        values.truncate(MAX_CASES);
        let mut left = MAX_BYTES;
        let samples = values.into_iter().map(|(what, value)| self.valid(what, &value));
        samples
            .take_while(|sample| {
                let bytes = sample.binary.as_ref().map_or(0, Vec::len) + sample.json.as_ref().map_or(0, String::len);
                left = left.saturating_sub(bytes);
                left > 0
            })
            .collect()
    }

    pub fn near_misses(&self) -> Vec<Sample> {
        let cases = Cases::new(&self.schema);
        let root = self.schema.root();
        let mut misses = cases.misses(root, &mut Vec::new());
        if let Some(smallest) = cases
            .minimal
            .value(root)
            .and_then(|value| encode(&self.schema, &value).ok())
        {
            let mut longer = smallest.clone();
            longer.push(0);
            misses.push(binary("a byte is left over after the value", longer));
            if let Some((_, shorter)) = smallest.split_last() {
                misses.push(binary("the last byte is missing", shorter.to_vec()));
            }
        }
        misses.truncate(MAX_CASES);
        misses
            .into_iter()
            .map(|Fragment { what, binary, json }| Sample { what, binary, json })
            .collect()
    }

    /// An object container of payloads.
    pub fn container(&self, payloads: &[&[u8]]) -> Result<Vec<u8>, EncodeError> {
        container::write_encoded(&self.schema, Codec::Null, payloads, PER_BLOCK)
    }

    fn valid(&self, what: Line, value: &Value) -> Sample {
        Sample {
            what,
            binary: encode(&self.schema, value).ok(),
            json: to_json_within(&self.schema, self.schema.root(), value, LARGEST),
        }
    }
}

fn binary(what: &str, bytes: Vec<u8>) -> Fragment {
    Fragment {
        what: what.into(),
        binary: Some(bytes),
        json: None,
    }
}

/// Makes a value as a producer may send it.
struct Ordinary<'s> {
    random: &'s mut Random,
    schema: &'s Schema,
    minimal: &'s Minimal<'s>,
    /// What more it may weigh.
    room: usize,
}

impl Ordinary<'_> {
    /// Recurses no deeper than [`DEPTH`] and the smallest values.
    fn value(&mut self, ty: TypeId, name: &str, depth: usize) -> Value {
        let (schema, minimal) = (self.schema, self.minimal);
        let smallest = || minimal.value(ty).unwrap_or(Value::Null);
        self.room = self.room.saturating_sub(minimal.weight(ty));
        if depth >= DEPTH || self.room == 0 {
            return smallest();
        }
        if minimal.is_small(ty)
            && let Some(value) = logical::ordinary(schema.get(ty), self.random)
        {
            return value;
        }
        match &schema.get(ty).kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(self.random.chance(50)),
            Kind::Int => Value::Int(self.random.amount() as i32),
            Kind::Long => Value::Long(self.random.amount() as i64),
            Kind::Float => Value::Float(self.random.amount() as f32 / 4.0),
            Kind::Double => Value::Double(self.random.amount() as f64 / 100.0),
            Kind::Bytes => Value::Bytes(
                (0..self.random.below(8) + 1)
                    .map(|_| self.random.next() as u8)
                    .collect(),
            ),
            Kind::String => Value::String(format!("{}-{}", beginning(name), self.random.amount())),
            Kind::Fixed(_) => match smallest() {
                Value::Fixed(bytes) => Value::Fixed(bytes.iter().map(|_| self.random.next() as u8).collect()),
                other => other,
            },
            Kind::Enum(symbols) => Value::Enum(self.random.below(symbols.symbols().len()) as u32),
            Kind::Array(item) if minimal.is_small(*item) => Value::Array(
                (0..self.count(depth))
                    .map(|_| self.value(*item, name, depth + 1))
                    .collect(),
            ),
            Kind::Map(value) if minimal.is_small(*value) => {
                let count = self.count(depth);
                let mut entry = |index| {
                    let value = self.value(*value, name, depth + 1);
                    (format!("{}-{index}", beginning(name)), value)
                };
                Value::Map((0..count).map(&mut entry).collect())
            }
            Kind::Union(branches) => {
                let able: Vec<(u32, TypeId)> = (0u32..)
                    .zip(branches.iter().copied())
                    .filter(|(_, branch)| minimal.is_small(*branch))
                    .collect();
                match able.get(self.random.below(able.len())) {
                    Some((number, branch)) => {
                        let value = self.value(*branch, name, depth + 1);
                        Value::Union(*number, Box::new(value))
                    }
                    None => smallest(),
                }
            }
            Kind::Record(record) => Value::Record(
                record
                    .fields()
                    .iter()
                    .map(|field| self.value(field.ty, &field.name, depth + 1))
                    .collect(),
            ),
            Kind::Array(_) | Kind::Map(_) => smallest(),
        }
    }

    /// How many items or entries there are.
    fn count(&mut self, depth: usize) -> usize {
        self.random.below(4usize.saturating_sub(depth / 2))
    }
}

/// The beginning of a name that values repeat.
fn beginning(name: &str) -> &str {
    &name[..name.floor_char_boundary(64)]
}

/// What lies at the edge of a type, on either side. Types within themselves are not followed twice.
struct Cases<'s> {
    schema: &'s Schema,
    minimal: Minimal<'s>,
    /// What the cases weigh that were made so far, also those that only became parts of others.
    spent: Cell<usize>,
}

impl<'s> Cases<'s> {
    fn new(schema: &'s Schema) -> Self {
        Cases {
            schema,
            minimal: Minimal::new(schema),
            spent: Cell::new(0),
        }
    }

    /// Whether the parts of a type are looked at from here.
    fn enters(&self, ty: TypeId, open: &[TypeId]) -> bool {
        open.len() < DEPTH && !open.contains(&ty) && self.minimal.exists(ty) && !self.is_enough()
    }

    /// Whether no more cases are made.
    fn is_enough(&self) -> bool {
        self.spent.get() > MAX_BYTES
    }

    fn spend(&self, bytes: usize) {
        self.spent.set(self.spent.get().saturating_add(bytes));
    }

    /// A case, which is counted.
    fn counted(&self, fragment: Fragment) -> Fragment {
        let binary = fragment.binary.as_ref().map_or(0, Vec::len);
        let json = fragment.json.as_ref().map_or(0, String::len);
        self.spend(binary + json + fragment.what.len() + size_of::<Fragment>());
        fragment
    }

    /// The valid values at the edge, each with its name.
    fn edges(&self, ty: TypeId, open: &mut Vec<TypeId>) -> Vec<(Line, Value)> {
        if !self.enters(ty, open) {
            return Vec::new();
        }
        open.push(ty);
        let named = |values: Vec<(&str, Value)>| values.into_iter().map(|(what, value)| (what.into(), value)).collect();
        let of_logical_type = logical::edges(self.schema.get(ty));
        let edges = match &self.schema.get(ty).kind {
            _ if of_logical_type.is_some() => named(of_logical_type.unwrap_or_default()),
            Kind::Null => Vec::new(),
            Kind::Boolean => named(vec![("false", Value::Boolean(false)), ("true", Value::Boolean(true))]),
            Kind::Int => named(vec![
                ("the smallest", Value::Int(i32::MIN)),
                ("minus one", Value::Int(-1)),
                ("the largest", Value::Int(i32::MAX)),
            ]),
            Kind::Long => named(vec![
                ("the smallest", Value::Long(i64::MIN)),
                ("minus one", Value::Long(-1)),
                ("the largest", Value::Long(i64::MAX)),
            ]),
            Kind::Float => named(vec![
                ("the largest", Value::Float(f32::MAX)),
                ("minus zero", Value::Float(-0.0)),
                ("not a number", Value::Float(f32::NAN)),
                ("infinite", Value::Float(f32::INFINITY)),
            ]),
            Kind::Double => named(vec![
                ("the largest", Value::Double(f64::MAX)),
                ("minus zero", Value::Double(-0.0)),
                ("not a number", Value::Double(f64::NAN)),
                ("infinite", Value::Double(f64::INFINITY)),
            ]),
            Kind::Bytes => named(vec![
                ("empty", Value::Bytes(Vec::new())),
                ("every byte", Value::Bytes((0..=255).collect())),
            ]),
            Kind::String => named(vec![
                ("empty", Value::String(String::new())),
                ("characters of every length", Value::String("aé雪🜚\u{0}\"\\".into())),
            ]),
            Kind::Fixed(_) => match self.minimal.value(ty) {
                Some(Value::Fixed(bytes)) => named(vec![("every bit", Value::Fixed(vec![0xff; bytes.len()]))]),
                _ => Vec::new(),
            },
            Kind::Enum(symbols) => (0u32..)
                .zip(symbols.symbols())
                .map(|(number, symbol)| (to_line!("the symbol {symbol}"), Value::Enum(number)))
                .take(MAX_CASES)
                .collect(),
            Kind::Array(item) => {
                let mut edges = vec![("empty".into(), Value::Array(Vec::new()))];
                if let Some(smallest) = self.minimal.value(*item) {
                    edges.push(("one item".into(), Value::Array(vec![smallest])));
                }
                let items = self.edges(*item, open);
                edges.extend(
                    items
                        .into_iter()
                        .map(|(what, item)| (inner("[0]", &what), Value::Array(vec![item]))),
                );
                edges
            }
            Kind::Map(value) => {
                let mut edges = vec![("empty".into(), Value::Map(Vec::new()))];
                if let Some(smallest) = self.minimal.value(*value) {
                    edges.push(("an empty key".into(), Value::Map(vec![(String::new(), smallest)])));
                }
                let values = self.edges(*value, open);
                edges.extend(
                    values
                        .into_iter()
                        .map(|(what, value)| (inner("{key}", &what), Value::Map(vec![("key".into(), value)]))),
                );
                edges
            }
            Kind::Union(branches) => {
                let mut edges = Vec::new();
                for (number, branch) in (0u32..).zip(branches) {
                    let name = self.schema.name_of(*branch);
                    let wrapped = |value| Value::Union(number, Box::new(value));
                    if let Some(smallest) = self.minimal.value(*branch) {
                        edges.push((to_line!("the branch {name}"), wrapped(smallest)));
                    }
                    let step = to_line!("({name})");
                    let values = self.edges(*branch, open);
                    edges.extend(
                        values
                            .into_iter()
                            .map(|(what, value)| (inner(&step, &what), wrapped(value))),
                    );
                }
                edges
            }
            Kind::Record(record) => {
                let mut edges = Vec::new();
                let Some(Value::Record(smallest)) = self.minimal.value(ty) else {
                    open.pop();
                    return edges;
                };
                for (index, field) in record.fields().iter().enumerate() {
                    for (what, value) in self.edges(field.ty, open) {
                        if edges.len() >= room(record.fields().len()) || self.is_enough() {
                            break;
                        }
                        self.spend(32 * self.minimal.weight(ty) + what.len());
                        let mut values = smallest.clone();
                        values[index] = value;
                        edges.push((inner(&field.name, &what), Value::Record(values)));
                    }
                }
                edges
            }
        };
        open.pop();
        edges
    }

    /// What is just not valid, each with the constraint that it breaks.
    fn misses(&self, ty: TypeId, open: &mut Vec<TypeId>) -> Vec<Fragment> {
        if !self.enters(ty, open) {
            return Vec::new();
        }
        open.push(ty);
        let text = |what: &str, json: &str| Fragment {
            what: what.into(),
            binary: None,
            json: Some(json.to_owned()),
        };
        let long = |value: i64| {
            let mut out = Vec::new();
            put_long(&mut out, value);
            out
        };
        let misses = match &self.schema.get(ty).kind {
            Kind::Null => vec![text("not null", "0")],
            Kind::Boolean => vec![binary("neither 0 nor 1", vec![2]), text("neither true nor false", "1")],
            Kind::Int => vec![
                Fragment {
                    what: "one more than 32 bits hold".into(),
                    binary: Some(long(i64::from(i32::MAX) + 1)),
                    json: Some("2147483648".into()),
                },
                text("not a whole number", "0.5"),
            ],
            Kind::Long => vec![
                binary(
                    "one bit more than 64",
                    vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
                ),
                text("one more than 64 bits hold", "9223372036854775808"),
                text("not a whole number", "0.5"),
            ],
            Kind::Float => vec![text("too large for 32 bits", "1e39")],
            Kind::Double => vec![text("too large for 64 bits", "1e309")],
            Kind::Bytes => vec![
                binary("a negative length", long(-1)),
                text("a character that stands for no byte", "\"Ā\""),
            ],
            Kind::String => {
                let mut bytes = Vec::new();
                put_bytes(&mut bytes, &[0xc3, 0x28]);
                vec![binary("not UTF-8", bytes), text("not a string", "0")]
            }
            Kind::Fixed(_) => match self.minimal.value(ty) {
                Some(Value::Fixed(bytes)) => {
                    let mut json = String::new();
                    // Writing to a String does not fail.
                    let _ = write_string(&mut json, &"\u{0}".repeat(bytes.len() + 1));
                    vec![text("one byte too many", &json)]
                }
                _ => Vec::new(),
            },
            Kind::Enum(symbols) => vec![Fragment {
                what: "a symbol that the enum does not have".into(),
                binary: Some(long(symbols.symbols().len() as i64)),
                json: Some(r#""NO_SUCH_SYMBOL""#.into()),
            }],
            Kind::Array(item) => {
                let mut misses = vec![text("not an array", "{}")];
                misses.extend(self.misses(*item, open).into_iter().map(|miss| {
                    miss.within(
                        "[0]",
                        |bytes| [&[2][..], &bytes, &[0]].concat(),
                        |json| format!("[{json}]"),
                    )
                }));
                misses
            }
            Kind::Map(value) => {
                let mut misses = vec![text("not an object", "[]")];
                misses.extend(self.misses(*value, open).into_iter().map(|miss| {
                    let entry = |bytes: Vec<u8>| [&[2, 6][..], b"key", &bytes, &[0]].concat();
                    miss.within("{key}", entry, |json| format!(r#"{{"key":{json}}}"#))
                }));
                misses
            }
            Kind::Union(branches) => {
                let mut misses = vec![Fragment {
                    what: "a branch that the union does not have".into(),
                    binary: Some(long(branches.len() as i64)),
                    json: Some(r#"{"no.such.Branch":0}"#.into()),
                }];
                for (number, branch) in (0i64..).zip(branches) {
                    // What is not null is one of the other branches, or none of them: another constraint.
                    if self.schema.get(*branch).kind == Kind::Null {
                        continue;
                    }
                    let name = self.schema.name_of(*branch);
                    let step = to_line!("({name})");
                    misses.extend(self.misses(*branch, open).into_iter().map(|miss| {
                        let tagged = |json: String| {
                            let mut out = "{".to_owned();
                            let _ = write_string(&mut out, name);
                            out + ":" + &json + "}"
                        };
                        miss.within(&step, |bytes| [long(number), bytes].concat(), tagged)
                    }));
                }
                misses
            }
            Kind::Record(record) => {
                let mut misses = Vec::new();
                let mut left = LARGEST;
                let smallest: Option<Vec<(Vec<u8>, String)>> = record
                    .fields()
                    .iter()
                    .map(|field| {
                        let value = self.minimal.value(field.ty)?;
                        let mut member = String::new();
                        let _ = write_string(&mut member, &field.name);
                        member = member + ":" + &to_json_within(self.schema, field.ty, &value, LARGEST)?;
                        // Each case repeats all of them.
                        left = left.checked_sub(member.len())?;
                        Some((encode_type(self.schema, field.ty, &value).ok()?, member))
                    })
                    .collect();
                let Some(smallest) = smallest else {
                    open.pop();
                    return misses;
                };
                let members: Vec<&str> = smallest.iter().map(|(_, member)| member.as_str()).collect();
                misses.push(text(
                    "a field that the record does not have",
                    &format!("{{{}}}", [&members[..], &[r#""no_such_field":0"#]].concat().join(",")),
                ));
                for (index, field) in record.fields().iter().enumerate() {
                    if misses.len() >= room(record.fields().len()) || self.is_enough() {
                        break;
                    }
                    let (before, after) = (&members[..index], &members[index + 1..]);
                    misses.push(self.counted(text(
                        &inner(&field.name, "missing"),
                        &format!("{{{}}}", [before, after].concat().join(",")),
                    )));
                    let mut name = String::new();
                    let _ = write_string(&mut name, &field.name);
                    let inside = self
                        .misses(field.ty, open)
                        .into_iter()
                        .take_while(|_| !self.is_enough());
                    misses.extend(inside.map(|miss| {
                        let bytes = |part: Vec<u8>| {
                            let mut all = Vec::new();
                            for (at, (bytes, _)) in smallest.iter().enumerate() {
                                all.extend_from_slice(if at == index { &part } else { bytes });
                            }
                            all
                        };
                        let json = |json: String| {
                            let member = format!("{name}:{json}");
                            format!("{{{}}}", [before, &[member.as_str()], after].concat().join(","))
                        };
                        self.counted(miss.within(&field.name, bytes, json))
                    }));
                }
                misses
            }
        };
        open.pop();
        misses
    }
}

impl Fragment {
    /// The fragment as a part of something larger.
    fn within(
        self,
        step: &str,
        bytes: impl FnOnce(Vec<u8>) -> Vec<u8>,
        json: impl FnOnce(String) -> String,
    ) -> Fragment {
        Fragment {
            what: inner(step, &self.what),
            binary: self.binary.map(bytes),
            json: self.json.map(json),
        }
    }
}
