//! Scalars and the keys of maps, as ProtoJSON spells them.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::misread::Misread;
use super::number;
use crate::protobuf::data::value::{Key, Value};
use crate::protobuf::language::schema::Scalar;
use crate::text::json;
use crate::text::shorten::shortened;

/// The text that a JSON value must be; `help` says how it is written.
pub(super) fn text_of<'n>(node: &'n json::Node, help: &str) -> Result<&'n str, Misread> {
    node.as_str()
        .ok_or_else(|| Misread::new(format!("a string was expected, not {}", node.kind()), help))
}

const TEXT_HELP: &str = "write text between quotes, or leave the field out";
const BYTES_HELP: &str = "use one of base64's two alphabets, `+/` or `-_`, without spaces; padding may be left out";

/// Either alphabet, with padding or without.
fn base64(text: &str) -> Result<Vec<u8>, Misread> {
    const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, CONFIG).decode(text).map_err(|_| {
        Misread::new(
            "bytes are written in base64, and this is none",
            "use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out",
        )
    })
}

/// The scalar that a JSON value stands for.
pub(super) fn scalar(kind: Scalar, node: &json::Node) -> Result<Value, Misread> {
    let expected = |what: &str, help: &str| {
        let message = format!("{what} was expected, not {}", node.kind());
        Err(Misread::new(message, help))
    };
    Ok(match kind {
        Scalar::Bool => match &node.value {
            json::Value::Bool(value) => Value::Bool(*value),
            _ => return expected("true or false", "write true or false, without quotes"),
        },
        Scalar::String => Value::String(text_of(node, TEXT_HELP)?.into()),
        Scalar::Bytes => Value::Bytes(base64(text_of(node, BYTES_HELP)?)?.into()),
        Scalar::Double => Value::Double(real(node)?),
        Scalar::Float => Value::Float(real(node)?),
        _ => match &node.value {
            json::Value::Number(text) => whole(kind, text)?,
            json::Value::String(text) => whole(kind, text)?,
            _ => return expected("a whole number", "write digits; of many digits also between quotes"),
        },
    })
}

fn whole(kind: Scalar, text: &str) -> Result<Value, Misread> {
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

const NOT_FINITE: &str = r#"besides numbers there are "NaN", "Infinity" and "-Infinity", spelt so"#;

/// A float or a double; one too large for the type is not rounded to infinity.
fn real<R: std::str::FromStr + From<f32> + Into<f64> + Copy>(node: &json::Node) -> Result<R, Misread> {
    let text: &str = match &node.value {
        json::Value::Number(text) => text,
        json::Value::String(text) => match text.as_str() {
            "NaN" => return Ok(f32::NAN.into()),
            "Infinity" => return Ok(f32::INFINITY.into()),
            "-Infinity" => return Ok(f32::NEG_INFINITY.into()),
            text if number::is_number(text) => text,
            _ => {
                return Err(Misread::new(format!("`{}` is no number", shortened(text)), NOT_FINITE));
            }
        },
        _ => {
            let message = format!("a number was expected, not {}", node.kind());
            return Err(Misread::new(message, NOT_FINITE));
        }
    };
    match text.parse::<R>() {
        Ok(value) if value.into().is_finite() => Ok(value),
        _ => Err(Misread::new(
            format!("`{}` is too large for {} bits", shortened(text), 8 * size_of::<R>()),
            NOT_FINITE,
        )),
    }
}

/// The key of a map that a member's name stands for.
pub(super) fn key_of(kind: Scalar, text: &str) -> Result<Key, Misread> {
    let value = match kind {
        Scalar::Bool => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => {
                return Err(Misread::new(
                    format!("`{}` is no key of this map", shortened(text)),
                    r#"its keys are "true" and "false""#,
                ));
            }
        },
        Scalar::String => Value::String(text.into()),
        _ => whole(kind, text)?,
    };
    Key::of(value).ok_or_else(|| {
        let message = format!("{} cannot be a key", kind.name());
        Misread::new(message, "use whole numbers, text or true and false")
    })
}
