//! Deleting versions and subjects: softly (hidden, still readable by id) and then permanently.
//!
//! Invariants: what is referred to is not deleted; a permanent delete needs a soft one before it; a schema goes with its last
//! version, and its id is never given out again, not to the same content either.

use sqlx::QueryBuilder;

use crate::both::{End, tx};
use crate::context::lock;
use crate::{Refusal, Store, StoreError, SubjectVersion, VersionEntry, text};

/// Schema ids per statement.
const IDS: usize = 1000;

/// Removes what no version uses any more, of the schemas with some ids: references, then the schemas. Between the two parts of
/// a statement stands the context, behind them the ids.
const PURGE: [(&str, &str); 2] = [
    (
        "DELETE FROM schema_references
         WHERE NOT EXISTS (SELECT 1 FROM versions v
             WHERE v.context = schema_references.context AND v.schema_id = schema_references.schema_id)
           AND context = ",
        " AND schema_id IN (",
    ),
    (
        "DELETE FROM schemas
         WHERE NOT EXISTS (SELECT 1 FROM versions v
             WHERE v.context = schemas.context AND v.schema_id = schemas.id)
           AND context = ",
        " AND id IN (",
    ),
];

/// How to delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delete {
    /// Hide it; its schema stays readable by id, and its number is not given out again.
    Soft,
    /// Remove what was softly deleted before, and the schemas that no version uses any more.
    Permanent,
}

#[derive(Clone, Copy)]
enum Target {
    Latest,
    Version(i32),
    Subject,
}

impl Store {
    /// Deletes one version (`None`: the latest live one) and returns its number.
    ///
    /// Refused with `SubjectUnknown`, `VersionUnknown`, `VersionSoftDeleted`, `VersionNotSoftDeleted`, or `Referenced` by a live
    /// version (for a permanent delete: by any).
    pub async fn delete_version(
        &self,
        context: &str,
        subject: &str,
        version: Option<i32>,
        how: Delete,
    ) -> Result<i32, StoreError> {
        let target = version.map_or(Target::Latest, Target::Version);
        let deleted = self.delete(context, subject, target, how).await?;
        deleted
            .first()
            .copied()
            .ok_or_else(|| Refusal::VersionUnknown(version).into())
    }

    /// Deletes all versions (softly: those that are live) and returns their numbers, ascending. A permanent delete also
    /// removes the subject's settings.
    ///
    /// Refused with `SubjectUnknown`, `SubjectSoftDeleted`, `SubjectNotSoftDeleted`, or `Referenced` by another subject.
    pub async fn delete_subject(&self, context: &str, subject: &str, how: Delete) -> Result<Vec<i32>, StoreError> {
        self.delete(context, subject, Target::Subject, how).await
    }

