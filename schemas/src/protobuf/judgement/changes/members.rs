//! What a message is made of for an edit: its own fields, and those that extend it.

use rustc_hash::FxHashMap;

use crate::protobuf::language::schema::{Extension, Field, FileId, FileSet, Kind, MessageId};

/// A field of a message.
#[derive(Clone, Copy)]
pub(super) struct Member<'s> {
    /// The field.
    pub field: &'s Field,
    /// Its name; of an extension the full one.
    pub name: &'s str,
    /// Where it is declared.
    pub file: FileId,
    /// The name of the oneof that it is in.
    pub oneof: Option<&'s str>,
}

/// The fields of the messages of a set.
pub(super) struct Members<'s> {
    set: &'s FileSet,
    extensions: FxHashMap<MessageId, Vec<&'s Extension>>,
}

impl<'s> Members<'s> {
    /// Of a set.
    pub fn new(set: &'s FileSet) -> Self {
        Members {
            extensions: set.extensions_of(),
            set,
        }
    }

    /// The fields of a message in the order of the text, extensions last.
    pub fn of(&self, id: MessageId) -> Vec<Member<'s>> {
        let message = self.set.message(id);
        let oneof = |index: u32| message.oneofs.get(index as usize).map(|oneof| &*oneof.name);
        let own = message.fields.iter().map(|field| Member {
            field,
            name: &field.name,
            file: message.file,
            oneof: field.oneof.and_then(oneof),
        });
        let extensions = self.extensions.get(&id).into_iter().flatten();
        let extensions = extensions.map(|extension| Member {
            field: &extension.field,
            name: &extension.name,
            file: extension.file,
            oneof: None,
        });
        own.chain(extensions).collect()
    }
}

/// What two fields hold, to be compared further. A map and a list of messages meet in the values: field 2 of the message.
pub(super) fn holds(old: &FileSet, was: Kind, new: &FileSet, is: Kind) -> (Kind, Kind) {
    let value = |set: &FileSet, kind: Kind| {
        let fields = kind.message().map(|id| set.message(id).fields.iter());
        let second = fields.and_then(|mut fields| fields.find(|field| field.number == 2));
        second.map_or(kind, |field| field.kind)
    };
    let is_map = |kind| matches!(kind, Kind::Map { .. });
    match (is_map(was), is_map(is)) {
        (true, false) => (was, value(new, is)),
        (false, true) => (value(old, was), is),
        _ => (was, is),
    }
}
