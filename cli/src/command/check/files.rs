//! Files against files, and directories against directories: no registry is asked.

use std::path::{Path, PathBuf};

use treaty_api::report::Subject;
use treaty_schemas::{Format, Options, Schema, Strictness, judge as judge_history};

use super::{Arguments, tree};
use crate::args::Global;
use crate::budget::budget;
use crate::exit::Failure;
use crate::input;
use crate::references::{self, References};
use crate::terminal::{Terminal, plain};

/// Judges `new` against what `--against` names.
pub(super) fn judge(
    new: &Path,
    arguments: &Arguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let sides = Sides::read(arguments, global)?;
    let directories = arguments.against.iter().filter(|old| old.is_dir()).count();
    match (new.is_dir(), directories, arguments.against.as_slice()) {
        (true, 1, [old]) => directories_against(new, old, &sides, global, terminal),
        (false, 0, olds) => {
            let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
            let olds: Vec<&Path> = olds.iter().map(|old| old.as_path()).collect();
            Ok(vec![sides.judge(&name, new, &olds, terminal)?])
        }
        (true, ..) => Err(Failure::usage(format!(
            "`{}` is a directory, so it needs one directory to be compared with",
            new.display()
        ))
        .help("name the directory of the earlier schemas: --against DIR")),
        (false, ..) => Err(Failure::usage(format!(
            "`{}` is no directory, but what it is compared with is one",
            new.display()
        ))
        .help("compare a file with files, or a directory with a directory")),
    }
}

/// Files of Avro schemas, which are compared one by one.
const AVRO: &[&str] = &["avsc"];

/// What two directories hold: `.proto` files are one tree, other schemas are compared with their namesakes.
fn directories_against(
    new: &Path,
    old: &Path,
    sides: &Sides<'_>,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    let is_tree = tree::is_tree(new)? || tree::is_tree(old)?;
    if is_tree {
        subjects.extend(tree::judge(new, old, sides.arguments, global, terminal)?);
    }
    let proposed = input::files_below(new, AVRO)?;
    let earlier = input::files_below(old, AVRO)?;
    if proposed.is_empty() && !is_tree {
        return Err(Failure::usage(format!("there is no schema in `{}`", new.display()))
            .help("schemas are the files that end in .avsc or .proto"));
    }
    if !is_tree && let Some(category) = sides.arguments.category {
        return Err(
            Failure::usage(format!("there is no .proto file that {category} could judge")).help("leave --category out"),
        );
    }
    subjects.extend(each(new, old, [&proposed, &earlier], sides, terminal)?);
    Ok(subjects)
}

/// Every schema of one directory against its namesake in the other.
fn each(
    new: &Path,
    old: &Path,
    [proposed, earlier]: [&[PathBuf]; 2],
    sides: &Sides<'_>,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    for gone in earlier.iter().filter(|path| !proposed.contains(path)) {
        let gone = gone.display().to_string();
        terminal.say(&format!("note: `{}` is only in the earlier directory", plain(&gone)));
    }
    let mut subjects = Vec::with_capacity(proposed.len());
    for path in proposed {
        let name = path.display().to_string();
        let before = old.join(path);
        let olds: &[&Path] = match earlier.contains(path) {
            true => &[&before],
            false => {
                terminal.say(&format!("note: `{}` is new", plain(&name)));
                &[]
            }
        };
        subjects.push(sides.judge(&name, &new.join(path), olds, terminal)?);
    }
    Ok(subjects)
}

/// What is the same for every pair.
struct Sides<'a> {
    arguments: &'a Arguments,
    new: Options,
    old: Options,
    new_references: References,
    old_references: References,
}

impl<'a> Sides<'a> {
    fn read(arguments: &'a Arguments, global: &Global) -> Result<Sides<'a>, Failure> {
        let new = global.options();
        // An earlier schema has long been in use: it is not asked to follow rules that came later.
        let old = Options {
            strictness: Strictness::Stored,
            ..new
        };
        let new_references = references::load(&arguments.references, &new)?;
        let old_references = match arguments.against_references.is_empty() {
            true => new_references.clone(),
            false => references::load(&arguments.against_references, &old)?,
        };
        Ok(Sides {
            arguments,
            new,
            old,
            new_references,
            old_references,
        })
    }

    fn judge(&self, name: &str, new: &Path, olds: &[&Path], terminal: &mut Terminal) -> Result<Subject, Failure> {
        let proposed = self.proposed(new, terminal)?;
        let history = olds
            .iter()
            .map(|old| {
                let source = input::text(old, self.old.limits.bytes)?;
                let format = Format::of_file(source.name());
                Ok(self.old_references.parse(format, &source, &self.old)?)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let mode = self.arguments.mode.unwrap_or_default();
        let judgement = judge_history(mode, &proposed, &history, &budget());
        Ok(Subject::new(name, &judgement, &[], None))
    }

    /// The proposed schema. What a registry would not take but readers can live with (a default that no reader can use, for
    /// instance) is told and judged all the same: two files may come from where no registry asks so much.
    fn proposed(&self, new: &Path, terminal: &mut Terminal) -> Result<Schema, Failure> {
        let source = input::text(new, self.new.limits.bytes)?;
        let format = Format::of_file(source.name());
        let error = match self.new_references.parse(format, &source, &self.new) {
            Ok(schema) => return Ok(schema),
            Err(error) => error,
        };
        let tolerant = Options {
            strictness: Strictness::Stored,
            ..self.new
        };
        let Ok(schema) = self.new_references.parse(format, &source, &tolerant) else {
            return Err(error.into());
        };
        for problem in &error.problems {
            let problem = problem.to_string();
            terminal.say(&format!("warning: a registry refuses this schema: {}", plain(&problem)));
        }
        Ok(schema)
    }
}