    async fn delete(&self, context: &str, subject: &str, target: Target, how: Delete) -> Result<Vec<i32>, StoreError> {
        text::name("the context", context)?;
        text::name("the subject", subject)?;
        tx!(self, |tx| {
            let locked = lock!(tx, context, 0, 1);
            let mut versions: Vec<VersionEntry> = sqlx::query_as(
                "SELECT version, schema_id, deleted FROM versions
                 WHERE context = $1 AND subject = $2 ORDER BY version",
            )
            .bind(context)
            .bind(subject)
            .fetch_all(&mut *tx)
            .await?;
            let chosen = choose(&versions, target, how)?;
            let (Some(first), Some(last)) = (chosen.first(), chosen.last()) else {
                return Ok(End::Discard(Vec::new()));
            };

            // References within a subject do not keep the subject as a whole.
            let referrers: Vec<(i32, String, i32)> = sqlx::query_as(
                "SELECT DISTINCT t.version, v.subject, v.version FROM versions t
                 CROSS JOIN schema_references r CROSS JOIN versions v
                 WHERE t.context = $1 AND t.subject = $2 AND t.version BETWEEN $3 AND $4 AND t.deleted = $6
                   AND r.context = t.context AND r.subject = t.subject AND r.version = t.version
                   AND v.context = r.context AND v.schema_id = r.schema_id AND v.deleted IN (FALSE, $6)
                   AND (v.subject <> $2 OR $5)
                 ORDER BY 1, 2, 3 LIMIT 100",
            )
            .bind(context)
            .bind(subject)
            .bind(first.version)
            .bind(last.version)
            .bind(!matches!(target, Target::Subject))
            .bind(how == Delete::Permanent)
            .fetch_all(&mut *tx)
            .await?;
            if let Some(refused) = referenced(subject, referrers) {
                return Err(refused.into());
            }

            match how {
                Delete::Soft => {
                    sqlx::query(
                        "UPDATE versions SET deleted = TRUE
                         WHERE context = $1 AND subject = $2 AND version BETWEEN $3 AND $4",
                    )
                    .bind(context)
                    .bind(subject)
                    .bind(first.version)
                    .bind(last.version)
                    .execute(&mut *tx)
                    .await?;
                    for entry in &mut versions {
                        entry.deleted |= (first.version..=last.version).contains(&entry.version);
                    }
                }
                Delete::Permanent => {
                    sqlx::query(
                        "DELETE FROM versions
                         WHERE context = $1 AND subject = $2 AND version BETWEEN $3 AND $4",
                    )
                    .bind(context)
                    .bind(subject)
                    .bind(first.version)
                    .bind(last.version)
                    .execute(&mut *tx)
                    .await?;
                    versions.retain(|entry| !(first.version..=last.version).contains(&entry.version));
                    for some in chosen.chunks(IDS) {
                        for (statement, ids) in PURGE {
                            let mut query = QueryBuilder::new(statement);
                            query.push_bind(context).push(ids);
                            let mut list = query.separated(", ");
                            for entry in some {
                                list.push_bind(entry.id);
                            }
                            query.push(")");
                            query.build().persistent(some.len() == 1).execute(&mut *tx).await?;
                        }
                    }
                    sqlx::query("UPDATE contexts SET last_purge = $1 WHERE context = $2")
                        .bind(locked.revision)
                        .bind(context)
                        .execute(&mut *tx)
                        .await?;
                }
            }

            if versions.is_empty() {
                sqlx::query("DELETE FROM subjects WHERE context = $1 AND subject = $2")
                    .bind(context)
                    .bind(subject)
                    .execute(&mut *tx)
                    .await?;
            } else {
                let mut live = versions.iter().filter(|entry| !entry.deleted);
                sqlx::query(
                    "UPDATE subjects SET revision = $1, last_version = $2, latest_version = $3
                     WHERE context = $4 AND subject = $5",
                )
                .bind(locked.revision)
                .bind(versions.last().map_or(0, |entry| entry.version))
                .bind(live.next_back().map_or(0, |entry| entry.version))
                .bind(context)
                .bind(subject)
                .execute(&mut *tx)
                .await?;
            }
            let numbers = chosen.iter().map(|entry| entry.version).collect();
            Ok(End::Commit(numbers))
        })
    }
}

/// The versions to delete: one, or all that the soft or the permanent delete concerns. Ascending, and no other version
/// that the same delete would concern lies between the first and the last of them.
fn choose(versions: &[VersionEntry], target: Target, how: Delete) -> Result<Vec<VersionEntry>, Refusal> {
    let live = |entry: &&VersionEntry| !entry.deleted;
    if versions.is_empty() {
        return Err(Refusal::SubjectUnknown);
    }
    if let Target::Subject = target {
        let some_live = versions.iter().any(|entry| !entry.deleted);
        return match how {
            Delete::Soft if !some_live => Err(Refusal::SubjectSoftDeleted),
            Delete::Soft => Ok(versions.iter().filter(live).copied().collect()),
            Delete::Permanent if some_live => Err(Refusal::SubjectNotSoftDeleted),
            Delete::Permanent => Ok(versions.to_vec()),
        };
    }
    let (found, asked) = match target {
        Target::Version(version) => (versions.iter().find(|entry| entry.version == version), Some(version)),
        Target::Latest | Target::Subject => (versions.iter().rev().find(live), None),
    };
    match (found.ok_or(Refusal::VersionUnknown(asked))?, how) {
        (entry, Delete::Soft) if entry.deleted => Err(Refusal::VersionSoftDeleted(entry.version)),
        (entry, Delete::Permanent) if !entry.deleted => Err(Refusal::VersionNotSoftDeleted(entry.version)),
        (entry, _) => Ok(vec![*entry]),
    }
}

/// The refusal that names the lowest version with referrers, and them.
fn referenced(subject: &str, referrers: Vec<(i32, String, i32)>) -> Option<Refusal> {
    let lowest = referrers.first()?.0;
    Some(Refusal::Referenced {
        target: SubjectVersion {
            subject: subject.to_owned(),
            version: lowest,
        },
        by: referrers
            .into_iter()
            .filter(|(target, _, _)| *target == lowest)
            .map(|(_, subject, version)| SubjectVersion { subject, version })
            .collect(),
    })
}
