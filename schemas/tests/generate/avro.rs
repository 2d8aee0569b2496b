//! Random Avro schemas and random values of them.

use std::fmt::Write;

use treaty_schemas::avro::language::schema::{Kind, TypeId};
use treaty_schemas::avro::{Schema, Value, parse};
use treaty_schemas::{Options, Source};

use crate::random::Random;

/// Parses a schema that the test knows to be good.
pub fn schema(text: &str) -> Schema {
    match parse(&Source::new("test", text), &[], &Options::default()) {
        Ok(schema) => schema,
        Err(error) => panic!("{text}: {error}"),
    }
}

/// The text of a random schema, with recursion now and then.
pub fn schema_text(random: &mut Random) -> String {
    let mut generator = SchemaGenerator {
        random,
        names: 0,
        closed: Vec::new(),
        open: Vec::new(),
    };
    generator.any(0, true)
}

struct SchemaGenerator<'r> {
    random: &'r mut Random,
    names: usize,
    /// Names that are defined, and those of records that are being defined.
    closed: Vec<String>,
    open: Vec<String>,
}

impl SchemaGenerator<'_> {
    fn any(&mut self, depth: usize, unions: bool) -> String {
        let choices = if depth >= 4 { 9 } else { 15 };
        match self.random.below(choices) {
            0 => r#""null""#.into(),
            1 => r#""boolean""#.into(),
            2 => r#""int""#.into(),
            3 => r#""long""#.into(),
            4 => r#""float""#.into(),
            5 => r#""double""#.into(),
            6 => r#""bytes""#.into(),
            7 => r#""string""#.into(),
            8 => match self.random.below(self.closed.len() + 1) {
                0 => r#""string""#.into(),
                index => format!("\"{}\"", self.closed[index - 1]),
            },
            9 => self.fixed(),
            10 => self.symbols(),
            11 => format!(r#"{{"type":"array","items":{}}}"#, self.any(depth + 1, true)),
            12 => format!(r#"{{"type":"map","values":{}}}"#, self.any(depth + 1, true)),
            13 if unions => self.union(depth),
            _ => self.record(depth),
        }
    }

    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn fixed(&mut self) -> String {
        let name = self.name("F");
        let size = self.random.below(5);
        self.closed.push(name.clone());
        format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#)
    }

    fn symbols(&mut self) -> String {
        let name = self.name("E");
        let symbols: Vec<_> = (0..1 + self.random.below(4))
            .map(|index| format!("\"S{index}\""))
            .collect();
        self.closed.push(name.clone());
        format!(r#"{{"type":"enum","name":"{name}","symbols":[{}]}}"#, symbols.join(","))
    }

    fn record(&mut self, depth: usize) -> String {
        let name = self.name("R");
        self.open.push(name.clone());
        let mut fields = String::new();
        for index in 0..self.random.below(6) {
            if index > 0 {
                fields.push(',');
            }
            let ty = if self.random.chance(10) {
                let target = self.open[self.random.below(self.open.len())].clone();
                match self.random.below(3) {
                    0 => format!(r#"["null","{target}"]"#),
                    1 => format!(r#"{{"type":"array","items":"{target}"}}"#),
                    _ => format!(r#"{{"type":"map","values":"{target}"}}"#),
                }
            } else {
                self.any(depth + 1, true)
            };
            let _ = write!(fields, r#"{{"name":"f{index}","type":{ty}}}"#);
        }
        self.open.pop();
        self.closed.push(name.clone());
        format!(r#"{{"type":"record","name":"{name}","fields":[{fields}]}}"#)
    }

    fn union(&mut self, depth: usize) -> String {
        let mut branches: Vec<String> = Vec::new();
        for branch in ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] {
            if self.random.chance(25) {
                branches.push(format!("\"{branch}\""));
            }
        }
        if self.random.chance(30) {
            branches.push(format!(r#"{{"type":"array","items":{}}}"#, self.any(depth + 1, true)));
        }
        if self.random.chance(30) || branches.is_empty() {
            branches.push(self.record(depth + 1));
        }
        if self.random.chance(30) {
            branches.push(self.record(depth + 1));
        }
        if self.random.chance(20) {
            branches.push(self.symbols());
        }
        if self.random.chance(20) {
            branches.push(self.fixed());
        }
        let first = self.random.below(branches.len());
        branches.swap(0, first);
        format!("[{}]", branches.join(","))
    }
}

/// A random value of a schema; smaller the deeper it gets.
pub fn value(random: &mut Random, schema: &Schema) -> Value {
    value_of(random, schema, schema.root(), 0)
}

fn value_of(random: &mut Random, schema: &Schema, ty: TypeId, depth: usize) -> Value {
    let count = |random: &mut Random| if depth > 6 { 0 } else { random.below(4) };
    match &schema.get(ty).kind {
        Kind::Null => Value::Null,
        Kind::Boolean => Value::Boolean(random.chance(50)),
        Kind::Int => Value::Int(integer(random) as i32),
        Kind::Long => Value::Long(integer(random)),
        Kind::Float => Value::Float(f32::from_bits(random.next() as u32)),
        Kind::Double => Value::Double(match random.below(6) {
            0 => f64::INFINITY,
            1 => f64::NEG_INFINITY,
            2 => -0.0,
            3 => 0.1,
            _ => f64::from_bits(random.next()),
        }),
        Kind::Bytes => Value::Bytes(bytes(random, None)),
        Kind::Fixed(fixed) => Value::Fixed(bytes(random, Some(fixed.size as usize))),
        Kind::String => Value::String(text(random)),
        Kind::Enum(symbols) => Value::Enum(random.below(symbols.symbols().len()) as u32),
        Kind::Array(item) => Value::Array(
            (0..count(random))
                .map(|_| value_of(random, schema, *item, depth + 1))
                .collect(),
        ),
        Kind::Map(value) => Value::Map(
            (0..count(random))
                .map(|index| {
                    let key = format!("{}{index}", text(random));
                    (key, value_of(random, schema, *value, depth + 1))
                })
                .collect(),
        ),
        Kind::Union(branches) => {
            // Deep down, null ends a recursion if it can.
            let null = branches
                .iter()
                .position(|branch| schema.get(*branch).kind == Kind::Null);
            let branch = match null {
                Some(null) if depth > 6 => null,
                _ => random.below(branches.len()),
            };
            let value = value_of(random, schema, branches[branch], depth + 1);
            Value::Union(branch as u32, Box::new(value))
        }
        Kind::Record(record) => Value::Record(
            record
                .fields()
                .iter()
                .map(|field| value_of(random, schema, field.ty, depth + 1))
                .collect(),
        ),
    }
}

fn integer(random: &mut Random) -> i64 {
    match random.below(5) {
        0 => 0,
        1 => i64::MIN | i64::from(i32::MIN),
        2 => i64::MAX,
        _ => (random.next() >> random.below(64)) as i64,
    }
}

fn bytes(random: &mut Random, size: Option<usize>) -> Vec<u8> {
    let size = size.unwrap_or_else(|| random.below(40));
    (0..size).map(|_| random.next() as u8).collect()
}

fn text(random: &mut Random) -> String {
    const CHARS: [char; 10] = ['a', 'Z', '0', ' ', '"', '\\', '\n', 'é', '雪', '🜚'];
    (0..random.below(12))
        .map(|_| CHARS[random.below(CHARS.len())])
        .collect()
}
