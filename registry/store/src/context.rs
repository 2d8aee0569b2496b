//! The row of a context: whoever changes anything in the context locks it first.
//!
//! Invariant: it is the first statement of every write transaction, so writers of one context form a queue (on PostgreSQL by
//! the row's lock, on SQLite there is one writer anyway), they cannot deadlock, and what they read next cannot change.

/// What `lock!` answers.
#[derive(sqlx::FromRow)]
pub(crate) struct Locked {
    /// The last schema id, the ids just taken included.
    pub last_schema_id: i64,
    /// The change sequence, the changes just taken included.
    #[sqlx(rename = "last_revision")]
    pub revision: i64,
    /// The change that last touched the context's settings.
    pub settings_revision: i64,
}

/// `lock!(tx, context, ids, changes)`: locks the context (its row is made when it is new) and takes that many ids and
/// values of the change sequence. Use it inside `tx!`; it returns from there on an error.
macro_rules! lock {
    ($tx:ident, $context:expr, $ids:expr, $changes:expr) => {{
        let lock = "UPDATE contexts SET last_schema_id = last_schema_id + $1, last_revision = last_revision + $2
                    WHERE context = $3 RETURNING last_schema_id, last_revision, settings_revision";
        let mut locked: Option<$crate::context::Locked> = sqlx::query_as(lock)
            .bind::<i64>($ids)
            .bind::<i64>($changes)
            .bind($context)
            .fetch_optional(&mut *$tx)
            .await?;
        if locked.is_none() {
            sqlx::query(
                "INSERT INTO contexts (context, last_schema_id, last_revision, settings_revision)
                 VALUES ($1, 0, 0, 0) ON CONFLICT (context) DO NOTHING",
            )
            .bind($context)
            .execute(&mut *$tx)
            .await?;
            locked = sqlx::query_as(lock)
                .bind::<i64>($ids)
                .bind::<i64>($changes)
                .bind($context)
                .fetch_optional(&mut *$tx)
                .await?;
        }
        locked.ok_or_else(|| $crate::StoreError::corrupt("the context has no row"))?
    }};
}

pub(crate) use lock;
