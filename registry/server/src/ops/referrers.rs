//! Who is hurt by a change of a type that other subjects use: their consumers, once their schema takes the new version.
//!
//! A schema that refers to a version stays as it is until somebody registers it anew, so what is found here is a warning.

use std::collections::{HashSet, VecDeque};

use treaty_api::subject::Subject;
use treaty_report::{Consumer, Referrer, Standing};
use treaty_schemas::{Format, Line, Reference as Text, Schema, Source, Strictness};
use treaty_store::StoredSchema;

use crate::call::Call;
use crate::ops::consumers::{self, Before};
use crate::ops::draft;
use crate::ops::history::{History, Walk};
use crate::ops::references::{self, Bounds};
use crate::ops::together::Together;
use crate::problem::Problem;
use crate::workers::Steps;

/// Subjects that are looked at; a type that more of them use is reported with the first.
const SUBJECTS: usize = 200;
/// Findings of each consumer that are reported.
const OF_EACH: usize = 3;

/// The subjects that refer to this one in their latest version, directly or through others, and that have consumers which would be
/// hurt. Those that are proposed together with it are judged themselves.
///
/// # Errors
/// When the store does not answer, or it takes longer than a request may.
pub async fn hurt(
    call: &Call,
    subject: &Subject,
    proposed: &Source,
    together: &Together,
    steps: &mut Steps,
) -> Result<Vec<Referrer>, Problem> {
    let mut hurt = Vec::new();
    let mut seen = HashSet::from([subject.name.clone()]);
    let mut todo = VecDeque::from([subject.name.clone()]);
    while let Some(target) = todo.pop_front() {
        for (name, version) in call.store.latest_referrers(&subject.context, &target).await? {
            if seen.len() > SUBJECTS || !seen.insert(name.clone()) {
                continue;
            }
            todo.push_back(name.clone());
            if together.has(&name) {
                continue;
            }
            let referrer = Subject {
                context: subject.context.clone(),
                name,
            };
            let judged = judge(call, &referrer, (subject, proposed), steps).await?;
            let (consumers, undecided) = match judged {
                Ok(consumers) => (consumers, None),
                Err(why) => (Vec::new(), Some(why)),
            };
            if !consumers.is_empty() || undecided.is_some() {
                hurt.push(Referrer {
                    subject: Line::new(&referrer),
                    version: version.unsigned_abs(),
                    consumers,
                    undecided,
                });
            }
        }
    }
    Ok(hurt)
}

/// The consumers of a subject that are hurt when its latest schema refers to the proposed text; or why the two do not fit together.
async fn judge(
    call: &Call,
    referrer: &Subject,
    (subject, proposed): (&Subject, &Source),
    steps: &mut Steps,
) -> Result<Result<Vec<Consumer>, Line>, Problem> {
    let history = History::read(call, referrer).await?;
    let latest = Walk::over(history.versions.last().copied().into_iter())
        .next(call)
        .await?;
    let Some(live) = latest.as_ref().and_then(|few| few.live.first()) else {
        return Ok(Ok(Vec::new()));
    };
    let texts = with_proposed(call, &live.known.stored, live.known.schema.format(), subject, proposed).await?;
    let options = draft::options(call, Strictness::Stored);
    let (format, source) = (live.known.schema.format(), live.known.schema.source().clone());
    let size = source.text().len() + references::size(&texts);
    let parsed = call
        .workers
        .linear(size, move || {
            Schema::parse(format, &source, &texts, &options).map_err(Line::new)
        })
        .await?;
    let candidate = match parsed {
        Ok(candidate) => candidate,
        Err(why) => return Ok(Err(why)),
    };
    let before = Before::latest(call, &history).await?;
    let consumers = consumers::judge(call, referrer, &candidate, before, steps).await?;
    let hurt = consumers.into_iter().filter_map(|mut consumer| {
        let is_hurt = matches!(consumer.verdict, Standing::Silent | Standing::Incompatible);
        consumer.findings.truncate(OF_EACH);
        is_hurt.then_some(consumer)
    });
    Ok(Ok(hurt.collect()))
}

/// The texts that a stored schema refers to, with the proposed one in the place of every version of its subject.
async fn with_proposed(
    call: &Call,
    stored: &StoredSchema,
    format: Format,
    subject: &Subject,
    proposed: &Source,
) -> Result<Vec<Text>, Problem> {
    let plan = references::plan(call, format, &stored.references, Bounds::STORED).await?;
    let subjects = plan.subjects();
    let mut texts = plan.read(call).await?;
    for (text, of) in texts.iter_mut().zip(subjects) {
        if of == subject.name {
            text.source = proposed.clone();
        }
    }
    Ok(texts)
}
