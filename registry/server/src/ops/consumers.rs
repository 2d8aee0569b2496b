//! What published consumers make of a schema.
//!
//! Invariants: every contract that names the subject is asked, those too that are published meanwhile. A few documents are in
//! memory at a time, and of each only what it says of the subject; a contract that was opened before is not read again.

use std::ops::ControlFlow;
use std::sync::Arc;

use treaty_api::subject::Subject;
use treaty_contracts::{Assessment, PublishedContract, Requirement, assess};
use treaty_report::{Consumer, Consumers, Omitted, Standing, keep_worst_findings, sort_consumers};
use treaty_schemas::{Budget, Line, Schema};
use treaty_store::{After, Contract, Role, SubjectContract};

use crate::cache::Opened;
use crate::call::Call;
use crate::ops::history::{History, Walk};
use crate::problem::Problem;
use crate::workers::{Compared, Steps};

/// Contracts whose sizes are asked for at a time.
const PAGE: u32 = 1000;

/// So many bytes of a stored contract cost a step to read.
const BYTES: usize = 4;

/// Bytes of documents that are in memory at a time, if not a single one is larger.
const DOCUMENT_BYTES: i64 = 4 << 20;

/// The version that a schema follows: what it does to a consumer already is no fault of the new one.
#[derive(Clone)]
pub struct Before {
    version: i32,
    schema: Schema,
}

impl Before {
    /// The newest version of a subject; none where it has none.
    ///
    /// # Errors
    /// When the store does not answer, or holds a schema that cannot be read.
    pub async fn latest(call: &Call, history: &History) -> Result<Option<Before>, Problem> {
        let latest = history.versions.last().copied().into_iter();
        let found = Walk::over(latest).next(call).await?;
        let newest = found.as_ref().and_then(|few| few.live.first());
        Ok(newest.map(|live| Before {
            version: live.version,
            schema: live.known.schema.clone(),
        }))
    }
}

/// What one consumer makes of a schema that follows another.
fn assessed(requirement: &Requirement, candidate: &Schema, before: Option<&Before>, budget: &Budget) -> Assessment {
    let mut assessment = assess(requirement, candidate, budget);
    if let Some(before) = before
        && matches!(assessment.standing, Standing::Silent | Standing::Incompatible)
    {
        let earlier = assess(requirement, &before.schema, budget);
        assessment.excuse(&earlier, before.version);
    }
    assessment
}

/// What every published consumer of a subject makes of a schema: those that break first, then by name.
///
/// # Errors
/// When the store does not answer, or it takes longer than a request may.
pub async fn judge(
    call: &Call,
    subject: &Subject,
    candidate: &Schema,
    before: Option<Before>,
    steps: &mut Steps,
) -> Result<Vec<Consumer>, Problem> {
    let judged = Judged { candidate, before };
    let mut consumers = Vec::new();
    let mut after = After::default();
    loop {
        let page = call
            .store
            .contracts_of_subject(&subject.context, &subject.name, Role::Receives, &after, PAGE)
            .await?;
        if page.is_empty() {
            break;
        }
        let mut left = &page[..];
        while let Some(first) = left.first() {
            let known = left
                .iter()
                .map_while(|contract| call.contracts.get(&contract.hash, subject));
            let known: Vec<Arc<Opened>> = known.collect();
            let (some, rest) = left.split_at(if known.is_empty() {
                unread(call, subject, left)
            } else {
                known.len()
            });
            let last = some.last().unwrap_or(first);
            let last = After::new(&last.application, &last.version);
            let judged = if known.is_empty() {
                read_and_assess(call, subject, &judged, (&after, &last), steps).await?
            } else {
                assess_known(call, &judged, known, steps).await?
            };
            consumers.extend(judged);
            keep_worst_findings(&mut consumers);
            (left, after) = (rest, last);
        }
    }
    sort_consumers(&mut consumers);
    Ok(consumers)
}

/// A schema that is judged.
struct Judged<'a> {
    candidate: &'a Schema,
    before: Option<Before>,
}

