//! The registry over HTTP: Confluent's API at the root, ours beside it.
//!
//! A request goes through `http` (one endpoint, one file: extract, call, map) to `ops` (only verbs that decide something)
//! and to the store; reads go to the store directly. `problem` alone names status codes.
//!
//! Invariants: nothing is acknowledged before the store has it; an outage is told as an outage; no request costs more
//! because more is stored; nothing that a request brings in outlives it unbounded.

mod answer;
mod app;
mod body;
mod cache;
pub mod config;
mod http;
mod listener;
pub mod logs;
mod media;
mod metrics;
mod observe;
mod ops;
mod params;
mod problem;

use std::io;
use std::net::SocketAddr;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use treaty_store::{OpenError, Options, Store};

use crate::app::App;
pub use crate::config::{Config, UndeclaredReads};

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
}

/// A registry that is to be started.
pub struct Server;

/// A registry that answers. Dropping it leaves it running for as long as its runtime lives.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl Server {
    /// Opens the database, listens, and answers from then on. Port 0 takes a free one.
    ///
    /// # Errors
    /// When the database cannot be opened or the address not be listened on.
    pub async fn bind(config: Config) -> Result<Running, StartError> {
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
        tracing::info!(%address, database = %config.database, "the registry is up");
        let app = App::new(config, store);
        let (stop, stopped) = watch::channel(false);
        let ended = tokio::spawn(async move {
            listener::serve(listener, app.clone(), stopped).await;
            app.store.close().await;
            tracing::info!("the registry has stopped");
        });
        Ok(Running { address, stop, ended })
    }
}

impl Running {
    /// The address that clients connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, waits for requests in flight (at the longest `--shutdown-timeout`) and closes the database.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // It ends early only when its runtime does.
        let _ = self.ended.await;
    }

    /// Answers until the process is told to end (SIGINT, and SIGTERM where there is one), then stops.
    ///
    /// # Errors
    /// When the system lets us not wait for signals.
    pub async fn until_signal(self) -> io::Result<()> {
        #[cfg(unix)]
        {
            let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => interrupted?,
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        self.stop().await;
        Ok(())
    }
}
