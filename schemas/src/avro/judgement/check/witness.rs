//! A concrete event that breaks, confirmed by the decoder.

use super::mismatch::{Mismatch, Shown};
use super::pairs::Step;
use super::paths::Paths;
use crate::avro::data::json_encoding;
use crate::avro::data::minimal::Minimal;
use crate::avro::data::resolve::{Plans, resolve_within};
use crate::avro::data::value::{MAX_DEPTH, Value};
use crate::avro::judgement::meaning;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::avro::{Limits, encode};
use crate::budget::{Budget, Exhausted};
use crate::finding::{Evidence, Observed};
use crate::path_tree::PathNode;
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::to_line;

/// All witnesses of one comparison together have no more bytes than this; the findings beyond it go without.
const BUDGET: usize = 4 * 1024 * 1024;

const LARGE: &str = "the smallest payload that shows it is too large to be shown";

/// What a witness costs beside its value, in steps; and how many bytes of JSON cost one.
const WITNESS: usize = 32;
const BYTES: usize = 16;

/// Makes the witnesses of one comparison.
pub(super) struct WitnessBuilder<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    minimal: &'s Minimal<'s>,
    plans: Plans,
    /// What was shown last by a payload that is as small as can be: findings side by side in one record share it.
    smallest: Option<(Shared, Evidence)>,
    budget: &'s Budget,
    spent: usize,
}

/// What decides about a payload that is as small as can be, and what is made of it: the place, the types there, and whether
/// the data gets through.
type Shared = (Option<PathNode>, TypeId, TypeId, bool);

/// What was made.
pub(super) enum Built {
    Evidence(Evidence),
    /// The decoder does not confirm what the rules say: one of them is wrong, so nothing is certain.
    Contradicted(&'static str),
}

impl<'s> WitnessBuilder<'s> {
    pub fn new(reader: &'s Schema, writer: &'s Schema, minimal: &'s Minimal<'s>, budget: &'s Budget) -> Self {
        WitnessBuilder {
            reader,
            writer,
            minimal,
            plans: Plans::default(),
            smallest: None,
            budget,
            spent: 0,
        }
    }

    /// A payload that goes from the root along `paths` to `node` and there shows the mismatch.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn make(
        &mut self,
        paths: &Paths,
        node: Option<PathNode>,
        writer: TypeId,
        reader: TypeId,
        mismatch: &Mismatch,
    ) -> Result<Built, Exhausted> {
        if self.spent > BUDGET {
            return Ok(omitted(
                "the findings before this one already carry as many witnesses as are made for one comparison",
            ));
        }
        let shared = is_smallest(mismatch).then_some((node, writer, reader, mismatch.facts().is_taken));
        if let (Some(shared), Some((known, evidence))) = (shared, &self.smallest)
            && shared == *known
        {
            let bytes = size(evidence);
            self.spent += bytes;
            self.budget.spend(bytes / BYTES)?;
            return Ok(Built::Evidence(evidence.clone()));
        }
        let made = self.make_new(paths, node, writer, reader, mismatch)?;
        if let (Some(shared), Built::Evidence(evidence)) = (shared, &made) {
            self.smallest = Some((shared, evidence.clone()));
        }
        Ok(made)
    }

    fn make_new(
        &mut self,
        paths: &Paths,
        node: Option<PathNode>,
        writer: TypeId,
        reader: TypeId,
        mismatch: &Mismatch,
    ) -> Result<Built, Exhausted> {
        self.budget.spend(WITNESS + self.minimal.weight(writer))?;
        let Some(seed) = self.seed(writer, reader, mismatch) else {
            return Ok(omitted(LARGE));
        };
        let Some(value) = self.wrap(seed.clone(), paths, node)? else {
            return Ok(omitted(LARGE));
        };
        let Ok(bytes) = encode(self.writer, &value) else {
            return Ok(Built::Contradicted(
                "the witness could not be encoded with the writer's schema",
            ));
        };
        self.spent += bytes.len() + 64;
        self.budget.spend(bytes.len())?;
        let read = resolve_within(
            self.reader,
            self.writer,
            &bytes,
            &Limits::default(),
            &mut self.plans,
            self.budget,
        );
        if let Some(why) = self.budget.exhausted() {
            return Err(why);
        }
        let outcome = match (read, mismatch.facts().is_taken) {
            (Err(error), false) => Observed::Refused(Line::new(error)),
            (Ok(value), true) => Observed::Changed(self.seen(&value, &seed, writer, reader, mismatch)),
            (Ok(_), false) => {
                return Ok(Built::Contradicted(
                    "the reader's decoder takes the payload that it should refuse",
                ));
            }
            // Something else on the way is refused first; that has a finding of its own.
            (Err(_), true) => return Ok(Built::Evidence(Evidence::None)),
        };
        // Names of fields stand in JSON only: what is small in bytes may be too large in it.
        let json = json_encoding::to_json_within(self.writer, self.writer.root(), &value, WITNESS_BYTES);
        self.budget
            .spend(json.as_ref().map_or(WITNESS_BYTES, String::len) / BYTES)?;
        Ok(Built::Evidence(match json {
            Some(json) => Evidence::witness(json, bytes, outcome, 0),
            None => Evidence::Omitted(LARGE.into()),
        }))
    }

