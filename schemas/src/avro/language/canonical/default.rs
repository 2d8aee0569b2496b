//! A normalised default: written as its type writes it, so that `1` and `1.0` of a double are one.

use super::json::{put_string, put_value};
use super::number::as_real;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::text::json::{Node, Value};

/// Writes a field's default. Recurses along the default's text.
pub(super) fn put(out: &mut String, schema: &Schema, ty: TypeId, node: &Node) {
    match (&schema.get(ty).kind, &node.value) {
        (kind @ (Kind::Double | Kind::Float), Value::Number(text)) => {
            match as_real(text, matches!(kind, Kind::Float)) {
                Some(shown) => out.push_str(&shown),
                None => put_value(out, node, true),
            }
        }
        (Kind::Union(branches), _) => match branches.first() {
            Some(first) => put(out, schema, *first, node),
            None => put_value(out, node, true),
        },
        (Kind::Array(items), Value::Array(values)) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                put(out, schema, *items, value);
            }
            out.push(']');
        }
        (kind @ (Kind::Map(_) | Kind::Record(_)), Value::Object(members)) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| a.key.encode_utf16().cmp(b.key.encode_utf16()));
            out.push('{');
            for (index, member) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                put_string(out, &member.key);
                out.push(':');
                let below = match kind {
                    Kind::Map(values) => Some(*values),
                    Kind::Record(record) => record.field(&member.key).map(|field| record.fields()[field].ty),
                    _ => None,
                };
                match below {
                    Some(below) => put(out, schema, below, &member.value),
                    None => put_value(out, &member.value, true),
                }
            }
            out.push('}');
        }
        _ => put_value(out, node, true),
    }
}
