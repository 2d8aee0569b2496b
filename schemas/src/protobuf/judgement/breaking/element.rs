//! What an annotation is about, so that whatever else is known of the same thing can be put beside it.

use crate::protobuf::judgement::side::{Current, Of, Previous};
use crate::protobuf::language::schema::{EnumId, FileId, MessageId};

/// What an annotation is about, by its index in the previous tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Element {
    /// A file as a whole.
    File(Of<Previous, FileId>),
    /// The package of a file.
    Package(Of<Previous, FileId>),
    /// A message.
    Message(Of<Previous, MessageId>),
    /// The field of a message that has this number, or an extension of the message. What is said of the entry of a map is
    /// said of the map.
    Field(Of<Previous, MessageId>, i32),
    /// A oneof of a message, by its index there.
    Oneof(Of<Previous, MessageId>, u32),
    /// An enum.
    Enum(Of<Previous, EnumId>),
    /// What an enum calls a number.
    Value(Of<Previous, EnumId>, i32),
    /// A service.
    Service,
    /// What a method takes or gives.
    Call {
        /// The message of the previous tree.
        previous: Of<Previous, MessageId>,
        /// The message of the current tree.
        current: Of<Current, MessageId>,
    },
}
