//! How much a payload may ask for before it is refused.

use super::value::MAX_DEPTH;

/// Bounds for decoding. Work and memory are linear in the payload within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataLimits {
    /// Messages, groups and map entries inside one another; never more than [`MAX_DEPTH`].
    pub depth: usize,
    /// Bytes of one message of a stream, so that a damaged length does not ask for all memory.
    pub message_bytes: usize,
}

impl DataLimits {
    /// The depth that counts.
    pub(crate) fn depth(&self) -> usize {
        self.depth.min(MAX_DEPTH)
    }
}

impl Default for DataLimits {
    fn default() -> Self {
        DataLimits {
            depth: MAX_DEPTH,
            message_bytes: 64 * 1024 * 1024,
        }
    }
}
