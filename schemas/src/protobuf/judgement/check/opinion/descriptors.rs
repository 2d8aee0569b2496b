//! A reader's files as descriptors that prost-reflect takes.
//!
//! It knows proto2 and proto3, and no editions. How a field is decoded is decided in the set already, whatever the language of its
//! file is, so each file is written in the one of the two that can say it: proto3 where some field has no presence, and proto2
//! else. Defaults are left out, as they decide nothing about what is decoded.

use prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use prost_reflect::prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumOptions, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MessageOptions, OneofDescriptorProto,
};

use crate::opinion::MAX_DEPTH;
use crate::protobuf::language::schema::{
    Cardinality, EnumId, Extension, Field, File, FileSet, Kind, MapValue, MessageId, Scalar,
};
use crate::protobuf::language::syntax::ImportKind;
use crate::text::shown::Line;
use crate::to_line;

/// Messages, fields and values of enums that a set may have.
const MOST: usize = 50_000;

/// How maps are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maps {
    /// As maps.
    AsTheyAre,
    /// As lists of messages, which they are on the wire.
    AsLists,
}

/// The files.
///
/// # Errors
/// Why the library is not asked with them.
pub(super) fn of(set: &FileSet, maps: Maps) -> Result<Vec<FileDescriptorProto>, Line> {
    let fields: usize = set.messages.iter().map(|message| 1 + message.fields.len()).sum();
    let values: usize = set.enums.iter().map(|of| 1 + of.values.len()).sum();
    if fields + values + set.extensions.len() > MOST {
        return Err("the reader's schema is too large to be read once more".into());
    }
    if set
        .messages
        .iter()
        .any(crate::protobuf::language::schema::Message::is_message_set)
    {
        return Err("the reader's schema has messages in the encoding of message sets".into());
    }
    let mut depths: Vec<usize> = Vec::with_capacity(set.messages.len());
    for message in &set.messages {
        // A message comes before those nested in it.
        let above = message.parent.and_then(|parent| depths.get(parent.0 as usize).copied());
        depths.push(above.map_or(1, |above| above + 1));
    }
    if depths.iter().any(|depth| *depth > MAX_DEPTH) {
        return Err(to_line!(
            "the reader's messages are nested deeper than {MAX_DEPTH} levels"
        ));
    }
    Ok(set
        .files
        .iter()
        .zip(0..)
        .map(|(file, id)| self::file(set, file, id, maps))
        .collect())
}

fn file(set: &FileSet, file: &File, id: u32, maps: Maps) -> FileDescriptorProto {
    let own = set.messages.iter().filter(|message| message.file.0 == id);
    let has_implicit = own
        .flat_map(|message| &message.fields)
        .any(|field| field.cardinality == Cardinality::Implicit);
    let syntax = match has_implicit {
        true => "proto3",
        false => "proto2",
    };
    let imports = file.imports.iter().filter(|(_, kind, _)| *kind != ImportKind::Option);
    let dependency: Vec<String> = imports.map(|(id, ..)| set.file(*id).path.to_string()).collect();
    FileDescriptorProto {
        name: Some(file.path.to_string()),
        package: (!file.package.is_empty()).then(|| file.package.to_string()),
        // Who may use whose names was looked at before.
        public_dependency: (0..).take(dependency.len()).collect(),
        dependency,
        message_type: file
            .messages
            .iter()
            .map(|id| message(set, *id, has_implicit, maps))
            .collect(),
        enum_type: file.enums.iter().map(|id| enumeration(set, *id)).collect(),
        extension: extensions(set, &file.extensions, has_implicit),
        syntax: Some(syntax.to_owned()),
        ..FileDescriptorProto::default()
    }
}

fn extensions(set: &FileSet, of: &[u32], is_proto3: bool) -> Vec<FieldDescriptorProto> {
    let extensions = of.iter().filter_map(|index| set.extensions.get(*index as usize));
    let extensions = extensions.map(|Extension { field, extendee, .. }| FieldDescriptorProto {
        extendee: Some(name_of(set, *extendee)),
        // Only messages have oneofs.
        proto3_optional: None,
        json_name: None,
        ..self::field(set, field, String::new(), is_proto3)
    });
    extensions.collect()
}

