//! Schemas by id and by guid.
//!
//! What an id names never changes, and no id is given to another schema, so callers may remember a `StoredSchema` until its
//! last version is permanently deleted: `last_purge` tells that something was.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::QueryBuilder;

use crate::both::{on, within};
use crate::gather::{by_context, filled};
use crate::{Guid, Identity, Inner, Reference, Store, StoreError};

/// Ids per query of `schemas`.
const IDS: usize = 1024;

/// A schema as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSchema {
    /// The id in its context, from 1.
    pub id: i32,
    /// Confluent's name of the content, which several schemas may have.
    pub guid: Guid,
    /// What decides whether another schema is the same; none for one that was stored before there were identities.
    pub identity: Option<Identity>,
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

/// A row of `schemas`.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Row {
    pub id: i32,
    pub guid: String,
    pub identity: String,
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
        "s.id, s.guid, s.identity, s.format, s.text, s.metadata, s.rule_set, s.reference_count, s.created_at"
    };
}
pub(crate) use columns;

/// The references of schemas, by id; those that have none are left out.
type References = HashMap<i32, Vec<Reference>>;

impl Row {
    /// None when some of its references are not there: then it was removed after the row had been read.
    fn stored(self, references: &References) -> Result<Option<StoredSchema>, StoreError> {
        let guid = self
            .guid
            .parse()
            .map_err(|_| StoreError::corrupt("a stored guid is no guid"))?;
        // Cloned, not taken: two versions of one history may use the same schema.
        let references = references.get(&self.id).cloned().unwrap_or_default();
        if usize::try_from(self.reference_count) != Ok(references.len()) {
            return Ok(None);
        }
        Ok(Some(StoredSchema {
            id: self.id,
            guid,
            identity: Identity::stored(&self.identity),
            format: self.format,
            text: self.text,
            metadata: self.metadata,
            rule_set: self.rule_set,
            references,
            created_at: self.created_at,
        }))
    }
}

/// A schema as it was read, with the references of those that were read with it.
#[derive(Clone)]
pub(crate) struct Read {
    row: Row,
    references: Arc<References>,
}

impl Store {
    /// The schema with this id; none also when it was permanently deleted. Calls that wait at the same time share a query.
    pub async fn schema(&self, context: &str, id: i32) -> Result<Option<StoredSchema>, StoreError> {
        let read = within(self.deadline() * 2, self.schemas_by_id.get((context.to_owned(), id))).await?;
        // Made whole here, so that a row that is broken fails only the call that asked for it.
        read.map_or(Ok(None), |read| read.row.stored(&read.references))
    }

    /// The schema with this guid; the one with the lowest id, where there are several.
    pub async fn schema_by_guid(&self, context: &str, guid: Guid) -> Result<Option<StoredSchema>, StoreError> {
        let row: Option<Row> = on!(self, |db| {
            Ok(sqlx::query_as(concat!(
                "SELECT ",
                columns!(),
                " FROM schemas s WHERE s.guid = $1 AND s.context = $2 ORDER BY s.id LIMIT 1"
            ))
            .bind(guid.to_string())
            .bind(context)
            .fetch_optional(db)
            .await?)
        })?;
        let schemas = self.with_references(context, row.into_iter().collect()).await?;
        Ok(schemas.into_iter().flatten().next())
    }

    /// The schemas with this guid, by context and id.
    pub async fn ids_of_guid(&self, guid: Guid) -> Result<Vec<(String, i32)>, StoreError> {
        on!(self, |db| {
            Ok(
                sqlx::query_as("SELECT context, id FROM schemas WHERE guid = $1 ORDER BY context, id")
                    .bind(guid.to_string())
                    .fetch_all(db)
                    .await?,
            )
        })
    }

    /// The schemas with these ids, by id; those that do not exist are left out.
    pub async fn schemas(&self, context: &str, ids: &[i32]) -> Result<Vec<StoredSchema>, StoreError> {
        let mut rows = self.inner.schema_rows(context, ids).await?;
        rows.sort_unstable_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        let schemas = self.with_references(context, rows).await?;
        Ok(schemas.into_iter().flatten().collect())
    }

    /// The change of the context that last removed something for good; 0 when none did. As long as it stays the same, what was
    /// read by id since is there.
    pub async fn last_purge(&self, context: &str) -> Result<i64, StoreError> {
        let last: Option<i64> = on!(self, |db| {
            Ok(sqlx::query_scalar("SELECT last_purge FROM contexts WHERE context = $1")
                .bind(context)
                .fetch_optional(db)
                .await?)
        })?;
        Ok(last.unwrap_or(0))
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

    /// Adds the references; asks the database only if one of the schemas has any. They never change; one that was removed
    /// between the first query and this is left out.
    pub(crate) async fn with_references(
        &self,
        context: &str,
        rows: Vec<Row>,
    ) -> Result<Vec<Option<StoredSchema>>, StoreError> {
        let references = self.inner.references(context, &rows).await?;
        rows.into_iter().map(|row| row.stored(&references)).collect()
    }
}

impl Inner {
    /// What these ids name, by context and id: the query that calls of `schema` share.
    pub(crate) async fn schemas_by_id(
        self: Arc<Inner>,
        keys: Vec<(String, i32)>,
    ) -> Result<HashMap<(String, i32), Read>, StoreError> {
        let mut found = HashMap::with_capacity(keys.len());
        for (context, ids) in by_context(keys) {
            let rows = self.schema_rows(&context, &ids).await?;
            let references = Arc::new(self.references(&context, &rows).await?);
            found.extend(rows.into_iter().map(|row| {
                let references = Arc::clone(&references);
                ((context.clone(), row.id), Read { row, references })
            }));
        }
        Ok(found)
    }

    async fn schema_rows(&self, context: &str, ids: &[i32]) -> Result<Vec<Row>, StoreError> {
        let mut rows: Vec<Row> = Vec::with_capacity(ids.len());
        for some in ids.chunks(IDS) {
            let found: Vec<Row> = on!(self, |db| {
                let mut query = QueryBuilder::new(concat!("SELECT ", columns!(), " FROM schemas s WHERE s.context = "));
                query.push_bind(context).push(" AND s.id IN (");
                let mut list = query.separated(", ");
                for id in filled(some) {
                    list.push_bind(id);
                }
                query.push(")");
                Ok(query.build_query_as().fetch_all(db).await?)
            })?;
            rows.extend(found);
        }
        Ok(rows)
    }

    async fn references(&self, context: &str, rows: &[Row]) -> Result<References, StoreError> {
        let having: Vec<i32> = rows
            .iter()
            .filter(|row| row.reference_count > 0)
            .map(|row| row.id)
            .collect();
        let mut references = References::new();
        for some in having.chunks(IDS) {
            let found: Vec<(i32, String, String, i32)> = on!(self, |db| {
                let mut query = QueryBuilder::new(
                    "SELECT schema_id, name, subject, version FROM schema_references WHERE context = ",
                );
                query.push_bind(context).push(" AND schema_id IN (");
                let mut list = query.separated(", ");
                for id in filled(some) {
                    list.push_bind(id);
                }
                query.push(") ORDER BY schema_id, position");
                Ok(query.build_query_as().fetch_all(db).await?)
            })?;
            for (id, name, subject, version) in found {
                references
                    .entry(id)
                    .or_default()
                    .push(Reference { name, subject, version });
            }
        }
        Ok(references)
    }
}
