//! What an application sees of an Avro event that was decoded with the writer's schema alone: each type of the schema is a node.

use std::borrow::Cow;

use super::check::label::{key, label, place, root, words};
use super::meaning::{self, Conflict};
use super::rules;
use crate::as_written::shape::{
    Described, Enum, Event, Field, Kind as Values, Meaning, Node, NodeId, Record, Root, Seed, Shape, Shaped, Spot,
    Step, Trail,
};
use crate::avro::data::json_encoding::to_json_within;
use crate::avro::data::minimal::Minimal;
use crate::avro::data::value::{MAX_DEPTH, Value};
use crate::avro::language::schema::{Kind, Logical, Place, Schema, Type, TypeId};
use crate::avro::{Limits, decode, encode};
use crate::budget::{Budget, Exhausted};
use crate::effect::Effect;
use crate::finding::{Label, Rule};
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::text::source;
use crate::to_line;

/// A value of more parts has more bytes of JSON than are shown.
const MOST_PARTS: usize = WITNESS_BYTES / 2;

/// Bytes of JSON of a value that is named in a sentence.
const SHOWN: usize = 120;

impl Schema {
    /// What an application sees of data of this schema.
    ///
    /// # Errors
    /// When the budget ends.
    pub(crate) fn described<'s>(&'s self, _: Root<'_>, budget: &Budget) -> Result<Described<'s>, Exhausted> {
        let mut nodes = Vec::with_capacity(self.types.len());
        for (index, ty) in (0u32..).zip(&self.types) {
            budget.spend(1 + parts(&ty.kind))?;
            nodes.push(Node {
                name: self.name_of(TypeId(index)),
                kind: values(&ty.kind),
                meaning: ty.logical.map(meaning_of),
            });
        }
        let shape = Shape {
            nodes,
            root: node_of(self.root),
            package: "",
        };
        Ok(Described::Shape(Box::new(AvroShape {
            schema: self,
            shape,
            minimal: Minimal::new(self),
        })))
    }
}

struct AvroShape<'s> {
    schema: &'s Schema,
    shape: Shape<'s>,
    minimal: Minimal<'s>,
}

fn node_of(TypeId(index): TypeId) -> NodeId {
    NodeId(index)
}

fn type_of(NodeId(index): NodeId) -> TypeId {
    TypeId(index)
}

fn parts(kind: &Kind) -> usize {
    match kind {
        Kind::Record(record) => record.fields().len(),
        Kind::Enum(symbols) => symbols.symbols().len(),
        kind => kind.branches().len(),
    }
}

fn values(kind: &Kind) -> Values<'_> {
    let integer = |bits| Values::Integer { is_signed: true, bits };
    match kind {
        Kind::Null => Values::Null,
        Kind::Boolean => Values::Bool,
        Kind::Int => integer(32),
        Kind::Long => integer(64),
        Kind::Float => Values::Float,
        Kind::Double => Values::Double,
        Kind::Bytes => Values::Bytes,
        Kind::String => Values::Text,
        Kind::Array(items) => Values::List(node_of(*items)),
        Kind::Map(values) => Values::Map {
            key: None,
            value: node_of(*values),
        },
        Kind::Union(branches) => Values::Union(branches.iter().copied().map(node_of).collect()),
        Kind::Record(record) => {
            let fields = record.fields().iter().map(|field| Field {
                name: Cow::Borrowed(&*field.name),
                node: node_of(field.ty),
                oneof: None,
            });
            Values::Record(Record::new(fields.collect()))
        }
        Kind::Enum(symbols) => {
            let symbols: Vec<&str> = symbols.symbols().iter().map(|symbol| &**symbol).collect();
            let seen = (0u32..).take(symbols.len()).collect();
            Values::Enum(Enum { symbols, seen })
        }
        Kind::Fixed(fixed) => Values::Fixed(fixed.size),
    }
}

