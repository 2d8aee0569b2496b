//! From JSON to a message's value.

mod well_known;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::misread::Misread;
use super::number;
use super::scalar::{key_of, scalar};
use super::well_known::WellKnown;
use crate::data_place::Segment;
use crate::protobuf::data::index::{FieldEntry, Fields, Index};
use crate::protobuf::data::value::{FieldValue, MAX_DEPTH, MessageValue, Value};
use crate::protobuf::language::schema::{Cardinality, Enum, EnumId, FileSet, Kind, MapValue, MessageId, Scalar};
use crate::text::json::{self, Problems};
use crate::text::likeness::nearest;
use crate::text::shorten::shortened;
use crate::text::source::{ParseError, Source, Span};

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
            let message = format!("an object for `{name}` was expected, not {}", node.kind());
            return self.problem(node.span, message, "write its fields between braces, or leave it out");
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
                let help = nearest_field(&fields, &member.key).map(|near| format!("did you mean `{near}`?"));
                let help = help.unwrap_or_else(|| "leave it out, or teach the schema the field".into());
                self.problem::<()>(member.key_span, message, help);
                continue;
            };
            if let Some(other) = seen.insert(known.field.number, &member.key) {
                is_good = false;
                let message = format!("`{}` and `{other}` are the same field", member.key);
                let help = format!(
                    "keep one of them; `{}` is what is usually written",
                    known.field.json_name
                );
                self.problem::<()>(member.key_span, message, help);
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
                self.problem::<()>(
                    member.key_span,
                    message,
                    "leave all but one out, or write null for them",
                );
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
                let help = format!("add the member `{}`", known.field.json_name);
                self.problem::<()>(place, message, help);
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
    fn field(&mut self, known: FieldEntry<'a>, node: &'a json::Node, depth: usize) -> Option<Option<FieldValue>> {
        let field = known.field;
        match (field.cardinality, field.kind) {
            (Cardinality::Repeated, kind) => {
                let Some(items) = node.as_array() else {
                    let message = format!("an array was expected, not {}", node.kind());
                    return self.problem(
                        node.span,
                        message,
                        "the field is repeated: write brackets around its values",
                    );
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
            let message = format!("an object was expected, not {}", node.kind());
            return self.problem(
                node.span,
                message,
                "the field is a map: write keys and values between braces",
            );
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
                Err(misread) => {
                    is_good = false;
                    self.misread::<()>(member.key_span, misread);
                    continue;
                }
            };
            self.problems.path.push(Segment::Key(&member.key));
            match self.value(kind, &member.value, depth) {
                Some(value) => {
                    if entries.insert(key, value).is_some() {
                        is_good = false;
                        let message = "the map has this key already, spelt otherwise";
                        self.problem::<()>(member.key_span, message, "keep one of the entries");
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
            Kind::Map { .. } => Err(Misread::new(
                "a map has no items that are maps",
                "put a message between them",
            )),
        };
        match value {
            Ok(value) => Some(value),
            Err(misread) => self.misread(node.span, misread),
        }
    }

    fn number(&self, id: EnumId, node: &json::Node) -> Result<Value, Misread> {
        let of = self.index.set.enumeration(id);
        match &node.value {
            json::Value::String(text) => of
                .values
                .iter()
                .find(|value| *value.name == **text)
                .map(|value| Value::Enum(value.number))
                .ok_or_else(|| {
                    let message = format!("the enum `{}` has no value `{}`", of.name, shortened(text));
                    Misread::new(message, values(of, text))
                }),
            json::Value::Number(text) => {
                let number = number::whole(text, i32::MIN.into(), i32::MAX.into(), "an enum")? as i32;
                if !of.is_open && of.values.iter().all(|value| value.number != number) {
                    let message = format!("the enum `{}` is closed and has no number {number}", of.name);
                    return Err(Misread::new(message, values(of, "")));
                }
                Ok(Value::Enum(number))
            }
            json::Value::Null if self.is_null_value(id) => Ok(Value::Enum(0)),
            _ => {
                let message = format!("a value of the enum `{}` was expected, not {}", of.name, node.kind());
                Err(Misread::new(message, values(of, "")))
            }
        }
    }

    fn too_deep<T>(&mut self, node: &json::Node) -> Option<T> {
        let message = format!("nested deeper than the {MAX_DEPTH} levels that messages may have");
        self.problem(
            node.span,
            message,
            "decoders stop there too: send several events, or a flat list",
        )
    }

    fn misread<T>(&mut self, span: Span, misread: Misread) -> Option<T> {
        self.problem(span, misread.message, misread.help)
    }

    fn problem<T>(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.problems.add(span, message.into(), Some(help.into()))
    }
}

/// The values of an enum that may have been meant.
fn values(of: &Enum, written: &str) -> String {
    const LISTED: usize = 5;
    let near = of
        .values
        .iter()
        .take(1_000)
        .find(|value| value.name.eq_ignore_ascii_case(written));
    if let Some(near) = near {
        return format!("did you mean `{}`?", near.name);
    }
    let names: Vec<String> = of
        .values
        .iter()
        .take(LISTED)
        .map(|value| format!("`{}`", value.name))
        .collect();
    let more = match of.values.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let or_number = if of.is_open { "; a number is taken too" } else { "" };
    format!("its values are {}{more}{or_number}", names.join(", "))
}

/// The field whose name is nearest, if one is near. Of very wide messages the names are not compared.
fn nearest_field<'s>(fields: &Fields<'s>, written: &str) -> Option<&'s str> {
    if fields.by_number.len() > 1_000 {
        return None;
    }
    let own = fields.by_number.values().filter(|known| known.extension.is_none());
    nearest(written, own.map(|known| -> &str { &known.field.json_name }))
}
