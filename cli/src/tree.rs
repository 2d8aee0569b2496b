//! A tree of `.proto` files on disk: its modules, their files, and what they import from elsewhere.
//!
//! Invariants: a directory is entered once, whatever links lead to it, so that a tree has an end; nothing outside the directories
//! that are named is read, whatever a text imports. Each file is read and parsed once, however many modules import it.

pub mod config;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use treaty_schemas::protobuf::buf_yaml::Module;
use treaty_schemas::protobuf::schema::FileSet;
use treaty_schemas::protobuf::syntax::File;
use treaty_schemas::protobuf::{Limits, link, parse, parse_all};
use treaty_schemas::{ParseError, Problem, Source};

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::input;
use crate::terminal::Terminal;

/// Files with this extension are read.
pub const EXTENSIONS: &[&str] = &["proto"];

/// A tree whose files are read.
pub struct Tree {
    /// The directory, as it was named.
    pub directory: PathBuf,
    /// What its configuration says; never empty.
    pub modules: Vec<Module>,
    files: Files,
    /// The module of each file of its own, by the path that imports it.
    owners: HashMap<Box<str>, usize>,
}

enum Files {
    /// Of a single module: linked at once, so that what was parsed is given up before another tree is read.
    One(Result<Arc<FileSet>, ParseError>),
    /// Of several: those of each module in the order of their paths, and those that are imported from other directories.
    Many(Vec<Vec<Arc<File>>>, Vec<Arc<File>>),
}

impl Tree {
    /// Reads and parses the files below a directory. `config` is its configuration, where that is not the one in it; what it
    /// imports and does not have is looked up in `includes`.
    ///
    /// # Errors
    /// A file cannot be read or understood, or is in two modules.
    pub fn read(
        directory: &Path,
        config: Option<&Path>,
        includes: &[PathBuf],
        limits: &Limits,
        follow_links: bool,
        terminal: &mut Terminal,
    ) -> Result<Tree, Failure> {
        let boundary = Boundary::around(directory, follow_links);
        let modules = config::modules(directory, config, &boundary, terminal)?;
        let mut files = Vec::new();
        let mut owners: HashMap<Box<str>, usize> = HashMap::new();
        for path in input::files_below(directory, EXTENSIONS, &boundary)? {
            let Some(name) = slashed(&path) else {
                let shown = directory.join(&path).display().to_string();
                return Err(Failure::usage(format!("the path `{shown}` is not UTF-8"))
                    .help("rename the file: no text could import it"));
            };
            let Some((module, import)) = module_of(&modules, &name) else {
                continue;
            };
            if let Some(other) = owners.insert(import.into(), module) {
                return Err(twice(import, [other, module].map(|module| &*modules[module].path)));
            }
            files.push((import.into(), boundary.text(&directory.join(&path), limits.bytes)?));
        }
        let (trees, mut problems) = parse_all(&files, limits);
        drop(files);
        let included = included(&trees, &owners, includes, limits, follow_links, &mut problems)?;
        if !problems.is_empty() {
            return Err(ParseError { problems }.into());
        }
        let files = match modules.as_slice() {
            [_] => {
                let own = trees.len();
                Files::One(link(trees.into_iter().chain(included).collect(), own).map(Arc::new))
            }
            _ => {
                let mut files: Vec<Vec<Arc<File>>> = modules.iter().map(|_| Vec::new()).collect();
                for tree in trees {
                    files[owners[&tree.path]].push(tree);
                }
                Files::Many(files, included)
            }
        };
        Ok(Tree {
            directory: directory.to_owned(),
            modules,
            files,
            owners,
        })
    }

    /// The module that a file belongs to, by the path that imports it; none of what is imported from elsewhere.
    pub fn owner(&self, import: &str) -> Option<usize> {
        self.owners.get(import).copied()
    }

