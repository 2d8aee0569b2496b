//! The head of a subject: where it stands, and the settings that apply, in one consistent read with its live versions.
//!
//! Invariant: a `HeadRevision` is equal at two moments only if neither the subject's live versions nor the settings that
//! apply to it differ between them. (A subject without versions and settings always has revision 0.)

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::QueryBuilder;

use crate::both::{on, within};
use crate::gather::{by_context, filled};
use crate::schemas::{Row as SchemaRow, columns};
use crate::versions::StoredVersion;
use crate::{Inner, Store, StoreError, VersionEntry, text};

/// The state of a subject and of the global settings, as two numbers to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct HeadRevision {
    /// Changes with every change of the subject: append, delete, its settings. 0: there is nothing.
    pub subject: i64,
    /// Changes with every change of the context's settings.
    pub settings: i64,
}

/// Where a subject stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SubjectHead {
    /// To be given as `expected` to [`Store::append`].
    pub at: HeadRevision,
    /// The highest version, soft-deleted ones included; 0 when there is none.
    pub last_version: i32,
    /// The highest version that is not soft-deleted; 0 when there is none.
    pub latest_version: i32,
    /// What Confluent's API has set for the subject itself, as JSON text.
    pub config: Option<String>,
    /// The same for the context.
    pub global_config: Option<String>,
    /// What our own API has set for the subject itself, as JSON text.
    pub settings: Option<String>,
    /// The same for the context.
    pub global_settings: Option<String>,
}

/// The live versions of a subject with their schemas, oldest first, and the head that they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// The head at the moment of the read.
    pub head: SubjectHead,
    /// Live versions, newest last.
    pub versions: Vec<StoredVersion>,
}

/// The live versions of a subject without their texts, oldest first: for a caller that remembers schemas by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// The head at the moment of the read.
    pub head: SubjectHead,
    /// Live versions, newest last.
    pub versions: Vec<VersionEntry>,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    settings_revision: i64,
    global_config: Option<String>,
    global_settings: Option<String>,
    revision: Option<i64>,
    config: Option<String>,
    settings: Option<String>,
    last_version: Option<i32>,
    latest_version: Option<i32>,
}

impl HeadRow {
    fn head(self) -> SubjectHead {
        SubjectHead {
            at: HeadRevision {
                subject: self.revision.unwrap_or(0),
                settings: self.settings_revision,
            },
            last_version: self.last_version.unwrap_or(0),
            latest_version: self.latest_version.unwrap_or(0),
            config: self.config,
            global_config: self.global_config,
            settings: self.settings,
            global_settings: self.global_settings,
        }
    }
}

#[derive(sqlx::FromRow)]
struct OutlineRow {
    #[sqlx(rename = "column1")]
    subject: Option<String>,
    #[sqlx(flatten)]
    head: HeadRow,
    version: Option<i32>,
    schema_id: Option<i32>,
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    #[sqlx(flatten)]
    head: HeadRow,
    version: Option<i32>,
    registered_at: Option<i64>,
    #[sqlx(flatten)]
    schema: JoinedRow,
}

/// The schema of a row that may have none: the subject has no live version.
#[derive(sqlx::FromRow)]
struct JoinedRow {
    id: Option<i32>,
    guid: Option<String>,
    identity: Option<String>,
    format: Option<String>,
    text: Option<String>,
    metadata: Option<String>,
    rule_set: Option<String>,
    reference_count: Option<i32>,
    created_at: Option<i64>,
}

impl JoinedRow {
    fn whole(self) -> Option<SchemaRow> {
        Some(SchemaRow {
            id: self.id?,
            guid: self.guid?,
            identity: self.identity?,
            format: self.format?,
            text: self.text?,
            metadata: self.metadata,
            rule_set: self.rule_set,
            reference_count: self.reference_count?,
            created_at: self.created_at?,
        })
    }
}

impl Store {
    /// Where the subject stands; all zero for one that does not exist.
    pub async fn head(&self, context: &str, subject: &str) -> Result<SubjectHead, StoreError> {
        text::name("the subject", subject)?;
        on!(self, |db| {
            let row: Option<HeadRow> = sqlx::query_as(
                "SELECT c.settings_revision, c.config AS global_config, c.settings AS global_settings,
                        s.revision, s.config, s.settings, s.last_version, s.latest_version
                 FROM contexts c LEFT JOIN subjects s ON s.context = c.context AND s.subject = $2
                 WHERE c.context = $1",
            )
            .bind(context)
            .bind(subject)
            .fetch_optional(db)
            .await?;
            Ok(row.map(HeadRow::head).unwrap_or_default())
        })
    }

    /// The numbers and ids of the live versions, and the head; one query, which calls that wait at the same time share.
    pub async fn outline(&self, context: &str, subject: &str) -> Result<Outline, StoreError> {
        text::name("the subject", subject)?;
        let key = (context.to_owned(), subject.to_owned());
        Ok(within(self.deadline() * 2, self.outlines.get(key))
            .await?
            .unwrap_or_default())
    }

