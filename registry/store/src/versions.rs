//! Versions of subjects.

use sqlx::QueryBuilder;

use crate::both::on;
use crate::schemas::{SmallRow, StoredSchema, Weighed, size, small_columns};
use crate::subjects::end_of_prefix;
use crate::{Guid, Identity, Page, Reference, Show, Store, StoreError, text};

/// A version of a subject, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::FromRow)]
pub struct SubjectVersion {
    /// The subject, without its context.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
}

/// A version in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct VersionEntry {
    /// The version, from 1.
    pub version: i32,
    /// The id of its schema.
    #[sqlx(rename = "schema_id")]
    pub id: i32,
    /// Whether it is soft-deleted.
    pub deleted: bool,
}

/// A version with its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVersion {
    /// The subject, without its context.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
    /// Whether it is soft-deleted.
    pub deleted: bool,
    /// When this version was registered, in milliseconds since 1970 (UTC).
    pub registered_at: i64,
    /// The schema.
    pub schema: StoredSchema,
}

/// Which version of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The highest that is not soft-deleted.
    Latest,
    /// That one, if it is not soft-deleted.
    Live(i32),
    /// That one, soft-deleted or not.
    Any(i32),
}

#[derive(sqlx::FromRow)]
struct Row {
    version: i32,
    deleted: bool,
    registered_at: i64,
    #[sqlx(flatten)]
    schema: SmallRow,
}

/// What a version is besides its schema.
struct Entry {
    version: i32,
    deleted: bool,
    registered_at: i64,
}

impl Entry {
    fn with(self, subject: &str, schema: StoredSchema) -> StoredVersion {
        StoredVersion {
            subject: subject.to_owned(),
            version: self.version,
            deleted: self.deleted,
            registered_at: self.registered_at,
            schema,
        }
    }
}

/// A version in a list of many subjects: where it stands, and how large its schema is.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedVersion {
    /// The subject, without its context.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
    /// Whether it is soft-deleted.
    pub deleted: bool,
    /// When this version was registered, in milliseconds since 1970 (UTC).
    pub registered_at: i64,
    /// The id of its schema.
    #[sqlx(rename = "schema_id")]
    pub id: i32,
    /// The bytes of the texts, documents and references of its schema.
    bytes: i64,
}

/// Which of the versions are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Listed {
    /// Only the newest of each subject: the newest live one, or where soft-deleted ones count the newest at all.
    pub latest: bool,
    /// Only those with a rule set.
    pub with_rules: bool,
}

impl ListedVersion {
    /// The bytes of the texts, documents and references of its schema.
    pub fn bytes(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    /// The version with its schema, which was read by its id.
    pub fn with(self, schema: StoredSchema) -> StoredVersion {
        StoredVersion {
            subject: self.subject,
            version: self.version,
            deleted: self.deleted,
            registered_at: self.registered_at,
            schema,
        }
    }
}

/// A version that something refers to: how large its schema is and what that refers to, without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The version's name.
    pub name: SubjectVersion,
    /// The id of its schema.
    pub id: i32,
    /// It was soft-deleted.
    pub deleted: bool,
    /// The bytes of the texts, documents and references of its schema.
    pub bytes: usize,
    /// What its schema refers to, in order.
    pub references: Vec<Reference>,
}

/// Names per query of `targets`.
const NAMES: usize = 500;

impl Store {
    /// A version with its schema. When there is none, `head` tells whether the subject exists at all.
    pub async fn version(
        &self,
        context: &str,
        subject: &str,
        which: Which,
    ) -> Result<Option<StoredVersion>, StoreError> {
        let Some((entry, read)) = self.weighed_version(context, subject, which).await? else {
            return Ok(None);
        };
        let schema = match read {
            Weighed::Whole(schema) => Some(schema),
            Weighed::Large(large) => self.schemas(context, &[large.id]).await?.pop(),
        };
        Ok(schema.map(|schema| entry.with(subject, schema)))
    }

    /// As [`Store::version`], of a large one only the size of its schema.
    pub async fn version_if_small(
        &self,
        context: &str,
        subject: &str,
        which: Which,
    ) -> Result<Option<Weighed<StoredVersion>>, StoreError> {
        let read = self.weighed_version(context, subject, which).await?;
        Ok(read.map(|(entry, read)| match read {
            Weighed::Whole(schema) => Weighed::Whole(entry.with(subject, schema)),
            Weighed::Large(large) => Weighed::Large(large),
        }))
    }

