//! What apache-avro makes of a witness.
//!
//! It reads a payload in two steps: the whole by the writer's schema, and the value that it has then by the reader's, of which
//! the writer's types are no part any more. It is asked so here too, but in the second step only about the part of the value
//! that the finding is about, by the part of the reader that it is about: a record on the way may refuse for something else.

mod alike;
mod cost;
mod quirks;

use apache_avro::error::Details;
use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Theirs;
use apache_avro::{Error, Schema as TheirSchema};

use super::mismatch::{Confirmed, Mismatch};
use super::pairs::Step;
use super::paths::Paths;
use super::witness::{Found, Payload, WitnessBuilder, part};
use crate::avro::data::resolve::{Plans, Rules, resolve_within};
use crate::avro::data::value::Value;
use crate::avro::judgement::meaning::Conflict;
use crate::avro::language::schema::Kind;
use crate::avro::{Limits, decode};
use crate::budget::Budget;
use crate::opinion::{APACHE_AVRO, MAX_BYTES, MAX_DEPTH, Opinion, PANICKED, Saying, guarded};
use crate::text::shown::Line;
use crate::to_line;

use alike::alike;
pub(crate) use quirks::QUIRKS;
use quirks::{ALIASES, BYTES_DEFAULT, LOGICAL_TYPES, NAMES, SHORT_DECIMAL, UNION_DEFAULT, VALUES, goes_by_value};

/// Bytes that the library may allocate for what a length in data asks for. The setting is the whole program's, and the first one
/// counts.
const ALLOCATION: usize = 16 * 1024 * 1024;
/// Bytes of one schema that is put before it, and of all of one comparison.
const SCHEMA: usize = 256 * 1024;
const SCHEMAS: usize = 8 * 1024 * 1024;

/// The library, as far as it has read anything of a comparison.
#[derive(Default)]
pub(super) struct OtherDecoder {
    /// The writer's schema, or why it was not read.
    writer: Option<Result<TheirSchema, Line>>,
    /// Bytes of schemas that were put before it.
    read: usize,
}

/// What the library makes of the part.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one at a time, and its parts are matched"
)]
enum Reading {
    Value(Theirs),
    Refused(Details),
    /// It refuses the reader's schema.
    NoSchema(Line),
}

