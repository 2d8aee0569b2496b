//! Avro's JSON encoding of data, both ways.
//!
//! A union's value is `null` or `{"name of the branch": value}`; bytes and fixed are strings in which each character
//! up to U+00FF stands for one byte; NaN and the infinities are strings. Reading is strict: every field is there,
//! nothing else is, and numbers are exact. Field defaults do not apply to data.

use super::value::Value;
use crate::avro::language::schema::Kind;
use crate::text::json;
use crate::text::shorten::shortened;

mod read;
mod write;

pub use read::from_json;
pub(crate) use read::from_json_with_logical_types;
pub use write::to_json;
pub(crate) use write::{Json, to_json_within};

/// The value of a type that has no parts.
///
/// # Errors
/// A message that says what was expected, not where.
pub(crate) fn scalar(kind: &Kind, node: &json::Node) -> Result<Value, String> {
    let expected = |what: &str| format!("{what} was expected, not {}", node.kind());
    match (kind, &node.value) {
        (Kind::Null, json::Value::Null) => Ok(Value::Null),
        (Kind::Boolean, json::Value::Bool(value)) => Ok(Value::Boolean(*value)),
        (Kind::Int, json::Value::Number(text)) => match text.parse() {
            Ok(value) => Ok(Value::Int(value)),
            Err(_) => Err(not_integral(text, "int", 32)),
        },
        (Kind::Long, json::Value::Number(text)) => match text.parse() {
            Ok(value) => Ok(Value::Long(value)),
            Err(_) => Err(not_integral(text, "long", 64)),
        },
        (Kind::Float, _) => real(node).map(Value::Float),
        (Kind::Double, _) => real(node).map(Value::Double),
        (Kind::String, json::Value::String(text)) => Ok(Value::String(text.clone())),
        (Kind::Bytes, json::Value::String(text)) => latin1(text).map(Value::Bytes),
        (Kind::Fixed(fixed), json::Value::String(text)) => {
            let bytes = latin1(text)?;
            if bytes.len() == fixed.size as usize {
                Ok(Value::Fixed(bytes))
            } else {
                Err(format!(
                    "`{}` has {} bytes, and this string stands for {}",
                    fixed.named.name.full(),
                    fixed.size,
                    bytes.len()
                ))
            }
        }
        (Kind::Enum(symbols), json::Value::String(text)) => symbols
            .number(text)
            .and_then(|number| u32::try_from(number).ok())
            .map(Value::Enum)
            .ok_or_else(|| format!("`{}` has no symbol `{}`", symbols.named.name.full(), shortened(text))),
        (Kind::Null, _) => Err(expected("null")),
        (Kind::Boolean, _) => Err(expected("true or false")),
        (Kind::Int | Kind::Long, _) => Err(expected("an integer")),
        (Kind::Enum(symbols), _) => Err(expected(&format!("a symbol of `{}`", symbols.named.name.full()))),
        (Kind::Bytes | Kind::Fixed(_), _) => Err(expected("a string that stands for bytes")),
        (Kind::Array(_), _) => Err(expected("an array")),
        (Kind::Map(_) | Kind::Record(_), _) => Err(expected("an object")),
        (Kind::String | Kind::Union(_), _) => Err(expected("a string")),
    }
}

fn not_integral(text: &str, what: &str, bits: u32) -> String {
    if text.contains(['.', 'e', 'E']) {
        format!("`{}` is not written as an integer", shortened(text))
    } else {
        format!("`{}` does not fit {what}, which has {bits} bits", shortened(text))
    }
}

/// A float or a double. A number must be finite: one too large for the type is not rounded to infinity.
fn real<R: std::str::FromStr + From<f32> + Into<f64> + Copy>(node: &json::Node) -> Result<R, String> {
    match &node.value {
        json::Value::Number(text) => match text.parse::<R>() {
            Ok(value) if value.into().is_finite() => Ok(value),
            _ => Err(format!(
                "`{}` is too large for {} bits",
                shortened(text),
                8 * size_of::<R>()
            )),
        },
        json::Value::String(text) => match text.as_str() {
            "NaN" => Ok(f32::NAN.into()),
            "Infinity" => Ok(f32::INFINITY.into()),
            "-Infinity" => Ok(f32::NEG_INFINITY.into()),
            _ => Err(r#"a number was expected, or one of "NaN", "Infinity", "-Infinity""#.into()),
        },
        _ => Err(format!("a number was expected, not {}", node.kind())),
    }
}

fn latin1(text: &str) -> Result<Vec<u8>, String> {
    text.chars()
        .map(|char| {
            u8::try_from(u32::from(char))
                .map_err(|_| format!("`{char}` stands for no byte; only characters up to U+00FF do"))
        })
        .collect()
}
