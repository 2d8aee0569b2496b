//! A `.proto` schema of one or more files as a tree that can be edited: types know each other by number, so that they may be
//! renamed and moved.

use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    Proto2,
    Proto3,
    Edition2023,
}

/// Files, the main one first; it imports the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub files: Vec<File>,
    pub messages: BTreeMap<usize, Message>,
    pub enums: BTreeMap<usize, Enum>,
    pub extensions: Vec<Extension>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct File {
    pub path: &'static str,
    pub syntax: Syntax,
    pub package: &'static str,
}

/// Where a type is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    File(usize),
    Message(usize),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub name: String,
    pub home: Home,
    pub fields: Vec<Field>,
    pub reserved: Vec<i32>,
    /// Whether numbers from [`EXTENSIONS`] on are for extensions, where the syntax has them.
    pub is_extensible: bool,
}

/// The numbers that an extensible message leaves to others.
pub const EXTENSIONS: std::ops::RangeInclusive<i32> = 100..=109;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label {
    /// Without presence, where the syntax has that.
    Plain,
    Optional,
    Required,
    Repeated,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Type {
    Scalar(&'static str),
    Message(usize),
    Enum(usize),
    Map(&'static str, Box<Type>),
    /// One of Google's own messages.
    WellKnown(&'static str),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    pub number: i32,
    pub label: Label,
    pub ty: Type,
    /// The name of its oneof; a repeated field or a map has none.
    pub oneof: Option<String>,
    /// Which of some defaults that fit the type.
    pub default: Option<usize>,
    pub packed: Option<bool>,
    pub json_name: Option<String>,
    /// Nothing checks that it is UTF-8, in editions.
    pub is_unchecked: bool,
    /// A message between tags: a group of proto2, if its type is nested beside it, or a delimited field of an edition.
    pub is_delimited: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    pub name: String,
    pub home: Home,
    pub values: Vec<(String, i32)>,
    /// In editions; the enums of proto2 are closed and those of proto3 are open.
    pub is_closed: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Extension {
    pub file: usize,
    pub extendee: usize,
    pub field: Field,
}

impl Field {
    pub fn new(name: impl Into<String>, number: i32, label: Label, ty: Type) -> Self {
        Field {
            name: name.into(),
            number,
            label,
            ty,
            oneof: None,
            default: None,
            packed: None,
            json_name: None,
            is_unchecked: false,
            is_delimited: false,
        }
    }
}

impl Type {
    /// The message or enum that is named in it.
    pub fn named(&self) -> Option<usize> {
        match self {
            Type::Message(id) | Type::Enum(id) => Some(*id),
            Type::Map(_, value) => value.named(),
            Type::Scalar(_) | Type::WellKnown(_) => None,
        }
    }
}

impl Tree {
    /// The file in which a type is declared; `None` when what it is nested in is gone.
    pub fn file_of(&self, home: Home) -> Option<usize> {
        let mut home = home;
        // A message that was moved into itself has no file.
        for _ in 0..self.messages.len() + 1 {
            match home {
                Home::File(file) => return Some(file),
                Home::Message(id) => home = self.messages.get(&id)?.home,
            }
        }
        None
    }

    /// The full name with a dot in front. A type that is gone has a name that nobody declares.
    pub fn name_of(&self, id: usize) -> String {
        let declared = self.messages.get(&id).map(|message| (&message.name, message.home));
        let declared = declared.or_else(|| self.enums.get(&id).map(|of| (&of.name, of.home)));
        let Some((name, home)) = declared.filter(|(_, home)| self.file_of(*home).is_some()) else {
            return ".gone".into();
        };
        match home {
            Home::Message(outer) => format!("{}.{name}", self.name_of(outer)),
            Home::File(file) => match self.files[file].package {
                "" => format!(".{name}"),
                package => format!(".{package}.{name}"),
            },
        }
    }

    /// A number that no type has.
    pub fn free_id(&self) -> usize {
        let last = self.messages.keys().chain(self.enums.keys()).max();
        last.map_or(0, |last| last + 1)
    }

    /// Every field of every message and extension.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        let own = self.messages.values().flat_map(|message| &message.fields);
        own.chain(self.extensions.iter().map(|extension| &extension.field))
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        let own = self.messages.values_mut().flat_map(|message| &mut message.fields);
        own.chain(self.extensions.iter_mut().map(|extension| &mut extension.field))
    }

    /// Removes a type with all that is nested in it and every field that is of it.
    pub fn remove(&mut self, id: usize) {
        self.messages.remove(&id);
        self.enums.remove(&id);
        self.extensions
            .retain(|extension| extension.extendee != id && extension.field.ty.named() != Some(id));
        for message in self.messages.values_mut() {
            message.fields.retain(|field| field.ty.named() != Some(id));
        }
        let nested = |home: Home| home == Home::Message(id);
        let messages = self.messages.iter().filter(|(_, message)| nested(message.home));
        let enums = self.enums.iter().filter(|(_, of)| nested(of.home));
        let inside: Vec<usize> = messages.map(|(id, _)| *id).chain(enums.map(|(id, _)| *id)).collect();
        for id in inside {
            self.remove(id);
        }
    }
}
