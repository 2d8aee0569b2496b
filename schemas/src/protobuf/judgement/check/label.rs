//! Where a field stands in its text, and how it is called.

use super::field_view::{Container, ElementType, FieldView};
use crate::finding::{At, Label};
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::{EnumId, FileId, FileSet, MapValue, MessageId};
use crate::text::shown::Line;
use crate::text::source::Span;
use crate::to_line;

/// A label at these bytes of a file.
pub(in crate::protobuf) fn label(set: &FileSet, file: FileId, span: Span, note: impl Into<Line>) -> Label {
    Label {
        source: set.file(file).source.clone(),
        at: At::Span(span),
        note: note.into(),
    }
}

/// A label at a message's name.
pub(in crate::protobuf) fn at_message(set: &FileSet, id: MessageId, note: impl Into<Line>) -> Label {
    let message = set.message(id);
    label(set, message.file, message.name_span, note)
}

/// A label at an enum's name.
pub(in crate::protobuf) fn at_enum(set: &FileSet, id: EnumId, note: impl Into<Line>) -> Label {
    let of = set.enumeration(id);
    label(set, of.file, of.name_span, note)
}

/// A label at an enum's value of this number, or else at the enum's name.
pub(in crate::protobuf) fn at_number(set: &FileSet, id: EnumId, number: i32, note: impl Into<Line>) -> Label {
    let of = set.enumeration(id);
    let value = of.values.iter().find(|value| value.number == number);
    label(set, of.file, value.map_or(of.name_span, |value| value.name_span), note)
}

/// A label at a field's type.
pub(super) fn at_kind(set: &FileSet, slot: &FieldView<'_>, note: impl Into<Line>) -> Label {
    label(set, slot.file, slot.field.spans.kind, note)
}

/// A label at a field's name.
pub(super) fn at_name(set: &FileSet, slot: &FieldView<'_>, note: impl Into<Line>) -> Label {
    label(set, slot.file, slot.field.spans.name, note)
}

/// What an element of a field is, in a few words: `int32`, `enum Status`, `message Money`, `map<string, Money>`.
pub(super) fn element(set: &FileSet, holds: ElementType) -> Line {
    match holds {
        ElementType::Scalar(scalar) => scalar.name().into(),
        ElementType::Enum(id) => to_line!("enum {}", simple(&set.enumeration(id).name)),
        ElementType::Group(id) => to_line!("group {}", simple(&set.message(id).name)),
        ElementType::Container(Container::Message(id)) => to_line!("message {}", simple(&set.message(id).name)),
        ElementType::Container(Container::Entry { key, value, .. }) => {
            let value = match value {
                MapValue::Scalar(scalar) => scalar.name(),
                MapValue::Message(id) => simple(&set.message(id).name),
                MapValue::Enum(id) => simple(&set.enumeration(id).name),
            };
            to_line!("map<{}, {value}>", key.name())
        }
    }
}

/// What a field is, in a few words.
pub(super) fn words(set: &FileSet, slot: &FieldView<'_>) -> Line {
    let element = element(set, slot.holds);
    match (slot.is_many(), slot.is_map()) {
        (true, false) => to_line!("repeated {element}"),
        _ => element,
    }
}
