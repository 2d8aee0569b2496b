//! Settings of a context and of its subjects, as JSON text that only the caller understands.
//!
//! Invariant: whoever changes a setting changes the revision of every head that it applies to, so that no append that was
//! checked under the old setting is written after the new one was acknowledged.

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

impl Store {
    /// The settings of exactly this scope, as JSON text.
    pub async fn config(&self, context: &str, scope: Scope<'_>) -> Result<Option<String>, StoreError> {
        let config: Option<Option<String>> = match scope {
            Scope::Global => on!(self, |db| {
                Ok(sqlx::query_scalar("SELECT config FROM contexts WHERE context = $1")
                    .bind(context)
                    .fetch_optional(db)
                    .await?)
            })?,
            Scope::Subject(subject) => {
                text::name("the subject", subject)?;
                on!(self, |db| {
                    Ok(
                        sqlx::query_scalar("SELECT config FROM subjects WHERE context = $1 AND subject = $2")
                            .bind(context)
                            .bind(subject)
                            .fetch_optional(db)
                            .await?,
                    )
                })?
            }
        };
        Ok(config.flatten())
    }

    /// Changes settings: `edit` gets what is set and returns what is to be set, `None` to set nothing (delete).
    ///
    /// Nobody else can change them in between, so a partial update loses nothing. `edit` should be quick: the context is locked.
    pub async fn edit_config(
        &self,
        context: &str,
        scope: Scope<'_>,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        text::name("the context", context)?;
        match scope {
            Scope::Global => self.edit_global(context, edit).await,
            Scope::Subject(subject) => {
                text::name("the subject", subject)?;
                self.edit_subject(context, subject, edit).await
            }
        }
    }

    async fn edit_global(
        &self,
        context: &str,
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        tx!(self, |tx| {
            let locked = lock!(tx, context, 0, 1);
            let previous: Option<String> = sqlx::query_scalar("SELECT config FROM contexts WHERE context = $1")
                .bind(context)
                .fetch_one(&mut *tx)
                .await?;
            let edited = edited(previous, edit)?;
            if edited.previous == edited.current {
                return Ok(End::Discard(edited));
            }
            sqlx::query("UPDATE contexts SET config = $1, settings_revision = $2 WHERE context = $3")
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
        edit: impl FnOnce(Option<&str>) -> Option<String> + Send,
    ) -> Result<Edited, StoreError> {
        tx!(self, |tx| {
            let locked = lock!(tx, context, 0, 1);
            let row: Option<(Option<String>, i32)> =
                sqlx::query_as("SELECT config, last_version FROM subjects WHERE context = $1 AND subject = $2")
                    .bind(context)
                    .bind(subject)
                    .fetch_optional(&mut *tx)
                    .await?;
            let (previous, last_version) = row.unwrap_or((None, 0));
            let edited = edited(previous, edit)?;
            if edited.previous == edited.current {
                return Ok(End::Discard(edited));
            }
            if edited.current.is_none() && last_version == 0 {
                sqlx::query("DELETE FROM subjects WHERE context = $1 AND subject = $2")
                    .bind(context)
                    .bind(subject)
                    .execute(&mut *tx)
                    .await?;
                return Ok(End::Commit(edited));
            }
            sqlx::query(
                "INSERT INTO subjects (context, subject, revision, last_version, latest_version, config)
                 VALUES ($1, $2, $3, 0, 0, $4)
                 ON CONFLICT (context, subject) DO UPDATE SET revision = excluded.revision, config = excluded.config",
            )
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
