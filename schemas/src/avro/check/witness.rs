//! A concrete event that breaks, confirmed by the decoder.

use super::pairs::{Step, Stop};
use super::trail::{Crumb, Trail};
use crate::avro::meaning;
use crate::avro::minimal::Minimal;
use crate::avro::schema::{Kind, Schema, TypeId};
use crate::avro::value::{MAX_DEPTH, Value};
use crate::avro::{Limits, encode, json_encoding, resolve};
use crate::finding::{Evidence, Outcome, Witness};

/// All witnesses of one comparison together have no more bytes than this; the findings beyond it go without.
const BUDGET: usize = 4 * 1024 * 1024;

/// Makes the witnesses of one comparison.
pub(super) struct Maker<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    minimal: &'s Minimal<'s>,
    spent: usize,
}

/// What was made.
pub(super) enum Made {
    Evidence(Evidence),
    /// The decoder does not confirm what the rules say: one of them is wrong, so nothing is certain.
    Contradicted(String),
}

impl<'s> Maker<'s> {
    pub fn new(reader: &'s Schema, writer: &'s Schema, minimal: &'s Minimal<'s>) -> Self {
        Maker {
            reader,
            writer,
            minimal,
            spent: 0,
        }
    }

    /// A payload that goes from the root along `trail` to `crumb` and there shows why `stop` stops.
    pub fn make(&mut self, trail: &Trail, crumb: Option<Crumb>, writer: TypeId, reader: TypeId, stop: &Stop) -> Made {
        if self.spent > BUDGET {
            return omitted(
                "the findings before this one already carry as many witnesses as are made for one comparison",
            );
        }
        let Some(seed) = self.seed(writer, reader, stop) else {
            return omitted("the smallest payload that shows it is too large");
        };
        let Some(value) = self.wrap(seed.clone(), trail, crumb) else {
            return omitted("the smallest payload that shows it is too large");
        };
        let Ok(bytes) = encode(self.writer, &value) else {
            return Made::Contradicted("the witness could not be encoded with the writer's schema".into());
        };
        self.spent += bytes.len() + 64;
        let read = resolve(self.reader, self.writer, &bytes, &Limits::default());
        let outcome = match (read, changes(stop)) {
            (Err(error), false) => Outcome::Refused(error.to_string()),
            (Ok(value), true) => Outcome::Changed(self.seen(&value, &seed, writer, reader, stop)),
            (Ok(_), false) => {
                return Made::Contradicted("the reader's decoder takes the payload that it should refuse".into());
            }
            // Something else on the way is refused first; that has a finding of its own.
            (Err(_), true) => return Made::Evidence(Evidence::None),
        };
        Made::Evidence(Evidence::Witness(Box::new(Witness {
            value: json_encoding::to_json(self.writer, &value),
            bytes,
            outcome,
        })))
    }

    /// The smallest value of the writer's type at the place that shows the fault.
    fn seed(&self, writer: TypeId, reader: TypeId, stop: &Stop) -> Option<Value> {
        match stop {
            Stop::Symbols(numbers) | Stop::DefaultSymbols(numbers) => {
                numbers.first().map(|&number| Value::Enum(number))
            }
            Stop::Text => Some(Value::Bytes(vec![0xff])),
            Stop::Meaning(conflict) => Some(meaning::telling_value(conflict, self.writer.get(writer))),
            Stop::Lossy => match (&self.writer.get(writer).kind, &self.reader.get(reader).kind) {
                (Kind::Int, _) => Some(Value::Int((1 << 24) + 1)),
                (_, Kind::Float) => Some(Value::Long((1 << 24) + 1)),
                _ => Some(Value::Long((1 << 53) + 1)),
            },
            _ => self.minimal.value(writer),
        }
    }

    /// Builds the value around `seed`, from the inside to the root.
    fn wrap(&mut self, seed: Value, trail: &Trail, crumb: Option<Crumb>) -> Option<Value> {
        let mut value = seed;
        for (depth, (step, parents)) in trail.upwards(crumb).enumerate() {
            if depth >= MAX_DEPTH / 2 {
                return None;
            }
            value = match (step, &self.writer.get(parents.writer).kind) {
                (Step::Field { writer: field, .. }, Kind::Record(record)) => {
                    let mut values = Vec::with_capacity(record.fields().len());
                    for (index, other) in record.fields().iter().enumerate() {
                        if index == field as usize {
                            values.push(Value::Null);
                        } else {
                            values.push(self.minimal.value(other.ty)?);
                        }
                    }
                    values[field as usize] = value;
                    self.spent += values.len();
                    Value::Record(values)
                }
                (Step::Item, _) => Value::Array(vec![value]),
                (Step::Entry, _) => Value::Map(vec![("key".into(), value)]),
                (Step::WriterBranch(branch), _) => Value::Union(branch, Box::new(value)),
                _ => value,
            };
        }
        Some(value)
    }

    /// What the reader sees instead of what was written.
    fn seen(&self, value: &Value, seed: &Value, writer: TypeId, reader: TypeId, stop: &Stop) -> String {
        let (from, to) = (self.writer.get(writer), self.reader.get(reader));
        match stop {
            Stop::Meaning(_) => match (from.logical, to.logical) {
                (Some(written), Some(read)) => format!(
                    "{} is read as {}",
                    meaning::describe(written, seed),
                    meaning::describe(read, seed)
                ),
                _ => String::new(),
            },
            Stop::Lossy => {
                let (written, read) = match seed {
                    Value::Int(number) => (i64::from(*number), f64::from(*number as f32)),
                    Value::Long(number) if matches!(to.kind, Kind::Float) => (*number, f64::from(*number as f32)),
                    Value::Long(number) => (*number, *number as f64),
                    _ => return String::new(),
                };
                format!("{written} is read as {read:.0}")
            }
            _ => json_encoding::to_json(self.reader, value),
        }
    }
}

/// The data gets through, and is something else.
fn changes(stop: &Stop) -> bool {
    matches!(
        stop,
        Stop::Meaning(_) | Stop::Lossy | Stop::DefaultField(_) | Stop::DefaultSymbols(_)
    )
}

fn omitted(why: &str) -> Made {
    Made::Evidence(Evidence::Omitted(why.into()))
}
