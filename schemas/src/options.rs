//! How much is asked of a schema's text, and how large it may be.

use crate::text::json;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How large and how deep the schema's own text may be. Referenced texts were accepted before and are not
    /// measured again.
    pub limits: json::Limits,
    /// How much is asked of it.
    pub strictness: Strictness,
}

/// How much is asked of a schema's own text. Referenced texts are always read as [`Strictness::Stored`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// A new registration: names follow the specification and defaults fit their types.
    #[default]
    New,
    /// Accepted earlier, here or elsewhere: what only today's rules refuse is let through.
    Stored,
}
