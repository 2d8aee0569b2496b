//! A concrete event that breaks, confirmed by the decoder.

mod candidate;
pub(super) mod observed;
mod place;

use rustc_hash::FxHashSet;

use super::field_view::{Container, ElementType, FieldView, FieldViews, Presence};
use super::mismatch::{Confirmed, Decoded, Shown};
#[cfg(feature = "second-opinion")]
use super::opinion::{self, OtherDecoder};
use super::paths::Paths;
use super::walk::{Event, Found};
use crate::budget::{Budget, Exhausted};
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::finding::{Evidence, Observed};
use crate::protobuf::DataLimits;
use crate::protobuf::data::decode::{decode_asking, decode_by};
use crate::protobuf::data::encode::{encode_by, encode_with_last};
use crate::protobuf::data::index::Index;
use crate::protobuf::data::json_encoding::{from_json_by, to_json_within};
use crate::protobuf::data::minimal::Minimal;
use crate::protobuf::data::value::{FieldValue, Key, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::language::schema::{FileSet, MapValue, MessageId};
use crate::text::json;
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::text::source::Source;
use crate::to_line;
use candidate::{many, message_of};
use observed::{descend, shown, shown_within};
use place::{is_within, json_place, steps};

/// All witnesses of one comparison together cost no more than this, in bytes and in parts of values; the findings beyond it
/// go without.
const BUDGET: usize = 5_000_000;

/// What a finding costs beside its witness, in steps.
const FINDING: usize = 64;

pub(super) const SPENT: &str =
    "the findings before this one already carry as many witnesses as are made for one comparison";
const LARGE: &str = "the smallest payload that shows it is too large or too deep to be shown";

/// Bytes of ProtoJSON beyond which a payload is not tried in it.
pub(super) const MAX_JSON: usize = 4 * WITNESS_BYTES;

/// What was made.
pub(super) enum Built {
    /// This is why the finding is to be believed.
    Evidence(Evidence),
    /// No value of the writer gets there, so there is nothing to be found.
    Never,
    /// The decoder does not confirm what the check says: one of them is wrong, so nothing is certain.
    Contradicted(Line),
}

impl Built {
    fn is_refused(&self) -> bool {
        matches!(self, Built::Evidence(Evidence::Witness(witness)) if matches!(witness.observed, Observed::Refused(_)))
    }

    /// The one that says more.
    fn or(self, other: Built) -> Built {
        let is_witness = matches!(self, Built::Evidence(Evidence::Witness(_)));
        match is_witness && !other.is_refused() {
            true => self,
            false => other,
        }
    }
}

/// Makes the witnesses of one comparison.
pub(super) struct WitnessBuilder<'s> {
    pub(super) reader: &'s FileSet,
    writer: &'s FileSet,
    /// The fields of the reader's messages, as decoding looks them up.
    pub(super) reads: Index<'s>,
    /// Those of the writer's.
    pub(super) writes: Index<'s>,
    slots: FieldViews<'s>,
    minimal: Minimal<'s>,
    pub(super) budget: &'s Budget,
    pub(super) spent: usize,
    #[cfg(feature = "second-opinion")]
    pub(super) other: OtherDecoder,
}

/// What is put into a field.
#[derive(Debug, Clone)]
pub(super) enum Candidate {
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
pub(super) enum ObservedValue<'v> {
    Message(&'v MessageValue),
    Entry(&'v Key, &'v Value),
}

impl<'s> WitnessBuilder<'s> {
    /// For these two sets.
    pub fn new(reader: &'s FileSet, writer: &'s FileSet, budget: &'s Budget) -> Self {
        WitnessBuilder {
            reader,
            writer,
            reads: Index::new(reader),
            writes: Index::new(writer),
            slots: FieldViews::new(writer),
            minimal: Minimal::new(writer),
            budget,
            spent: 0,
            #[cfg(feature = "second-opinion")]
            other: OtherDecoder::default(),
        }
    }

