//! SQLite: one file, one process, many readers and exactly one writer.
//!
//! Invariants: the file is in WAL mode and every commit is synced (`synchronous=FULL`) before it is acknowledged;
//! the writer never checkpoints (see `checkpoint`), because that is what makes a commit slow now and then;
//! a second process is refused (see `file`), and no connection is opened on another file than the first one;
//! a transaction that did not end as it was told to takes the writer's connection with it: SQLite rolls back by itself when
//! the disk is full, and nothing but a new connection knows for certain where it stands.
//! Memory is bounded by the page caches; there is no memory map, because its pages would count as resident.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;

use crate::both::End;
use crate::checkpoint::{self, Checkpoints};
use crate::file::DatabaseFile;
use crate::outage::OutageKind;
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
    file: Arc<DatabaseFile>,
}

impl Sqlite {
    pub(crate) async fn open(path: &Path, options: &Options) -> Result<Sqlite, OpenError> {
        survive_file_size_limit();
        let file = Arc::new(DatabaseFile::open(path)?);
        let plain = SqliteConnectOptions::new()
            .filename(file.path())
            .busy_timeout(options.deadline)
            .log_statements(log::LevelFilter::Trace);
        let writing = plain
            .clone()
            // A little less than the deadline, so that a lock of somebody else is an answer and not a time-out.
            .busy_timeout(options.deadline - options.deadline / 8)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("wal_autocheckpoint", "0")
            .pragma("journal_size_limit", checkpoint::LIMIT)
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
        file.log_is_open().map_err(OpenError::outage)?;
        let checkpointing = Opener {
            options: writing.clone().busy_timeout(checkpoint::PATIENCE),
            file: Arc::clone(&file),
        };
        let checkpointer = checkpointing.open().await.map_err(OpenError::connect)?;
        let writer = Arc::new(Writer {
            opener: Opener {
                options: writing,
                file: Arc::clone(&file),
            },
            state: Mutex::new(State::Open(connection)),
            suspect: AtomicBool::new(false),
        });
        let reading = plain
            .read_only(true)
            .pragma("cache_size", READER_CACHE)
            .row_buffer_size(ROWS);
        let readers = readers(options, reading, &file);
        open_all(&readers, options.readers).await.map_err(OpenError::connect)?;
        let checkpoints = Checkpoints::start(checkpointing, checkpointer, Arc::clone(&writer));
        Ok(Sqlite {
            readers,
            writer,
            checkpoints,
            file,
        })
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// Whether the file is the one that was opened.
    pub(crate) fn check_file(&self) -> Result<u64, StoreError> {
        let checked = self.file.check();
        if checked.as_ref().is_err_and(|outage| outage.kind() == OutageKind::Moved) {
            self.checkpoints.file_has_moved();
        }
        Ok(checked?)
    }

    /// Whether a write may fail for want of room: a hint.
    pub(crate) fn is_short_of_room(&self) -> bool {
        self.file.is_short_of_room()
    }

    /// Begins a transaction that holds the write lock from its first moment, so that it cannot fail later for want of it.
    pub(crate) async fn begin(&self) -> Result<Writing<'_>, StoreError> {
        let state = self.writer.state.lock().await;
        self.check_file()?;
        let mut writing = Writing {
            database: self,
            state,
            clean: false,
        };
        writing.connection().await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing).await?;
        Ok(writing)
    }

    /// Waits until no transaction is under way any more, also not on a connection that was given up.
    pub(crate) async fn settle(&self) -> Result<(), StoreError> {
        let mut state = self.writer.state.lock().await;
        if self.writer.suspect.load(Ordering::Relaxed) {
            self.writer.end_old(&mut state).await;
        }
        Ok(())
    }

    /// Finishes what is being written, empties the write-ahead log into the database and closes all connections.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.checkpoints.stop().await;
        self.writer.close().await;
        self.file.release();
    }
}

/// Opens connections on the one file.
#[derive(Clone)]
pub(crate) struct Opener {
    options: SqliteConnectOptions,
    file: Arc<DatabaseFile>,
}

impl Opener {
    pub(crate) fn file(&self) -> &DatabaseFile {
        &self.file
    }

    pub(crate) async fn open(&self) -> Result<SqliteConnection, sqlx::Error> {
        on_this_file(&self.file)?;
        let connection = self.options.connect().await?;
        on_this_file(&self.file)?;
        Ok(connection)
    }
}

/// Asked before a connection is opened and after it, so that it was this file that it opened.
fn on_this_file(file: &DatabaseFile) -> Result<(), sqlx::Error> {
    match file.check() {
        Ok(_) => Ok(()),
        Err(outage) => Err(sqlx::Error::Io(std::io::Error::other(outage))),
    }
}

