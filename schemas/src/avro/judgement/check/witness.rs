//! A concrete event that breaks, confirmed by the decoder.

mod telling;

use std::rc::Rc;

use super::mismatch::{Confirmed, Mismatch, Shown};
#[cfg(feature = "second-opinion")]
use super::opinion::OtherDecoder;
use super::pairs::Step;
use super::paths::Paths;
use crate::avro::data::json_encoding;
use crate::avro::data::minimal::Minimal;
use crate::avro::data::resolve::{Plans, ReaderPart, Rules, resolve_within};
use crate::avro::data::value::{MAX_DEPTH, Value};
use crate::avro::judgement::meaning;
use crate::avro::language::java_names::JavaNames;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::avro::{Limits, encode};
use crate::budget::{Budget, Exhausted};
use crate::decode_error::DecodeError;
use crate::finding::{Evidence, Observed};
use crate::path_tree::PathNode;
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::text::source::{self, Path, Source};
use crate::to_line;

/// All witnesses of one comparison together have no more bytes than this; the findings beyond it go without.
const BUDGET: usize = 4 * 1024 * 1024;

const LARGE: &str = "the smallest payload that shows it is too large to be shown";

/// What a witness costs beside its value, in steps; and how many bytes of JSON cost one.
const WITNESS: usize = 32;
const BYTES: usize = 16;

/// Makes the witnesses of one comparison.
pub(super) struct WitnessBuilder<'s> {
    pub(super) reader: &'s Schema,
    pub(super) writer: &'s Schema,
    minimal: &'s Minimal<'s>,
    java: Option<JavaNames<'s>>,
    plans: Plans,
    /// The last payload that is as small as can be, with its place and its type: findings side by side in one record share it.
    smallest: Option<(Option<PathNode>, TypeId, Rc<Payload>)>,
    pub(super) budget: &'s Budget,
    spent: usize,
    #[cfg(feature = "second-opinion")]
    pub(super) other: OtherDecoder,
}

/// A payload that goes from the root to a place.
pub(super) struct Payload {
    /// The value at the place.
    pub seed: Value,
    pub bytes: Vec<u8>,
    /// As JSON, and where in it the place begins; none where it is too large to be shown.
    json: Option<(String, usize)>,
}

/// What was made.
pub(super) enum Built {
    Evidence(Evidence),
    /// The decoder does not confirm what the rules say: one of them is wrong, so nothing is certain.
    Contradicted(&'static str),
}

/// A mismatch, and where it is.
#[derive(Clone, Copy)]
pub(super) struct Found<'m> {
    pub node: Option<PathNode>,
    pub reader: TypeId,
    pub writer: TypeId,
    pub mismatch: &'m Mismatch,
}

impl<'s> WitnessBuilder<'s> {
    pub fn new(reader: &'s Schema, writer: &'s Schema, minimal: &'s Minimal<'s>, budget: &'s Budget) -> Self {
        WitnessBuilder {
            reader,
            writer,
            minimal,
            java: None,
            plans: Plans::default(),
            smallest: None,
            budget,
            spent: 0,
            #[cfg(feature = "second-opinion")]
            other: OtherDecoder::default(),
        }
    }

