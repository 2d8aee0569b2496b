//! Schemas by id and by guid.
//!
//! What an id names never changes, so callers may remember a `StoredSchema` for as long as they like
//! (until its last version is permanently deleted).

use std::collections::HashMap;

use sqlx::QueryBuilder;

use crate::both::on;
use crate::{Guid, Reference, Store, StoreError};

/// Ids per query of `schemas`.
const IDS: usize = 1000;

/// A schema as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSchema {
    /// The id in its context, from 1.
    pub id: i32,
    /// The identity of the content.
    pub guid: Guid,
    /// `AVRO`, `PROTOBUF` or `JSON`.
    pub format: String,
    /// The canonical text.
    pub text: String,
    /// Metadata as JSON text.
    pub metadata: Option<String>,
    /// The rule set as JSON text.
    pub rule_set: Option<String>,
    /// What it refers to, in the order in which they were given.
    pub references: Vec<Reference>,
    /// When the schema was first registered, in milliseconds since 1970 (UTC).
    pub created_at: i64,
}

/// A row of `schemas` that has a text.
#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub id: i32,
    pub guid: String,
    pub format: String,
    pub text: String,
    pub metadata: Option<String>,
    pub rule_set: Option<String>,
    pub reference_count: i32,
    pub created_at: i64,
}

/// The columns of `Row`, of a table named `s`.
macro_rules! columns {
    () => {
        "s.id, s.guid, s.format, s.text, s.metadata, s.rule_set, s.reference_count, s.created_at"
    };
}
pub(crate) use columns;

impl Store {
    /// The schema with this id; none also when it was permanently deleted.
    pub async fn schema(&self, context: &str, id: i32) -> Result<Option<StoredSchema>, StoreError> {
        let row: Option<Row> = on!(self, |db| {
            Ok(sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM schemas s WHERE s.context = $1 AND s.id = $2 AND s.text IS NOT NULL"
            ))
            .bind(context)
            .bind(id)
            .fetch_optional(db)
            .await?)
        })?;
        Ok(self.with_references(context, row.into_iter().collect()).await?.pop())
    }

    /// The schema with this content.
    pub async fn schema_by_guid(&self, context: &str, guid: Guid) -> Result<Option<StoredSchema>, StoreError> {
        let row: Option<Row> = on!(self, |db| {
            Ok(sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM schemas s WHERE s.guid = $1 AND s.context = $2 AND s.text IS NOT NULL"
            ))
            .bind(guid.to_string())
            .bind(context)
            .fetch_optional(db)
            .await?)
        })?;
        Ok(self.with_references(context, row.into_iter().collect()).await?.pop())
    }

    /// The contexts that know this content, and its id in each, sorted by context.
    pub async fn ids_of_guid(&self, guid: Guid) -> Result<Vec<(String, i32)>, StoreError> {
        on!(self, |db| {
            Ok(
                sqlx::query_as("SELECT context, id FROM schemas WHERE guid = $1 AND text IS NOT NULL ORDER BY context")
                    .bind(guid.to_string())
                    .fetch_all(db)
                    .await?,
            )
        })
    }

    /// The schemas with these ids, by id; those that do not exist are left out.
    pub async fn schemas(&self, context: &str, ids: &[i32]) -> Result<Vec<StoredSchema>, StoreError> {
        let mut rows: Vec<Row> = Vec::with_capacity(ids.len());
        for some in ids.chunks(IDS) {
            let found: Vec<Row> = on!(self, |db| {
                let mut query = QueryBuilder::new(concat!("SELECT ", columns!(), " FROM schemas s WHERE s.context = "));
                query.push_bind(context).push(" AND s.text IS NOT NULL AND s.id IN (");
                let mut list = query.separated(", ");
                for id in some {
                    list.push_bind(*id);
                }
                query.push(")");
                Ok(query.build_query_as().persistent(some.len() == 1).fetch_all(db).await?)
            })?;
            rows.extend(found);
        }
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        self.with_references(context, rows).await
    }

    /// The highest id that was given out in the context; 0 when none was.
    pub async fn last_schema_id(&self, context: &str) -> Result<i64, StoreError> {
        let last: Option<i64> = on!(self, |db| {
            Ok(
                sqlx::query_scalar("SELECT last_schema_id FROM contexts WHERE context = $1")
                    .bind(context)
                    .fetch_optional(db)
                    .await?,
            )
        })?;
        Ok(last.unwrap_or(0))
    }

    /// Adds the references; asks the database only if one of the schemas has any. They never change, so that this is a second
    /// query takes nothing from the consistency of the first.
    pub(crate) async fn with_references(&self, context: &str, rows: Vec<Row>) -> Result<Vec<StoredSchema>, StoreError> {
        let having: Vec<i32> = rows
            .iter()
            .filter(|row| row.reference_count > 0)
            .map(|row| row.id)
            .collect();
        let mut references: HashMap<i32, Vec<Reference>> = HashMap::new();
        for some in having.chunks(IDS) {
            let found: Vec<(i32, String, String, i32)> = on!(self, |db| {
                let mut query = QueryBuilder::new(
                    "SELECT schema_id, name, subject, version FROM schema_references WHERE context = ",
                );
                query.push_bind(context).push(" AND schema_id IN (");
                let mut list = query.separated(", ");
                for id in some {
                    list.push_bind(*id);
                }
                query.push(") ORDER BY schema_id, position");
                Ok(query.build_query_as().persistent(some.len() == 1).fetch_all(db).await?)
            })?;
            for (id, name, subject, version) in found {
                references
                    .entry(id)
                    .or_default()
                    .push(Reference { name, subject, version });
            }
        }
        rows.into_iter()
            .map(|row| {
                let guid = row
                    .guid
                    .parse()
                    .map_err(|_| StoreError::corrupt("a stored guid is no guid"))?;
                Ok(StoredSchema {
                    id: row.id,
                    guid,
                    format: row.format,
                    text: row.text,
                    metadata: row.metadata,
                    rule_set: row.rule_set,
                    // Cloned, not taken: two versions of one history may use the same schema.
                    references: references.get(&row.id).cloned().unwrap_or_default(),
                    created_at: row.created_at,
                })
            })
            .collect()
    }
}
