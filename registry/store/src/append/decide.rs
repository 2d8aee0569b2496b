//! Decides a batch of appends in memory, against what the transaction read; no I/O.
//!
//! Invariant: every effect of a job is entered into the snapshot at once, so that later jobs of the batch are decided as if
//! the earlier ones had been committed.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Append, Appended};
use crate::{Guid, HeadRevision, Refusal, StoreError};

/// What the transaction read, under the lock of the context.
#[derive(Default)]
pub(super) struct Snapshot {
    pub last_schema_id: i64,
    pub revision: i64,
    pub settings_revision: i64,
    /// The subjects of the batch that exist.
    pub subjects: HashMap<String, Subject>,
    /// The schemas of the batch that have an id.
    pub schemas: HashMap<Guid, Known>,
    /// The versions of the batch's subjects that use one of those schemas.
    pub uses: HashMap<(String, i32), Vec<Use>>,
    /// The referenced versions that exist.
    pub targets: HashSet<(String, i32)>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Subject {
    pub revision: i64,
    pub last_version: i32,
}

pub(super) struct Known {
    pub id: i32,
    /// Format and text; none when the schema was permanently deleted and only its id is kept.
    pub content: Option<(String, String)>,
}

#[derive(Clone, Copy)]
pub(super) struct Use {
    pub version: i32,
    pub deleted: bool,
}

/// What is to be written. Jobs are named by their place in the batch.
#[derive(Default)]
pub(super) struct Plan {
    /// Schemas that get a new id.
    pub schemas: Vec<(i32, usize)>,
    /// Schemas that were permanently deleted and come back under their id.
    pub revived: Vec<(i32, usize)>,
    /// New versions: number, schema id, job.
    pub versions: Vec<(i32, i32, usize)>,
    /// The rows of the subjects that changed.
    pub subjects: BTreeMap<String, Subject>,
    /// Soft-deleted versions that the new version of the same schema replaces.
    pub superseded: Vec<(String, i32)>,
    pub last_schema_id: i64,
    pub revision: i64,
}

pub(super) type Outcome = Result<Appended, StoreError>;

pub(super) fn decide(jobs: &[Append], mut snapshot: Snapshot) -> (Vec<Outcome>, Plan) {
    let mut plan = Plan {
        last_schema_id: snapshot.last_schema_id,
        revision: snapshot.revision,
        ..Plan::default()
    };
    let outcomes = jobs
        .iter()
        .enumerate()
        .map(|(place, job)| one(place, job, &mut snapshot, &mut plan))
        .collect();
    (outcomes, plan)
}

fn one(place: usize, job: &Append, snapshot: &mut Snapshot, plan: &mut Plan) -> Outcome {
    let subject = snapshot.subjects.get(&job.subject).copied().unwrap_or_default();
    let head = HeadRevision {
        subject: subject.revision,
        settings: snapshot.settings_revision,
    };
    let known = snapshot.schemas.get(&job.guid);
    let content = known.and_then(|known| known.content.as_ref().map(|content| (known.id, content)));
    if let Some((id, (format, text))) = content {
        if *format != job.format || *text != job.text {
            return Err(Refusal::GuidTaken { id }.into());
        }
        let uses = snapshot.uses.get(&(job.subject.clone(), id));
        if let Some(live) = uses.into_iter().flatten().find(|each| !each.deleted) {
            return Ok(Appended {
                id,
                version: live.version,
                already: true,
                head,
            });
        }
    }
    if job.expected != head {
        return Err(StoreError::Moved);
    }
    for reference in &job.references {
        if !snapshot
            .targets
            .contains(&(reference.subject.clone(), reference.version))
        {
            return Err(Refusal::ReferenceMissing(reference.clone()).into());
        }
    }
    let version = subject
        .last_version
        .checked_add(1)
        .ok_or(StoreError::Exhausted("versions"))?;
    let id = match known {
        Some(known) => known.id,
        None => i32::try_from(plan.last_schema_id + 1).map_err(|_| StoreError::Exhausted("schema ids"))?,
    };
    // From here on nothing fails: what is entered below is written.
    match known {
        None => {
            plan.last_schema_id = i64::from(id);
            plan.schemas.push((id, place));
        }
        Some(known) if known.content.is_none() => plan.revived.push((id, place)),
        Some(_) => {}
    }
    if content.is_none() {
        let content = Some((job.format.clone(), job.text.clone()));
        snapshot.schemas.insert(job.guid, Known { id, content });
    }
    let uses = snapshot.uses.entry((job.subject.clone(), id)).or_default();
    for old in uses.iter().filter(|each| each.deleted) {
        plan.superseded.push((job.subject.clone(), old.version));
    }
    uses.retain(|each| !each.deleted);
    uses.push(Use {
        version,
        deleted: false,
    });
    plan.revision += 1;
    let now = Subject {
        revision: plan.revision,
        last_version: version,
    };
    snapshot.subjects.insert(job.subject.clone(), now);
    plan.subjects.insert(job.subject.clone(), now);
    plan.versions.push((version, id, place));
    Ok(Appended {
        id,
        version,
        already: false,
        head: HeadRevision {
            subject: now.revision,
            settings: head.settings,
        },
    })
}
