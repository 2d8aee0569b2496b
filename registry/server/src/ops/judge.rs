//! Judging a draft against earlier versions, in Confluent's words.

use treaty_schemas::{Budget, Comparison, Direction, Mode, RuleSet, Schema, Verdict, check_for_registration};

use crate::app::App;
use crate::ops::draft::Draft;
use crate::ops::history::Live;
use crate::ops::work;
use crate::problem::Problem;

/// The most of an earlier schema's text that a message repeats.
const SHOWN: usize = 10 << 10;

/// What Confluent's rules say of a draft.
#[derive(Debug, Default)]
pub struct Judged {
    /// The reasons against it, of the first version that fails; empty when there are none.
    pub messages: Vec<String>,
    /// What Confluent's rules let pass and data would be hurt by.
    pub warning: Option<String>,
}

/// Judges a draft by a level, against the newest version or, by a transitive level, against each one, newest first.
///
/// # Errors
/// 42209 when it takes more steps, and 503 when it takes longer than a request may.
pub async fn judge(app: &App, level: Mode, draft: &Draft, earlier: Vec<Live>) -> Result<Judged, Problem> {
    let compared = if level.is_transitive() { earlier.len() } else { 1 };
    let earlier: Vec<Live> = earlier.into_iter().rev().take(compared).collect();
    if level.directions().is_empty() || earlier.is_empty() {
        return Ok(Judged::default());
    }
    let schema = draft.schema.clone();
    let judged = work::compare(app, move |budget| newest_first(level, &schema, &earlier, budget)).await?;
    judged.whole(app)
}

fn newest_first(level: Mode, draft: &Schema, earlier: &[Live], budget: &Budget) -> Judged {
    let mut warning = None;
    for live in earlier {
        let mut messages = Vec::new();
        for &direction in level.directions() {
            if budget.exhausted().is_some() {
                return Judged::default();
            }
            let (comparison, reader, writer) = match direction {
                Direction::Backward => (check_for_registration(draft, &live.known.schema, budget), "new", "old"),
                Direction::Forward => (check_for_registration(&live.known.schema, draft, budget), "old", "new"),
            };
            messages.extend(
                comparison
                    .differences
                    .iter()
                    .map(|difference| difference.describe(reader, writer)),
            );
            warning = warning.or_else(|| warn(&comparison, direction, live.version));
        }
        if !messages.is_empty() {
            messages.push(format!("{{oldSchemaVersion: {}}}", live.version));
            messages.push(format!("{{oldSchema: '{}'}}", shown(&live.known.stored.text)));
            messages.push(format!("{{validateFields: 'false', compatibility: '{level}'}}"));
            return Judged {
                messages,
                warning: None,
            };
        }
    }
    Judged {
        messages: Vec::new(),
        warning,
    }
}

/// One line about the first finding that Confluent's rules do not see.
fn warn(comparison: &Comparison, direction: Direction, version: i32) -> Option<String> {
    if comparison.verdict(RuleSet::Semantic) != Verdict::Incompatible {
        return None;
    }
    let finding = comparison.findings.first()?;
    let who = match direction {
        Direction::Backward => "readers of this schema on data of",
        Direction::Forward => "data of this schema on readers of",
    };
    Some(format!(
        "{}; {who} version {version}: {}",
        finding.rule.id, finding.message
    ))
}

fn shown(text: &str) -> String {
    match text.char_indices().find(|(at, _)| *at >= SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
