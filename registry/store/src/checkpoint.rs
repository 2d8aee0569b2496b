//! Moves what the SQLite write-ahead log holds into the database file, away from the writer.
//!
//! A checkpoint costs two syncs and many writes; on the writer's own connection it would be paid by whoever commits then.
//! So a task with its own connection does it: when the log has grown by enough, and in any case within seconds, so that the
//! database file alone is no empty registry. Under a load that never pauses such a checkpoint never reaches the end of the log,
//! which would then grow for ever: past a size the task holds the writer back for as long as it takes to finish the rest.
//!
//! Invariants: what counts is the size that the log has on the disk, so whatever is written counts; somebody who reads for long
//! (another program, in one transaction) keeps the log from being emptied, and holds up no writer for longer than [`PATIENCE`];
//! the connection is opened with the database and stays, so that nothing here makes a file anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::StoreError;
use crate::sqlite::{Opener, Writer};

/// Growth of the log, in bytes, after which a checkpoint is worth while.
const ENOUGH: u64 = 4 << 20;

/// What the log is cut back to when it begins anew, in bytes, as `journal_size_limit` takes it.
pub(crate) const LIMIT: &str = "4194304";

/// Size of the log, in bytes, from which the writer waits until all of it is in the database.
const TOO_MUCH: u64 = 64 << 20;

/// How long nothing has to be written before what was written is moved; and the longest that it stays where it is.
const REST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(5);

/// How long the writer is held back for somebody who reads.
pub(crate) const PATIENCE: Duration = Duration::from_millis(200);

/// The wait after a checkpoint that did not reach the end, and the longest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(10);

/// The task that checkpoints, and what the writer reports to it.
pub(crate) struct Checkpoints {
    log: Arc<Log>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Log {
    /// Size in bytes when the writer last looked.
    size: AtomicU64,
    /// Size in bytes from which growth is counted; 0 once the log began anew.
    base: AtomicU64,
    writes: AtomicU64,
    /// Something was written that no checkpoint was begun for.
    pending: AtomicBool,
    rescue: Rescue,
    wake: Notify,
    stop: Notify,
}

impl Log {
    fn size(&self) -> u64 {
        self.size.load(Ordering::Relaxed)
    }

    fn has_grown(&self) -> bool {
        self.size() > self.base.load(Ordering::Relaxed) + ENOUGH
    }

    /// Growth is counted from here.
    fn count_from_here(&self) {
        self.base.store(self.size(), Ordering::Relaxed);
    }
}

/// Whether what the log holds has to be saved because the file is another one.
#[derive(Default)]
struct Rescue(AtomicU8);

impl Rescue {
    const NONE: u8 = 0;
    const ASKED: u8 = 1;
    const DONE: u8 = 2;

    /// Asks once; false when it was asked already.
    fn ask(&self) -> bool {
        let asked = self
            .0
            .compare_exchange(Self::NONE, Self::ASKED, Ordering::Relaxed, Ordering::Relaxed);
        asked.is_ok()
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::ASKED
    }
}

impl Checkpoints {
    /// Starts the task; what an earlier process left in the log is moved at once.
    pub(crate) fn start(opener: Opener, connection: SqliteConnection, writer: Arc<Writer>) -> Checkpoints {
        let log = Arc::new(Log::default());
        let task = Task {
            log: Arc::clone(&log),
            opener,
            connection: Some(connection),
            writer,
            blocked: Blocked::default(),
        };
        Checkpoints {
            log,
            task: Mutex::new(Some(tokio::spawn(task.run()))),
        }
    }

    /// Told by the writer after a transaction how large the log is, in bytes.
    pub(crate) fn wrote(&self, size: u64) {
        let log = &self.log;
        if size < log.base.load(Ordering::Relaxed) {
            log.base.store(0, Ordering::Relaxed);
        }
        log.size.store(size, Ordering::Relaxed);
        log.writes.fetch_add(1, Ordering::Relaxed);
        log.rescue.0.store(Rescue::NONE, Ordering::Relaxed);
        if !log.pending.swap(true, Ordering::Relaxed) || log.has_grown() {
            log.wake.notify_one();
        }
    }

    /// Told when the database file (or one beside it) is found to be another one. What was acknowledged is in the log, perhaps
    /// in a log that has no name any more; and a log that stays beside another database would be read as belonging to it.
    pub(crate) fn file_has_moved(&self) {
        if self.log.rescue.ask() {
            self.log.wake.notify_one();
        }
    }

    pub(crate) async fn stop(&self) {
        self.log.stop.notify_one();
        if let Some(task) = self.task.lock().await.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.log.stop.notify_one();
    }
}

struct Task {
    log: Arc<Log>,
    opener: Opener,
    /// None after it failed, until it could be opened again.
    connection: Option<SqliteConnection>,
    writer: Arc<Writer>,
    blocked: Blocked,
}

/// What keeps the log from being moved, remembered so that it is reported seldom and retried seldom.
#[derive(Default)]
struct Blocked {
    /// The frames that could be moved when somebody who reads was in the way.
    frames: Option<i64>,
    retry: Option<Duration>,
    /// Size of the log, in bytes, when the next report is due; none before the first.
    report: Option<u64>,
    /// When the writer may be held back again.
    hold: Option<Instant>,
}

/// How far a checkpoint came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// All that the log held when it began.
    End,
    /// That many frames: somebody reads what was true before the next one.
    Part(i64),
}

