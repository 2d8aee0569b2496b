//! The report of a change: both sets of rules, every finding with its places and witness, and what each consumer makes of it.

use std::collections::HashMap;

use treaty_api::check::ProposedSchema;
use treaty_api::subject::Subject;
use treaty_report::{Consumer, Judging, Place, Report, Subject as SubjectReport};
use treaty_schemas::{Budget, Checked, Mode, Schema, Strictness, pairs, to_line};

use crate::call::Call;
use crate::config::UndeclaredReads;
use crate::ops::consumers;
use crate::ops::draft::Draft;
use crate::ops::history::{self, Earlier, Live};
use crate::problem::Problem;
use crate::workers::{Compared, Steps};

/// What the proposed text is called where the request does not say.
const PROPOSED: &str = "proposed";

/// Judges a proposed schema against its subject's history and for each published consumer. Writes nothing.
///
/// # Errors
/// 42201 for an invalid schema.
pub async fn report(call: &Call, subject: &Subject, proposed: ProposedSchema) -> Result<Report, Problem> {
    let history = history::History::read(call, subject).await?;
    let mode = proposed.mode.unwrap_or(history.settings.level);
    let normalize = history.settings.other.normalize == Some(true);
    let name = proposed.file.unwrap_or_else(|| PROPOSED.to_owned());
    let draft = Draft::named(call, &name, proposed.schema, normalize, Strictness::New).await?;
    let mut steps = call.workers.steps();
    let read = consumers::judge(call, subject, &draft.schema, &mut steps);
    let mut consumers = tokio::time::timeout(call.config.request_timeout, read)
        .await
        .unwrap_or(Err(Problem::CheckTimedOut))?;
    if call.config.undeclared_reads == UndeclaredReads::Undecided {
        consumers.iter_mut().for_each(Consumer::treat_undeclared_as_unknown);
    }
    let history = told_history(
        call,
        subject,
        mode,
        &draft,
        history.compared(&draft.documents),
        &mut steps,
    );
    let history = tokio::time::timeout(call.config.request_timeout, history).await;
    let History { judging, compared } = history.unwrap_or(Err(Problem::CheckTimedOut))?;
    // A report says by itself what could not be decided, and why.
    let mut reported = judging.finish(Some(consumers));
    name_versions(&mut reported, subject, &compared);
    Ok(Report::new(vec![reported]))
}

/// What was found in a history.
struct History {
    judging: Judging,
    /// The versions that were compared, the newest first, and the ids of their schemas.
    compared: Vec<(i32, i32)>,
}

/// Checks a draft against earlier versions, few of which are in memory at a time. What was found is reported step by step: a report
/// has little of it.
async fn told_history(
    call: &Call,
    subject: &Subject,
    mode: Mode,
    draft: &Draft,
    mut earlier: Earlier,
    steps: &mut Steps,
) -> Result<History, Problem> {
    let mut judging = Judging::new(&subject.to_string(), mode);
    let mut compared = Vec::new();
    while let Some(mut few) = earlier.next(call).await? {
        if !mode.is_transitive() {
            few.live.truncate(1);
        }
        let bytes = few.live.iter().map(|live| live.known.stored.text.len()).sum::<usize>();
        let each = few.live.iter();
        compared.extend(each.map(|live| (live.version, live.known.stored.id)));
        let schema = draft.schema.clone();
        let work = move |budget: &Budget| check_each(mode, &schema, &few.live, budget);
        let (found, cut) = match steps.compare(&call.workers, work).await? {
            Compared::Whole(found) => (found, false),
            Compared::Cut(found) => (found, true),
        };
        judging = call
            .workers
            .linear(draft.text.len() + bytes, move || {
                for (version, checked) in &found {
                    judging.add(checked, Some(version.unsigned_abs()));
                }
                judging
            })
            .await?;
        if cut || !mode.is_transitive() && !compared.is_empty() {
            break;
        }
    }
    Ok(History { judging, compared })
}

/// Checks a draft against each of these versions.
fn check_each(mode: Mode, draft: &Schema, live: &[Live], budget: &Budget) -> Vec<(i32, Checked)> {
    let mut found = Vec::new();
    for live in live {
        let one = std::slice::from_ref(&live.known.schema);
        found.extend(pairs(mode, draft, one, budget).map(|checked| (live.version, checked)));
    }
    found
}

/// Parsed schemas are shared by all versions that use them, so their texts are named by their ids; a report names versions.
fn name_versions(reported: &mut SubjectReport, subject: &Subject, compared: &[(i32, i32)]) {
    let oldest_first = compared.iter().rev();
    let mut names: HashMap<String, i32> = HashMap::with_capacity(compared.len());
    for (version, id) in oldest_first {
        names.entry(history::name(*id)).or_insert(*version);
    }
    let rename = |place: &mut Place| {
        if let Some(version) = names.get(place.file.as_str()) {
            place.file = to_line!("{subject}@{version}");
        }
    };
    let consumers = reported
        .consumers
        .iter_mut()
        .flatten()
        .flat_map(|consumer| &mut consumer.findings);
    for finding in reported.findings.iter_mut().chain(consumers) {
        rename(&mut finding.reader);
        rename(&mut finding.writer);
    }
}
