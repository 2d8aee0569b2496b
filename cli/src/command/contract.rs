//! `treaty contract`: publishes what this service sends and receives.

use clap::{Args, Subcommand};

use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::terminal::Terminal;

mod publish;

/// What `treaty contract` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub action: Action,
}

/// What can be done with a contract.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Publish treaty.yaml, so that changes are judged for this service too
    Publish(publish::Arguments),
}

/// Does it.
///
/// # Errors
/// Those of the action.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match &arguments.action {
        Action::Publish(arguments) => publish::run(arguments, global, terminal),
    }
}
