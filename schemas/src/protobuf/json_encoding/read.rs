//! From JSON to a message's value.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::number;
use super::scalar::{key_of, scalar, text_of};
use super::well_known::WellKnown;
use super::{field_mask, time};
use crate::data_place::{Segment, shortened};
use crate::json::{self, Problems};
use crate::likeness::distance;
use crate::protobuf::encode::encode_by;
use crate::protobuf::index::{Fields, Index, Known};
use crate::protobuf::schema::{Cardinality, EnumId, FileSet, Kind, MapValue, MessageId, Scalar};
use crate::protobuf::value::{FieldValue, Key, MAX_DEPTH, MessageValue, Value};
use crate::source::{ParseError, Source, Span};

/// Reads a value in ProtoJSON.
///
/// # Errors
/// What is no JSON, larger or deeper than `limits`, or not of the message's type: up to 20 problems in the order of the
/// text, each with its place in the text and, in its message, in the data.
pub fn from_json(
    set: &FileSet,
    message: MessageId,
    text: &Source,
    limits: &json::Limits,
) -> Result<MessageValue, ParseError> {
    from_json_by(&Index::new(set), message, text, limits)
}

/// As [`from_json`], by an index that may be used for other texts too.
pub(crate) fn from_json_by(
    index: &Index<'_>,
    message: MessageId,
    text: &Source,
    limits: &json::Limits,
) -> Result<MessageValue, ParseError> {
    let node = Problems::node(text, limits)?;
    let mut reader = Reader {
        index,
        problems: Problems::new(text),
    };
    let read = reader.message(message, &node, MAX_DEPTH);
    reader.problems.finish(read)
}

struct Reader<'a, 's> {
    index: &'a Index<'s>,
    problems: Problems<'a>,
}

