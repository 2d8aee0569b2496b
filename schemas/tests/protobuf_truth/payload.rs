//! The events of a schema, and the values of them that are tried.

use treaty_schemas::protobuf::language::schema::{Field, FileSet, MessageId};
use treaty_schemas::protobuf::{self, MessageValue, Schema};

use super::universe;

/// A value of a message, encoded.
pub struct Payload {
    pub message: MessageId,
    pub value: MessageValue,
    pub bytes: Vec<u8>,
}

impl Payload {
    /// A value that must fit.
    pub fn new(schema: &Schema, message: MessageId, value: MessageValue) -> Self {
        let bytes = protobuf::encode(&schema.set, message, &value)
            .unwrap_or_else(|error| panic!("{}\n{value:?}: {error}", schema.source().text()));
        Payload { message, value, bytes }
    }
}

/// Every value of a small universe for every message of the file.
pub fn payloads(schema: &Schema) -> Vec<Payload> {
    let of = |message: MessageId| {
        let values = universe::values(&schema.set, message).into_iter();
        values.map(move |value| Payload::new(schema, message, value))
    };
    messages(schema).into_iter().flat_map(of).collect()
}

/// The messages that may be events, nested ones too.
pub fn messages(schema: &Schema) -> Vec<MessageId> {
    let set = &schema.set;
    let mut all = schema.main().messages.clone();
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        all.extend(
            set.message(id)
                .messages
                .iter()
                .filter(|nested| !set.message(**nested).is_group),
        );
        next += 1;
    }
    all
}

/// The reader's message for one of the writer's: of the same name, or where the packages differ, of the same name without
/// the package.
pub fn counterpart(reader: &Schema, writer: &Schema, message: MessageId) -> Option<MessageId> {
    let name = &*writer.set.message(message).name;
    let (from, to) = (&*writer.main().package, &*reader.main().package);
    if from == to {
        return reader.set.message_named(name);
    }
    let within = |package: &str| match package {
        "" => String::new(),
        package => format!("{package}."),
    };
    let simple = name.strip_prefix(&*within(from))?;
    reader.set.message_named(&format!("{}{simple}", within(to)))
}

/// The fields of a message, with those that extend it.
pub fn fields(set: &FileSet, id: MessageId) -> Vec<&Field> {
    let extensions = set.extensions.iter().filter(|extension| extension.extendee == id);
    let own = set.message(id).fields.iter();
    own.chain(extensions.map(|extension| &extension.field)).collect()
}

/// One of them.
pub fn field(set: &FileSet, id: MessageId, number: i32) -> Option<&Field> {
    fields(set, id).into_iter().find(|field| field.number == number)
}
