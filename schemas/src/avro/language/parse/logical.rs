//! Logical types: only those that fit the type which carries them; others are ignored, as the specification asks.

use crate::avro::language::schema::{Kind, Logical, Props};
use crate::text::json::{Node, Value};
use crate::text::source::Span;

/// The logical type that `props` give to a type of this kind.
pub(super) fn of(kind: &Kind, props: &Props) -> Option<Logical> {
    if props.is_empty() {
        return None;
    }
    let fixed = match kind {
        Kind::Fixed(fixed) => Some(fixed.size),
        _ => None,
    };
    let name = get(props, "logicalType")?.as_str()?;
    let logical = match (name, kind) {
        ("decimal", Kind::Bytes | Kind::Fixed(_)) => return decimal(fixed, props),
        ("big-decimal", Kind::Bytes) => Logical::BigDecimal,
        ("uuid", Kind::String) => Logical::Uuid,
        ("uuid", Kind::Fixed(_)) if fixed == Some(16) => Logical::Uuid,
        ("date", Kind::Int) => Logical::Date,
        ("time-millis", Kind::Int) => Logical::TimeMillis,
        ("time-micros", Kind::Long) => Logical::TimeMicros,
        ("timestamp-millis", Kind::Long) => Logical::TimestampMillis,
        ("timestamp-micros", Kind::Long) => Logical::TimestampMicros,
        ("timestamp-nanos", Kind::Long) => Logical::TimestampNanos,
        ("local-timestamp-millis", Kind::Long) => Logical::LocalTimestampMillis,
        ("local-timestamp-micros", Kind::Long) => Logical::LocalTimestampMicros,
        ("local-timestamp-nanos", Kind::Long) => Logical::LocalTimestampNanos,
        ("duration", Kind::Fixed(_)) if fixed == Some(12) => Logical::Duration,
        _ => return None,
    };
    Some(logical)
}

const NAMES: [&str; 13] = [
    "decimal",
    "big-decimal",
    "uuid",
    "date",
    "time-millis",
    "time-micros",
    "timestamp-millis",
    "timestamp-micros",
    "timestamp-nanos",
    "local-timestamp-millis",
    "local-timestamp-micros",
    "local-timestamp-nanos",
    "duration",
];

/// A logical type of the specification that stands in these attributes and is not one of this type, and why; with its place.
pub(super) fn ignored(kind: &Kind, props: &Props) -> Option<(Span, String)> {
    let node = get(props, "logicalType")?;
    let name = NAMES.into_iter().find(|name| node.as_str() == Some(name))?;
    if of(kind, props).is_some() {
        return None;
    }
    let why = match (name, kind) {
        ("decimal", Kind::Bytes | Kind::Fixed(_)) => {
            "it needs a `precision` above 0 that the type has room for, and a `scale` that is not above the precision"
        }
        _ => "it does not belong to this type",
    };
    Some((node.span, format!("the logical type `{name}` is ignored: {why}")))
}

fn decimal(fixed: Option<u32>, props: &Props) -> Option<Logical> {
    let precision = integer(get(props, "precision")?)?;
    let scale = match get(props, "scale") {
        Some(scale) => integer(scale)?,
        None => 0,
    };
    let fits = match fixed {
        // The largest number of digits that any value of so many bytes in two's complement can have.
        Some(0) => false,
        Some(size) => f64::from(precision) <= (std::f64::consts::LOG10_2 * (8.0 * f64::from(size) - 1.0)).floor(),
        None => true,
    };
    (precision > 0 && scale <= precision && fits).then_some(Logical::Decimal { precision, scale })
}

fn get<'a>(props: &'a Props, key: &str) -> Option<&'a Node> {
    props.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
}

/// A whole number as Java's `int` holds it, not negative.
fn integer(node: &Node) -> Option<u32> {
    match &node.value {
        Value::Number(text) => text.parse::<i32>().ok().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    }
}
