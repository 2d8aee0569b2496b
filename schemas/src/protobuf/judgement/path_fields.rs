//! Which fields a path through an event leads to.

use std::collections::{HashMap, HashSet};

use super::project::{event, named};
use crate::budget::{Budget, Exhausted};
use crate::data_path::{DataPath, DataStep};
use crate::event_name::EventName;
use crate::protobuf::language::schema::{Field, Message, MessageId, Schema, TypeId};
use crate::reads::Fallback;

impl Schema {
    /// Every field has a default.
    #[allow(clippy::unused_self, reason = "asked of a schema of any format")]
    pub(crate) fn fallback(&self, _path: &DataPath) -> Fallback {
        Fallback::Default
    }

    /// The name says which of the file's messages events are.
    pub(crate) fn event_name(&self, name: &str) -> EventName {
        let own = self.set.messages.iter().filter(|message| message.file.0 == 0);
        EventName {
            is_known: named(self, name).is_some(),
            decides: true,
            known: own.map(|message| message.name.to_string()).collect(),
        }
    }

    /// The number of steps to the member of a oneof that is nearest to the end of the path, unless the path ends in an enum: then
    /// to the end.
    pub(crate) fn choice(&self, event: &str, path: &DataPath) -> Option<usize> {
        let steps = path.steps();
        let ends = (1..).zip(steps).filter(|(_, step)| matches!(step, DataStep::Field(_)));
        let along = Fields::new(self).along(event, steps);
        let mut choice = None;
        for ((steps, _), (_, field)) in ends.zip(&along) {
            if field.kind.enumeration().is_some() {
                choice = Some(path.steps().len());
            } else if field.oneof.is_some() {
                choice = Some(steps);
            }
        }
        choice
    }

    /// The other members of each oneof that the path leads through a member of.
    pub(crate) fn alternatives(
        &self,
        event: &str,
        path: &DataPath,
        budget: &Budget,
    ) -> Result<Vec<DataPath>, Exhausted> {
        let mut along = Fields::new(self).along(event, path.steps()).into_iter();
        let mut alternatives = Vec::new();
        for (end, _) in (0..)
            .zip(path.steps())
            .filter(|(_, step)| matches!(step, DataStep::Field(_)))
        {
            let Some((message, field)) = along.next() else { break };
            // All of them were looked at to find the one.
            budget.spend(message.fields.len())?;
            let members = message
                .fields
                .iter()
                .filter(|other| other.oneof.is_some() && other.oneof == field.oneof && other.number != field.number);
            for member in members {
                budget.spend(1 + end)?;
                let mut steps = path.steps()[..end].to_vec();
                steps.push(DataStep::field(&member.name));
                alternatives.push(DataPath::of(steps));
            }
        }
        Ok(alternatives)
    }

    /// Whether a message or an enum stands in more than one place of an event.
    pub(crate) fn repeats_types(&self, event: &str) -> bool {
        let mut seen = HashSet::new();
        let mut todo: Vec<MessageId> = event_of(self, event).into_iter().collect();
        while let Some(id) = todo.pop() {
            if !seen.insert(TypeId::Message(id)) {
                return true;
            }
            for field in &self.set.message(id).fields {
                todo.extend(field.kind.message());
                if field
                    .kind
                    .enumeration()
                    .is_some_and(|id| !seen.insert(TypeId::Enum(id)))
                {
                    return true;
                }
            }
        }
        false
    }
}

/// The message that events of this name are.
pub(in crate::protobuf) fn event_of(schema: &Schema, name: &str) -> Option<MessageId> {
    match &schema.event {
        Some(event) => Some(event.message),
        None => event(schema, name),
    }
}

/// The fields of a schema's messages by name and by number, indexed once they are asked for.
pub(in crate::protobuf) struct Fields<'s> {
    schema: &'s Schema,
    by_name: HashMap<MessageId, HashMap<&'s str, &'s Field>>,
    by_number: HashMap<MessageId, HashMap<i32, &'s Field>>,
}

impl<'s> Fields<'s> {
    pub fn new(schema: &'s Schema) -> Self {
        Fields {
            schema,
            by_name: HashMap::new(),
            by_number: HashMap::new(),
        }
    }

    /// The fields that the steps lead through, from the event on, each with its message. Steps into items and entries lead
    /// through no field.
    pub fn along(&mut self, name: &str, steps: &[DataStep]) -> Vec<(&'s Message, &'s Field)> {
        let names = steps.iter().filter_map(|step| match step {
            DataStep::Field(name) => Some(&**name),
            _ => None,
        });
        let mut at = event_of(self.schema, name);
        let mut along = Vec::new();
        for name in names {
            let Some(id) = at else { break };
            let message = self.schema.set.message(id);
            let fields = message.fields.iter().rev().map(|field| (&*field.name, field));
            let by_name = self.by_name.entry(id).or_insert_with(|| fields.collect());
            let Some(field) = by_name.get(name).copied() else { break };
            along.push((message, field));
            at = field.kind.message();
        }
        along
    }

    /// The fields that have the same numbers as those of another schema, as far as there are such.
    pub fn by_number(&mut self, name: &str, along: &[(&Message, &Field)]) -> Vec<(&'s Message, &'s Field)> {
        let mut at = event_of(self.schema, name);
        let mut found = Vec::new();
        for (_, field) in along {
            let Some(id) = at else { break };
            let message = self.schema.set.message(id);
            let fields = message.fields.iter().rev().map(|field| (field.number, field));
            let by_number = self.by_number.entry(id).or_insert_with(|| fields.collect());
            let Some(field) = by_number.get(&field.number).copied() else {
                break;
            };
            found.push((message, field));
            at = field.kind.message();
        }
        found
    }
}
