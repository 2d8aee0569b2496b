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
/// The body is async and ends in `Ok(value)`; `?` works on sqlx's errors. On PostgreSQL it runs once more when it met a
/// connection that had been cut (by a restart of the server, say), so it must not use up what it captures.
macro_rules! on {
    ($store:expr, |$db:ident| $body:expr) => {
        match $store.database() {
            $crate::Database::Sqlite(sqlite) => {
                let $db = sqlite.readers();
                $crate::both::within($store.deadline(), async { $body }).await
            }
            $crate::Database::Postgres(postgres) => {
                let $db = postgres.pool();
                $crate::both::within($store.deadline(), async {
                    let mut again = false;
                    loop {
                        let outcome: Result<_, $crate::StoreError> = async { $body }.await;
                        match outcome {
                            Err(error) if !again && postgres.was_cut(&error) => again = true,
                            outcome => break outcome,
                        }
                    }
                })
                .await
            }
        }
    };
}

/// `tx!(store, |tx| body)`: runs `body` in a write transaction (`BEGIN IMMEDIATE` on SQLite, `BEGIN` on PostgreSQL).
///
/// The body ends in `Ok(Commit(value))` or `Ok(Discard(value))`; an error rolls back.
macro_rules! tx {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let outcome = match $store.database() {
            $crate::Database::Sqlite(sqlite) => {
                $crate::both::within($store.deadline(), async {
                    let mut $tx = sqlite.begin().await?;
                    let end: Result<$crate::both::End<_>, $crate::StoreError> = async { $body }.await;
                    let committed = matches!(end, Ok($crate::both::End::Commit(_)));
                    $tx.finish(end).await.map(|value| (value, committed))
                })
                .await
            }
            $crate::Database::Postgres(postgres) => {
                $crate::both::within($store.deadline(), async {
                    let mut $tx = postgres.begin().await?;
                    let end: Result<$crate::both::End<_>, $crate::StoreError> = async { $body }.await;
                    let committed = matches!(end, Ok($crate::both::End::Commit(_)));
                    $tx.finish(end).await.map(|value| (value, committed))
                })
                .await
            }
        };
        $store.writability().learn(outcome)
    }};
}

pub(crate) use {on, tx};
