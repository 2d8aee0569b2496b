//! What is different between two schemas, whoever reads and writes with them.
//!
//! A change is no finding: it says what was edited, not whom it hurts. [`Change::concerns`] joins the two.

use crate::finding::{At, Label};

/// How a place differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Manner {
    /// It is only in the new schema.
    Added,
    /// It is only in the old schema.
    Removed,
    /// It is in both, and not the same.
    Changed,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How the place differs.
    pub manner: Manner,
    /// The place in the data: `lines[].sku`; empty for the whole event.
    pub data_path: String,
    /// What differs, as a fragment in lower case.
    pub message: String,
    /// The place in the old text, where it is there.
    pub old: Option<Label>,
    /// The place in the new text, where it is there.
    pub new: Option<Label>,
}

impl Change {
    /// Whether a finding with these places, in the old and in the new schema, is about what was changed.
    pub fn concerns(&self, old: &Label, new: &Label) -> bool {
        let holds = |place: &Option<Label>, label: &Label| {
            let holds = |place: &Label| place.source == label.source && is_within(&place.at, &label.at);
            place.as_ref().is_none_or(holds)
        };
        holds(&self.old, old) && holds(&self.new, new)
    }
}

fn is_within(outer: &At, inner: &At) -> bool {
    match (outer, inner) {
        (At::Path(outer), At::Path(inner)) => inner.steps().starts_with(outer.steps()),
        (At::Span(outer), At::Span(inner)) => outer.start <= inner.start && inner.end <= outer.end,
        _ => false,
    }
}
