//! Whether a schema knows the name that a contract gives an event.

/// How a schema takes the name of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventName {
    /// Whether one of its types has this name, with its package or namespace or without. Also where it names no types.
    pub is_known: bool,
    /// Whether the name decides which of its types events are. Otherwise it is no more than a name.
    pub decides: bool,
    /// The full names that it knows.
    pub known: Vec<String>,
}
