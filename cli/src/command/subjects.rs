//! `treaty subjects`: what the registry keeps.

use clap::Args;
use treaty_report::plain;

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
use crate::terminal::Terminal;

/// What `treaty subjects` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only subjects that begin with this
    pub prefix: Option<String>,
    /// Also those that were soft-deleted
    #[arg(long)]
    pub deleted: bool,
}

/// Does it.
///
/// # Errors
/// The registry cannot be asked.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut query = Vec::new();
    if let Some(prefix) = &arguments.prefix {
        query.push(("subjectPrefix", prefix.as_str()));
    }
    if arguments.deleted {
        query.push(("deleted", "true"));
    }
    let subjects: Vec<String> = Client::new(global)?.get(&["subjects"], &query)?;
    match global.format {
        Format::Json => terminal.json(&subjects)?,
        Format::Text => {
            let lines: Vec<String> = subjects
                .iter()
                .map(|subject| plain(subject).into_owned() + "\n")
                .collect();
            terminal.print(&lines.concat())?;
            if subjects.is_empty() {
                terminal.say("the registry has no such subject");
            }
        }
    }
    Ok(Exit::Fine)
}
