//! Where the fields of a writer's record go in a reader's record, and what the reader takes for the fields that the
//! writer does not have.

use crate::avro::data::cursor::{Budget, Cursor};
use crate::avro::data::default::convert;
use crate::avro::data::value::Value;
use crate::avro::language::named::{Field, Record};
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::to_line;

/// How a pair of records is read. Made once for each pair.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Number of the reader's fields.
    pub width: usize,
    /// For each field of the writer: where it goes, if the reader asks for it.
    pub targets: Vec<Option<Target>>,
    defaults: Vec<Default>,
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
    /// The plan for two types of which both are records.
    pub fn new(
        reader: &Schema,
        wanted: TypeId,
        writer: &Schema,
        written: TypeId,
        budget: &mut Budget,
        depth: usize,
    ) -> Decoded<Self> {
        let (Kind::Record(wanted), Kind::Record(written)) = (&reader.get(wanted).kind, &writer.get(written).kind)
        else {
            return Err(unreadable("a record was expected on both sides".into()));
        };
        let mut plan = Plan {
            width: wanted.fields().len(),
            targets: vec![None; written.fields().len()],
            defaults: Vec::new(),
        };
        for (index, field) in wanted.fields().iter().enumerate() {
            let Some(source) = source(wanted, field, written)? else {
                plan.defaults
                    .push(default(reader, wanted, field, index, budget, depth)?);
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
        let missing = || cursor.fault(DecodeErrorKind::Unreadable, "a field of the reader has no value");
        values.into_iter().map(|value| value.ok_or_else(missing)).collect()
    }
}

/// The writer's field that a reader's field is read from: that of its name, or of one of its aliases.
fn source(wanted: &Record, field: &Field, written: &Record) -> Decoded<Option<usize>> {
    let mut found = written.field(&field.name);
    for alias in &field.aliases {
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
