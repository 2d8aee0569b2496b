//! `treaty diff`: what was edited between two schemas, and whom each edit hurts.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use treaty_report::{Breaks, Place, Texts, plain};
use treaty_schemas::protobuf::rules;
use treaty_schemas::shown::REPORT_BYTES;
use treaty_schemas::{
    ByPlace, Change, Finding, Format as SchemaFormat, Line, MAX_CHANGES, Manner, Old, Schema, Severity, changes, check,
    to_line,
};

use crate::args::{Format, Global};
use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::references::{self, References};
use crate::terminal::Terminal;
use crate::{input, registered};

/// What `treaty diff` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty diff v1.avsc v2.avsc
  treaty diff old/order.proto order.proto --reference protos/
  treaty diff orders.placed-value@3 order_placed.avsc    a registered version and a file
  treaty diff orders.placed-value@1 orders.placed-value@latest")]
pub struct Arguments {
    /// The old schema: a file, or SUBJECT@VERSION
    pub old: String,
    /// The new schema: a file, or SUBJECT@VERSION
    pub new: String,
    /// A file or directory with types that the schemas use
    #[arg(long = "reference", value_name = "PATH")]
    pub references: Vec<PathBuf>,
    /// The same for the old schema, where it uses others
    #[arg(long = "old-reference", value_name = "PATH")]
    pub old_references: Vec<PathBuf>,
}

/// The whole answer as JSON.
#[derive(Serialize)]
struct Difference {
    version: u32,
    old: String,
    new: String,
    changes: Vec<Edit>,
    /// What could not be decided, so that an edit may hurt of which it is not said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undecided: Vec<Line>,
}

/// A change, and whom it hurts.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Edit {
    change: &'static str,
    data_path: Line,
    message: Line,
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
    let old_references = match arguments.old_references.as_slice() {
        [] => &arguments.references,
        own => own,
    };
    let load = |paths| references::load(paths, &global.options(), global);
    let old = side(&arguments.old, &load(old_references)?, global)?;
    let new = side(&arguments.new, &load(&arguments.references)?, global)?;
    if old.format() != new.format() {
        let told = |side: &Schema| match side.format() {
            SchemaFormat::Avro => format!("`{}` is an Avro schema", side.source().name()),
            SchemaFormat::Protobuf => format!("`{}` is a Protobuf schema", side.source().name()),
        };
        return Err(Failure::usage(format!("{}, {}", told(&old), told(&new)))
            .help("name two schemas of one language: nothing is the same in two languages"));
    }
    let changes = changes(&old, &new, &global.budget())?;
    let is_cut = changes.len() >= MAX_CHANGES;
    let (harms, mut undecided) = harms(&old, &new, &changes, global);
    if is_cut {
        undecided.push(to_line!("no more than {MAX_CHANGES} changes are told"));
    }
    let mut texts = Texts::default();
    let edits = changes.into_iter().zip(harms);
    let mut edits: Vec<Edit> = edits.map(|(change, breaks)| edit(change, breaks, &mut texts)).collect();
    let summary = summary(&edits);
    let omitted = fit(&mut edits);
    if omitted > 0 {
        undecided.push(to_line!(
            "{omitted} changes are left out: all of them have more than {REPORT_BYTES} bytes"
        ));
    }
    match global.format {
        Format::Text => {
            terminal.print(&(render(&edits) + &summary))?;
            for why in &undecided {
                terminal.say(&format!("note: not everything is told: {}", plain(why)));
            }
        }
        Format::Json => terminal.json(&Difference {
            version: 1,
            old: old.source().name().to_owned(),
            new: new.source().name().to_owned(),
            changes: edits,
            undecided,
        })?,
    }
    Ok(Exit::Fine)
}

/// A file where there is one of this name, else a version of a subject.
fn side(name: &str, references: &References, global: &Global) -> Result<Schema, Failure> {
    let path = std::path::Path::new(name);
    if let (false, Some((subject, version))) = (path.exists(), name.rsplit_once('@')) {
        return registered::version(&Client::new(global)?, subject, version)?.parse();
    }
    if path.is_dir() {
        return Err(
            Failure::usage(format!("`{name}` is a directory, and two schemas are compared here"))
                .help("directories are compared by `treaty check NEW --against OLD`"),
        );
    }
    let options = global.options();
    let source = input::text(path, options.limits.bytes)?;
    Ok(references.parse(SchemaFormat::of_file(name), &source, &options)?)
}

/// For each change, whom it hurts, by the findings of either direction that are about it; and what was not decided.
fn harms(old: &Schema, new: &Schema, changes: &[Change], global: &Global) -> (Vec<Vec<Harm>>, Vec<Line>) {
    let by_place = ByPlace::new(changes);
    let mut undecided = Vec::new();
    let mut harms: Vec<Vec<Harm>> = changes.iter().map(|_| Vec::new()).collect();
    for (whom, side, comparison) in [
        (Breaks::NewConsumers, Old::Wrote, check(new, old, &global.budget())),
        (Breaks::OldConsumers, Old::Reads, check(old, new, &global.budget())),
    ] {
        undecided.extend(comparison.undecided);
        // What only a registry's rules forbid hurts no consumer.
        let is_error =
            |finding: &&Finding| finding.severity == Severity::Error && *finding.rule != rules::FORBIDDEN_BY_CONFLUENT;
        for finding in comparison.findings.iter().filter(is_error) {
            for index in by_place.of(finding, side) {
                let rule = finding.rule.id;
                let is_known = |harm: &Harm| harm.whom == whom && harm.rule == rule;
                if !harms[index].iter().any(is_known) {
                    harms[index].push(Harm { whom, rule });
                }
            }
        }
    }
    undecided.dedup();
    (harms, undecided)
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

/// Leaves out what is too much for one answer, those that hurt nobody first; how many.
fn fit(edits: &mut Vec<Edit>) -> usize {
    let all = edits.len();
    let mut room = REPORT_BYTES;
    let mut stays = vec![false; all];
    for hurts in [true, false] {
        for (edit, stays) in edits.iter().zip(&mut stays) {
            if edit.breaks.is_empty() == hurts {
                continue;
            }
            let bytes = serde_json::to_string(edit).map_or(usize::MAX, |json| json.len() + 1);
            *stays = bytes <= room;
            room = room.saturating_sub(bytes);
        }
    }
    let mut stays = stays.into_iter();
    edits.retain(|_| stays.next().unwrap_or_default());
    all - edits.len()
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
    text
}

fn summary(edits: &[Edit]) -> String {
    let count = |whom: Breaks| {
        let hurts = |edit: &&Edit| edit.breaks.iter().any(|harm| harm.whom == whom);
        edits.iter().filter(hurts).count()
    };
    match edits.len() {
        0 => "no difference\n".to_owned(),
        all => {
            let changes = if all == 1 { "change" } else { "changes" };
            let (old, new) = (count(Breaks::OldConsumers), count(Breaks::NewConsumers));
            format!("{all} {changes}; {old} hurt old consumers, {new} hurt new ones\n")
        }
    }
}
