//! Whether something remembered is still true, known by counting the writes.
//!
//! A reader takes a [`Mark`] before it reads the store and keeps it with what it read; that is true for as long as the mark
//! holds. A writer holds a [`Change`] from before its first statement until after its commit, so that in between nothing is
//! answered from memory and nothing read then is kept. A write whose outcome is not known (the database failed meanwhile) is
//! counted as unsettled until it is surely over; that takes no memory, however many there are.
//!
//! Subjects share 4,096 counters: a write to another subject may void a mark for nothing, but none is ever believed wrongly.
//!
//! Where other processes write too, their writes are not counted; only that they removed something for good is asked for again
//! and again ([`Generations::asked`]), and what was remembered is believed for a bounded time after it was asked last.

use std::hash::BuildHasher;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rustc_hash::FxBuildHasher;
use treaty_api::subject::Subject;

const COUNTERS: usize = 4096;

/// How many writes have begun and how many have ended; and of those under way, how many nobody waits for any more.
#[derive(Default)]
struct Counter {
    begun: AtomicU64,
    ended: AtomicU64,
    unsettled: AtomicU64,
}

impl Counter {
    /// The number of writes, if none is under way.
    fn still(&self) -> Option<u64> {
        // Ended first: a write that begins in between is then seen as under way, never as over.
        let ended = self.ended.load(Ordering::SeqCst);
        (self.begun.load(Ordering::SeqCst) == ended).then_some(ended)
    }
}

struct Counters {
    subjects: Box<[Counter]>,
    settings: Counter,
    purges: Counter,
    others: Option<Others>,
    settling: AtomicBool,
}

impl Counters {
    fn all(&self) -> impl Iterator<Item = &Counter> {
        self.subjects.iter().chain([&self.settings, &self.purges])
    }
}

/// What is known of the writes of other processes.
struct Others {
    start: Instant,
    /// How long what is remembered is believed after the database was asked.
    bound: Duration,
    /// Milliseconds after the start until which it is believed.
    believed: AtomicU64,
    /// The last change that removed something for good.
    last_purge: AtomicI64,
}

/// The counters of a registry.
#[derive(Clone)]
pub struct Generations(Arc<Counters>);

/// The state of the counters when something was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The counter of the subject and its state, with that of the settings; none for what an id names.
    subject: Option<(usize, u64, u64)>,
    purges: u64,
}

impl Mark {
    /// What holds after one more write to the subject, and that one only: for a writer that knows what its own write made of
    /// what it had read.
    #[must_use]
    pub fn after_one_write(self) -> Mark {
        Mark {
            subject: self
                .subject
                .map(|(place, writes, settings)| (place, writes + 1, settings)),
            ..self
        }
    }
}

/// What a write changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touched {
    Subject(usize),
    Settings,
}

/// A write that is under way. It has to be ended, by [`Change::end`], once it is known that it is over; until then nothing
/// that it touches is answered from memory. One that is dropped is unsettled, see [`Generations::unsettled`].
#[must_use]
pub struct Change {
    counters: Arc<Counters>,
    touched: Touched,
    purges: bool,
    ended: bool,
}

/// Writes of which it is not known whether they are over. They end, all of them, by [`Unsettled::end`].
#[must_use]
pub struct Unsettled {
    counters: Arc<Counters>,
    /// How many, by the order of the counters.
    writes: Vec<u64>,
}

impl Unsettled {
    /// They are over, whatever came of them.
    pub fn end(self) {
        for (counter, writes) in self.counters.all().zip(&self.writes) {
            counter.ended.fetch_add(*writes, Ordering::SeqCst);
        }
    }
}

impl Generations {
    /// Counters for a store. Where other processes write to it too, `others` says how long what an id names is believed after
    /// the database was asked whether they removed something.
    pub fn new(others: Option<Duration>) -> Generations {
        Generations(Arc::new(Counters {
            subjects: (0..COUNTERS).map(|_| Counter::default()).collect(),
            settings: Counter::default(),
            purges: Counter::default(),
            others: others.map(|bound| Others {
                start: Instant::now(),
                bound,
                believed: AtomicU64::new(0),
                last_purge: AtomicI64::new(-1),
            }),
            settling: AtomicBool::new(false),
        }))
    }

