//! Moves what the SQLite write-ahead log holds into the database file, away from the writer.
//!
//! A checkpoint costs two syncs and many writes; on the writer's own connection it would be paid by whoever commits then.
//! So the writer tells how much it wrote, and a task with its own connection checkpoints when that is enough.
//! Under a load that never pauses such a checkpoint never reaches the end of the log, which would then grow for ever:
//! past a size the task holds the writer back for as long as it takes to finish the rest.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use crate::sqlite::Writer;

/// Bytes (as estimated by the writer) after which a checkpoint is worth while.
const ENOUGH: u64 = 4 << 20;

/// What a transaction adds to the log, by estimate: a few pages of tables and indexes.
pub(crate) const TRANSACTION: u64 = 32 << 10;

/// Size of the log from which the writer waits until all of it is in the database.
const TOO_MUCH: u64 = 64 << 20;

/// The task that checkpoints, and what the writer tells it.
pub(crate) struct Checkpoints {
    growth: Arc<Growth>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Growth {
    bytes: AtomicU64,
    enough: Notify,
    stop: Notify,
}

impl Checkpoints {
    pub(crate) fn start(database: &Path, options: SqliteConnectOptions, writer: Arc<Writer>) -> Checkpoints {
        let growth = Arc::new(Growth::default());
        let mut log = database.as_os_str().to_owned();
        log.push("-wal");
        let task = tokio::spawn(run(PathBuf::from(log), options, Arc::clone(&growth), writer));
        Checkpoints {
            growth,
            task: Mutex::new(Some(task)),
        }
    }

    /// Told by the writer how much it writes, by estimate.
    pub(crate) fn wrote(&self, bytes: u64) {
        if self.growth.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes >= ENOUGH {
            self.growth.enough.notify_one();
        }
    }

    pub(crate) async fn stop(&self) {
        self.growth.stop.notify_one();
        if let Some(task) = self.task.lock().await.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.growth.stop.notify_one();
    }
}

async fn run(log: PathBuf, options: SqliteConnectOptions, growth: Arc<Growth>, writer: Arc<Writer>) {
    let mut connection = None;
    loop {
        tokio::select! {
            () = growth.stop.notified() => break,
            () = growth.enough.notified() => {}
        }
        growth.bytes.store(0, Ordering::Relaxed);
        if let Err(error) = checkpoint(&mut connection, &options, &log, &writer).await {
            // The log keeps everything; the next growth tries again.
            tracing::warn!(%error, "checkpoint failed");
            connection = None;
        }
    }
    if let Some(connection) = connection {
        let _ = connection.close().await;
    }
}

async fn checkpoint(
    connection: &mut Option<SqliteConnection>,
    options: &SqliteConnectOptions,
    log: &Path,
    writer: &Writer,
) -> Result<(), sqlx::Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(options.connect().await?),
    };
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .fetch_one(&mut *connection)
        .await?;
    let size = tokio::fs::metadata(log).await.map(|file| file.len());
    if size.unwrap_or(0) > TOO_MUCH {
        let held = writer.lock().await;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *connection)
            .await?;
        drop(held);
    }
    Ok(())
}
