//! From a field's default, as JSON in the schema, to the value that a reader takes.
//!
//! Defaults are written otherwise than data: a union's default is a bare value of one of its branches, and a record's
//! default may leave out fields that have defaults themselves.

use crate::avro::data::cursor::Budget;
use crate::avro::data::json_encoding::scalar;
use crate::avro::data::limits::Limits;
use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::decode_error::{DecodeError, DecodeErrorKind, Decoded};
use crate::text::json;
use crate::to_line;

/// Converts a default of type `ty` into a value of at most `depth` levels.
///
/// A branch of a union is tried in order, so that the work is bounded by the budget rather than by the text.
///
/// # Errors
/// [`DecodeErrorKind::Unreadable`] where the default is not of the type, [`DecodeErrorKind::Limit`] where it is too
/// deep or too large (a record whose default needs the same default again).
pub(crate) fn convert(
    schema: &Schema,
    ty: TypeId,
    node: &json::Node,
    budget: &mut Budget,
    depth: usize,
) -> Decoded<Value> {
    budget.spend(1, 0)?;
    let Some(below) = depth.checked_sub(1) else {
        return Err(DecodeError::new(
            DecodeErrorKind::Limit,
            0,
            "the default is nested deeper than is allowed",
        ));
    };
    let kind = &schema.get(ty).kind;
    let misfit = || {
        DecodeError::new(
            DecodeErrorKind::Unreadable,
            0,
            to_line!(
                "{} is no default of the reader's type `{}`",
                node.kind(),
                schema.name_of(ty)
            ),
        )
    };
    match kind {
        Kind::Array(item) => {
            let items = node.as_array().ok_or_else(misfit)?;
            let values: Decoded<Vec<Value>> = items
                .iter()
                .map(|node| convert(schema, *item, node, budget, below))
                .collect();
            Ok(Value::Array(values?))
        }
        Kind::Map(value) => {
            let members = node.as_object().ok_or_else(misfit)?;
            let entries: Decoded<Vec<(String, Value)>> = members
                .iter()
                .map(|member| {
                    let value = convert(schema, *value, &member.value, budget, below)?;
                    Ok((member.key.clone(), value))
                })
                .collect();
            Ok(Value::Map(entries?))
        }
        Kind::Record(record) => {
            node.as_object().ok_or_else(misfit)?;
            let values: Decoded<Vec<Value>> = record
                .fields()
                .iter()
                .map(|field| match node.get(&field.name).or(field.default.as_deref()) {
                    Some(node) => convert(schema, field.ty, node, budget, below),
                    None => Err(DecodeError::new(
                        DecodeErrorKind::Unreadable,
                        0,
                        to_line!(
                            "the default lacks the field `{}` of `{}`, which has no default of its own",
                            field.name,
                            record.named.name.full()
                        ),
                    )),
                })
                .collect();
            Ok(Value::Record(values?))
        }
        Kind::Union(branches) => {
            for (number, branch) in (0u32..).zip(branches) {
                match convert(schema, *branch, node, budget, below) {
                    Ok(value) => return Ok(Value::Union(number, Box::new(value))),
                    Err(error) if error.kind == DecodeErrorKind::Unreadable => {}
                    Err(error) => return Err(error),
                }
            }
            Err(misfit())
        }
        _ => {
            // Long texts count as several values: records whose defaults are made of each other repeat them.
            if let json::Value::String(text) = &node.value {
                budget.spend(text.len() as u64 / 16, 0)?;
            }
            scalar(kind, node).map_err(|problem| {
                DecodeError::new(
                    DecodeErrorKind::Unreadable,
                    0,
                    to_line!(
                        "the default does not fit the reader's type `{}`: {problem}",
                        schema.name_of(ty)
                    ),
                )
            })
        }
    }
}

/// Whether a default is of type `ty`, within `limits`.
pub(crate) fn fits(schema: &Schema, ty: TypeId, node: &json::Node, limits: &Limits) -> bool {
    convert(schema, ty, node, &mut Budget::new(limits, 0), limits.depth()).is_ok()
}
