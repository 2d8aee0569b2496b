//! The report of `treaty diff`: what was edited between two schemas, and whom each edit affects.
//!
//! It is an interface as the report of a check is; `registry/report/difference.schema.json` describes it.

use serde::Serialize;
use treaty_schemas::text::shown::REPORT_BYTES;
use treaty_schemas::{
    Attribution, Change, ChangeIndex, ChangeKind, Comparison, Direction, Effect, Finding, Line, MAX_CHANGES, Severity,
    to_line,
};

use crate::{Breaks, Place, Texts};

/// All that differs between two schemas.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// [`Difference::VERSION`].
    pub version: u32,
    /// The name of the old schema.
    pub old: String,
    /// The name of the new schema.
    pub new: String,
    /// The edits, in the order of the new schema.
    pub changes: Vec<Edit>,
    /// Why an edit may be missing, or may affect somebody who is not named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<Line>,
    /// Of all edits, also of those that are left out.
    #[serde(skip)]
    pub counts: Counts,
    /// The schemas are versions of a registry, which consumers have. Two files have none.
    #[serde(skip)]
    pub has_consumers: bool,
}

/// How many edits there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub changes: usize,
    /// Those that affect old consumers.
    pub old_consumers: usize,
    /// Those that affect new consumers.
    pub new_consumers: usize,
}

/// An edit, and whom it affects.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// How the place differs.
    pub change: ChangeKind,
    /// The place in the data: `lines[].sku`; empty for the whole event.
    pub data_path: Line,
    /// What differs, as a fragment in lower case.
    pub message: Line,
    /// The place in the old text, where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Place>,
    /// The place in the new text, where it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Place>,
    /// Who breaks.
    pub breaks: Vec<Broken>,
}

/// Who breaks, and the rule that says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Who breaks.
    pub whom: Breaks,
    /// The rule's id.
    pub rule: &'static str,
}

impl Difference {
    /// The version of the form.
    pub const VERSION: u32 = 1;

    /// The report of these changes. `check` is asked for each direction in turn, so that the findings of one alone are in
    /// memory: backward is the new schema as the reader of what the old one wrote.
    pub fn new([old, new]: [&str; 2], mut changes: Vec<Change>, check: impl Fn(Direction) -> Comparison) -> Difference {
        let is_cut = changes.len() >= MAX_CHANGES;
        let (broken, mut undecided) = broken(&mut changes, check);
        if is_cut {
            undecided.push(to_line!("no more than {MAX_CHANGES} changes are told"));
        }
        let mut texts = Texts::default();
        let edits = changes.into_iter().zip(broken);
        let mut edits: Vec<Edit> = edits
            .map(|(change, breaks)| Edit::new(change, breaks, &mut texts))
            .collect();
        let counts = Counts::of(&edits);
        let omitted = fit(&mut edits);
        if omitted > 0 {
            undecided.push(to_line!(
                "{omitted} changes are left out: all of them have more than {REPORT_BYTES} bytes"
            ));
        }
        Difference {
            version: Difference::VERSION,
            old: old.to_owned(),
            new: new.to_owned(),
            changes: edits,
            undecided,
            counts,
            has_consumers: true,
        }
    }

    /// The same for two files, which no consumer is known to have.
    #[must_use]
    pub fn of_files(self) -> Difference {
        Difference {
            has_consumers: false,
            ..self
        }
    }
}

impl Counts {
    fn of(edits: &[Edit]) -> Counts {
        let count = |whom: Breaks| {
            let affects = |edit: &&Edit| edit.breaks.iter().any(|broken| broken.whom == whom);
            edits.iter().filter(affects).count()
        };
        Counts {
            changes: edits.len(),
            old_consumers: count(Breaks::OldConsumers),
            new_consumers: count(Breaks::NewConsumers),
        }
    }
}

impl Edit {
    fn new(change: Change, breaks: Vec<Broken>, texts: &mut Texts) -> Edit {
        Edit {
            change: change.kind,
            data_path: change.data_path,
            message: change.message,
            old: change.old.as_ref().map(|label| Place::new(label, texts)),
            new: change.new.as_ref().map(|label| Place::new(label, texts)),
            breaks,
        }
    }
}

/// For each change, whom it affects, by the findings of either direction that are about it; and what was not decided.
/// A finding that no change is about becomes one of its own: what a check finds is never missing from a difference.
fn broken(changes: &mut Vec<Change>, check: impl Fn(Direction) -> Comparison) -> (Vec<Vec<Broken>>, Vec<Line>) {
    let index = ChangeIndex::new(changes);
    let mut undecided = Vec::new();
    let mut unexplained: Vec<(Change, Broken)> = Vec::new();
    let mut broken: Vec<Vec<Broken>> = changes.iter().map(|_| Vec::new()).collect();
    for direction in [Direction::Backward, Direction::Forward] {
        let whom = Breaks::from(direction);
        let comparison = check(direction);
        undecided.extend(comparison.undecided);
        // What only a registry's rules forbid affects no consumer.
        let is_error = |finding: &&Finding| finding.severity == Severity::Error && finding.effect != Effect::Policy;
        for finding in comparison.findings.iter().filter(is_error) {
            let found = Broken {
                whom,
                rule: finding.rule.id,
            };
            let about = index.of(finding, direction);
            if about.is_empty() && changes.len() + unexplained.len() < MAX_CHANGES {
                unexplained.push((unexplained_change(finding, direction), found));
            }
            for change in about {
                if !broken[change].contains(&found) {
                    broken[change].push(found);
                }
            }
        }
    }
    undecided.dedup();
    for (change, found) in unexplained {
        changes.push(change);
        broken.push(vec![found]);
    }
    (broken, undecided)
}

/// What a finding is about, as a change.
fn unexplained_change(finding: &Finding, direction: Direction) -> Change {
    let (old, new) = match direction {
        Direction::Backward => (&finding.writer, &finding.reader),
        Direction::Forward => (&finding.reader, &finding.writer),
    };
    Change {
        kind: ChangeKind::Changed,
        data_path: finding.data_path.clone(),
        message: finding.message.clone(),
        old: Some(old.clone()),
        new: Some(new.clone()),
        explains: Attribution::Everything,
    }
}

/// Leaves out what is too much for one answer, those that affect nobody first; how many.
fn fit(edits: &mut Vec<Edit>) -> usize {
    let all = edits.len();
    let mut room = REPORT_BYTES;
    let mut stays = vec![false; all];
    for affects in [true, false] {
        for (edit, stays) in edits.iter().zip(&mut stays) {
            if edit.breaks.is_empty() == affects {
                continue;
            }
            let bytes = serde_json::to_string(edit).map_or(usize::MAX, |json| json.len() + 1);
            *stays = bytes <= room;
            room = room.saturating_sub(bytes);
        }
    }
    let mut stays = stays.into_iter();
    edits.retain(|_| stays.next().unwrap_or_default());
    all - edits.len()
}
