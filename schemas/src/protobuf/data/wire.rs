//! Confluent's wire format: how a message says which schema it was written with, and which message of it.
//!
//! A zero byte, the schema's id in four bytes, big-endian, then the message indexes: how many there are and each of them as
//! zig-zag varints, from the top-level message of the main file inwards; a single zero stands for the first message. Then the
//! payload.

use super::cursor::{Cursor, unzigzag64};
use super::encode::put_varint;
use crate::protobuf::language::schema::{MessageId, Schema};
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

/// The message that message indexes name.
///
/// # Errors
/// An index that is out of range.
pub fn message(schema: &Schema, indexes: &[u32]) -> Result<MessageId, WireError> {
    let mut choice = &schema.main().messages;
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
        found = Some(next);
        choice = &schema.set.message(next).messages;
    }
    found.ok_or_else(|| WireError {
        message: "there is no message index".into(),
    })
}

/// The message indexes of a message; none if it does not stand in the main file.
pub fn indexes(schema: &Schema, message: MessageId) -> Option<Vec<u32>> {
    let mut indexes = Vec::new();
    let mut inner = message;
    loop {
        let parent = schema.set.message(inner).parent;
        let siblings = match parent {
            Some(parent) => &schema.set.message(parent).messages,
            None => &schema.main().messages,
        };
        let place = siblings.iter().position(|sibling| *sibling == inner)?;
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
