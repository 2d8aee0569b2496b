//! Judging a draft against earlier versions, in Confluent's words.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use treaty_schemas::{Comparison, Direction, Mode, RuleSet, Schema, Verdict, check};

use crate::app::App;
use crate::ops::draft::Draft;
use crate::ops::history::Live;
use crate::problem::Problem;

/// Texts up to this many bytes, together, are judged where the request is answered: handing them over would take longer.
const SMALL: usize = 64 << 10;

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
/// When it takes longer than a request may. It ends when the client leaves, at the latest after the pair under way.
pub async fn judge(app: &App, level: Mode, draft: &Draft, earlier: Vec<Live>) -> Result<Judged, Problem> {
    let compared = if level.is_transitive() { earlier.len() } else { 1 };
    let earlier: Vec<Live> = earlier.into_iter().rev().take(compared).collect();
    if level.directions().is_empty() || earlier.is_empty() {
        return Ok(Judged::default());
    }
    let size = draft.text.len() + earlier.iter().map(|live| live.known.stored.text.len()).sum::<usize>();
    let schema = draft.schema.clone();
    // Judging texts is quicker than parsing them, but not where nearly everything differs and each difference has a witness.
    while_wanted(app, size / 4, move |wanted| {
        newest_first(level, &schema, &earlier, wanted)
    })
    .await
}

fn newest_first(level: Mode, draft: &Schema, earlier: &[Live], wanted: &Wanted) -> Option<Judged> {
    let mut warning = None;
    for live in earlier {
        let mut messages = Vec::new();
        for &direction in level.directions() {
            if wanted.no_longer() {
                return None;
            }
            let (comparison, reader, writer) = match direction {
                Direction::Backward => (check(draft, &live.known.schema), "new", "old"),
                Direction::Forward => (check(&live.known.schema, draft), "old", "new"),
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
            return Some(Judged {
                messages,
                warning: None,
            });
        }
    }
    Some(Judged {
        messages: Vec::new(),
        warning,
    })
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

/// Whether anybody still waits for the outcome of some work. It ends with the request: answered, out of time, or left by its
/// client, whose connection closes.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Arc<AtomicBool>);

impl Wanted {
    /// Nobody waits any more: what goes on with the work may stop.
    pub fn no_longer(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Held by the request that waits.
struct Wish(Wanted);

impl Drop for Wish {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Does work on texts of this many bytes without holding up other requests: little of it here, much on a thread of its own,
/// no more of those at a time than there are cores.
///
/// # Errors
/// When it takes longer than a request may. What is under way then runs to its end, which the limits on its input bound.
pub async fn blocking<T: Send + 'static>(
    app: &App,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    while_wanted(app, bytes, move |_| Some(work())).await
}

/// As [`blocking`], for work that asks between its steps whether it is still wanted, and gives up (`None`) when it is not.
///
/// # Errors
/// When it takes longer than a request may; then it is no longer wanted.
pub async fn while_wanted<T: Send + 'static>(
    app: &App,
    bytes: usize,
    work: impl FnOnce(&Wanted) -> Option<T> + Send + 'static,
) -> Result<T, Problem> {
    let wanted = Wanted::default();
    if bytes <= SMALL {
        return work(&wanted).ok_or(Problem::CheckTimedOut);
    }
    let _wish = Wish(wanted.clone());
    let (judging, app, patience) = (Arc::clone(&app.judging), app.clone(), app.config.request_timeout);
    let done = async move {
        let place = judging.acquire_owned().await.map_err(|_| Problem::CheckTimedOut)?;
        let task = tokio::task::spawn_blocking(move || {
            app.metrics.large_work.inc();
            let done = work(&wanted);
            if done.is_none() {
                tracing::debug!("a check was given up: nobody waits for it any more");
                app.metrics.abandoned.inc();
            }
            app.metrics.large_work.dec();
            drop(place);
            done
        });
        let done = task
            .await
            .map_err(|error| Problem::internal(format!("a check ended early: {error}")))?;
        done.ok_or(Problem::CheckTimedOut)
    };
    tokio::time::timeout(patience, done)
        .await
        .unwrap_or(Err(Problem::CheckTimedOut))
}
