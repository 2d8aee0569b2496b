//! Numbers as Java writes them.

use std::borrow::Cow;

/// A JSON number: whole ones digit for digit, others as `Double.toString`. One beyond a double's range becomes
/// the JSON string that Jackson writes for it.
pub(super) fn java_number(text: &str) -> Cow<'_, str> {
    if text == "-0" {
        return "0".into();
    }
    if !text.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E')) {
        return text.into();
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => java_double(value).into(),
        Ok(value) if value > 0.0 => "\"Infinity\"".into(),
        Ok(_) => "\"-Infinity\"".into(),
        Err(_) => text.into(),
    }
}

/// A finite double as Java 19 and later write it: the fewest digits that tell it from its neighbours, but two where
/// one would do and two come closer; plain between 10⁻³ and 10⁷, else with an exponent.
pub(in crate::avro) fn java_double(value: f64) -> String {
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let closer = format!("{value:.1e}");
    let same = closer.parse() == Ok(value);
    with_point(if same { closer } else { format!("{value:e}") })
}

/// A finite float as Java writes it; see [`java_double`].
pub(super) fn java_float(value: f32) -> String {
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