    /// A payload that goes from the root along `paths` to the place and there shows the mismatch.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn make(&mut self, paths: &Paths, found: Found<'_>) -> Result<Built, Exhausted> {
        if self.spent > BUDGET {
            return Ok(omitted(
                "the findings before this one already carry as many witnesses as are made for one comparison",
            ));
        }
        let payload = match self.payload(paths, found)? {
            Ok(payload) => payload,
            Err(built) => return Ok(built),
        };
        let json = payload.json.as_ref().map_or(0, |(json, _)| json.len());
        self.spent += payload.bytes.len() + json + 64;
        self.budget.spend((payload.bytes.len() + json) / BYTES)?;
        let observed = self.observe(paths, found, &payload);
        if let Some(why) = self.budget.exhausted() {
            return Err(why);
        }
        let evidence = match observed {
            Err(contradicted) => return Ok(Built::Contradicted(contradicted)),
            Ok(None) => Evidence::None,
            Ok(Some(observed)) => match &payload.json {
                Some((json, at)) => Evidence::witness(json.clone(), payload.bytes.clone(), observed, *at),
                None => Evidence::Omitted(LARGE.into()),
            },
        };
        let evidence = match found.mismatch.facts().confirmed {
            Confirmed::InJava => evidence.in_avro_java(),
            Confirmed::Refused | Confirmed::Changed => evidence,
        };
        #[cfg(feature = "second-opinion")]
        let evidence = match self.budget.asks_others() {
            true => evidence.with_opinion(|_| self.second_opinion(paths, found, &payload)),
            false => evidence,
        };
        Ok(Built::Evidence(evidence))
    }

    fn payload(&mut self, paths: &Paths, found: Found<'_>) -> Result<Result<Rc<Payload>, Built>, Exhausted> {
        let is_smallest = found.mismatch.facts().shown == Shown::Smallest;
        if let Some((node, writer, known)) = &self.smallest
            && is_smallest
            && (*node, *writer) == (found.node, found.writer)
        {
            return Ok(Ok(Rc::clone(known)));
        }
        self.budget.spend(WITNESS + self.minimal.weight(found.writer))?;
        let Some(seed) = self.seed(found.writer, found.reader, found.mismatch) else {
            return Ok(Err(omitted(LARGE)));
        };
        let mut place = Path::default();
        let Some(value) = self.wrap(seed.clone(), paths, found.node, &mut place)? else {
            return Ok(Err(omitted(LARGE)));
        };
        let Ok(bytes) = encode(self.writer, &value) else {
            return Ok(Err(Built::Contradicted(
                "the witness could not be encoded with the writer's schema",
            )));
        };
        self.budget.spend(bytes.len())?;
        // Names of fields stand in JSON only: what is small in bytes may be too large in it.
        let json = json_encoding::to_json_within(self.writer, self.writer.root(), &value, WITNESS_BYTES);
        self.budget
            .spend(json.as_ref().map_or(WITNESS_BYTES, String::len) / BYTES)?;
        let payload = Rc::new(Payload {
            seed,
            bytes,
            json: json.map(|json| {
                let at = Source::new("witness", json.as_str()).span(&place).start;
                (json, at)
            }),
        });
        if is_smallest {
            self.smallest = Some((found.node, found.writer, Rc::clone(&payload)));
        }
        Ok(Ok(payload))
    }

    /// What the reader's decoder makes of a payload; none where another finding keeps every payload from getting as far.
    fn observe(
        &mut self,
        paths: &Paths,
        found: Found<'_>,
        payload: &Payload,
    ) -> Result<Option<Observed>, &'static str> {
        let confirmed = found.mismatch.facts().confirmed;
        if confirmed == Confirmed::Changed
            && let Ok(value) = self.read(payload, Rules::default(), None)
        {
            return Ok(Some(Observed::Changed(self.seen(Some(&value), &payload.seed, found))));
        }
        let part = part(paths, found);
        let java = (confirmed == Confirmed::InJava).then(|| match self.java.take() {
            Some(java) => java,
            None => JavaNames::new(self.reader, self.writer),
        });
        let rules = Rules {
            java: java.as_ref(),
            part: Some(&part),
        };
        let read = self.read(payload, rules, Some(&mut Plans::default()));
        self.java = java;
        match (read, confirmed) {
            (Err(error), Confirmed::Refused | Confirmed::InJava) => Ok(Some(Observed::Refused(Line::new(error)))),
            (Ok(_), Confirmed::Changed) => Ok(Some(Observed::Changed(self.seen(None, &payload.seed, found)))),
            (Ok(_), Confirmed::InJava) if matches!(found.mismatch, Mismatch::JavaField { .. }) => {
                Ok(Some(Observed::Changed(self.seen(None, &payload.seed, found))))
            }
            (Ok(_), _) => Err("the reader's decoder takes the payload that it should refuse"),
            (Err(_), Confirmed::Changed) => Ok(None),
        }
    }

    fn read(&mut self, payload: &Payload, rules: Rules<'_>, plans: Option<&mut Plans>) -> Result<Value, DecodeError> {
        resolve_within(
            self.reader,
            self.writer,
            &payload.bytes,
            &Limits::default(),
            rules,
            plans.unwrap_or(&mut self.plans),
            self.budget,
        )
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
            Shown::Field => self.with_field(writer, reader, mismatch),
            Shown::Smallest | Shown::Nothing => self.minimal.value(writer),
        }
    }

    /// The smallest record, with something in the field of a mismatch that is not the reader's default for it.
    fn with_field(&self, writer: TypeId, reader: TypeId, mismatch: &Mismatch) -> Option<Value> {
        let mut value = self.minimal.value(writer)?;
        let (Mismatch::JavaField { field, written }, Value::Record(values)) = (mismatch, &mut value) else {
            return Some(value);
        };
        let of = |schema: &'s Schema, ty, index: u32| schema.get(ty).kind.record()?.fields().get(index as usize);
        let default = of(self.reader, reader, *field)?.default.as_deref();
        if let Some(default) = default {
            let ty = of(self.writer, writer, *written)?.ty;
            values[*written as usize] = telling::other_than(&default.to_string(), self.writer, ty, self.minimal)?;
        }
        Some(value)
    }

    /// Builds the value around `seed`, from the inside to the root, and the place of `seed` in its JSON.
    fn wrap(
        &mut self,
        seed: Value,
        paths: &Paths,
        node: Option<PathNode>,
        place: &mut Path,
    ) -> Result<Option<Value>, Exhausted> {
        let mut value = seed;
        let mut steps = Vec::new();
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
                    steps.push(source::Step::Key((*record.fields()[field as usize].name).into()));
                    Value::Record(values)
                }
                (Step::Item, _) => {
                    steps.push(source::Step::Index(0));
                    Value::Array(vec![value])
                }
                (Step::Entry, _) => {
                    steps.push(source::Step::Key("key".into()));
                    Value::Map(vec![("key".into(), value)])
                }
                (Step::WriterBranch(branch), kind) => {
                    if let Some(branch) = kind.branches().get(branch as usize)
                        && value != Value::Null
                    {
                        steps.push(source::Step::Key(self.writer.name_of(*branch).into()));
                    }
                    Value::Union(branch, Box::new(value))
                }
                _ => value,
            };
        }
        steps.into_iter().rev().for_each(|step| place.push(step));
        Ok(Some(value))
    }

    /// What the reader sees instead of what was written. `value` is all that it sees, where it reads the whole payload.
    fn seen(&self, value: Option<&Value>, seed: &Value, found: Found<'_>) -> Line {
        let (from, to) = (self.writer.get(found.writer), self.reader.get(found.reader));
        match (found.mismatch.facts().shown, value) {
            (Shown::Meaning, _) => match (from.logical, to.logical) {
                (Some(written), Some(read)) => to_line!(
                    "{} is read as {}",
                    meaning::describe(written, seed),
                    meaning::describe(read, seed)
                ),
                _ => Line::default(),
            },
            (Shown::ManyDigits, _) => rounded(seed, &to.kind),
            (_, Some(value)) => Line::new(json_encoding::Json::new(self.reader, value)),
            (_, None) => default_seen(&from.kind, &to.kind, found.mismatch),
        }
    }
}

