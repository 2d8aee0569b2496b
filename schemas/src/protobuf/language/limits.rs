//! How large and how deep a `.proto` text may be before it is refused.

use crate::text::json;

/// Bounds for reading a text. Work and memory are linear in it within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one text.
    pub bytes: usize,
    /// Declarations inside one another, and braces inside one another in an option's value. Whatever walks a file
    /// recurses no deeper than this. Never more than [`Limits::MAX_DEPTH`].
    pub depth: usize,
}

impl Limits {
    /// The size is not looked at: for texts that were already accepted once.
    pub const UNBOUNDED_SIZE: Limits = Limits {
        bytes: usize::MAX,
        depth: Limits::MAX_DEPTH,
    };

    /// No setting allows a deeper text: recursion over a file must fit a thread's stack. protoc's own limit is of this
    /// order.
    pub const MAX_DEPTH: usize = 64;

    /// The depth that counts.
    pub(crate) fn depth(&self) -> usize {
        self.depth.min(Limits::MAX_DEPTH)
    }
}

impl Default for Limits {
    /// For files of a tree: generated ones of several MiB exist.
    fn default() -> Self {
        Limits {
            bytes: 16 * 1024 * 1024,
            depth: Limits::MAX_DEPTH,
        }
    }
}

impl From<json::Limits> for Limits {
    /// For schemas that are registered: the same size is allowed in every format.
    fn from(limits: json::Limits) -> Self {
        Limits {
            bytes: limits.bytes,
            depth: limits.depth.min(Limits::MAX_DEPTH),
        }
    }
}
