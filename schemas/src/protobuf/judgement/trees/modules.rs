//! The modules of a tree: what its `buf.work.yaml` and `buf.yaml` say, and what holds without one.

use crate::protobuf::judgement::breaking::Version;
use crate::protobuf::judgement::buf_yaml::{self, BufWork, BufYaml, Module};
use crate::text::source::{ParseError, Problem, Source};
use crate::to_line;
use crate::tree::{Directory, Notes, TreeError};

const YAML: &str = "buf.yaml";
const WORK: &str = "buf.work.yaml";

/// Whether a directory has a configuration of its own.
pub(super) fn is_configured<D: Directory>(directory: &D) -> bool {
    directory.has_file(YAML) || directory.has_file(WORK)
}

/// The modules of a tree: by the configuration that is given, else by that in its directory, else one by the rules of a new
/// tree.
///
/// # Errors
/// The file cannot be read, or something is wrong with it.
pub(super) fn modules<D: Directory>(
    directory: &D,
    given: Option<&Source>,
    notes: &mut Notes,
) -> Result<Vec<Module>, TreeError<D::Error>> {
    let text = |path| directory.text(path, buf_yaml::MAX_BYTES).map_err(TreeError::Read);
    let (source, is_work) = match (given, directory.has_file(YAML), directory.has_file(WORK)) {
        (Some(given), ..) => {
            let name = given.name();
            let is_work = name.rsplit(['/', '\\']).next() == Some(WORK);
            (given.clone(), is_work)
        }
        (None, true, true) => {
            return Err(TreeError::Tree {
                message: format!("`{}` has both a {YAML} and a {WORK}", directory.name()),
                help: "keep the buf.yaml, with a list of modules in version v2, or the buf.work.yaml with a buf.yaml in each of its directories",
            });
        }
        (None, true, false) => (text(YAML)?, false),
        (None, false, true) => (text(WORK)?, true),
        (None, false, false) => return Ok(BufYaml::default().modules),
    };
    match is_work {
        true => workspace(directory, &source, notes),
        false => Ok(read(&source, notes)?.modules),
    }
}

fn read(source: &Source, notes: &mut Notes) -> Result<BufYaml, ParseError> {
    let mut config = BufYaml::parse(source)?;
    notes.append(&mut config.notes);
    Ok(config)
}

/// The modules of the directories that a `buf.work.yaml` names, each by its own `buf.yaml`.
fn workspace<D: Directory>(tree: &D, source: &Source, notes: &mut Notes) -> Result<Vec<Module>, TreeError<D::Error>> {
    let mut work = BufWork::parse(source)?;
    notes.append(&mut work.notes);
    let missing = work.directories.iter().filter(|(name, _)| !tree.has_directory(name));
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
        let path = format!("{name}/{YAML}");
        let config = match tree.has_file(&path) {
            true => read(&tree.text(&path, buf_yaml::MAX_BYTES).map_err(TreeError::Read)?, notes)?,
            false => BufYaml::without_file(Version::V1),
        };
        if config.version == Version::V2 {
            return Err(TreeError::Tree {
                message: format!(
                    "`{}/{path}` has version v2, and a {WORK} has directories of version v1",
                    tree.name()
                ),
                help: "in version v2 a single buf.yaml names the modules: put it in the place of the buf.work.yaml",
            });
        }
        modules.extend(config.below(name));
    }
    Ok(modules)
}