    /// The path that imports each file of its own, and its module.
    pub fn imports(&self) -> impl Iterator<Item = (&str, usize)> {
        self.owners.iter().map(|(import, module)| (&**import, *module))
    }

    /// The files of these modules, which come first, linked with all that they import.
    ///
    /// # Errors
    /// What is wrong with them, or something that is imported is nowhere.
    pub fn link(&self, modules: &[usize]) -> Result<Arc<FileSet>, ParseError> {
        let (files, included) = match &self.files {
            _ if modules.is_empty() => return link(Vec::new(), 0).map(Arc::new),
            Files::One(linked) => return linked.clone(),
            Files::Many(files, included) => (files, included),
        };
        let mut linked: Vec<Arc<File>> = modules.iter().flat_map(|module| files[*module].clone()).collect();
        let own = linked.len();
        let others = files.iter().flatten().chain(included);
        let by_path: HashMap<&str, &Arc<File>> = others.map(|file| (&*file.path, file)).collect();
        let mut known: HashSet<Box<str>> = linked.iter().map(|file| file.path.clone()).collect();
        let mut next = 0;
        while let Some(file) = linked.get(next).cloned() {
            next += 1;
            for import in &file.imports {
                if let Some(found) = by_path.get(&*import.path.value)
                    && known.insert(found.path.clone())
                {
                    linked.push(Arc::clone(found));
                }
            }
        }
        link(linked, own).map(Arc::new)
    }
}

/// The path with `/` between its parts; none where it is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// The module of a file, the innermost where one lies in another, and what the file is called in it.
fn module_of<'p>(modules: &[Module], name: &'p str) -> Option<(usize, &'p str)> {
    let modules = modules.iter().enumerate();
    modules
        .filter_map(|(index, module)| Some((index, module.path_of(name)?)))
        .min_by_key(|(_, import)| import.len())
}

fn twice(import: &str, [one, other]: [&str; 2]) -> Failure {
    let help = "rename one of them, or leave it out with `excludes`: an import would not say which one is meant";
    match one == other {
        true => Failure::usage(format!("`{import}` is in two roots of a module")).help(help),
        false => Failure::usage(format!("`{import}` is in two modules, `{one}` and `{other}`")).help(help),
    }
}

/// Parses the files that are imported from the directories, and those that these import.
fn included(
    own: &[Arc<File>],
    owners: &HashMap<Box<str>, usize>,
    includes: &[PathBuf],
    limits: &Limits,
    follow_links: bool,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Arc<File>>, Failure> {
    if let Some(directory) = includes.iter().find(|directory| !directory.is_dir()) {
        return Err(Failure::usage(format!("`{}` is no directory", directory.display()))
            .help("--include takes a directory in which imports are looked up"));
    }
    let mut found: Vec<Arc<File>> = Vec::new();
    if includes.is_empty() {
        return Ok(found);
    }
    let includes: Vec<(&PathBuf, Boundary)> = includes
        .iter()
        .map(|include| (include, Boundary::around(include, follow_links)))
        .collect();
    let mut known: HashSet<Box<str>> = owners.keys().cloned().collect();
    let mut next = 0;
    while let Some(file) = own.get(next).or_else(|| found.get(next - own.len())).cloned() {
        next += 1;
        for import in &file.imports {
            let path = &import.path.value;
            // Whatever leaves its directory is refused when the files are linked.
            let is_plain = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(['\\', ':']);
            if !is_plain || known.contains(path) {
                continue;
            }
            let mut places = includes
                .iter()
                .map(|(include, boundary)| (include.join(&**path), boundary));
            if let Some((place, boundary)) = places.find(|(path, _)| path.is_file()) {
                known.insert(path.clone());
                let source: Source = boundary.text(&place, limits.bytes)?;
                match parse(&source, path, limits) {
                    Ok(file) => found.push(Arc::new(file)),
                    Err(error) => problems.extend(error.problems),
                }
            }
        }
    }
    Ok(found)
}
