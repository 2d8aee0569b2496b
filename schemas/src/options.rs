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
    /// Where it and its references come from.
    pub origin: Origin,
}

/// Where texts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// Files that people and compilers read: what protoc refuses is refused.
    #[default]
    Files,
    /// A registry, or what is sent to one. Of Protobuf, Java's clients print what protoc refuses though it says what data mean:
    /// maps as their entry messages, options without their imports.
    Registry,
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
