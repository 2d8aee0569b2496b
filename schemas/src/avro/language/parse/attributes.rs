//! The members of a type's object: those that Avro defines are taken, the rest stay as attributes.

use super::{Parsed, Parser, quote};
use crate::avro::language::schema::Props;
use crate::text::json::{Member, Node, Value};
use crate::text::source::Span;

/// Names that an object which describes a type never keeps as attributes, whatever its kind, as in Java.
const RESERVED: [&str; 10] = [
    "aliases",
    "doc",
    "fields",
    "items",
    "name",
    "namespace",
    "size",
    "symbols",
    "type",
    "values",
];

/// The members of an object.
pub(super) struct Attributes {
    members: Vec<Member>,
    span: Span,
}

impl Attributes {
    pub(super) fn new(members: Vec<Member>, span: Span) -> Self {
        Attributes { members, span }
    }

    /// The opening brace: the place of what is missing.
    pub(super) fn opening(&self) -> Span {
        Span {
            start: self.span.start,
            end: self.span.start + 1,
        }
    }

    /// Takes the value of an attribute that Avro defines.
    pub(super) fn take(&mut self, key: &str) -> Option<Node> {
        let member = self.members.iter_mut().find(|member| member.key == key)?;
        let span = member.value.span;
        let empty = Node {
            value: Value::Null,
            span,
        };
        Some(std::mem::replace(&mut member.value, empty))
    }

    /// What remains: attributes that Avro does not define for this type.
    pub(super) fn into_props(self, also_reserved: &[&str]) -> Props {
        self.members
            .into_iter()
            .filter(|member| !RESERVED.contains(&member.key.as_str()) && !also_reserved.contains(&member.key.as_str()))
            .map(|member| (member.key.into(), member.value))
            .collect()
    }
}

impl Parser {
    /// A text that may be absent: `doc` or `namespace`. Java takes anything but a string for absent, so a stored
    /// text may have it.
    pub(super) fn optional_text(&mut self, node: Option<Node>, key: &str) -> Option<String> {
        let node = node?;
        let (span, kind) = (node.span, node.kind());
        match node.value {
            Value::String(text) => Some(text),
            Value::Null => None,
            _ => {
                if self.strict {
                    self.problem(span, format!("`{key}` is a string, not {kind}"), None);
                }
                None
            }
        }
    }

    /// `aliases`: an array of strings, each once.
    pub(super) fn aliases(&mut self, node: Option<Node>) -> Parsed<Vec<(String, Span)>> {
        let Some(node) = node else { return Ok(Vec::new()) };
        let (span, kind) = (node.span, node.kind());
        let Value::Array(nodes) = node.value else {
            return self.refuse(
                span,
                format!("`aliases` is an array of strings, not {kind}"),
                Some("write [\"OldName\"]"),
            );
        };
        let mut aliases = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (span, kind) = (node.span, node.kind());
            match node.value {
                Value::String(alias) if alias.is_empty() => self.problem(span, "an alias is empty", None),
                Value::String(alias) => aliases.push((alias, span)),
                _ => self.problem(span, format!("an alias is a string, not {kind}"), None),
            }
        }
        Ok(aliases)
    }
}

/// A value for a message: scalars as written, others by kind.
pub(super) fn article(node: &Node) -> String {
    match &node.value {
        Value::Number(text) => quote(text),
        Value::String(text) => format!("the string {}", quote(text)),
        Value::Bool(value) => format!("`{value}`"),
        Value::Null => "`null`".into(),
        Value::Array(_) | Value::Object(_) => node.kind().into(),
    }
}
