//! `treaty serve`: the registry itself.

use clap::Args;
use tokio::runtime::{Builder, Runtime};
use treaty_server::{CLOSING, Config, Server, Signals, logs};

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
/// Signals and the time to stop are watched by this thread, on a runtime of its own: the threads of the server may all be
/// occupied.
///
/// # Errors
/// The server could not be started.
pub fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let config = arguments.config;
    logs::start(&config).map_err(|error| {
        Failure::usage(format!("the log filter is not understood: {error}"))
            .help("write it like --log info,treaty_store=debug")
    })?;
    let threads = |error| Failure::unknown(format!("could not start threads: {error}"));
    let server = Builder::new_multi_thread().enable_all().build().map_err(threads)?;
    let watching = Builder::new_current_thread().enable_all().build().map_err(threads)?;
    let served = watching.block_on(serve(config, &server, terminal));
    // Whatever its threads still do is not waited for: what was acknowledged is stored.
    server.shutdown_background();
    served.map(|()| Exit::Fine)
}

async fn serve(config: Config, server: &Runtime, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut signals =
        Signals::listen().map_err(|error| Failure::unknown(format!("could not wait for signals: {error}")))?;
    let longest = config.shutdown_timeout + CLOSING;
    let starting = server.spawn(Server::bind(config));
    let running = tokio::select! {
        biased;
        started = starting => started
            .map_err(|error| Failure::unknown(format!("could not start: {error}")))?
            .map_err(|error| Failure::unknown(error.to_string()))?,
        () = signals.next() => return Ok(()),
    };
    terminal.print(&format!("listening on http://{}\n", running.address()))?;
    signals.next().await;
    tokio::select! {
        _ = tokio::time::timeout(longest, running.stop()) => {}
        // Whoever says it twice does not want to wait.
        () = signals.next() => {}
    }
    Ok(())
}
