//! Schemas that were stored before there were identities: they have their guid in that place, so what they are is read and
//! compared when a job has the same guid. There is at most one for each guid.

use std::collections::HashMap;

use sqlx::{Database, QueryBuilder};

use super::Append;
use super::decide::Snapshot;
use crate::gather::filled;
use crate::{Content, Identity, Reference, Resolved};

/// What such a schema is.
#[derive(sqlx::FromRow)]
pub(super) struct Unidentified {
    id: i32,
    guid: String,
    format: String,
    text: String,
    metadata: Option<String>,
    rule_set: Option<String>,
}

/// A reference of such a schema: the schema, name, subject, version, and the schema of that version.
pub(super) type Referring = (i32, String, String, i32, Option<i32>);

/// Reads the schemas with these ids.
pub(super) fn contents<'q, DB>(context: &'q str, ids: &[i32]) -> QueryBuilder<DB>
where
    DB: Database,
    DB::Arguments: Default,
    &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Option<i32>: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let select = "SELECT id, guid, format, text, metadata, rule_set FROM schemas WHERE context = ";
    let mut query = QueryBuilder::new(select);
    query.push_bind(context).push(" AND id IN (");
    list(&mut query, ids);
    query
}

/// Reads the references of the schemas with these ids, in their order.
pub(super) fn references<'q, DB>(context: &'q str, ids: &[i32]) -> QueryBuilder<DB>
where
    DB: Database,
    DB::Arguments: Default,
    &'q str: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
    Option<i32>: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut query = QueryBuilder::new(
        "SELECT r.schema_id, r.name, r.subject, r.version, v.schema_id FROM schema_references r
         LEFT JOIN versions v ON v.context = r.context AND v.subject = r.subject AND v.version = r.version
         WHERE r.context = ",
    );
    query.push_bind(context).push(" AND r.schema_id IN (");
    list(&mut query, ids);
    query.push(" ORDER BY r.schema_id, r.position");
    query
}

fn list<'q, DB>(query: &mut QueryBuilder<DB>, ids: &[i32])
where
    DB: Database,
    DB::Arguments: Default,
    Option<i32>: sqlx::Encode<'q, DB> + sqlx::Type<DB>,
{
    let mut list = query.separated(", ");
    for id in filled(ids) {
        list.push_bind(id);
    }
    query.push(")");
}

/// Enters the ids of those that are what a job brings.
pub(super) fn recognise(
    snapshot: &mut Snapshot,
    jobs: &[Append],
    contents: Vec<Unidentified>,
    references: Vec<Referring>,
) {
    let mut resolved: HashMap<i32, Vec<Resolved>> = HashMap::new();
    for (schema, name, subject, version, target) in references {
        let reference = Reference { name, subject, version };
        // No id is 0: a version that is gone is what no job refers to.
        let id = target.unwrap_or(0);
        resolved.entry(schema).or_default().push(Resolved { reference, id });
    }
    for stored in contents {
        let identity = Identity::of(Content {
            format: &stored.format,
            text: &stored.text,
            metadata: stored.metadata.as_deref(),
            rule_set: stored.rule_set.as_deref(),
            references: resolved.get(&stored.id).into_iter().flatten(),
        });
        let named_alike = jobs.iter().filter(|job| job.guid.to_string() == stored.guid);
        // Its text may have comments, which do not count where there are identities.
        for job in named_alike.filter(|job| identity == job.identity || identity == job.whole()) {
            snapshot.schemas.entry(job.identity).or_default().insert(stored.id);
        }
    }
}
