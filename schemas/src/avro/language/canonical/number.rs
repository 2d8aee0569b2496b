//! Numbers as Java writes them.

use std::borrow::Cow;

use crate::text::json::{self, Value};

/// A JSON number: whole ones digit for digit, others as `Double.toString`. One that a double does not have digit for digit stays as
/// it is written: two numbers that differ never become one.
pub(super) fn java_number(text: &str) -> Cow<'_, str> {
    if text == "-0" {
        return "0".into();
    }
    if !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return text.into();
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => unless_it_differs(java_double(value), text),
        Ok(_) | Err(_) => text.into(),
    }
}

/// The number that was written as a finite double, or as a float, is written in Java; `None` for one that neither has digit for digit.
pub(super) fn as_real(text: &str, is_float: bool) -> Option<String> {
    let float = || {
        text.parse()
            .ok()
            .filter(|value: &f32| value.is_finite())
            .map(java_float)
    };
    let double = || {
        text.parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
            .map(java_double)
    };
    let exact = |shown: &String| digits(shown) == digits(text);
    let as_float = is_float.then(float).flatten().filter(exact);
    as_float.or_else(|| double().filter(exact))
}

/// The JSON number for a text that spells a number of this value.
pub(in crate::avro) fn spelt(text: &str, value: f64) -> String {
    let shown = java_double(value);
    let is_number =
        json::parse(text, &json::Limits::default()).is_ok_and(|node| matches!(node.value, Value::Number(_)));
    match is_number {
        true => unless_it_differs(shown, text).into_owned(),
        false => shown,
    }
}

fn unless_it_differs(shown: String, text: &str) -> Cow<'_, str> {
    match digits(&shown) == digits(text) {
        true => shown.into(),
        false => text.into(),
    }
}

/// What a JSON number says: whether it is negative, its digits without zeros around them, and the power of ten of the last one. Zero
/// has no digits. `None` where the exponent is beyond counting.
fn digits(text: &str) -> Option<(bool, String, i64)> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{part}");
    let kept = all.trim_end_matches('0');
    let dropped = i64::try_from(all.len() - kept.len()).ok()?;
    let kept = kept.trim_start_matches('0');
    if kept.is_empty() {
        return Some((negative, String::new(), 0));
    }
    let power = exponent
        .checked_sub(i64::try_from(part.len()).ok()?)?
        .checked_add(dropped)?;
    Some((negative, kept.to_owned(), power))
}

/// A finite double as Java 19 and later write it: the fewest digits that tell it from its neighbours, but two where
/// one would do and two come closer; plain between 10⁻³ and 10⁷, else with an exponent.
fn java_double(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let closer = format!("{value:.1e}");
    let same = closer.parse() == Ok(value);
    with_point(if same { closer } else { format!("{value:e}") })
}

/// A finite float as Java writes it; see [`java_double`].
fn java_float(value: f32) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let closer = format!("{value:.1e}");
    let same = closer.parse() == Ok(value);
    with_point(if same { closer } else { format!("{value:e}") })
}

/// `1e10` as `1.0E10`.
fn with_point(text: String) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) if digits.contains('.') => format!("{digits}E{exponent}"),
        Some((digits, exponent)) => format!("{digits}.0E{exponent}"),
        None => text,
    }
}
