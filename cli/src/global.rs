//! What holds for every command: the options that may stand before and after its name.

use std::path::PathBuf;

use anstream::ColorChoice;
use clap::{Args, ValueEnum};
use treaty_schemas::{Budget, Options};

/// What holds for every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// URL of the registry; may contain user:password@
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
    /// Do not ask apache-avro or prost-reflect what it makes of each event that is shown as breaking
    #[arg(long, global = true)]
    pub no_second_opinion: bool,
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

    /// The same for a comparison whose witnesses are shown: decoders of others are asked about them, unless that is not wanted.
    pub fn budget_of_report(&self) -> Budget {
        match self.no_second_opinion {
            true => self.budget(),
            false => self.budget().with_second_opinion(),
        }
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
