//! Appending a version to a subject: the one write that must be fast, and the one that must never be wrong.
//!
//! All appends of a process go through one task, which takes everything that is waiting and decides it in one transaction
//! (group commit): the disk is waited for once per batch, and the number of statements does not grow with the batch.
//! Invariants: an answer is sent only after the commit; jobs are decided in the order of their arrival, each seeing the
//! effects of those before it; a refused job costs the others nothing.

mod commit;
mod decide;
mod unidentified;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use crate::{Content, Guid, HeadRevision, Identity, Inner, Resolved, StoreError, text};

/// The most jobs that one transaction takes.
const BATCH: usize = 256;

/// Bytes of schema text after which a transaction takes no further job.
const BATCH_BYTES: usize = 4 << 20;

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
    queue: mpsc::Sender<Message>,
}

enum Message {
    Append(Box<Job>),
    Flush(oneshot::Sender<()>),
    Stop(oneshot::Sender<()>),
}

impl Appender {
    pub(crate) fn start(store: Arc<Inner>) -> Appender {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(run(store, waiting));
        Appender { queue }
    }

    pub(crate) async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        check(&append)?;
        let (answer, answered) = oneshot::channel();
        let job = Message::Append(Box::new(Job { append, answer }));
        self.queue.send(job).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Waits until what was queued before is decided.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let (done, flushed) = oneshot::channel();
        self.queue
            .send(Message::Flush(done))
            .await
            .map_err(|_| StoreError::Closed)?;
        flushed.await.map_err(|_| StoreError::Closed)
    }

    /// Decides what is waiting, then ends the task; later appends are answered with `Closed`.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
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

async fn run(store: Arc<Inner>, mut waiting: mpsc::Receiver<Message>) {
    let mut stop = None;
    // A job of another context ends a batch and begins the next one: a transaction locks one context only.
    let mut held: Option<Box<Job>> = None;
    loop {
        let first = match held.take() {
            Some(job) => job,
            None if stop.is_some() => break,
            None => match waiting.recv().await {
                Some(Message::Append(job)) => job,
                Some(Message::Flush(done)) => {
                    let _ = done.send(());
                    continue;
                }
                Some(Message::Stop(done)) => {
                    stop = Some(done);
                    break;
                }
                None => break,
            },
        };
        // Requests that are ready to run come along; without this the first of them would have a commit to itself.
        yield_now().await;
        let mut bytes = first.append.text.len();
        let mut batch = vec![*first];
        let mut flushed = Vec::new();
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            match waiting.try_recv() {
                Ok(Message::Append(job)) if job.append.context == batch[0].append.context => {
                    bytes += job.append.text.len();
                    batch.push(*job);
                }
                Ok(Message::Append(job)) => {
                    held = Some(job);
                    break;
                }
                Ok(Message::Flush(done)) => flushed.push(done),
                Ok(Message::Stop(done)) => {
                    stop = Some(done);
                    break;
                }
                Err(_) => break,
            }
        }
        answer(&store, batch).await;
        for done in flushed {
            let _ = done.send(());
        }
    }
    drop(waiting);
    if let Some(done) = stop {
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
