//! How much a payload may ask for before it is refused.

use super::value::MAX_DEPTH;

/// Bounds for decoding. Work and memory are linear in the payload within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Levels of nesting of a value in memory; never more than [`MAX_DEPTH`]. The walk is not bound by it.
    pub depth: usize,
    /// Values that no byte of the payload pays for: items of an array of nulls, and what a reader's defaults add.
    /// The payload's length is allowed on top of it.
    pub items: u64,
    /// Bytes of one block of an object container, both as it is stored and after decompression.
    pub block_bytes: usize,
}

impl Limits {
    /// The depth that counts.
    pub(crate) fn depth(&self) -> usize {
        self.depth.min(MAX_DEPTH)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            depth: MAX_DEPTH,
            items: 1_000_000,
            block_bytes: 64 * 1024 * 1024,
        }
    }
}