    /// A mark for what depends on a subject and on settings; none when that may not be remembered now.
    pub fn mark(&self, subject: &Subject) -> Option<Mark> {
        if self.0.others.is_some() {
            return None;
        }
        let place = place(subject);
        let purges = self.0.purges.still()?;
        let settings = self.0.settings.still()?;
        let writes = self.0.subjects[place].still()?;
        Some(Mark {
            subject: Some((place, writes, settings)),
            purges,
        })
    }

    /// A mark for what an id names.
    pub fn mark_lasting(&self) -> Option<Mark> {
        let purges = self.0.purges.still()?;
        self.believed().then_some(Mark { subject: None, purges })
    }

    /// The database was asked, at this moment, for the last change that removed something for good.
    pub fn asked(&self, at: Instant, last_purge: i64) {
        let Some(others) = &self.0.others else { return };
        if others.last_purge.swap(last_purge, Ordering::SeqCst) != last_purge {
            self.0.purges.begun.fetch_add(1, Ordering::SeqCst);
            self.0.purges.ended.fetch_add(1, Ordering::SeqCst);
        }
        let until = at.saturating_duration_since(others.start) + others.bound;
        let until = u64::try_from(until.as_millis()).unwrap_or(u64::MAX);
        others.believed.fetch_max(until, Ordering::SeqCst);
    }

    fn believed(&self) -> bool {
        self.0.others.as_ref().is_none_or(|others| {
            others.start.elapsed().as_millis() < u128::from(others.believed.load(Ordering::SeqCst))
        })
    }

    /// Whether nothing was written since that the mark depends on.
    pub fn holds(&self, mark: &Mark) -> bool {
        self.believed()
            && self.0.purges.still() == Some(mark.purges)
            && mark.subject.is_none_or(|(place, writes, settings)| {
                self.0.subjects[place].still() == Some(writes) && self.0.settings.still() == Some(settings)
            })
    }

    /// Begins a write to a subject; `purge` when it may permanently delete.
    pub fn change(&self, subject: &Subject, purge: bool) -> Change {
        self.begin(Touched::Subject(place(subject)), purge)
    }

    /// Begins a write to the settings of the registry.
    pub fn change_settings(&self) -> Change {
        self.begin(Touched::Settings, false)
    }

    /// Whether the caller is the one to settle what is unsettled: there is one at a time, until it says that it is done.
    pub fn settles(&self) -> bool {
        !self.0.settling.swap(true, Ordering::SeqCst)
    }

    /// What is unsettled now, taken out; none when nothing is, and then the caller is no longer the one to settle.
    pub fn unsettled(&self) -> Option<Unsettled> {
        loop {
            let take = |counter: &Counter| counter.unsettled.swap(0, Ordering::SeqCst);
            let writes: Vec<u64> = self.0.all().map(take).collect();
            if writes.iter().any(|writes| *writes > 0) {
                let counters = Arc::clone(&self.0);
                return Some(Unsettled { counters, writes });
            }
            self.0.settling.store(false, Ordering::SeqCst);
            // What came in between found somebody settling.
            let came = self.0.all().any(|counter| counter.unsettled.load(Ordering::SeqCst) > 0);
            if !came || !self.settles() {
                return None;
            }
        }
    }

    fn begin(&self, touched: Touched, purges: bool) -> Change {
        let change = Change {
            counters: Arc::clone(&self.0),
            touched,
            purges,
            ended: false,
        };
        change.each(|counter| counter.begun.fetch_add(1, Ordering::SeqCst));
        change
    }
}

impl Change {
    /// The write is over, whatever came of it.
    pub fn end(mut self) {
        self.ended = true;
        self.each(|counter| counter.ended.fetch_add(1, Ordering::SeqCst));
    }

    fn each(&self, count: impl Fn(&Counter) -> u64) {
        count(match self.touched {
            Touched::Subject(place) => &self.counters.subjects[place],
            Touched::Settings => &self.counters.settings,
        });
        if self.purges {
            count(&self.counters.purges);
        }
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        if !self.ended {
            self.each(|counter| counter.unsettled.fetch_add(1, Ordering::SeqCst));
        }
    }
}

