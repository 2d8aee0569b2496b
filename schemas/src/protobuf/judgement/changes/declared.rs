//! The messages and enums of a file by their names within the package.

use rustc_hash::FxHashMap;

use crate::finding::Label;
use crate::protobuf::judgement::check::label::label;
use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{EnumId, FileId, FileSet, MessageId, Schema};

/// A message or an enum of the main file.
#[derive(Clone, Copy)]
pub(in crate::protobuf::judgement) enum Declared {
    Message(MessageId),
    Enum(EnumId),
}

impl Declared {
    /// What it is called in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Declared::Message(_) => "message",
            Declared::Enum(_) => "enum",
        }
    }

    /// Where it is declared.
    pub fn file(self, set: &FileSet) -> FileId {
        match self {
            Declared::Message(id) => set.message(id).file,
            Declared::Enum(id) => set.enumeration(id).file,
        }
    }
}

/// What the main file declares.
pub(in crate::protobuf::judgement) struct Names {
    /// Names without the package, outer types first and otherwise in the order of the text.
    pub ordered: Vec<(String, Declared)>,
    /// The same, to be looked up.
    pub by_name: FxHashMap<String, Declared>,
}

/// What the main file of a schema declares, at any depth.
pub(in crate::protobuf::judgement) fn names(schema: &Schema) -> Names {
    let set = &schema.set;
    let mut messages = schema.main().messages.clone();
    let mut enums = schema.main().enums.clone();
    let mut next = 0;
    while let Some(id) = messages.get(next).copied() {
        let message = set.message(id);
        messages.extend(&message.messages);
        enums.extend(&message.enums);
        next += 1;
    }
    let messages = messages
        .into_iter()
        .map(|id| (&*set.message(id).name, Declared::Message(id)));
    let enums = enums
        .into_iter()
        .map(|id| (&*set.enumeration(id).name, Declared::Enum(id)));
    let ordered: Vec<(String, Declared)> = messages
        .chain(enums)
        .map(|(name, declared)| (within(set, name).to_owned(), declared))
        .collect();
    Names {
        by_name: ordered.iter().cloned().collect(),
        ordered,
    }
}

/// A full name without the package.
pub(super) fn within<'a>(set: &FileSet, name: &'a str) -> &'a str {
    within_package(name, set.files.first().map_or("", |file| &*file.package)).unwrap_or(name)
}

/// The whole declaration.
pub(super) fn place(set: &FileSet, declared: Declared) -> Label {
    match declared {
        Declared::Message(id) => label(set, set.message(id).file, set.message(id).span, ""),
        Declared::Enum(id) => label(set, set.enumeration(id).file, set.enumeration(id).span, ""),
    }
}
