//! The whole command line.

use clap::{Parser, Subcommand};

use crate::command;
use crate::global::Global;

/// Schema registry, compatibility checks and consumer contracts for event schemas.
#[derive(Debug, Parser)]
#[command(name = "treaty", version, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 fine, 1 findings, 2 usage or configuration, 3 could not decide or reach.")]
pub struct Treaty {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands; each is a file of its own.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the registry
    #[cfg(feature = "serve")]
    Serve(command::serve::Arguments),
    /// Start a registry with a catalogue of real events, and see a breaking change refused
    #[cfg(feature = "serve")]
    Demo(command::demo::Arguments),
    /// Register schemas: what treaty.yaml sends, or a file
    Register(command::register::Arguments),
    /// Check whether a schema change is compatible: schemas in treaty.yaml against the registry, or files against older files
    Check(command::check::Arguments),
    /// Validate payloads: JSON, NDJSON, binary, streams, containers, messages
    Validate(command::validate::Arguments),
    /// Generate payloads of a schema: typical, boundary values, or slightly invalid
    Sample(command::sample::Arguments),
    /// Show what was edited between two schemas, and whom it affects
    Diff(command::diff::Arguments),
    /// Print a rule's page
    Explain(command::explain::Arguments),
    /// Publish what this service sends and receives
    Contract(command::contract::Arguments),
    /// List the registry's subjects
    Subjects(command::subjects::Arguments),
    /// Print a script that completes this command line in a shell
    Completions(command::completions::Arguments),
    /// Print a manual page
    Man(command::man::Arguments),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        super::Treaty::command().debug_assert();
    }
}
