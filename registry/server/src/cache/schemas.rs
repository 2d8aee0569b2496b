//! Parsed schemas by id, bounded by the bytes that they hold.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use prometheus_client::metrics::counter::Counter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use treaty_api::subject::Context;
use treaty_schemas::Schema;
use treaty_store::StoredSchema;

use super::{Generations, Mark};
use crate::metrics::Metrics;

/// What an entry costs besides what its schema holds: the table, and what allocations are rounded up by.
const OVERHEAD: u64 = 1024;

/// How many schemas the tables are laid out for at first; they grow.
const EXPECTED: usize = 256;

/// A stored schema and what it means.
pub struct ParsedSchema {
    /// As it is stored.
    pub stored: StoredSchema,
    /// What it means, together with its references.
    pub schema: Schema,
    /// Bytes of the texts that it was read from, those of its references included.
    pub text_bytes: usize,
    /// Bytes that it holds, by estimate on the safe side.
    bytes: usize,
    normalized: OnceLock<[u8; 32]>,
}

impl ParsedSchema {
    /// A stored schema that was parsed, from so many bytes of text together with those of its references.
    pub fn new(stored: StoredSchema, schema: Schema, text_bytes: usize) -> ParsedSchema {
        ParsedSchema {
            text_bytes,
            bytes: stored.bytes() + schema.held(),
            stored,
            schema,
            normalized: OnceLock::new(),
        }
    }

    /// Bytes that it holds: the schema as it is stored, and everything that was read from it and from its references.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the digest of the normalised text is known already.
    pub fn normalized_before(&self) -> bool {
        self.normalized.get().is_some()
    }

    /// The digest of the normalised text, computed once.
    pub fn normalized(&self) -> &[u8; 32] {
        self.normalized
            .get_or_init(|| Sha256::digest(self.schema.normalized()).into())
    }
}

#[derive(Clone)]
struct CacheEntry {
    mark: Mark,
    known: Arc<ParsedSchema>,
}

#[derive(Clone)]
struct InBytes;

impl Weighter<(Context, i32), CacheEntry> for InBytes {
    fn weight(&self, _: &(Context, i32), entry: &CacheEntry) -> u64 {
        OVERHEAD + entry.known.bytes() as u64
    }
}

/// The parsed schemas.
pub struct Schemas {
    cache: Cache<(Context, i32), CacheEntry, InBytes>,
    generations: Generations,
    hits: Counter<u64, AtomicU64>,
    misses: Counter<u64, AtomicU64>,
}

impl Schemas {
    /// No more than about `bytes` of memory.
    pub fn new(bytes: u64, generations: Generations, metrics: &Metrics) -> Schemas {
        let (hits, misses) = metrics.cache("schemas");
        Schemas {
            cache: Cache::with_weighter(EXPECTED, bytes, InBytes),
            generations,
            hits,
            misses,
        }
    }

    /// The schema with this id in a context, if it is known.
    pub fn get(&self, context: &Context, id: i32) -> Option<Arc<ParsedSchema>> {
        let entry = self
            .cache
            .get(&(context.clone(), id))
            .filter(|entry| self.generations.holds(&entry.mark));
        if entry.is_some() { &self.hits } else { &self.misses }.inc();
        entry.map(|entry| entry.known)
    }

    /// What it holds, in bytes as they count against its limit.
    pub fn bytes(&self) -> u64 {
        self.cache.weight()
    }

    /// Whether the schema with this id is likely to be known: asking is not counted as a use.
    pub fn has(&self, context: &Context, id: i32) -> bool {
        self.cache.peek(&(context.clone(), id)).is_some()
    }

    /// Remembers a schema that was read after `mark` had been taken.
    pub fn keep(&self, context: &Context, mark: Option<Mark>, known: &Arc<ParsedSchema>) {
        if let Some(mark) = mark {
            let known = Arc::clone(known);
            self.cache
                .insert((context.clone(), known.stored.id), CacheEntry { mark, known });
        }
    }
}
