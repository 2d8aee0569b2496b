//! What a field holds, in the classes of Confluent's registry.

use crate::protobuf::language::schema::{Kind, MapValue, MessageId, Scalar};

/// What a field holds, as far as Confluent's registry looks.
#[derive(Clone, Copy)]
pub(super) enum Held {
    Scalar(Group),
    Message(MessageId),
    Map(Group, MapValue),
}

impl Held {
    /// What a field of this kind holds.
    pub fn by(kind: Kind) -> Held {
        match kind {
            Kind::Scalar(scalar) => Held::Scalar(Group::of(scalar)),
            Kind::Enum(_) => Held::Scalar(Group::Varint),
            Kind::Message(id) | Kind::Group(id) => Held::Message(id),
            Kind::Map { key, value } => Held::Map(Group::of(key), value),
        }
    }

    /// What the values of a map are.
    pub fn value(value: MapValue) -> Held {
        match value {
            MapValue::Scalar(scalar) => Held::Scalar(Group::of(scalar)),
            MapValue::Enum(_) => Held::Scalar(Group::Varint),
            MapValue::Message(id) => Held::Message(id),
        }
    }
}

/// Scalars that Confluent's registry takes for one another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    Varint,
    Zigzag,
    Text,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

impl Group {
    /// The group of a scalar.
    pub fn of(scalar: Scalar) -> Group {
        match scalar {
            Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => Group::Varint,
            Scalar::Sint32 | Scalar::Sint64 => Group::Zigzag,
            Scalar::String | Scalar::Bytes => Group::Text,
            Scalar::Fixed32 | Scalar::Sfixed32 => Group::Fixed32,
            Scalar::Fixed64 | Scalar::Sfixed64 => Group::Fixed64,
            Scalar::Float => Group::Float,
            Scalar::Double => Group::Double,
        }
    }
}
