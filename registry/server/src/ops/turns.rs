//! Turns: those who register under one subject come one after the other, in the order in which they asked.
//!
//! Each then decides on what the one before it left, instead of all deciding on the same head, of which one wins. Subjects do
//! not wait for each other. Other nodes have turns of their own; among nodes the database decides.
//! Invariant: whoever leaves, gives its turn to the next; a subject for which nobody waits takes no memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Mutex as Line, OwnedMutexGuard};
use treaty_api::subject::Subject;

/// The turns of all subjects.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<Subject, Waiting>>>);

#[derive(Debug, Default)]
struct Waiting {
    /// Fair: it is taken in the order in which it was asked for.
    line: Arc<Line<()>>,
    /// Those who wait, and the one whose turn it is.
    count: usize,
}

/// The turn of one request, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    // First: the turn ends before the place in the line is given up.
    _turn: OwnedMutexGuard<()>,
    _place: Place,
    /// Whether others came before.
    pub waited: bool,
}

/// A place in the line of a subject.
#[derive(Debug)]
struct Place {
    turns: Turns,
    subject: Subject,
}

impl Turns {
    /// Waits for the turn to register under a subject.
    pub async fn take(&self, subject: &Subject) -> Turn {
        let (place, line) = self.stand(subject);
        match Arc::clone(&line).try_lock_owned() {
            Ok(turn) => Turn {
                _turn: turn,
                _place: place,
                waited: false,
            },
            Err(_) => Turn {
                _turn: line.lock_owned().await,
                _place: place,
                waited: true,
            },
        }
    }

    fn stand(&self, subject: &Subject) -> (Place, Arc<Line<()>>) {
        let mut subjects = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = subjects.entry(subject.clone()).or_default();
        waiting.count += 1;
        let place = Place {
            turns: self.clone(),
            subject: subject.clone(),
        };
        (place, Arc::clone(&waiting.line))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut subjects = self.turns.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = subjects.get_mut(&self.subject) {
            waiting.count -= 1;
            if waiting.count == 0 {
                subjects.remove(&self.subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_after_the_other() {
        let turns = Turns::default();
        let (orders, payments) = (Subject::parse("orders"), Subject::parse("payments"));
        let first = turns.take(&orders).await;
        assert!(!first.waited);
        assert!(
            !turns.take(&payments).await.waited,
            "subjects do not wait for each other"
        );

        // One leaves before its turn came; the next gets it all the same.
        let impatient = tokio::time::timeout(std::time::Duration::ZERO, turns.take(&orders)).await;
        assert!(impatient.is_err());
        let next = tokio::spawn({
            let (turns, orders) = (turns.clone(), orders.clone());
            async move { turns.take(&orders).await.waited }
        });
        tokio::task::yield_now().await;
        drop(first);
        assert!(next.await.unwrap());
        assert!(turns.0.lock().unwrap().is_empty(), "nobody waits, nothing is kept");
    }
}
