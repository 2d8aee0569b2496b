//! Which types, enums and fields a path through data leads to.

use std::collections::BTreeSet;

use crate::avro::language::named::{Enum, Field, Named};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::data_path::{DataPath, DataStep};
use crate::event_name::EventName;
use crate::reads::Fallback;

impl Schema {
    /// What stands in for what a reader reads at this path, where data does not have it.
    pub(crate) fn fallback(&self, path: &DataPath) -> Fallback {
        let holds_fields = || {
            types_at(self, path.steps()).into_iter().any(|id| {
                let kind = &self.get(id).kind;
                matches!(kind, Kind::Record(_) | Kind::Array(_) | Kind::Map(_))
            })
        };
        if !matches!(path.steps().last(), Some(DataStep::Field(_))) {
            return match holds_fields() {
                true => Fallback::Inside,
                false => Fallback::NotAField,
            };
        }
        // The default of something on the way stands in for all that it holds.
        let mut fields = fields_along(self, path.steps()).peekable();
        match fields.peek().is_none() || fields.any(|field| field.default.is_some()) {
            true => Fallback::Default,
            false if holds_fields() => Fallback::Inside,
            false => Fallback::None,
        }
    }
}

impl Schema {
    /// In Avro the root is the event, whatever it is called.
    pub(crate) fn event_name(&self, name: &str) -> EventName {
        let named = || self.types.iter().filter_map(|ty| ty.kind.named());
        let is_called = |named: &Named| {
            let mut names = std::iter::once(&named.name).chain(&named.aliases);
            names.any(|own| own.full() == name || own.simple() == name)
        };
        EventName {
            is_known: named().next().is_none() || named().any(is_called),
            decides: false,
            known: named().map(|named| named.name.full().to_owned()).collect(),
        }
    }

    /// The end of the path, if that is an enum: a reader's schema refuses types that its unions do not have.
    pub(crate) fn choice(&self, _event: &str, path: &DataPath) -> Option<usize> {
        (!enums_at(self, path.steps()).is_empty()).then_some(path.steps().len())
    }

    /// Whether a named type stands in more than one place of an event.
    pub(crate) fn repeats_types(&self, _event: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![self.root()];
        while let Some(id) = todo.pop() {
            let kind = &self.get(id).kind;
            if kind.named().is_some() && !seen.insert(id) {
                return true;
            }
            let fields = kind.record().map_or(&[][..], |record| record.fields());
            todo.extend(fields.iter().map(|field| field.ty));
            todo.extend(kind.branches());
            todo.extend(kind.element());
        }
        false
    }
}

/// The enums that the steps lead to. Branches of unions are entered where a step needs it, as projection does.
pub(in crate::avro) fn enums_at<'s>(schema: &'s Schema, steps: &[DataStep]) -> Vec<&'s Enum> {
    types_at(schema, steps)
        .into_iter()
        .filter_map(|id| match &schema.get(id).kind {
            Kind::Enum(symbols) => Some(&**symbols),
            _ => None,
        })
        .collect()
}

/// The types that the steps lead to, with the branches of unions.
fn types_at(schema: &Schema, steps: &[DataStep]) -> Vec<TypeId> {
    let mut at = BTreeSet::from([schema.root()]);
    for step in steps {
        at = step_on(schema, &at, step).1;
    }
    at.into_iter().flat_map(|id| with_branches(schema, id)).collect()
}

/// The records' fields that the steps lead through, from the root on.
fn fields_along<'s>(schema: &'s Schema, steps: &'s [DataStep]) -> impl Iterator<Item = &'s Field> {
    let mut at = BTreeSet::from([schema.root()]);
    steps.iter().flat_map(move |step| {
        let (inside, next) = step_on(schema, &at, step);
        at = next;
        let records = inside.into_iter().filter_map(|id| match &schema.get(id).kind {
            Kind::Record(record) => Some(record),
            _ => None,
        });
        match step {
            DataStep::Field(name) => records
                .filter_map(|record| Some(&record.fields()[record.field(name)?]))
                .collect::<Vec<&Field>>(),
            DataStep::Item | DataStep::Entry | DataStep::Branch(_) => Vec::new(),
        }
    })
}

/// The types that a step leads out of (branches of unions, unless it names one itself), and those that it leads to.
fn step_on(schema: &Schema, at: &BTreeSet<TypeId>, step: &DataStep) -> (Vec<TypeId>, BTreeSet<TypeId>) {
    let inside: Vec<TypeId> = match step {
        DataStep::Branch(_) => at.iter().copied().collect(),
        _ => at.iter().flat_map(|id| with_branches(schema, *id)).collect(),
    };
    let next = inside.iter().flat_map(|id| below(schema, *id, step)).collect();
    (inside, next)
}

/// A type and, if it is a union, the types of its branches.
fn with_branches(schema: &Schema, id: TypeId) -> Vec<TypeId> {
    match &schema.get(id).kind {
        Kind::Union(branches) => branches.to_vec(),
        _ => vec![id],
    }
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
