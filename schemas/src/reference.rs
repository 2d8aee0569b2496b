//! A text that another one uses.

use std::sync::Arc;

use crate::source::Source;

/// A text whose types a schema may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path by which a Protobuf text imports it (`acme/money.proto`). Avro knows types by their names alone, and does
    /// not look at it.
    pub import: Arc<str>,
    /// The text.
    pub source: Source,
}
