//! Values of logical types: what the specification asks of them beyond their underlying type.

use super::cursor::Cursor;
use super::value::Value;
use crate::avro::language::schema::{Kind, Logical, Type};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Numbers of more bytes are not compared with a precision digit by digit.
const MAX_COMPARED: usize = 1024;

/// What is asked of the values of a logical type. Types of which every value will do (dates, timestamps, durations) have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Text in the form of RFC 4122.
    Uuid,
    /// A number of at most so many digits.
    Decimal { precision: u32, scale: u32 },
    /// An unscaled number and its scale.
    BigDecimal,
    /// From 0 to so many units, which are less than a day.
    Time { units: i64, name: &'static str },
}

impl Check {
    pub fn of(ty: &Type) -> Option<Check> {
        Some(match (ty.logical?, &ty.kind) {
            (Logical::Uuid, Kind::String) => Check::Uuid,
            (Logical::Decimal { precision, scale }, _) => Check::Decimal { precision, scale },
            (Logical::BigDecimal, _) => Check::BigDecimal,
            (Logical::TimeMillis, _) => Check::Time {
                units: DAY,
                name: "time-millis",
            },
            (Logical::TimeMicros, _) => Check::Time {
                units: DAY * 1000,
                name: "time-micros",
            },
            _ => return None,
        })
    }

    /// Judges a value of the underlying type in its encoding; `is_fixed` says that no length stands before its bytes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn encoded(self, bytes: &[u8], is_fixed: bool) -> Result<(), String> {
        let mut cursor = Cursor::new(bytes, 0);
        match self {
            Check::Time { .. } => cursor.long().map_or(Ok(()), |value| self.number(value)),
            Check::Uuid => cursor.string().map_or(Ok(()), uuid),
            Check::Decimal { .. } | Check::BigDecimal if is_fixed => self.bytes(bytes),
            Check::Decimal { .. } | Check::BigDecimal => cursor.bytes().map_or(Ok(()), |bytes| self.bytes(bytes)),
        }
    }

    /// Judges a value of the underlying type.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn value(self, value: &Value) -> Result<(), String> {
        match (self, value) {
            (Check::Uuid, Value::String(text)) => uuid(text),
            (_, Value::Bytes(bytes) | Value::Fixed(bytes)) => self.bytes(bytes),
            (_, Value::Int(number)) => self.number((*number).into()),
            (_, Value::Long(number)) => self.number(*number),
            _ => Ok(()),
        }
    }

    fn number(self, value: i64) -> Result<(), String> {
        match self {
            Check::Time { units, name } if !(0..units).contains(&value) => Err(format!(
                "{value} is no {name}: from 0 to {} are allowed, which is a day",
                units - 1
            )),
            _ => Ok(()),
        }
    }

    fn bytes(self, bytes: &[u8]) -> Result<(), String> {
        match self {
            Check::Decimal { .. } if bytes.is_empty() => Err("no bytes are no decimal: zero is the byte 0".to_owned()),
            Check::Decimal { precision, .. } if has_more_digits(bytes, precision) => Err(format!(
                "the decimal has more than the {precision} digits of its precision"
            )),
            Check::BigDecimal => {
                let mut cursor = Cursor::new(bytes, 0);
                let parts = cursor.bytes().map(<[u8]>::len).and_then(|length| {
                    cursor.int()?;
                    cursor.finish().map(|()| length)
                });
                match parts {
                    Ok(1..) => Ok(()),
                    Ok(0) | Err(_) => {
                        Err("a big-decimal is an unscaled number in bytes, followed by its scale".to_owned())
                    }
                }
            }
            _ => Ok(()),
        }
    }
}

/// A decimal that was written as its digits, in Avro's JSON encoding: its characters stand for bytes there. What these mean, where
/// that can be shown.
pub(crate) fn written_as_digits(text: &str, scale: u32) -> Option<String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(part) || text.len() < 2 {
        return None;
    }
    let means = match unscaled(text.as_bytes()) {
        Some(number) => format!("which is {}", scaled(number, scale)),
        None => "which is another number".to_owned(),
    };
    Some(format!(
        "`{text}` stands for the bytes of its characters, {means}: in Avro's JSON a decimal is the bytes of its unscaled value"
    ))
}

/// An unscaled value as a decimal is written.
fn scaled(number: i128, scale: u32) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = number.unsigned_abs().to_string();
    let scale = usize::try_from(scale).unwrap_or(usize::MAX);
    match scale {
        0 => format!("{sign}{digits}"),
        _ if digits.len() > scale => {
            let (whole, part) = digits.split_at(digits.len() - scale);
            format!("{sign}{whole}.{part}")
        }
        _ => format!("{sign}{digits} × 10^-{scale}"),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    let is_uuid = text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    match is_uuid {
        true => Ok(()),
        false => Err(format!(
            "`{}` is no uuid: it has the form 123e4567-e89b-12d3-a456-426614174000",
            crate::text::shorten::beginning(text, 60)
        )),
    }
}

