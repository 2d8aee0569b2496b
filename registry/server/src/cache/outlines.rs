//! Where subjects stand: their heads and the ids of their live versions, bounded by their bytes.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use treaty_api::subject::Subject;
use treaty_store::{Outline, VersionEntry};

use super::{Generations, Mark};
use crate::metrics::Metrics;

/// Memory for outlines, in bytes: some fifty thousand subjects of a few versions. Larger registries hold the busy ones.
const BYTES: u64 = 16 << 20;

/// What an entry costs besides its name, its versions and its settings.
const OVERHEAD: u64 = 256;

/// How many subjects the tables are laid out for at first; they grow.
const EXPECTED: usize = 1024;

/// An outline, and what has to hold for it to be true.
#[derive(Clone)]
pub struct SubjectState {
    /// The outline.
    pub outline: Arc<Outline>,
    /// Taken before it was read; none where others may write too.
    pub mark: Option<Mark>,
}

#[derive(Clone)]
struct InBytes;

impl Weighter<Subject, (Mark, Arc<Outline>)> for InBytes {
    fn weight(&self, subject: &Subject, (_, outline): &(Mark, Arc<Outline>)) -> u64 {
        let head = &outline.head;
        let settings = [&head.config, &head.global_config].into_iter().flatten();
        let bytes = subject.context.len()
            + subject.name.len()
            + outline.versions.capacity() * size_of::<VersionEntry>()
            + settings.map(String::len).sum::<usize>();
        OVERHEAD + bytes as u64
    }
}

/// Outlines by subject.
pub struct Outlines {
    cache: Cache<Subject, (Mark, Arc<Outline>), InBytes>,
    generations: Generations,
    hits: Counter<u64, AtomicU64>,
    misses: Counter<u64, AtomicU64>,
}

impl Outlines {
    /// None is known yet.
    pub fn new(generations: Generations, metrics: &Metrics) -> Outlines {
        let (hits, misses) = metrics.cache("outlines");
        Outlines {
            cache: Cache::with_weighter(EXPECTED, BYTES, InBytes),
            generations,
            hits,
            misses,
        }
    }

    /// Where the subject stands, if that is known and still true.
    pub fn get(&self, subject: &Subject) -> Option<SubjectState> {
        let kept = self.cache.get(subject).filter(|(mark, _)| self.generations.holds(mark));
        if kept.is_some() { &self.hits } else { &self.misses }.inc();
        kept.map(|(mark, outline)| SubjectState {
            outline,
            mark: Some(mark),
        })
    }

    /// What it holds, in bytes as they count against its limit.
    pub fn bytes(&self) -> u64 {
        self.cache.weight()
    }

    /// Remembers an outline, if it is still true.
    pub fn keep(&self, subject: &Subject, outlined: &SubjectState) {
        if let Some(mark) = outlined.mark.filter(|mark| self.generations.holds(mark)) {
            self.cache
                .insert(subject.clone(), (mark, Arc::clone(&outlined.outline)));
        }
    }
}