    /// The live versions with their texts, and the head; one query (two when a schema has references).
    pub async fn history(&self, context: &str, subject: &str) -> Result<History, StoreError> {
        text::name("the subject", subject)?;
        let rows: Vec<HistoryRow> = on!(self, |db| {
            Ok(sqlx::query_as(concat!(
                "SELECT c.settings_revision, h.revision, h.last_version, h.latest_version,
                        CASE WHEN v.version IS NULL OR v.version = h.latest_version THEN c.config END AS global_config,
                        CASE WHEN v.version IS NULL OR v.version = h.latest_version THEN h.config END AS config,
                        CASE WHEN v.version IS NULL OR v.version = h.latest_version THEN c.settings END AS global_settings,
                        CASE WHEN v.version IS NULL OR v.version = h.latest_version THEN h.settings END AS settings,
                        v.version, v.created_at AS registered_at,
                        ",
                columns!(),
                "
                 FROM contexts c
                 LEFT JOIN subjects h ON h.context = c.context AND h.subject = $2
                 LEFT JOIN versions v ON v.context = h.context AND v.subject = h.subject AND v.deleted = FALSE
                 LEFT JOIN schemas s ON s.context = v.context AND s.id = v.schema_id
                 WHERE c.context = $1 ORDER BY v.version"
            ))
            .bind(context)
            .bind(subject)
            .fetch_all(db)
            .await?)
        })?;
        let mut history = History::default();
        let mut places = Vec::with_capacity(rows.len());
        let mut schemas = Vec::with_capacity(rows.len());
        for row in rows {
            history.head = row.head.head();
            if let (Some(version), Some(registered_at)) = (row.version, row.registered_at) {
                let schema = row.schema.whole();
                schemas.push(schema.ok_or_else(|| StoreError::corrupt("a version has no schema"))?);
                places.push((version, registered_at));
            }
        }
        let schemas = self.with_references(context, schemas).await?;
        let versions = places.into_iter().zip(schemas);
        history.versions = versions
            .filter_map(|((version, registered_at), schema)| {
                Some(StoredVersion {
                    subject: subject.to_owned(),
                    version,
                    deleted: false,
                    registered_at,
                    schema: schema?,
                })
            })
            .collect();
        Ok(history)
    }
}

impl Inner {
    /// The outlines of subjects, by context and subject: the query that calls of `outline` share.
    pub(crate) async fn outlines(
        self: Arc<Inner>,
        keys: Vec<(String, String)>,
    ) -> Result<HashMap<(String, String), Outline>, StoreError> {
        let mut outlines: HashMap<_, Outline> = HashMap::with_capacity(keys.len());
        for (context, subjects) in by_context(keys) {
            let rows: Vec<OutlineRow> = on!(self, |db| {
                // The settings stand in the newest row only: a long history would repeat them.
                let mut query = QueryBuilder::new(
                    "SELECT asked.column1, c.settings_revision, s.revision, s.last_version, s.latest_version,
                            CASE WHEN v.version IS NULL OR v.version = s.latest_version THEN c.config END AS global_config,
                            CASE WHEN v.version IS NULL OR v.version = s.latest_version THEN s.config END AS config,
                            CASE WHEN v.version IS NULL OR v.version = s.latest_version THEN c.settings END AS global_settings,
                            CASE WHEN v.version IS NULL OR v.version = s.latest_version THEN s.settings END AS settings,
                            v.version, v.schema_id
                     FROM (VALUES ",
                );
                let mut list = query.separated(", ");
                for subject in filled(&subjects) {
                    list.push("(").push_bind_unseparated(subject).push_unseparated(")");
                }
                query.push(
                    ") AS asked CROSS JOIN contexts c
                     LEFT JOIN subjects s ON s.context = c.context AND s.subject = asked.column1
                     LEFT JOIN versions v ON v.context = s.context AND v.subject = s.subject AND v.deleted = FALSE
                     WHERE c.context = ",
                );
                query.push_bind(context.as_str());
                Ok(query.build_query_as().fetch_all(db).await?)
            })?;
            for row in rows {
                let Some(subject) = row.subject else { continue };
                let outline = outlines.entry((context.clone(), subject)).or_default();
                let latest = row.head.latest_version;
                if row.version.is_none() || row.version == latest {
                    outline.head = row.head.head();
                }
                if let (Some(version), Some(id)) = (row.version, row.schema_id) {
                    outline.versions.push(VersionEntry {
                        version,
                        id,
                        deleted: false,
                    });
                }
            }
        }
        for outline in outlines.values_mut() {
            // Sorted here, where they mostly are in order already, and not by the database, which does not know that.
            outline.versions.sort_unstable_by_key(|entry| entry.version);
            outline.versions.dedup_by_key(|entry| entry.version);
        }
        Ok(outlines)
    }
}
