//! `treaty diff`: what was edited between two schemas, and whom each edit hurts.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use treaty_api::report::{Breaks, Place};
use treaty_schemas::{Change, Format as SchemaFormat, Manner, Schema, Severity, Source, changes, check};

use crate::args::{Format, Global};
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::terminal::{Terminal, plain};
use crate::{input, references, registered};

/// What `treaty diff` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty diff v1.avsc v2.avsc
  treaty diff orders.placed-value@3 order_placed.avsc    a registered version and a file
  treaty diff orders.placed-value@1 orders.placed-value@latest")]
pub struct Arguments {
    /// The old schema: a file, or SUBJECT@VERSION
    pub old: String,
    /// The new schema: a file, or SUBJECT@VERSION
    pub new: String,
    /// A file or directory with named types that files use
    #[arg(long = "reference", value_name = "PATH")]
    pub references: Vec<PathBuf>,
}

/// The whole answer as JSON.
#[derive(Serialize)]
struct Difference {
    version: u32,
    old: String,
    new: String,
    changes: Vec<Edit>,
}

/// A change, and whom it hurts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    change: &'static str,
    data_path: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<Place>,
    breaks: Vec<Harm>,
}

/// Who breaks, and the rule that says why.
#[derive(Serialize)]
struct Harm {
    whom: Breaks,
    rule: &'static str,
}

/// Does it. Differences are no findings: the exit code is 0.
///
/// # Errors
/// A schema cannot be had or understood.
pub fn run(arguments: &Arguments, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let references = references::load(&arguments.references, &global.options())?;
    let old = side(&arguments.old, &references, global)?;
    let new = side(&arguments.new, &references, global)?;
    let harms = harms(&old, &new);
    let edits: Vec<Edit> = changes(&old, &new)
        .into_iter()
        .map(|change| edit(change, &harms))
        .collect();
    match global.format {
        Format::Text => terminal.print(&render(&edits))?,
        Format::Json => terminal.json(&Difference {
            version: 1,
            old: old.source().name().to_owned(),
            new: new.source().name().to_owned(),
            changes: edits,
        })?,
    }
    Ok(Exit::Fine)
}

/// A file where there is one of this name, else a version of a subject.
fn side(name: &str, references: &[Source], global: &Global) -> Result<Schema, Failure> {
    let path = Path::new(name);
    if let (false, Some((subject, version))) = (path.exists(), name.rsplit_once('@')) {
        return registered::version(&Client::new(&global.registry)?, subject, version)?.parse();
    }
    let options = global.options();
    let source = input::text(path, options.limits.bytes)?;
    Ok(Schema::parse(SchemaFormat::Avro, &source, references, &options)?)
}

/// Everything that breaks in either direction.
fn harms(old: &Schema, new: &Schema) -> Vec<(Breaks, treaty_schemas::Finding)> {
    let (backward, forward) = (check(new, old), check(old, new));
    let new_consumers = backward
        .findings
        .into_iter()
        .map(|finding| (Breaks::NewConsumers, finding));
    let old_consumers = forward
        .findings
        .into_iter()
        .map(|finding| (Breaks::OldConsumers, finding));
    new_consumers
        .chain(old_consumers)
        .filter(|(_, finding)| finding.severity == Severity::Error)
        .collect()
}

fn edit(change: Change, harms: &[(Breaks, treaty_schemas::Finding)]) -> Edit {
    let mut breaks: Vec<Harm> = Vec::new();
    for (whom, finding) in harms {
        let known = |harm: &Harm| harm.whom == *whom && harm.rule == finding.rule.id;
        let (old, new) = match whom {
            Breaks::NewConsumers => (&finding.writer, &finding.reader),
            Breaks::OldConsumers => (&finding.reader, &finding.writer),
        };
        if change.concerns(old, new) && !breaks.iter().any(known) {
            breaks.push(Harm {
                whom: *whom,
                rule: finding.rule.id,
            });
        }
    }
    Edit {
        change: match change.manner {
            Manner::Added => "added",
            Manner::Removed => "removed",
            Manner::Changed => "changed",
        },
        data_path: change.data_path,
        message: change.message,
        old: change.old.as_ref().map(Place::new),
        new: change.new.as_ref().map(Place::new),
        breaks,
    }
}

fn render(edits: &[Edit]) -> String {
    let mut text = String::new();
    for edit in edits {
        let sign = match edit.change {
            "added" => '+',
            "removed" => '-',
            _ => '~',
        };
        let place = match edit.data_path.as_str() {
            "" => String::new(),
            path => format!("{path}: "),
        };
        let at = match edit.new.as_ref().or(edit.old.as_ref()) {
            Some(place) => format!("  ({}:{}:{})", place.file, place.line, place.column),
            None => String::new(),
        };
        text += &plain(&format!("{sign} {place}{}{at}", edit.message));
        text.push('\n');
        for harm in &edit.breaks {
            let whom = match harm.whom {
                Breaks::OldConsumers => "old consumers, when they read new events",
                Breaks::NewConsumers => "new consumers, when they read old events",
            };
            text += &format!("    breaks {whom}: {}\n", harm.rule);
        }
    }
    let count = |whom: Breaks| {
        let hurts = |edit: &&Edit| edit.breaks.iter().any(|harm| harm.whom == whom);
        edits.iter().filter(hurts).count()
    };
    match edits.len() {
        0 => text + "no difference\n",
        all => {
            let changes = if all == 1 { "change" } else { "changes" };
            let (old, new) = (count(Breaks::OldConsumers), count(Breaks::NewConsumers));
            text + &format!("{all} {changes}; {old} hurt old consumers, {new} hurt new ones\n")
        }
    }
}
