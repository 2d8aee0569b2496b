//! Settings of a context and of its subjects, as JSON text that only the caller understands.
//!
//! Invariant: whoever changes a setting changes the revision of every head that it applies to, so that no append that was
//! checked under the old setting is written after the new one was acknowledged.

use sqlx::AssertSqlSafe;

use crate::both::{End, on, tx};
use crate::context::lock;
use crate::{Store, StoreError, text};

/// What a setting applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// All subjects of the context that have no setting of their own.
    Global,
    /// One subject, which need not exist.
    Subject(&'a str),
}

/// What a change of settings found and left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The JSON text before; none when nothing was set.
    pub previous: Option<String>,
    /// The JSON text now; none when nothing is set any more.
    pub current: Option<String>,
}

/// Who understands a setting: each has a column of its own, so that neither sees or deletes what is the other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    /// Confluent's API.
    Config,
    /// Ours.
    Settings,
}

impl Column {
    /// Its name, and that of the other one.
    fn names(self) -> [&'static str; 2] {
        match self {
            Column::Config => ["config", "settings"],
            Column::Settings => ["settings", "config"],
        }
    }
}

impl Store {
    /// What Confluent's API has set for exactly this scope, as JSON text.
    pub async fn config(&self, context: &str, scope: Scope<'_>) -> Result<Option<String>, StoreError> {
        self.setting(context, scope, Column::Config).await
    }

    /// What our own API has set for exactly this scope, as JSON text.
    pub async fn settings(&self, context: &str, scope: Scope<'_>) -> Result<Option<String>, StoreError> {
        self.setting(context, scope, Column::Settings).await
    }

    /// Changes what Confluent's API sets: `edit` gets what is set and returns what is to be set, `None` to set nothing (delete).
    ///
    /// Nobody else can change it in between, so a partial update loses nothing. `edit` should be quick: the context is locked.
    pub async fn edit_config(
        &self,
        context: &str,
        scope: Scope<'_>,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        self.edit(context, scope, Column::Config, edit).await
    }

    /// The same for what our own API sets.
    pub async fn edit_settings(
        &self,
        context: &str,
        scope: Scope<'_>,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        self.edit(context, scope, Column::Settings, edit).await
    }

    async fn setting(&self, context: &str, scope: Scope<'_>, column: Column) -> Result<Option<String>, StoreError> {
        let [name, _] = column.names();
        let set: Option<Option<String>> = match scope {
            Scope::Global => on!(self, |db| {
                let query = format!("SELECT {name} FROM contexts WHERE context = $1");
                Ok(sqlx::query_scalar(AssertSqlSafe(query))
                    .bind(context)
                    .fetch_optional(db)
                    .await?)
            })?,
            Scope::Subject(subject) => {
                text::name("the subject", subject)?;
                on!(self, |db| {
                    let query = format!("SELECT {name} FROM subjects WHERE context = $1 AND subject = $2");
                    Ok(sqlx::query_scalar(AssertSqlSafe(query))
                        .bind(context)
                        .bind(subject)
                        .fetch_optional(db)
                        .await?)
                })?
            }
        };
        Ok(set.flatten())
    }

    async fn edit(
        &self,
        context: &str,
        scope: Scope<'_>,
        column: Column,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        text::name("the context", context)?;
        match scope {
            Scope::Global => self.edit_global(context, column, edit).await,
            Scope::Subject(subject) => {
                text::name("the subject", subject)?;
                self.edit_subject(context, subject, column, edit).await
            }
        }
    }

    async fn edit_global(
        &self,
        context: &str,
        column: Column,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        let [name, _] = column.names();
        tx!(self, |tx| {
            let locked = lock!(tx, context, 0, 1);
            let query = format!("SELECT {name} FROM contexts WHERE context = $1");
            let previous: Option<String> = sqlx::query_scalar(AssertSqlSafe(query))
                .bind(context)
                .fetch_one(&mut *tx)
                .await?;
            let edited = edited(previous, edit)?;
            if edited.previous == edited.current {
                return Ok(End::Discard(edited));
            }
            let query = format!("UPDATE contexts SET {name} = $1, settings_revision = $2 WHERE context = $3");
            sqlx::query(AssertSqlSafe(query))
                .bind(edited.current.as_deref())
                .bind(locked.revision)
                .bind(context)
                .execute(&mut *tx)
                .await?;
            Ok(End::Commit(edited))
        })
    }

    async fn edit_subject(
        &self,
        context: &str,
        subject: &str,
        column: Column,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        let [name, other] = column.names();
        tx!(self, |tx| {
            let locked = lock!(tx, context, 0, 1);
            let query = format!(
                "SELECT {name}, last_version, {other} IS NOT NULL FROM subjects WHERE context = $1 AND subject = $2"
            );
            let row: Option<(Option<String>, i32, bool)> = sqlx::query_as(AssertSqlSafe(query))
                .bind(context)
                .bind(subject)
                .fetch_optional(&mut *tx)
                .await?;
            let (previous, last_version, has_other) = row.unwrap_or((None, 0, false));
            let edited = edited(previous, edit)?;
            if edited.previous == edited.current {
                return Ok(End::Discard(edited));
            }
            if edited.current.is_none() && last_version == 0 && !has_other {
                sqlx::query("DELETE FROM subjects WHERE context = $1 AND subject = $2")
                    .bind(context)
                    .bind(subject)
                    .execute(&mut *tx)
                    .await?;
                return Ok(End::Commit(edited));
            }
            let query = format!(
                "INSERT INTO subjects (context, subject, revision, last_version, latest_version, {name})
                 VALUES ($1, $2, $3, 0, 0, $4)
                 ON CONFLICT (context, subject) DO UPDATE SET revision = excluded.revision, {name} = excluded.{name}"
            );
            sqlx::query(AssertSqlSafe(query))
                .bind(context)
                .bind(subject)
                .bind(locked.revision)
                .bind(edited.current.as_deref())
                .execute(&mut *tx)
                .await?;
            Ok(End::Commit(edited))
        })
    }
}

fn edited(previous: Option<String>, edit: impl FnOnce(Option<&str>) -> Option<String>) -> Result<Edited, StoreError> {
    let current = edit(previous.as_deref());
    if let Some(current) = &current {
        text::clean("the setting", current)?;
    }
    Ok(Edited { previous, current })
}
