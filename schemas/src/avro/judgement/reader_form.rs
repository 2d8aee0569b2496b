//! What decides how a reader reads, in one form: two schemas that read alike have the same.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::avro::language::named::{Field, FullName};
use crate::avro::language::schema::{Kind, Logical, Schema, TypeId};
use crate::text::json as text;

impl Schema {
    /// Everything that decides how a reader of this schema reads, and nothing else: names, aliases, defaults, symbols and
    /// logical types stay; docs, sort orders, unknown attributes and the order of fields and symbols go.
    ///
    /// The parsing canonical form will not do: it strips defaults and aliases, which decide what a reader sees.
    pub(crate) fn reader_form(&self, _event: &str) -> Value {
        let mut form = Form {
            schema: self,
            named: Vec::new(),
            numbers: HashMap::new(),
        };
        let root = form.ty(self.root());
        let mut types = Vec::new();
        // Named types are listed one after another, each referred to by its number, so that no chain of them is recursion.
        while types.len() < form.named.len() {
            let id = form.named[types.len()];
            types.push(form.definition(id));
        }
        json!({ "root": root, "types": types })
    }
}

/// The form as far as it is made.
struct Form<'s> {
    schema: &'s Schema,
    /// In the order in which they were met.
    named: Vec<TypeId>,
    numbers: HashMap<TypeId, usize>,
}

impl Form<'_> {
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
        let mut object = Map::from_iter([("type".into(), json!(ty.kind.name()))]);
        if let Some(named) = ty.kind.named() {
            object.insert("name".into(), json!(named.name.full()));
            object.insert("aliases".into(), sorted(named.aliases.iter().map(FullName::full)));
        }
        match &ty.kind {
            Kind::Record(record) => {
                let mut fields: Vec<&Field> = record.fields().iter().collect();
                fields.sort_unstable_by(|a, b| a.name.cmp(&b.name));
                let fields = fields.into_iter().map(|field| self.field(field)).collect();
                object.insert("fields".into(), fields);
            }
            Kind::Enum(symbols) => {
                object.insert(
                    "symbols".into(),
                    sorted(symbols.symbols().iter().map(|symbol| &**symbol)),
                );
                object.insert("default".into(), json!(symbols.default));
            }
            Kind::Fixed(fixed) => {
                object.insert("size".into(), json!(fixed.size));
            }
            _ => {}
        }
        with_logical(object, ty.logical)
    }

    fn field(&mut self, field: &Field) -> Value {
        let mut object = Map::from_iter([
            ("name".into(), json!(field.name)),
            ("aliases".into(), sorted(field.aliases.iter().map(|alias| &**alias))),
            ("type".into(), self.ty(field.ty)),
        ]);
        if let Some(default) = &field.default {
            object.insert("default".into(), plain(default));
        }
        Value::Object(object)
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    let names: BTreeSet<&str> = names.collect();
    json!(names)
}

fn with_logical(mut object: Map<String, Value>, logical: Option<Logical>) -> Value {
    if let Some(logical) = logical {
        object.insert("logicalType".into(), json!(logical.name()));
        if let Logical::Decimal { precision, scale } = logical {
            object.insert("precision".into(), json!(precision));
            object.insert("scale".into(), json!(scale));
        }
    }
    Value::Object(object)
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