    /// None also when the schema was removed between two queries.
    async fn weighed_version(
        &self,
        context: &str,
        subject: &str,
        which: Which,
    ) -> Result<Option<(Entry, Weighed<StoredSchema>)>, StoreError> {
        text::name("the subject", subject)?;
        let row: Option<Row> = match which {
            Which::Latest => on!(self, |db| {
                Ok(sqlx::query_as(concat!(
                    "SELECT v.version, v.deleted, v.created_at AS registered_at, ",
                    small_columns!(),
                    " FROM subjects h
                     CROSS JOIN versions v CROSS JOIN schemas s
                     WHERE h.context = $1 AND h.subject = $2
                       AND v.context = h.context AND v.subject = h.subject AND v.version = h.latest_version
                       AND s.context = v.context AND s.id = v.schema_id"
                ))
                .bind(context)
                .bind(subject)
                .fetch_optional(db)
                .await?)
            })?,
            Which::Live(version) | Which::Any(version) => on!(self, |db| {
                Ok(sqlx::query_as(concat!(
                    "SELECT v.version, v.deleted, v.created_at AS registered_at, ",
                    small_columns!(),
                    " FROM versions v CROSS JOIN schemas s
                     WHERE v.context = $1 AND v.subject = $2 AND v.version = $3 AND v.deleted IN (FALSE, $4)
                       AND s.context = v.context AND s.id = v.schema_id"
                ))
                .bind(context)
                .bind(subject)
                .bind(version)
                .bind(matches!(which, Which::Any(_)))
                .fetch_optional(db)
                .await?)
            })?,
        };
        let Some(row) = row else { return Ok(None) };
        let entry = Entry {
            version: row.version,
            deleted: row.deleted,
            registered_at: row.registered_at,
        };
        let schema = match row.schema.weighed() {
            Weighed::Large(large) => Some(Weighed::Large(large)),
            Weighed::Whole(schema) => {
                let read = self.with_references(context, vec![schema]).await?;
                read.into_iter().flatten().next().map(Weighed::Whole)
            }
        };
        Ok(schema.map(|schema| (entry, schema)))
    }

