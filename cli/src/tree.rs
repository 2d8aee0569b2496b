//! A tree of `.proto` files on disk: its `buf.yaml`, its files, and what they import from elsewhere.
//!
//! Invariants: links to directories are not followed, so that a tree has an end; nothing outside the directories that are
//! named is read, whatever a text imports.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use treaty_schemas::protobuf::buf_yaml::{self, BufYaml, Module};
use treaty_schemas::protobuf::schema::{FileId, FileSet};
use treaty_schemas::protobuf::{Limits, compile_tree, link, parse, parse_all};
use treaty_schemas::{ParseError, Source};

use crate::exit::Failure;
use crate::input;
use crate::terminal::{Terminal, plain};

/// Files with this extension are read.
pub const EXTENSIONS: &[&str] = &["proto"];

/// A linked tree.
pub struct Tree {
    /// The directory, as it was named.
    pub directory: PathBuf,
    /// Its files, its own first.
    pub set: FileSet,
    /// What its `buf.yaml` says.
    config: BufYaml,
    /// The index of the module of each of its own files.
    modules: Vec<usize>,
}

impl Tree {
    /// Reads and links the files below a directory. `config` is its configuration, where that is not the `buf.yaml` in it;
    /// what it imports and does not have is looked up in `includes`.
    ///
    /// # Errors
    /// A file cannot be read or understood, or something that is imported is nowhere.
    pub fn read(
        directory: &Path,
        config: Option<&Path>,
        includes: &[PathBuf],
        limits: &Limits,
        terminal: &mut Terminal,
    ) -> Result<Tree, Failure> {
        let config = configuration(directory, config, terminal)?;
        let mut files = Vec::new();
        let mut modules = Vec::new();
        for path in input::files_below(directory, EXTENSIONS)? {
            let Some(name) = slashed(&path) else {
                let shown = directory.join(&path).display().to_string();
                return Err(Failure::usage(format!("the path `{shown}` is not UTF-8"))
                    .help("rename the file: no text could import it"));
            };
            if let Some((module, import)) = module_of(&config, &name) {
                files.push((import.into(), input::text(&directory.join(&path), limits.bytes)?));
                modules.push(module);
            }
        }
        let set = match includes {
            [] => compile_tree(files, limits)?,
            _ => with_includes(files, includes, limits)?,
        };
        Ok(Tree {
            directory: directory.to_owned(),
            set,
            config,
            modules,
        })
    }

    /// Its modules.
    pub fn modules(&self) -> &[Module] {
        &self.config.modules
    }

    /// The module that a file belongs to; what is imported from elsewhere counts with the first.
    pub fn module(&self, file: FileId) -> &Module {
        let index = self.modules.get(file.0 as usize).copied().unwrap_or_default();
        &self.config.modules[index.min(self.config.modules.len() - 1)]
    }
}

/// The configuration: the file that is named, else the `buf.yaml` in the directory, else what holds without one.
fn configuration(directory: &Path, named: Option<&Path>, terminal: &mut Terminal) -> Result<BufYaml, Failure> {
    let beside = directory.join("buf.yaml");
    let path = match named {
        Some(path) => path,
        None if beside.is_file() => &beside,
        None => return Ok(BufYaml::default()),
    };
    let config = BufYaml::parse(&input::text(path, buf_yaml::MAX_BYTES)?)?;
    for note in &config.notes {
        terminal.say(&format!("note: {}", plain(&note.to_string())));
    }
    Ok(config)
}

/// The path with `/` between its parts; none where it is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// The module of a file, the innermost where one lies in another, and what the file is called in it.
fn module_of<'p>(config: &BufYaml, name: &'p str) -> Option<(usize, &'p str)> {
    let modules = config.modules.iter().enumerate();
    modules
        .filter_map(|(index, module)| Some((index, module.path_of(name)?)))
        .min_by_key(|(_, import)| import.len())
}

/// Links files with those that they import from the directories, and those that these import.
fn with_includes(files: Vec<(Box<str>, Source)>, includes: &[PathBuf], limits: &Limits) -> Result<FileSet, Failure> {
    if let Some(directory) = includes.iter().find(|directory| !directory.is_dir()) {
        return Err(Failure::usage(format!("`{}` is no directory", directory.display()))
            .help("--include takes a directory in which imports are looked up"));
    }
    let own = files.len();
    let mut known: HashSet<Box<str>> = files.iter().map(|(path, _)| path.clone()).collect();
    let (mut trees, mut problems) = parse_all(&files, limits);
    drop(files);
    let mut next = 0;
    while let Some(tree) = trees.get(next).cloned() {
        next += 1;
        for import in &tree.imports {
            let path = &import.path.value;
            // Whatever leaves its directory is refused when the files are linked.
            let is_plain = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(['\\', ':']);
            if !is_plain || known.contains(path) {
                continue;
            }
            let found = includes
                .iter()
                .map(|include| include.join(&**path))
                .find(|path| path.is_file());
            if let Some(found) = found {
                known.insert(path.clone());
                let source = input::text(&found, limits.bytes)?;
                match parse(&source, path, limits) {
                    Ok(tree) => trees.push(Arc::new(tree)),
                    Err(error) => problems.extend(error.problems),
                }
            }
        }
    }
    if !problems.is_empty() {
        return Err(ParseError { problems }.into());
    }
    Ok(link(&trees, own)?)
}