fn meaning_of(logical: Logical) -> Meaning {
    match logical {
        Logical::Decimal { scale, .. } => Meaning::Decimal { scale },
        other => Meaning::Named(other.name()),
    }
}

impl<'s> Shaped<'s> for AvroShape<'s> {
    fn shape(&self) -> &Shape<'s> {
        &self.shape
    }

    fn words(&self, node: NodeId) -> Line {
        words(self.schema, type_of(node))
    }

    fn exists(&self, node: NodeId) -> bool {
        self.minimal.exists(type_of(node))
    }

    fn label(&self, trail: &Trail, node: NodeId, spot: Spot, note: Line) -> Label {
        let at = self.place(trail);
        let steps = match (spot, &self.schema.get(type_of(node)).kind) {
            (Spot::Field(index), Kind::Record(record)) => {
                let number = record.fields()[index as usize].number;
                vec![key("fields"), source::Step::Index(number as usize), key("name")]
            }
            (Spot::Symbol(index), _) => vec![key("symbols"), source::Step::Index(index as usize)],
            (Spot::Fields, Kind::Record(_)) => vec![key("fields")],
            (Spot::Whole | Spot::Fields | Spot::Field(_), _) => Vec::new(),
        };
        label(self.schema, &at, &steps, note)
    }

    fn event(&self, trail: &Trail, node: NodeId, seed: &Seed, budget: &Budget) -> Result<Option<Event>, Exhausted> {
        let ty = type_of(node);
        budget.spend(32)?;
        if trail.len() > MAX_DEPTH / 2 || !self.is_shown(ty) {
            return Ok(None);
        }
        budget.spend(self.minimal.weight(ty))?;
        let Some(seed) = self.seed(ty, seed) else {
            return Ok(None);
        };
        let Some(value) = self.around(seed.clone(), trail, budget)? else {
            return Ok(None);
        };
        let Ok(bytes) = encode(self.schema, &value) else {
            return Ok(None);
        };
        budget.spend(bytes.len())?;
        if decode(self.schema, &bytes, &Limits::default()).as_ref() != Ok(&value) {
            return Ok(None);
        }
        let json = to_json_within(self.schema, self.schema.root, &value, WITNESS_BYTES);
        Ok(json.map(|json| Event {
            json,
            bytes,
            value: self.shown(ty, &seed),
        }))
    }

    fn rule(&self, effect: Effect) -> &'static Rule {
        match effect {
            Effect::Missing | Effect::ReadAsDefault | Effect::LeftOut => &rules::FIELD_WITHOUT_DEFAULT,
            Effect::UnknownSymbol => &rules::SYMBOL_UNKNOWN,
            Effect::OtherBranch | Effect::OtherCase | Effect::CaseLost => &rules::UNION_BRANCH_MISSING,
            Effect::OtherMeaning => &rules::LOGICAL_TYPE_CHANGED,
            Effect::Lossy => &rules::LOSSY_PROMOTION,
            Effect::Ambiguous => &rules::AMBIGUOUS_ALIAS,
            Effect::Null
            | Effect::OtherType
            | Effect::Narrowed
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm
            | Effect::Policy => &rules::TYPE_MISMATCH,
        }
    }
}

