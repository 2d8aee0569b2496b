//! One type: a name, a union or an object.

use rustc_hash::FxHashSet;

use super::attributes::{Attributes, article};
use super::interner::number;
use super::names::primitive;
use super::{At, Parsed, Parser, Refused, logical, quote};
use crate::avro::language::named::{Enum, Fixed, Record};
use crate::avro::language::schema::{Kind, Props, TypeId};
use crate::text::json::{Node, Value};
use crate::text::source::Span;

impl Parser {
    /// Parses a type that stands in `namespace`; empty where there is none.
    pub(super) fn ty(&mut self, node: Node, namespace: &str) -> Parsed<TypeId> {
        match node.value {
            Value::String(name) => self.mention(&name, node.span, namespace),
            Value::Array(branches) => self.union(branches, namespace),
            Value::Object(members) => self.object(Attributes::new(members, node.span), namespace),
            _ => self.refuse(
                node.span,
                format!("{} is no type", node.kind()),
                Some("a type is a name such as \"string\", an object with a `type`, or an array of a union's branches"),
            ),
        }
    }

    fn union(&mut self, nodes: Vec<Node>, namespace: &str) -> Parsed<TypeId> {
        let mut branches = Vec::with_capacity(nodes.len());
        // One bit for each kind that has no name; a union of many branches has names to tell them apart.
        let mut kinds = 0u16;
        let mut named: FxHashSet<TypeId> = FxHashSet::default();
        let mut refused = false;
        for (index, node) in nodes.into_iter().enumerate() {
            let span = node.span;
            if matches!(node.value, Value::Array(_)) {
                self.problem(
                    span,
                    "a union stands directly in a union",
                    Some("write the inner union's branches into the outer one".into()),
                );
                refused = true;
                continue;
            }
            let Ok(id) = self.below(At::Index(index), |parser| parser.ty(node, namespace)) else {
                refused = true;
                continue;
            };
            let kind = &self.types[id.index()].kind;
            let (fresh, what) = match kind.named() {
                Some(name) => (named.insert(id), name.name.full()),
                None => {
                    let bit = 1 << number(kind).unwrap_or(8 + usize::from(matches!(kind, Kind::Map(_))));
                    let fresh = kinds & bit == 0;
                    kinds |= bit;
                    (fresh, kind.name())
                }
            };
            if !fresh {
                let message = format!("the union has a second branch {}", quote(what));
                let help = "the branches of a union are told apart by name: for records, enums and fixeds the full \
                            name, for all others the kind, whatever their attributes";
                self.problem(span, message, Some(help.into()));
                refused = true;
            }
            branches.push(id);
        }
        if refused {
            return Err(Refused);
        }
        Ok(self.intern(Kind::Union(branches.into()), None, Box::default()))
    }

    fn object(&mut self, mut attributes: Attributes, namespace: &str) -> Parsed<TypeId> {
        let Some(word) = attributes.take("type") else {
            self.skipped = true;
            return self.refuse(
                attributes.opening(),
                "the type has no `type`",
                Some("say what it is, for instance \"type\": \"record\""),
            );
        };
        let Value::String(word_text) = &word.value else {
            self.skipped = true;
            return self.refuse(
                word.span,
                format!("`type` is {} where the name of a type is needed", word.kind()),
                Some("the inner schema is a type by itself: write it without the object around it"),
            );
        };
        match word_text.as_str() {
            "record" => self.record(attributes, namespace, false),
            "error" => self.record(attributes, namespace, true),
            "enum" => self.enumeration(attributes, namespace),
            "fixed" => self.fixed(attributes, namespace),
            "array" => {
                let items = self.inner(&mut attributes, "array", "items", namespace)?;
                self.attributed(Kind::Array(items), attributes)
            }
            "map" => {
                let values = self.inner(&mut attributes, "map", "values", namespace)?;
                self.attributed(Kind::Map(values), attributes)
            }
            name => match primitive(name) {
                Some(kind) => self.attributed(kind, attributes),
                None => self.mention(name, word.span, namespace),
            },
        }
    }

    fn attributed(&mut self, kind: Kind, attributes: Attributes) -> Parsed<TypeId> {
        let props = attributes.into_props(&[]);
        let logical = logical::of(&kind, &props);
        self.tell_ignored(&kind, &props);
        Ok(self.intern(kind, logical, props))
    }

    /// A logical type that is ignored is seldom what was meant.
    pub(super) fn tell_ignored(&mut self, kind: &Kind, props: &Props) {
        if let Some((span, message)) = logical::ignored(kind, props) {
            self.warning(span, message, None);
        }
    }

    fn inner(&mut self, attributes: &mut Attributes, what: &str, key: &'static str, namespace: &str) -> Parsed<TypeId> {
        match attributes.take(key) {
            Some(node) => self.below(At::Key(key), |parser| parser.ty(node, namespace)),
            None => self.refuse(
                attributes.opening(),
                format!("the {what} has no `{key}`"),
                Some(&format!("give the type of its {key}: \"{key}\": \"string\"")),
            ),
        }
    }

