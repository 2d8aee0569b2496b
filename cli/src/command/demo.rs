//! `treaty demo`: the whole path once, on a registry that is there for the length of the demo.
//!
//! Invariants: every command that is shown is the one that is run, by the same code as from a shell. It works in a
//! directory of its own, which is gone in the end, and its registry listens on this machine only.

use std::net::SocketAddr;

use clap::Args;

use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::terminal::Terminal;

mod catalogue;
mod registry;
mod shell;
mod story;

/// What `treaty demo` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where its registry listens; another port is taken when this one is not free
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,
    /// End when everything was shown, instead of staying up until Ctrl-C
    #[arg(long)]
    pub exit: bool,
}

/// Does it.
///
/// # Errors
/// It cannot be set up, or goes otherwise than it should.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let no_directory =
        |error: std::io::Error| Failure::unknown(format!("could not make a directory to work in: {error}"));
    let directory = tempfile::Builder::new()
        .prefix("treaty-demo-")
        .tempdir()
        .map_err(no_directory)?;
    catalogue::unpack(&directory.path().join("catalogue")).map_err(no_directory)?;
    let registry = registry::Registry::start(arguments.listen, &directory.path().join("treaty.db"))?;
    let home = std::env::current_dir().map_err(no_directory)?;
    std::env::set_current_dir(directory.path().join("catalogue")).map_err(no_directory)?;
    let mut shell = shell::Shell::new(&registry, global, terminal);
    let played = story::play(&mut shell, directory.path(), arguments.exit);
    if played.is_ok() && !arguments.exit {
        registry.until_signal();
    } else {
        registry.stop();
    }
    // The directory can only be removed by somebody who does not stand in it, on some systems.
    let _ = std::env::set_current_dir(home);
    played.map(|()| Exit::Fine)
}
