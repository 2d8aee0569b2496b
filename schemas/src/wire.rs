//! Confluent's wire format: how a message says which schema it was written with.
//!
//! A zero byte, the schema's id in four bytes, big-endian, then the payload.

use std::fmt;

/// Bytes before the payload.
pub const PREFIX: usize = 5;

/// A message is not in the wire format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireError {
    /// What is wrong, as a fragment in lower case.
    pub message: String,
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for WireError {}

/// The schema id and the payload of a message.
///
/// # Errors
/// A message that is too short, or that does not begin with the magic byte 0.
pub fn split(message: &[u8]) -> Result<(u32, &[u8]), WireError> {
    match message.split_first_chunk::<PREFIX>() {
        Some(([0, id @ ..], payload)) => Ok((u32::from_be_bytes(*id), payload)),
        Some(([magic, ..], _)) => Err(WireError {
            message: format!("a message in the wire format begins with 0, not {magic}"),
        }),
        None => Err(WireError {
            message: format!(
                "a message in the wire format has at least {PREFIX} bytes, not {}",
                message.len()
            ),
        }),
    }
}

/// A message of this schema id and payload.
pub fn join(id: u32, payload: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(PREFIX + payload.len());
    message.push(0);
    message.extend_from_slice(&id.to_be_bytes());
    message.extend_from_slice(payload);
    message
}
