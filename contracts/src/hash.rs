//! SHA-256 over JSON that is always spelt alike.

use std::io;

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The digest in hexadecimal. The order of members does not count.
pub(crate) fn of(mut value: Value) -> String {
    value.sort_all_objects();
    of_sorted(&value)
}

/// The digest of what writes its members in the order of their names.
pub(crate) fn of_sorted(value: &impl Serialize) -> String {
    let mut digest = Hashed(Sha256::new());
    // Neither the digest refuses bytes nor does any of our types refuse to be written.
    let _ = serde_json::to_writer(&mut digest, value);
    hex::encode(digest.0.finalize())
}

/// Takes bytes into the digest, so that no text of them all is made.
struct Hashed(Sha256);

impl io::Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
