//! Values of logical types that every decoder takes: decimals within their precision, uuids, dates and times as calendars know them.

use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Logical, Type};
use crate::random::Random;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Days from 1970-01-01 to 2000-01-01, and of the hundred years from then on.
const CENTURY: (i64, usize) = (10_957, 36_525);
/// 0001-01-01 and 9999-12-31 in days from 1970-01-01: Python's `date` knows no others.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;
/// Digits that are made; more are not, however large the precision.
const MAX_DIGITS: u32 = 18;

/// A value as a producer may send it; `None` where the underlying type decides.
pub(super) fn ordinary(ty: &Type, random: &mut Random) -> Option<Value> {
    let logical = ty.logical?;
    let day = |random: &mut Random| CENTURY.0 + random.below(CENTURY.1) as i64;
    let moment = |random: &mut Random| day(random) * DAY + random.below(DAY as usize) as i64;
    Some(match logical {
        Logical::Decimal { precision, .. } => {
            let digits = random.below(room(ty, precision) as usize + 1) as u32;
            let unscaled = (random.next() % 10u64.pow(digits)) as i128;
            decimal(ty, if random.chance(10) { -unscaled } else { unscaled })?
        }
        Logical::BigDecimal => big_decimal(random.amount() as i128, random.below(4) as u8),
        Logical::Uuid => uuid(ty, random),
        Logical::Date => Value::Int(day(random) as i32),
        Logical::TimeMillis => Value::Int(random.below(DAY as usize) as i32),
        Logical::TimeMicros => Value::Long(random.below(DAY as usize * 1000) as i64),
        Logical::TimestampMillis | Logical::LocalTimestampMillis => Value::Long(moment(random)),
        Logical::TimestampMicros | Logical::LocalTimestampMicros => Value::Long(moment(random) * 1000),
        Logical::TimestampNanos | Logical::LocalTimestampNanos => Value::Long(moment(random) * 1_000_000),
        Logical::Duration => {
            let parts = [random.below(24), random.below(28), random.below(DAY as usize)];
            Value::Fixed(parts.iter().flat_map(|part| (*part as u32).to_le_bytes()).collect())
        }
    })
}

/// The values at the edge, each with its name; `None` where those of the underlying type are.
pub(super) fn edges(ty: &Type) -> Option<Vec<(&'static str, Value)>> {
    let between = |first: i64, last: i64, unit: i64| {
        vec![
            ("the first of the year 1", first * unit),
            ("just before 1970", -1),
            ("the end of the year 9999", last),
        ]
    };
    let longs = |values: Vec<(&'static str, i64)>| {
        let values = values.into_iter().map(|(what, value)| (what, Value::Long(value)));
        values.collect::<Vec<_>>()
    };
    let ints = |values: Vec<(&'static str, i64)>| {
        let values = values.into_iter().map(|(what, value)| (what, Value::Int(value as i32)));
        values.collect::<Vec<_>>()
    };
    Some(match ty.logical? {
        Logical::Decimal { precision, .. } => {
            let largest = 10i128.pow(room(ty, precision)) - 1;
            let values = [("zero", 0), ("the smallest", -largest), ("the largest", largest)];
            let values = values
                .into_iter()
                .map(|(what, value)| Some((what, decimal(ty, value)?)));
            values.collect::<Option<_>>()?
        }
        Logical::BigDecimal => vec![("zero", big_decimal(0, 0)), ("negative", big_decimal(-1, 2))],
        Logical::Uuid => return matches!(ty.kind, Kind::String).then(Vec::new),
        Logical::Date => ints(between(FIRST_DAY, LAST_DAY, 1)),
        Logical::TimeMillis => ints(vec![("midnight", 0), ("the end of the day", DAY - 1)]),
        Logical::TimeMicros => longs(vec![("midnight", 0), ("the end of the day", DAY * 1000 - 1)]),
        Logical::TimestampMillis | Logical::LocalTimestampMillis => {
            longs(between(FIRST_DAY, (LAST_DAY + 1) * DAY - 1, DAY))
        }
        Logical::TimestampMicros | Logical::LocalTimestampMicros => {
            longs(between(FIRST_DAY, (LAST_DAY + 1) * DAY * 1000 - 1, DAY * 1000))
        }
        // These end in the year 2262.
        Logical::TimestampNanos | Logical::LocalTimestampNanos => return None,
        Logical::Duration => return None,
    })
}

/// Digits of the largest decimal that is made.
fn room(ty: &Type, precision: u32) -> u32 {
    let of_type = match &ty.kind {
        // 9 digits have room in 4 bytes, 4 in 2, 2 in 1.
        Kind::Fixed(fixed) => (f64::from(8 * fixed.size.min(16)).mul_add(std::f64::consts::LOG10_2, -0.31)) as u32,
        _ => MAX_DIGITS,
    };
    precision.min(of_type).min(MAX_DIGITS)
}

/// An unscaled number in two's complement: as few bytes as it needs, or as many as the fixed has.
fn decimal(ty: &Type, unscaled: i128) -> Option<Value> {
    let bytes = unscaled.to_be_bytes();
    Some(match &ty.kind {
        Kind::Fixed(fixed) => {
            let size = fixed.size as usize;
            if fixed.size > crate::avro::data::minimal::LARGEST {
                return None;
            }
            let fill = if unscaled < 0 { 0xff } else { 0 };
            let mut value = vec![fill; size.saturating_sub(bytes.len())];
            value.extend_from_slice(&bytes[bytes.len().saturating_sub(size)..]);
            Value::Fixed(value)
        }
        _ => Value::Bytes(shortest(unscaled)),
    })
}

fn shortest(number: i128) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let needed = (1..bytes.len()).rev().find(|&kept| {
        // Whatever comes before the kept bytes only repeats their sign.
        let kept = &bytes[kept..];
        let fill = if kept[0] & 0x80 == 0 { 0 } else { -1 };
        let mut wide = i128::to_be_bytes(fill);
        wide[16 - kept.len()..].copy_from_slice(kept);
        i128::from_be_bytes(wide) == number
    });
    bytes[needed.unwrap_or(0)..].to_vec()
}

/// An unscaled number as Avro's bytes, then its scale.
fn big_decimal(unscaled: i128, scale: u8) -> Value {
    let number = shortest(unscaled);
    let mut bytes = vec![number.len() as u8 * 2];
    bytes.extend_from_slice(&number);
    bytes.push(scale * 2);
    Value::Bytes(bytes)
}

/// A random uuid of version 4.
fn uuid(ty: &Type, random: &mut Random) -> Value {
    let number = u128::from(random.next()) << 64 | u128::from(random.next());
    let number = number & !(0xf000 << 64) & !(0b11 << 62) | 0x4000 << 64 | 0b10 << 62;
    match ty.kind {
        Kind::Fixed(_) => Value::Fixed(number.to_be_bytes().to_vec()),
        _ => {
            let hex = format!("{number:032x}");
            let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
            Value::String(parts.join("-"))
        }
    }
}
