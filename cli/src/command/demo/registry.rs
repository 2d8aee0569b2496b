//! A registry on this machine for the length of the demo.

use std::net::SocketAddr;
use std::path::Path;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use treaty_server::{Config, Running, Server, Signals, StartError};

use crate::exit::Failure;

/// A running registry.
pub(super) struct Registry {
    runtime: Runtime,
    running: Running,
    stop: StopSignal,
}

/// Whether the process was told to end. Listening begins with the registry, so that an end in the middle of the
/// story leaves nothing behind either.
#[derive(Clone)]
pub(super) struct StopSignal(watch::Receiver<bool>);

impl StopSignal {
    /// Whether it was.
    pub fn to_end(&self) -> bool {
        *self.0.borrow()
    }
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
        let (sender, receiver) = watch::channel(false);
        runtime.spawn(async move {
            // Where signals cannot be listened for, the process ends by them as any other does.
            match Signals::listen() {
                Ok(mut signals) => signals.next().await,
                Err(_) => std::future::pending().await,
            }
            sender.send_replace(true);
        });
        Ok(Registry {
            runtime,
            running,
            stop: StopSignal(receiver),
        })
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Ends it.
    pub fn stop(self) {
        self.runtime.block_on(self.running.stop());
        self.runtime.shutdown_background();
    }

    /// Whether the process was told to end.
    pub fn stop_signal(&self) -> StopSignal {
        self.stop.clone()
    }

    /// Ends it when the process is told to end.
    pub fn until_signal(mut self) {
        // The sender lives as long as the runtime does.
        let _ = self.runtime.block_on(self.stop.0.wait_for(|stops| *stops));
        self.stop();
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
