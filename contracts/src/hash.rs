//! SHA-256 over JSON that is always spelt alike.

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The digest in hexadecimal. The order of members does not count.
pub(crate) fn of(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    Sha256::digest(value.to_string().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
