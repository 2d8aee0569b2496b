//! How much work may be done for somebody who waits.
//!
//! Whoever asks the engine something that is not linear in its input gives it a [`Budget`]. A step is a small piece of work
//! of about the same size everywhere: a field that is looked at, a few bytes that are written. Steps are counted, never
//! timed, so that the same question always ends at the same place; only whoever cancels it may end it elsewhere.
//!
//! Invariant: a budget that has ended stays ended. An answer is whole only where [`Budget::exhausted`] is `None` once it was
//! given.

use std::cell::Cell;
use std::fmt;

/// So many steps are taken before it is asked again whether the work was cancelled.
const BETWEEN_LOOKS: u64 = 1024;

/// Why a budget has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exhausted {
    /// All steps were taken.
    Steps,
    /// The work was cancelled.
    Cancelled,
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Exhausted::Steps => "the schemas take more work to compare than is allowed",
            Exhausted::Cancelled => "the work was cancelled before its end",
        })
    }
}

impl std::error::Error for Exhausted {}

/// The steps that are left, and whether the work is cancelled. Shared by everything that is done for one question, on one thread.
pub struct Budget {
    /// Steps that it had at first.
    whole: u64,
    /// Steps that may be taken before it is asked again whether the work was cancelled.
    next: Cell<u64>,
    /// Steps that are left after those.
    later: Cell<u64>,
    is_cancelled: Option<Box<dyn Fn() -> bool + Send>>,
    exhausted: Cell<Option<Exhausted>>,
    asks_others: bool,
}

impl Budget {
    /// One that never ends.
    pub fn unlimited() -> Budget {
        Budget::steps(u64::MAX)
    }

    /// One of so many steps.
    pub fn steps(steps: u64) -> Budget {
        let next = steps.min(BETWEEN_LOOKS);
        Budget {
            whole: steps,
            next: Cell::new(next),
            later: Cell::new(steps - next),
            is_cancelled: None,
            exhausted: Cell::new(None),
            asks_others: false,
        }
    }

    /// The same, and each witness is put before a decoder of others too, as far as this program has them: see
    /// [`Opinion`](crate::opinion::Opinion). That takes no steps and changes no verdict. It is for whoever waits for a report of
    /// files, as the budget is, and not for a server.
    #[must_use]
    pub fn with_second_opinion(mut self) -> Budget {
        self.asks_others = true;
        self
    }

    /// Whether witnesses are put before decoders of others.
    pub fn asks_others(&self) -> bool {
        self.asks_others
    }

    /// The same, ended as well when the work is cancelled, which is asked every 1,024 steps.
    #[must_use]
    pub fn until(mut self, is_cancelled: impl Fn() -> bool + Send + 'static) -> Budget {
        self.is_cancelled = Some(Box::new(is_cancelled));
        self
    }

    /// Does something whose steps do not count. It may take no more than are left.
    #[cfg(feature = "second-opinion")]
    pub(crate) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = (self.next.get(), self.later.get(), self.exhausted.get());
        let done = work();
        self.next.set(before.0);
        self.later.set(before.1);
        self.exhausted.set(before.2);
        done
    }

    /// Takes steps.
    ///
    /// # Errors
    /// When fewer are left, or the work was cancelled; from then on always.
    #[inline]
    pub fn spend(&self, steps: usize) -> Result<(), Exhausted> {
        let steps = steps as u64;
        match self.next.get().checked_sub(steps) {
            Some(left) => {
                self.next.set(left);
                Ok(())
            }
            None => self.look(steps),
        }
    }

    /// Steps that were taken; all of them once the budget has ended.
    pub fn taken(&self) -> u64 {
        self.whole - self.left()
    }

    fn left(&self) -> u64 {
        self.next.get().saturating_add(self.later.get())
    }

    /// Why it has ended; `None` while it has not.
    pub fn exhausted(&self) -> Option<Exhausted> {
        self.exhausted.get()
    }

    /// Asks whether the work was cancelled, and takes steps of those that are left for later.
    #[cold]
    fn look(&self, steps: u64) -> Result<(), Exhausted> {
        if let Some(why) = self.exhausted.get() {
            return Err(why);
        }
        if self.is_cancelled.as_ref().is_some_and(|is_cancelled| is_cancelled()) {
            return Err(self.end(Exhausted::Cancelled));
        }
        let Some(left) = self.left().checked_sub(steps) else {
            return Err(self.end(Exhausted::Steps));
        };
        let next = left.min(BETWEEN_LOOKS);
        self.next.set(next);
        self.later.set(left - next);
        Ok(())
    }

    fn end(&self, why: Exhausted) -> Exhausted {
        self.next.set(0);
        self.later.set(0);
        self.exhausted.set(Some(why));
        why
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget")
            .field("left", &self.left())
            .field("exhausted", &self.exhausted.get())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn steps_are_counted_to_the_last_one() {
        for steps in [0, 1, 1023, 1024, 1025, 5000] {
            let budget = Budget::steps(steps);
            for _ in 0..steps {
                assert_eq!(budget.spend(1), Ok(()));
            }
            assert_eq!(budget.exhausted(), None);
            assert_eq!(budget.spend(1), Err(Exhausted::Steps));
            assert_eq!(budget.exhausted(), Some(Exhausted::Steps));
        }
        let budget = Budget::steps(5000);
        assert_eq!(budget.spend(5001), Err(Exhausted::Steps));
        assert_eq!(budget.spend(1), Err(Exhausted::Steps), "what has ended stays ended");
        assert_eq!(Budget::unlimited().spend(usize::MAX), Ok(()));
    }

    #[test]
    fn cancelling_ends_it_within_a_thousand_steps() {
        let cancelled = Arc::new(AtomicBool::new(false));
        let asked = Arc::clone(&cancelled);
        let budget = Budget::unlimited().until(move || asked.load(Ordering::Relaxed));
        assert_eq!(budget.spend(10_000), Ok(()));
        cancelled.store(true, Ordering::Relaxed);
        assert!((0..=1024).any(|_| budget.spend(1).is_err()));
        cancelled.store(false, Ordering::Relaxed);
        assert_eq!(budget.spend(1), Err(Exhausted::Cancelled), "what has ended stays ended");
        assert_eq!(budget.exhausted(), Some(Exhausted::Cancelled));
    }
}
