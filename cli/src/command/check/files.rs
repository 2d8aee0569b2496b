//! Files against files, and directories against directories: no registry is asked.

use std::path::{Path, PathBuf};

use treaty_report::{Subject, plain};
use treaty_schemas::{Format, Options, Source, Strictness, judge as judge_history};

use super::{Arguments, tree};
use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::global::Global;
use crate::input;
use crate::references::{self, References};
use crate::terminal::Terminal;

/// Judges `new` against what `--against` names.
pub(super) fn judge(
    new: &Path,
    arguments: &Arguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let directories = arguments.against.iter().filter(|old| old.is_dir()).count();
    match (new.is_dir(), directories, arguments.against.as_slice()) {
        (true, 1, [old]) => {
            let sides = Sides::read(arguments, Some([new, old]), global)?;
            directories_against(new, old, &sides, global, terminal)
        }
        (false, 0, olds) => {
            let sides = Sides::read(arguments, None, global)?;
            let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
            let bytes = global.max_schema_bytes;
            let proposed = input::text(new, bytes)?;
            let olds: Result<Vec<Source>, Failure> = olds.iter().map(|old| input::text(old, bytes)).collect();
            Ok(vec![sides.judge(
                &name,
                arguments.subject.as_deref(),
                &proposed,
                &olds?,
                terminal,
            )?])
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

/// What two directories hold: the files of some languages are one tree, other schemas are compared with their namesakes.
fn directories_against(
    new: &Path,
    old: &Path,
    sides: &Sides<'_>,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    let boundaries = [new, old].map(|directory| Boundary::around(directory, global.follow_links));
    let (trees, alone): (Vec<Format>, Vec<Format>) = Format::ALL.iter().partition(|format| format.is_judged_as_tree());
    let mut is_tree = false;
    for format in trees {
        let has_files = |directory, boundary| {
            let files = input::files_below(directory, format.extensions(), boundary);
            files.map(|files| !files.is_empty())
        };
        if has_files(new, &boundaries[0])? || has_files(old, &boundaries[1])? {
            is_tree = true;
            subjects.extend(tree::judge(format, [new, old], sides.arguments, global, terminal)?);
        }
    }
    let alone: Vec<&str> = alone.iter().flat_map(|format| format.extensions()).copied().collect();
    let proposed = input::files_below(new, &alone, &boundaries[0])?;
    let earlier = input::files_below(old, &alone, &boundaries[1])?;
    if proposed.is_empty() && !is_tree {
        return Err(Failure::usage(format!("there is no schema in `{}`", new.display()))
            .help("schemas are the files that end in .avsc or .proto"));
    }
    if !is_tree && let Some(category) = sides.arguments.category {
        return Err(
            Failure::usage(format!("there is no .proto file that {category} could judge")).help("leave --category out"),
        );
    }
    subjects.extend(each([new, old], [&proposed, &earlier], &boundaries, sides, terminal)?);
    Ok(subjects)
}

/// Every schema of one directory against its namesake in the other.
fn each(
    [new, old]: [&Path; 2],
    [proposed, earlier]: [&[PathBuf]; 2],
    boundaries: &[Boundary; 2],
    sides: &Sides<'_>,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    // Both are in the order of their names.
    for gone in earlier.iter().filter(|path| proposed.binary_search(path).is_err()) {
        let gone = gone.display().to_string();
        terminal.say(&format!("note: `{}` is only in the earlier directory", plain(&gone)));
    }
    let mut subjects = Vec::with_capacity(proposed.len());
    for path in proposed {
        let name = path.display().to_string();
        let bytes = sides.new.limits.bytes;
        let mut olds = Vec::new();
        match earlier.binary_search(path) {
            Ok(_) => olds.push(boundaries[1].text(&old.join(path), bytes)?),
            Err(_) => terminal.say(&format!("note: `{}` is new", plain(&name))),
        }
        let proposed = boundaries[0].text(&new.join(path), bytes)?;
        subjects.push(sides.judge(&name, None, &proposed, &olds, terminal)?);
    }
    Ok(subjects)
}

/// What is the same for every pair.
struct Sides<'a> {
    arguments: &'a Arguments,
    global: &'a Global,
    new: Options,
    old: Options,
    new_references: References,
    old_references: References,
}

impl<'a> Sides<'a> {
    /// `directories` are the new and the earlier one, where those are compared.
    fn read(
        arguments: &'a Arguments,
        directories: Option<[&Path; 2]>,
        global: &'a Global,
    ) -> Result<Sides<'a>, Failure> {
        let new = global.options();
        // An earlier schema has long been in use: it is not asked to follow rules that came later.
        let old = Options {
            strictness: Strictness::Stored,
            ..new
        };
        let old_paths = match arguments.against_references.as_slice() {
            [] => &arguments.references,
            own => own,
        };
        let load = |directory, paths: &[PathBuf], options| match directory {
            Some(directory) => references::load_beside(directory, paths, options, global),
            None => references::load(paths, options, global),
        };
        let new_references = load(directories.map(|[new, _]| new), &arguments.references, &new)?;
        let old_references = load(directories.map(|[_, old]| old), old_paths, &old)?;
        Ok(Sides {
            arguments,
            global,
            new,
            old,
            new_references,
            old_references,
        })
    }

    fn judge(
        &self,
        name: &str,
        subject: Option<&str>,
        new: &Source,
        olds: &[Source],
        terminal: &mut Terminal,
    ) -> Result<Subject, Failure> {
        let proposed = self.new_references.parse_leniently(new, &self.new, terminal)?;
        terminal.warn(proposed.warnings());
        let history = olds
            .iter()
            .map(|source| {
                let format = Format::of_source(source);
                Ok(self.old_references.parse(format, source, &self.old)?)
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let mode = self.arguments.mode.unwrap_or_default();
        let judgement = judge_history(mode, &proposed, &history, &self.global.budget_of_report());
        Ok(Subject::of_files(name, subject, &judgement))
    }
}
