//! Work that would hold up other requests: running it elsewhere, and cancelling it when nobody waits for it any more.
//!
//! Invariants: on the threads that answer requests nothing takes much longer than a millisecond. At most one large piece of
//! work fewer than there are cores (but one) runs at a time, so that health, reads by id and small writes always find a core.
//! Work for a request that was answered, ran out of time or was left by its client ends within about a thousand steps.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use treaty_schemas::{Budget, Exhausted};

use crate::config::Config;
use crate::metrics::Metrics;
use crate::problem::Problem;

/// Steps that a comparison may take where its request arrived: about a millisecond.
const FIRST_STEPS: u64 = 20_000;

/// Texts up to this many bytes, together, are parsed or written where the request arrived: handing them over would take longer.
const SMALL: usize = 32 << 10;

/// What came of a comparison.
#[derive(Debug)]
pub enum Compared<T> {
    /// Everything was looked at.
    Whole(T),
    /// The steps that one request may take were used up first; what was found until then.
    Cut(T),
}

impl<T> Compared<T> {
    /// The outcome, where everything was looked at.
    ///
    /// # Errors
    /// 42209 where it was not.
    pub fn whole(self, workers: &Workers) -> Result<T, Problem> {
        match self {
            Compared::Whole(outcome) => Ok(outcome),
            Compared::Cut(_) => Err(Problem::TooMuchWork(workers.max_steps)),
        }
    }
}

/// The threads for work, and what one request may ask of them.
pub struct Workers {
    /// As many pieces of large work may run at a time.
    places: Arc<Semaphore>,
    metrics: Arc<Metrics>,
    /// How long a request may wait for its work.
    patience: Duration,
    /// Steps that the comparisons of one request may take.
    max_steps: u64,
}

/// The steps that are left to one request, which may be spent on several pieces of work.
#[derive(Debug)]
pub struct Steps(u64);

impl Steps {
    /// Does work whose cost nobody knows before it is done: a little of it here, and if that is not enough all of it again on a
    /// thread for work. What it makes with a budget that has ended is thrown away, or is [`Compared::Cut`].
    ///
    /// # Errors
    /// When it takes longer than a request may.
    pub async fn compare<T: Send + 'static>(
        &mut self,
        workers: &Workers,
        work: impl Fn(&Budget) -> T + Send + 'static,
    ) -> Result<Compared<T>, Problem> {
        let steps = self.0;
        let first = Budget::steps(FIRST_STEPS.min(steps));
        let outcome = work(&first);
        if first.exhausted().is_none() {
            self.0 -= first.taken();
            return Ok(Compared::Whole(outcome));
        }
        if steps <= FIRST_STEPS {
            self.0 = 0;
            return Ok(Compared::Cut(outcome));
        }
        drop(outcome);
        let on_thread = workers.on_thread(move |cancelled| {
            let budget = Budget::steps(steps).until(move || cancelled.is_cancelled());
            let outcome = work(&budget);
            (outcome, budget.exhausted(), budget.taken())
        });
        let (outcome, exhausted, taken) = on_thread.await?;
        self.0 -= taken;
        match exhausted {
            None => Ok(Compared::Whole(outcome)),
            Some(Exhausted::Steps) => Ok(Compared::Cut(outcome)),
            Some(Exhausted::Cancelled) => Err(Problem::CheckTimedOut),
        }
    }
}

impl Workers {
    /// As the machine and the configuration allow.
    pub fn new(config: &Config, metrics: &Arc<Metrics>) -> Workers {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Workers {
            places: Arc::new(Semaphore::new(cores.saturating_sub(1).max(1))),
            metrics: Arc::clone(metrics),
            patience: config.request_timeout,
            max_steps: config.max_check_steps,
        }
    }

    /// The steps of a request that begins.
    pub fn steps(&self) -> Steps {
        Steps(self.max_steps)
    }

    /// Does all the work of a request that is one piece: see [`Steps::compare`].
    ///
    /// # Errors
    /// When it takes longer than a request may.
    pub async fn compare<T: Send + 'static>(
        &self,
        work: impl Fn(&Budget) -> T + Send + 'static,
    ) -> Result<Compared<T>, Problem> {
        self.steps().compare(self, work).await
    }

    /// Does work that is linear in this many bytes of text: few of them here, many on a thread for work.
    ///
    /// # Errors
    /// When it takes longer than a request may. What is under way then runs to its end, which the limits on its input bound.
    pub async fn linear<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        if is_small(bytes) {
            return Ok(work());
        }
        self.on_thread(move |_| work()).await
    }

    /// Does work on a thread for work. It is given a token that is cancelled when nobody waits for it any more.
    async fn on_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(CancellationToken) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let cancelled = CancellationToken::new();
        // Dropped when the request was answered, took too long, or was left by its client.
        let _cancel = cancelled.clone().drop_guard();
        let (places, metrics) = (Arc::clone(&self.places), Arc::clone(&self.metrics));
        let done = async move {
            let place = places.acquire_owned().await.map_err(|_| Problem::CheckTimedOut)?;
            let task = tokio::task::spawn_blocking(move || {
                let _place = place;
                let _in_progress = InProgress::new(metrics, cancelled.clone());
                work(cancelled)
            });
            task.await.map_err(|error| ended_early(&error))
        };
        tokio::time::timeout(self.patience, done)
            .await
            .unwrap_or(Err(Problem::CheckTimedOut))
    }
}

/// What so many bytes of JSON count as: they are read and written much faster than schemas are parsed.
pub fn as_json(bytes: usize) -> usize {
    bytes / 8
}

/// Whether work that is linear in this many bytes of text is done where the request arrived.
pub fn is_small(bytes: usize) -> bool {
    bytes <= SMALL
}

/// Writes a JSON text of about so many bytes, which the limits on what it is made of bound: a large one beside the threads that
/// answer requests. It takes some milliseconds, and so does not wait for a place among large work.
///
/// # Errors
/// Those of the writing.
pub async fn json<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    if is_small(as_json(bytes)) {
        return work();
    }
    let task = tokio::task::spawn_blocking(work);
    task.await.unwrap_or_else(|error| Err(ended_early(&error)))
}

fn ended_early(error: &tokio::task::JoinError) -> Problem {
    Problem::internal(format!("a piece of work ended early: {error}"))
}

/// Counts a piece of large work for as long as it runs.
struct InProgress {
    metrics: Arc<Metrics>,
    cancelled: CancellationToken,
}

impl InProgress {
    fn new(metrics: Arc<Metrics>, cancelled: CancellationToken) -> InProgress {
        metrics.large_work.inc();
        InProgress { metrics, cancelled }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if self.cancelled.is_cancelled() {
            tracing::debug!("a piece of work was given up: nobody waits for it any more");
            self.metrics.abandoned.inc();
        }
        self.metrics.large_work.dec();
    }
}
