//! References between schemas: what a schema refers to, and who refers to a version.

use crate::both::on;
use crate::{Show, Store, StoreError, text};

/// A reference of a schema to a version of a subject of the same context.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// The name by which the schema's text uses it.
    pub name: String,
    /// The subject that it refers to.
    pub subject: String,
    /// The version that it refers to, resolved: at least 1.
    pub version: i32,
}

impl Store {
    /// The subjects whose latest version refers to some version of this one, each with that version; by name.
    pub async fn latest_referrers(&self, context: &str, subject: &str) -> Result<Vec<(String, i32)>, StoreError> {
        text::name("the subject", subject)?;
        let mut referrers: Vec<(String, i32)> = on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT v.subject, v.version FROM schema_references r
                 CROSS JOIN versions v CROSS JOIN subjects s
                 WHERE r.context = $1 AND r.subject = $2
                   AND v.context = r.context AND v.schema_id = r.schema_id AND v.deleted = FALSE
                   AND s.context = v.context AND s.subject = v.subject AND s.latest_version = v.version",
            )
            .bind(context)
            .bind(subject)
            .fetch_all(db)
            .await?)
        })?;
        // Sorted here: asked for an order, SQLite reads all references of the context to have them in it.
        referrers.sort_unstable();
        referrers.dedup();
        Ok(referrers)
    }

    /// The ids of the schemas that refer to this version and are used by some version, ascending.
    pub async fn referring_ids(
        &self,
        context: &str,
        subject: &str,
        version: i32,
        show: Show,
    ) -> Result<Vec<i32>, StoreError> {
        text::name("the subject", subject)?;
        let [one, other] = show.deleted();
        let mut ids: Vec<i32> = on!(self, |db| {
            Ok(sqlx::query_scalar(
                "SELECT r.schema_id FROM schema_references r
                 WHERE r.context = $1 AND r.subject = $2 AND r.version = $3
                   AND EXISTS (SELECT 1 FROM versions v
                       WHERE v.context = r.context AND v.schema_id = r.schema_id AND v.deleted IN ($4, $5))",
            )
            .bind(context)
            .bind(subject)
            .bind(version)
            .bind(one)
            .bind(other)
            .fetch_all(db)
            .await?)
        })?;
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}
