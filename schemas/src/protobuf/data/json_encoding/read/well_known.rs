//! From the JSON of well-known types to their messages.

use std::collections::BTreeMap;

use super::Reader;
use crate::data_place::Segment;
use crate::protobuf::data::encode::encode_by;
use crate::protobuf::data::json_encoding::scalar::{scalar, text_of};
use crate::protobuf::data::json_encoding::well_known::WellKnown;
use crate::protobuf::data::json_encoding::{field_mask, time};
use crate::protobuf::data::value::{FieldValue, Key, MessageValue, Value};
use crate::protobuf::language::schema::Scalar;
use crate::text::json;
use crate::text::shorten::shortened;

/// How an `Any` says what it holds.
const TYPE_HELP: &str = r#"name it as in "@type": "type.googleapis.com/acme.Order""#;

impl<'a> Reader<'a, '_> {
    /// One that has a JSON form of its own.
    pub(super) fn well_known(&mut self, known: WellKnown, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let value = match known {
            WellKnown::Any => return self.any(node, depth),
            WellKnown::Timestamp | WellKnown::Duration => {
                let (parse, help): (fn(&str) -> _, _) = match known {
                    WellKnown::Timestamp => (time::parse_timestamp, time::TIMESTAMP_HELP),
                    _ => (time::parse_duration, time::DURATION_HELP),
                };
                text_of(node, help).and_then(parse).map(|(seconds, nanos)| {
                    let mut value = MessageValue::default();
                    if seconds != 0 {
                        value = value.with(1, Value::Int64(seconds));
                    }
                    if nanos != 0 {
                        value = value.with(2, Value::Int32(nanos));
                    }
                    value
                })
            }
            WellKnown::FieldMask => text_of(node, field_mask::HELP)
                .and_then(field_mask::paths)
                .map(|paths| {
                    let values: Vec<_> = paths.into_iter().map(|path| Value::String(path.into())).collect();
                    let mut value = MessageValue::default();
                    if !values.is_empty() {
                        value.fields.insert(1, FieldValue::Repeated(values));
                    }
                    value
                }),
            WellKnown::Struct => return self.object(node, depth),
            WellKnown::ListValue => return self.list(node, depth),
            WellKnown::Value => return self.dynamic(node, depth),
            WellKnown::Wrapper(kind) => scalar(kind, node).map(|value| match value.is_zero() {
                true => MessageValue::default(),
                false => MessageValue::default().with(1, value),
            }),
        };
        match value {
            Ok(value) => Some(value),
            Err(misread) => self.misread(node.span, misread),
        }
    }

    /// A `Value`: any JSON.
    fn dynamic(&mut self, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let (number, value) = match &node.value {
            json::Value::Null => (1, Value::Enum(0)),
            json::Value::Bool(value) => (4, Value::Bool(*value)),
            json::Value::String(text) => (3, Value::String(text.as_str().into())),
            json::Value::Number(_) => match scalar(Scalar::Double, node) {
                Ok(value) => (2, value),
                Err(misread) => {
                    let help = "numbers of a `Value` have 64 bits and are finite; send it as text";
                    return self.problem(node.span, misread.message, help);
                }
            },
            json::Value::Object(_) | json::Value::Array(_) => {
                let Some(depth) = depth.checked_sub(1) else {
                    return self.too_deep(node);
                };
                let (number, value) = match &node.value {
                    json::Value::Object(_) => (5, self.object(node, depth)?),
                    _ => (6, self.list(node, depth)?),
                };
                (number, Value::Message(Box::new(value)))
            }
        };
        Some(MessageValue::default().with(number, value))
    }

    fn object(&mut self, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let Some(members) = node.as_object() else {
            let message = format!("an object was expected, not {}", node.kind());
            return self.problem(node.span, message, "a `Struct` is an object, whatever is in it");
        };
        let mut value = MessageValue::default();
        let mut entries = BTreeMap::new();
        // An entry and the value in it.
        let Some(depth) = depth.checked_sub(2).or(members.is_empty().then_some(0)) else {
            return self.too_deep(node);
        };
        for member in members {
            self.problems.path.push(Segment::Key(&member.key));
            let part = self.dynamic(&member.value, depth);
            self.problems.path.pop();
            entries.insert(Key::String(member.key.as_str().into()), Value::Message(Box::new(part?)));
        }
        if !entries.is_empty() {
            value.fields.insert(1, FieldValue::Map(entries));
        }
        Some(value)
    }

    fn list(&mut self, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let Some(items) = node.as_array() else {
            let message = format!("an array was expected, not {}", node.kind());
            return self.problem(node.span, message, "a `ListValue` is an array, whatever is in it");
        };
        let mut value = MessageValue::default();
        let mut values = Vec::with_capacity(items.len());
        let Some(depth) = depth.checked_sub(1).or(items.is_empty().then_some(0)) else {
            return self.too_deep(node);
        };
        for (index, item) in items.iter().enumerate() {
            self.problems.path.push(Segment::Index(index as u64));
            let part = self.dynamic(item, depth);
            self.problems.path.pop();
            values.push(Value::Message(Box::new(part?)));
        }
        if !values.is_empty() {
            value.fields.insert(1, FieldValue::Repeated(values));
        }
        Some(value)
    }

    fn any(&mut self, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let Some(members) = node.as_object() else {
            let message = format!("an object was expected, not {}", node.kind());
            return self.problem(node.span, message, TYPE_HELP);
        };
        if members.is_empty() {
            return Some(MessageValue::default());
        }
        let Some(url) = node.get("@type") else {
            return self.problem(node.span, "an `Any` names its type in the member `@type`", TYPE_HELP);
        };
        let set = self.index.set;
        let text = url.as_str().unwrap_or_default();
        let found = text
            .rsplit_once('/')
            .and_then(|(_, name)| Some((name, set.message_named(name)?)));
        let Some((name, id)) = found else {
            let (message, help) = match url.as_str() {
                Some(_) if text.contains('/') => (
                    format!("the type `{}` of an `Any` is not known here", shortened(text)),
                    "import the file that declares it into the schema",
                ),
                _ => ("the type of an `Any` is written as a URL".into(), TYPE_HELP),
            };
            return self.problem(url.span, message, help);
        };
        let Some(depth) = depth.checked_sub(1) else {
            return self.too_deep(node);
        };
        let inner = match WellKnown::of(set, id) {
            None if name != "google.protobuf.Empty" || node.get("value").is_none() => {
                self.fields(id, members, "@type", node.span, depth)?
            }
            known => {
                let stranger = members
                    .iter()
                    .find(|member| member.key != "@type" && member.key != "value");
                if let Some(member) = stranger {
                    let message = format!(
                        "an `Any` that holds a `{name}` has the members `@type` and `value`, not `{}`",
                        shortened(&member.key)
                    );
                    return self.problem(member.key_span, message, "put what it holds into `value`");
                }
                let Some(value) = node.get("value") else {
                    let message = format!("an `Any` that holds a `{name}` has the member `value`");
                    return self.problem(
                        node.span,
                        message,
                        "its JSON is no object that could hold `@type` as well",
                    );
                };
                self.problems.path.push(Segment::Field("value"));
                let inner = match known {
                    Some(known) => self.well_known(known, value, depth),
                    None => self.message(id, value, depth),
                };
                self.problems.path.pop();
                inner?
            }
        };
        let bytes = match encode_by(self.index, id, &inner) {
            Ok(bytes) => bytes,
            Err(error) => {
                let help = "write what the type of the `Any` can hold";
                return self.problem(node.span, error.to_string(), help);
            }
        };
        let mut value = MessageValue::default().with(1, Value::String(text.into()));
        if !bytes.is_empty() {
            value = value.with(2, Value::Bytes(bytes.into()));
        }
        Some(value)
    }
}
