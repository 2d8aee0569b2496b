//! Which item of a repeated field, or which entry of a map, a byte belongs to.
//!
//! Looked up when something is wrong, by reading the message once more from its beginning: what is right pays nothing.

use super::cursor::{Cursor, Tag, WireType};
use super::index::FieldEntry;
use super::value::{Key, MAX_DEPTH};
use crate::protobuf::language::schema::{Cardinality, Kind, Scalar};

/// The step from a message that begins at `start` into its field, in whose part at `offset` something is wrong.
pub(crate) fn step(known: FieldEntry<'_>, bytes: &[u8], start: usize, offset: usize) -> String {
    let name = known.step();
    match (known.field.cardinality, known.field.kind) {
        (Cardinality::Repeated, kind) => format!(
            "{name}[{}]",
            items_before(known.field.number, kind, bytes, start, offset)
        ),
        (_, Kind::Map { key, .. }) => match key_before(known.field.number, key, bytes, start, offset) {
            Some(key) => format!("{name}{{{key}}}"),
            None => name,
        },
        _ => name,
    }
}

/// How many items of a repeated field end at or before `offset`.
fn items_before(number: i32, kind: Kind, bytes: &[u8], start: usize, offset: usize) -> usize {
    let wire = WireType::of(kind);
    let is_scalar = matches!(kind, Kind::Scalar(_) | Kind::Enum(_)) && wire != WireType::Length;
    let mut items = 0;
    let mut cursor = Cursor::between(bytes, start, bytes.len());
    while cursor.at() < offset {
        let Ok(tag) = cursor.tag() else { break };
        if tag.number == number && tag.wire == WireType::Length && is_scalar {
            let Ok(mut part) = cursor.part() else { break };
            let one = Tag { number, wire };
            while part.at() < offset && !part.is_at_end() && part.skip(one, 0).is_ok() {
                items += usize::from(part.at() <= offset);
            }
            continue;
        }
        if cursor.skip(tag, MAX_DEPTH).is_err() || cursor.at() > offset {
            break;
        }
        items += usize::from(tag.number == number && tag.wire == wire && cursor.at() <= offset);
    }
    items
}

/// The key of the entry that holds `offset`, if the key stands before it.
fn key_before(number: i32, key: Scalar, bytes: &[u8], start: usize, offset: usize) -> Option<String> {
    let mut cursor = Cursor::between(bytes, start, bytes.len());
    loop {
        let tag = cursor.tag().ok()?;
        if tag.number == number && tag.wire == WireType::Length {
            let mut entry = cursor.part().ok()?;
            if cursor.at() >= offset {
                return key_of(&mut entry, key, offset);
            }
        } else {
            cursor.skip(tag, MAX_DEPTH).ok()?;
        }
        if cursor.at() >= offset {
            return None;
        }
    }
}

fn key_of(entry: &mut Cursor<'_>, scalar: Scalar, offset: usize) -> Option<String> {
    let mut key = None;
    while entry.at() < offset {
        let Ok(tag) = entry.tag() else { break };
        if tag.number == 1 && tag.wire == WireType::of_scalar(scalar) {
            let before = *entry;
            if entry.skip(tag, 0).is_err() || entry.at() > offset {
                break;
            }
            key = super::decode::scalar(scalar, false, &mut before.clone())
                .ok()
                .and_then(Key::of)
                .map(|key| key.shown());
        } else if entry.skip(tag, MAX_DEPTH).is_err() {
            break;
        }
    }
    key
}
