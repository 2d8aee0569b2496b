//! What contracts need to know of Protobuf: where a path leads, what a oneof holds, and what decides how a reader reads.

use std::collections::HashMap;

use serde_json::{Value, json};
use treaty_schemas::DataStep;
use treaty_schemas::protobuf::schema::{
    Cardinality, Default, Enum, EnumId, Field, Kind, MapValue, Message, MessageId, Schema,
};

/// The message that an event of this name is.
pub(crate) fn event(schema: &Schema, name: &str) -> Option<MessageId> {
    match &schema.event {
        Some(event) => Some(event.message),
        None => treaty_schemas::protobuf::project::event(schema, name),
    }
}

/// The fields of a schema's messages by name and by number, indexed once they are asked for.
pub(crate) struct Fields<'s> {
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
        let mut at = event(self.schema, name);
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
        let mut at = event(self.schema, name);
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

/// The enum that a field holds.
pub(crate) fn enum_of(field: &Field) -> Option<EnumId> {
    match field.kind {
        Kind::Enum(id)
        | Kind::Map {
            value: MapValue::Enum(id),
            ..
        } => Some(id),
        _ => None,
    }
}

/// The names of the members of the oneof that the steps end in; none if they end in no oneof.
pub(crate) fn siblings(schema: &Schema, name: &str, steps: &[DataStep]) -> Vec<Box<str>> {
    let along = Fields::new(schema).along(name, steps);
    let Some((message, field)) = along.last() else {
        return Vec::new();
    };
    let members = message
        .fields
        .iter()
        .filter(|other| other.oneof.is_some() && other.oneof == field.oneof);
    members.map(|field| field.name.clone()).collect()
}

/// Everything that decides how a reader of this schema reads its event, and nothing else: numbers, names, kinds, presence,
/// defaults, oneofs and the values of enums stay; options, reserved numbers, comments, services and the order of fields go.
pub(crate) fn canonical(schema: &Schema, name: &str) -> Value {
    let Some(root) = event(schema, name) else {
        return Value::Null;
    };
    let mut canon = Canon {
        schema,
        messages: Vec::new(),
        numbers: HashMap::new(),
        enums: Vec::new(),
        enum_numbers: HashMap::new(),
    };
    canon.message(root);
    let mut messages = Vec::new();
    // Messages are told one after another, each referred to by its number, so that no chain of them is recursion.
    while let Some(id) = canon.messages.get(messages.len()).copied() {
        messages.push(canon.told(id));
    }
    let enums: Vec<Value> = canon
        .enums
        .iter()
        .map(|id| enumeration(schema.set.enumeration(*id)))
        .collect();
    json!({ "messages": messages, "enums": enums })
}

struct Canon<'s> {
    schema: &'s Schema,
    /// In the order in which they were met.
    messages: Vec<MessageId>,
    numbers: HashMap<MessageId, usize>,
    enums: Vec<EnumId>,
    enum_numbers: HashMap<EnumId, usize>,
}

impl Canon<'_> {
    fn message(&mut self, id: MessageId) -> usize {
        let next = self.messages.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.messages.push(id);
        }
        number
    }

    fn enumeration(&mut self, id: EnumId) -> usize {
        let next = self.enums.len();
        let number = *self.enum_numbers.entry(id).or_insert(next);
        if number == next {
            self.enums.push(id);
        }
        number
    }

    fn told(&mut self, id: MessageId) -> Value {
        let schema = self.schema;
        let message = schema.set.message(id);
        let mut fields: Vec<&Field> = message.fields.iter().collect();
        fields.sort_unstable_by_key(|field| field.number);
        let fields: Vec<Value> = fields.into_iter().map(|field| self.field(message, field)).collect();
        json!({ "name": message.name, "fields": fields })
    }

    fn field(&mut self, message: &Message, field: &Field) -> Value {
        let kind = match field.kind {
            Kind::Scalar(scalar) => json!(scalar.name()),
            Kind::Message(id) => json!({ "message": self.message(id) }),
            Kind::Group(id) => json!({ "group": self.message(id) }),
            Kind::Enum(id) => json!({ "enum": self.enumeration(id) }),
            Kind::Map { key, value } => {
                let value = match value {
                    MapValue::Scalar(scalar) => json!(scalar.name()),
                    MapValue::Message(id) => json!({ "message": self.message(id) }),
                    MapValue::Enum(id) => json!({ "enum": self.enumeration(id) }),
                };
                json!({ "key": key.name(), "value": value })
            }
        };
        let cardinality = match field.cardinality {
            Cardinality::Implicit => "implicit",
            Cardinality::Explicit => "explicit",
            Cardinality::Required => "required",
            Cardinality::Repeated => "repeated",
            Cardinality::Map => "map",
        };
        let default = field.default.as_ref().map(|default| match default {
            Default::Signed(number) => json!(number),
            Default::Unsigned(number) => json!(number),
            // By its bits: JSON has no NaN.
            Default::Float(number) => json!({ "bits": number.to_bits() }),
            Default::Bool(value) => json!(value),
            Default::Bytes(bytes) => json!(bytes),
            Default::Enum(number, _) => json!(number),
        });
        let oneof = field.oneof.and_then(|oneof| message.oneofs.get(oneof as usize));
        json!({
            "number": field.number,
            "name": field.name,
            "kind": kind,
            "cardinality": cardinality,
            "default": default,
            "oneof": oneof.map(|oneof| &*oneof.name),
            "utf8": field.validates_utf8,
        })
    }
}

fn enumeration(of: &Enum) -> Value {
    let mut values: Vec<(i32, &str)> = of.values.iter().map(|value| (value.number, &*value.name)).collect();
    let first = values.first().map(|(number, _)| *number);
    values.sort_unstable();
    json!({ "open": of.is_open, "first": first, "values": values })
}
