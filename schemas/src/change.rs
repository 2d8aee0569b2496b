//! What is different between two schemas, whoever reads and writes with them.
//!
//! A change is no finding: it says what was edited, not whom it affects. [`ChangeIndex`] joins the two.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::finding::{At, Finding, Label, Rule};
use crate::mode::Direction;
use crate::text::shown::Line;
use crate::text::source::{Path, Source, Span};

/// Changes beyond these are not told.
pub const MAX_CHANGES: usize = 10_000;

/// How a place differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is only in the new schema.
    Added,
    /// It is only in the old schema.
    Removed,
    /// It is in both, and not the same.
    Changed,
}

/// Which findings a change explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// All of them.
    Everything,
    /// Only those of these rules.
    Only(&'static [&'static Rule]),
}

impl Attribution {
    /// None: the change affects nobody.
    pub const NOTHING: Attribution = Attribution::Only(&[]);
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How the place differs.
    pub kind: ChangeKind,
    /// The place in the data: `lines[].sku`; empty for the whole event.
    pub data_path: Line,
    /// What differs, as a fragment in lower case.
    pub message: Line,
    /// The place in the old text, where it is there.
    pub old: Option<Label>,
    /// The place in the new text, where it is there.
    pub new: Option<Label>,
    /// The findings at these places that this change explains.
    pub explains: Attribution,
}

impl Change {
    /// Whether a finding of this rule with these places, in the old and in the new schema, is about what was changed: it
    /// lies within every place that the change has.
    fn concerns(&self, rule: &Rule, old: &Label, new: &Label) -> bool {
        let holds = |place: &Option<Label>, label: &Label| {
            let holds = |place: &Label| place.source == label.source && is_within(&place.at, &label.at);
            place.as_ref().is_none_or(holds)
        };
        let may = match self.explains {
            Attribution::Everything => true,
            Attribution::Only(rules) => rules.iter().any(|known| known.id == rule.id),
        };
        may && holds(&self.old, old) && holds(&self.new, new)
    }

    /// The place that it is found by.
    fn place(&self) -> Option<&Label> {
        self.new.as_ref().or(self.old.as_ref())
    }
}

/// Changes, to be found by what lies in them.
///
/// A look-up costs the logarithm of their number, the depth of the place, and the changes that hold it.
pub struct ChangeIndex<'c> {
    changes: &'c [Change],
    paths: FxHashMap<&'c Path, Vec<usize>>,
    spans: FxHashMap<Text, SpanTree>,
}

impl<'c> ChangeIndex<'c> {
    /// Of these changes.
    pub fn new(changes: &'c [Change]) -> Self {
        let mut paths: FxHashMap<&Path, Vec<usize>> = FxHashMap::default();
        let mut spans: FxHashMap<Text, Vec<(Span, usize)>> = FxHashMap::default();
        for (index, change) in changes.iter().enumerate() {
            match change.place().map(|label| (label, &label.at)) {
                Some((_, At::Path(path))) => paths.entry(path).or_default().push(index),
                Some((label, At::Span(span))) => spans.entry(text(&label.source)).or_default().push((*span, index)),
                None => {}
            }
        }
        ChangeIndex {
            changes,
            paths,
            spans: spans
                .into_iter()
                .map(|(text, spans)| (text, SpanTree::new(spans)))
                .collect(),
        }
    }

    /// The changes that a finding is about, as indexes in ascending order, each once. Backward, the new schema reads what the
    /// old one wrote; forward, the other way round.
    pub fn of(&self, finding: &Finding, direction: Direction) -> Vec<usize> {
        let mut found = Vec::new();
        let places = std::iter::once((&finding.reader, &finding.writer));
        for (reader, writer) in places.chain(finding.also.iter().map(|(reader, writer)| (reader, writer))) {
            let (old, new) = match direction {
                Direction::Forward => (reader, writer),
                Direction::Backward => (writer, reader),
            };
            for label in [old, new] {
                let concerned = |index: &usize| self.changes[*index].concerns(finding.rule, old, new);
                match &label.at {
                    At::Path(path) => {
                        let around = std::iter::successors(Some(path.clone()), |path| {
                            let mut outer = path.clone();
                            outer.pop().map(|_| outer)
                        });
                        let holding = around.filter_map(|path| self.paths.get(&path)).flatten().copied();
                        found.extend(holding.filter(concerned));
                    }
                    At::Span(span) => {
                        let nest = self.spans.get(&text(&label.source));
                        let holding = nest.into_iter().flat_map(|nest| nest.around(*span));
                        found.extend(holding.filter(concerned));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// A text by where it lies in memory: places in one schema have clones of one source.
type Text = (usize, usize);

fn text(source: &Source) -> Text {
    (source.text().as_ptr() as usize, source.name().as_ptr() as usize)
}

/// Spans of one text that lie in each other or apart, as those of declarations do.
struct SpanTree {
    /// By their beginning, outer ones first.
    spans: Vec<Nested>,
}

struct Nested {
    span: Span,
    /// The nearest one around it.
    outer: Option<usize>,
    /// The changes at exactly this place.
    changes: Vec<usize>,
}

impl SpanTree {
    fn new(mut places: Vec<(Span, usize)>) -> Self {
        places.sort_by_key(|(span, index)| (span.start, std::cmp::Reverse(span.end), *index));
        let mut spans: Vec<Nested> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for (span, change) in places {
            while let Some(&last) = open.last()
                && spans[last].span.end < span.end
            {
                open.pop();
            }
            match open.last() {
                Some(&last) if spans[last].span == span => spans[last].changes.push(change),
                outer => {
                    let outer = outer.copied();
                    open.push(spans.len());
                    spans.push(Nested {
                        span,
                        outer,
                        changes: vec![change],
                    });
                }
            }
        }
        SpanTree { spans }
    }

    /// The changes whose places hold `span`, from the inside.
    fn around(&self, span: Span) -> impl Iterator<Item = usize> {
        let before = self.spans.partition_point(|nested| nested.span.start <= span.start);
        let innermost = before.checked_sub(1);
        let outwards = std::iter::successors(innermost, |index| self.spans[*index].outer);
        outwards
            .map(|index| &self.spans[index])
            .filter(move |nested| span.end <= nested.span.end)
            .flat_map(|nested| nested.changes.iter().copied())
    }
}

fn is_within(outer: &At, inner: &At) -> bool {
    match (outer, inner) {
        (At::Path(outer), At::Path(inner)) => inner.steps().starts_with(outer.steps()),
        (At::Span(outer), At::Span(inner)) => outer.start <= inner.start && inner.end <= outer.end,
        _ => false,
    }
}
