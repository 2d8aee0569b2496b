//! The open connections, for which there are only so many places: the one that has waited longest for its client makes room.
//!
//! Invariants: there are never more connections than places, and one that waits for a place; a connection whose request the
//! server works on is never closed to make room; a client that does nothing (sends no request, no rest of a head, takes no
//! byte of its answer) is closed after a while, whatever there is room for.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

use crate::activity::{Activity, Awaits};
use crate::metrics::Metrics;

/// How long a connection may rest between requests: longer than clients and proxies keep one that they do not use.
const REST: Duration = Duration::from_secs(240);

/// How long an answer may be sent without a single byte of it being taken.
const UNREAD: Duration = Duration::from_secs(60);

/// How often the connections are looked at.
const ROUND: Duration = Duration::from_secs(1);

/// The longest wait for the place of a connection that is being closed, before another one is looked for.
const CLOSING: Duration = Duration::from_millis(100);

/// A body or an answer that is on its way may take so much longer than a rest, in milliseconds, before it makes room.
const UNDER_WAY: u64 = 5000;

/// How many candidates for closing are kept from one look at all connections.
const CANDIDATES: usize = 64;

/// A log line about connections that were closed to make room is written at most this often.
const QUIET: Duration = Duration::from_secs(60);

/// Why a connection was closed. The words are labels of a metric.
#[derive(Debug, Clone, Copy)]
enum Reason {
    Room,
    Rested,
    Head,
    Unread,
    Shutdown,
}

impl Reason {
    fn label(self) -> &'static str {
        match self {
            Reason::Room => "room",
            Reason::Rested => "rested",
            Reason::Head => "head",
            Reason::Unread => "unread",
            Reason::Shutdown => "shutdown",
        }
    }
}

/// All open connections.
pub struct Connections {
    clock: Instant,
    open: Mutex<FxHashMap<u64, Connection>>,
    next: AtomicU64,
    places: Arc<Semaphore>,
    most: usize,
    longest_head: Duration,
    metrics: Arc<Metrics>,
    full: Mutex<Full>,
}

struct Connection {
    activity: Arc<Activity>,
    task: AbortHandle,
}

/// What is known of the state that all places are taken.
#[derive(Default)]
struct Full {
    /// Connections that had waited longest for their clients, the longest last.
    candidates: Vec<(u64, (Awaits, u64))>,
    /// When the log said so last.
    said: Option<Instant>,
    /// How many were closed since.
    closed: u64,
}

impl Connections {
    /// No connection yet, and `most` places. `longest_head` is how long a head may take to arrive.
    pub fn new(most: usize, longest_head: Duration, metrics: Arc<Metrics>) -> Arc<Connections> {
        Arc::new(Connections {
            clock: Instant::now(),
            open: Mutex::default(),
            next: AtomicU64::new(0),
            places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            most,
            longest_head,
            metrics,
            full: Mutex::default(),
        })
    }