    /// The smallest value of the writer's type at the place that shows the fault.
    fn seed(&self, writer: TypeId, reader: TypeId, mismatch: &Mismatch) -> Option<Value> {
        match mismatch.facts().shown {
            Shown::Symbol => mismatch.symbols().first().map(|&number| Value::Enum(number)),
            Shown::NotUtf8 => Some(Value::Bytes(vec![0xff])),
            Shown::Meaning => meaning::telling_value(mismatch.conflict()?, self.writer.get(writer)),
            Shown::ManyDigits => match (&self.writer.get(writer).kind, &self.reader.get(reader).kind) {
                (Kind::Int, _) => Some(Value::Int((1 << 24) + 1)),
                (_, Kind::Float) => Some(Value::Long((1 << 24) + 1)),
                _ => Some(Value::Long((1 << 53) + 1)),
            },
            Shown::Smallest | Shown::Readable => self.minimal.value(writer),
        }
    }

    /// Builds the value around `seed`, from the inside to the root.
    fn wrap(&mut self, seed: Value, paths: &Paths, node: Option<PathNode>) -> Result<Option<Value>, Exhausted> {
        let mut value = seed;
        for (depth, (step, parents)) in paths.upwards(node).enumerate() {
            if depth >= MAX_DEPTH / 2 {
                return Ok(None);
            }
            self.budget.spend(1)?;
            value = match (step, &self.writer.get(parents.writer).kind) {
                (Step::Field { writer: field, .. }, Kind::Record(record)) => {
                    let mut values = Vec::with_capacity(record.fields().len());
                    for (index, other) in record.fields().iter().enumerate() {
                        if index == field as usize {
                            values.push(Value::Null);
                        } else {
                            self.budget.spend(self.minimal.weight(other.ty))?;
                            let Some(value) = self.minimal.value(other.ty) else {
                                return Ok(None);
                            };
                            self.spent += self.minimal.weight(other.ty);
                            values.push(value);
                        }
                    }
                    values[field as usize] = value;
                    Value::Record(values)
                }
                (Step::Item, _) => Value::Array(vec![value]),
                (Step::Entry, _) => Value::Map(vec![("key".into(), value)]),
                (Step::WriterBranch(branch), _) => Value::Union(branch, Box::new(value)),
                _ => value,
            };
        }
        Ok(Some(value))
    }

    /// What the reader sees instead of what was written.
    fn seen(&self, value: &Value, seed: &Value, writer: TypeId, reader: TypeId, mismatch: &Mismatch) -> Line {
        let (from, to) = (self.writer.get(writer), self.reader.get(reader));
        match mismatch.facts().shown {
            Shown::Meaning => match (from.logical, to.logical) {
                (Some(written), Some(read)) => to_line!(
                    "{} is read as {}",
                    meaning::describe(written, seed),
                    meaning::describe(read, seed)
                ),
                _ => Line::default(),
            },
            Shown::ManyDigits => {
                let (written, read) = match seed {
                    Value::Int(number) => (i64::from(*number), f64::from(*number as f32)),
                    Value::Long(number) if matches!(to.kind, Kind::Float) => (*number, f64::from(*number as f32)),
                    Value::Long(number) => (*number, *number as f64),
                    Value::Null
                    | Value::Boolean(_)
                    | Value::Float(_)
                    | Value::Double(_)
                    | Value::Bytes(_)
                    | Value::String(_)
                    | Value::Array(_)
                    | Value::Map(_)
                    | Value::Union(..)
                    | Value::Record(_)
                    | Value::Enum(_)
                    | Value::Fixed(_) => return Line::default(),
                };
                to_line!("{written} is read as {read:.0}")
            }
            Shown::Smallest | Shown::Readable | Shown::Symbol | Shown::NotUtf8 => {
                Line::new(json_encoding::Json::new(self.reader, value))
            }
        }
    }
}

/// Whether a mismatch is shown by the smallest value of the writer's type.
fn is_smallest(mismatch: &Mismatch) -> bool {
    matches!(mismatch.facts().shown, Shown::Smallest | Shown::Readable)
}

/// Bytes of what is shown.
fn size(evidence: &Evidence) -> usize {
    match evidence {
        Evidence::Witness(witness) => {
            let (Observed::Refused(reported) | Observed::Changed(reported)) = &witness.observed;
            64 + witness.value.len() + witness.bytes.len() + reported.len()
        }
        Evidence::Policy(_) | Evidence::Omitted(_) | Evidence::None => 64,
    }
}

fn omitted(why: &str) -> Built {
    Built::Evidence(Evidence::Omitted(why.into()))
}
