//! The registry over HTTP: Confluent's API at the root, ours beside it.
//!
//! A request goes through `http` (one endpoint, one file: extract, call, map) to `ops` (only verbs that decide something)
//! and to the store; reads go to the store directly. `problem` alone names status codes.
//!
//! Invariants: nothing is acknowledged before the store has it; an outage is reported as an outage; no request costs more
//! because more is stored; nothing that a request brings in outlives it unbounded.

mod activity;
mod answer;
mod app;
mod body;
mod cache;
mod call;
pub mod config;
mod connections;
mod descriptors;
mod http;
mod listener;
mod listing;
pub mod logs;
mod media;
mod metrics;
mod observe;
mod ops;
mod params;
mod problem;
mod room;
mod rooms;
mod routes;
mod signals;
mod workers;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use treaty_store::{OpenError, Options, Store};

use crate::app::App;
use crate::cache::purges;
pub use crate::config::{Config, UndeclaredReads};
use crate::descriptors::TooFew;
pub use crate::signals::Signals;

/// The longest time that closing the database may take. What was acknowledged is stored before that.
pub const CLOSING: Duration = Duration::from_secs(5);

/// Why a server could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address as it was given.
        address: String,
        /// What the operating system says.
        #[source]
        cause: io::Error,
    },
    /// Too few files may be open.
    #[error("only {limit} files may be open, and at least {needed} are needed; raise the limit (`ulimit -n`)")]
    Descriptors {
        /// The limit that holds.
        limit: u64,
        /// The lowest limit that would do.
        needed: u64,
    },
}

/// A registry that is to be started.
pub struct Server;

/// A registry that answers. Dropping it leaves it running for as long as its runtime lives.
pub struct Running {
    address: SocketAddr,
    stop: CancellationToken,
    ended: JoinHandle<()>,
}

impl Server {
    /// Opens the database, listens, and answers from then on. Port 0 takes a free one.
    ///
    /// # Errors
    /// When the database cannot be opened or the address not be listened on, or too few files may be open.
    pub async fn bind(config: Config) -> Result<Running, StartError> {
        let limit = descriptors::raise_limit();
        let too_few = |TooFew { limit, needed }| StartError::Descriptors { limit, needed };
        // Said before the database finds out, which would not know why.
        descriptors::places(config.max_connections, limit, descriptors::DATABASE).map_err(too_few)?;
        let listen = config.address();
        let failed = |cause| StartError::Listen {
            address: listen.to_string(),
            cause,
        };
        let listener = listener::bind(&listen).await.map_err(failed)?;
        let address = listener::address(&listener).map_err(failed)?;
        let options = Options {
            deadline: config.database_timeout,
            connections: config.database_connections,
            ..Options::default()
        };
        let store = Store::open(config.database.secret(), &options).await?;
        let later = if store.is_shared() {
            u64::from(config.database_connections)
        } else {
            0
        };
        let places = descriptors::places(config.max_connections, limit, later).map_err(too_few)?;
        if places < config.max_connections {
            let configured = config.max_connections;
            tracing::warn!(
                places,
                configured,
                open_files = limit,
                "fewer connections: only so many files may be open"
            );
        }
        tracing::info!(%address, database = %config.database, connections = places, "the registry is up");
        let app = App::new(config, store);
        let stop = CancellationToken::new();
        if app.store.is_shared() {
            // Where the database does not answer now, it is asked again; until then nothing is answered from memory.
            let _ = purges::ask(&app.store, &app.generations).await;
            let (store, generations) = (app.store.clone(), app.generations.clone());
            tokio::spawn(purges::watch(store, generations, stop.clone()));
        }
        let stopped = stop.clone();
        let ended = tokio::spawn(async move {
            listener::serve(listener, app.clone(), places, stopped).await;
            match tokio::time::timeout(CLOSING, app.store.close()).await {
                Ok(()) => tracing::info!("the registry has stopped"),
                Err(_) => tracing::warn!("the registry has stopped; the database took too long to be closed"),
            }
        });
        Ok(Running { address, stop, ended })
    }
}

impl Running {
    /// The address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, waits for requests in flight (at the longest `--shutdown-timeout`) and closes the database (at the
    /// longest [`CLOSING`]). It needs its runtime's threads for that: where they may all be occupied, bound the wait too.
    pub async fn stop(self) {
        self.stop.cancel();
        // It ends early only when its runtime does.
        let _ = self.ended.await;
    }
}