    /// A place, if need be that of the connection that has waited longest for its client.
    pub async fn place(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
                return permit;
            }
            self.make_room();
            let freed = Arc::clone(&self.places).acquire_owned();
            if let Ok(Ok(permit)) = tokio::time::timeout(CLOSING, freed).await {
                return permit;
            }
        }
    }

    /// Starts a task for a connection: `converse` makes it, given the connection's notes.
    pub fn start<F>(self: &Arc<Connections>, place: OwnedSemaphorePermit, converse: impl FnOnce(Arc<Activity>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let activity = Arc::new(Activity::new(self.clock));
        let conversation = converse(Arc::clone(&activity));
        let open = Open {
            connections: Arc::clone(self),
            id,
            _place: place,
        };
        self.metrics.connections.inc();
        // The task may end before it is written down; then it waits for this lock to be wiped out.
        let mut all = self.open();
        let task = tokio::spawn(async move {
            let _open = open;
            conversation.await;
        });
        let task = task.abort_handle();
        all.insert(id, Connection { activity, task });
    }

    /// Closes, for ever, the connections whose clients do nothing.
    pub async fn close_the_idle(&self) {
        let mut rounds = tokio::time::interval(ROUND);
        loop {
            rounds.tick().await;
            self.close(|activity| {
                let (awaits, since) = activity.awaits()?;
                overdue(awaits, activity.since(since), self.longest_head)
            });
        }
    }

    /// Closes the connections on which nothing was asked: those that rest and those whose head has not come to its end.
    pub fn close_the_resting(&self) {
        self.close(|activity| {
            matches!(activity.awaits(), Some((Awaits::Request | Awaits::Head, _))).then_some(Reason::Shutdown)
        });
    }

    /// Closes all connections; how many there were.
    pub fn close_all(&self) -> usize {
        self.close(|_| Some(Reason::Shutdown))
    }

    fn close(&self, reason: impl Fn(&Activity) -> Option<Reason>) -> usize {
        let mut closed = 0;
        for connection in self.open().values() {
            if let Some(reason) = reason(&connection.activity) {
                connection.task.abort();
                self.metrics.connection_closed(reason.label());
                closed += 1;
            }
        }
        closed
    }

    /// Closes the connection that has waited longest for its client, if there is one that waits.
    fn make_room(&self) {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let open = self.open();
        let waiting = |id: &u64| open.get(id).and_then(|connection| connection.activity.awaits());
        let mut longest = None;
        // A candidate that has done something since is none any more.
        while let Some((id, awaited)) = full.candidates.pop() {
            if waiting(&id) == Some(awaited) {
                longest = Some(id);
                break;
            }
        }
        if longest.is_none() {
            let all = open.iter();
            let waits = all.filter_map(|(&id, connection)| Some((id, connection.activity.awaits()?)));
            let mut waits: Vec<_> = waits.collect();
            if waits.len() > CANDIDATES {
                waits.select_nth_unstable_by_key(CANDIDATES, |&(id, awaited)| (rank(awaited), id));
                waits.truncate(CANDIDATES);
            }
            waits.sort_unstable_by_key(|&(id, awaited)| std::cmp::Reverse((rank(awaited), id)));
            full.candidates = waits;
            longest = full.candidates.pop().map(|(id, _)| id);
        }
        if let Some(connection) = longest.and_then(|id| open.get(&id)) {
            connection.task.abort();
            self.metrics.connection_closed(Reason::Room.label());
            full.closed += 1;
        }
        drop(open);
        if full.said.is_none_or(|said| said.elapsed() > QUIET) {
            tracing::warn!(
                places = self.most,
                closed = full.closed,
                "all connections that may be open are open: for a new one, the one that has waited longest for its client is closed"
            );
            full.said = Some(Instant::now());
            full.closed = 0;
        }
    }

    fn open(&self) -> MutexGuard<'_, FxHashMap<u64, Connection>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a client has let the server wait for too long.
fn overdue(awaits: Awaits, waited: Duration, longest_head: Duration) -> Option<Reason> {
    let (longest, reason) = match awaits {
        Awaits::Request => (REST, Reason::Rested),
        Awaits::Head => (longest_head, Reason::Head),
        Awaits::Reading => (UNREAD, Reason::Unread),
        // Whoever reads the body looks at the time.
        Awaits::Body => return None,
    };
    (waited > longest).then_some(reason)
}

/// In which order connections make room, the lowest first.
///
/// Heads and rests count alike: whoever fills all places with half-sent heads must not drive out those who rest between two
/// requests.
fn rank((awaits, since): (Awaits, u64)) -> u64 {
    match awaits {
        Awaits::Request | Awaits::Head => since,
        Awaits::Body | Awaits::Reading => since + UNDER_WAY,
    }
}

/// A connection that is open for as long as this lives.
struct Open {
    connections: Arc<Connections>,
    id: u64,
    _place: OwnedSemaphorePermit,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.connections.open().remove(&self.id);
        self.connections.metrics.connections.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_do_nothing_are_overdue() {
        let head = Duration::from_secs(30);
        for (awaits, seconds, label) in [
            (Awaits::Request, 240, None),
            (Awaits::Request, 241, Some("rested")),
            (Awaits::Head, 30, None),
            (Awaits::Head, 31, Some("head")),
            (Awaits::Reading, 60, None),
            (Awaits::Reading, 61, Some("unread")),
            (Awaits::Body, 1000, None),
        ] {
            let reason = overdue(awaits, Duration::from_secs(seconds), head);
            assert_eq!(reason.map(Reason::label), label, "{awaits:?} {seconds}");
        }
    }

    #[test]
    fn the_longest_rest_makes_room_first() {
        let order = [
            (Awaits::Head, 10),
            (Awaits::Request, 11),
            (Awaits::Head, 12),
            (Awaits::Body, 9),
            (Awaits::Reading, 10),
            (Awaits::Request, 5011),
        ];
        assert!(order.is_sorted_by_key(|&awaited| rank(awaited)));
    }
}
