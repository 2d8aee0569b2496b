//! Which types a reader may take for which, by the kinds alone.

use crate::avro::language::schema::{Kind, Type};

/// What a promotion does to the data.
pub(super) enum Promotion {
    Exact,
    Lossy,
    Text,
}

/// Whether a writer's primitive may be read as a reader's (specification, "Schema Resolution").
pub(super) fn promotion(from: &Kind, to: &Kind) -> Option<Promotion> {
    match (from, to) {
        (Kind::Null, Kind::Null)
        | (Kind::Boolean, Kind::Boolean)
        | (Kind::Int, Kind::Int | Kind::Long | Kind::Double)
        | (Kind::Long, Kind::Long)
        | (Kind::Float, Kind::Float | Kind::Double)
        | (Kind::Double, Kind::Double)
        | (Kind::String, Kind::String | Kind::Bytes)
        | (Kind::Bytes, Kind::Bytes) => Some(Promotion::Exact),
        (Kind::Int, Kind::Float) | (Kind::Long, Kind::Float | Kind::Double) => Some(Promotion::Lossy),
        (Kind::Bytes, Kind::String) => Some(Promotion::Text),
        _ => None,
    }
}

/// Both are records, both are arrays, and so on.
pub(super) fn same_kind(reader: &Type, writer: &Type) -> bool {
    std::mem::discriminant(&reader.kind) == std::mem::discriminant(&writer.kind)
}
