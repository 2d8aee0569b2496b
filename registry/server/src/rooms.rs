//! Memory that requests share: what they make of their bodies and of what is stored, weighed before it is made.
//!
//! Invariants: what a request takes room for is no more than what there is, so it is let in some time; whoever needs little
//! never waits for one who needs much. A request that holds room of one kind may wait for room of a later kind, in the order
//! of the fields of [`Rooms`], and for no other: so none waits for each other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Config;
use crate::problem::Problem;

/// The unit in which room is counted, in bytes.
const BLOCK: usize = 16 << 10;

/// What needs more than this waits for room among its like, in bytes.
const LITTLE: usize = 8 << 20;

/// The least wait for room that others hold with answers: who takes nothing of an answer is cut off before.
const TAKEN: Duration = Duration::from_secs(75);

/// The room that there is for each purpose.
pub struct Rooms {
    /// For schemas of requests: their texts, and what they are while they are understood and judged.
    pub drafts: Room,
    /// For answers that are not small, until the client has taken them.
    pub answers: Room,
    /// For stored schemas that they are compared with.
    pub stored: Room,
    /// For what those refer to.
    pub references: Room,
}

impl Rooms {
    /// As configured.
    pub fn new(config: &Config) -> Rooms {
        let patience = config.request_timeout;
        Rooms {
            drafts: Room::new([48 << 20, 144 << 20], patience),
            answers: Room::new([64 << 20, 128 << 20], patience.max(TAKEN)),
            stored: Room::new([48 << 20, 112 << 20], patience),
            references: Room::new([16 << 20, 64 << 20], patience),
        }
    }
}

/// Room for one purpose.
pub struct Room {
    little: Part,
    much: Part,
    patience: Duration,
}

struct Part {
    places: Arc<Semaphore>,
    blocks: u32,
}

/// Room that is taken, until this is dropped.
#[derive(Debug)]
pub struct Taken {
    _places: OwnedSemaphorePermit,
}

impl Room {
    /// So many bytes for those who need little, and so many for those who need much.
    fn new(bytes: [usize; 2], patience: Duration) -> Room {
        let [little, much] = bytes.map(|bytes| {
            let blocks = blocks(bytes);
            Part {
                places: Arc::new(Semaphore::new(blocks as usize)),
                blocks,
            }
        });
        Room { little, much, patience }
    }

    /// Room for so many bytes, if it is there at once.
    pub fn take_now(&self, bytes: usize) -> Option<Taken> {
        let (part, blocks) = self.part(bytes);
        let places = Arc::clone(&part.places).try_acquire_many_owned(blocks).ok()?;
        Some(Taken { _places: places })
    }

    /// Waits until there is room for so many bytes. What needs more than all of it gets all of it.
    ///
    /// # Errors
    /// 503 when there is none within the time that a request may take.
    pub async fn take(&self, bytes: usize) -> Result<Taken, Problem> {
        let (part, blocks) = self.part(bytes);
        let places = Arc::clone(&part.places).acquire_many_owned(blocks);
        match tokio::time::timeout(self.patience, places).await {
            Ok(Ok(places)) => Ok(Taken { _places: places }),
            _ => Err(Problem::NoRoom),
        }
    }

    /// Where room for so many bytes is taken, and the blocks that it takes there.
    fn part(&self, bytes: usize) -> (&Part, u32) {
        let part = if bytes <= LITTLE { &self.little } else { &self.much };
        (part, blocks(bytes).min(part.blocks))
    }
}

fn blocks(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(BLOCK)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn little_does_not_wait_for_much() {
        let room = Room::new([LITTLE, 4 * LITTLE], Duration::from_millis(20));
        let all = room.take(usize::MAX).await.expect("all of the room");
        assert!(room.take(2 * LITTLE).await.is_err(), "somebody has all of it");
        let little = room.take(LITTLE).await.expect("room for little");
        assert!(room.take(1).await.is_err());
        drop((all, little));
        room.take(2 * LITTLE).await.expect("room again");
        room.take(1).await.expect("room again");
    }
}
