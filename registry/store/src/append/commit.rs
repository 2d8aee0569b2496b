//! One transaction for a batch of appends: read what matters, decide, write.
//!
//! Invariants: the first statement takes the lock of the context, so that what is read afterwards cannot change before the
//! commit; statements are per batch, never per job (large batches of references are cut, see `ROWS`).

use sqlx::QueryBuilder;

use super::Append;
use super::decide::{Outcome, Plan, Snapshot, Subject, Use, decide};
use super::unidentified::{self, Unidentified};
use crate::both::{End, tx};
use crate::context::lock;
use crate::gather::filled;
use crate::together::Together;
use crate::{Identity, Inner, StoreError};

/// Batches up to this size are prepared once and kept; the larger ones are so many different texts that they would push
/// everything else out of the cache of statements.
const PREPARED: usize = 16;

/// Rows per insert of references: SQLite binds at most 32,766 values in a statement.
const ROWS: usize = 4096;

/// Decides and writes a batch, all of one context. On an error nothing was acknowledged and nothing was written
/// (or, when the connection broke during the commit, it is not known).
pub(super) async fn commit(store: &Inner, jobs: &[Append]) -> Result<Vec<Outcome>, StoreError> {
    let Some(first) = jobs.first() else {
        return Ok(Vec::new());
    };
    let context = first.context.as_str();
    let count = jobs.len() as i64;
    let keep = jobs.len() <= PREPARED;
    tx!(store, |tx| {
        let locked = lock!(tx, context, count, count);
        let (ids, changes) = (locked.last_schema_id, locked.revision);
        let mut snapshot = Snapshot {
            last_schema_id: ids - count,
            revision: changes - count,
            settings_revision: locked.settings_revision,
            ..Snapshot::default()
        };

        let mut query = QueryBuilder::new(
            "SELECT job.column1, h.revision, h.last_version, s.identity, s.id, v.version, v.deleted
             FROM (VALUES ",
        );
        let mut list = query.separated(", ");
        // What was stored before there were identities is found by its guid.
        let keys: Vec<_> = jobs
            .iter()
            .flat_map(|job| [job.identity.to_string(), job.guid.to_string()].map(|key| (job.subject.as_str(), key)))
            .collect();
        for key in filled(&keys) {
            let (subject, key) = key.unzip();
            list.push("(").push_bind_unseparated(subject);
            list.push_unseparated(", ")
                .push_bind_unseparated(key)
                .push_unseparated(")");
        }
        query
            .push(") AS job LEFT JOIN subjects h ON h.subject = job.column1 AND h.context = ")
            .push_bind(context);
        query
            .push(" LEFT JOIN schemas s ON s.identity = job.column2 AND s.context = ")
            .push_bind(context);
        query.push(" LEFT JOIN versions v ON v.context = s.context AND v.schema_id = s.id AND v.subject = job.column1");
        let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *tx).await?;
        let unidentified = enter(&mut snapshot, rows);
        if !unidentified.is_empty() {
            let mut query = unidentified::contents(context, &unidentified);
            let contents: Vec<Unidentified> = query.build_query_as().fetch_all(&mut *tx).await?;
            let mut query = unidentified::references(context, &unidentified);
            let references = query.build_query_as().fetch_all(&mut *tx).await?;
            unidentified::recognise(&mut snapshot, jobs, contents, references);
        }

        let references: Vec<_> = jobs.iter().flat_map(|job| &job.references).collect();
        for some in references.chunks(ROWS) {
            // `deleted` because SQLite would rather read an index that has all columns than look up rows.
            let select = "SELECT subject, version, schema_id, deleted FROM versions WHERE context = ";
            let mut query = QueryBuilder::new(select);
            query.push_bind(context).push(" AND (subject, version) IN (");
            query.push_values(some, |mut row, each| {
                row.push_bind(each.reference.subject.as_str())
                    .push_bind(each.reference.version);
            });
            query.push(")");
            let rows: Vec<(String, i32, i32, bool)> = query
                .build_query_as()
                .persistent(keep && some.len() == 1)
                .fetch_all(&mut *tx)
                .await?;
            let targets = rows
                .into_iter()
                .map(|(subject, version, id, _)| ((subject, version), id));
            snapshot.targets.extend(targets);
        }

        let (outcomes, plan) = decide(jobs, snapshot);
        if plan.versions.is_empty() {
            return Ok(End::Discard(outcomes));
        }
        let mut together = Together::new();
        if (plan.last_schema_id, plan.revision) != (ids, changes) {
            // Fewer were needed than the lock took: an id that nobody got is given back.
            together.write("UPDATE contexts SET last_schema_id = ", |query| {
                query.push_bind(plan.last_schema_id);
                query.push(", last_revision = ").push_bind(plan.revision);
                query.push(" WHERE context = ").push_bind(context);
            });
        }
        if !plan.schemas.is_empty() {
            together.write(
                "INSERT INTO schemas
                 (context, id, guid, identity, format, text, metadata, rule_set, reference_count, created_at) ",
                |query| {
                    query.push_values(&plan.schemas, |mut row, &(id, place)| {
                        let job = &jobs[place];
                        row.push_bind(context)
                            .push_bind(id)
                            .push_bind(job.guid.to_string())
                            .push_bind(job.identity.to_string())
                            .push_bind(job.format.as_str())
                            .push_bind(job.text.as_str())
                            .push_bind(job.metadata.as_deref())
                            .push_bind(job.rule_set.as_deref())
                            .push_bind(job.references.len() as i32)
                            .push_bind(job.now);
                    });
                },
            );
        }
        together.write(
            "INSERT INTO versions (context, subject, version, schema_id, deleted, created_at) ",
            |query| {
                query.push_values(&plan.versions, |mut row, &(version, id, place)| {
                    row.push_bind(context)
                        .push_bind(jobs[place].subject.as_str())
                        .push_bind(version)
                        .push_bind(id)
                        .push_bind(false)
                        .push_bind(jobs[place].now);
                });
            },
        );
        together.write(
            "INSERT INTO subjects (context, subject, revision, last_version, latest_version) ",
            |query| {
                query.push_values(&plan.subjects, |mut row, (subject, now)| {
                    row.push_bind(context)
                        .push_bind(subject.as_str())
                        .push_bind(now.revision)
                        .push_bind(now.last_version)
                        .push_bind(now.last_version);
                });
                query.push(
                    " ON CONFLICT (context, subject) DO UPDATE SET revision = excluded.revision,
                      last_version = excluded.last_version, latest_version = excluded.latest_version",
                );
            },
        );
        together.build().persistent(keep).execute(&mut *tx).await?;
        let references: Vec<_> = plan.references(jobs).collect();
        for some in references.chunks(ROWS) {
            let mut query = QueryBuilder::new(
                "INSERT INTO schema_references (context, schema_id, position, name, subject, version) ",
            );
            query.push_values(some, |mut row, &(id, position, reference)| {
                row.push_bind(context)
                    .push_bind(id)
                    .push_bind(position)
                    .push_bind(reference.name.as_str())
                    .push_bind(reference.subject.as_str())
                    .push_bind(reference.version);
            });
            query
                .build()
                .persistent(keep && some.len() == 1)
                .execute(&mut *tx)
                .await?;
        }
        if !plan.superseded.is_empty() {
            let mut query = QueryBuilder::new("DELETE FROM versions WHERE context = ");
            query.push_bind(context).push(" AND (subject, version) IN (");
            query.push_values(&plan.superseded, |mut row, (subject, version)| {
                row.push_bind(subject.as_str()).push_bind(*version);
            });
            query.push(
                ") AND NOT EXISTS (SELECT 1 FROM schema_references r WHERE r.context = versions.context
                   AND r.subject = versions.subject AND r.version = versions.version)",
            );
            query.build().persistent(false).execute(&mut *tx).await?;
        }
        Ok(End::Commit(outcomes))
    })
}

