//! From JSON to a value.

use crate::avro::data::json_encoding::scalar;
use crate::avro::data::logical::{Check, written_as_digits};
use crate::avro::data::value::{MAX_DEPTH, Value};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::data_place::{Segment, path_text};
use crate::text::json::{self, Problems};
use crate::text::shorten::shortened;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Source, Span};
use crate::to_line;

/// Reads a value in Avro's JSON encoding.
///
/// # Errors
/// What is no JSON, larger or deeper than `limits`, or not of the schema's type: up to 20 problems in the order of the
/// text, each with its place in the text and, in its message, in the data.
pub fn from_json(schema: &Schema, text: &Source, limits: &json::Limits) -> Result<Value, ParseError> {
    read(schema, text, limits, false).map(|(value, _)| value)
}

/// The same where values of logical types have to be such. Answers what is valid and probably not what was meant.
///
/// # Errors
/// As [`from_json`], and values that their logical types do not allow.
pub(crate) fn from_json_with_logical_types(
    schema: &Schema,
    text: &Source,
    limits: &json::Limits,
) -> Result<Option<Line>, ParseError> {
    read(schema, text, limits, true).map(|(_, note)| note)
}

fn read(
    schema: &Schema,
    text: &Source,
    limits: &json::Limits,
    logical: bool,
) -> Result<(Value, Option<Line>), ParseError> {
    let node = Problems::node(text, limits)?;
    let mut reader = Reader {
        schema,
        logical,
        note: None,
        problems: Problems::new(text),
    };
    let read = reader.value(schema.root(), &node);
    let note = reader.note.take();
    Ok((reader.problems.finish(read)?, note))
}

struct Reader<'a> {
    schema: &'a Schema,
    /// Values of logical types have to be such.
    logical: bool,
    /// The first value that is probably not what was meant.
    note: Option<Line>,
    problems: Problems<'a>,
}

impl<'a> Reader<'a> {
    /// None, and at least one problem, where the text is not of the type. Recurses no deeper than the text is nested.
    fn value(&mut self, ty: TypeId, node: &'a json::Node) -> Option<Value> {
        if self.problems.path.len() > MAX_DEPTH {
            return self.problem(node.span, format!("nested deeper than {MAX_DEPTH} levels"), None);
        }
        let schema = self.schema;
        let kind = &schema.get(ty).kind;
        match kind {
            Kind::Array(item) => {
                let Some(items) = node.as_array() else {
                    return self.misfit(kind, node);
                };
                let values: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map_while(|(index, node)| self.part(Segment::Index(index as u64), *item, node))
                    .collect();
                values.into_iter().collect::<Option<_>>().map(Value::Array)
            }
            Kind::Map(value) => {
                let Some(members) = node.as_object() else {
                    return self.misfit(kind, node);
                };
                let entries: Vec<_> = members
                    .iter()
                    .map_while(|member| {
                        let value = self.part(Segment::Key(&member.key), *value, &member.value)?;
                        Some(value.map(|value| (member.key.clone(), value)))
                    })
                    .collect();
                entries.into_iter().collect::<Option<_>>().map(Value::Map)
            }
            Kind::Record(record) => {
                let Some(members) = node.as_object() else {
                    return self.misfit(kind, node);
                };
                let name = record.named.name.full();
                let mut found: Vec<Option<&json::Node>> = vec![None; record.fields().len()];
                for member in members {
                    match record.field(&member.key) {
                        Some(index) => found[index] = Some(&member.value),
                        None => {
                            let message = format!("`{name}` has no field `{}`", shortened(&member.key));
                            self.problem::<()>(member.key_span, message, None);
                        }
                    }
                }
                let mut values = Vec::with_capacity(found.len());
                for (field, node_of_field) in record.fields().iter().zip(found) {
                    let value = match node_of_field {
                        Some(node) => self.part(Segment::Field(&field.name), field.ty, node)?,
                        None => {
                            let help = field.default.as_ref().map(|_| {
                                "defaults apply only when reading older data; each record must contain every field"
                                    .into()
                            });
                            self.problem(
                                Span {
                                    start: node.span.start,
                                    end: node.span.start + 1,
                                },
                                format!("the field `{}` of `{name}` is missing", field.name),
                                help,
                            )
                        }
                    };
                    values.push(value);
                }
                values.into_iter().collect::<Option<_>>().map(Value::Record)
            }
            Kind::Union(branches) => self.union(branches, node),
            _ => match scalar(kind, node) {
                Ok(value) => match Check::of(schema.get(ty)).filter(|_| self.logical) {
                    Some(check) => self.checked(check, value, node),
                    None => Some(value),
                },
                Err(message) => self.problem(node.span, message, None),
            },
        }
    }

