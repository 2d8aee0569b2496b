//! Which message of the reader stands for one of the writer's.

use rustc_hash::FxHashMap;

use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{FileId, FileSet, MessageId};

/// The files of a tree by their paths.
pub(super) type FilesByPath<'s> = FxHashMap<&'s str, FileId>;

/// The reader's message that stands for one of the writer's, as an event of its own.
pub(super) fn matching_message(
    reader: &FileSet,
    reader_files: &FilesByPath<'_>,
    writer: &FileSet,
    id: MessageId,
) -> Option<MessageId> {
    let message = writer.message(id);
    let found = reader.message_named(&message.name).or_else(|| {
        let file = writer.file(message.file);
        let now = reader.file(*reader_files.get(&*file.path)?);
        (now.package != file.package).then_some(())?;
        let within = within_package(&message.name, &file.package)?;
        match &*now.package {
            "" => reader.message_named(within),
            package => reader.message_named(&format!("{package}.{within}")),
        }
    });
    found.filter(|found| !message.is_group && !reader.message(*found).is_group)
}
