//! Numbers of JSON, exactly: a whole number may have a point or an exponent, as long as it is whole.

use super::misread::Misread;
use crate::text::shorten::shortened;

/// The whole number that a JSON number stands for, within `min` and `max`.
///
/// # Errors
/// A message: not written as a number, not whole, or out of range.
pub(super) fn whole(text: &str, min: i128, max: i128, what: &str) -> Result<i128, Misread> {
    match value(text) {
        Number::Whole(value) if (min..=max).contains(&value) => Ok(value),
        Number::Whole(_) | Number::Huge => Err(Misread::new(
            format!(
                "`{}` does not fit {what}, which goes from {min} to {max}",
                shortened(text)
            ),
            "send what fits; where larger numbers are right, add a field of a wider type",
        )),
        Number::Fraction => Err(Misread::new(
            format!("`{}` is not a whole number", shortened(text)),
            "round it; a point or an exponent is fine where the number is whole, as in 1.0 or 2e3",
        )),
        Number::None => Err(Misread::new(
            format!("`{}` is no number", shortened(text)),
            "write digits, without spaces, a plus sign or leading zeros",
        )),
    }
}

/// Whether a text is spelt as JSON spells numbers.
pub(super) fn is_number(text: &str) -> bool {
    value(text) != Number::None
}

#[derive(Debug, PartialEq, Eq)]
enum Number {
    Whole(i128),
    /// More digits than any type has.
    Huge,
    Fraction,
    None,
}

/// More digits than 64 bits have, and few enough for 128.
const MAX_DIGITS: usize = 30;

fn value(text: &str) -> Number {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (rest, None),
    };
    let (head, tail) = match mantissa.split_once('.') {
        Some((_, "")) => return Number::None,
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    let is_spelt = !head.is_empty()
        && (head == "0" || !head.starts_with('0'))
        && head.bytes().chain(tail.bytes()).all(|byte| byte.is_ascii_digit());
    if !is_spelt {
        return Number::None;
    }
    let shift = match exponent.map(shift) {
        None => 0,
        Some(Some(shift)) => shift,
        Some(None) => return Number::None,
    };
    // The digits without zeros at both ends, and how many zeros follow them (or how many of them are behind the point).
    let digits: String = [head, tail].concat();
    let significant = digits.trim_end_matches('0');
    let zeros = shift
        .saturating_sub(tail.len() as i64)
        .saturating_add((digits.len() - significant.len()) as i64);
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Number::Whole(0);
    }
    if zeros < 0 {
        return Number::Fraction;
    }
    if zeros as u64 + significant.len() as u64 > MAX_DIGITS as u64 {
        return Number::Huge;
    }
    let value = significant
        .bytes()
        .chain(std::iter::repeat_n(b'0', zeros as usize))
        .fold(0i128, |value, digit| value * 10 + i128::from(digit - b'0'));
    Number::Whole(if is_negative { -value } else { value })
}

/// An exponent, one that is far out of range as one that is out of range.
fn shift(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] | rest => (1, rest),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = digits.iter().fold(0i64, |value, digit| {
        (value * 10 + i64::from(digit - b'0')).min(1_000_000_000)
    });
    Some(sign * value)
}
