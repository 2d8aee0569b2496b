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

/// Bytes of a schema (see `size!`) up to which it is read along with others, or with where it stands. What is larger is read
/// by itself, by a caller who knows how large it is.
const SMALL: usize = 64 << 10;

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

impl StoredSchema {
    /// Bytes that it takes in memory: its texts, documents and references, and itself.
    pub fn bytes(&self) -> usize {
        let documents = [&self.metadata, &self.rule_set].into_iter().flatten();
        size_of::<StoredSchema>()
            + self.text.len()
            + documents.map(String::len).sum::<usize>()
            + self.references.len() * size_of::<Reference>()
            + bytes_of_references(&self.references)
    }
}

/// Bytes of the texts of references.
pub(crate) fn bytes_of_references(references: &[Reference]) -> usize {
    let texts = references.iter().map(|each| each.name.len() + each.subject.len());
    texts.sum()
}

/// A row of `schemas` that has a text.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
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

/// The bytes of a schema of a table named `s`: texts, documents and references, the latter by estimate. The texts are not read
/// for it.
macro_rules! size {
    () => {
        "CAST(octet_length(s.text) + COALESCE(octet_length(s.metadata), 0) + COALESCE(octet_length(s.rule_set), 0)
              + 256 * s.reference_count AS BIGINT)"
    };
}
pub(crate) use size;

/// The columns of `SmallRow`, of a table named `s`.
macro_rules! small_columns {
    () => {
        concat!(
            "s.id, s.guid, s.identity, s.format, CASE WHEN ",
            $crate::schemas::size!(),
            " <= 65536 THEN s.text END AS text, CASE WHEN ",
            $crate::schemas::size!(),
            " <= 65536 THEN s.metadata END AS metadata, CASE WHEN ",
            $crate::schemas::size!(),
            " <= 65536 THEN s.rule_set END AS rule_set, s.reference_count, s.created_at, ",
            $crate::schemas::size!(),
            " AS bytes"
        )
    };
}
pub(crate) use small_columns;

const _: () = assert!(SMALL == 65536, "the statements name it");

/// Something that was read whole where it is small, and of which otherwise only the size was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weighed<T> {
    /// All of it.
    Whole(T),
    /// How large it is.
    Large(Large),
}

/// A schema that is too large to be read before its size is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Large {
    /// Its id.
    pub id: i32,
    /// The bytes of its texts, documents and references.
    pub bytes: usize,
}

/// A row of `schemas` that has a text, which was left out where the schema is not small.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct SmallRow {
    pub id: i32,
    guid: String,
    identity: String,
    format: String,
    text: Option<String>,
    metadata: Option<String>,
    rule_set: Option<String>,
    reference_count: i32,
    created_at: i64,
    bytes: i64,
}

impl SmallRow {
    pub(crate) fn weighed(self) -> Weighed<Row> {
        let bytes = usize::try_from(self.bytes).unwrap_or(usize::MAX);
        match self.text.filter(|_| bytes <= SMALL) {
            Some(text) => Weighed::Whole(Row {
                id: self.id,
                guid: self.guid,
                identity: self.identity,
                format: self.format,
                text,
                metadata: self.metadata,
                rule_set: self.rule_set,
                reference_count: self.reference_count,
                created_at: self.created_at,
            }),
            None => Weighed::Large(Large { id: self.id, bytes }),
        }
    }
}

/// The references of schemas, by id; those that have none are left out.
type References = HashMap<i32, Vec<Reference>>;

impl Row {
    /// None when some of its references are not there: then it was removed after the row had been read.
    pub(crate) fn stored(self, references: &References) -> Result<Option<StoredSchema>, StoreError> {
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
    row: Weighed<Row>,
    references: Arc<References>,
}

impl Store {
    /// The schema with this id; none also when it was permanently deleted. Calls that wait at the same time share a query,
    /// which brings what is small.
    pub async fn schema(&self, context: &str, id: i32) -> Result<Option<StoredSchema>, StoreError> {
        match self.schema_if_small(context, id).await? {
            Some(Weighed::Whole(schema)) => Ok(Some(schema)),
            Some(Weighed::Large(_)) => Ok(self.schemas(context, &[id]).await?.pop()),
            None => Ok(None),
        }
    }

