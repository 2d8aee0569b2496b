//! The whole command line.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, Parser, Subcommand, ValueEnum};
use treaty_schemas::{Budget, Options};

use crate::command;

/// Keep the agreements between services that send events and services that receive them.
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

/// What holds for every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// The registry; user and password may stand in it
    #[arg(
        long,
        global = true,
        env = "TREATY_REGISTRY",
        value_name = "URL",
        default_value = "http://127.0.0.1:8081",
        hide_env_values = true
    )]
    pub registry: String,
    /// How data is written to standard output
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// When to use colour; `auto` heeds NO_COLOR, CLICOLOR_FORCE and TERM
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// The service's treaty.yaml; otherwise it is looked for here and in the directories above. For `check` of a tree of
    /// .proto files, its buf.yaml or buf.work.yaml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How long an answer of the registry may take as a whole, in seconds
    #[arg(long, global = true, env = "TREATY_TIMEOUT", value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,
    /// Follow links that lead out of the repository or, without one, out of the working directory; also links to directories.
    /// What is named on the command line is always followed
    #[arg(long, global = true)]
    pub follow_links: bool,
    /// Refuse larger schemas and configurations
    #[arg(long, global = true, env = "TREATY_MAX_SCHEMA_BYTES", value_name = "BYTES", default_value_t = 1024 * 1024)]
    pub max_schema_bytes: usize,
    /// End a comparison of schemas undecided after so many steps; two billion take some minutes
    #[arg(
        long,
        global = true,
        env = "TREATY_MAX_STEPS",
        value_name = "COUNT",
        default_value_t = 2_000_000_000
    )]
    pub max_steps: u64,
}

impl Global {
    /// How schemas of files are read.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        options.limits.bytes = self.max_schema_bytes;
        options
    }

    /// The steps that one comparison may take.
    pub fn budget(&self) -> Budget {
        Budget::steps(self.max_steps)
    }
}

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that can show it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> ColorChoice {
        match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
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
    /// Judge a change: of what treaty.yaml sends, or of files against files
    Check(command::check::Arguments),
    /// Validate payloads: JSON, NDJSON, binary, streams, containers, messages
    Validate(command::validate::Arguments),
    /// Make payloads of a schema: ordinary, at the edge, or just not valid
    Sample(command::sample::Arguments),
    /// Show what was edited between two schemas, and whom it hurts
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
