//! `treaty check`: judges a change before anybody makes it.

use std::path::PathBuf;

use clap::Args;
use treaty_api::schemas::Reference;
use treaty_report::Report;
use treaty_report::render::text;
use treaty_schemas::Mode;
use treaty_schemas::tree::Category;

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::proposal::{self, Proposal};
use crate::terminal::Terminal;
use crate::workspace::Workspace;

mod files;
mod registry;
mod tree;

/// What `treaty check` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty check                                       what treaty.yaml sends, against the registry and its consumers, and
                                                     whether what it receives is understood
  treaty check new.avsc --subject orders.placed-value
                                                     a file, against a subject of the registry
  treaty check new.avsc --against old.avsc           two files, without a registry
  treaty check schemas --against main/schemas --mode FULL
                                                     two directories, file by file
  treaty check proto --against main/proto --category WIRE_JSON
                                                     two trees of .proto files, by buf's breaking rules
  treaty check v3.avsc --against v1.avsc --against v2.avsc --mode BACKWARD_TRANSITIVE
                                                     a history, oldest first")]
pub struct Arguments {
    /// The proposed schema, or a directory of them
    pub new: Option<PathBuf>,
    /// The earlier schema or directory; several files are a history, oldest first
    #[arg(long, value_name = "OLD", requires = "new")]
    pub against: Vec<PathBuf>,
    /// Compatibility level: NONE, BACKWARD (the default), FORWARD or FULL, or one of them with _TRANSITIVE. A tree of .proto
    /// files is judged by buf's rules alone without it; with it no data may be affected either
    #[arg(long, value_name = "MODE", requires = "against")]
    pub mode: Option<Mode>,
    /// A file or directory with named types that the schemas use
    #[arg(long = "reference", value_name = "PATH", requires = "against")]
    pub references: Vec<PathBuf>,
    /// The same for the earlier schemas, where they used other versions of those types
    #[arg(long = "against-reference", value_name = "PATH", requires = "against")]
    pub against_references: Vec<PathBuf>,
    /// A directory in which imports are looked up that a tree of .proto files does not have
    #[arg(long = "include", value_name = "DIR", requires = "against")]
    pub includes: Vec<PathBuf>,
    /// The same for the earlier tree, where it imports other versions
    #[arg(long = "against-include", value_name = "DIR", requires = "against")]
    pub against_includes: Vec<PathBuf>,
    /// Judge a tree of .proto files by this category of buf's rules, whatever its buf.yaml says: FILE, PACKAGE, WIRE_JSON,
    /// WIRE or CSR
    #[arg(long, value_name = "CATEGORY", requires = "against")]
    pub category: Option<Category>,
    /// The subject that the change is for; with --against only what it is called in the report
    #[arg(long, value_name = "SUBJECT", requires = "new")]
    pub subject: Option<String>,
    /// What the schema refers to, for a check against the registry: NAME=SUBJECT:VERSION
    #[arg(long = "references", value_name = "REFERENCE", requires = "subject", num_args = 1.., value_parser = proposal::reference)]
    pub registered: Vec<Reference>,
}

/// Does it.
///
/// # Errors
/// A file cannot be read or understood, or the registry cannot be asked.
pub fn run(arguments: Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let subjects = match (&arguments.new, &arguments.subject) {
        (Some(new), _) if !arguments.against.is_empty() => files::judge(new, &arguments, global, terminal)?,
        (Some(new), Some(subject)) => {
            let proposal = Proposal::file(new, subject, arguments.registered.clone(), global)?;
            registry::judge(&[proposal], &Client::new(global)?, global, terminal)?
        }
        (Some(new), None) => {
            return Err(
                Failure::usage(format!("what is `{}` to be compared with?", new.display()))
                    .help("with a file: --against OLD; with a subject of the registry: --subject SUBJECT"),
            );
        }
        (None, _) => registry::of_service(&Workspace::find(global)?, global, terminal)?,
    };
    let report = Report::new(subjects);
    match global.format {
        Format::Json => terminal.json(&report)?,
        Format::Text => terminal.print(&text::render(&report))?,
    }
    Ok(report.verdict.into())
}
