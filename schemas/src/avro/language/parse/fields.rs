//! The fields of a record.

use rustc_hash::FxHashSet;

use super::attributes::article;
use super::{At, Parsed, Parser, Refused, defaults, quote};
use crate::avro::language::named::{Field, Order};
use crate::avro::language::schema::Kind;
use crate::text::json::{Member, Node, Value};
use crate::text::source::Span;

/// Attributes of a logical type.
const BELONGS_INSIDE: [&str; 3] = ["logicalType", "precision", "scale"];

impl Parser {
    /// Parses `fields`; the types in it stand in `namespace`.
    pub(super) fn fields(&mut self, node: Node, what: &str, namespace: &str) -> Parsed<Vec<Field>> {
        let (span, kind) = (node.span, node.kind());
        let Value::Array(nodes) = node.value else {
            return self.refuse(span, format!("`fields` is an array of objects, not {kind}"), None);
        };
        let mut fields: Vec<Field> = Vec::with_capacity(nodes.len());
        let mut spans: Vec<Span> = Vec::with_capacity(nodes.len());
        let mut refused = false;
        self.path.push(At::Key("fields"));
        for (index, node) in nodes.into_iter().enumerate() {
            self.path.push(At::Index(index));
            match self.field(node, what, namespace) {
                Ok((field, span)) => {
                    fields.push(field);
                    spans.push(span);
                }
                Err(Refused) => refused = true,
            }
            self.path.pop();
        }
        self.path.pop();
        self.refuse_repeated_fields(&fields, &spans);
        if refused { Err(Refused) } else { Ok(fields) }
    }

    fn refuse_repeated_fields(&mut self, fields: &[Field], spans: &[Span]) {
        let mut seen: FxHashSet<&str> = FxHashSet::with_capacity_and_hasher(fields.len(), Default::default());
        for (field, span) in fields.iter().zip(spans) {
            if !seen.insert(&field.name) {
                self.problem(
                    *span,
                    format!("the field {} stands here a second time", quote(&field.name)),
                    Some("remove it, or give it another name".into()),
                );
            }
        }
    }

    /// Parses a field; also gives the place of its name.
    fn field(&mut self, node: Node, what: &str, namespace: &str) -> Parsed<(Field, Span)> {
        let (span, kind) = (node.span, node.kind());
        let opening = Span {
            start: span.start,
            end: span.start + 1,
        };
        let Value::Object(members) = node.value else {
            return self.refuse(
                span,
                format!(
                    "a field of {} is an object, not {kind}",
                    if what == "error" { "an error" } else { "a record" }
                ),
                Some("write {\"name\": \"id\", \"type\": \"string\"}"),
            );
        };
        let (mut name, mut ty, mut default, mut order, mut aliases, mut doc) = (None, None, None, None, None, None);
        let mut props = Vec::new();
        for Member { key, value, .. } in members {
            match key.as_str() {
                "name" => name = Some(value),
                "type" => ty = Some(value),
                "default" => default = Some(value),
                "order" => order = Some(value),
                "aliases" => aliases = Some(value),
                "doc" => doc = Some(value),
                _ => props.push((key.into_boxed_str(), value)),
            }
        }
        let named = self.field_name(name, opening);
        self.skipped |= named.is_err();
        let (name, name_span) = named?;
        let is_inline = matches!(ty.as_ref().map(|node| &node.value), Some(Value::Object(_)));
        let ty = match ty {
            Some(node) => self.below(At::Key("type"), |parser| parser.ty(node, namespace))?,
            None => {
                return self.refuse(
                    opening,
                    format!("the field {} has no `type`", quote(&name)),
                    Some("give its type: \"type\": \"string\""),
                );
            }
        };
        if matches!(self.types[ty.index()].kind, Kind::Float | Kind::Double) {
            default = default.map(defaults::number_from_text);
        }
        if let (true, Some(default)) = (is_inline, &default)
            && let Kind::Enum(symbols) = &self.types[ty.index()].kind
            && symbols.default.is_none()
        {
            self.warning(
                default.span,
                format!(
                    "the default of the field {} stands in where the field is missing, not for symbols that a reader does not know",
                    quote(&name)
                ),
                Some("for those give the enum itself a `default`: {\"type\": \"enum\", …, \"default\": …}".to_owned()),
            );
        }
        let mut unique = FxHashSet::default();
        let aliases: Vec<Box<str>> = (self.aliases(aliases)?.into_iter())
            .filter(|(alias, _)| unique.insert(alias.clone()))
            .map(|(alias, _)| alias.into())
            .collect();
        for (key, value) in props.iter().filter(|(key, _)| BELONGS_INSIDE.contains(&&**key)) {
            self.warning(
                value.span,
                format!(
                    "`{key}` stands beside the type of the field {}, where it says nothing",
                    quote(&name)
                ),
                Some(
                    "write it into the type: \"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\", …}"
                        .to_owned(),
                ),
            );
        }
        let field = Field {
            name: name.into(),
            aliases: aliases.into(),
            ty,
            default: default.map(Box::new),
            order: self.order(order)?,
            doc: self.optional_text(doc, "doc").map(Into::into),
            props: props.into(),
            number: 0,
        };
        Ok((field, name_span))
    }

    fn field_name(&mut self, node: Option<Node>, opening: Span) -> Parsed<(String, Span)> {
        let Some(node) = node else {
            return self.refuse(
                opening,
                "the field has no `name`",
                Some("give it one: \"name\": \"id\""),
            );
        };
        let (span, kind) = (node.span, node.kind());
        match node.value {
            Value::String(name) if name.is_empty() => self.refuse(span, "the field's `name` is empty", None),
            Value::String(name) => {
                self.check_name(&name, "a field", span);
                Ok((name, span))
            }
            _ => self.refuse(span, format!("a field's `name` is a string, not {kind}"), None),
        }
    }

    fn order(&mut self, node: Option<Node>) -> Parsed<Order> {
        let Some(node) = node else {
            return Ok(Order::default());
        };
        // Java reads it whatever its case.
        let order = node.as_str().and_then(|word| {
            [Order::Ascending, Order::Descending, Order::Ignore]
                .into_iter()
                .find(|order| order.name().eq_ignore_ascii_case(word))
        });
        match order {
            Some(order) => Ok(order),
            None => self.refuse(
                node.span,
                format!(
                    "`order` is \"ascending\", \"descending\" or \"ignore\", not {}",
                    article(&node)
                ),
                None,
            ),
        }
    }
}
