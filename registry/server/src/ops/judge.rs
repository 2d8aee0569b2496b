//! Judging a draft against earlier versions, in Confluent's words.

use treaty_schemas::text::shown::{FINDINGS, LINE_BYTES, REPORT_BYTES};
use treaty_schemas::{
    Budget, Comparison, Direction, Line, Mode, RuleSet, Schema, Verdict, check_for_registration, to_line,
};
use treaty_store::VersionEntry;

use crate::call::Call;
use crate::ops::draft::Draft;
use crate::ops::history::{Earlier, History, Live};
use crate::ops::reserved;
use crate::problem::Problem;

/// The most of an earlier schema's text that a message repeats.
const SHOWN: usize = 10 << 10;

/// What Confluent's rules say of a draft.
#[derive(Debug, Default)]
pub struct Judged {
    /// The reasons against it, of the first version that fails; empty when there are none.
    pub messages: Vec<String>,
    /// What Confluent's rules let pass and data would be affected by.
    pub warning: Option<Line>,
}

/// Judges a draft as a registration does: against the versions of its compatibility group that the level asks for.
///
/// # Errors
/// As [`against`].
pub async fn against_level(call: &Call, history: &History, draft: &Draft) -> Result<Judged, Problem> {
    let earlier = history.compared(&draft.documents);
    judge_with(call, history, draft, earlier, history.versions.last().copied()).await
}

/// Judges a draft against one version, or none.
///
/// # Errors
/// 42209 when it takes more steps, and 503 when it takes longer than a request may.
pub async fn against(
    call: &Call,
    history: &History,
    draft: &Draft,
    one: Option<VersionEntry>,
) -> Result<Judged, Problem> {
    judge_with(call, history, draft, Earlier::one(one), one).await
}

async fn judge_with(
    call: &Call,
    history: &History,
    draft: &Draft,
    earlier: Earlier,
    previous: Option<VersionEntry>,
) -> Result<Judged, Problem> {
    let level = history.settings.level;
    let validates = reserved::is_enforced(history);
    let mut messages = match validates {
        true => reserved::messages(call, history, draft, previous).await?,
        false => Vec::new(),
    };
    let judged = judge(call, level, draft, earlier).await?;
    messages.extend(judged.messages);
    if !messages.is_empty() {
        messages.push(format!("{{validateFields: '{validates}', compatibility: '{level}'}}"));
    }
    Ok(Judged { messages, ..judged })
}

/// Judges a draft by a level, against the newest version or, by a transitive level, against each one, newest first.
///
/// # Errors
/// 42209 when it takes more steps, and 503 when it takes longer than a request may.
async fn judge(call: &Call, level: Mode, draft: &Draft, earlier: Earlier) -> Result<Judged, Problem> {
    if level.directions().is_empty() {
        return Ok(Judged::default());
    }
    let judged = tokio::time::timeout(call.config.request_timeout, step_by_step(call, level, draft, earlier));
    judged.await.unwrap_or(Err(Problem::CheckTimedOut))
}

async fn step_by_step(call: &Call, level: Mode, draft: &Draft, mut earlier: Earlier) -> Result<Judged, Problem> {
    let mut judged = Judged::default();
    let mut steps = call.workers.steps();
    while let Some(mut few) = earlier.next(call).await? {
        if few.live.is_empty() {
            continue;
        }
        if !level.is_transitive() {
            few.live.truncate(1);
        }
        let schema = draft.schema.clone();
        let work = move |budget: &Budget| newest_first(level, &schema, &few.live, budget);
        let found = steps.compare(&call.workers, work).await?.whole(&call.workers)?;
        if !found.messages.is_empty() {
            return Ok(found);
        }
        judged.warning = judged.warning.or(found.warning);
        if !level.is_transitive() {
            break;
        }
    }
    Ok(judged)
}

fn newest_first(level: Mode, draft: &Schema, earlier: &[Live], budget: &Budget) -> Judged {
    let mut warning = None;
    for live in earlier {
        let mut messages = Messages::default();
        for &direction in level.directions() {
            if budget.exhausted().is_some() {
                return Judged::default();
            }
            let (reader, writer) = direction.reader_and_writer(draft, &live.known.schema);
            let comparison = check_for_registration(reader, writer, budget);
            let (reader, writer) = direction.reader_and_writer("new", "old");
            for difference in &comparison.differences {
                messages.add(|| difference.describe(reader, writer));
            }
            warning = warning.or_else(|| warn(&comparison, direction, live.version));
        }
        if !messages.shown.is_empty() {
            let mut messages = messages.finish();
            // That of another language is not shown: nothing was compared with it.
            if live.known.schema.format() == draft.format() {
                messages.push(format!("{{oldSchemaVersion: {}}}", live.version));
                messages.push(format!("{{oldSchema: '{}'}}", shown(&live.known.stored.text)));
            } else {
                messages.truncate(1);
            }
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

/// The differences of one version, as many as an answer shows.
#[derive(Default)]
struct Messages {
    shown: Vec<String>,
    bytes: usize,
    more: usize,
}

impl Messages {
    /// Bytes of all messages together: what follows them is the earlier schema and the level.
    const ROOM: usize = REPORT_BYTES - 2 * SHOWN;

    fn add(&mut self, message: impl FnOnce() -> Line) {
        if self.more > 0 || self.shown.len() == FINDINGS || self.bytes > Messages::ROOM - LINE_BYTES {
            self.more += 1;
            return;
        }
        let message = String::from(message());
        // Quotes are escaped in JSON, and each message stands between two and has a comma after it.
        self.bytes += message.len() + message.matches(['"', '\\']).count() + 3;
        self.shown.push(message);
    }

    fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.shown.push(format!("{{moreDifferences: {}}}", self.more));
        }
        self.shown
    }
}

/// One line about the first finding that Confluent's rules do not see.
fn warn(comparison: &Comparison, direction: Direction, version: i32) -> Option<Line> {
    if comparison.verdict(RuleSet::Semantic) != Verdict::Incompatible {
        return None;
    }
    let finding = comparison.findings.first()?;
    let who = match direction {
        Direction::Backward => "readers of this schema on data of",
        Direction::Forward => "data of this schema on readers of",
    };
    Some(to_line!(
        "{}; {who} version {version}: {}",
        finding.rule.id,
        finding.message
    ))
}

fn shown(text: &str) -> String {
    match text.char_indices().find(|(at, _)| *at >= SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
