//! A field as the rules look at it: of a message, of a map's entry, or an extension.

use super::{Tree, entry_name};
use crate::protobuf::judgement::breaking::annotation::Place;
use crate::protobuf::judgement::breaking::element::Element;
use crate::protobuf::judgement::breaking::features;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::schema::{
    Cardinality, EnumId, Extension, Field, File, FileId, Kind, MapValue, Message, MessageId, Scalar,
};
use crate::protobuf::language::syntax::Syntax;
use crate::text::source::Span;

/// What a field is to what it stands in.
#[derive(Clone, Copy)]
pub(super) enum Role<'a> {
    /// A field of this message.
    Member(&'a Message),
    /// The key of a map field of this message.
    Key(&'a Message),
    /// The value of a map field of this message.
    Value(&'a Message),
    /// An extension.
    Extension(&'a Extension),
}

/// A field, an extension, or one of the two fields of a map's entry.
#[derive(Clone, Copy)]
pub(in crate::protobuf::judgement::breaking) struct FieldView<'a> {
    pub tree: &'a Tree<'a>,
    /// The field; for a part of an entry the map field.
    field: &'a Field,
    /// The message that it belongs to; of a part of an entry the one that the map field stands in.
    owner: MessageId,
    role: Role<'a>,
}

/// What a field holds, as descriptors say it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::protobuf::judgement::breaking) enum Held {
    Scalar(Scalar),
    Message,
    Group,
    Enum(EnumId),
}

impl<'a> FieldView<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, field: &'a Field, owner: MessageId, role: Role<'a>) -> Self {
        FieldView {
            tree,
            field,
            owner,
            role,
        }
    }

    pub fn extension(tree: &'a Tree<'a>, extension: &'a Extension) -> Self {
        FieldView::new(tree, &extension.field, extension.extendee, Role::Extension(extension))
    }

    /// What it is in the previous tree, which only views of that tree are asked.
    pub fn element(&self) -> Element {
        Element::Field(Of::new(self.owner), self.field.number)
    }

    pub fn number(&self) -> i32 {
        match self.role {
            Role::Key(_) => 1,
            Role::Value(_) => 2,
            Role::Member(_) | Role::Extension(_) => self.field.number,
        }
    }

    /// The simple name; of an extension the full one.
    pub fn name(&self) -> &'a str {
        match self.role {
            Role::Key(_) => "key",
            Role::Value(_) => "value",
            Role::Member(_) => &self.field.name,
            Role::Extension(extension) => &extension.name,
        }
    }

    pub fn json_name(&self) -> &'a str {
        match self.role {
            Role::Key(_) => "key",
            Role::Value(_) => "value",
            Role::Member(_) | Role::Extension(_) => &self.field.json_name,
        }
    }

    pub fn is_extension(&self) -> bool {
        matches!(self.role, Role::Extension(_))
    }

    /// Whether it belongs to the entry of a map field.
    pub fn is_map_part(&self) -> bool {
        matches!(self.role, Role::Key(_) | Role::Value(_))
    }

    pub fn file_id(&self) -> FileId {
        match self.role {
            Role::Member(message) | Role::Key(message) | Role::Value(message) => message.file,
            Role::Extension(extension) => extension.file,
        }
    }

    pub fn file(&self) -> &'a File {
        self.tree.set.file(self.file_id())
    }

    /// `Field "1" with name "id" on message "Order"`
    pub fn description(&self) -> String {
        self.described(&format!(" with name \"{}\"", self.name()))
    }

    /// The description without the name, or with other words in its place.
    pub fn described(&self, name: &str) -> String {
        let (kind, message) = match self.role {
            Role::Member(message) => ("Field", message.simple_name().to_owned()),
            Role::Key(_) | Role::Value(_) => ("Field", entry_name(&self.field.name)),
            Role::Extension(extension) => ("Extension", self.tree.set.message(extension.extendee).name.to_string()),
        };
        format!("{kind} \"{}\"{name} on message \"{message}\"", self.number())
    }

    pub fn cardinality(&self) -> Cardinality {
        match (self.role, self.field.cardinality) {
            (Role::Key(_) | Role::Value(_), _) => match (self.held(), self.file().syntax) {
                (Held::Scalar(_) | Held::Enum(_), Syntax::Proto3) => Cardinality::Implicit,
                _ => Cardinality::Explicit,
            },
            (Role::Extension(_), Cardinality::Implicit) => Cardinality::Explicit,
            (_, cardinality) => cardinality,
        }
    }

    /// Whether the field has the label `required`; editions have a feature in its stead, which is no label.
    pub fn is_labelled_required(&self) -> bool {
        self.cardinality() == Cardinality::Required && !matches!(self.file().syntax, Syntax::Edition(_))
    }

    pub fn held(&self) -> Held {
        match (self.field.kind, self.role) {
            (Kind::Map { key, .. }, Role::Key(_)) => Held::Scalar(key),
            (Kind::Map { value, .. }, Role::Value(_)) => match value {
                MapValue::Scalar(scalar) => Held::Scalar(scalar),
                MapValue::Message(_) => Held::Message,
                MapValue::Enum(id) => Held::Enum(id),
            },
            (Kind::Scalar(scalar), _) => Held::Scalar(scalar),
            (Kind::Group(_), _) => Held::Group,
            (Kind::Enum(id), _) => Held::Enum(id),
            (Kind::Message(_) | Kind::Map { .. }, _) => Held::Message,
        }
    }

    /// Whether both hold types of the same full name.
    pub fn has_type_of(&self, other: &FieldView<'_>) -> bool {
        match (self.entry_parts(), other.entry_parts()) {
            (None, None) => self.declared_type() == other.declared_type(),
            (Some(now), Some(before)) if now == before => true,
            _ => self.type_name() == other.type_name(),
        }
    }

    /// For a map field, the names of the message and of the field that its entry is called after.
    fn entry_parts(&self) -> Option<(&'a str, &'a str)> {
        match (self.field.kind, self.role) {
            (Kind::Map { .. }, Role::Member(message)) => Some((&message.name, &self.field.name)),
            _ => None,
        }
    }

    fn declared_type(&self) -> Option<&'a str> {
        let set = self.tree.set;
        match (self.field.kind, self.role) {
            (Kind::Map { value, .. }, Role::Value(_)) => match value {
                MapValue::Scalar(_) => None,
                MapValue::Message(id) => Some(&set.message(id).name),
                MapValue::Enum(id) => Some(&set.enumeration(id).name),
            },
            (Kind::Message(id) | Kind::Group(id), _) => Some(&set.message(id).name),
            (Kind::Enum(id), _) => Some(&set.enumeration(id).name),
            (Kind::Scalar(_) | Kind::Map { .. }, _) => None,
        }
    }

    /// The full name of the message or enum; empty for a scalar.
    pub fn type_name(&self) -> String {
        match self.entry_parts() {
            Some((message, field)) => format!("{message}.{}", entry_name(field)),
            None => self.declared_type().unwrap_or_default().to_owned(),
        }
    }

    /// The declared field; for a part of an entry the map field.
    pub fn declaration(&self) -> &'a Field {
        self.field
    }

    /// The name of the oneof that it is in.
    pub fn oneof(&self) -> Option<&'a str> {
        match self.role {
            Role::Member(message) => Some(&message.oneofs.get(self.field.oneof? as usize)?.name),
            Role::Key(_) | Role::Value(_) | Role::Extension(_) => None,
        }
    }

    pub fn at(&self, span: Span) -> Place {
        Place::span(self.file_id(), span)
    }

    /// The whole declaration; for a part of an entry the map's type.
    pub fn place(&self) -> Place {
        match self.is_map_part() {
            true => self.type_place(),
            false => self.at(self.field.spans.whole),
        }
    }

    pub fn type_place(&self) -> Place {
        self.at(self.field.spans.kind)
    }

    pub fn name_place(&self) -> Place {
        match self.is_map_part() {
            true => self.type_place(),
            false => self.at(self.field.spans.name),
        }
    }

    /// The first of these options that the field sets itself, or else the whole field.
    pub fn option_place(&self, names: &[&str]) -> Place {
        self.own_option(names)
            .map_or_else(|| self.place(), |span| self.at(span))
    }

    /// The same, with whatever features are set together before the whole field.
    pub fn feature_place(&self, names: &[&str]) -> Place {
        let together = || features::braces(self.file(), &self.field.options).filter(|_| !self.is_map_part());
        let span = self.own_option(names).or_else(together);
        span.map_or_else(|| self.place(), |span| self.at(span))
    }

    fn own_option(&self, names: &[&str]) -> Option<Span> {
        names
            .iter()
            .filter(|_| !self.is_map_part())
            .find_map(|name| self.field.options.get(name))
            .map(|option| features::span(self.file(), option))
    }
}
