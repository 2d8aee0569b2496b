//! `treaty explain`: a rule's page, which says what it means, why it breaks and how to mend it.

use clap::Args;
use serde::Serialize;
use treaty_schemas::Rule;
use treaty_schemas::text::likeness::nearest;

use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};

use crate::terminal::Terminal;

mod page;

/// What `treaty explain` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The rule, as reports name it: avro/field-without-default
    #[arg(required_unless_present = "list")]
    pub rule: Option<String>,
    /// List every rule
    #[arg(long, conflicts_with = "rule")]
    pub list: bool,
}

/// A rule as JSON.
#[derive(Serialize)]
struct Explained {
    rule: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

/// Does it.
///
/// # Errors
/// There is no such rule.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match &arguments.rule {
        None => list(global, terminal)?,
        Some(name) => {
            let rule = find(name)?;
            match global.format {
                Format::Text => terminal.print(&page::render(rule.page))?,
                Format::Json => terminal.json(&Explained {
                    rule: rule.id,
                    title: rule.title(),
                    page: Some(rule.page),
                })?,
            }
        }
    }
    Ok(Exit::Fine)
}

/// Every rule: of the formats, and of contracts.
fn rules() -> impl Iterator<Item = &'static Rule> {
    treaty_schemas::rules().chain(treaty_contracts::rules::ALL.iter().copied())
}

fn list(global: &Global, terminal: &mut Terminal) -> Result<(), Failure> {
    let all: Vec<&Rule> = rules().collect();
    match global.format {
        Format::Text => {
            let width = all.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
            let lines: Vec<String> = all
                .iter()
                .map(|rule| format!("{:width$}  {}\n", rule.id, rule.title()))
                .collect();
            terminal.print(&lines.concat())
        }
        Format::Json => {
            let all: Vec<Explained> = all
                .iter()
                .map(|rule| Explained {
                    rule: rule.id,
                    title: rule.title(),
                    page: None,
                })
                .collect();
            terminal.json(&all)
        }
    }
}

/// The rule of this name; its format may be left out.
fn find(name: &str) -> Result<&'static Rule, Failure> {
    let defect = |rule: &Rule| rule.id.split_once('/').map_or(rule.id, |(_, defect)| defect);
    if let Some(rule) = rules().find(|rule| rule.id == name || defect(rule) == name) {
        return Ok(rule);
    }
    let names = rules().flat_map(|rule| [rule.id, defect(rule)]);
    let failure = Failure::usage(format!("there is no rule `{name}`"));
    Err(match nearest(name, names) {
        Some(meant) => failure.help(format!("did you mean `{meant}`?")),
        None => failure.help("`treaty explain --list` lists all of them"),
    })
}
