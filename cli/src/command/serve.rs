//! `treaty serve`: the registry itself.

use clap::Args;
use treaty_server::{Config, Server, logs};

use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// What `treaty serve` takes: the server's own settings.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The settings
    #[command(flatten)]
    pub config: Config,
}

/// Answers until the process is told to end. The address, with the port that was taken, goes to standard output.
///
/// # Errors
/// The server could not be started.
pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let config = arguments.config;
    logs::start(&config).map_err(|error| {
        Failure::usage(format!("the log filter is not understood: {error}"))
            .help("write it like --log info,treaty_store=debug")
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unknown(format!("could not start threads: {error}")))?;
    runtime.block_on(async {
        let running = Server::bind(config)
            .await
            .map_err(|error| Failure::unknown(error.to_string()))?;
        terminal.print(&format!("listening on http://{}\n", running.address()))?;
        running
            .until_signal()
            .await
            .map_err(|error| Failure::unknown(format!("could not wait for signals: {error}")))
    })?;
    Ok(Exit::Fine)
}
