//! What data means beyond its bytes: logical types, compared.
//!
//! The specification lets a decoder ignore logical types; people cannot. A decimal whose scale changed is read
//! without any error, and every amount is wrong.

use crate::avro::data::minimal::LARGEST;
use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Logical, Type};

/// The same bytes mean something else to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// Decimals whose point stands elsewhere.
    Scale {
        /// Digits after the point for the reader.
        reader: u32,
        /// Digits after the point for the writer.
        writer: u32,
    },
    /// The writer's numbers have more digits than the reader allows.
    Precision {
        /// Digits for the reader.
        reader: u32,
        /// Digits for the writer.
        writer: u32,
    },
    /// Logical types that differ.
    Kind {
        /// The reader's.
        reader: Logical,
        /// The writer's.
        writer: Logical,
    },
}

/// Compares the logical types of two types whose bytes are compatible. A type without one has no meaning to lose.
pub(crate) fn conflict(reader: &Type, writer: &Type) -> Option<Conflict> {
    let (to, from) = (reader.logical?, writer.logical?);
    match (to, from) {
        (
            Logical::Decimal { precision, scale },
            Logical::Decimal {
                precision: writer_precision,
                scale: writer_scale,
            },
        ) => {
            if scale != writer_scale {
                Some(Conflict::Scale {
                    reader: scale,
                    writer: writer_scale,
                })
            } else if precision < digits_written(writer, writer_precision) {
                Some(Conflict::Precision {
                    reader: precision,
                    writer: writer_precision,
                })
            } else {
                None
            }
        }
        (to, from) if to == from => None,
        (reader, writer) => Some(Conflict::Kind { reader, writer }),
    }
}

/// The digits that a writer's decimal can really have: a fixed may be too small for its precision.
fn digits_written(writer: &Type, precision: u32) -> u32 {
    match &writer.kind {
        Kind::Fixed(fixed) => precision.min(digits_in(fixed.size)),
        _ => precision,
    }
}

/// The decimal digits that every integer of so many bytes in two's complement has at most.
pub(crate) fn digits_in(bytes: u32) -> u32 {
    // floor(log10(2^(8n-1) - 1)); in f64 this is exact enough for sizes that any decimal has.
    ((f64::from(bytes) * 8.0 - 1.0) * std::f64::consts::LOG10_2)
        .floor()
        .max(0.0) as u32
}

/// A value of the writer's type that shows the conflict; none where it is too large to be built.
pub(crate) fn telling_value(conflict: &Conflict, writer: &Type) -> Option<Value> {
    let number: i128 = match conflict {
        Conflict::Precision { reader, .. } => 10i128.checked_pow(*reader).unwrap_or(i128::MAX),
        _ => 1,
    };
    Some(match &writer.kind {
        Kind::Int => Value::Int(1),
        Kind::Long => Value::Long(1),
        Kind::Float => Value::Float(1.0),
        Kind::Double => Value::Double(1.0),
        Kind::String => Value::String("00000000-0000-0000-0000-000000000001".into()),
        Kind::Fixed(fixed) if fixed.size > LARGEST => return None,
        Kind::Fixed(fixed) => Value::Fixed(big_endian(number, fixed.size as usize)),
        _ => Value::Bytes(shortest_big_endian(number)),
    })
}

fn big_endian(number: i128, size: usize) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let mut out = vec![0; size.saturating_sub(bytes.len())];
    out.extend_from_slice(&bytes[bytes.len().saturating_sub(size)..]);
    out
}

fn shortest_big_endian(number: i128) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let mut start = 0;
    while start < bytes.len() - 1 && bytes[start] == 0 && bytes[start + 1] < 0x80 {
        start += 1;
    }
    bytes[start..].to_vec()
}

/// What a number, a text or bytes mean under a logical type, for people.
pub(crate) fn describe(logical: Logical, value: &Value) -> String {
    let number = match value {
        Value::Int(number) => i128::from(*number),
        Value::Long(number) => i128::from(*number),
        Value::Bytes(bytes) | Value::Fixed(bytes) => match logical {
            Logical::Decimal { .. } => match from_big_endian(bytes) {
                Some(number) => number,
                None => return format!("a decimal of {} bytes", bytes.len()),
            },
            _ => return format!("{} 0x{}", logical.name(), hex::encode(bytes)),
        },
        Value::String(text) => return format!("{} {text:?}", logical.name()),
        other => return format!("{} {other:?}", logical.name()),
    };
    match logical {
        Logical::Decimal { scale, precision } => {
            let text = point(number, scale);
            if number.unsigned_abs() >= 10u128.checked_pow(precision).unwrap_or(u128::MAX) {
                format!("{text}, which has more than {precision} digits")
            } else {
                text
            }
        }
        Logical::Date => format!("{number} days since 1970-01-01"),
        Logical::TimeMillis => format!("{number} ms after midnight"),
        Logical::TimeMicros => format!("{number} µs after midnight"),
        Logical::TimestampMillis => format!("{number} ms since 1970-01-01T00:00Z"),
        Logical::TimestampMicros => format!("{number} µs since 1970-01-01T00:00Z"),
        Logical::TimestampNanos => format!("{number} ns since 1970-01-01T00:00Z"),
        Logical::LocalTimestampMillis => format!("{number} ms since 1970-01-01T00:00 local time"),
        Logical::LocalTimestampMicros => format!("{number} µs since 1970-01-01T00:00 local time"),
        Logical::LocalTimestampNanos => format!("{number} ns since 1970-01-01T00:00 local time"),
        Logical::BigDecimal | Logical::Uuid | Logical::Duration => format!("{} {number}", logical.name()),
    }
}

fn from_big_endian(bytes: &[u8]) -> Option<i128> {
    if bytes.is_empty() || bytes.len() > 16 {
        return None;
    }
    let fill = if bytes[0] & 0x80 == 0 { 0 } else { 0xff };
    let mut wide = [fill; 16];
    wide[16 - bytes.len()..].copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

/// Digits after the point that are written out; more of them are an exponent. No `i128` has as many digits.
const WRITTEN: usize = 40;

/// A number with its decimal point. A scale is any number of 32 bits: what `format!` pads has no more than 16.
fn point(number: i128, scale: u32) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let places = match usize::try_from(scale) {
        Ok(0) => return format!("{sign}{digits}"),
        Ok(places) if places <= WRITTEN => places,
        _ => return format!("{sign}{digits}e-{scale}"),
    };
    match digits.len().checked_sub(places) {
        None | Some(0) => format!("{sign}0.{}{digits}", "0".repeat(places - digits.len())),
        Some(whole) => format!("{sign}{}.{}", &digits[..whole], &digits[whole..]),
    }
}

#[cfg(test)]
mod tests {
    use super::point;

    #[test]
    fn every_scale_can_be_shown() {
        for (number, scale, shown) in [
            (0, 0, "0"),
            (1, 0, "1"),
            (1, 1, "0.1"),
            (-12345, 2, "-123.45"),
            (12345, 5, "0.12345"),
            (-12345, 7, "-0.0012345"),
            (1, 40, "0.0000000000000000000000000000000000000001"),
            (1, 41, "1e-41"),
            (-12, 65_535, "-12e-65535"),
            (
                i128::MIN,
                u32::MAX,
                "-170141183460469231731687303715884105728e-4294967295",
            ),
            (i128::MAX, 38, "1.70141183460469231731687303715884105727"),
        ] {
            assert_eq!(point(number, scale), shown);
        }
    }
}
