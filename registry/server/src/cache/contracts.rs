//! Published contracts that were opened: what their applications need of a subject, by the hash of the contract.
//!
//! A hash names everything that was published, so what it stands for never changes. Which contracts there are is asked of the
//! database each time; one that was withdrawn or replaced is not asked for any more, and others take its place here.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use treaty_api::subject::Subject;
use treaty_contracts::Requirement;

use crate::metrics::Metrics;

/// What an entry costs besides what its requirements hold: the table, and what allocations are rounded up by.
const OVERHEAD: u64 = 1024;

/// How many contracts the tables are laid out for at first; they grow.
const EXPECTED: usize = 256;

/// One contract may take this part of the memory for all.
const PART: u64 = 16;

/// What a contract says of one subject.
pub struct Opened {
    /// What the application needs, for each of its entries about the subject.
    pub requirements: Vec<Requirement>,
    bytes: u64,
    largest: u64,
}

impl Opened {
    /// Nothing yet, and at most so many bytes.
    pub fn new(largest: u64) -> Opened {
        Opened {
            requirements: Vec::new(),
            bytes: 0,
            largest,
        }
    }

    /// Adds what one entry needs. Where all of them are too large, none of them is kept.
    pub fn add(&mut self, requirement: Requirement) {
        self.bytes += requirement.held() as u64;
        if self.is_whole() {
            self.requirements.push(requirement);
        } else {
            self.requirements = Vec::new();
        }
    }

    /// Whether it holds everything that was added.
    pub fn is_whole(&self) -> bool {
        self.bytes <= self.largest
    }
}

/// The hash of a contract, and the name of the subject in question.
type Key = (String, String);

#[derive(Clone)]
struct InBytes;

impl Weighter<Key, Arc<Opened>> for InBytes {
    fn weight(&self, (hash, subject): &Key, opened: &Arc<Opened>) -> u64 {
        OVERHEAD + (hash.len() + subject.len()) as u64 + opened.bytes
    }
}

/// The contracts that were opened.
pub struct Contracts {
    cache: Cache<Key, Arc<Opened>, InBytes>,
    largest: u64,
    hits: Counter<u64, AtomicU64>,
    misses: Counter<u64, AtomicU64>,
}

impl Contracts {
    /// No more than about `bytes` of memory.
    pub fn new(bytes: u64, metrics: &Metrics) -> Contracts {
        let (hits, misses) = metrics.cache("contracts");
        Contracts {
            cache: Cache::with_weighter(EXPECTED, bytes, InBytes),
            largest: bytes / PART,
            hits,
            misses,
        }
    }

    /// What the contract with this hash says of a subject, if it is known.
    pub fn get(&self, hash: &str, subject: &Subject) -> Option<Arc<Opened>> {
        let found = self.cache.get(&(hash.to_owned(), subject.name.clone()));
        if found.is_some() { &self.hits } else { &self.misses }.inc();
        found
    }

    /// Whether it is likely to be known: asking is not counted as a use.
    pub fn has(&self, hash: &str, subject: &Subject) -> bool {
        self.cache.peek(&(hash.to_owned(), subject.name.clone())).is_some()
    }

    /// The most that one contract may hold, in bytes.
    pub fn largest(&self) -> u64 {
        self.largest
    }

    /// What it holds, in bytes as they count against its limit.
    pub fn bytes(&self) -> u64 {
        self.cache.weight()
    }

    /// Remembers what the contract with this hash says of a subject.
    pub fn keep(&self, hash: String, subject: &Subject, opened: Opened) {
        self.cache.insert((hash, subject.name.clone()), Arc::new(opened));
    }
}
