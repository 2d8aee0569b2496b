//! What all requests share, and the router in one screen.

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use tokio::sync::Semaphore;
use treaty_store::Store;

use crate::cache::{Answers, Generations, Outlines, Schemas, purges};
use crate::config::Config;
use crate::http::{self, api, compatibility, config, health, metrics, root, schemas, subjects};
use crate::metrics::Metrics;
use crate::observe::{self, Observe};
use crate::ops::turns::Turns;
use crate::ops::work;
use crate::problem;
use crate::room::Room;
use crate::rooms::Rooms;

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
    /// Who registers next under each subject.
    pub turns: Turns,
    /// Room for what requests make of their bodies and of what is stored.
    pub rooms: Rooms,
    /// Places for large work: see [`work::places`].
    pub work: Arc<Semaphore>,
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
            turns: Turns::default(),
            rooms,
            work: Arc::new(Semaphore::new(work::places())),
            room: Arc::new(room),
        }))
    }

    /// The router.
    pub fn router(&self) -> Router {
        use observe::Answers::{Fixed, Negotiated};
        let negotiated: [(&'static str, MethodRouter<App>); 26] = [
            ("/", get(root::get).post(root::get)),
            ("/subjects", get(subjects::list::list)),
            (
                "/subjects/{subject}",
                post(subjects::lookup::lookup).delete(subjects::delete::delete),
            ),
            ("/subjects/{subject}/metadata", get(subjects::metadata::find)),
            (
                "/subjects/{subject}/versions",
                get(subjects::versions::list).post(subjects::register::register),
            ),
            (
                "/subjects/{subject}/versions/{version}",
                get(subjects::version::get).delete(subjects::version::delete),
            ),
            (
                "/subjects/{subject}/versions/{version}/schema",
                get(subjects::version::text),
            ),
            (
                "/subjects/{subject}/versions/{version}/referencedby",
                get(subjects::referenced_by::list),
            ),
            ("/schemas", get(schemas::list::list)),
            ("/schemas/types", get(schemas::types::list)),
            ("/schemas/ids/{id}", get(schemas::id::get)),
            ("/schemas/ids/{id}/schema", get(schemas::id::text)),
            ("/schemas/ids/{id}/subjects", get(schemas::uses::subjects)),
            ("/schemas/ids/{id}/versions", get(schemas::uses::versions)),
            ("/schemas/guids/{guid}", get(schemas::guid::get)),
            ("/schemas/guids/{guid}/ids", get(schemas::guid::ids)),
            (
                "/compatibility/subjects/{subject}/versions",
                post(compatibility::with_all),
            ),
            (
                "/compatibility/subjects/{subject}/versions/{version}",
                post(compatibility::with_one),
            ),
            (
                "/config",
                get(config::global::get)
                    .put(config::global::put)
                    .delete(config::global::delete),
            ),
            (
                "/config/{subject}",
                get(config::subject::get)
                    .put(config::subject::put)
                    .delete(config::subject::delete),
            ),
            ("/v1/metadata/id", get(http::metadata::id)),
            ("/v1/metadata/version", get(http::metadata::version)),
            ("/api/v1/subjects/{subject}/check", post(api::check::check)),
            ("/api/v1/subjects/{subject}/contracts", get(api::contracts::of_subject)),
            ("/api/v1/contracts", get(api::contracts::list)),
            (
                "/api/v1/contracts/{application}",
                get(api::contracts::get)
                    .put(api::contracts::put)
                    .delete(api::contracts::delete),
            ),
        ];
        let fixed: [(&'static str, MethodRouter<App>); 4] = [
            ("/health/live", get(health::live)),
            ("/health/ready", get(health::ready)),
            ("/health/startup", get(health::startup)),
            ("/metrics", get(metrics::text)),
        ];
        let routes = negotiated.into_iter().map(|route| (route, Negotiated));
        let routes = routes.chain(fixed.into_iter().map(|route| (route, Fixed)));
        let mut router = Router::new();
        for ((template, methods), answers) in routes {
            let observe = Observe::new(self.clone(), self.metrics.route(template), answers);
            router = router.route(template, methods.fallback(problem::wrong_method).layer(observe));
        }
        let unmatched = Observe::new(self.clone(), self.metrics.route("unmatched"), Fixed);
        router
            .fallback(problem::unknown_path.layer(unmatched))
            .with_state(self.clone())
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
