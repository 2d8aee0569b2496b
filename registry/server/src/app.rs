//! What all requests share.

use std::ops::Deref;
use std::sync::Arc;

use treaty_store::Store;

use crate::cache::{Answers, Contracts, Generations, Outlines, Schemas, purges};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::ops::turns::Turns;
use crate::room::Room;
use crate::rooms::Rooms;
use crate::workers::Workers;

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts of an [`App`].
pub struct Shared {
    /// The settings that the server was started with.
    pub config: Config,
    /// Everything that is kept.
    pub store: Store,
    /// Everything that is counted.
    pub metrics: Arc<Metrics>,
    /// Whether what is remembered is still true.
    pub generations: Generations,
    /// Finished answers.
    pub answers: Answers,
    /// Where subjects stand.
    pub outlines: Outlines,
    /// Parsed schemas.
    pub schemas: Schemas,
    /// Contracts that were opened.
    pub contracts: Contracts,
    /// Who registers next under each subject.
    pub turns: Turns,
    /// Room for what requests make of their bodies and of what is stored.
    pub rooms: Rooms,
    /// Threads for large work.
    pub workers: Workers,
    /// Room for large bodies.
    pub room: Arc<Room>,
}

impl App {
    /// An app on an open store.
    pub fn new(config: Config, store: Store) -> App {
        let metrics = Arc::new(Metrics::new());
        let generations = Generations::new(store.is_shared().then(|| purges::bound(&config)));
        let answers = Answers::new(config.answer_cache_bytes, generations.clone(), &metrics);
        let outlines = Outlines::new(generations.clone(), &metrics);
        let schemas = Schemas::new(config.schema_cache_bytes, generations.clone(), &metrics);
        let contracts = Contracts::new(config.contract_cache_bytes, &metrics);
        let workers = Workers::new(&config, &metrics);
        let room = Room::new(config.max_body_bytes);
        let rooms = Rooms::new(&config);
        App(Arc::new(Shared {
            config,
            store,
            metrics,
            generations,
            answers,
            outlines,
            schemas,
            contracts,
            turns: Turns::default(),
            rooms,
            workers,
            room: Arc::new(room),
        }))
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