/// The only connection that writes.
pub(crate) struct Writer {
    opener: Opener,
    state: Mutex<State>,
    /// The last transaction did not end as it should: the connection is to be replaced.
    suspect: AtomicBool,
}

enum State {
    Open(SqliteConnection),
    /// An old connection is being closed, which takes as long as what it was doing.
    Ending(JoinHandle<()>),
    Missing,
    Closed,
}

/// The turn to write; as long as this is held nobody else writes.
pub(crate) struct Held<'w>(#[allow(dead_code)] MutexGuard<'w, State>);

impl Writer {
    /// Waits until nobody writes, and keeps it so.
    pub(crate) async fn lock(&self) -> Held<'_> {
        Held(self.state.lock().await)
    }

    /// Closes the connection that there is, and waits until it is closed.
    async fn end_old(&self, state: &mut State) {
        if let State::Open(_) = state
            && let State::Open(connection) = std::mem::replace(state, State::Missing)
        {
            // In a task of its own: whoever waits for it may give up, and the next one waits for the same.
            *state = State::Ending(tokio::spawn(async move {
                let _ = connection.close().await;
            }));
        }
        if let State::Ending(ending) = state {
            let _ = ending.await;
            *state = State::Missing;
        }
    }

    async fn close(&self) {
        let mut state = self.state.lock().await;
        match std::mem::replace(&mut *state, State::Closed) {
            State::Open(connection) => {
                if let Err(error) = connection.close().await {
                    tracing::warn!(%error, "the database did not close cleanly; nothing is lost");
                }
            }
            State::Ending(ending) => {
                let _ = ending.await;
            }
            State::Missing | State::Closed => {}
        }
    }
}

/// A write transaction. One that is dropped before it was finished is rolled back, and its connection is replaced.
pub(crate) struct Writing<'w> {
    database: &'w Sqlite,
    state: MutexGuard<'w, State>,
    clean: bool,
}

impl Writing<'_> {
    /// Sees to it that there is a connection whose state is known.
    async fn connection(&mut self) -> Result<(), StoreError> {
        let writer = &self.database.writer;
        if !writer.suspect.load(Ordering::Relaxed) && matches!(*self.state, State::Open(_)) {
            return Ok(());
        }
        writer.end_old(&mut self.state).await;
        if matches!(*self.state, State::Closed) {
            return Err(StoreError::Closed);
        }
        *self.state = State::Open(writer.opener.open().await?);
        writer.suspect.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Ends the transaction as its body said.
    pub(crate) async fn finish<T>(mut self, end: Result<End<T>, StoreError>) -> Result<T, StoreError> {
        match end {
            Ok(End::Commit(value)) => {
                sqlx::query("COMMIT").execute(&mut *self).await?;
                // Committed to a file that the path does not lead to any more is not stored.
                let size = self.database.check_file()?;
                self.clean = true;
                self.database.checkpoints.wrote(size);
                Ok(value)
            }
            Ok(End::Discard(value)) => {
                sqlx::query("ROLLBACK").execute(&mut *self).await?;
                self.clean = true;
                Ok(value)
            }
            Err(error) => {
                // The first error says why; that the roll-back fails as well adds nothing.
                let rolled_back = sqlx::query("ROLLBACK").execute(&mut *self).await.is_ok();
                self.clean = rolled_back && !error.is_of_the_database();
                Err(error)
            }
        }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.clean {
            self.database.writer.suspect.store(true, Ordering::Relaxed);
        }
    }
}

impl Deref for Writing<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match &*self.state {
            State::Open(connection) => connection,
            _ => unreachable!("a transaction has a connection"),
        }
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match &mut *self.state {
            State::Open(connection) => connection,
            _ => unreachable!("a transaction has a connection"),
        }
    }
}

fn readers(options: &Options, reading: SqliteConnectOptions, file: &Arc<DatabaseFile>) -> SqlitePool {
    let file = Arc::clone(file);
    SqlitePoolOptions::new()
        .max_connections(options.readers)
        .acquire_timeout(options.deadline)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |_, _| {
            let checked = on_this_file(&file);
            Box::pin(async move { checked })
        })
        .connect_lazy_with(reading)
}

/// Opens all connections of a pool: a process that later has no descriptor left can still read.
async fn open_all(pool: &SqlitePool, count: u32) -> Result<(), sqlx::Error> {
    let mut connections = Vec::new();
    for _ in 0..count {
        connections.push(pool.acquire().await?);
    }
    for mut connection in connections {
        connection.return_to_pool().await;
    }
    Ok(())
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

/// A write that would make a file larger than the process may (`ulimit -f`) fails with an error, as on a full disk, and does
/// not kill the process, which is what the signal does where nobody handles it.
fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        // The handler stays when the stream of its signals is dropped.
        if let Err(error) = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())) {
            tracing::warn!(%error, "a file that grows past a limit may end the process");
        }
    }
}
