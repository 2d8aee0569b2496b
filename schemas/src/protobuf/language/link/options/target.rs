//! What options are set on.

use crate::protobuf::language::syntax::Syntax;

/// A kind of declaration that has options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::protobuf) enum Target {
    File,
    Message,
    Field,
    Oneof,
    ExtensionRange,
    Enum,
    EnumValue,
    Service,
    Method,
}

impl Target {
    /// The message of google/protobuf/descriptor.proto that says which options there are.
    pub fn message(self) -> &'static str {
        match self {
            Target::File => "google.protobuf.FileOptions",
            Target::Message => "google.protobuf.MessageOptions",
            Target::Field => "google.protobuf.FieldOptions",
            Target::Oneof => "google.protobuf.OneofOptions",
            Target::ExtensionRange => "google.protobuf.ExtensionRangeOptions",
            Target::Enum => "google.protobuf.EnumOptions",
            Target::EnumValue => "google.protobuf.EnumValueOptions",
            Target::Service => "google.protobuf.ServiceOptions",
            Target::Method => "google.protobuf.MethodOptions",
        }
    }

    /// Its value in google.protobuf.FieldOptions.OptionTargetType.
    pub fn type_name(self) -> &'static str {
        match self {
            Target::File => "TARGET_TYPE_FILE",
            Target::Message => "TARGET_TYPE_MESSAGE",
            Target::Field => "TARGET_TYPE_FIELD",
            Target::Oneof => "TARGET_TYPE_ONEOF",
            Target::ExtensionRange => "TARGET_TYPE_EXTENSION_RANGE",
            Target::Enum => "TARGET_TYPE_ENUM",
            Target::EnumValue => "TARGET_TYPE_ENUM_ENTRY",
            Target::Service => "TARGET_TYPE_SERVICE",
            Target::Method => "TARGET_TYPE_METHOD",
        }
    }

    pub fn what(self) -> &'static str {
        match self {
            Target::File => "a file",
            Target::Message => "a message",
            Target::Field => "a field",
            Target::Oneof => "a oneof",
            Target::ExtensionRange => "a range of extension numbers",
            Target::Enum => "an enum",
            Target::EnumValue => "an enum's value",
            Target::Service => "a service",
            Target::Method => "a method",
        }
    }
}

/// A value of google.protobuf.Edition as a number that can be compared.
pub(super) fn edition_named(name: &str) -> Option<u16> {
    match name {
        "EDITION_LEGACY" => Some(900),
        "EDITION_PROTO2" => Some(998),
        "EDITION_PROTO3" => Some(999),
        _ => name.strip_prefix("EDITION_").and_then(|year| year.parse().ok()),
    }
}

/// The language of a file, as a number that can be compared with those of editions.
pub(super) fn edition_of(syntax: Syntax) -> u16 {
    match syntax {
        Syntax::Proto2 => 998,
        Syntax::Proto3 => 999,
        Syntax::Edition(year) => year,
    }
}
