//! A tree of `.proto` files: its modules, their files, and what they import from elsewhere.
//!
//! Invariants: nothing outside the directories that are given is read, whatever a text imports. Each file is read and parsed
//! once, however many modules import it.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::modules;
use crate::protobuf::judgement::buf_yaml::Module;
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::link::link;
use crate::protobuf::language::parse::parse;
use crate::protobuf::language::schema::FileSet;
use crate::protobuf::language::syntax::File;
use crate::protobuf::language::tree::parse_all;
use crate::text::source::{ParseError, Problem, Source};
use crate::tree::{Directory, Notes, Tree, TreeError};

/// Files with this extension are read.
const EXTENSIONS: &[&str] = &["proto"];

/// A tree whose files are read.
pub(super) struct ReadTree {
    /// What its configuration says; never empty.
    pub modules: Vec<Module>,
    /// Policies of its configuration that could not be read.
    pub unread: Vec<Problem>,
    files: Files,
    /// The module of each file of its own, by the path that imports it.
    owners: FxHashMap<Box<str>, usize>,
}

enum Files {
    /// Of a single module: linked at once, so that what was parsed is given up before another tree is read.
    One(Result<Arc<FileSet>, ParseError>),
    /// Of several: those of each module in the order of their paths, and those that are imported from other directories.
    Many(Vec<Vec<Arc<File>>>, Vec<Arc<File>>),
}

impl ReadTree {
    /// Reads and parses the files of a tree. `config` is its configuration, where that is not the one in it.
    ///
    /// # Errors
    /// A file cannot be read or understood, or is in two modules.
    pub fn read<D: Directory>(
        tree: Tree<'_, D>,
        config: Option<&Source>,
        limits: &Limits,
        notes: &mut Notes,
    ) -> Result<ReadTree, TreeError<D::Error>> {
        let directory = tree.directory;
        let modules::Configured { modules, unread } = modules::modules(directory, config, notes)?;
        let mut files = Vec::new();
        let mut owners: FxHashMap<Box<str>, usize> = FxHashMap::default();
        for path in directory.files(EXTENSIONS).map_err(TreeError::Read)? {
            let Some((module, import)) = module_of(&modules, &path) else {
                continue;
            };
            if let Some(other) = owners.insert(import.into(), module) {
                return Err(twice(import, [other, module].map(|module| &*modules[module].path)));
            }
            let text = directory.text(&path, limits.bytes).map_err(TreeError::Read)?;
            files.push((import.into(), text));
        }
        let (trees, mut problems) = parse_all(&files, limits);
        drop(files);
        let included = included(&trees, &owners, tree.includes, limits, &mut problems)?;
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
        Ok(ReadTree {
            modules,
            unread,
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
        let by_path: FxHashMap<&str, &Arc<File>> = others.map(|file| (&*file.path, file)).collect();
        let mut known: FxHashSet<Box<str>> = linked.iter().map(|file| file.path.clone()).collect();
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

/// The module of a file, the innermost where one lies in another, and what the file is called in it.
fn module_of<'p>(modules: &[Module], name: &'p str) -> Option<(usize, &'p str)> {
    let modules = modules.iter().enumerate();
    modules
        .filter_map(|(index, module)| Some((index, module.path_of(name)?)))
        .min_by_key(|(_, import)| import.len())
}

fn twice<E>(import: &str, [one, other]: [&str; 2]) -> TreeError<E> {
    TreeError::Tree {
        message: match one == other {
            true => format!("`{import}` is in two roots of a module"),
            false => format!("`{import}` is in two modules, `{one}` and `{other}`"),
        },
        help: "rename one of them, or leave it out with `excludes`: an import would not say which one is meant",
    }
}

/// Parses the files that are imported from the directories, and those that these import.
fn included<D: Directory>(
    own: &[Arc<File>],
    owners: &FxHashMap<Box<str>, usize>,
    includes: &[D],
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Arc<File>>, TreeError<D::Error>> {
    let mut found: Vec<Arc<File>> = Vec::new();
    if includes.is_empty() {
        return Ok(found);
    }
    let mut known: FxHashSet<Box<str>> = owners.keys().cloned().collect();
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
            if let Some(include) = includes.iter().find(|include| include.has_file(path)) {
                known.insert(path.clone());
                let source = include.text(path, limits.bytes).map_err(TreeError::Read)?;
                match parse(&source, path, limits) {
                    Ok(file) => found.push(Arc::new(file)),
                    Err(error) => problems.extend(error.problems),
                }
            }
        }
    }
    Ok(found)
}