impl WitnessBuilder<'_> {
    /// What apache-avro makes of a payload.
    pub(super) fn second_opinion(&mut self, paths: &Paths, found: Found<'_>, payload: &Payload) -> Opinion {
        Opinion {
            by: &APACHE_AVRO,
            says: self.saying(paths, found, payload).unwrap_or_else(Saying::NotAsked),
        }
    }

    fn saying(&mut self, paths: &Paths, found: Found<'_>, payload: &Payload) -> Result<Saying, Line> {
        if found.mismatch.facts().confirmed == Confirmed::InJava {
            return Err("the finding is about Avro Java alone".into());
        }
        if payload.bytes.len() > MAX_BYTES {
            return Err(to_line!("the event has more than {MAX_BYTES} bytes"));
        }
        let whole = decode(self.writer, &payload.bytes, &Limits::default()).map_err(Line::new)?;
        if cost::depth(&whole) > MAX_DEPTH {
            return Err(to_line!("the event is nested deeper than {MAX_DEPTH} levels"));
        }
        let expected = self.expected(paths, found, payload);
        self.read_writer();
        let Some(Ok(writer)) = &self.other.writer else {
            return Err(match self.other.writer.take() {
                Some(Err(why)) => {
                    self.other.writer = Some(Err(why.clone()));
                    why
                }
                Some(Ok(_)) | None => Line::default(),
            });
        };
        let steps: Vec<(Step, bool)> = paths.upwards(found.node).map(|(step, _)| (step, true)).collect();
        let read = guarded(|| -> Result<Option<Theirs>, Error> {
            let mut bytes = payload.bytes.as_slice();
            let value = GenericDatumReader::builder(writer).build()?.read_value(&mut bytes)?;
            Ok(steps
                .iter()
                .rev()
                .try_fold(value, |value, (step, _)| below(value, *step))
                .filter(|_| bytes.is_empty()))
        });
        let value = match read {
            None => return Err(PANICKED.into()),
            Some(Err(error)) => return Err(to_line!("it does not read the event as the writer does: {error}")),
            Some(Ok(None)) => return Err("it does not read the event as the writer does".into()),
            Some(Ok(Some(value))) => value,
        };
        if !alike(self.writer, found.writer, &payload.seed, &value) {
            return Err("it does not read the event as the writer does".into());
        }
        // Of a record the finding is about some fields, or about none.
        let fields = found.mismatch.reader_fields();
        let kept = matches!(self.reader.get(found.reader).kind, Kind::Record(_)).then_some(fields);
        let text = self.reader.resolved_type(found.reader, kept, true);
        self.other.take_in(&text)?;
        cost::is_little(self.reader, found.reader, kept, &payload.seed)?;
        let reading = guarded(|| match TheirSchema::parse_str(&text) {
            Err(error) => Reading::NoSchema(to_line!("it does not read the reader's schema: {error}")),
            Ok(schema) => match value.resolve(&schema) {
                Ok(value) => Reading::Value(value),
                Err(error) => Reading::Refused(error.into_details()),
            },
        });
        let reading = reading.ok_or_else(|| Line::from(PANICKED))?;
        self.compared(found, reading, expected.as_ref())
    }

    /// Has the library read the writer's schema, once.
    fn read_writer(&mut self) {
        if self.other.writer.is_some() {
            return;
        }
        let text = self.writer.resolved_type(self.writer.root(), None, false);
        let read = self.other.take_in(&text).and_then(|()| {
            apache_avro::util::max_allocation_bytes(ALLOCATION);
            match guarded(|| TheirSchema::parse_str(&text)) {
                None => Err(PANICKED.into()),
                Some(Err(error)) => Err(to_line!("it does not read the writer's schema: {error}")),
                Some(Ok(schema)) => Ok(schema),
            }
        });
        self.other.writer = Some(read);
    }

    /// What our own decoder reads at the place, by the part of the reader that the finding is about.
    fn expected(&self, paths: &Paths, found: Found<'_>, payload: &Payload) -> Option<Value> {
        let part = part(paths, found);
        let rules = Rules {
            java: None,
            part: Some(&part),
        };
        let read = resolve_within(
            self.reader,
            self.writer,
            &payload.bytes,
            &Limits::default(),
            rules,
            &mut Plans::default(),
            &Budget::unlimited(),
        );
        let steps: Vec<Step> = paths.upwards(found.node).map(|(step, _)| step).collect();
        steps.into_iter().rev().try_fold(read.ok()?, |mut value, step| {
            while let (Step::Field { .. } | Step::Item | Step::Entry, Value::Union(_, inner)) = (step, &mut value) {
                value = std::mem::replace(inner, Value::Null);
            }
            match (step, value) {
                (Step::Field { reader, .. }, Value::Record(fields)) => fields.into_iter().nth(reader as usize),
                (Step::Item, Value::Array(mut items)) => items.pop(),
                (Step::Entry, Value::Map(mut entries)) => entries.pop().map(|(_, value)| value),
                (Step::WriterBranch(_) | Step::ReaderBranch(_), value) => Some(value),
                (Step::Field { .. } | Step::Item | Step::Entry, _) => None,
            }
        })
    }

    /// Whether what the library makes of the part is what the finding says, and if not, which of its quirks explains it.
    fn compared(&self, found: Found<'_>, reading: Reading, expected: Option<&Value>) -> Result<Saying, Line> {
        let (reader, writer) = (self.reader.get(found.reader), self.writer.get(found.writer));
        let has_meaning = writer.logical.is_some();
        let both_mean = has_meaning && reader.logical.is_some();
        let as_expected = |value: &Theirs| {
            let mut expected = expected;
            // The reader's branch is chosen on the way.
            while let (Some(Value::Union(_, inner)), false) = (expected, matches!(reader.kind, Kind::Union(_))) {
                expected = Some(inner);
            }
            expected.is_some_and(|expected| match (&reader.kind, expected, value) {
                (Kind::Record(record), Value::Record(ours), Theirs::Record(theirs)) => {
                    let fields = found.mismatch.reader_fields();
                    fields.len() == theirs.len()
                        && fields.iter().zip(theirs).all(|(field, (_, theirs))| {
                            let field = *field as usize;
                            let ours = record.fields().get(field).zip(ours.get(field));
                            ours.is_some_and(|(field, ours)| alike(self.reader, field.ty, ours, theirs))
                        })
                }
                _ => alike(self.reader, found.reader, expected, value),
            })
        };
        Ok(match (found.mismatch, reading) {
            (Mismatch::WrongDefault(_), Reading::NoSchema(_)) => Saying::Confirmed,
            (Mismatch::DefaultField(field), Reading::NoSchema(why)) => self.of_default(found, *field, why, expected),
            (_, Reading::NoSchema(why)) => return Err(why),

            // What refuses.
            (Mismatch::Type, Reading::Refused(_)) => Saying::Confirmed,
            (Mismatch::Type, Reading::Value(_)) if goes_by_value(&reader.kind, &writer.kind) => Saying::Quirk(&VALUES),
            (Mismatch::Name, _) => Saying::Quirk(&NAMES),
            (Mismatch::Size, Reading::Refused(Details::CompareFixedSizes { .. })) => Saying::Confirmed,
            (Mismatch::Size, Reading::Refused(_)) if has_meaning || reader.logical.is_some() => {
                Saying::Quirk(&LOGICAL_TYPES)
            }
            (Mismatch::Size, Reading::Value(_)) if both_mean => Saying::Quirk(&VALUES),
            (Mismatch::UnknownSymbols(_), Reading::Refused(Details::GetEnumDefault { .. })) => Saying::Confirmed,
            (Mismatch::MissingField(_), Reading::Refused(Details::GetField(_))) => Saying::Confirmed,
            (Mismatch::WrongDefault(field), Reading::Value(value)) => {
                self.of_default(found, *field, to_line!("{value:?}"), None)
            }
            (Mismatch::WrongDefault(_), Reading::Refused(_)) => Saying::Confirmed,
            (Mismatch::TwoMatches { .. }, Reading::Value(_) | Reading::Refused(_))
            | (Mismatch::TwoClaims { .. }, Reading::Refused(_)) => Saying::Quirk(&ALIASES),
            (Mismatch::MissingBranch, Reading::Refused(Details::FindUnionVariant { .. })) => Saying::Confirmed,
            (Mismatch::MissingBranch, Reading::Refused(_)) if has_meaning => Saying::Quirk(&LOGICAL_TYPES),
            (Mismatch::MissingBranch, Reading::Value(Theirs::Union(number, value))) => {
                match reader
                    .kind
                    .branches()
                    .get(number as usize)
                    .map(|id| &self.reader.get(*id).kind)
                {
                    Some(branch) if branch.name() == writer.kind.name() && branch.named().is_some() => {
                        Saying::Quirk(&NAMES)
                    }
                    Some(branch) if goes_by_value(branch, &writer.kind) => Saying::Quirk(&VALUES),
                    _ => Saying::Reads(to_line!("{value:?}")),
                }
            }
            (Mismatch::BytesAsString, Reading::Refused(Details::ConvertToUtf8(_))) => Saying::Confirmed,
            (Mismatch::BytesAsString, Reading::Refused(_)) if has_meaning || reader.logical.is_some() => {
                Saying::Quirk(&LOGICAL_TYPES)
            }

            // What is read as something else.
            (
                Mismatch::Meaning(Conflict::Scale { .. } | Conflict::Precision { .. }),
                Reading::Refused(Details::ComparePrecisionAndSize { .. }),
            ) => Saying::Quirk(&SHORT_DECIMAL),
            (Mismatch::Meaning(Conflict::Kind { .. }), Reading::Refused(_)) => Saying::Quirk(&LOGICAL_TYPES),
            (Mismatch::Meaning(_) | Mismatch::Lossy | Mismatch::DefaultSymbols(_), Reading::Value(value))
                if as_expected(&value) =>
            {
                Saying::Confirmed
            }
            (Mismatch::Lossy, Reading::Refused(_)) if has_meaning => Saying::Quirk(&LOGICAL_TYPES),
            (Mismatch::DefaultField(_), Reading::Value(value)) if as_expected(&value) => Saying::Confirmed,
            (Mismatch::DefaultField(field), Reading::Value(value)) => {
                self.of_default(found, *field, to_line!("{value:?}"), expected)
            }
            (Mismatch::DefaultField(_), Reading::Refused(Details::ComparePrecisionAndSize { .. })) => {
                Saying::Quirk(&SHORT_DECIMAL)
            }
            (Mismatch::DefaultField(field), Reading::Refused(error)) => {
                self.of_default(found, *field, to_line!("an error: {error}"), expected)
            }

            (_, Reading::Value(value)) => Saying::Reads(to_line!("{value:?}")),
            (_, Reading::Refused(error)) => Saying::Reads(to_line!("an error: {error}")),
        })
    }

    /// Why a default is read otherwise. `expected` is the record with it, where our own decoder takes it.
    fn of_default(&self, found: Found<'_>, field: u32, reads: Line, expected: Option<&Value>) -> Saying {
        let record = self.reader.get(found.reader).kind.record();
        let field = record.and_then(|record| record.fields().get(field as usize));
        let (has_other_branch, has_bytes) = match (expected, field) {
            (Some(value), _) => quirks::in_default(value),
            (None, Some(field)) => (false, quirks::has_bytes(self.reader, field.ty)),
            (None, None) => (false, false),
        };
        match (has_other_branch, has_bytes) {
            (true, _) => Saying::Quirk(&UNION_DEFAULT),
            (false, true) => Saying::Quirk(&BYTES_DEFAULT),
            (false, false) => Saying::Reads(reads),
        }
    }
}

impl OtherDecoder {
    /// Counts the text of a schema that is put before the library.
    ///
    /// # Errors
    /// Why it is not.
    fn take_in(&mut self, text: &str) -> Result<(), Line> {
        self.read += text.len();
        if text.len() > SCHEMA || self.read > SCHEMAS {
            return Err("the schemas are too large to be read once more".into());
        }
        if cost::text_depth(text) > 2 * MAX_DEPTH {
            return Err(to_line!("the schema is nested deeper than {MAX_DEPTH} levels"));
        }
        Ok(())
    }
}

/// One step down in a value of the library's.
fn below(value: Theirs, step: Step) -> Option<Theirs> {
    match (step, value) {
        (Step::Field { writer, .. }, Theirs::Record(fields)) => {
            fields.into_iter().nth(writer as usize).map(|(_, value)| value)
        }
        (Step::Item, Theirs::Array(items)) => items.into_iter().next(),
        (Step::Entry, Theirs::Map(entries)) => entries.into_values().next(),
        (Step::WriterBranch(number), Theirs::Union(of, value)) if of == number => Some(*value),
        (Step::ReaderBranch(_), value) => Some(value),
        _ => None,
    }
}
