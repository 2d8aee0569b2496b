//! Scalars and the keys of maps, as ProtoJSON spells them.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::number;
use crate::data_place::shortened;
use crate::json;
use crate::protobuf::schema::Scalar;
use crate::protobuf::value::{Key, Value};

pub(super) fn text_of(node: &json::Node) -> Result<&str, String> {
    node.as_str()
        .ok_or_else(|| format!("a string was expected, not {}", node.kind()))
}

/// Either alphabet, with padding or without.
fn base64(text: &str) -> Result<Vec<u8>, String> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, CONFIG)
        .decode(text)
        .map_err(|_| "bytes are written in base64, and this is none".into())
}

/// The scalar that a JSON value stands for.
pub(super) fn scalar(kind: Scalar, node: &json::Node) -> Result<Value, String> {
    let expected = |what: &str| Err(format!("{what} was expected, not {}", node.kind()));
    Ok(match kind {
        Scalar::Bool => match &node.value {
            json::Value::Bool(value) => Value::Bool(*value),
            _ => return expected("true or false"),
        },
        Scalar::String => Value::String(text_of(node)?.into()),
        Scalar::Bytes => Value::Bytes(base64(text_of(node)?)?.into()),
        Scalar::Double => Value::Double(real(node)?),
        Scalar::Float => Value::Float(real(node)?),
        _ => match &node.value {
            json::Value::Number(text) => whole(kind, text)?,
            json::Value::String(text) => whole(kind, text)?,
            _ => return expected("a whole number"),
        },
    })
}

fn whole(kind: Scalar, text: &str) -> Result<Value, String> {
    let within = |min: i128, max: i128| number::whole(text, min, max, kind.name());
    Ok(match kind {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
            Value::Int32(within(i32::MIN.into(), i32::MAX.into())? as i32)
        }
        Scalar::Uint32 | Scalar::Fixed32 => Value::Uint32(within(0, u32::MAX.into())? as u32),
        Scalar::Uint64 | Scalar::Fixed64 => Value::Uint64(within(0, u64::MAX.into())? as u64),
        _ => Value::Int64(within(i64::MIN.into(), i64::MAX.into())? as i64),
    })
}

/// A float or a double; one too large for the type is not rounded to infinity.
fn real<R: std::str::FromStr + From<f32> + Into<f64> + Copy>(node: &json::Node) -> Result<R, String> {
    let text: &str = match &node.value {
        json::Value::Number(text) => text,
        json::Value::String(text) => match text.as_str() {
            "NaN" => return Ok(f32::NAN.into()),
            "Infinity" => return Ok(f32::INFINITY.into()),
            "-Infinity" => return Ok(f32::NEG_INFINITY.into()),
            text if number::is_number(text) => text,
            _ => {
                return Err(format!(
                    r#"a number was expected, or "NaN", "Infinity" or "-Infinity", not `{}`"#,
                    shortened(text)
                ));
            }
        },
        _ => return Err(format!("a number was expected, not {}", node.kind())),
    };
    match text.parse::<R>() {
        Ok(value) if value.into().is_finite() => Ok(value),
        _ => Err(format!(
            "`{}` is too large for {} bits",
            shortened(text),
            8 * size_of::<R>()
        )),
    }
}

pub(super) fn key_of(kind: Scalar, text: &str) -> Result<Key, String> {
    let value = match kind {
        Scalar::Bool => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                return Err(format!(
                    "`{}` is no key of this map: true or false was expected",
                    shortened(text)
                ));
            }
        },
        Scalar::String => Value::String(text.into()),
        _ => whole(kind, text)?,
    };
    Key::of(value).ok_or_else(|| format!("{} cannot be a key", kind.name()))
}
