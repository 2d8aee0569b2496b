//! What the engine's findings between Protobuf messages mean for a consumer.

use std::collections::{BTreeSet, HashMap};

use treaty_schemas::protobuf::schema::{Enum, EnumId, Field, Message, Schema};
use treaty_schemas::{At, DataPath, DataStep, Effect, Evidence, Finding, Label, Observed, Severity};

use super::{Position, Translation};
use crate::assessment::ReadFinding;
use crate::contract::fault::SUGGESTED;
use crate::protobuf;

impl Translation<'_> {
    /// Values that are handled and that the candidate's enum does not have. Its fields are found by the numbers of those
    /// on the way.
    pub fn values_gone(&self, writer: &Schema, reader: &Schema) -> Vec<ReadFinding> {
        let event = &self.requirement.event;
        let (mut known, mut sent) = (protobuf::Fields::new(reader), protobuf::Fields::new(writer));
        // Many fields may be of one enum.
        let mut sets: HashMap<EnumId, BTreeSet<&str>> = HashMap::new();
        let mut found = Vec::new();
        for read in &self.need.reads {
            let Some(handled) = &read.handles else { continue };
            if self.budget.spend(handled.len() + read.path.steps().len()).is_err() {
                break;
            }
            let along = known.along(event, read.path.steps());
            let there = sent.by_number(event, &along);
            let last = |fields: &[(&Message, &Field)]| fields.last().and_then(|(_, field)| protobuf::enum_of(field));
            let (Some(known), Some(sent), true) = (last(&along), last(&there), along.len() == there.len()) else {
                continue;
            };
            let names = sets.entry(sent).or_insert_with(|| {
                let values = writer.set.enumeration(sent).values.iter();
                values.map(|value| &*value.name).collect()
            });
            let (known, sent) = (reader.set.enumeration(known), writer.set.enumeration(sent));
            for gone in handled.iter().filter(|symbol| !names.contains(symbol.value.as_str())) {
                let places = [
                    at_enum(reader, known, "what it was built against".into()),
                    at_enum(writer, sent, format!("no `{}` in here", gone.value)),
                ];
                found.push(self.symbol_gone(read, gone, names, places, found.len() < SUGGESTED));
            }
        }
        found
    }

    /// Of what the whole message that the consumer was built against would suffer, that which concerns it too: payloads
    /// that its decoder refuses, and a oneof of which it reads a member. The consumer decodes with all of that message,
    /// however little of it it reads.
    pub fn of_whole_message(&self, mut finding: Finding) -> Option<Finding> {
        let treaty_schemas::Schema::Protobuf(built) = self.need.built.as_ref()? else {
            return None;
        };
        if let Evidence::Witness(witness) = &finding.evidence
            && matches!(witness.observed, Observed::Refused(_))
            && finding.severity == Severity::Error
        {
            let place = self.place(&finding.reader_path);
            return (place.position == Position::Beside).then_some(finding);
        }
        if finding.effect != Effect::CaseLost {
            return None;
        }
        let steps = finding.reader_path.steps();
        let (_, above) = steps.split_last()?;
        let members = protobuf::siblings(built, &self.requirement.event, steps);
        self.budget.spend(members.len()).ok()?;
        let read = members.into_iter().find_map(|member| {
            let path = [above, &[DataStep::Field(member)]].concat();
            let path = DataPath::of(path);
            (self.place(&path).position != Position::Beside).then_some(path)
        })?;
        finding.reader_path = read;
        Some(finding)
    }
}

/// A label at an enum's name.
fn at_enum(schema: &Schema, of: &Enum, note: String) -> Label {
    Label {
        source: schema.set.file(of.file).source.clone(),
        at: At::Span(of.name_span),
        note: note.into(),
    }
}