    /// Counts work that is done for witnesses, in bytes and in parts of values.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn spend(&mut self, cost: usize) -> Result<(), Exhausted> {
        self.spent += cost;
        self.budget.spend(cost)
    }

    /// Counts what it costs to say a mismatch: names of numbers are looked for.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn pay(&self, found: &Found<'_>) -> Result<(), Exhausted> {
        self.budget
            .spend(FINDING + found.mismatch.names(self.reader, self.writer))
    }

    /// Whether nothing more is made.
    pub fn is_spent(&self) -> bool {
        self.spent > BUDGET
    }

    /// Whether the writer's message has any value.
    pub fn exists(&self, message: MessageId) -> bool {
        self.minimal.exists(message)
    }

    /// The smallest event that the writer writes and for which the reader has no message.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn unreadable_message(&mut self, message: MessageId, why: Line) -> Result<Evidence, Exhausted> {
        self.budget.spend(FINDING)?;
        if self.is_spent() {
            return Ok(Evidence::Omitted(SPENT.into()));
        }
        let Some(value) = self.minimal(message)? else {
            return Ok(Evidence::Omitted(LARGE.into()));
        };
        Ok(match encode_by(&self.writes, message, &value) {
            Ok(bytes) => {
                let evidence = self.witness(message, &value, bytes, Observed::Refused(why), &[]);
                #[cfg(feature = "second-opinion")]
                let evidence = match self.budget.asks_others() {
                    true => evidence.with_opinion(|_| opinion::without_message()),
                    false => evidence,
                };
                evidence
            }
            Err(error) => Evidence::Omitted(Line::new(error)),
        })
    }

    /// A payload that goes from the event to where the mismatch was found and shows it.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn make(&mut self, paths: &Paths<'s>, found: &Found<'s>) -> Result<Built, Exhausted> {
        if !self.reaches(found) {
            return Ok(Built::Never);
        }
        let candidates = self.candidates(found)?;
        if candidates.is_empty() {
            return Ok(Built::Never);
        }
        let mut best = Built::Never;
        for put in candidates {
            if self.is_spent() {
                return Ok(best.or(omitted(SPENT)));
            }
            let Some(value) = self.build(paths, found, &put)? else {
                return Ok(best.or(omitted(LARGE)));
            };
            best = best.or(self.judge(paths, found, &value)?);
            // What is refused says more than what is changed; of other mismatches one witness is as good as another.
            if best.is_refused() || found.mismatch.facts().shown != Shown::Content {
                break;
            }
        }
        Ok(best)
    }

    /// Decodes a payload as the reader does, and says whether that confirms the mismatch.
    fn judge(&mut self, paths: &Paths<'s>, found: &Found<'s>, value: &MessageValue) -> Result<Built, Exhausted> {
        let built = self.decided(paths, found, value)?;
        #[cfg(feature = "second-opinion")]
        if self.budget.asks_others()
            && let Built::Evidence(evidence) = built
        {
            let evidence = evidence.with_opinion(|witness| self.second_opinion(paths, found, value, witness));
            return Ok(Built::Evidence(evidence));
        }
        Ok(built)
    }

    fn decided(&mut self, paths: &Paths<'s>, found: &Found<'s>, value: &MessageValue) -> Result<Built, Exhausted> {
        let Event { reader, writer } = found.event;
        let facts = found.mismatch.facts();
        let encoded = match (found.mismatch.members(), found.writer) {
            // Of what is set together the first is lost: the other one comes after it, whatever their numbers.
            (Some([first, other, ..]), Container::Message(id)) if first.number > other.number => {
                encode_with_last(&self.writes, writer, value, (id, other.number))
            }
            _ => encode_by(&self.writes, writer, value),
        };
        let bytes = match encoded {
            Ok(bytes) => bytes,
            Err(error) => {
                return Ok(Built::Contradicted(to_line!(
                    "the witness could not be encoded: {error}"
                )));
            }
        };
        self.spend(bytes.len() + 64)?;
        let steps = steps(paths, found);
        let witness =
            |builder: &Self, outcome| Built::Evidence(builder.witness(writer, value, bytes.clone(), outcome, &steps));
        Ok(
            match (
                decode_by(&self.reads, reader, &bytes, &DataLimits::default()),
                facts.confirmed,
            ) {
                (Err(error), Confirmed::Refused | Confirmed::RefusedOrChanged) => {
                    match self.own(paths, found, &bytes, error)? {
                        Some(error) => witness(self, Observed::Refused(Line::new(error))),
                        None => Built::Evidence(Evidence::None),
                    }
                }
                // Something else is refused first; that has a finding of its own.
                (Err(_), Confirmed::Changed | Confirmed::InJson) => Built::Evidence(Evidence::None),
                // What it stands in is not there at all, for instance because a oneof that must have another case clears it.
                (Ok(read), Confirmed::Refused) if descend(&read, &numbers(paths, found)).is_none() => {
                    Built::Evidence(Evidence::None)
                }
                (Ok(_), Confirmed::Refused) if facts.is_error() => {
                    Built::Contradicted("the reader's decoder takes the payload that it should refuse".into())
                }
                (Ok(_), Confirmed::Refused) => Built::Evidence(Evidence::None),
                (Ok(read), Confirmed::InJson) => match self.json(found.event, value, &read) {
                    Some(outcome) => witness(self, outcome),
                    None => Built::Evidence(Evidence::None),
                },
                (Ok(read), Confirmed::RefusedOrChanged | Confirmed::Changed)
                    if self.is_cleared(paths, found, &read) =>
                {
                    Built::Never
                }
                (Ok(read), Confirmed::RefusedOrChanged | Confirmed::Changed) => {
                    match self.seen(paths, found, value, &read) {
                        Some(reported) => witness(self, Observed::Changed(reported)),
                        None if !facts.is_error() => Built::Evidence(Evidence::None),
                        // What does not fit an entry is a zero there, or an empty message, which may be all that is ever written.
                        None if facts.decoded == Decoded::NotThere
                            && matches!(found.reader, Container::Entry { .. }) =>
                        {
                            Built::Never
                        }
                        None => Built::Contradicted("the reader's decoder sees what was written".into()),
                    }
                }
            },
        )
    }

    /// What a payload of the writer's message shows, where it is small enough to be shown; `steps` lead to the place in it.
    fn witness(
        &self,
        message: MessageId,
        value: &MessageValue,
        bytes: Vec<u8>,
        outcome: Observed,
        steps: &[&str],
    ) -> Evidence {
        // Names of fields stand in JSON only: what is small in bytes may be too large in it.
        match shown_within(&self.writes, message, value, &bytes, WITNESS_BYTES) {
            Some(json) => {
                let at = json_place(&json, steps);
                let evidence = Evidence::witness(json, bytes, outcome, at);
                evidence.of_message(&self.writer.message(message).name)
            }
            None => Evidence::Omitted(LARGE.into()),
        }
    }

    /// The error of a reader that has no other fault than this mismatch; `None` where the refusal is not due to it.
    fn own(
        &mut self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        bytes: &[u8],
        error: DecodeError,
    ) -> Result<Option<DecodeError>, Exhausted> {
        if error.kind == DecodeErrorKind::Required
            && let (Container::Message(id), Some(slot)) = (found.reader, found.slots.reader())
            && slot.is_required
        {
            // What else is required is asked for by other findings.
            self.spend(bytes.len() + 64)?;
            let asked = decode_asking(&self.reads, found.event.reader, bytes, Some((id, slot.number)));
            if let Err(own) = asked
                && own.kind == DecodeErrorKind::Required
            {
                return Ok(Some(own));
            }
        }
        if found.mismatch.facts().shown == Shown::AbsenceAlone {
            let is_entry = matches!(found.reader, Container::Entry { .. });
            return Ok((is_entry && error.kind == DecodeErrorKind::Required).then_some(error));
        }
        let must_be = found.slots.writer().is_none_or(|slot| slot.occurs == Presence::Always);
        if must_be || matches!(found.writer, Container::Entry { .. }) {
            return Ok(is_within(paths, found, &error).then_some(error));
        }
        // Without what was put into the field the payload is taken.
        let Some(without) = self.build(paths, found, &Candidate::Nothing)? else {
            return Ok(Some(error));
        };
        let Ok(without) = encode_by(&self.writes, found.event.writer, &without) else {
            return Ok(Some(error));
        };
        self.spend(without.len() + 64)?;
        let is_taken = decode_by(&self.reads, found.event.reader, &without, &DataLimits::default()).is_ok();
        Ok((is_taken || is_within(paths, found, &error)).then_some(error))
    }

    /// What ProtoJSON of the value is to the reader, if it is not what the bytes are.
    fn json(&self, event: Event, value: &MessageValue, read: &MessageValue) -> Option<Observed> {
        let text = to_json_within(&self.writes, event.writer, value, MAX_JSON).ok()?;
        let source = Source::new("witness", text);
        match from_json_by(&self.reads, event.reader, &source, &json::Limits::default()) {
            Err(error) => {
                let why = error
                    .problems
                    .first()
                    .map_or_else(Line::default, |problem| problem.message.clone());
                Some(Observed::Refused(to_line!("as ProtoJSON: {why}")))
            }
            Ok(other) if other.fields != read.fields => Some(Observed::Changed(to_line!(
                "as ProtoJSON: {}",
                shown(&self.reads, event.reader, &other, &[])
            ))),
            Ok(_) => None,
        }
    }

    /// Whether any value of the writer gets to the messages in which the mismatch was found, and into the field. The walk goes
    /// no way that no value goes.
    fn reaches(&self, found: &Found<'s>) -> bool {
        let has_values = |body: Container| body.message().is_none_or(|id| self.minimal.exists(id));
        let inside = |slot: &FieldView<'_>| match slot.holds {
            ElementType::Container(body) => has_values(body),
            ElementType::Group(id) => self.minimal.exists(id),
            ElementType::Scalar(_) | ElementType::Enum(_) => true,
        };
        let needs_field = !matches!(found.mismatch.facts().shown, Shown::Absence | Shown::AbsenceAlone);
        self.minimal.exists(found.event.writer)
            && has_values(found.writer)
            && (!needs_field || found.slots.writer().into_iter().all(inside))
    }

    /// Builds the value around what is put into the field, from the inside to the root.
    pub(super) fn build(
        &mut self,
        paths: &Paths<'s>,
        found: &Found<'s>,
        put: &Candidate,
    ) -> Result<Option<MessageValue>, Exhausted> {
        if paths.depth(found.node) >= MAX_DEPTH - 2 {
            return Ok(None);
        }
        let Some(mut part) = self.filled(found, put)? else {
            return Ok(None);
        };
        for link in paths.upwards(found.node) {
            let value = match part {
                Part::Entry(key, value) => FieldValue::Map([(key, value)].into()),
                Part::Message(message) => many(&link.writer, message_of(message)),
            };
            part = match link.within {
                Container::Message(id) => {
                    let Some(mut message) = self.minimal(id)? else {
                        return Ok(None);
                    };
                    self.set(&mut message, id, &link.writer, value)?;
                    Part::Message(message)
                }
                Container::Entry { key, .. } => match value {
                    FieldValue::Single(value) => Part::Entry(Key::zero(key), value),
                    FieldValue::Repeated(_) | FieldValue::Map(_) => return Ok(None),
                },
            };
        }
        Ok(match part {
            Part::Message(message) => Some(message),
            Part::Entry(..) => None,
        })
    }

    /// The message or entry in which the field is, with the field as it is put.
    fn filled(&mut self, found: &Found<'s>, put: &Candidate) -> Result<Option<Part>, Exhausted> {
        Ok(match found.writer {
            Container::Message(id) => {
                let Some(mut message) = self.minimal(id)? else {
                    return Ok(None);
                };
                match (found.mismatch.members(), put, found.slots.writer()) {
                    (Some(members), Candidate::Field(_), _) => {
                        for slot in members.iter().take(2) {
                            let Some(value) = self.taken(slot, found.reader)? else {
                                return Ok(None);
                            };
                            self.set(&mut message, id, slot, value)?;
                        }
                    }
                    (None, Candidate::Field(value), Some(slot)) => {
                        self.set(&mut message, id, slot, value.clone())?;
                    }
                    (_, Candidate::Nothing, _) | (None, Candidate::Field(_), None) => {
                        if found.mismatch.facts().shown == Shown::AbsenceAlone {
                            self.require_others(found, id, &mut message)?;
                        }
                    }
                }
                Some(Part::Message(message))
            }
            Container::Entry { key, value, .. } => {
                let Some(value) = self.map_value(value)? else {
                    return Ok(None);
                };
                let mut entry = (Key::zero(key), value);
                if let (Candidate::Field(FieldValue::Single(value)), Some(slot)) = (put, found.slots.writer()) {
                    match slot.number {
                        1 => match Key::of(value.clone()) {
                            Some(key) => entry.0 = key,
                            None => return Ok(None),
                        },
                        _ => entry.1 = value.clone(),
                    }
                }
                Some(Part::Entry(entry.0, entry.1))
            }
        })
    }

    /// Puts a field into a message, where it takes the place of what else its oneof may have.
    fn set(
        &mut self,
        message: &mut MessageValue,
        id: MessageId,
        slot: &FieldView<'_>,
        value: FieldValue,
    ) -> Result<(), Exhausted> {
        if slot.oneof.is_some() {
            self.budget.spend(message.fields.len())?;
            let fields = self.writes.fields(id);
            message.fields.retain(|number, _| {
                let other = fields.by_number.get(number).filter(|other| other.extension.is_none());
                other.is_none_or(|other| other.field.oneof != slot.oneof)
            });
        }
        message.fields.insert(slot.number, value);
        Ok(())
    }

    /// Writes what else the reader requires, so that nothing but the field in question is missing.
    fn require_others(
        &mut self,
        found: &Found<'s>,
        writer: MessageId,
        message: &mut MessageValue,
    ) -> Result<(), Exhausted> {
        let Container::Message(reader) = found.reader else {
            return Ok(());
        };
        let fields = self.reads.fields(reader);
        if fields.required.len() == 1 {
            return Ok(());
        }
        let others: FxHashSet<i32> = fields.required.iter().map(|known| known.field.number).collect();
        self.spend(others.len() + self.writer.message(writer).fields.len())?;
        for slot in self.slots.of(Container::Message(writer), None) {
            let is_other = slot.number != found.slots.number() && others.contains(&slot.number);
            if is_other && slot.oneof.is_none() && !message.fields.contains_key(&slot.number) {
                let value = self.telling(&slot)?;
                message.fields.extend(value.map(|value| (slot.number, value)));
            }
        }
        Ok(())
    }

    fn minimal(&mut self, id: MessageId) -> Result<Option<MessageValue>, Exhausted> {
        self.spend(self.minimal.parts(id))?;
        Ok(self.minimal.value(id))
    }

    fn map_value(&mut self, value: MapValue) -> Result<Option<Value>, Exhausted> {
        Ok(match value {
            MapValue::Scalar(scalar) => Some(Value::zero(scalar)),
            MapValue::Enum(id) => {
                let first = self.writer.enumeration(id).values.first();
                first.map(|first| Value::Enum(first.number))
            }
            MapValue::Message(id) => self.minimal(id)?.map(message_of),
        })
    }
}

fn omitted(why: &str) -> Built {
    Built::Evidence(Evidence::Omitted(why.into()))
}

/// The numbers of the fields on the way from the event.
pub(super) fn numbers(paths: &Paths<'_>, found: &Found<'_>) -> Vec<i32> {
    let mut links: Vec<i32> = paths.upwards(found.node).map(|link| link.writer.number).collect();
    links.reverse();
    links
}
