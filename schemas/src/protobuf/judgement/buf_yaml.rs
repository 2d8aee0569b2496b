//! `buf.yaml`: where the roots of a tree are, which files belong to it, and which breaking rules judge it. And
//! `buf.work.yaml`, which makes several directories with a `buf.yaml` each one tree.
//!
//! Versions v1beta1, v1 and v2 are read (`https://buf.build/docs/configuration/v2/buf-yaml/`). What speaks of linting or
//! dependencies is not looked at; plugins, and a key that buf does not have, are let through with a note.
//!
//! Invariant: no path leaves the directory of the file.

mod breaking;
mod node;
mod paths;
mod policy;
mod work;

pub use policy::Policy;
pub use work::BufWork;

use node::{Entry, Node, Reader};

use super::breaking::{Category, Selection, Version};
use crate::text::source::{ParseError, Problem, Source};

/// A larger file is refused, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// More paths than these are refused, each counted for every rule and module that it is kept for.
const MAX_PATHS: usize = 1_000_000;
/// More problems than this are not reported of one file.
const MAX_PROBLEMS: usize = 100;

/// What a `buf.yaml` says of a tree.
#[derive(Debug, Clone)]
pub struct BufYaml {
    /// The version of the file.
    pub version: Version,
    /// The parts of the tree that have a root of their own; never empty.
    pub modules: Vec<Module>,
    /// What is odd about the file without being wrong: keys that are not known, plugins that are not run.
    pub notes: Vec<Problem>,
    /// Files with more rules.
    pub policies: Vec<Policy>,
}

/// A part of a tree with a root of its own.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its directory below that of the file, or `.` for that one itself. Several may have one, each with files of its own.
    pub path: Box<str>,
    /// Where imports start: the directory itself but in v1beta1. From the directory of the file.
    roots: Vec<Box<str>>,
    /// Only files in these directories belong to it; all of them where there are none. From the directory of the file.
    includes: Vec<Box<str>>,
    /// Files in these directories do not belong to it. From the directory of the file.
    excludes: Vec<Box<str>>,
    /// The rules that judge it; paths in it start at the root.
    pub selection: Selection,
}

impl Module {
    /// Whether this and another module say alike which files of the directory they have.
    pub fn has_scope_of(&self, other: &Module) -> bool {
        (&self.roots, &self.includes, &self.excludes) == (&other.roots, &other.includes, &other.excludes)
    }

    /// What a file is called from the root, by its path from the directory of the `buf.yaml`; none where the file does not
    /// belong to the module.
    pub fn path_of<'p>(&self, path: &'p str) -> Option<&'p str> {
        let roots = self.roots.iter().filter_map(|root| paths::below(root, path));
        let below = roots.min_by_key(|below| below.len())?;
        let is_in = |directories: &[Box<str>]| {
            directories
                .iter()
                .any(|directory| paths::below(directory, path).is_some())
        };
        ((self.includes.is_empty() || is_in(&self.includes)) && !is_in(&self.excludes)).then_some(below)
    }
}

impl Default for BufYaml {
    /// What holds for a tree without a `buf.yaml`: one root, and the rules of [`Category::File`].
    fn default() -> Self {
        BufYaml::without_file(Version::V2)
    }
}

impl BufYaml {
    /// What holds without a file, by the rules of a version.
    pub fn without_file(version: Version) -> BufYaml {
        let mut selection = Selection::default();
        for rule in super::breaking::rules::of(Category::File, version) {
            selection.add(rule);
        }
        BufYaml {
            version,
            modules: vec![Module {
                path: ".".into(),
                roots: vec![".".into()],
                includes: Vec::new(),
                excludes: Vec::new(),
                selection,
            }],
            notes: Vec::new(),
            policies: Vec::new(),
        }
    }

    /// The modules by their paths from another directory, in which that of the file is `directory`.
    pub fn below(self, directory: &str) -> Vec<Module> {
        let moved = |path: &mut Box<str>| *path = paths::joined(directory, path);
        let mut modules = self.modules;
        for module in &mut modules {
            moved(&mut module.path);
            let lists = [&mut module.roots, &mut module.includes, &mut module.excludes];
            lists.into_iter().flatten().for_each(moved);
        }
        modules
    }

    /// Reads the text.
    ///
    /// # Errors
    /// Everything that is wrong with it, at most a hundred problems, each at its place.
    pub fn parse(source: &Source) -> Result<BufYaml, ParseError> {
        let root = node::parse(source)?;
        let mut reader = Reader::new(source);
        let read = file(&mut reader, &root);
        // Rules for all modules are read with each of them.
        for reported in [&mut reader.problems, &mut reader.notes] {
            reported.sort_by_key(|problem| problem.span.start);
            reported.dedup();
            reported.truncate(MAX_PROBLEMS);
        }
        match read {
            Some((version, modules, policies)) if reader.problems.is_empty() => Ok(BufYaml {
                version,
                modules,
                notes: reader.notes,
                policies,
            }),
            _ => Err(ParseError {
                problems: reader.problems,
            }),
        }
    }
}

