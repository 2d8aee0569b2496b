//! The report of a change: both sets of rules, every finding with its places and witness, and what each consumer makes of it.

use std::collections::HashMap;

use treaty_api::check::ProposedSchema;
use treaty_api::settings::Contracts;
use treaty_api::subject::Subject;
use treaty_report::{Consumer, Judging, Modes, Place, Report, Subject as SubjectReport};
use treaty_schemas::{Budget, Checked, Schema, Walked, to_line};

use crate::call::Call;
use crate::config::UndeclaredReads;
use crate::ops::consumers::{self, Before};
use crate::ops::draft::Draft;
use crate::ops::history::{self, Earlier, Live};
use crate::ops::referrers;
use crate::ops::reserved;
use crate::ops::together::Together;
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
    let modes = Modes::new(history.settings.level, proposed.mode);
    let normalize = history.settings.other.normalize == Some(true);
    let name = proposed.file.unwrap_or_else(|| PROPOSED.to_owned());
    let together = Together::new(proposed.together);
    let draft = Draft::together(call, &name, proposed.schema, normalize, &together).await?;
    let mut steps = call.workers.steps();
    let contracts = history.settings.contracts;
    let asks = contracts != Contracts::Ignore;
    let read = async {
        if !asks {
            return Ok((None, Vec::new()));
        }
        let before = Before::latest(call, &history).await?;
        let consumers = consumers::judge(call, subject, &draft.schema, before, &mut steps).await?;
        let referrers = referrers::hurt(call, subject, draft.schema.source(), &together, &mut steps).await?;
        Ok((Some(consumers), referrers))
    };
    let read = tokio::time::timeout(call.config.request_timeout, read);
    let (mut consumers, referrers) = read.await.unwrap_or(Err(Problem::CheckTimedOut))?;
    if call.config.undeclared_reads == UndeclaredReads::Undecided {
        let consumers = consumers.iter_mut().flatten();
        consumers.for_each(Consumer::treat_undeclared_as_unknown);
    }
    let latest = history.versions.last().copied();
    let reserved = match reserved::is_enforced(&history) {
        true => reserved::messages(call, &history, &draft, latest).await?,
        false => Vec::new(),
    };
    let history = told_history(
        call,
        subject,
        modes,
        &draft,
        history.compared(&draft.documents),
        &mut steps,
    );
    let history = tokio::time::timeout(call.config.request_timeout, history).await;
    let History { judging, compared } = history.unwrap_or(Err(Problem::CheckTimedOut))?;
    // A report says by itself what could not be decided, and why.
    let mut reported = judging.finish(consumers);
    reported.referrers = referrers;
    reported.contracts = Some(contracts.name().into());
    if !asks {
        reported
            .notes
            .push("the settings of the subject say `contracts: ignore`, so no consumer was asked".into());
    }
    if !reserved.is_empty() {
        reported.refused_by("`validateFields`");
    }
    reported.notes.extend(reserved.into_iter().map(Into::into));
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
    modes: Modes,
    draft: &Draft,
    mut earlier: Earlier,
    steps: &mut Steps,
) -> Result<History, Problem> {
    let mut judging = Judging::new(&subject.to_string(), modes);
    let mut compared = Vec::new();
    let mut walked = Walked::default();
    while let Some(mut few) = earlier.next(call).await? {
        if !modes.is_transitive() {
            few.live.truncate(1);
        }
        let is_first = compared.is_empty();
        let bytes = few.live.iter().map(|live| live.known.stored.text.len()).sum::<usize>();
        let each = few.live.iter();
        compared.extend(each.map(|live| (live.version, live.known.stored.id)));
        let schema = draft.schema.clone();
        let before = std::mem::take(&mut walked);
        // It may be done more than once, each time from here.
        let work = move |budget: &Budget| {
            let mut walked = before.clone();
            let found = check_each(modes, is_first, &schema, &few.live, &mut walked, budget);
            (found, walked)
        };
        let ((found, so_far), cut) = match steps.compare(&call.workers, work).await? {
            Compared::Whole(found) => (found, false),
            Compared::Cut(found) => (found, true),
        };
        walked = so_far;
        judging = call
            .workers
            .linear(draft.text.len() + bytes, move || {
                for (version, checked) in &found {
                    judging.add(checked, Some(version.unsigned_abs()));
                }
                judging
            })
            .await?;
        if cut || !modes.is_transitive() && !compared.is_empty() {
            break;
        }
    }
    Ok(History { judging, compared })
}

/// Checks a draft against each of these versions, of which the first is the newest of all if `is_first`.
fn check_each(
    modes: Modes,
    is_first: bool,
    draft: &Schema,
    live: &[Live],
    walked: &mut Walked,
    budget: &Budget,
) -> Vec<(i32, Checked)> {
    let mut found = Vec::new();
    for (index, live) in live.iter().enumerate() {
        let mode = modes.of_version(is_first && index == 0);
        let pairs = walked.pairs(mode, draft, &live.known.schema, budget);
        found.extend(pairs.into_iter().map(|checked| (live.version, checked)));
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
