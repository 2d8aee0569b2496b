//! The modules of a tree: what its `buf.work.yaml` and `buf.yaml` say, and what holds without one.

use crate::protobuf::judgement::breaking::Version;
use crate::protobuf::judgement::buf_yaml::{self, BufWork, BufYaml, Module};
use crate::text::source::{ParseError, Problem, Source};
use crate::to_line;
use crate::tree::{Directory, Notes, TreeError};

const YAML: &str = "buf.yaml";
const WORK: &str = "buf.work.yaml";
/// What both were called before, where the name of today is not there.
const OLD_YAML: &str = "buf.mod";
const OLD_WORK: &str = "buf.work";

/// What a configuration says of a tree.
pub(super) struct Configured {
    /// Never empty.
    pub modules: Vec<Module>,
    /// Policies that it names and that could not be read, with why.
    pub unread: Vec<Problem>,
}

impl From<Vec<Module>> for Configured {
    fn from(modules: Vec<Module>) -> Configured {
        Configured {
            modules,
            unread: Vec::new(),
        }
    }
}

/// Whether a directory has a configuration of its own.
pub(super) fn is_configured<D: Directory>(directory: &D) -> bool {
    [YAML, WORK, OLD_YAML, OLD_WORK]
        .into_iter()
        .any(|name| directory.has_file(name))
}

/// The first of these files that is there.
fn named<D: Directory>(directory: &D, names: [&'static str; 2]) -> Option<&'static str> {
    names.into_iter().find(|name| directory.has_file(name))
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
) -> Result<Configured, TreeError<D::Error>> {
    let text = |path| directory.text(path, buf_yaml::MAX_BYTES).map_err(TreeError::Read);
    let (yaml, work) = (named(directory, [YAML, OLD_YAML]), named(directory, [WORK, OLD_WORK]));
    let (source, is_work) = match (given, yaml, work) {
        (Some(given), ..) => {
            let name = given.name().rsplit(['/', '\\']).next();
            (given.clone(), name == Some(WORK) || name == Some(OLD_WORK))
        }
        (None, Some(yaml), Some(work)) => {
            return Err(TreeError::Tree {
                message: format!("`{}` has both a {yaml} and a {work}", directory.name()),
                help: "keep the buf.yaml, with a list of modules in version v2, or the buf.work.yaml with a buf.yaml in each of its directories",
            });
        }
        (None, Some(yaml), None) => (text(yaml)?, false),
        (None, None, Some(work)) => (text(work)?, true),
        (None, None, None) => return Ok(BufYaml::default().modules.into()),
    };
    if is_work {
        return workspace(directory, &source, notes).map(Configured::from);
    }
    let config = read(&source, notes)?;
    if config.version == Version::V2 && yaml == Some(OLD_YAML) && given.is_none() {
        return Err(TreeError::Tree {
            message: format!("`{}/{OLD_YAML}` has version v2", directory.name()),
            help: "call it buf.yaml",
        });
    }
    with_policies(directory, &source, config)
}

/// The modules of a configuration, each judged by the rules of its policies as well.
fn with_policies<D: Directory>(
    directory: &D,
    source: &Source,
    config: BufYaml,
) -> Result<Configured, TreeError<D::Error>> {
    let mut configured = Configured::from(config.modules);
    for policy in &config.policies {
        let is_below = policy.name.split('/').all(|part| part != "..") && !policy.name.starts_with('/');
        if !is_below || !directory.has_file(&policy.name) {
            let message = to_line!(
                "the policy `{}` is not there, so nothing is said of its rules",
                policy.name
            );
            configured.unread.push(policy.unread(source, message));
            continue;
        }
        let text = directory
            .text(&policy.name, buf_yaml::MAX_BYTES)
            .map_err(TreeError::Read)?;
        match policy.selection(&text) {
            Ok(selection) => {
                for module in &mut configured.modules {
                    module.selection.join(selection.clone());
                }
            }
            Err(error) => {
                let why = error.problems.first().map(ToString::to_string).unwrap_or_default();
                let message = to_line!("the policy `{}` could not be read: {why}", policy.name);
                configured.unread.push(policy.unread(source, message));
            }
        }
    }
    Ok(configured)
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
        let [path, old_path] = [YAML, OLD_YAML].map(|file| format!("{name}/{file}"));
        let path = if tree.has_file(&path) { path } else { old_path };
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
