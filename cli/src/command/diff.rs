//! `treaty diff`: what was edited between two schemas, and whom each edit affects.

use std::path::PathBuf;

use clap::Args;
use treaty_report::render::difference as render;
use treaty_report::{Difference, plain};
use treaty_schemas::{Schema, changes, check};

use crate::client::Client;
use crate::exit::{Exit, Failure};
use crate::global::{Format, Global};
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
    let old = side(&arguments.old, &load(old_references)?, global, terminal)?;
    let new = side(&arguments.new, &load(&arguments.references)?, global, terminal)?;
    if old.format() != new.format() {
        let reported = |side: &Schema| format!("`{}` is {}", side.source().name(), side.format().schema_in_words());
        return Err(Failure::usage(format!("{}, {}", reported(&old), reported(&new)))
            .help("name two schemas of one language: nothing is the same in two languages"));
    }
    let changes = changes(&old, &new, &global.budget())?;
    let names = [&old, &new].map(|schema| schema.source().name());
    let mut difference = Difference::new(names, changes, |direction| {
        let (reader, writer) = direction.reader_and_writer(&new, &old);
        check(reader, writer, &global.budget())
    });
    if [&arguments.old, &arguments.new].iter().all(|name| is_file(name)) {
        difference = difference.of_files();
    }
    match global.format {
        Format::Text => {
            terminal.print(&render::render(&difference))?;
            for why in &difference.undecided {
                terminal.say(&format!("note: not everything is told: {}", plain(why)));
            }
        }
        Format::Json => terminal.json(&difference)?,
    }
    Ok(Exit::Fine)
}

/// A file where there is one of this name, else a version of a subject.
fn side(name: &str, references: &References, global: &Global, terminal: &mut Terminal) -> Result<Schema, Failure> {
    let path = std::path::Path::new(name);
    if let (false, Some((subject, version))) = (is_file(name), name.rsplit_once('@')) {
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
    Ok(references.parse_leniently(&source, &options, terminal)?)
}

/// Whether it names a file, and no version of a subject.
fn is_file(name: &str) -> bool {
    std::path::Path::new(name).exists() || !name.contains('@')
}
