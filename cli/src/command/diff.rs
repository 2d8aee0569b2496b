//! `treaty diff`: what was edited between two schemas, and whom each edit hurts.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use treaty_api::report::{Breaks, Place, Texts};
use treaty_schemas::{At, Change, Format as SchemaFormat, Label, Manner, Path, Schema, Severity, changes, check};

use crate::args::{Format, Global};
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::references::{self, References};
use crate::terminal::{Terminal, plain};
use crate::{input, registered};

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
    for side in [&old, &new] {
        if side.format() != SchemaFormat::Avro {
            let name = side.source().name();
            return Err(Failure::unknown(format!(
                "`{name}` is Protobuf, and only Avro's edits can be told so far"
            ))
            .help("`treaty check` tells what a change breaks, in both languages"));
        }
    }
    let changes = changes(&old, &new);
    let harms = harms(&old, &new, &changes);
    let mut texts = Texts::default();
    let edits = changes.into_iter().zip(harms);
    let edits: Vec<Edit> = edits.map(|(change, breaks)| edit(change, breaks, &mut texts)).collect();
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
fn side(name: &str, references: &References, global: &Global) -> Result<Schema, Failure> {
    let path = std::path::Path::new(name);
    if let (false, Some((subject, version))) = (path.exists(), name.rsplit_once('@')) {
        return registered::version(&Client::new(&global.registry)?, subject, version)?.parse();
    }
    let options = global.options();
    let source = input::text(path, options.limits.bytes)?;
    Ok(references.parse(SchemaFormat::of_file(name), &source, &options)?)
}

/// For each change, whom it hurts: every finding of either direction belongs to the changes around its places.
fn harms(old: &Schema, new: &Schema, changes: &[Change]) -> Vec<Vec<Harm>> {
    let mut by_place: HashMap<Path, Vec<usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate() {
        if let Some(path) = change.new.as_ref().or(change.old.as_ref()).and_then(path_of) {
            by_place.entry(path.clone()).or_default().push(index);
        }
    }
    let mut harms: Vec<Vec<Harm>> = changes.iter().map(|_| Vec::new()).collect();
    for (whom, comparison) in [
        (Breaks::NewConsumers, check(new, old)),
        (Breaks::OldConsumers, check(old, new)),
    ] {
        for finding in comparison
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
        {
            let (old, new) = match whom {
                Breaks::NewConsumers => (&finding.writer, &finding.reader),
                Breaks::OldConsumers => (&finding.reader, &finding.writer),
            };
            for &index in around(old)
                .chain(around(new))
                .filter_map(|path| by_place.get(&path))
                .flatten()
            {
                let known = harms[index]
                    .iter()
                    .any(|harm| harm.whom == whom && harm.rule == finding.rule.id);
                if !known && changes[index].concerns(old, new) {
                    let rule = finding.rule.id;
                    harms[index].push(Harm { whom, rule });
                }
            }
        }
    }
    harms
}

fn path_of(label: &Label) -> Option<&Path> {
    match &label.at {
        At::Path(path) => Some(path),
        At::Span(_) => None,
    }
}

/// The place and all that hold it, from the inside.
fn around(label: &Label) -> impl Iterator<Item = Path> {
    std::iter::successors(path_of(label).cloned(), |path| {
        let mut outer = path.clone();
        outer.pop().map(|_| outer)
    })
}

fn edit(change: Change, breaks: Vec<Harm>, texts: &mut Texts) -> Edit {
    Edit {
        change: match change.manner {
            Manner::Added => "added",
            Manner::Removed => "removed",
            Manner::Changed => "changed",
        },
        data_path: change.data_path,
        message: change.message,
        old: change.old.as_ref().map(|label| Place::new(label, texts)),
        new: change.new.as_ref().map(|label| Place::new(label, texts)),
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
