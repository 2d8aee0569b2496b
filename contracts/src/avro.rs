//! What contracts need to know of Avro: where a path leads, and what decides how a reader reads.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};
use treaty_schemas::avro::named::{Enum, Field, FullName};
use treaty_schemas::avro::schema::{Kind, Logical, Schema, TypeId};
use treaty_schemas::{DataStep, json as text};

/// The types that the steps lead to. Branches of unions are entered where a step needs it, as projection does.
pub(crate) fn types_at(schema: &Schema, steps: &[DataStep]) -> BTreeSet<TypeId> {
    let mut at = BTreeSet::from([schema.root()]);
    for step in steps {
        let inside = inside(schema, &at, step);
        at = inside.into_iter().flat_map(|id| below(schema, id, step)).collect();
    }
    at
}

/// The types that a step leads out of: branches of unions, unless it names one itself.
fn inside(schema: &Schema, at: &BTreeSet<TypeId>, step: &DataStep) -> Vec<TypeId> {
    match step {
        DataStep::Branch(_) => at.iter().copied().collect(),
        _ => at.iter().flat_map(|id| with_branches(schema, *id)).collect(),
    }
}

/// A type and, if it is a union, the types of its branches.
pub(crate) fn with_branches(schema: &Schema, id: TypeId) -> Vec<TypeId> {
    match &schema.get(id).kind {
        Kind::Union(branches) => branches.to_vec(),
        _ => vec![id],
    }
}

/// The enums that the steps lead to.
pub(crate) fn enums_at<'s>(schema: &'s Schema, steps: &[DataStep]) -> Vec<&'s Enum> {
    types_at(schema, steps)
        .into_iter()
        .flat_map(|id| with_branches(schema, id))
        .filter_map(|id| match &schema.get(id).kind {
            Kind::Enum(symbols) => Some(&**symbols),
            _ => None,
        })
        .collect()
}

/// The records' fields that the steps lead through, from the root on.
pub(crate) fn fields_along<'s>(schema: &'s Schema, steps: &'s [DataStep]) -> impl Iterator<Item = &'s Field> {
    let mut at = BTreeSet::from([schema.root()]);
    steps.iter().flat_map(move |step| {
        let inside = inside(schema, &at, step);
        let fields: Vec<&Field> = match step {
            DataStep::Field(name) => {
                let records = inside.iter().filter_map(|id| match &schema.get(*id).kind {
                    Kind::Record(record) => Some(record),
                    _ => None,
                });
                let fields = records.filter_map(|record| Some(&record.fields()[record.field(name)?]));
                fields.collect()
            }
            _ => Vec::new(),
        };
        at = inside.into_iter().flat_map(|id| below(schema, id, step)).collect();
        fields
    })
}

fn below(schema: &Schema, id: TypeId, step: &DataStep) -> Vec<TypeId> {
    match (&schema.get(id).kind, step) {
        (Kind::Record(record), DataStep::Field(name)) => record
            .field(name)
            .map(|index| record.fields()[index].ty)
            .into_iter()
            .collect(),
        (Kind::Array(items), DataStep::Item) => vec![*items],
        (Kind::Map(values), DataStep::Entry) => vec![*values],
        (Kind::Union(branches), DataStep::Branch(name)) => branches
            .iter()
            .copied()
            .filter(|branch| {
                let kind = &schema.get(*branch).kind;
                match kind.named() {
                    Some(named) => named.name.full() == &**name || named.name.simple() == &**name,
                    None => kind.name() == &**name,
                }
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Everything that decides how a reader of this schema reads, and nothing else: names, aliases, defaults, symbols and
/// logical types stay; docs, sort orders, unknown attributes and the order of fields and symbols go.
///
/// The parsing canonical form will not do: it strips defaults and aliases, which decide what a reader sees.
pub(crate) fn canonical(schema: &Schema) -> Value {
    let mut canon = Canon {
        schema,
        named: Vec::new(),
        numbers: HashMap::new(),
    };
    let root = canon.ty(schema.root());
    let mut types = Vec::new();
    // Named types are told one after another, each referred to by its number, so that no chain of them is recursion.
    while types.len() < canon.named.len() {
        let id = canon.named[types.len()];
        types.push(canon.definition(id));
    }
    json!({ "root": root, "types": types })
}

struct Canon<'s> {
    schema: &'s Schema,
    /// In the order in which they were met.
    named: Vec<TypeId>,
    numbers: HashMap<TypeId, usize>,
}

impl Canon<'_> {
    fn ty(&mut self, id: TypeId) -> Value {
        let ty = self.schema.get(id);
        if ty.kind.named().is_some() {
            let next = self.named.len();
            let number = *self.numbers.entry(id).or_insert(next);
            if number == next {
                self.named.push(id);
            }
            return json!(number);
        }
        match &ty.kind {
            Kind::Array(items) => json!({ "items": self.ty(*items) }),
            Kind::Map(values) => json!({ "values": self.ty(*values) }),
            Kind::Union(branches) => branches.iter().map(|branch| self.ty(*branch)).collect(),
            kind => with_logical(Map::from_iter([("type".into(), json!(kind.name()))]), ty.logical),
        }
    }

    fn definition(&mut self, id: TypeId) -> Value {
        let schema = self.schema;
        let ty = schema.get(id);
        let mut told = Map::from_iter([("type".into(), json!(ty.kind.name()))]);
        if let Some(named) = ty.kind.named() {
            told.insert("name".into(), json!(named.name.full()));
            told.insert("aliases".into(), sorted(named.aliases.iter().map(FullName::full)));
        }
        match &ty.kind {
            Kind::Record(record) => {
                let mut fields: Vec<&Field> = record.fields().iter().collect();
                fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
                let fields = fields.into_iter().map(|field| self.field(field)).collect();
                told.insert("fields".into(), fields);
            }
            Kind::Enum(symbols) => {
                told.insert(
                    "symbols".into(),
                    sorted(symbols.symbols().iter().map(|symbol| &**symbol)),
                );
                told.insert("default".into(), json!(symbols.default));
            }
            Kind::Fixed(fixed) => {
                told.insert("size".into(), json!(fixed.size));
            }
            _ => {}
        }
        with_logical(told, ty.logical)
    }

    fn field(&mut self, field: &Field) -> Value {
        let mut told = Map::from_iter([
            ("name".into(), json!(field.name)),
            ("aliases".into(), sorted(field.aliases.iter().map(|alias| &**alias))),
            ("type".into(), self.ty(field.ty)),
        ]);
        if let Some(default) = &field.default {
            told.insert("default".into(), plain(default));
        }
        Value::Object(told)
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: BTreeSet<&str> = names.collect();
    json!(names)
}

fn with_logical(mut told: Map<String, Value>, logical: Option<Logical>) -> Value {
    if let Some(logical) = logical {
        told.insert("logicalType".into(), json!(logical.name()));
        if let Logical::Decimal { precision, scale } = logical {
            told.insert("precision".into(), json!(precision));
            told.insert("scale".into(), json!(scale));
        }
    }
    Value::Object(told)
}

/// A default; its numbers as they were written, so that no digit is lost.
fn plain(node: &text::Node) -> Value {
    match &node.value {
        text::Value::Null => Value::Null,
        text::Value::Bool(value) => json!(value),
        text::Value::Number(digits) => json!({ "number": digits }),
        text::Value::String(value) => json!(value),
        text::Value::Array(items) => items.iter().map(plain).collect(),
        text::Value::Object(members) => {
            let members: Map<String, Value> = members.iter().map(|m| (m.key.clone(), plain(&m.value))).collect();
            json!({ "object": members })
        }
    }
}
