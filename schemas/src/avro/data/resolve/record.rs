//! Where the fields of a writer's record go in a reader's record, and what the reader takes for the fields that the
//! writer does not have.

use rustc_hash::FxHashMap;

use crate::avro::data::cursor::{Budget, Cursor};
use crate::avro::data::default::convert;
use crate::avro::data::value::Value;
use crate::avro::language::java_names::JavaNames;
use crate::avro::language::named::{Field, Record};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::to_line;

/// A reader's record and a writer's.
pub(super) struct Pair<'s> {
    pub reader: &'s Schema,
    pub wanted: TypeId,
    pub writer: &'s Schema,
    pub written: TypeId,
    /// The fields match by the names that Avro Java gives them.
    pub java: Option<&'s JavaNames<'s>>,
    /// Java must give each field of the writer's another name.
    pub compares_names: bool,
}

/// How a pair of records is read. Made once for each pair.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Number of the reader's fields.
    pub width: usize,
    /// For each field of the writer: where it goes, if the reader asks for it.
    pub targets: Vec<Option<Target>>,
    defaults: Vec<Default>,
    /// Some of the reader's fields are left out; null stands for them.
    left_out: bool,
}

/// Where a field of the writer goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target {
    /// Index of the reader's field.
    pub field: usize,
    /// Type of the reader's field.
    pub ty: TypeId,
}

/// What the reader takes for a field that the writer does not have.
#[derive(Debug)]
struct Default {
    field: usize,
    value: Value,
    /// What a copy costs of the budget.
    weight: u64,
    /// Levels of nesting.
    levels: usize,
}

impl Plan {
    /// The plan for two types of which both are records. `kept` are the reader's fields that are there, if not all are.
    pub(super) fn new(pair: Pair<'_>, kept: Option<&[u32]>, budget: &mut Budget, depth: usize) -> Decoded<Self> {
        let (Kind::Record(wanted), Kind::Record(written)) =
            (&pair.reader.get(pair.wanted).kind, &pair.writer.get(pair.written).kind)
        else {
            return Err(unreadable("a record was expected on both sides".into()));
        };
        let java = pair
            .java
            .map(|java| JavaFields::new(java, written, pair.compares_names))
            .transpose()?;
        let mut plan = Plan {
            width: wanted.fields().len(),
            targets: vec![None; written.fields().len()],
            defaults: Vec::new(),
            left_out: kept.is_some(),
        };
        let all = 0..wanted.fields().len();
        let indexes: Vec<usize> = match kept {
            Some(kept) => kept.iter().map(|&index| index as usize).collect(),
            None => all.collect(),
        };
        for index in indexes {
            let Some(field) = wanted.fields().get(index) else {
                continue;
            };
            let found = match &java {
                Some(java) => java.source(field),
                None => source(wanted, field, written)?,
            };
            let Some(source) = found else {
                plan.defaults
                    .push(default(pair.reader, wanted, field, index, budget, depth)?);
                continue;
            };
            if let Some(Target { field: other, .. }) = plan.targets[source] {
                return Err(unreadable(format!(
                    "ambiguous: both `{}` and `{}` of the reader's `{}` claim the writer's field `{}`",
                    wanted.fields()[other].name,
                    field.name,
                    wanted.named.name.full(),
                    written.fields()[source].name
                )));
            }
            plan.targets[source] = Some(Target {
                field: index,
                ty: field.ty,
            });
        }
        Ok(plan)
    }

    /// Fills in the defaults. `room` is how deep they may be nested.
    pub fn complete(
        &self,
        mut values: Vec<Option<Value>>,
        cursor: &Cursor<'_>,
        budget: &mut Budget,
        room: usize,
    ) -> Decoded<Vec<Value>> {
        for default in &self.defaults {
            if default.levels > room {
                return Err(cursor.fault(
                    DecodeErrorKind::Limit,
                    "a default makes the value deeper than is allowed",
                ));
            }
            budget.spend(default.weight, cursor.at())?;
            values[default.field] = Some(default.value.clone());
        }
        if self.left_out {
            return Ok(values.into_iter().map(|value| value.unwrap_or(Value::Null)).collect());
        }
        let missing = || cursor.fault(DecodeErrorKind::Unreadable, "a field of the reader has no value");
        values.into_iter().map(|value| value.ok_or_else(missing)).collect()
    }
}