fn file(reader: &mut Reader<'_>, root: &Entry) -> Option<(Version, Vec<Module>, Vec<Policy>)> {
    let entries = reader.map(root)?;
    let help = "begin the file with `version: v2`";
    let Some(entry) = node::find(entries, "version") else {
        reader.problem(root, "the file does not say its version", help);
        return None;
    };
    let version = match &entry.value {
        Node::Text(text) => [Version::V1Beta1, Version::V1, Version::V2]
            .into_iter()
            .find(|version| version.name() == text),
        _ => None,
    };
    let Some(version) = version else {
        reader.problem(
            entry,
            "this is no version of a buf.yaml",
            "known are v1beta1, v1 and v2",
        );
        return None;
    };
    if version < Version::V2 {
        return Some((version, directory(reader, root, version), Vec::new()));
    }
    let modules = modules(reader, root);
    if let Some(plugins) = node::find(entries, "plugins").filter(|plugins| !reader.list(plugins).is_empty()) {
        let help = "buf runs them";
        reader.note(
            plugins,
            "plugins are not run here, so nothing is said of their rules",
            help,
        );
    }
    let policies = node::find(entries, "policies").map_or_else(Vec::new, |list| policy::policies(reader, list));
    Some((version, modules, policies))
}

/// Version 2: modules, each with a path, and rules for those that have none of their own.
fn modules(reader: &mut Reader<'_>, root: &Entry) -> Vec<Module> {
    let known = [
        "version", "name", "modules", "deps", "lint", "breaking", "plugins", "policies",
    ];
    reader.known(root, &known);
    let entries = reader.map(root).unwrap_or_default();
    let for_all = node::find(entries, "breaking");
    let listed = node::find(entries, "modules").map_or(&[][..], |list| reader.list(list));
    let whole = Entry::whole(root);
    let listed: Vec<&Entry> = match listed {
        [] => vec![&whole],
        listed => listed.iter().collect(),
    };
    let mut modules = Vec::with_capacity(listed.len());
    for module in listed {
        if reader.is_full() {
            break;
        }
        reader.known(module, &["path", "name", "includes", "excludes", "lint", "breaking"]);
        let entries = reader.map(module).unwrap_or_default();
        let path = match node::find(entries, "path") {
            Some(path) => reader.path(path).unwrap_or_else(|| ".".into()),
            None => ".".into(),
        };
        let mut paths = |key: &str| node::find(entries, key).map_or_else(Vec::new, |list| reader.paths(list));
        let (includes, excludes) = (paths("includes"), paths("excludes"));
        let own = node::find(entries, "breaking");
        let rules = breaking::Rules {
            version: Version::V2,
            root: &path,
            // Paths of a module must lie in it; those for all modules may lie in another one.
            is_for_all: own.is_none(),
        };
        let selection = rules.read(reader, own.or(for_all));
        modules.push(Module {
            roots: vec![path.clone()],
            path,
            includes,
            excludes,
            selection,
        });
    }
    modules
}

/// Versions before 2: the directory is the module, and in v1beta1 it may have several roots.
fn directory(reader: &mut Reader<'_>, root: &Entry, version: Version) -> Vec<Module> {
    reader.known(root, &["version", "name", "deps", "build", "lint", "breaking"]);
    let entries = reader.map(root).unwrap_or_default();
    let mut roots: Vec<Box<str>> = Vec::new();
    let mut excludes = Vec::new();
    if let Some(build) = node::find(entries, "build") {
        match version {
            Version::V1Beta1 => reader.known(build, &["roots", "excludes"]),
            _ => reader.known(build, &["excludes"]),
        }
        let entries = reader.map(build).unwrap_or_default();
        if let Some(list) = node::find(entries, "roots").filter(|_| version == Version::V1Beta1) {
            roots = reader.paths(list);
        }
        if let Some(list) = node::find(entries, "excludes") {
            excludes = reader.paths(list);
        }
    }
    if roots.is_empty() {
        roots.push(".".into());
    }
    let rules = breaking::Rules {
        version,
        root: ".",
        is_for_all: true,
    };
    let selection = rules.read(reader, node::find(entries, "breaking"));
    if !reader.has_room(root, roots.len() + excludes.len() + selection.paths()) {
        return Vec::new();
    }
    vec![Module {
        path: ".".into(),
        roots,
        includes: Vec::new(),
        excludes,
        selection,
    }]
}