/// The part of the reader that a mismatch is about.
pub(super) fn part(paths: &Paths, found: Found<'_>) -> ReaderPart {
    let mut part = ReaderPart::default();
    for (step, parents) in paths.upwards(found.node) {
        if let Step::Field { reader: field, .. } = step {
            part.keep(parents.reader, parents.writer, vec![field]);
        }
    }
    part.keep(found.reader, found.writer, found.mismatch.reader_fields().to_vec());
    if found.mismatch.facts().is_of_names {
        part.compare_names(found.reader, found.writer);
    }
    part
}

/// An integer, and the real number that the reader rounds it to.
fn rounded(seed: &Value, to: &Kind) -> Line {
    let (written, read) = match seed {
        Value::Int(number) => (i64::from(*number), f64::from(*number as f32)),
        Value::Long(number) if matches!(to, Kind::Float) => (*number, f64::from(*number as f32)),
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

/// The default that is read at the place of a mismatch.
fn default_seen(from: &Kind, to: &Kind, mismatch: &Mismatch) -> Line {
    if let (Kind::Enum(written), Kind::Enum(read), Some(number)) = (from, to, mismatch.symbols().first()) {
        let symbol = &written.symbols()[*number as usize];
        return to_line!(
            "`{symbol}` is read as `{}`",
            read.default.as_deref().unwrap_or_default()
        );
    }
    let field = mismatch
        .reader_field()
        .and_then(|index| to.record()?.fields().get(index as usize));
    match field.and_then(|field| Some((&field.name, field.default.as_deref()?))) {
        Some((name, default)) => to_line!("`{name}` is read as {default}"),
        None => Line::default(),
    }
}

fn omitted(why: &str) -> Built {
    Built::Evidence(Evidence::Omitted(why.into()))
}
