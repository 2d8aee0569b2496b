//! JSON as Jackson writes it: compact, only what must be is escaped.

use super::number::java_number;
use crate::text::json::{Digits, Node, Value, write_string_in};

/// Writes a string, quotes included.
pub(in crate::avro) fn put_string(out: &mut String, text: &str) {
    // A string takes everything.
    let _ = write_string_in(out, text, Digits::Upper);
}

/// Writes strings as an array.
pub(super) fn put_strings<'a>(out: &mut String, texts: impl Iterator<Item = &'a str>) {
    out.push('[');
    for (index, text) in texts.enumerate() {
        if index > 0 {
            out.push(',');
        }
        put_string(out, text);
    }
    out.push(']');
}

/// Writes any value; with `sorted`, the members of objects in the order of their keys. Recurses as deep as the text
/// that the value was read from.
pub(super) fn put_value(out: &mut String, node: &Node, sorted: bool) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(text) => out.push_str(&java_number(text)),
        Value::String(text) => put_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                put_value(out, item, sorted);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            if sorted {
                members.sort_by(|a, b| a.key.encode_utf16().cmp(b.key.encode_utf16()));
            }
            out.push('{');
            for (index, member) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                put_string(out, &member.key);
                out.push(':');
                put_value(out, &member.value, sorted);
            }
            out.push('}');
        }
    }
}
