//! `treaty check`: judges a change before anybody makes it.

use std::path::PathBuf;

use clap::Args;
use treaty_api::report::Report;
use treaty_schemas::Mode;

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::report;
use crate::terminal::Terminal;

mod files;

/// What `treaty check` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty check                                       what treaty.yaml sends, against the registry and its consumers
  treaty check new.avsc --against old.avsc           two files, without a registry
  treaty check schemas --against main/schemas --mode FULL
                                                     two directories, file by file
  treaty check v3.avsc --against v1.avsc --against v2.avsc --mode BACKWARD_TRANSITIVE
                                                     a history, oldest first")]
pub struct Arguments {
    /// The proposed schema, or a directory of them
    pub new: Option<PathBuf>,
    /// The earlier schema or directory; several files are a history, oldest first
    #[arg(long, value_name = "OLD", requires = "new")]
    pub against: Vec<PathBuf>,
    /// Which of the new and the earlier schemas must read which
    #[arg(long, value_name = "MODE", default_value_t = Mode::Backward, requires = "against")]
    pub mode: Mode,
    /// A file or directory with named types that the schemas use
    #[arg(long = "reference", value_name = "PATH", requires = "against")]
    pub references: Vec<PathBuf>,
    /// The same for the earlier schemas, where they used other versions of those types
    #[arg(long = "against-reference", value_name = "PATH", requires = "against")]
    pub against_references: Vec<PathBuf>,
    /// What the change is called in the report
    #[arg(long, value_name = "NAME", requires = "new")]
    pub subject: Option<String>,
}

/// Does it.
///
/// # Errors
/// A file cannot be read or understood, or the registry cannot be asked.
pub fn run(arguments: Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let subjects = match &arguments.new {
        Some(new) if !arguments.against.is_empty() => files::judge(new, &arguments, global, terminal)?,
        _ => Vec::new(),
    };
    report::write(&Report::new(subjects), global.format, terminal)
}