impl Task {
    async fn run(mut self) {
        let log = Arc::clone(&self.log);
        let mut stopped = std::pin::pin!(log.stop.notified());
        loop {
            // Before the checkpoint: what is written while it runs is for the next one.
            log.pending.store(false, Ordering::Relaxed);
            let outcome = self.checkpoint().await;
            log.count_from_here();
            let retry = match outcome {
                Ok(Reached::End) => {
                    self.recovered();
                    None
                }
                Ok(Reached::Part(frames)) => {
                    let before = self.blocked.frames.replace(frames);
                    if before == Some(frames) {
                        self.report_reader();
                    }
                    Some(self.next_retry(before == Some(frames)))
                }
                Err(error) => {
                    self.report_failure(&error);
                    Some(self.next_retry(true))
                }
            };
            tokio::select! {
                () = &mut stopped => break,
                () = self.worth_while(retry) => {}
            }
        }
        if let Some(connection) = self.connection {
            let _ = connection.close().await;
        }
    }

    /// Waits until a checkpoint is worth while: for `retry` when one was left unfinished, and else until writes rest, or have
    /// gone on for long, or the log has grown.
    async fn worth_while(&self, retry: Option<Duration>) {
        let log = &self.log;
        if let Some(wait) = retry {
            let asked = async {
                while !log.rescue.is_asked() {
                    log.wake.notified().await;
                }
            };
            let _ = timeout(wait, asked).await;
            return;
        }
        let urgent = || log.rescue.is_asked() || log.has_grown();
        while !log.pending.load(Ordering::Relaxed) && !urgent() {
            log.wake.notified().await;
        }
        let since = Instant::now();
        while !urgent() && since.elapsed() < LONGEST {
            let writes = log.writes.load(Ordering::Relaxed);
            let woken = timeout(REST, log.wake.notified()).await.is_ok();
            if !woken && writes == log.writes.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn next_retry(&mut self, longer: bool) -> Duration {
        let wait = match self.blocked.retry {
            Some(wait) if longer => (wait * 2).min(LONGEST_RETRY),
            _ => FIRST_RETRY,
        };
        self.blocked.retry = Some(wait);
        wait
    }

    fn recovered(&mut self) {
        if self.blocked.report.is_some() {
            tracing::info!("the write-ahead log could be moved into the database file again");
        }
        self.blocked = Blocked {
            hold: self.blocked.hold,
            ..Blocked::default()
        };
    }

    fn report_reader(&mut self) {
        let size = self.log.size();
        if size > self.blocked.report.unwrap_or(ENOUGH) {
            self.blocked.report = Some(size * 2);
            tracing::warn!(
                bytes = size,
                "somebody reads the database in a transaction that does not end (another program?): the write-ahead log \
                 cannot be emptied and grows"
            );
        }
    }

    fn report_failure(&mut self, error: &StoreError) {
        let size = self.log.size();
        if self.blocked.report.is_none_or(|due| size > due) {
            self.blocked.report = Some(size.max(ENOUGH) * 2);
            let cause = std::error::Error::source(error).map(ToString::to_string);
            tracing::warn!(
                bytes = size,
                cause = cause.unwrap_or_else(|| error.to_string()),
                "what the write-ahead log holds cannot be moved into the database file; nothing is lost, the log grows"
            );
        }
    }

    async fn checkpoint(&mut self) -> Result<Reached, StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.opener.open().await?,
        };
        let outcome = self.move_log(&mut connection).await;
        // Opened again after an error of the disk, but never while the path leads elsewhere.
        if outcome.is_err() && self.opener.file().check().is_ok() {
            let _ = connection.close().await;
        } else {
            self.connection = Some(connection);
        }
        outcome
    }

    async fn move_log(&mut self, connection: &mut SqliteConnection) -> Result<Reached, StoreError> {
        if self.log.rescue.is_asked() {
            let held = self.writer.lock().await;
            let reached = checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await;
            self.log.rescue.0.store(Rescue::DONE, Ordering::Relaxed);
            drop(held);
            return reached;
        }
        let reached = checkpoint(connection, "PRAGMA wal_checkpoint(PASSIVE)").await?;
        let may_hold = self.blocked.hold.is_none_or(|next| Instant::now() >= next);
        // Where somebody reads what was true long ago, holding the writer back would empty nothing.
        if reached != Reached::End {
            return Ok(reached);
        }
        if self.log.size() <= TOO_MUCH || !may_hold {
            self.empty_at_rest(connection).await?;
            return Ok(reached);
        }
        let held = self.writer.lock().await;
        let reached = checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
        match reached {
            Reached::End => self.log.size.store(0, Ordering::Relaxed),
            Reached::Part(_) => self.blocked.hold = Some(Instant::now() + LONGEST_RETRY),
        }
        drop(held);
        Ok(reached)
    }
}

impl Task {
    /// Empties a log of which everything was moved, while nobody writes: one that stays beside the file would be read as a part
    /// of whatever file is put there (from a backup, say) when the process ends without notice. Somebody who reads may be in
    /// the way; then it stays until the next rest.
    async fn empty_at_rest(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        if !self.log.pending.load(Ordering::Relaxed) {
            checkpoint(connection, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }
}

/// Runs a checkpoint, which answers whether somebody was in its way, the frames of the log, and those that were moved.
async fn checkpoint(connection: &mut SqliteConnection, statement: &'static str) -> Result<Reached, StoreError> {
    let (busy, frames, moved): (i64, i64, i64) = sqlx::query_as(statement).fetch_one(connection).await?;
    Ok(match busy {
        0 if frames == moved => Reached::End,
        _ => Reached::Part(moved),
    })
}