impl Plan {
    /// The references of the schemas that are written: schema id, position, reference.
    fn references<'j>(&self, jobs: &'j [Append]) -> impl Iterator<Item = (i32, i32, &'j crate::Reference)> {
        self.schemas.iter().flat_map(|&(id, place)| {
            let numbered = (0..).zip(&jobs[place].references);
            numbered.map(move |(position, each)| (id, position, &each.reference))
        })
    }
}

/// A job of the batch with what is there already: the subject, a schema that it may be, a version that uses it.
#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(rename = "column1")]
    subject: Option<String>,
    revision: Option<i64>,
    last_version: Option<i32>,
    identity: Option<String>,
    id: Option<i32>,
    version: Option<i32>,
    deleted: Option<bool>,
}

/// Enters what was read; returns the ids of the schemas of which it has to be seen what they are.
fn enter(snapshot: &mut Snapshot, rows: Vec<Row>) -> Vec<i32> {
    let mut unidentified = Vec::new();
    for row in rows {
        let Some(subject) = row.subject else { continue };
        if let (Some(identity), Some(id)) = (row.identity, row.id) {
            if let (Some(version), Some(deleted)) = (row.version, row.deleted) {
                let uses = snapshot.uses.entry((subject.clone(), id)).or_default();
                // The batch may hold the same job twice.
                if uses.iter().all(|each| each.version != version) {
                    uses.push(Use { version, deleted });
                }
            }
            match Identity::stored(&identity) {
                Some(identity) => {
                    snapshot.schemas.entry(identity).or_default().insert(id);
                }
                None => unidentified.push(id),
            }
        }
        if let (Some(revision), Some(last_version)) = (row.revision, row.last_version) {
            snapshot.subjects.insert(subject, Subject { revision, last_version });
        }
    }
    unidentified.sort_unstable();
    unidentified.dedup();
    unidentified
}
