//! The identity of a schema: 16 bytes, computed by the caller, written as a UUID.
//!
//! Invariant: one spelling. However a guid was spelled when it was read, it is stored and printed in lower case with dashes.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The 16-byte content identity of a schema within a context (Confluent's `guid`: an MD5 printed as a UUID).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

/// The text is no guid: 32 hexadecimal digits are expected, with or without the dashes of a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a guid: 32 hexadecimal digits are expected, as in 6ba7b810-9dad-11d1-80b4-00c04fd430c8")]
pub struct NotAGuid;

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

impl FromStr for Guid {
    type Err = NotAGuid;

    fn from_str(text: &str) -> Result<Guid, NotAGuid> {
        // Other spellings of a UUID, in braces or as a URN, are longer.
        let is_guid = matches!(text.len(), 32 | 36);
        let uuid = is_guid.then(|| Uuid::try_parse(text).ok()).flatten();
        uuid.map(|uuid| Guid(uuid.into_bytes())).ok_or(NotAGuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let guid = Guid([
            0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
        ]);
        let dashed = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
        assert_eq!(guid.to_string(), dashed);
        for spelling in [
            dashed,
            "6BA7B810-9DAD-11D1-80B4-00C04FD430C8",
            "6ba7b8109dad11d180b400c04fd430c8",
        ] {
            assert_eq!(spelling.parse(), Ok(guid), "{spelling}");
        }
        for wrong in [
            "",
            "6ba7b810",
            "6ba7b8109dad11d180b400c04fd430c8a",
            "6ba7b8109dad11d180b400c04fd430cg",
            "6ba7b8109-dad-11d1-80b4-00c04fd430c8",
            "------------------------------------",
            "6ba7b810-9dad-11d1-80b4-00c04fd430é8",
        ] {
            assert_eq!(wrong.parse::<Guid>(), Err(NotAGuid), "{wrong}");
        }
    }
}
