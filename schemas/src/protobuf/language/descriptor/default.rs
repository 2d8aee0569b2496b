//! Defaults as descriptors spell them.

use crate::protobuf::language::schema::{Default, Kind, Scalar};

/// The text of a default.
pub(super) fn text(kind: Kind, default: &Default) -> Vec<u8> {
    match default {
        Default::Signed(value) => value.to_string().into(),
        Default::Unsigned(value) => value.to_string().into(),
        Default::Bool(value) => value.to_string().into(),
        Default::Enum(_, name) => name.as_bytes().to_vec(),
        Default::Float(value) if kind == Kind::Scalar(Scalar::Float) => float(*value as f32).into(),
        Default::Float(value) => double(*value).into(),
        Default::Bytes(bytes) if kind == Kind::Scalar(Scalar::String) => bytes.to_vec(),
        Default::Bytes(bytes) => escaped(bytes).into(),
    }
}

/// As few digits as C's `%g` needs, 15 or 17.
fn double(value: f64) -> String {
    let short = general(value, 15);
    match short.parse::<f64>() {
        Ok(parsed) if parsed == value => short,
        _ => general(value, 17),
    }
}

/// As few digits as C's `%g` needs, 6 or 9.
fn float(value: f32) -> String {
    let short = general(value.into(), 6);
    match short.parse::<f32>() {
        Ok(parsed) if parsed == value => short,
        _ => general(value.into(), 9),
    }
}

/// C's `%g`: digits without trailing zeros, with an exponent where it is small or large.
fn general(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    };
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trimmed(mantissa), exponent.abs());
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    trimmed(&format!("{value:.decimals$}"))
}

/// Bytes as a C string.
fn escaped(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'"' => text.push_str("\\\""),
            b'\'' => text.push_str("\\'"),
            b'\\' => text.push_str("\\\\"),
            0x20..=0x7E => text.push(char::from(byte)),
            _ => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text
}
