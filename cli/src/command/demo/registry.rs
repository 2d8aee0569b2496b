//! A registry on this machine for the length of the demo.

use std::net::SocketAddr;
use std::path::Path;

use tokio::runtime::Runtime;
use treaty_server::{Config, Running, Server, StartError};

use crate::exit::Failure;

/// A running registry.
pub(super) struct Registry {
    runtime: Runtime,
    running: Running,
}

impl Registry {
    /// Starts it on a new database.
    pub fn start(listen: SocketAddr, database: &Path) -> Result<Registry, Failure> {
        let wrong =
            |why: &dyn std::fmt::Display| Failure::unknown(format!("could not start the demo's registry: {why}"));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| wrong(&error))?;
        let free = SocketAddr::new(listen.ip(), 0);
        let running = match runtime.block_on(Server::bind(config(listen, database)?)) {
            Err(StartError::Listen { .. }) => runtime.block_on(Server::bind(config(free, database)?)),
            other => other,
        };
        let running = running.map_err(|error| wrong(&error))?;
        Ok(Registry { runtime, running })
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Ends it.
    pub fn stop(self) {
        self.runtime.block_on(self.running.stop());
    }

    /// Ends it when the process is told to end.
    pub fn until_signal(self) -> Result<(), Failure> {
        self.runtime
            .block_on(self.running.until_signal())
            .map_err(|error| Failure::unknown(format!("could not wait for signals: {error}")))
    }
}

fn config(listen: SocketAddr, database: &Path) -> Result<Config, Failure> {
    let wrong = |error: String| Failure::unknown(format!("could not set up the demo's registry: {error}"));
    Ok(Config {
        listen: Some(listen.to_string().parse().map_err(wrong)?),
        database: format!("sqlite:{}", database.display()).parse().map_err(wrong)?,
        ..Config::default()
    })
}
