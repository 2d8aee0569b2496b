//! SQLite: one file, one process, many readers and exactly one writer.
//!
//! Invariants: the file is in WAL mode and every commit is synced (`synchronous=FULL`) before it is acknowledged;
//! the writer never checkpoints (see `checkpoint`), because that is what makes a commit slow now and then;
//! a second process is refused by a lock that the kernel releases, also on `kill -9`.
//! Memory is bounded by the page caches; there is no memory map, because its pages would count as resident.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Sqlite as Driver, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::checkpoint::Checkpoints;
use crate::{OpenError, Options, StoreError, migrations};

/// Page cache of the writer and of each reader, in KiB as SQLite's `cache_size` counts them (negative).
const WRITER_CACHE: &str = "-8192";
const READER_CACHE: &str = "-4096";

/// Prepared statements that the writer keeps: those of the batches in their usual sizes included.
const STATEMENTS: usize = 200;

/// Rows that a reader may be ahead of whoever takes them: as many as a shared read has.
const ROWS: usize = 128;

/// An open SQLite database.
pub(crate) struct Sqlite {
    readers: SqlitePool,
    writer: Arc<Writer>,
    checkpoints: Checkpoints,
    /// Locked for as long as the database is open.
    lock: File,
}

impl Sqlite {
    pub(crate) async fn open(path: &Path, options: &Options) -> Result<Sqlite, OpenError> {
        let path = absolute(path)?;
        let lock = lock(&path)?;
        let file = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(options.deadline)
            .log_statements(log::LevelFilter::Trace);
        let writing = file
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", "0")
            .pragma("cache_size", WRITER_CACHE)
            // What a statement of many rows needs to be undone: never a file of its own.
            .pragma("temp_store", "MEMORY")
            .statement_cache_capacity(STATEMENTS);
        // Migrations need not be durable one by one: nothing is acknowledged, and the first commit syncs them too.
        let mut connection = writing
            .clone()
            .synchronous(SqliteSynchronous::Normal)
            .connect()
            .await
            .map_err(OpenError::connect)?;
        migrations::sqlite()
            .run_direct(None, &mut connection, false)
            .await
            .map_err(OpenError::migrate)?;
        make_durable(&mut connection).await?;
        let writer = Arc::new(Writer {
            options: writing.clone(),
            state: Mutex::new(State::Open(connection)),
            suspect: AtomicBool::new(false),
        });
        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers)
            .acquire_timeout(options.deadline)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_lazy_with(
                file.read_only(true)
                    .pragma("cache_size", READER_CACHE)
                    .row_buffer_size(ROWS),
            );
        let checkpoints = Checkpoints::start(&path, writing, Arc::clone(&writer));
        Ok(Sqlite {
            readers,
            writer,
            checkpoints,
            lock,
        })
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(crate) fn checkpoints(&self) -> &Checkpoints {
        &self.checkpoints
    }

    /// Finishes what is being written, empties the write-ahead log into the database and closes all connections.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.checkpoints.stop().await;
        self.writer.close().await;
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the database's lock stays until the process ends");
        }
    }
}

/// The only connection that writes.
pub(crate) struct Writer {
    options: SqliteConnectOptions,
    state: Mutex<State>,
    /// The last transaction could not begin: the connection's thread may be gone.
    suspect: AtomicBool,
}

enum State {
    Open(SqliteConnection),
    Closed,
}

/// The write connection, for as long as this is held.
pub(crate) struct Writing<'w> {
    writer: &'w Writer,
    state: MutexGuard<'w, State>,
}

impl Writer {
    pub(crate) async fn lock(&self) -> Writing<'_> {
        Writing {
            writer: self,
            state: self.state.lock().await,
        }
    }

    async fn close(&self) {
        let mut state = self.state.lock().await;
        if let State::Open(connection) = std::mem::replace(&mut *state, State::Closed)
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "the database did not close cleanly; nothing is lost");
        }
    }
}

impl Writing<'_> {
    /// Begins a transaction that holds the write lock from its first moment, so that it cannot fail later for want of it.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, Driver>, StoreError> {
        let State::Open(connection) = &mut *self.state else {
            return Err(StoreError::Closed);
        };
        if self.writer.suspect.load(Ordering::Relaxed) && connection.ping().await.is_err() {
            *connection = self.writer.options.connect().await?;
        }
        let begun = connection.begin_with("BEGIN IMMEDIATE").await;
        self.writer.suspect.store(begun.is_err(), Ordering::Relaxed);
        Ok(begun?)
    }
}

/// From here on a commit is on the disk when it is answered. What was asked for is read back, because SQLite does not fail
/// when it cannot do it (a file system without shared memory has no write-ahead log).
async fn make_durable(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    sqlx::query("PRAGMA synchronous = FULL")
        .execute(&mut *connection)
        .await
        .map_err(OpenError::connect)?;
    let (journal, synchronous): (String, i32) =
        sqlx::query_as("SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous")
            .fetch_one(connection)
            .await
            .map_err(OpenError::connect)?;
    if (journal.as_str(), synchronous) != ("wal", 2) {
        return Err(OpenError::Connect(
            format!("the file system cannot keep a write-ahead log (SQLite offers {journal}, {synchronous})").into(),
        ));
    }
    Ok(())
}

/// The one name of the file, so that two spellings of a path (or a link to it) meet at the same lock.
fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    let name = path.file_name().ok_or_else(|| OpenError::Url {
        why: "the path of the SQLite database names no file".to_owned(),
    })?;
    let whole = if path.exists() {
        path.canonicalize()
    } else {
        match path.parent().filter(|parent| *parent != Path::new("")) {
            Some(parent) => parent.canonicalize(),
            None => std::env::current_dir(),
        }
        .map(|directory| directory.join(name))
    };
    whole.map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })
}

/// Takes the lock beside the database. The file stays when the lock is released: removing it would let two processes lock two files.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let name = PathBuf::from(name);
    let failed = |source| OpenError::File {
        path: name.clone(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
