//! The identity of a schema: 16 bytes, computed by the caller, written as a UUID.
//!
//! Invariant: one spelling. However a guid was spelled when it was read, it is stored and printed in lower case with dashes.

use std::fmt;
use std::str::FromStr;

/// The 16-byte content identity of a schema within a context (Confluent's `guid`: an MD5 printed as a UUID).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(pub [u8; 16]);

/// The text is no guid: 32 hexadecimal digits are expected, with or without the dashes of a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a guid: 32 hexadecimal digits are expected, as in 6ba7b810-9dad-11d1-80b4-00c04fd430c8")]
pub struct NotAGuid;

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
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
        let mut digits = [0u8; 32];
        let mut count = 0;
        for (index, byte) in text.bytes().enumerate() {
            if byte == b'-' && text.len() == 36 && matches!(index, 8 | 13 | 18 | 23) {
                continue;
            }
            let digit = (byte as char).to_digit(16).ok_or(NotAGuid)?;
            *digits.get_mut(count).ok_or(NotAGuid)? = digit as u8;
            count += 1;
        }
        if count != 32 {
            return Err(NotAGuid);
        }
        let mut bytes = [0u8; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Guid(bytes))
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
