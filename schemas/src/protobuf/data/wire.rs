//! Confluent's wire format: how a message says which schema it was written with, and which message of it.
//!
//! A zero byte, the schema's id in four bytes, big-endian, then the message indexes: how many there are and each of them as
//! zig-zag varints, from the top-level message of the main file inwards; a single zero stands for the first message. Then the
//! payload.

use super::cursor::{Cursor, unzigzag64};
use super::encode::put_varint;
use crate::protobuf::language::schema::{Field, Kind, MessageId, Schema};
use crate::wire::{self, WireError};

/// Message indexes beyond this many are damage: declarations cannot be nested so deep.
const MAX_INDEXES: i64 = 100;

/// A message in the wire format, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The schema's id.
    pub id: u32,
    /// The message indexes; `[0]` where a single zero was written.
    pub indexes: Vec<u32>,
    /// Bytes before the payload.
    pub prefix: usize,
    /// The payload.
    pub payload: &'a [u8],
}

/// Takes a message apart.
///
/// # Errors
/// A message that is too short, that does not begin with the magic byte 0, or whose message indexes are negative, too many
/// or cut off.
pub fn split(message: &[u8]) -> Result<Parts<'_>, WireError> {
    let (id, rest) = wire::split(message)?;
    let mut cursor = Cursor::new(rest);
    let count = index(&mut cursor, "the number of message indexes")?;
    if !(0..=MAX_INDEXES).contains(&count) {
        return Err(WireError {
            message: format!("a message has from 0 to {MAX_INDEXES} message indexes, not {count}"),
        });
    }
    let mut indexes = Vec::new();
    for _ in 0..count {
        let one = index(&mut cursor, "a message index")?;
        indexes.push(u32::try_from(one).map_err(|_| WireError {
            message: format!("a message index counts from 0, and {one} is not in range"),
        })?);
    }
    if indexes.is_empty() {
        indexes.push(0);
    }
    let prefix = wire::PREFIX + cursor.at();
    Ok(Parts {
        id,
        indexes,
        prefix,
        payload: &message[prefix..],
    })
}

/// A message of this schema id, message indexes and payload.
pub fn join(id: u32, indexes: &[u32], payload: &[u8]) -> Vec<u8> {
    let mut message = wire::join(id, &[]);
    if indexes == [0] {
        message.push(0);
    } else {
        put_varint(&mut message, (indexes.len() as u64) << 1);
        for index in indexes {
            put_varint(&mut message, u64::from(*index) << 1);
        }
    }
    message.extend_from_slice(payload);
    message
}

/// What message indexes name, for clients that count differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meant {
    /// For those that count the messages of the descriptor, as in Python, Go and .NET: groups and the entries of maps are among them.
    pub of_descriptor: Option<MessageId>,
    /// For Confluent's client in Java, which counts the messages that the text calls so.
    pub of_text: Option<MessageId>,
}

/// The messages that message indexes name.
///
/// # Errors
/// Indexes that name a message for nobody.
pub fn meant(schema: &Schema, indexes: &[u32]) -> Result<Meant, WireError> {
    let of_descriptor = named(schema, indexes, in_descriptor);
    let of_text = named(schema, indexes, in_text).ok();
    match (of_descriptor, of_text) {
        (Err(error), None) => Err(error),
        (of_descriptor, of_text) => Ok(Meant {
            of_descriptor: of_descriptor.ok(),
            of_text,
        }),
    }
}

/// Follows indexes from the main file inwards. `inside` lists what is counted in a message; none is a message that no payload is.
fn named(
    schema: &Schema,
    indexes: &[u32],
    inside: fn(&Schema, MessageId) -> Vec<Option<MessageId>>,
) -> Result<MessageId, WireError> {
    let mut choice: Vec<Option<MessageId>> = schema.main().messages.iter().copied().map(Some).collect();
    let mut found = None;
    for index in indexes {
        let next = choice.get(*index as usize).copied().ok_or_else(|| WireError {
            message: match found {
                None => format!(
                    "the message index {index} is out of range: the schema has {} top-level messages",
                    choice.len()
                ),
                Some(outer) => format!(
                    "the message index {index} is out of range: `{}` has {} nested messages",
                    schema.set.message(outer).name,
                    choice.len()
                ),
            },
        })?;
        let next = next.ok_or_else(|| WireError {
            message: format!("the message index {index} names the entries of a map, which are no payload"),
        })?;
        found = Some(next);
        choice = inside(schema, next);
    }
    found.ok_or_else(|| WireError {
        message: "there is no message index".into(),
    })
}

/// The messages of a descriptor in the order of the text: groups among them, and the entries of maps, which are none here.
fn in_descriptor(schema: &Schema, parent: MessageId) -> Vec<Option<MessageId>> {
    let parent = schema.set.message(parent);
    let messages = parent
        .messages
        .iter()
        .map(|id| (schema.set.message(*id).span.start, Some(*id)));
    let is_map = |field: &&Field| matches!(field.kind, Kind::Map { .. });
    let entries = parent
        .fields
        .iter()
        .filter(is_map)
        .map(|field| (field.spans.kind.start, None));
    in_order(messages.chain(entries))
}

/// The messages that the text calls so, the entries of maps among them where those are written.
fn in_text(schema: &Schema, parent: MessageId) -> Vec<Option<MessageId>> {
    let parent = schema.set.message(parent);
    let messages = parent.messages.iter().map(|id| (schema.set.message(*id), *id));
    let messages = messages
        .filter(|(message, _)| !message.is_group)
        .map(|(message, id)| (message.span.start, Some(id)));
    let written = |field: &&Field| matches!(field.kind, Kind::Map { .. }) && field.spans.has_entry_message();
    let entries = parent
        .fields
        .iter()
        .filter(written)
        .map(|field| (field.spans.kind.start, None));
    in_order(messages.chain(entries))
}

fn in_order(messages: impl Iterator<Item = (usize, Option<MessageId>)>) -> Vec<Option<MessageId>> {
    let mut all: Vec<(usize, Option<MessageId>)> = messages.collect();
    all.sort_by_key(|(start, _)| *start);
    all.into_iter().map(|(_, message)| message).collect()
}

/// The message indexes of a message, by the descriptor; none if it does not stand in the main file.
pub fn indexes(schema: &Schema, message: MessageId) -> Option<Vec<u32>> {
    let mut indexes = Vec::new();
    let mut inner = message;
    loop {
        let parent = schema.set.message(inner).parent;
        let place = match parent {
            Some(parent) => in_descriptor(schema, parent)
                .iter()
                .position(|sibling| *sibling == Some(inner))?,
            None => schema.main().messages.iter().position(|sibling| *sibling == inner)?,
        };
        indexes.push(u32::try_from(place).ok()?);
        match parent {
            Some(parent) => inner = parent,
            None => break,
        }
    }
    indexes.reverse();
    Some(indexes)
}

fn index(cursor: &mut Cursor<'_>, what: &str) -> Result<i64, WireError> {
    cursor.varint().map(unzigzag64).map_err(|error| WireError {
        message: format!("{what} cannot be read: {}", error.message),
    })
}
