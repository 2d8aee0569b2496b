//! PostgreSQL: a pool of connections; the database orders the writers of all nodes.
//!
//! Invariants: no connection waits for ever (statements, idle transactions and the wait for a connection are bounded);
//! no session runs with `synchronous_commit=off`, whatever the default of the database is.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use crate::{OpenError, Options, migrations};

/// Prepared statements kept per connection: every statement of ours, those of the batches in their usual sizes included.
const STATEMENTS: usize = 200;

/// An open PostgreSQL database.
pub(crate) struct Postgres {
    pool: PgPool,
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
        let pool = PgPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.acquire)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // A connection that was just used is trusted; one that rested may have been cut meanwhile.
                    if meta.idle_for.as_millis() >= 500 {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(move |connection, _| {
                let timeout = timeout.clone();
                Box::pin(async move {
                    sqlx::query(
                        "SELECT set_config('statement_timeout', $1, false),
                                set_config('idle_in_transaction_session_timeout', $1, false),
                                set_config('synchronous_commit', CASE current_setting('synchronous_commit')
                                    WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)",
                    )
                    .bind(timeout)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .connect_lazy_with(server);
        Ok(Postgres { pool })
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
