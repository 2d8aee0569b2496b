//! Defaults: what a reader sees where nothing was sent.

use std::cmp::Ordering;

use super::annotation::Annotations;
use super::quote::quoted;
use super::rules;
use super::tree::{FieldView, Held};
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{Cardinality, Default, Enum, Scalar};

/// The default of a field, given or not.
#[derive(Clone, Copy)]
enum Value<'a> {
    Whole(i128),
    Bool(bool),
    Float(f32),
    Double(f64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    Enum(&'a Enum, i32),
}

pub(super) fn check(found: &mut Annotations<'_>, now: FieldView<'_>, before: FieldView<'_>) {
    // Without one that is given, every default is zero, but for enums, which start where they please.
    let may_matter =
        |field: &FieldView<'_>| field.declaration().default.is_some() || matches!(field.held(), Held::Enum(_));
    if !may_matter(&now) && !may_matter(&before) {
        return;
    }
    let (Some(is), Some(was)) = (value(now), value(before)) else {
        return;
    };
    if (is.is_zero() && was.is_zero()) || was.equals(is) {
        return;
    }
    let place = |field: &FieldView<'_>| Some(field.option_place(&["default"]));
    found.add(
        &rules::FIELD_SAME_DEFAULT,
        before.element(),
        place(&now),
        place(&before),
        || {
            format!(
                "{} changed default value from {} to {}.",
                now.description(),
                was.shown(),
                is.shown()
            )
        },
    );
}

/// The default, where the field is of a sort that has one.
fn value<'a>(field: FieldView<'a>) -> Option<Value<'a>> {
    if matches!(field.cardinality(), Cardinality::Repeated | Cardinality::Map) {
        return None;
    }
    let given = field.declaration().default.as_ref().filter(|_| !field.is_map_part());
    let whole = match given {
        Some(Default::Signed(number)) => i128::from(*number),
        Some(Default::Unsigned(number)) => i128::from(*number),
        _ => 0,
    };
    let float = match given {
        Some(Default::Float(number)) => *number,
        _ => 0.0,
    };
    let bytes: &[u8] = match given {
        Some(Default::Bytes(bytes)) => bytes,
        _ => &[],
    };
    Some(match field.held() {
        Held::Message | Held::Group => return None,
        Held::Enum(id) => {
            let item = field.tree.set.enumeration(id);
            let number = match given {
                Some(Default::Enum(number, _)) => *number,
                _ => item.values.first()?.number,
            };
            Value::Enum(item, number)
        }
        Held::Scalar(Scalar::Bool) => Value::Bool(matches!(given, Some(Default::Bool(true)))),
        Held::Scalar(Scalar::Float) => Value::Float(float as f32),
        Held::Scalar(Scalar::Double) => Value::Double(float),
        Held::Scalar(Scalar::String) => Value::Text(bytes),
        Held::Scalar(Scalar::Bytes) => Value::Bytes(bytes),
        Held::Scalar(_) => Value::Whole(whole),
    })
}

