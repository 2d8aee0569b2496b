//! The modules of a tree: what its `buf.work.yaml` and `buf.yaml` say, and what holds without one.

use std::path::Path;

use treaty_report::plain;
use treaty_report::render::problem;
use treaty_schemas::protobuf::breaking::Version;
use treaty_schemas::protobuf::buf_yaml::{self, BufWork, BufYaml, Module};
use treaty_schemas::{ParseError, Problem, Source, to_line};

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::input;
use crate::terminal::Terminal;

const YAML: &str = "buf.yaml";
const WORK: &str = "buf.work.yaml";

/// Whether a directory has a configuration of its own.
pub fn is_in(directory: &Path) -> bool {
    directory.join(YAML).is_file() || directory.join(WORK).is_file()
}

/// The modules of a tree: by the file that is named, else by that in its directory, else one by the rules of a new tree.
///
/// # Errors
/// The file cannot be read, or something is wrong with it.
pub(super) fn modules(
    directory: &Path,
    named: Option<&Path>,
    boundary: &Boundary,
    terminal: &mut Terminal,
) -> Result<Vec<Module>, Failure> {
    let beside = [YAML, WORK].map(|name| directory.join(name));
    let path = match (named, beside.each_ref().map(|path| path.is_file())) {
        (Some(path), _) => path,
        (None, [true, true]) => {
            let shown = directory.display();
            return Err(Failure::usage(format!("`{shown}` has both a {YAML} and a {WORK}")).help(
                "keep the buf.yaml, with a list of modules in version v2, or the buf.work.yaml with a buf.yaml in each of its directories",
            ));
        }
        (None, [true, false]) => &beside[0],
        (None, [false, true]) => &beside[1],
        (None, [false, false]) => return Ok(BufYaml::default().modules),
    };
    let source = match named {
        Some(path) => input::text(path, buf_yaml::MAX_BYTES)?,
        None => boundary.text(path, buf_yaml::MAX_BYTES)?,
    };
    match path.file_name().is_some_and(|name| name == WORK) {
        true => workspace(directory, &source, boundary, terminal),
        false => Ok(read(&source, terminal)?.modules),
    }
}

fn read(source: &Source, terminal: &mut Terminal) -> Result<BufYaml, Failure> {
    let config = BufYaml::parse(source)?;
    note(&config.notes, terminal);
    Ok(config)
}

fn note(notes: &[Problem], terminal: &mut Terminal) {
    for note in notes {
        terminal.say(&format!("note: {}", plain(&problem::line(note))));
    }
}

/// The modules of the directories that a `buf.work.yaml` names, each by its own `buf.yaml`.
fn workspace(
    tree: &Path,
    source: &Source,
    boundary: &Boundary,
    terminal: &mut Terminal,
) -> Result<Vec<Module>, Failure> {
    let work = BufWork::parse(source)?;
    note(&work.notes, terminal);
    let missing = work.directories.iter().filter(|(name, _)| !tree.join(&**name).is_dir());
    let problems: Vec<Problem> = missing
        .map(|(name, span)| Problem {
            message: to_line!("the directory `{name}` is not there"),
            source: source.clone(),
            span: *span,
            help: Some("directories are named from that of the file".into()),
        })
        .collect();
    if !problems.is_empty() {
        return Err(ParseError { problems }.into());
    }
    let mut modules = Vec::with_capacity(work.directories.len());
    for (name, _) in &work.directories {
        let path = tree.join(&**name).join(YAML);
        let config = match path.is_file() {
            true => read(&boundary.text(&path, buf_yaml::MAX_BYTES)?, terminal)?,
            false => BufYaml::without_file(Version::V1),
        };
        if config.version == Version::V2 {
            let shown = path.display();
            return Err(Failure::usage(format!(
                "`{shown}` has version v2, and a {WORK} has directories of version v1"
            ))
            .help("in version v2 a single buf.yaml names the modules: put it in the place of the buf.work.yaml"));
        }
        modules.extend(config.below(name));
    }
    Ok(modules)
}
