//! What the engine's findings between Protobuf messages mean for a consumer.

use std::collections::{BTreeSet, HashMap};

use treaty_schemas::protobuf::rules as engine;
use treaty_schemas::protobuf::schema::{Enum, EnumId, Field, Message, Schema};
use treaty_schemas::{At, DataPath, DataStep, Evidence, Finding, Label, Outcome, Rule, Severity};

use super::{Place, Position, Translation};
use crate::assessment::ReadFinding;
use crate::contract::Otherwise;
use crate::contract::fault::SUGGESTED;
use crate::protobuf;
use crate::rules;
use crate::standing::Standing;

/// What is told of the wire does not concern ProtoJSON, nor whether a zero can be told from nothing: a consumer that reads
/// a field of a message has to take both.
const UNTOLD: [&Rule; 6] = [
    &engine::JSON_NAME_CHANGED,
    &engine::JSON_FORM_CHANGED,
    &engine::ENUM_VALUE_RENAMED,
    &engine::PRESENCE_CHANGED,
    &engine::FIELD_UNKNOWN,
    &engine::PACKAGE_CHANGED,
];

impl<'a> Translation<'a> {
    /// How bad a finding is; `None` where the contract allows it, or nothing that is read is touched.
    pub(super) fn protobuf_standing(&self, finding: &Finding, place: &Place<'a>) -> Option<Standing> {
        let is = |rule: &Rule| *finding.rule == *rule;
        let is_read = matches!(place.position, Position::At | Position::Inside);
        if UNTOLD.iter().any(|rule| is(rule)) {
            return None;
        }
        if is(&engine::FIELD_READ_AS_DEFAULT) {
            return self.missing(finding, place);
        }
        if is(&engine::ENUM_NUMBER_UNKNOWN) {
            let ignored = place.position != Position::Inside
                && place.read.is_some_and(|read| read.otherwise == Otherwise::Ignore);
            return match finding.severity {
                _ if ignored => None,
                _ if place.position == Position::Beside => None,
                // A closed enum puts the number aside: the field looks unset.
                Severity::Error => Some(Standing::Silent),
                _ => Some(Standing::Incompatible),
            };
        }
        // Nearly all numbers fit, and those that do not are read as others.
        if is(&engine::NUMBER_OUT_OF_RANGE) {
            return is_read.then_some(Standing::Compatible);
        }
        match finding.severity {
            Severity::Error => Some(Standing::Incompatible),
            _ => is_read.then_some(Standing::Compatible),
        }
    }

    /// The contract's rule for one of the engine's.
    pub(super) fn protobuf_rule(&self, finding: &Finding) -> &'static Rule {
        let rule = finding.rule;
        let is = |candidates: &[&Rule]| candidates.iter().any(|candidate| **candidate == *rule);
        if is(&[&engine::REQUIRED_FIELD_MISSING]) {
            match finding.never_written {
                true => &rules::READ_FIELD_REMOVED,
                false => &rules::READ_FIELD_NULLABLE,
            }
        } else if is(&[&engine::TYPE_MISSING]) {
            &rules::READ_FIELD_REMOVED
        } else if is(&[&engine::FIELD_READ_AS_DEFAULT]) {
            &rules::READ_FIELD_SILENT_DEFAULT
        } else if is(&[&engine::ENUM_NUMBER_UNKNOWN]) {
            &rules::READ_ENUM_VALUE_ADDED
        } else if is(&[&engine::ONEOF_CASE_LOST, &engine::ONEOF_CASE_UNKNOWN]) {
            &rules::READ_VARIANT_ADDED
        } else if is(&[&engine::NUMBER_OUT_OF_RANGE, &engine::MAP_ENTRIES_COLLAPSE]) {
            &rules::READ_TYPE_LOSSY
        } else if is(&[
            &engine::ENUM_RENUMBERED,
            &engine::ZERO_READ_AS_DEFAULT,
            &engine::DEFAULT_CHANGED,
        ]) {
            &rules::READ_FORMAT_CHANGED
        } else {
            &rules::READ_TYPE_CHANGED
        }
    }

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
            && matches!(witness.outcome, Outcome::Refused(_))
            && finding.severity == Severity::Error
        {
            let place = self.place(&finding.reader_path);
            return (place.position == Position::Beside).then_some(finding);
        }
        if *finding.rule != engine::ONEOF_CASE_LOST {
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