impl Value<'_> {
    fn is_zero(self) -> bool {
        match self {
            Value::Whole(number) => number == 0,
            Value::Bool(value) => !value,
            Value::Float(number) => number.to_bits() == 0,
            Value::Double(number) => number.to_bits() == 0,
            Value::Text(bytes) | Value::Bytes(bytes) => bytes.is_empty(),
            Value::Enum(_, number) => number == 0,
        }
    }

    /// Whether both are the same number, or the same text; that the types differ is another rule's matter.
    fn equals(self, other: Value<'_>) -> bool {
        use Value::{Bytes, Double, Float, Text};
        match (self, other) {
            (Text(a) | Bytes(a), Text(b) | Bytes(b)) => a == b,
            (Text(_) | Bytes(_), _) | (_, Text(_) | Bytes(_)) => false,
            // A double has digits that a float lacks, so both are taken as floats.
            (Float(a), Double(b)) | (Double(b), Float(a)) => a == b as f32 || (a.is_nan() && b.is_nan()),
            _ => match (self.float(), other.float()) {
                (Some(a), Some(b)) => a == b || (a.is_nan() && b.is_nan()),
                (Some(a), None) => same_number(a, other.whole()),
                (None, Some(b)) => same_number(b, self.whole()),
                (None, None) => self.whole() == other.whole(),
            },
        }
    }

    fn float(self) -> Option<f64> {
        match self {
            Value::Float(number) => Some(f64::from(number)),
            Value::Double(number) => Some(number),
            Value::Whole(_) | Value::Bool(_) | Value::Text(_) | Value::Bytes(_) | Value::Enum(..) => None,
        }
    }

    fn whole(self) -> i128 {
        match self {
            Value::Whole(number) => number,
            Value::Bool(value) => i128::from(value),
            Value::Enum(_, number) => i128::from(number),
            Value::Float(_) | Value::Double(_) | Value::Text(_) | Value::Bytes(_) => 0,
        }
    }

    fn shown(self) -> String {
        match self {
            Value::Whole(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Float(number) => float_shown(f64::from(number), &format!("{number:e}")),
            Value::Double(number) => float_shown(number, &format!("{number:e}")),
            Value::Text(bytes) => quoted(&String::from_utf8_lossy(bytes)),
            Value::Bytes(bytes) => {
                let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:X}")).collect();
                format!("[{}]", bytes.join(","))
            }
            Value::Enum(item, number) => {
                let value = item.values.iter().find(|value| value.number == number);
                let name = value.map_or_else(|| format!("{number}(?)"), |value| value.name.to_string());
                format!("{}.{name}", simple(&item.name))
            }
        }
    }
}

/// Whether a float is exactly this whole number. No 64-bit number is lost in an `i128`, and larger floats are none.
fn same_number(float: f64, whole: i128) -> bool {
    float.fract() == 0.0 && float.abs() < 1e30 && (float as i128).cmp(&whole) == Ordering::Equal
}

/// A float with the fewest digits that mean it: plain up to 21 digits, otherwise with an exponent of at least two.
fn float_shown(number: f64, scientific: &str) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..21).contains(&exponent) {
        return plain(digits, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// The digits with the point moved to where it belongs.
fn plain(digits: &str, exponent: i32) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let bare: String = digits.chars().filter(|c| *c != '.').collect();
    let point = exponent + 1;
    let shown = match usize::try_from(point) {
        Ok(0) | Err(_) => format!("0.{}{bare}", "0".repeat(point.unsigned_abs() as usize)),
        Ok(point) if point >= bare.len() => format!("{bare}{}", "0".repeat(point - bare.len())),
        Ok(point) => format!("{}.{}", &bare[..point], &bare[point..]),
    };
    format!("{sign}{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_shown_with_their_fewest_digits() {
        for (number, shown) in [
            (0.0, "0"),
            (123.123, "123.123"),
            (-0.5, "-0.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e-5, "1.5e-05"),
            (0.0001, "0.0001"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Inf"),
        ] {
            assert_eq!(Value::Double(number).shown(), shown);
        }
        assert_eq!(Value::Float(0.1).shown(), "0.1");
    }

    #[test]
    fn numbers_are_compared_by_value() {
        assert!(Value::Whole(123).equals(Value::Double(123.0)));
        assert!(!Value::Whole(i128::from(u64::MAX)).equals(Value::Double(u64::MAX as f64)));
        assert!(Value::Float(0.1).equals(Value::Double(0.1)));
        assert!(Value::Bool(true).equals(Value::Whole(1)));
        assert!(Value::Float(f32::NAN).equals(Value::Double(f64::NAN)));
        assert!(Value::Text(b"a").equals(Value::Bytes(b"a")));
        assert!(!Value::Text(b"").equals(Value::Whole(0)));
    }
}