    /// The versions with these names, soft-deleted or not, in no particular order and without their texts; those that do not
    /// exist are left out.
    pub async fn targets(&self, context: &str, names: &[SubjectVersion]) -> Result<Vec<Target>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct TargetRow {
            subject: String,
            version: i32,
            schema_id: i32,
            deleted: bool,
            reference_count: i32,
            bytes: i64,
        }
        let mut rows: Vec<TargetRow> = Vec::with_capacity(names.len());
        for some in names.chunks(NAMES) {
            for name in some {
                text::name("the subject", &name.subject)?;
            }
            let found: Vec<TargetRow> = on!(self, |db| {
                // What is asked for comes first, so that each name is looked up by its index.
                let mut query = QueryBuilder::new("WITH asked (subject, version) AS (VALUES ");
                let mut list = query.separated(", ");
                for name in some {
                    list.push("(").push_bind_unseparated(name.subject.as_str());
                    list.push_unseparated(", ")
                        .push_bind_unseparated(name.version)
                        .push_unseparated(")");
                }
                query.push(concat!(
                    ") SELECT v.subject, v.version, v.schema_id, v.deleted, s.reference_count, ",
                    size!(),
                    " AS bytes FROM asked CROSS JOIN versions v CROSS JOIN schemas s
                      WHERE v.subject = asked.subject AND v.version = asked.version
                        AND s.context = v.context AND s.id = v.schema_id AND v.context = "
                ));
                query.push_bind(context);
                Ok(query.build_query_as().persistent(some.len() == 1).fetch_all(db).await?)
            })?;
            rows.extend(found);
        }
        let having = rows.iter().filter(|row| row.reference_count > 0);
        let having: Vec<i32> = having.map(|row| row.schema_id).collect();
        let references = self.references(context, &having).await?;
        let targets = rows.into_iter().map(|row| Target {
            name: SubjectVersion {
                subject: row.subject,
                version: row.version,
            },
            id: row.schema_id,
            deleted: row.deleted,
            bytes: usize::try_from(row.bytes).unwrap_or(usize::MAX),
            references: references.get(&row.schema_id).cloned().unwrap_or_default(),
        });
        Ok(targets.collect())
    }

    /// The versions of the subjects whose name begins with `prefix`, by subject and version, without their texts: those that
    /// come after `after`, where one is given.
    pub async fn versions_listed(
        &self,
        context: &str,
        prefix: &str,
        show: Show,
        listed: Listed,
        after: Option<&SubjectVersion>,
        page: Page,
    ) -> Result<Vec<ListedVersion>, StoreError> {
        text::clean("the prefix", prefix)?;
        let [one, other] = show.deleted();
        let end = end_of_prefix(prefix);
        // No version is 0, so a subject that is called as the prefix is after it.
        let (subject, version) = after.map_or((prefix, 0), |after| (after.subject.as_str(), after.version));
        on!(self, |db| {
            Ok(sqlx::query_as(concat!(
                "SELECT v.subject, v.version, v.deleted, v.created_at AS registered_at, v.schema_id, ",
                size!(),
                " AS bytes
                 FROM versions v CROSS JOIN subjects h CROSS JOIN schemas s
                 WHERE h.context = v.context AND h.subject = v.subject AND h.subject >= $2 AND h.subject < $3
                   AND s.context = v.context AND s.id = v.schema_id AND v.context = $1 AND (v.subject, v.version) > ($2, $9) AND v.subject < $3 AND v.deleted IN ($4, $5)
                   AND ($6 = FALSE OR v.version = CASE WHEN $5 = TRUE THEN h.last_version ELSE h.latest_version END)
                   AND ($10 = FALSE OR s.rule_set IS NOT NULL)
                 ORDER BY v.subject, v.version LIMIT $7 OFFSET $8"
            ))
            .bind(context)
            .bind(subject)
            .bind(end.as_str())
            .bind(one)
            .bind(other)
            .bind(listed.latest)
            .bind(page.limit.map_or(i64::MAX, i64::from))
            .bind(i64::from(page.offset))
            .bind(version)
            .bind(listed.with_rules)
            .fetch_all(db)
            .await?)
        })
    }

    /// The versions of a subject, ascending.
    pub async fn versions(&self, context: &str, subject: &str, show: Show) -> Result<Vec<VersionEntry>, StoreError> {
        self.versions_after(context, subject, show, 0, None).await
    }

    /// The versions of a subject that are higher than `after`, ascending, and no more than `most` of them.
    pub async fn versions_after(
        &self,
        context: &str,
        subject: &str,
        show: Show,
        after: i32,
        most: Option<u32>,
    ) -> Result<Vec<VersionEntry>, StoreError> {
        text::name("the subject", subject)?;
        let [one, other] = show.deleted();
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT version, schema_id, deleted FROM versions
                 WHERE context = $1 AND subject = $2 AND version > $3 AND deleted IN ($4, $5) ORDER BY version LIMIT $6",
            )
            .bind(context)
            .bind(subject)
            .bind(after)
            .bind(one)
            .bind(other)
            .bind(most.map_or(i64::MAX, i64::from))
            .fetch_all(db)
            .await?)
        })
    }

    /// The versions, of all subjects, that use a schema; by subject and version, those that come after `after`.
    pub async fn versions_of_schema(
        &self,
        context: &str,
        id: i32,
        show: Show,
        after: Option<&SubjectVersion>,
        page: Page,
    ) -> Result<Vec<SubjectVersion>, StoreError> {
        let [one, other] = show.deleted();
        let (subject, version) = after.map_or(("", 0), |after| (after.subject.as_str(), after.version));
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT subject, version FROM versions
                 WHERE context = $1 AND schema_id = $2 AND (subject, version) > ($3, $4) AND deleted IN ($5, $6)
                 ORDER BY subject, version LIMIT $7 OFFSET $8",
            )
            .bind(context)
            .bind(id)
            .bind(subject)
            .bind(version)
            .bind(one)
            .bind(other)
            .bind(page.limit.map_or(i64::MAX, i64::from))
            .bind(i64::from(page.offset))
            .fetch_all(db)
            .await?)
        })
    }

    /// The highest version of the subject that has the schema with this id.
    pub async fn version_of_schema(
        &self,
        context: &str,
        subject: &str,
        id: i32,
        show: Show,
    ) -> Result<Option<VersionEntry>, StoreError> {
        text::name("the subject", subject)?;
        let [one, other] = show.deleted();
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT version, schema_id, deleted FROM versions
                 WHERE context = $1 AND schema_id = $2 AND subject = $3 AND deleted IN ($4, $5)
                 ORDER BY version DESC LIMIT 1",
            )
            .bind(context)
            .bind(id)
            .bind(subject)
            .bind(one)
            .bind(other)
            .fetch_optional(db)
            .await?)
        })
    }

    /// The highest version of the subject that has this content. Where none is known to have it, the highest of those that were
    /// stored before there were identities and have its guid: whether they have the content, the caller sees.
    pub async fn version_of_content(
        &self,
        context: &str,
        subject: &str,
        identity: Identity,
        guid: Guid,
        show: Show,
    ) -> Result<Option<VersionEntry>, StoreError> {
        text::name("the subject", subject)?;
        let [one, other] = show.deleted();
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT v.version, v.schema_id, v.deleted FROM schemas s
                 CROSS JOIN versions v
                 WHERE s.identity IN ($1, $2) AND s.context = $3
                   AND v.context = s.context AND v.schema_id = s.id AND v.subject = $4 AND v.deleted IN ($5, $6)
                 ORDER BY length(s.identity) DESC, v.version DESC LIMIT 1",
            )
            .bind(identity.to_string())
            .bind(guid.to_string())
            .bind(context)
            .bind(subject)
            .bind(one)
            .bind(other)
            .fetch_optional(db)
            .await?)
        })
    }
}