/// A number in two's complement, if it fits 16 bytes.
fn unscaled(bytes: &[u8]) -> Option<i128> {
    let fill = if bytes.first().is_some_and(|first| first & 0x80 != 0) {
        0xff
    } else {
        0
    };
    let mut wide = [fill; 16];
    wide.get_mut(16usize.checked_sub(bytes.len())?..)?
        .copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

/// Whether a number in two's complement is 10 to the power of `precision` or more, whatever its sign.
fn has_more_digits(bytes: &[u8], precision: u32) -> bool {
    let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let fill = if is_negative { 0xff } else { 0 };
    let significant = bytes.iter().position(|&byte| byte != fill).unwrap_or(bytes.len());
    // One byte more keeps the sign.
    let bytes = &bytes[significant.saturating_sub(1)..];
    if let Some(number) = unscaled(bytes) {
        return 10u128
            .checked_pow(precision)
            .is_some_and(|limit| number.unsigned_abs() >= limit);
    }
    // A number of so many bits is at least 2^(bits - 1) and below 2^bits.
    let bits = 8.0 * bytes.len() as f64;
    let limit = f64::from(precision) * std::f64::consts::LOG2_10;
    if bits < limit {
        return false;
    }
    if bits - 17.0 > limit || bytes.len() > MAX_COMPARED {
        return bits - 17.0 > limit;
    }
    magnitude(bytes, is_negative) >= power_of_ten(precision)
}

/// Big-endian digits of 32 bits without leading zeros, after how many there are: such numbers compare as they are.
type Big = (usize, Vec<u32>);

fn big(mut digits: Vec<u32>) -> Big {
    let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
    digits.drain(..zeros);
    (digits.len(), digits)
}

fn magnitude(bytes: &[u8], is_negative: bool) -> Big {
    let fill = if is_negative { 0xff } else { 0 };
    let padding = vec![fill; (4 - bytes.len() % 4) % 4];
    let all = [padding.as_slice(), bytes].concat();
    let chunks = all
        .chunks_exact(4)
        .map(|chunk| u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]));
    let mut digits: Vec<u32> = chunks.collect();
    if is_negative {
        let mut carry = true;
        for digit in digits.iter_mut().rev() {
            (*digit, carry) = (!*digit).overflowing_add(u32::from(carry));
        }
        if carry {
            digits.insert(0, 1);
        }
    }
    big(digits)
}

fn power_of_ten(exponent: u32) -> Big {
    // The lowest digit first, while it grows.
    let mut digits: Vec<u32> = vec![1];
    let mut times = |factor: u32| {
        let mut carry = 0u64;
        for digit in &mut digits {
            let product = u64::from(*digit) * u64::from(factor) + carry;
            *digit = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            digits.push(carry as u32);
        }
    };
    for _ in 0..exponent / 9 {
        times(1_000_000_000);
    }
    times(10u32.pow(exponent % 9));
    digits.reverse();
    big(digits)
}

#[cfg(test)]
mod tests {
    use super::{Check, written_as_digits};

    fn decimal(precision: u32, bytes: &[u8]) -> bool {
        Check::Decimal { precision, scale: 2 }.encoded(bytes, true).is_ok()
    }

    #[test]
    fn digits_of_decimals() {
        assert!(decimal(2, &[99]) && !decimal(2, &[100]));
        assert!(decimal(2, &[157]) && !decimal(2, &[156]), "-99 and -100");
        assert!(decimal(1, &[0, 0, 9]) && !decimal(1, &[0, 0, 10]) && decimal(1, &[255, 255, 247]));
        assert!(!decimal(5, &[]));
        // 10^40 and its neighbours, which 16 bytes do not hold; and their negatives.
        let power: [u8; 17] = [
            0x1d, 0x63, 0x29, 0xf1, 0xc3, 0x5c, 0xa4, 0xbf, 0xab, 0xb9, 0xf5, 0x61, 0, 0, 0, 0, 0,
        ];
        let mut below = power;
        below[12..].fill(0xff);
        below[11] -= 1;
        assert!(!decimal(40, &power) && decimal(40, &below) && decimal(41, &power));
        let negative = |of: &[u8; 17]| {
            let mut carry = true;
            let mut out = *of;
            for byte in out.iter_mut().rev() {
                (*byte, carry) = (!*byte).overflowing_add(u8::from(carry));
            }
            out
        };
        assert!(!decimal(40, &negative(&power)) && decimal(40, &negative(&below)));
        // Far too large and far too small ones are not computed with.
        assert!(!decimal(40, &[0x7f; 100_000]) && decimal(1_000_000, &[0x7f; 100_000]));
        assert!(decimal(2_147_483_647, &[0x7f; 1000]));
    }

    #[test]
    fn what_digits_mean() {
        assert!(written_as_digits("12.34", 2).is_some_and(|note| note.contains("which is 2112952860.68")));
        for text in ["", "1", "\u{4}\u{d2}", "a1", "1.", ".5", "1e5"] {
            assert_eq!(written_as_digits(text, 2), None, "{text}");
        }
    }
}
