//! The two macros that let one SQL text and one Rust body serve SQLite and PostgreSQL.
//!
//! Each expands its body once per database, so a statement is written once and type-checked twice.
//! There is deliberately no trait and no mock: the tests execute every statement on both databases.

use std::future::Future;
use std::time::Duration;

use crate::StoreError;

/// How a transaction that did not fail is to end.
pub(crate) enum End<T> {
    /// Make what was written durable, then answer.
    Commit(T),
    /// Nothing was written that should stay: answer without waiting for the disk.
    Discard(T),
}

/// Waits for `work`, at the longest for `deadline`: a database that does not answer is an outage, not a hang.
pub(crate) async fn within<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(deadline, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(StoreError::late(deadline)),
    }
}

/// `on!(store, |db| body)`: runs a reading `body` with `db` as the executor of whichever database this is.
///
/// The body is async and ends in `Ok(value)`; `?` works on sqlx's errors.
macro_rules! on {
    ($store:expr, |$db:ident| $body:expr) => {
        match $store.database() {
            $crate::Database::Sqlite(sqlite) => {
                let $db = sqlite.readers();
                $crate::both::within($store.deadline(), async { $body }).await
            }
            $crate::Database::Postgres(postgres) => {
                let $db = postgres.pool();
                $crate::both::within($store.deadline(), async { $body }).await
            }
        }
    };
}

/// `tx!(store, |tx| body)`: runs `body` in a write transaction (`BEGIN IMMEDIATE` on SQLite, `BEGIN` on PostgreSQL).
///
/// The body ends in `Ok(Commit(value))` or `Ok(Discard(value))`; an error rolls back.
macro_rules! tx {
    ($store:expr, |$tx:ident| $body:expr) => {
        match $store.database() {
            $crate::Database::Sqlite(sqlite) => {
                $crate::both::within($store.deadline(), async {
                    let mut writer = sqlite.writer().lock().await;
                    let mut $tx = writer.begin().await?;
                    sqlite.checkpoints().wrote($crate::checkpoint::TRANSACTION);
                    let end: Result<$crate::both::End<_>, $crate::StoreError> = async { $body }.await;
                    $crate::both::finish!($tx, end)
                })
                .await
            }
            $crate::Database::Postgres(postgres) => {
                $crate::both::within($store.deadline(), async {
                    let mut $tx = postgres.pool().begin().await?;
                    let end: Result<$crate::both::End<_>, $crate::StoreError> = async { $body }.await;
                    $crate::both::finish!($tx, end)
                })
                .await
            }
        }
    };
}

/// Ends the transaction of `tx!` as its body said.
macro_rules! finish {
    ($tx:ident, $end:ident) => {
        match $end {
            Ok($crate::both::End::Commit(value)) => {
                $tx.commit().await?;
                Ok(value)
            }
            Ok($crate::both::End::Discard(value)) => {
                $tx.rollback().await?;
                Ok(value)
            }
            Err(error) => {
                // The first error says why; that the roll-back failed as well adds nothing (the connection is discarded).
                let _ = $tx.rollback().await;
                Err(error)
            }
        }
    };
}

pub(crate) use {finish, on, tx};