/// A writer's fields under the names that Avro Java gives them.
struct JavaFields<'s>(FxHashMap<&'s str, usize>);

impl<'s> JavaFields<'s> {
    fn new(java: &'s JavaNames<'s>, written: &'s Record, compares_names: bool) -> Decoded<Self> {
        let mut fields = FxHashMap::default();
        for (index, field) in written.fields().iter().enumerate() {
            let name = java.of_field(&written.named.name, &field.name);
            if fields.insert(name, index).is_some() && compares_names {
                return Err(unreadable(format!(
                    "Duplicate field {name} in record {}",
                    java.of_type(&written.named.name).full()
                )));
            }
        }
        Ok(JavaFields(fields))
    }

    fn source(&self, field: &Field) -> Option<usize> {
        self.0.get(&*field.name).copied()
    }
}

/// The writer's field that a reader's field is read from: that of its name, or of one of its aliases. An alias that is the name
/// of another field of the reader follows no rename where the field's own name was written.
fn source(wanted: &Record, field: &Field, written: &Record) -> Decoded<Option<usize>> {
    let by_name = written.field(&field.name);
    let mut found = by_name;
    for alias in &field.aliases {
        if by_name.is_some() && wanted.field(alias).is_some() {
            continue;
        }
        match (found, written.field(alias)) {
            (Some(one), Some(other)) if one != other => {
                return Err(unreadable(format!(
                    "ambiguous: the reader's field `{}` of `{}` can stand for `{}` and for `{}`, and the writer has both",
                    field.name,
                    wanted.named.name.full(),
                    written.fields()[one].name,
                    written.fields()[other].name
                )));
            }
            (None, other) => found = other,
            _ => {}
        }
    }
    Ok(found)
}

fn default(
    reader: &Schema,
    wanted: &Record,
    field: &Field,
    index: usize,
    budget: &mut Budget,
    depth: usize,
) -> Decoded<Default> {
    let Some(node) = &field.default else {
        return Err(unreadable(format!(
            "the reader needs the field `{}` of `{}`, which the writer does not have, and which has no default",
            field.name,
            wanted.named.name.full()
        )));
    };
    let value = convert(reader, field.ty, node, budget, depth).map_err(|mut error| {
        error.message = to_line!(
            "field `{}` of the reader's `{}`: {}",
            field.name,
            wanted.named.name.full(),
            error.message
        );
        error
    })?;
    Ok(Default {
        field: index,
        weight: weight(&value),
        levels: levels(&value),
        value,
    })
}

/// Values in memory, long texts counted as several. Recurses no deeper than a value may be.
fn weight(value: &Value) -> u64 {
    1 + match value {
        Value::Bytes(bytes) | Value::Fixed(bytes) => bytes.len() as u64 / 16,
        Value::String(text) => text.len() as u64 / 16,
        Value::Array(values) | Value::Record(values) => values.iter().map(weight).sum(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| key.len() as u64 / 16 + weight(value))
            .sum(),
        Value::Union(_, value) => weight(value),
        _ => 0,
    }
}

/// Levels of nesting. Recurses no deeper than a value may be.
fn levels(value: &Value) -> usize {
    match value {
        Value::Array(values) | Value::Record(values) => 1 + values.iter().map(levels).max().unwrap_or(0),
        Value::Map(entries) => 1 + entries.iter().map(|(_, value)| levels(value)).max().unwrap_or(0),
        Value::Union(_, value) => 1 + levels(value),
        _ => 0,
    }
}

fn unreadable(message: String) -> Box<DecodeError> {
    DecodeError::new(DecodeErrorKind::Unreadable, 0, message)
}
