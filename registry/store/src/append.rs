//! Appending a version to a subject: the one write that must be fast, and the one that must never be wrong.
//!
//! All appends of a process go through one task, which takes everything that is waiting and decides it in one transaction
//! (group commit): the disk is waited for once per batch, and the number of statements does not grow with the batch.
//! Small and large jobs wait in lines of their own, of which each in turn gives a batch: whoever writes little waits for one
//! batch of large jobs at most, however many of them there are.
//! Invariants: an answer is sent only after the commit; the jobs of a batch are decided one after the other, each seeing the
//! effects of those before it; a refused job costs the others nothing; no batch writes much more than `BATCH_BYTES`.

mod commit;
mod decide;
mod lines;
mod unidentified;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use crate::{Content, Guid, HeadRevision, Identity, Inner, Resolved, StoreError, text};
use lines::{Entry, Lines};

/// The most jobs that one transaction takes.
const BATCH: usize = 256;

/// Bytes that one transaction takes, unless its first job alone has more.
const BATCH_BYTES: usize = 4 << 20;

/// Jobs of more bytes than this wait in a line of their own.
const LARGE: usize = 64 << 10;

/// What a reference takes beside its texts: a row and two entries of indexes are written for it, and its target is looked
/// for, in the time that so many bytes of text take.
const REFERENCE: usize = 2 << 10;

/// Jobs that may wait before those who bring more are held up.
const QUEUE: usize = 1024;

/// A version to be appended to a subject. Its identity decides whether the schema is known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The context, `.` by default.
    pub context: String,
    /// The subject, without its context.
    pub subject: String,
    /// What the decision to append was based on: the head that was read together with the history.
    pub expected: HeadRevision,
    /// What decides whether a stored schema is this one: the identity of the content, of which `text` may say more than
    /// what has a meaning (comments).
    pub identity: Identity,
    /// Confluent's name of the content.
    pub guid: Guid,
    /// The format's name: `AVRO`, `PROTOBUF`, `JSON`.
    pub format: String,
    /// The canonical text, which is what clients get.
    pub text: String,
    /// Metadata as JSON text.
    pub metadata: Option<String>,
    /// The rule set as JSON text.
    pub rule_set: Option<String>,
    /// What the schema refers to, in order, and what that was when the schema was decided on. When one of these versions is gone
    /// or has another schema by now, the append is answered with `Moved`.
    pub references: Vec<Resolved>,
    /// The time now, in milliseconds since 1970 (UTC).
    pub now: i64,
}

impl Append {
    /// The identity of the content with its whole text.
    fn whole(&self) -> Identity {
        Identity::of(Content {
            format: &self.format,
            text: &self.text,
            metadata: self.metadata.as_deref(),
            rule_set: self.rule_set.as_deref(),
            references: &self.references,
        })
    }

    /// What it takes to write it, as bytes of text: everything that is written counts.
    pub(crate) fn bytes(&self) -> usize {
        let documents = [&self.metadata, &self.rule_set].into_iter().flatten();
        self.text.len()
            + documents.map(String::len).sum::<usize>()
            + self
                .references
                .iter()
                .map(|each| REFERENCE + each.reference.name.len() + each.reference.subject.len())
                .sum::<usize>()
    }
}

/// Where a schema is after it was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The id of the schema in its context.
    pub id: i32,
    /// The version under the subject.
    pub version: i32,
    /// The schema was live under the subject already: nothing was written.
    pub already: bool,
    /// The schema had its id before, with the text that it was first registered with.
    pub known: bool,
    /// The head of the subject afterwards.
    pub head: HeadRevision,
}

pub(crate) struct Job {
    append: Append,
    answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// The way to the task that appends.
#[derive(Clone)]
pub(crate) struct Appender {
    small: mpsc::Sender<Entry>,
    large: mpsc::Sender<Entry>,
    stop: mpsc::Sender<oneshot::Sender<()>>,
}

impl Appender {
    pub(crate) fn start(store: Arc<Inner>) -> Appender {
        let (small, large) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
        let (stop, stopped) = mpsc::channel(1);
        tokio::spawn(run(store, Lines::new(small.1, large.1), stopped));
        Appender {
            small: small.0,
            large: large.0,
            stop,
        }
    }

    pub(crate) async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        check(&append)?;
        let (answer, answered) = oneshot::channel();
        let line = if append.bytes() > LARGE {
            &self.large
        } else {
            &self.small
        };
        let job = Entry::Job(Box::new(Job { append, answer }));
        line.send(job).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Waits until what was queued before is decided.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        for line in [&self.small, &self.large] {
            let (done, flushed) = oneshot::channel();
            line.send(Entry::Flush(done)).await.map_err(|_| StoreError::Closed)?;
            flushed.await.map_err(|_| StoreError::Closed)?;
        }
        Ok(())
    }

    /// Decides what is waiting, then ends the task; later appends are answered with `Closed`.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.stop.send(done).await.is_ok() {
            let _ = stopped.await;
        }
    }
}

/// What both databases can keep is decided before a job is queued, so that no job can spoil its batch.
fn check(append: &Append) -> Result<(), StoreError> {
    text::name("the context", &append.context)?;
    text::name("the subject", &append.subject)?;
    text::clean("the format", &append.format)?;
    text::clean("the schema", &append.text)?;
    for optional in [&append.metadata, &append.rule_set].into_iter().flatten() {
        text::clean("the metadata", optional)?;
    }
    for Resolved { reference, .. } in &append.references {
        text::clean("the name of a reference", &reference.name)?;
        text::name("the subject of a reference", &reference.subject)?;
        if reference.version < 1 {
            return Err(StoreError::Unstorable {
                what: "the version of a reference",
                why: "it is below 1",
            });
        }
    }
    if append.format.is_empty() || append.context.is_empty() {
        return Err(StoreError::Unstorable {
            what: "the schema",
            why: "its format or context is empty",
        });
    }
    Ok(())
}

async fn run(store: Arc<Inner>, mut lines: Lines, mut stop: mpsc::Receiver<oneshot::Sender<()>>) {
    let mut done = None;
    loop {
        let more = tokio::select! {
            biased;
            Some(reported) = stop.recv(), if done.is_none() => {
                lines.close();
                done = Some(reported);
                true
            }
            more = lines.ready() => more,
        };
        if !more {
            break;
        }
        // Requests that are ready to run come along; without this the first of them would have a commit to itself.
        yield_now().await;
        for batch in lines.batches() {
            answer(&store, batch).await;
        }
    }
    drop(lines);
    if let Some(done) = done {
        let _ = done.send(());
    }
}

async fn answer(store: &Inner, batch: Vec<Job>) {
    let (appends, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.append, job.answer)).unzip();
    match commit::commit(store, &appends).await {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                let _ = answer.send(outcome);
            }
        }
        Err(error) => {
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}
