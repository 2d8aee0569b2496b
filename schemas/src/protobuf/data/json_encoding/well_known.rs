//! Messages of `google.protobuf` that have a JSON form of their own.

use crate::protobuf::language::schema::{Cardinality, FileSet, Kind, MapValue, MessageId, Scalar, TypeId};

/// A message with a JSON form of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WellKnown {
    Any,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    /// `Int32Value` and its like: field 1 is of this type.
    Wrapper(Scalar),
}

impl WellKnown {
    /// Which one a message is. One of the name but of another shape is none: its JSON is that of any message.
    pub fn of(set: &FileSet, id: MessageId) -> Option<WellKnown> {
        let name = set.message(id).name.strip_prefix("google.protobuf.")?;
        let known = match name {
            "Any" => WellKnown::Any,
            "Timestamp" => WellKnown::Timestamp,
            "Duration" => WellKnown::Duration,
            "FieldMask" => WellKnown::FieldMask,
            "Struct" => WellKnown::Struct,
            "Value" => WellKnown::Value,
            "ListValue" => WellKnown::ListValue,
            "DoubleValue" => WellKnown::Wrapper(Scalar::Double),
            "FloatValue" => WellKnown::Wrapper(Scalar::Float),
            "Int64Value" => WellKnown::Wrapper(Scalar::Int64),
            "UInt64Value" => WellKnown::Wrapper(Scalar::Uint64),
            "Int32Value" => WellKnown::Wrapper(Scalar::Int32),
            "UInt32Value" => WellKnown::Wrapper(Scalar::Uint32),
            "BoolValue" => WellKnown::Wrapper(Scalar::Bool),
            "StringValue" => WellKnown::Wrapper(Scalar::String),
            "BytesValue" => WellKnown::Wrapper(Scalar::Bytes),
            _ => return None,
        };
        known.has_its_shape(set, id).then_some(known)
    }

    fn has_its_shape(self, set: &FileSet, id: MessageId) -> bool {
        let message = set.message(id);
        let part = |name: &str| set.message_named(&format!("google.protobuf.{name}"));
        let is = |number: i32, kind: Kind, many: bool| {
            message.fields.iter().any(|field| {
                field.number == number
                    && field.kind == kind
                    && (field.cardinality == Cardinality::Repeated) == many
                    && field.cardinality != Cardinality::Required
            })
        };
        let scalar = |number, scalar| is(number, Kind::Scalar(scalar), false);
        let (count, fits) = match self {
            WellKnown::Any => (2, scalar(1, Scalar::String) && scalar(2, Scalar::Bytes)),
            WellKnown::Timestamp | WellKnown::Duration => (2, scalar(1, Scalar::Int64) && scalar(2, Scalar::Int32)),
            WellKnown::FieldMask => (1, is(1, Kind::Scalar(Scalar::String), true)),
            WellKnown::Struct => (
                1,
                part("Value").is_some_and(|value| {
                    let kind = Kind::Map {
                        key: Scalar::String,
                        value: MapValue::Message(value),
                    };
                    is(1, kind, false)
                }),
            ),
            WellKnown::ListValue => (1, part("Value").is_some_and(|value| is(1, Kind::Message(value), true))),
            WellKnown::Value => {
                let null = match set.types.get("google.protobuf.NullValue") {
                    Some(TypeId::Enum(id)) => is(1, Kind::Enum(*id), false),
                    _ => false,
                };
                let parts = [(5, "Struct"), (6, "ListValue")]
                    .into_iter()
                    .all(|(number, name)| part(name).is_some_and(|part| is(number, Kind::Message(part), false)));
                let scalars = scalar(2, Scalar::Double) && scalar(3, Scalar::String) && scalar(4, Scalar::Bool);
                (6, null && parts && scalars)
            }
            WellKnown::Wrapper(of) => (1, scalar(1, of)),
        };
        fits && message.fields.len() == count
    }
}
