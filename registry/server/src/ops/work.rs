//! Work that would hold up other requests: running it elsewhere, and ending it when nobody waits for it any more.
//!
//! Invariants: on the threads that answer requests nothing takes much longer than a millisecond. At most one large piece of
//! work fewer than there are cores (but one) runs at a time, so that health, reads by id and small writes always find a core.
//! Work for a request that was answered, ran out of time or was left by its client ends within about a thousand steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use treaty_schemas::{Budget, Exhausted};

use crate::app::App;
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
    pub fn whole(self, app: &App) -> Result<T, Problem> {
        match self {
            Compared::Whole(outcome) => Ok(outcome),
            Compared::Cut(_) => Err(Problem::TooMuchWork(app.config.max_check_steps)),
        }
    }
}

/// How many pieces of large work may run at a time on this machine.
pub fn places() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    cores.saturating_sub(1).max(1)
}

/// The steps that are left to one request, which may be spent on several pieces of work.
#[derive(Debug)]
pub struct Steps(u64);

impl Steps {
    /// Those of a request that begins.
    pub fn of(app: &App) -> Steps {
        Steps(app.config.max_check_steps)
    }

    /// Does work whose cost nobody knows before it is done: a little of it here, and if that is not enough all of it again on a
    /// thread for work. What it makes with a budget that has ended is thrown away, or is [`Compared::Cut`].
    ///
    /// # Errors
    /// When it takes longer than a request may.
    pub async fn compare<T: Send + 'static>(
        &mut self,
        app: &App,
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
        let (outcome, exhausted, taken) = on_thread(app, move |stop| {
            let budget = Budget::steps(steps).until(stop);
            let outcome = work(&budget);
            (outcome, budget.exhausted(), budget.taken())
        })
        .await?;
        self.0 -= taken;
        match exhausted {
            None => Ok(Compared::Whole(outcome)),
            Some(Exhausted::Steps) => Ok(Compared::Cut(outcome)),
            Some(Exhausted::Stopped) => Err(Problem::CheckTimedOut),
        }
    }
}

/// Does all the work of a request that is one piece: see [`Steps::compare`].
///
/// # Errors
/// When it takes longer than a request may.
pub async fn compare<T: Send + 'static>(
    app: &App,
    work: impl Fn(&Budget) -> T + Send + 'static,
) -> Result<Compared<T>, Problem> {
    Steps::of(app).compare(app, work).await
}

/// What so many bytes of JSON count as: they are read and written much faster than schemas are parsed.
pub fn as_json(bytes: usize) -> usize {
    bytes / 8
}

/// Whether work that is linear in this many bytes of text is done where the request arrived.
pub fn is_small(bytes: usize) -> bool {
    bytes <= SMALL
}

/// Does work that is linear in this many bytes of text: few of them here, many on a thread for work.
///
/// # Errors
/// When it takes longer than a request may. What is under way then runs to its end, which the limits on its input bound.
pub async fn linear<T: Send + 'static>(
    app: &App,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    if is_small(bytes) {
        return Ok(work());
    }
    on_thread(app, move |_| work()).await
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

/// Does work on a thread for work. It is given a flag that becomes true when nobody waits for it any more.
async fn on_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(Arc<AtomicBool>) -> T + Send + 'static,
) -> Result<T, Problem> {
    let stop = Arc::new(AtomicBool::new(false));
    // Dropped when the request was answered, took too long, or was left by its client.
    let _cancel = CancelOnDrop(Arc::clone(&stop));
    let (places, app, patience) = (Arc::clone(&app.work), app.clone(), app.config.request_timeout);
    let done = async move {
        let place = places.acquire_owned().await.map_err(|_| Problem::CheckTimedOut)?;
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            let in_progress = InProgress::new(app, Arc::clone(&stop));
            let done = work(stop);
            drop(in_progress);
            done
        });
        task.await.map_err(|error| ended_early(&error))
    };
    tokio::time::timeout(patience, done)
        .await
        .unwrap_or(Err(Problem::CheckTimedOut))
}

/// Held by the request that waits for work.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Counts a piece of large work for as long as it runs.
struct InProgress {
    app: App,
    stop: Arc<AtomicBool>,
}

impl InProgress {
    fn new(app: App, stop: Arc<AtomicBool>) -> InProgress {
        app.metrics.large_work.inc();
        InProgress { app, stop }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        if self.stop.load(Ordering::Relaxed) {
            tracing::debug!("a piece of work was given up: nobody waits for it any more");
            self.app.metrics.abandoned.inc();
        }
        self.app.metrics.large_work.dec();
    }
}