impl AvroShape<'_> {
    /// The place in the text at the end of a trail. The last type with a name on the way says where it is.
    fn place(&self, trail: &Trail) -> Place {
        let named = |(node, _): &(NodeId, Step)| self.schema.get(type_of(*node)).kind.named();
        let (mut at, from) = match trail.iter().rposition(|hop| named(hop).is_some()) {
            Some(last) => (
                named(&trail[last]).map(|named| named.place.clone()).unwrap_or_default(),
                last,
            ),
            None => (root(self.schema), 0),
        };
        for (node, step) in &trail[from..] {
            let kind = &self.schema.get(type_of(*node)).kind;
            let to = match (step, kind) {
                (Step::Field(index), Kind::Record(record)) => {
                    let field = &record.fields()[*index as usize];
                    let number = source::Step::Index(field.number as usize);
                    Some((field.ty, vec![key("fields"), number, key("type")]))
                }
                (Step::Item, _) => kind.element().map(|ty| (ty, vec![key("items")])),
                (Step::Entry, _) => kind.element().map(|ty| (ty, vec![key("values")])),
                (Step::Branch(index), Kind::Union(branches)) => {
                    let index = *index as usize;
                    Some((branches[index], vec![source::Step::Index(index)]))
                }
                (Step::Field(_) | Step::Branch(_), _) => None,
            };
            if let Some((ty, steps)) = to {
                at = place(self.schema, ty, &at, &steps);
            }
        }
        at
    }

    /// Whether the smallest value is small enough to be shown.
    fn is_shown(&self, ty: TypeId) -> bool {
        self.minimal.is_small(ty) && self.minimal.weight(ty) <= MOST_PARTS
    }

    fn seed(&self, ty: TypeId, seed: &Seed) -> Option<Value> {
        let of: &Type = self.schema.get(ty);
        match (seed, &of.kind) {
            (Seed::Number(number), Kind::Int) => i32::try_from(*number).ok().map(Value::Int),
            (Seed::Number(number), _) => i64::try_from(*number).ok().map(Value::Long),
            (Seed::Symbol(number), _) => Some(Value::Enum(*number)),
            (Seed::Meaning, Kind::Record(_)) => self.minimal.value(ty),
            // Any conflict but one of precision is shown by the number one.
            (Seed::Meaning, _) => meaning::telling_value(&Conflict::Scale { reader: 0, writer: 0 }, of),
            (Seed::Any | Seed::Key(_) | Seed::Fields(_), _) => self.minimal.value(ty),
        }
    }

    /// The value around a part, from the inside to the root.
    fn around(&self, part: Value, trail: &Trail, budget: &Budget) -> Result<Option<Value>, Exhausted> {
        let mut value = part;
        let mut left = MOST_PARTS;
        for (node, step) in trail.iter().rev() {
            budget.spend(1)?;
            value = match (step, &self.schema.get(type_of(*node)).kind) {
                (Step::Field(index), Kind::Record(record)) => {
                    if record.fields().len() > left {
                        return Ok(None);
                    }
                    let mut values = Vec::with_capacity(record.fields().len());
                    for (at, field) in (0u32..).zip(record.fields()) {
                        if at == *index {
                            values.push(std::mem::replace(&mut value, Value::Null));
                            continue;
                        }
                        let weight = self.minimal.weight(field.ty);
                        budget.spend(weight)?;
                        let other = match left.checked_sub(weight) {
                            Some(_) if !self.is_shown(field.ty) => None,
                            Some(rest) => {
                                left = rest;
                                self.minimal.value(field.ty)
                            }
                            None => None,
                        };
                        match other {
                            Some(other) => values.push(other),
                            None => return Ok(None),
                        }
                    }
                    Value::Record(values)
                }
                (Step::Item, _) => Value::Array(vec![value]),
                (Step::Entry, _) => Value::Map(vec![("key".into(), value)]),
                (Step::Branch(index), _) => Value::Union(*index, Box::new(value)),
                (Step::Field(_), _) => return Ok(None),
            };
        }
        Ok(Some(value))
    }

    fn shown(&self, ty: TypeId, value: &Value) -> Line {
        let of = self.schema.get(ty);
        match (value, &of.kind, of.logical) {
            (Value::Enum(number), Kind::Enum(symbols), _) => to_line!("{}", symbols.symbols()[*number as usize]),
            (_, _, Some(logical)) => Line::new(meaning::describe(logical, value)),
            (_, kind, None) => match to_json_within(self.schema, ty, value, SHOWN) {
                Some(json) => to_line!("the {} {json}", kind.name()),
                None => to_line!("of type {}", kind.name()),
            },
        }
    }
}
