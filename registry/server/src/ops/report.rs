//! The report of a change: both sets of rules, every finding with its places and witness, and what each consumer makes of it.

use std::collections::HashMap;
use std::ops::ControlFlow;

use treaty_api::check::ProposedSchema;
use treaty_api::subject::Subject;
use treaty_contracts::{PublishedContract, Requirement, assess};
use treaty_report::{
    Consumer, Consumers, Judging, Omitted, Place, Report, Standing, Subject as SubjectReport, keep_worst_findings,
};
use treaty_schemas::{Budget, Checked, Mode, Schema, Strictness, pairs, to_line};
use treaty_store::{After, Contract, Role, SubjectContract};

use crate::call::Call;
use crate::config::UndeclaredReads;
use crate::ops::draft::Draft;
use crate::ops::history::{self, Earlier, Live};
use crate::problem::Problem;
use crate::workers::{Compared, Steps};

/// What the proposed text is called where the request does not say.
const PROPOSED: &str = "proposed";

/// Contracts whose sizes are asked for at a time.
const PAGE: u32 = 1000;

/// So many bytes of a stored contract cost a step to read.
const BYTES: usize = 4;

/// Bytes of contracts that are in memory at a time, if not a single one is larger.
const PAGE_BYTES: i64 = 4 << 20;

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
    let read = consumers(call, subject, &draft.schema, &mut steps);
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

/// What every published consumer of a subject makes of a schema: those that break first, then by name. Contracts are read a
/// few at a time, and of each only what it says of the subject.
async fn consumers(
    call: &Call,
    subject: &Subject,
    candidate: &Schema,
    steps: &mut Steps,
) -> Result<Vec<Consumer>, Problem> {
    let mut consumers = Vec::new();
    let mut after = After::default();
    loop {
        let page = call
            .store
            .subject_contracts(&subject.context, &subject.name, Role::Receives, &after, PAGE)
            .await?;
        if page.is_empty() {
            break;
        }
        for some in groups(&page) {
            let count = u32::try_from(some.len()).unwrap_or(PAGE);
            let contracts = call
                .store
                .contracts_of_subject(&subject.context, &subject.name, Role::Receives, &after, count)
                .await?;
            let (subject, candidate) = (subject.name.clone(), candidate.clone());
            let reported = steps.compare(&call.workers, move |budget| {
                let reported = contracts
                    .iter()
                    .flat_map(|contract| reported(contract, &subject, &candidate, budget));
                reported.collect::<Vec<Consumer>>()
            });
            match reported.await? {
                Compared::Whole(reported) | Compared::Cut(reported) => consumers.extend(reported),
            }
            keep_worst_findings(&mut consumers);
            if let Some(last) = some.last() {
                after = After::new(&last.application, &last.version);
            }
        }
    }
    consumers.sort_by(|a, b| {
        let by_name = || (&a.application, &a.event).cmp(&(&b.application, &b.event));
        b.verdict.cmp(&a.verdict).then_with(by_name)
    });
    Ok(consumers)
}

/// Contracts in the order of the list, as many together as may be in memory at a time.
fn groups(page: &[SubjectContract]) -> Vec<&[SubjectContract]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, contract) in page.iter().enumerate() {
        if index > start && bytes + contract.bytes > PAGE_BYTES {
            groups.push(&page[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += contract.bytes;
    }
    groups.push(&page[start..]);
    groups
}

/// What a consumer makes of a schema, for each of its entries about the subject. Of one whose contract cannot be read nobody
/// can tell.
fn reported(contract: &Contract, subject: &str, candidate: &Schema, budget: &Budget) -> Vec<Consumer> {
    let unknown = |why: String| Consumer {
        application: contract.application.as_str().into(),
        owner: Some(contract.owner.as_str().into()).filter(|_| !contract.owner.is_empty()),
        event: "".into(),
        verdict: Standing::Unknown,
        findings: Vec::new(),
        undecided: Some(why.into()),
        omitted: Omitted::default(),
    };
    let mut consumers = Consumers::default();
    // Reading costs steps too.
    let steps = budget
        .spend(contract.document.len() / BYTES)
        .map_err(|why| why.to_string());
    let read = steps.and_then(|()| {
        let published: PublishedContract =
            serde_json::from_str(&contract.document).map_err(|error| error.to_string())?;
        let says = published.contract().map_err(|error| error.to_string())?;
        let is_about = |entry: usize| says.receives[entry].subject.value == subject;
        let take = |_, requirement: Requirement| {
            consumers.add(&assess(&requirement, candidate, budget));
            ControlFlow::Continue(())
        };
        published
            .each(&says, is_about, budget, take)
            .map_err(|error| error.to_string())
    });
    let mut consumers = consumers.finish();
    match (read, budget.exhausted()) {
        (Ok(()), _) => {}
        (Err(_), Some(why)) => consumers.push(unknown(why.to_string())),
        (Err(why), None) => {
            tracing::error!(
                application = contract.application,
                "the stored contract cannot be read: {why}"
            );
            consumers = vec![unknown(
                "its stored contract cannot be read; publish it again".to_owned(),
            )];
        }
    }
    consumers
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
