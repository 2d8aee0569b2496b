//! What both databases can keep as text, decided here so that both answer alike.
//!
//! PostgreSQL refuses the NUL character and index entries above about 2,700 bytes; SQLite takes either.

use crate::StoreError;

/// The longest name (subject, context, application), in bytes: it is part of index entries.
pub const NAME_BYTES: usize = 1024;

/// Refuses a text with the NUL character.
pub(crate) fn clean(what: &'static str, text: &str) -> Result<(), StoreError> {
    if text.bytes().any(|byte| byte == 0) {
        return Err(StoreError::Unstorable {
            what,
            why: "it contains the NUL character",
        });
    }
    Ok(())
}

/// Refuses a name with the NUL character or of more than `NAME_BYTES`.
pub(crate) fn name(what: &'static str, text: &str) -> Result<(), StoreError> {
    if text.len() > NAME_BYTES {
        return Err(StoreError::Unstorable {
            what,
            why: "it is longer than 1,024 bytes",
        });
    }
    clean(what, text)
}
