//! PostgreSQL: a pool of connections; the database orders the writers of all nodes.
//!
//! Invariants: no connection waits for ever (statements, idle transactions and the wait for a connection are bounded);
//! no session runs with `synchronous_commit=off`, whatever the default of the database is;
//! a connection on which a transaction did not end as it was told to is closed, and those that rested at that time are looked
//! at before they are used again: after a restart of the server all of them are dead, after a fail-over all are read-only.

use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};

use crate::both::End;
use crate::outage::{Outage, OutageKind};
use crate::{OpenError, Options, StoreError, migrations};

/// Prepared statements kept per connection: every statement of ours, those of the batches in their usual sizes included.
const STATEMENTS: usize = 200;

/// Connections that are open before they are needed: when a process has no file descriptor left, it still answers.
const OPEN: u32 = 2;

/// A connection that rested for less is trusted.
const TRUSTED: Duration = Duration::from_millis(500);

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    pool: PgPool,
    suspicion: Arc<Suspicion>,
}

/// When a connection was last found to be of no use.
struct Suspicion {
    start: Instant,
    /// Microseconds since the start; 0 for never.
    at: AtomicU64,
}

impl Suspicion {
    fn now(&self) -> u64 {
        self.start.elapsed().as_micros() as u64
    }

    /// Whether a connection rests since before.
    fn falls_on(&self, idle: Duration) -> bool {
        let rests_since = self.now().saturating_sub(idle.as_micros() as u64);
        rests_since <= self.at.load(Ordering::Relaxed)
    }
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Postgres, OpenError> {
        let server = PgConnectOptions::from_str(url)
            .map_err(OpenError::connect)?
            .application_name("treaty")
            .statement_cache_capacity(STATEMENTS)
            .log_statements(log::LevelFilter::Trace);
        let mut connection = tokio::time::timeout(options.deadline, server.connect())
            .await
            .map_err(|_| OpenError::late(options.deadline))?
            .map_err(OpenError::connect)?;
        // A connection of its own: a migration may take longer than a statement may, and its lock ends with the connection.
        migrations::postgres()
            .run_direct(None, &mut connection, false)
            .await
            .map_err(OpenError::migrate)?;
        let _ = connection.close().await;
        let timeout = options.deadline.as_millis().to_string();
        let suspicion = Arc::new(Suspicion {
            start: Instant::now(),
            at: AtomicU64::new(0),
        });
        let suspects = Arc::clone(&suspicion);
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.acquire)
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                let suspect = suspects.falls_on(meta.idle_for);
                Box::pin(async move {
                    if suspect {
                        return is_writable(connection).await;
                    }
                    if meta.idle_for >= TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_release(|connection, _| {
                // What a large row or statement needed is not kept for the next one.
                connection.shrink_buffers();
                Box::pin(async { Ok(true) })
            })
            .after_connect(move |connection, _| {
                let timeout = timeout.clone();
                Box::pin(async move {
                    // Before a table was analysed, PostgreSQL takes the range of a page for a few rows, and would gather and
                    // sort the rest of the list for each of its pages; every list is in the order of an index.
                    sqlx::query(
                        "SELECT set_config('statement_timeout', $1, false),
                                set_config('idle_in_transaction_session_timeout', $1, false),
                                set_config('enable_bitmapscan', 'off', false),
                                set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                                    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)",
                    )
                    .bind(timeout)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .min_connections(OPEN.min(options.connections))
            .connect_with(server)
            .await
            .map_err(OpenError::connect)?;
        Ok(Postgres { pool, suspicion })
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether this is how a connection fails that had been cut while it rested. If so, those that rest now are looked at
    /// before they are used.
    pub(crate) fn was_cut(&self, error: &StoreError) -> bool {
        let cut = matches!(error, StoreError::Unavailable(outage) if outage.kind() == OutageKind::Lost);
        if cut {
            self.suspect();
        }
        cut
    }

    /// The connections that rest now are looked at before they are used.
    pub(crate) fn suspect(&self) {
        self.suspicion.at.store(self.suspicion.now(), Ordering::Relaxed);
    }

    /// Whether it can be reached and takes writes. A connection that says no is closed, and another one asked: it may be older
    /// than what the server says today.
    pub(crate) async fn takes_writes(&self) -> Result<(), StoreError> {
        let mut again = false;
        loop {
            let mut connection = self.pool.acquire().await?;
            let failure = match is_writable(&mut connection).await {
                Ok(true) => return Ok(()),
                Ok(false) => {
                    let cause = "transaction_read_only is on: a standby, or a setting";
                    Outage::new(OutageKind::ReadOnly, cause).into()
                }
                Err(error) => StoreError::from(error),
            };
            connection.close_on_drop();
            self.suspect();
            if again {
                return Err(failure);
            }
            again = true;
        }
    }

    /// Whether there is room for more rows. Where that cannot be tried (temporary tables are not permitted) there is said to be.
    pub(crate) async fn has_room(&self) -> Result<(), StoreError> {
        let mut writing = self.begin().await?;
        let rows = "CREATE TEMPORARY TABLE treaty_room AS SELECT n, md5(n::text) FROM generate_series(1, 2000) AS n";
        let made = writing.execute(rows).await.map(|_| ()).map_err(StoreError::from);
        // Nothing of it stays.
        writing.finish(Ok(End::Discard(()))).await?;
        match made {
            Err(StoreError::Unavailable(outage)) if outage.kind() == OutageKind::Full => Err(outage.into()),
            _ => Ok(()),
        }
    }

    /// Begins a transaction. One that meets a connection that had been cut begins once more, on another: nothing was done.
    pub(crate) async fn begin(&self) -> Result<PgWriting<'_>, StoreError> {
        let mut again = false;
        loop {
            let mut writing = PgWriting {
                database: self,
                connection: self.pool.acquire().await?,
                clean: false,
            };
            match writing.execute("BEGIN").await {
                Ok(_) => return Ok(writing),
                Err(error) => {
                    let error = StoreError::from(error);
                    if again || !self.was_cut(&error) {
                        return Err(error);
                    }
                    again = true;
                }
            }
        }
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

async fn is_writable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let read_only: String = sqlx::query_scalar("SELECT current_setting('transaction_read_only')")
        .fetch_one(connection)
        .await?;
    Ok(read_only == "off")
}

/// A write transaction. One that is dropped before it was finished takes its connection with it, and ends with that.
pub(crate) struct PgWriting<'p> {
    database: &'p Postgres,
    connection: PoolConnection<sqlx::Postgres>,
    clean: bool,
}

impl PgWriting<'_> {
    /// Ends the transaction as its body said. A commit is never tried twice: when its connection breaks, what came of it is
    /// not known.
    pub(crate) async fn finish<T>(mut self, end: Result<End<T>, StoreError>) -> Result<T, StoreError> {
        let outcome = match end {
            Ok(End::Commit(value)) => self.execute("COMMIT").await.map(|_| value).map_err(StoreError::from),
            Ok(End::Discard(value)) => self.execute("ROLLBACK").await.map(|_| value).map_err(StoreError::from),
            Err(error) => {
                // The first error says why; that the roll-back fails as well adds nothing.
                let rolled_back = self.execute("ROLLBACK").await.is_ok();
                self.clean = rolled_back && !error.is_of_the_database();
                if error.is_of_the_database() {
                    self.database.suspect();
                }
                return Err(error);
            }
        };
        self.clean = outcome.is_ok();
        if outcome.is_err() {
            self.database.suspect();
        }
        outcome
    }
}

impl Drop for PgWriting<'_> {
    fn drop(&mut self) {
        if !self.clean {
            self.connection.close_on_drop();
        }
    }
}

impl Deref for PgWriting<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for PgWriting<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}
