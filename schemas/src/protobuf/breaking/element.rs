//! What an annotation is about, so that whatever else is known of the same thing can be put beside it.

use crate::protobuf::schema::{EnumId, FileId, MessageId};

/// What an annotation is about, by its index in the previous tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// A file as a whole.
    File(FileId),
    /// The package of a file.
    Package(FileId),
    /// A message.
    Message(MessageId),
    /// The field of a message that has this number, or an extension of the message. What is said of the entry of a map is
    /// said of the map.
    Field(MessageId, i32),
    /// A oneof of a message, by its index there.
    Oneof(MessageId, u32),
    /// An enum.
    Enum(EnumId),
    /// What an enum calls a number.
    Value(EnumId, i32),
    /// A service.
    Service,
    /// What a method takes or gives.
    Call {
        /// The message of the previous tree.
        previous: MessageId,
        /// The message of the current tree.
        current: MessageId,
    },
}
