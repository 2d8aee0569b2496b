//! Directories whose files are judged together, as one tree: their files are read here, and judged by the engine.

use std::path::{Path, PathBuf};

use treaty_report::render::problem;
use treaty_report::{Subject, TreeReport, plain};
use treaty_schemas::Format;
use treaty_schemas::tree::{MAX_CONFIG_BYTES, Tree, TreeError, TreeOptions};

use super::Arguments;
use crate::directory::Directory;
use crate::exit::Failure;
use crate::global::Global;
use crate::input;
use crate::terminal::Terminal;

/// Judges what two directories hold in a language whose files are one tree.
pub(super) fn judge(
    format: Format,
    [new, old]: [&Path; 2],
    arguments: &Arguments,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<Vec<Subject>, Failure> {
    let old_includes = match arguments.against_includes.as_slice() {
        [] => &arguments.includes,
        own => own,
    };
    let [includes, old_includes] = [includes(&arguments.includes, global)?, includes(old_includes, global)?];
    let directories = [new, old].map(|directory| Directory::new(directory, global.follow_links));
    let config = global.config.as_deref().map(|path| input::text(path, MAX_CONFIG_BYTES));
    let config = config.transpose()?;
    let options = TreeOptions {
        config: config.as_ref(),
        category: arguments.category,
        mode: arguments.mode,
        max_bytes: global.max_schema_bytes,
        budget: &|| global.budget_of_report(),
    };
    let mut notes = Vec::new();
    let judged = format.judge_trees(
        Tree {
            directory: &directories[0],
            includes: &includes,
        },
        Tree {
            directory: &directories[1],
            includes: &old_includes,
        },
        &options,
        &mut notes,
    );
    for note in &notes {
        terminal.say(&format!("note: {}", plain(&problem::line(note))));
    }
    let judged = judged.map_err(|error| match error {
        TreeError::Read(failure) => failure,
        TreeError::Text(error) => error.into(),
        TreeError::Tree { message, help } => Failure::usage(message).help(help),
    })?;
    let name = arguments.subject.clone().unwrap_or_else(|| new.display().to_string());
    let subjects = judged.iter().map(|module| {
        let name = match (judged.len(), &*module.path) {
            (1, _) | (_, ".") => name.clone(),
            (_, path) => format!("{name}/{path}"),
        };
        let report = TreeReport {
            subject: arguments.subject.as_deref(),
            mode: arguments.mode,
            judged: module,
        };
        report.report(&name)
    });
    Ok(subjects.collect())
}

/// The directories in which imports are looked up.
fn includes(paths: &[PathBuf], global: &Global) -> Result<Vec<Directory>, Failure> {
    if let Some(path) = paths.iter().find(|path| !path.is_dir()) {
        return Err(Failure::usage(format!("`{}` is no directory", path.display()))
            .help("--include takes a directory in which imports are looked up"));
    }
    let directories = paths.iter().map(|path| Directory::new(path, global.follow_links));
    Ok(directories.collect())
}