    /// A value of a logical type.
    fn checked(&mut self, check: Check, value: Value, node: &json::Node) -> Option<Value> {
        let meant = match (check, node.as_str()) {
            (Check::Decimal { scale, .. }, Some(text)) => written_as_digits(text, scale),
            _ => None,
        };
        if let Err(message) = check.value(&value) {
            return self.problem(node.span, message, meant);
        }
        if let (Some(meant), None) = (meant, &self.note) {
            self.note = Some(to_line!("{}: {meant}", path_text(&self.problems.path)));
        }
        Some(value)
    }

    fn union(&mut self, branches: &'a [TypeId], node: &'a json::Node) -> Option<Value> {
        let schema = self.schema;
        let is_null = |branch: &TypeId| schema.get(*branch).kind == Kind::Null;
        if node.value == json::Value::Null {
            return match (0u32..).zip(branches).find(|(_, branch)| is_null(branch)) {
                Some((number, _)) => Some(Value::Union(number, Box::new(Value::Null))),
                None => {
                    let message = format!("null is no branch of the union [{}]", self.names(branches));
                    self.problem(node.span, message, None)
                }
            };
        }
        let tag = match node.as_object() {
            Some([member]) => (0u32..)
                .zip(branches)
                .find(|(_, branch)| !is_null(branch) && schema.name_of(**branch) == member.key)
                .map(|(number, branch)| (number, *branch, &member.value)),
            _ => None,
        };
        let Some((number, branch, inner)) = tag else {
            return self.untagged(branches, node);
        };
        let value = self.part(Segment::Branch(schema.name_of(branch)), branch, inner)??;
        Some(Value::Union(number, Box::new(value)))
    }

    /// The value of a union is not tagged, or with a name that is none of its branches.
    fn untagged(&mut self, branches: &[TypeId], node: &json::Node) -> Option<Value> {
        let schema = self.schema;
        let key = match node.as_object() {
            Some([member]) => Some(member.key.as_str()),
            _ => None,
        };
        let meant = branches.iter().find(|branch| {
            let kind = &schema.get(**branch).kind;
            let is_short_name = kind.named().is_some_and(|named| key == Some(named.name.simple()));
            is_short_name || looks_like(kind, node)
        });
        let help = meant.map(|branch| format!("write {{\"{}\": …}}", schema.name_of(*branch)));
        let message = match key {
            Some(key) if help.is_none() => {
                format!(
                    "`{}` is no branch of the union [{}]",
                    shortened(key),
                    self.names(branches)
                )
            }
            _ => format!(
                "the value of a union is tagged with the name of its branch, one of [{}]",
                self.names(branches)
            ),
        };
        self.problem(node.span, message, help)
    }

    /// A part of the value; the outer None says that there are problems enough.
    fn part(&mut self, segment: Segment<'a>, ty: TypeId, node: &'a json::Node) -> Option<Option<Value>> {
        if self.problems.is_enough() {
            return None;
        }
        self.problems.path.push(segment);
        let value = self.value(ty, node);
        self.problems.path.pop();
        Some(value)
    }

    fn misfit(&mut self, kind: &Kind, node: &json::Node) -> Option<Value> {
        let expected = if matches!(kind, Kind::Array(_)) {
            "an array"
        } else {
            "an object"
        };
        let message = format!("{expected} was expected, not {}", node.kind());
        self.problem(node.span, message, None)
    }

    fn problem<T>(&mut self, span: Span, message: String, help: Option<String>) -> Option<T> {
        self.problems.add(span, message, help)
    }

    fn names(&self, branches: &[TypeId]) -> String {
        let mut names: Vec<_> = branches
            .iter()
            .take(8)
            .map(|branch| self.schema.name_of(*branch))
            .collect();
        if branches.len() > names.len() {
            names.push("…");
        }
        names.join(", ")
    }
}

/// Whether an untagged value may have been meant for a branch of this kind.
fn looks_like(kind: &Kind, node: &json::Node) -> bool {
    match kind {
        Kind::Record(record) => node
            .as_object()
            .is_some_and(|members| members.iter().all(|member| record.field(&member.key).is_some())),
        Kind::Map(_) => node.as_object().is_some(),
        Kind::Array(_) => node.as_array().is_some(),
        Kind::Union(_) | Kind::Null => false,
        _ => scalar(kind, node).is_ok(),
    }
}