/// How many of these contracts, of which the first is not known, are read together.
fn unread(call: &Call, subject: &Subject, left: &[SubjectContract]) -> usize {
    let mut bytes = 0;
    let some = left.iter().enumerate().take_while(|(index, contract)| {
        bytes += contract.bytes;
        *index == 0 || bytes <= DOCUMENT_BYTES && !call.contracts.has(&contract.hash, subject)
    });
    some.count()
}

/// What the consumers make of it whose contracts are open.
async fn assess_known(
    call: &Call,
    judged: &Judged<'_>,
    known: Vec<Arc<Opened>>,
    steps: &mut Steps,
) -> Result<Vec<Consumer>, Problem> {
    let (candidate, before) = (judged.candidate.clone(), judged.before.clone());
    let work = move |budget: &Budget| {
        let each = known.iter().flat_map(|opened| {
            let mut consumers = Consumers::default();
            for requirement in &opened.requirements {
                consumers.add(&assessed(requirement, &candidate, before.as_ref(), budget));
            }
            consumers.finish()
        });
        each.collect::<Vec<Consumer>>()
    };
    Ok(match steps.compare(&call.workers, work).await? {
        Compared::Whole(consumers) | Compared::Cut(consumers) => consumers,
    })
}

/// Reads the contracts after one and up to another, and what their consumers make of it; keeps them open.
async fn read_and_assess(
    call: &Call,
    subject: &Subject,
    judged: &Judged<'_>,
    (after, last): (&After, &After),
    steps: &mut Steps,
) -> Result<Vec<Consumer>, Problem> {
    let contracts = call
        .store
        .documents_of_subject(&subject.context, &subject.name, Role::Receives, after, last)
        .await?;
    let (name, largest) = (subject.name.clone(), call.contracts.largest());
    let (candidate, before) = (judged.candidate.clone(), judged.before.clone());
    let work = move |budget: &Budget| {
        let (mut consumers, mut kept) = (Vec::new(), Vec::new());
        for contract in &contracts {
            let (reported, opened) = open_and_assess(contract, &name, (&candidate, before.as_ref()), budget, largest);
            consumers.extend(reported);
            kept.extend(opened.map(|opened| (contract.hash.clone(), opened)));
        }
        (consumers, kept)
    };
    let (consumers, kept) = match steps.compare(&call.workers, work).await? {
        Compared::Whole(done) | Compared::Cut(done) => done,
    };
    for (hash, opened) in kept {
        call.contracts.keep(hash, subject, opened);
    }
    Ok(consumers)
}

/// What a consumer makes of a schema, for each of its entries about the subject, and what was opened for that, unless it takes
/// more than so many bytes. One whose contract cannot be read is undecided.
fn open_and_assess(
    contract: &Contract,
    subject: &str,
    (candidate, before): (&Schema, Option<&Before>),
    budget: &Budget,
    largest: u64,
) -> (Vec<Consumer>, Option<Opened>) {
    let unknown = |why: String| Consumer {
        application: contract.application.as_str().into(),
        owner: Some(contract.owner.as_str().into()).filter(|_| !contract.owner.is_empty()),
        event: Line::default(),
        group: None,
        entry: Line::default(),
        decode: None,
        verdict: Standing::Unknown,
        findings: Vec::new(),
        undecided: Some(why.into()),
        omitted: Omitted::default(),
    };
    let (mut consumers, mut opened) = (Consumers::default(), Opened::new(largest));
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
            consumers.add(&assessed(&requirement, candidate, before, budget));
            opened.add(requirement);
            ControlFlow::Continue(())
        };
        published
            .each(&says, is_about, budget, take)
            .map_err(|error| error.to_string())
    });
    let mut consumers = consumers.finish();
    match (read, budget.exhausted()) {
        (Ok(()), None) => return (consumers, Some(opened).filter(Opened::is_whole)),
        (Ok(()), Some(_)) => {}
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
    (consumers, None)
}