    /// As [`Store::schema`], of a large one only its size.
    pub async fn schema_if_small(&self, context: &str, id: i32) -> Result<Option<Weighed<StoredSchema>>, StoreError> {
        let read = within(self.deadline() * 2, self.schemas_by_id.get((context.to_owned(), id))).await?;
        Ok(match read {
            // Made whole here, so that a row that is broken fails only the call that asked for it.
            Some(Read {
                row: Weighed::Whole(row),
                references,
            }) => row.stored(&references)?.map(Weighed::Whole),
            Some(Read {
                row: Weighed::Large(large),
                ..
            }) => Some(Weighed::Large(large)),
            None => None,
        })
    }

    /// Whether there is a schema with this id.
    pub async fn has_schema(&self, context: &str, id: i32) -> Result<bool, StoreError> {
        Ok(!self.sizes(context, &[id]).await?.is_empty())
    }

    /// How many bytes the texts, documents and references of these schemas have, by id, without reading them; those that do
    /// not exist are left out.
    pub async fn sizes(&self, context: &str, ids: &[i32]) -> Result<HashMap<i32, usize>, StoreError> {
        let mut sizes = HashMap::with_capacity(ids.len());
        for some in ids.chunks(IDS) {
            let found: Vec<(i32, i64)> = on!(self, |db| {
                let mut query =
                    QueryBuilder::new(concat!("SELECT s.id, ", size!(), " FROM schemas s WHERE s.context = "));
                query.push_bind(context).push(" AND s.text IS NOT NULL AND s.id IN (");
                let mut list = query.separated(", ");
                for id in filled(some) {
                    list.push_bind(id);
                }
                query.push(")");
                Ok(query.build_query_as().fetch_all(db).await?)
            })?;
            let each = found.into_iter();
            sizes.extend(each.map(|(id, bytes)| (id, usize::try_from(bytes).unwrap_or(usize::MAX))));
        }
        Ok(sizes)
    }

    /// What these schemas refer to, by id; those that refer to nothing are left out.
    pub async fn references(&self, context: &str, ids: &[i32]) -> Result<HashMap<i32, Vec<Reference>>, StoreError> {
        self.inner.references(context, ids).await
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
        let references = self.inner.references(context, &having(rows.iter())).await?;
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
            let rows: Vec<SmallRow> = on!(self, |db| {
                let mut query = QueryBuilder::new(concat!(
                    "SELECT ",
                    small_columns!(),
                    " FROM schemas s WHERE s.context = "
                ));
                query
                    .push_bind(context.as_str())
                    .push(" AND s.text IS NOT NULL AND s.id IN (");
                let mut list = query.separated(", ");
                for id in filled(&ids) {
                    list.push_bind(id);
                }
                query.push(")");
                Ok(query.build_query_as().fetch_all(db).await?)
            })?;
            let rows: Vec<(i32, Weighed<Row>)> = rows.into_iter().map(|row| (row.id, row.weighed())).collect();
            let whole = rows.iter().filter_map(|(_, row)| match row {
                Weighed::Whole(row) => Some(row),
                Weighed::Large(_) => None,
            });
            let references = Arc::new(self.references(&context, &having(whole)).await?);
            found.extend(rows.into_iter().map(|(id, row)| {
                let references = Arc::clone(&references);
                ((context.clone(), id), Read { row, references })
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

    async fn references(&self, context: &str, ids: &[i32]) -> Result<References, StoreError> {
        let mut references = References::new();
        for some in ids.chunks(IDS) {
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

/// The ids of those that refer to something.
fn having<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<i32> {
    let having = rows.filter(|row| row.reference_count > 0);
    having.map(|row| row.id).collect()
}
