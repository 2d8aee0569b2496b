//! Decides a batch of appends in memory, against what the transaction read; no I/O.
//!
//! Invariant: every effect of a job is entered into the snapshot at once, so that later jobs of the batch are decided as if
//! the earlier ones had been committed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Append, Appended};
use crate::{HeadRevision, Identity, StoreError};

/// What the transaction read, under the lock of the context.
#[derive(Default)]
pub(super) struct Snapshot {
    pub last_schema_id: i64,
    pub revision: i64,
    pub settings_revision: i64,
    /// The subjects of the batch that exist.
    pub subjects: HashMap<String, Subject>,
    /// The ids that the contents of the batch have. Usually one each; an import may have brought a content under several.
    pub schemas: HashMap<Identity, BTreeSet<i32>>,
    /// The versions of the batch's subjects that use one of those schemas.
    pub uses: HashMap<(String, i32), Vec<Use>>,
    /// The schemas of the referenced versions that exist.
    pub targets: HashMap<(String, i32), i32>,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Subject {
    pub revision: i64,
    pub last_version: i32,
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
    let ids = snapshot.schemas.get(&job.identity);
    let live = ids.into_iter().flatten().find_map(|&id| {
        let uses = snapshot.uses.get(&(job.subject.clone(), id))?;
        Some((id, uses.iter().find(|each| !each.deleted)?.version))
    });
    if let Some((id, version)) = live {
        return Ok(Appended {
            id,
            version,
            already: true,
            known: true,
            head,
        });
    }
    if job.expected != head {
        return Err(StoreError::Moved);
    }
    for each in &job.references {
        let target = (each.reference.subject.clone(), each.reference.version);
        if snapshot.targets.get(&target) != Some(&each.id) {
            return Err(StoreError::Moved);
        }
    }
    let version = subject
        .last_version
        .checked_add(1)
        .ok_or(StoreError::Exhausted("versions"))?;
    let known = ids.and_then(BTreeSet::first).copied();
    let id = match known {
        Some(id) => id,
        None => i32::try_from(plan.last_schema_id + 1).map_err(|_| StoreError::Exhausted("schema ids"))?,
    };
    // From here on nothing fails: what is entered below is written.
    if known.is_none() {
        plan.last_schema_id = i64::from(id);
        plan.schemas.push((id, place));
        snapshot.schemas.entry(job.identity).or_default().insert(id);
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
        known: known.is_some(),
        head: HeadRevision {
            subject: now.revision,
            settings: head.settings,
        },
    })
}
