//! Room for the bodies of requests, taken as their bytes arrive.
//!
//! Invariants: of all bodies together no more is held than the room, besides the first [`FREE`] bytes of each; a body that
//! does not progress keeps nobody else waiting for more than a few seconds; the oldest body can always grow to the largest
//! size, so that no two wait for each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// The first bytes of a body, which need no room: every connection may hold as many.
pub const FREE: usize = 16 << 10;

/// How many bodies of the largest allowed size there is room for.
const LARGEST_AT_A_TIME: usize = 64;

/// A body has to grow by [`STEP`] bytes in this time while others wait for room.
const STALLED: Duration = Duration::from_secs(3);

/// By how much a body has to grow to be seen as progressing, in bytes.
pub const STEP: usize = 64 << 10;

/// How often somebody who waits looks for a body that does not progress.
const ROUND: Duration = Duration::from_millis(100);

/// Room that many bodies share.
pub struct Room {
    largest: usize,
    state: Mutex<State>,
    freed: Notify,
}

struct State {
    free: usize,
    next: u64,
    /// By age, the oldest first.
    bodies: BTreeMap<u64, Body>,
}

struct Body {
    held: usize,
    /// Not all of it is here.
    arriving: bool,
    /// It does not grow because there is no room.
    waiting: bool,
    progressed: Instant,
    refused: Arc<Notify>,
}

/// The room that one body takes for as long as this lives.
pub struct Held {
    room: Arc<Room>,
    id: u64,
    refused: Arc<Notify>,
}

impl Room {
    /// Room for bodies of at most `largest` bytes.
    pub fn new(largest: usize) -> Room {
        Room {
            largest,
            state: Mutex::new(State {
                free: largest.saturating_mul(LARGEST_AT_A_TIME),
                next: 0,
                bodies: BTreeMap::new(),
            }),
            freed: Notify::new(),
        }
    }

    /// A body that has outgrown [`FREE`]; it holds nothing yet.
    pub fn enter(self: &Arc<Room>) -> Held {
        let refused = Arc::new(Notify::new());
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        let body = Body {
            held: 0,
            arriving: true,
            waiting: false,
            progressed: Instant::now(),
            refused: Arc::clone(&refused),
        };
        state.bodies.insert(id, body);
        drop(state);
        Held {
            room: Arc::clone(self),
            id,
            refused,
        }
    }

    /// Takes room up to `bytes` for the body if there is some.
    fn grow(&self, id: u64, bytes: usize) -> bool {
        let mut guard = self.state();
        let state = &mut *guard;
        // What the oldest body may still need is not given to others.
        let oldest = state.bodies.iter().find(|(_, body)| body.arriving);
        let kept = match oldest {
            Some((&oldest, body)) if oldest != id => self.largest.saturating_sub(body.held),
            _ => 0,
        };
        let Some(body) = state.bodies.get_mut(&id) else {
            return false;
        };
        let more = bytes.saturating_sub(body.held);
        body.waiting = state.free < more.saturating_add(kept);
        if body.waiting {
            return false;
        }
        body.held += more;
        body.progressed = Instant::now();
        state.free -= more;
        true
    }

    /// Refuses the body that has not progressed for longest, if there is one that should have.
    fn refuse_a_stalled_one(&self) {
        let state = self.state();
        let stalled = state
            .bodies
            .values()
            .filter(|body| body.arriving && !body.waiting && body.progressed.elapsed() > STALLED)
            .min_by_key(|body| body.progressed);
        if let Some(body) = stalled {
            body.refused.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Waits until there is room for `bytes` of the body.
    pub async fn grow(&self, bytes: usize) {
        loop {
            let freed = self.room.freed.notified();
            if self.room.grow(self.id, bytes) {
                return;
            }
            if tokio::time::timeout(ROUND, freed).await.is_err() {
                self.room.refuse_a_stalled_one();
            }
        }
    }

    /// Says that another [`STEP`] of the body arrived.
    pub fn progressed(&self) {
        if let Some(body) = self.room.state().bodies.get_mut(&self.id) {
            body.progressed = Instant::now();
        }
    }

    /// Says that the whole body is here.
    pub fn arrived(&self) {
        if let Some(body) = self.room.state().bodies.get_mut(&self.id) {
            body.arriving = false;
        }
        self.room.freed.notify_waiters();
    }

    /// Ends when others need the room and this body does not progress.
    pub async fn refused(&self) {
        self.refused.notified().await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut state = self.room.state();
        if let Some(body) = state.bodies.remove(&self.id) {
            state.free += body.held;
        }
        drop(state);
        self.room.freed.notify_waiters();
    }
}