fn place(subject: &Subject) -> usize {
    // The upper bits of this hash are the well mixed ones.
    (FxBuildHasher.hash_one(subject) >> 40) as usize % COUNTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject::parse("orders")
    }

    #[test]
    fn marks_hold_until_a_write() {
        let generations = Generations::new(None);
        let orders = generations.mark(&subject()).unwrap();
        let lasting = generations.mark_lasting().unwrap();
        assert!(generations.holds(&orders));

        let change = generations.change(&subject(), false);
        assert!(!generations.holds(&orders), "a write is under way");
        assert_eq!(generations.mark(&subject()), None, "what is read now may be old or new");
        change.end();
        assert!(!generations.holds(&orders));
        assert!(generations.holds(&lasting), "what an id names did not change");

        let orders = generations.mark(&subject()).unwrap();
        generations.change_settings().end();
        assert!(!generations.holds(&orders));

        generations.change(&Subject::parse("other"), true).end();
        assert!(!generations.holds(&lasting));
    }

    #[test]
    fn a_writer_knows_what_its_own_write_made() {
        let generations = Generations::new(None);
        let read = generations.mark(&subject()).unwrap();
        let own = generations.change(&subject(), false);
        assert!(!generations.holds(&read.after_one_write()), "the write is under way");
        own.end();
        assert!(!generations.holds(&read));
        assert!(generations.holds(&read.after_one_write()));

        generations.change(&subject(), false).end();
        assert!(!generations.holds(&read.after_one_write()), "somebody else wrote too");

        let read = generations.mark(&subject()).unwrap();
        let (own, other) = (
            generations.change(&subject(), false),
            generations.change(&subject(), false),
        );
        own.end();
        assert!(!generations.holds(&read.after_one_write()));
        other.end();
        assert!(!generations.holds(&read.after_one_write()));
    }

    #[test]
    fn overlapping_writes() {
        let generations = Generations::new(None);
        let one = generations.change(&subject(), false);
        let other = generations.change(&subject(), false);
        one.end();
        assert_eq!(generations.mark(&subject()), None, "the other is still under way");
        other.end();
        assert!(generations.mark(&subject()).is_some());
    }

    #[test]
    fn writes_of_unknown_outcome_are_settled_together() {
        let generations = Generations::new(None);
        for _ in 0..1000 {
            drop(generations.change(&subject(), true));
        }
        assert_eq!(
            generations.mark(&subject()),
            None,
            "it is not known whether they are over"
        );
        assert!(generations.settles());
        assert!(!generations.settles(), "one does it");
        let unsettled = generations.unsettled().expect("a thousand");
        drop(generations.change_settings());
        unsettled.end();
        assert!(generations.mark_lasting().is_some());
        assert_eq!(generations.mark(&subject()), None, "the settings are unsettled");
        generations.unsettled().expect("the settings").end();
        assert!(generations.unsettled().is_none());
        assert!(generations.mark(&subject()).is_some());
        assert!(generations.settles(), "the last one is done");
    }

    #[test]
    fn a_shared_store_remembers_only_what_lasts() {
        let generations = Generations::new(Some(Duration::from_secs(60)));
        assert_eq!(generations.mark(&subject()), None);
        assert_eq!(generations.mark_lasting(), None, "the database was not asked yet");
        let start = Instant::now();
        generations.asked(start, 7);
        let lasting = generations.mark_lasting().unwrap();
        generations.asked(Instant::now(), 7);
        assert!(generations.holds(&lasting));
        generations.asked(Instant::now(), 8);
        assert!(!generations.holds(&lasting), "another node removed something");
        assert!(generations.mark_lasting().is_some());
    }

    #[test]
    fn what_others_write_is_not_believed_unasked() {
        let generations = Generations::new(Some(Duration::ZERO));
        generations.asked(Instant::now(), 0);
        assert_eq!(generations.mark_lasting(), None, "the time is over");
    }
}
