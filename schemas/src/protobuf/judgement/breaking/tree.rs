//! A tree as the rules look at it: everything by name, and map fields as the messages that they are on the wire.
//!
//! The descriptors that protoc makes have a message for each map field, nested beside it and called after it, with the
//! fields `key` and `value`. The rules are written for those descriptors, so such entries are messages here too: a renamed
//! map field is an entry that was deleted, and a map's value that changed is a field whose type changed.

mod field;
mod message;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::language::schema::{EnumId, Extension, FileId, FileSet, Kind, MessageId, Service, TypeId};

pub(super) use field::{FieldView, Held};
pub(super) use message::MessageView;

/// A tree with what is needed to find things in it.
pub(super) struct Tree<'a> {
    pub set: &'a FileSet,
    /// Files by path.
    pub files: FxHashMap<&'a str, FileId>,
    /// The entries of map fields by full name.
    pub entries: FxHashMap<Box<str>, Entry>,
    /// Extensions by the full name of what they extend, and their number.
    pub extensions: FxHashMap<(&'a str, i32), &'a Extension>,
    /// Extensions by full name.
    pub extension_names: FxHashMap<&'a str, &'a Extension>,
    /// Services by full name.
    pub services: FxHashMap<&'a str, &'a Service>,
}

/// The entry of a map field: the message that the field stands in, and the field's index there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    owner: MessageId,
    field: u32,
}

impl<'a> Tree<'a> {
    pub fn new(set: &'a FileSet) -> Tree<'a> {
        let mut entries = FxHashMap::default();
        for (owner, message) in (0..).map(MessageId).zip(&set.messages) {
            for (index, field) in (0..).zip(&message.fields) {
                if matches!(field.kind, Kind::Map { .. }) {
                    let name = format!("{}.{}", message.name, entry_name(&field.name));
                    entries.insert(name.into_boxed_str(), Entry { owner, field: index });
                }
            }
        }
        let files = (0..).map(FileId).zip(&set.files);
        Tree {
            set,
            files: files.map(|(id, file)| (&*file.path, id)).collect(),
            entries,
            extensions: set
                .extensions
                .iter()
                .map(|extension| {
                    (
                        (&*set.message(extension.extendee).name, extension.field.number),
                        extension,
                    )
                })
                .collect(),
            extension_names: set
                .extensions
                .iter()
                .map(|extension| (&*extension.name, extension))
                .collect(),
            services: set.services.iter().map(|service| (&*service.name, service)).collect(),
        }
    }

    /// The message of this full name, be it declared or the entry of a map field.
    pub fn message(&'a self, name: &str) -> Option<MessageView<'a>> {
        match self.set.types.get(name) {
            Some(TypeId::Message(id)) => Some(self.declared(*id)),
            Some(TypeId::Enum(_)) => None,
            None => self.entries.get(name).map(|entry| self.entry(*entry)),
        }
    }

    fn declared(&'a self, id: MessageId) -> MessageView<'a> {
        MessageView::declared(self, id)
    }

    fn entry(&'a self, entry: Entry) -> MessageView<'a> {
        MessageView::entry(self, entry.owner, entry.field as usize)
    }

    /// Every message, entries too, each with its full name.
    pub fn messages(&'a self) -> impl Iterator<Item = (&'a str, MessageView<'a>)> {
        let declared = (0..self.set.messages.len() as u32).map(|id| {
            let view = self.declared(MessageId(id));
            (&*self.set.message(MessageId(id)).name, view)
        });
        let entries = self.entries.iter().map(|(name, entry)| (&**name, self.entry(*entry)));
        declared.chain(entries)
    }

    /// The enum of this full name.
    pub fn enumeration(&self, name: &str) -> Option<EnumId> {
        match self.set.types.get(name) {
            Some(TypeId::Enum(id)) => Some(*id),
            _ => None,
        }
    }

    /// The packages of these files.
    pub fn packages(&self, files: impl Iterator<Item = FileId>) -> FxHashSet<&'a str> {
        files.map(|file| &*self.set.file(file).package).collect()
    }
}

/// The simple name of a map field's entry: `line_items` has `LineItemsEntry`.
fn entry_name(field: &str) -> String {
    let mut name = String::with_capacity(field.len() + 5);
    let mut is_start = true;
    for c in field.chars() {
        match c {
            '_' => is_start = true,
            _ if is_start => {
                name.push(c.to_ascii_uppercase());
                is_start = false;
            }
            _ => name.push(c),
        }
    }
    name + "Entry"
}