/// A message with those nested in it. Recurses as deep as they are nested.
fn message(set: &FileSet, id: MessageId, is_proto3: bool, maps: Maps) -> DescriptorProto {
    let message = set.message(id);
    let mut oneofs: Vec<OneofDescriptorProto> = message
        .oneofs
        .iter()
        .map(|oneof| OneofDescriptorProto {
            name: Some(oneof.name.to_string()),
            ..OneofDescriptorProto::default()
        })
        .collect();
    let mut nested: Vec<DescriptorProto> = message
        .messages
        .iter()
        .map(|id| self::message(set, *id, is_proto3, maps))
        .collect();
    let mut fields = Vec::with_capacity(message.fields.len());
    for field in &message.fields {
        let entry = format!("Entry{}OfMap", field.number);
        if let Kind::Map { key, value } = field.kind {
            nested.push(self::entry(set, &entry, key, value, maps));
        }
        let mut written = self::field(set, field, format!(".{}.{entry}", message.name), is_proto3);
        if written.proto3_optional == Some(true) {
            written.oneof_index = i32::try_from(oneofs.len()).ok();
            oneofs.push(OneofDescriptorProto {
                name: Some(format!("_{}", field.name)),
                ..OneofDescriptorProto::default()
            });
        }
        fields.push(written);
    }
    DescriptorProto {
        name: Some(message.simple_name().to_owned()),
        field: fields,
        nested_type: nested,
        enum_type: message.enums.iter().map(|id| enumeration(set, *id)).collect(),
        extension: extensions(set, &message.extensions, is_proto3),
        extension_range: message
            .extension_ranges
            .iter()
            .map(
                |(range, _)| prost_reflect::prost_types::descriptor_proto::ExtensionRange {
                    start: Some(range.start),
                    end: Some(range.end.saturating_add(1)),
                    options: None,
                },
            )
            .collect(),
        oneof_decl: oneofs,
        ..DescriptorProto::default()
    }
}

/// The message that an entry of a map is on the wire.
fn entry(set: &FileSet, name: &str, key: Scalar, value: MapValue, maps: Maps) -> DescriptorProto {
    let part = |name: &str, number, (ty, type_name): (Type, Option<String>)| FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(Label::Optional.into()),
        r#type: Some(ty.into()),
        type_name,
        json_name: Some(name.to_owned()),
        ..FieldDescriptorProto::default()
    };
    let value = match value {
        MapValue::Scalar(scalar) => (self::scalar(scalar), None),
        MapValue::Message(id) => (Type::Message, Some(name_of(set, id))),
        MapValue::Enum(id) => (Type::Enum, Some(format!(".{}", set.enumeration(id).name))),
    };
    DescriptorProto {
        name: Some(name.to_owned()),
        field: vec![part("key", 1, (scalar(key), None)), part("value", 2, value)],
        options: Some(MessageOptions {
            map_entry: Some(maps == Maps::AsTheyAre),
            ..MessageOptions::default()
        }),
        ..DescriptorProto::default()
    }
}

/// A field; `entry` is the full name of its entries, where it is a map.
fn field(set: &FileSet, field: &Field, entry: String, is_proto3: bool) -> FieldDescriptorProto {
    let (ty, type_name) = match field.kind {
        Kind::Scalar(scalar) => (self::scalar(scalar), None),
        Kind::Message(id) => (Type::Message, Some(name_of(set, id))),
        Kind::Group(id) => (Type::Group, Some(name_of(set, id))),
        Kind::Enum(id) => (Type::Enum, Some(format!(".{}", set.enumeration(id).name))),
        Kind::Map { .. } => (Type::Message, Some(entry)),
    };
    let label = match field.cardinality {
        Cardinality::Repeated | Cardinality::Map => Label::Repeated,
        Cardinality::Required => Label::Required,
        Cardinality::Implicit | Cardinality::Explicit => Label::Optional,
    };
    let has_presence = matches!(field.cardinality, Cardinality::Explicit | Cardinality::Required);
    FieldDescriptorProto {
        name: Some(field.name.to_string()),
        number: Some(field.number),
        label: Some(label.into()),
        r#type: Some(ty.into()),
        type_name,
        json_name: Some(field.json_name.to_string()),
        oneof_index: field.oneof.and_then(|oneof| i32::try_from(oneof).ok()),
        proto3_optional: (is_proto3 && has_presence && field.oneof.is_none() && field.kind.message().is_none())
            .then_some(true),
        ..FieldDescriptorProto::default()
    }
}

fn enumeration(set: &FileSet, id: EnumId) -> EnumDescriptorProto {
    let of = set.enumeration(id);
    EnumDescriptorProto {
        name: of.name.rsplit('.').next().map(str::to_owned),
        value: of
            .values
            .iter()
            .map(|value| EnumValueDescriptorProto {
                name: Some(value.name.to_string()),
                number: Some(value.number),
                options: None,
            })
            .collect(),
        options: Some(EnumOptions {
            allow_alias: Some(true),
            ..EnumOptions::default()
        }),
        ..EnumDescriptorProto::default()
    }
}

fn name_of(set: &FileSet, id: MessageId) -> String {
    format!(".{}", set.message(id).name)
}

fn scalar(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Double => Type::Double,
        Scalar::Float => Type::Float,
        Scalar::Int32 => Type::Int32,
        Scalar::Int64 => Type::Int64,
        Scalar::Uint32 => Type::Uint32,
        Scalar::Uint64 => Type::Uint64,
        Scalar::Sint32 => Type::Sint32,
        Scalar::Sint64 => Type::Sint64,
        Scalar::Fixed32 => Type::Fixed32,
        Scalar::Fixed64 => Type::Fixed64,
        Scalar::Sfixed32 => Type::Sfixed32,
        Scalar::Sfixed64 => Type::Sfixed64,
        Scalar::Bool => Type::Bool,
        Scalar::String => Type::String,
        Scalar::Bytes => Type::Bytes,
    }
}
