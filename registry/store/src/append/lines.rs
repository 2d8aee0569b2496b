//! The lines in which appends wait, and the batches that are taken from them.

use tokio::sync::{mpsc, oneshot};

use super::{BATCH, BATCH_BYTES, Job};

/// What stands in a line.
pub(super) enum Entry {
    /// A job.
    Job(Box<Job>),
    /// Somebody who waits for everything that stands before.
    Flush(oneshot::Sender<()>),
}

/// The line of small jobs and that of large ones.
pub(super) struct Lines([Line; 2]);

struct Line {
    waiting: mpsc::Receiver<Entry>,
    /// The first of the line, where it has been looked at already.
    first: Option<Entry>,
    /// Nobody can bring more, and nothing waits.
    ended: bool,
}

impl Lines {
    pub(super) fn new(small: mpsc::Receiver<Entry>, large: mpsc::Receiver<Entry>) -> Lines {
        Lines([small, large].map(|waiting| Line {
            waiting,
            first: None,
            ended: false,
        }))
    }

    /// Takes no more jobs; those that wait are still given.
    pub(super) fn close(&mut self) {
        self.0.iter_mut().for_each(|line| line.waiting.close());
    }

    /// Waits until a job is there; false when none will ever come.
    pub(super) async fn ready(&mut self) -> bool {
        loop {
            let [small, large] = &mut self.0;
            if small.first.is_some() || large.first.is_some() {
                return true;
            }
            tokio::select! {
                job = small.waiting.recv(), if !small.ended => small.arrived(job),
                job = large.waiting.recv(), if !large.ended => large.arrived(job),
                else => return false,
            }
        }
    }

    /// A batch of each line, without those that would be empty; a line is asked when it is its turn.
    pub(super) fn batches(&mut self) -> impl Iterator<Item = Vec<Job>> {
        self.0.iter_mut().map(Line::batch).filter(|batch| !batch.is_empty())
    }
}

impl Line {
    fn arrived(&mut self, entry: Option<Entry>) {
        self.ended = entry.is_none();
        self.first = entry;
    }

    /// The jobs that wait, as many as one transaction takes, all of one context: a transaction locks one only.
    fn batch(&mut self) -> Vec<Job> {
        let mut batch: Vec<Job> = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH
            && let Some(entry) = self.first.take().or_else(|| self.waiting.try_recv().ok())
        {
            let job = match entry {
                Entry::Flush(done) if batch.is_empty() => {
                    // Nobody may be waiting any more.
                    let _ = done.send(());
                    continue;
                }
                Entry::Flush(done) => {
                    self.first = Some(Entry::Flush(done));
                    break;
                }
                Entry::Job(job) => job,
            };
            bytes += job.append.bytes();
            let fits = |first: &Job| first.append.context == job.append.context && bytes <= BATCH_BYTES;
            if !batch.first().is_none_or(fits) {
                self.first = Some(Entry::Job(job));
                break;
            }
            batch.push(*job);
        }
        batch
    }
}