    fn record(&mut self, mut attributes: Attributes, namespace: &str, is_error: bool) -> Parsed<TypeId> {
        let what = if is_error { "error" } else { "record" };
        let (claimed, named) = self.define(&mut attributes, what, namespace)?;
        let fields = match attributes.take("fields") {
            Some(node) => self.fields(node, what, named.name.namespace())?,
            None => {
                return self.refuse(
                    attributes.opening(),
                    format!("the {what} {} has no `fields`", quote(named.name.full())),
                    Some("a record without fields has \"fields\": []"),
                );
            }
        };
        let kind = Kind::Record(Box::new(Record::new(named, is_error, fields)));
        self.finish(&claimed, kind, attributes.into_props(&[]))
    }

    fn enumeration(&mut self, mut attributes: Attributes, namespace: &str) -> Parsed<TypeId> {
        let (claimed, named) = self.define(&mut attributes, "enum", namespace)?;
        let Some(node) = attributes.take("symbols") else {
            return self.refuse(
                attributes.opening(),
                format!("the enum {} has no `symbols`", quote(named.name.full())),
                Some("list them: \"symbols\": [\"A\", \"B\"]"),
            );
        };
        let symbols = self.symbols(node)?;
        let default = attributes.take("default");
        let default = match default.as_ref().map(|node| (&node.value, node.span)) {
            Some((Value::String(symbol), span)) => {
                if self.strict && !symbols.iter().any(|known| **known == **symbol) {
                    self.problem(
                        span,
                        format!("the default {} is none of the symbols", quote(symbol)),
                        Some("take one of the symbols, or add this one to them".into()),
                    );
                }
                Some(symbol.as_str().into())
            }
            Some((Value::Null, _)) | None => None,
            Some((_, span)) => {
                if self.strict {
                    let kind = default.as_ref().map_or("", Node::kind);
                    self.problem(span, format!("an enum's `default` is a symbol, not {kind}"), None);
                }
                None
            }
        };
        let kind = Kind::Enum(Box::new(Enum::new(named, symbols, default)));
        self.finish(&claimed, kind, attributes.into_props(&["default"]))
    }

    fn symbols(&mut self, node: Node) -> Parsed<Vec<Box<str>>> {
        let (span, kind) = (node.span, node.kind());
        let Value::Array(nodes) = node.value else {
            return self.refuse(span, format!("`symbols` is an array of strings, not {kind}"), None);
        };
        let mut symbols: Vec<Box<str>> = Vec::with_capacity(nodes.len());
        let mut spans = Vec::with_capacity(nodes.len());
        for node in nodes {
            let (span, kind) = (node.span, node.kind());
            match node.value {
                Value::String(symbol) if symbol.is_empty() => self.problem(span, "a symbol is empty", None),
                Value::String(symbol) => {
                    self.check_name(&symbol, "a symbol", span);
                    symbols.push(symbol.into());
                    spans.push(span);
                }
                _ => self.problem(span, format!("a symbol is a string, not {kind}"), None),
            }
        }
        self.refuse_repeated(&symbols, &spans, "symbol");
        Ok(symbols)
    }

    /// Notes names that stand twice among those of one enum or record.
    pub(super) fn refuse_repeated(&mut self, names: &[Box<str>], spans: &[Span], what: &str) {
        let mut seen: FxHashSet<&str> = FxHashSet::with_capacity_and_hasher(names.len(), Default::default());
        for (name, span) in names.iter().zip(spans) {
            if !seen.insert(name) {
                self.problem(
                    *span,
                    format!("the {what} {} stands here a second time", quote(name)),
                    Some("remove it, or give it another name".into()),
                );
            }
        }
    }

    fn fixed(&mut self, mut attributes: Attributes, namespace: &str) -> Parsed<TypeId> {
        let (claimed, named) = self.define(&mut attributes, "fixed", namespace)?;
        let Some(node) = attributes.take("size") else {
            return self.refuse(
                attributes.opening(),
                format!("the fixed {} has no `size`", quote(named.name.full())),
                Some("give its number of bytes: \"size\": 16"),
            );
        };
        let size = match &node.value {
            Value::Number(text) => text.parse::<i32>().ok().and_then(|size| u32::try_from(size).ok()),
            _ => None,
        };
        let Some(size) = size else {
            return self.refuse(
                node.span,
                format!(
                    "`size` is a whole number of bytes from 0 to {}, not {}",
                    i32::MAX,
                    article(&node)
                ),
                None,
            );
        };
        let kind = Kind::Fixed(Box::new(Fixed { named, size }));
        self.finish(&claimed, kind, attributes.into_props(&[]))
    }
}
