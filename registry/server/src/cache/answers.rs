//! Finished answers: the bytes of a body, found by the request that asked for them.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Generations, Mark};
use crate::answer::Answer;
use crate::metrics::Metrics;

/// What an entry costs besides its bytes: the table, the counters of the buffers, the headers.
const OVERHEAD: u64 = 256;

/// How many answers the tables are laid out for at first; they grow.
const EXPECTED: usize = 1024;

#[derive(Clone)]
struct CacheEntry {
    mark: Mark,
    answer: Answer,
}

#[derive(Clone)]
struct InBytes;

impl Weighter<Box<[u8]>, CacheEntry> for InBytes {
    fn weight(&self, key: &Box<[u8]>, entry: &CacheEntry) -> u64 {
        OVERHEAD + key.len() as u64 + entry.answer.body.len() as u64
    }
}

/// Answers by request: path and query of a GET, and for a POST its body as well. Compared whole, so no two requests are mixed up.
pub struct Answers {
    cache: Cache<Box<[u8]>, CacheEntry, InBytes>,
    generations: Generations,
    hits: Counter<u64, AtomicU64>,
    misses: Counter<u64, AtomicU64>,
}

impl Answers {
    /// No more than `bytes` of memory.
    pub fn new(bytes: u64, generations: Generations, metrics: &Metrics) -> Answers {
        let (hits, misses) = metrics.cache("answers");
        Answers {
            cache: Cache::with_weighter(EXPECTED, bytes, InBytes),
            generations,
            hits,
            misses,
        }
    }

    /// The answer to this request, if it is known and still true.
    pub fn get(&self, request: &[u8]) -> Option<Answer> {
        let entry = self
            .cache
            .get(request)
            .filter(|entry| self.generations.holds(&entry.mark))
            .map(|entry| entry.answer);
        if entry.is_some() { &self.hits } else { &self.misses }.inc();
        entry
    }

    /// What it holds, in bytes as they count against its limit.
    pub fn bytes(&self) -> u64 {
        self.cache.weight()
    }

    /// Remembers an answer that was read from the store after `mark` had been taken.
    pub fn keep(&self, request: &[u8], mark: Option<Mark>, answer: &Answer) {
        let Some(mark) = mark.filter(|mark| self.generations.holds(mark)) else {
            return;
        };
        let answer = answer.compact();
        self.cache.insert(request.into(), CacheEntry { mark, answer });
    }
}

/// What a POST is found by.
pub fn key_of_post(path_and_query: &str, body: &[u8]) -> Vec<u8> {
    // No path contains a space, so no GET has this key and no body can reach into the path.
    [b"POST ", path_and_query.as_bytes(), b" ", body].concat()
}
