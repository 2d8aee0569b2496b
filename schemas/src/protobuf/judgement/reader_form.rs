//! What decides how a reader reads an event, in one form: two schemas that read alike have the same.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::path_fields::event_of;
use crate::protobuf::language::schema::{
    Cardinality, Default, Enum, EnumId, Field, Kind, MapValue, Message, MessageId, Schema,
};

impl Schema {
    /// Everything that decides how a reader of this schema reads its event, and nothing else: numbers, names, kinds, presence,
    /// defaults, oneofs and the values of enums stay; options, reserved numbers, comments, services and the order of fields go.
    pub(crate) fn reader_form(&self, event: &str) -> Value {
        let Some(root) = event_of(self, event) else {
            return Value::Null;
        };
        let mut form = Form {
            schema: self,
            messages: Vec::new(),
            numbers: HashMap::new(),
            enums: Vec::new(),
            enum_numbers: HashMap::new(),
        };
        form.message(root);
        let mut messages = Vec::new();
        // Messages are listed one after another, each referred to by its number, so that no chain of them is recursion.
        while let Some(id) = form.messages.get(messages.len()).copied() {
            messages.push(form.definition(id));
        }
        let enums: Vec<Value> = form
            .enums
            .iter()
            .map(|id| enumeration(self.set.enumeration(*id)))
            .collect();
        json!({ "messages": messages, "enums": enums })
    }
}

/// The form as far as it is made.
struct Form<'s> {
    schema: &'s Schema,
    /// In the order in which they were met.
    messages: Vec<MessageId>,
    numbers: HashMap<MessageId, usize>,
    enums: Vec<EnumId>,
    enum_numbers: HashMap<EnumId, usize>,
}

impl Form<'_> {
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

    fn definition(&mut self, id: MessageId) -> Value {
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