/// Each answers none, and there is at least one problem, where the text is not of the type.
impl<'a> Reader<'a, '_> {
    /// Recurses no deeper than `depth`.
    fn message(&mut self, id: MessageId, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        if let Some(known) = WellKnown::of(self.index.set, id) {
            return self.well_known(known, node, depth);
        }
        let Some(members) = node.as_object() else {
            let name = &self.index.set.message(id).name;
            return self.problem(
                node.span,
                format!("an object for `{name}` was expected, not {}", node.kind()),
            );
        };
        self.fields(id, members, "", node.span, depth)
    }

    /// The fields of a message from the members of an object, but for the member `but`.
    fn fields(
        &mut self,
        id: MessageId,
        members: &'a [json::Member],
        but: &str,
        whole: Span,
        depth: usize,
    ) -> Option<MessageValue> {
        let fields = self.index.fields(id);
        let name = &self.index.set.message(id).name;
        let mut value = MessageValue::default();
        let mut is_good = true;
        let mut seen: FxHashMap<i32, &str> = FxHashMap::default();
        let mut nulls = FxHashSet::default();
        let mut cases: BTreeMap<u32, &str> = BTreeMap::new();
        for member in members.iter().filter(|member| but.is_empty() || member.key != but) {
            if self.problems.is_enough() {
                return None;
            }
            let Some(&known) = fields.by_name.get(member.key.as_str()) else {
                let message = format!("`{name}` has no field `{}`", shortened(&member.key));
                is_good = false;
                let help = nearest(&fields, &member.key).map(|near| format!("did you mean `{near}`?"));
                self.problem_with::<()>(member.key_span, message, help);
                continue;
            };
            if let Some(other) = seen.insert(known.field.number, &member.key) {
                is_good = false;
                let message = format!("`{}` and `{other}` are the same field", member.key);
                self.problem::<()>(member.key_span, message);
                continue;
            }
            if member.value.value == json::Value::Null && !self.takes_null(known.field.kind) {
                nulls.insert(known.field.number);
                continue;
            }
            if let (Some(oneof), None) = (known.field.oneof, known.extension)
                && let Some(other) = cases.insert(oneof, &member.key)
            {
                is_good = false;
                let message = format!(
                    "`{}` and `{other}` are members of one oneof; only one can be set",
                    member.key
                );
                self.problem::<()>(member.key_span, message);
                continue;
            }
            let step = if known.extension.is_some() {
                member.key.as_str()
            } else {
                &*known.field.name
            };
            self.problems.path.push(Segment::Field(step));
            let field = self.field(known, &member.value, depth);
            self.problems.path.pop();
            match field {
                Some(Some(field)) => {
                    value.fields.insert(known.field.number, field);
                }
                Some(None) => {}
                None => is_good = false,
            }
        }
        for known in &fields.required {
            let number = known.field.number;
            if !seen.contains_key(&number) || nulls.contains(&number) {
                is_good = false;
                let place = Span {
                    start: whole.start,
                    end: whole.start + 1,
                };
                let message = format!("the required field `{}` of `{name}` is missing", known.field.name);
                self.problem::<()>(place, message);
            }
        }
        is_good.then_some(value)
    }

    /// Whether `null` is a value of this kind, and not its absence.
    fn takes_null(&self, kind: Kind) -> bool {
        match kind {
            Kind::Message(id) => WellKnown::of(self.index.set, id) == Some(WellKnown::Value),
            Kind::Enum(id) => self.is_null_value(id),
            _ => false,
        }
    }

    fn is_null_value(&self, id: EnumId) -> bool {
        &*self.index.set.enumeration(id).name == "google.protobuf.NullValue"
    }

    /// A field's value; the inner none is a value that is the same as absence.
    fn field(&mut self, known: Known<'a>, node: &'a json::Node, depth: usize) -> Option<Option<FieldValue>> {
        let field = known.field;
        match (field.cardinality, field.kind) {
            (Cardinality::Repeated, kind) => {
                let Some(items) = node.as_array() else {
                    return self.problem(node.span, format!("an array was expected, not {}", node.kind()));
                };
                let mut values = Vec::with_capacity(items.len());
                let mut is_good = true;
                for (index, item) in items.iter().enumerate() {
                    if self.problems.is_enough() {
                        return None;
                    }
                    self.problems.path.push(Segment::Index(index as u64));
                    match self.value(kind, item, depth) {
                        Some(value) => values.push(value),
                        None => is_good = false,
                    }
                    self.problems.path.pop();
                }
                is_good.then(|| (!values.is_empty()).then_some(FieldValue::Repeated(values)))
            }
            (_, Kind::Map { key, value }) => self.map(key, value, node, depth),
            (cardinality, kind) => {
                let value = self.value(kind, node, depth)?;
                let is_absent = cardinality == Cardinality::Implicit && value.is_zero();
                Some((!is_absent).then_some(FieldValue::Single(value)))
            }
        }
    }

    fn map(&mut self, key: Scalar, value: MapValue, node: &'a json::Node, depth: usize) -> Option<Option<FieldValue>> {
        let Some(members) = node.as_object() else {
            return self.problem(node.span, format!("an object was expected, not {}", node.kind()));
        };
        let kind = match value {
            MapValue::Scalar(scalar) => Kind::Scalar(scalar),
            MapValue::Message(id) => Kind::Message(id),
            MapValue::Enum(id) => Kind::Enum(id),
        };
        let Some(depth) = depth.checked_sub(1) else {
            return self.too_deep(node);
        };
        let mut entries = BTreeMap::new();
        let mut is_good = true;
        for member in members {
            if self.problems.is_enough() {
                return None;
            }
            let key = match key_of(key, &member.key) {
                Ok(key) => key,
                Err(message) => {
                    is_good = false;
                    self.problem::<()>(member.key_span, message);
                    continue;
                }
            };
            self.problems.path.push(Segment::Key(&member.key));
            match self.value(kind, &member.value, depth) {
                Some(value) => {
                    if entries.insert(key, value).is_some() {
                        is_good = false;
                        self.problem::<()>(member.key_span, "the map has this key already".into());
                    }
                }
                None => is_good = false,
            }
            self.problems.path.pop();
        }
        is_good.then(|| (!entries.is_empty()).then_some(FieldValue::Map(entries)))
    }

    fn value(&mut self, kind: Kind, node: &'a json::Node, depth: usize) -> Option<Value> {
        let value = match kind {
            Kind::Scalar(kind) => scalar(kind, node),
            Kind::Enum(id) => self.number(id, node),
            Kind::Message(id) | Kind::Group(id) => {
                let Some(depth) = depth.checked_sub(1) else {
                    return self.too_deep(node);
                };
                return self
                    .message(id, node, depth)
                    .map(|value| Value::Message(Box::new(value)));
            }
            Kind::Map { .. } => Err("a map has no items that are maps".into()),
        };
        match value {
            Ok(value) => Some(value),
            Err(message) => self.problem(node.span, message),
        }
    }

    fn number(&self, id: EnumId, node: &json::Node) -> Result<Value, String> {
        let of = self.index.set.enumeration(id);
        match &node.value {
            json::Value::String(text) => of
                .values
                .iter()
                .find(|value| *value.name == **text)
                .map(|value| Value::Enum(value.number))
                .ok_or_else(|| format!("the enum `{}` has no value `{}`", of.name, shortened(text))),
            json::Value::Number(text) => {
                let number = number::whole(text, i32::MIN.into(), i32::MAX.into(), "an enum")? as i32;
                if !of.is_open && of.values.iter().all(|value| value.number != number) {
                    return Err(format!("the enum `{}` is closed and has no number {number}", of.name));
                }
                Ok(Value::Enum(number))
            }
            json::Value::Null if self.is_null_value(id) => Ok(Value::Enum(0)),
            _ => Err(format!(
                "a value of the enum `{}` was expected, not {}",
                of.name,
                node.kind()
            )),
        }
    }

    fn well_known(&mut self, known: WellKnown, node: &'a json::Node, depth: usize) -> Option<MessageValue> {
        let value = match known {
            WellKnown::Any => return self.any(node, depth),
            WellKnown::Timestamp | WellKnown::Duration => {
                let parse = match known {
                    WellKnown::Timestamp => time::parse_timestamp,
                    _ => time::parse_duration,
                };
                text_of(node).and_then(parse).map(|(seconds, nanos)| {
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
            WellKnown::FieldMask => text_of(node).and_then(field_mask::paths).map(|paths| {
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
            Err(message) => self.problem(node.span, message),
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
                Err(message) => return self.problem(node.span, message),
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
            return self.problem(node.span, format!("an object was expected, not {}", node.kind()));
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
            return self.problem(node.span, format!("an array was expected, not {}", node.kind()));
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
            return self.problem(node.span, format!("an object was expected, not {}", node.kind()));
        };
        if members.is_empty() {
            return Some(MessageValue::default());
        }
        let Some(url) = node.get("@type") else {
            return self.problem(node.span, "an `Any` names its type in the member `@type`".into());
        };
        let set = self.index.set;
        let text = url.as_str().unwrap_or_default();
        let found = text
            .rsplit_once('/')
            .and_then(|(_, name)| Some((name, set.message_named(name)?)));
        let Some((name, id)) = found else {
            let message = match url.as_str() {
                Some(_) if text.contains('/') => {
                    format!("the type `{}` of an `Any` is not known here", shortened(text))
                }
                _ => "the type of an `Any` is written as a URL, as `type.googleapis.com/acme.Order`".into(),
            };
            return self.problem(url.span, message);
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
                    return self.problem(member.key_span, message);
                }
                let Some(value) = node.get("value") else {
                    return self.problem(
                        node.span,
                        format!("an `Any` that holds a `{name}` has the member `value`"),
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
            Err(error) => return self.problem(node.span, error.to_string()),
        };
        let mut value = MessageValue::default().with(1, Value::String(text.into()));
        if !bytes.is_empty() {
            value = value.with(2, Value::Bytes(bytes.into()));
        }
        Some(value)
    }

    fn too_deep<T>(&mut self, node: &json::Node) -> Option<T> {
        self.problem(
            node.span,
            format!("nested deeper than the {MAX_DEPTH} levels that messages may have"),
        )
    }

    fn problem<T>(&mut self, span: Span, message: String) -> Option<T> {
        self.problem_with(span, message, None)
    }

    fn problem_with<T>(&mut self, span: Span, message: String, help: Option<String>) -> Option<T> {
        self.problems.add(span, message, help)
    }
}

/// The field whose name is nearest, if one is near. Of very wide messages the names are not compared.
fn nearest<'s>(fields: &Fields<'s>, written: &str) -> Option<&'s str> {
    if fields.by_number.len() > 1_000 {
        return None;
    }
    fields
        .by_number
        .values()
        .filter(|known| known.extension.is_none())
        .filter_map(|known| {
            let name: &str = &known.field.json_name;
            let allowed = name.len().max(written.len()) / 3;
            Some((distance(&written.to_lowercase(), &name.to_lowercase(), allowed)?, name))
        })
        .min()
        .map(|(_, name)| name)
}
