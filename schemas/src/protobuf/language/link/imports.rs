//! Which files there are, what each of them imports, and which of them it sees.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Problems;
use super::options;
use crate::protobuf::language::builtin;
use crate::protobuf::language::schema::{File, FileId};
use crate::protobuf::language::syntax::{self, Import, ImportKind};
use crate::text::likeness::nearest;
use crate::text::source::Span;

/// The files of a set, and how they depend on each other.
pub(super) struct Imports {
    pub trees: Vec<Option<Arc<syntax::File>>>,
    pub files: Vec<File>,
    /// Every file after those that it imports.
    pub order: Vec<FileId>,
    /// What each file sees.
    pub visible: Vec<Seen>,
}

/// What a file sees.
pub(super) struct Seen {
    /// Itself, what it imports, and what that imports publicly.
    pub files: Box<[FileId]>,
    /// What it imports for options only.
    pub for_options: Box<[FileId]>,
}

impl Imports {
    /// Files that are not there are put aside.
    pub fn gather(
        trees: Vec<Arc<syntax::File>>,
        checked: usize,
        problems: &mut Problems,
        missing: &mut Problems,
    ) -> Imports {
        let mut trees = trees;
        let mut by_path: FxHashMap<Box<str>, FileId> = FxHashMap::default();
        for (index, tree) in trees.iter().enumerate() {
            let id = FileId(index as u32);
            if let Err(reason) = check_path(&tree.path) {
                problems.add(
                    id,
                    &tree.source,
                    Span::default(),
                    format!("the file's path {reason}"),
                    None,
                );
            }
            if by_path.insert(tree.path.clone(), id).is_some() {
                problems.add(
                    id,
                    &tree.source,
                    Span::default(),
                    format!("the file `{}` is given twice", tree.path),
                    Some("each path names one file; give it once".to_owned()),
                );
            }
        }
        let mut files: Vec<File> = Vec::with_capacity(trees.len());
        // Built-in files that are needed are added behind the others while this goes on.
        while let Some(tree) = trees.get(files.len()).cloned() {
            let id = FileId(files.len() as u32);
            let mut file = described(&tree);
            let mut follows_options = false;
            for import in &tree.imports {
                let is_for_options = import.kind == ImportKind::Option;
                if follows_options && !is_for_options && files.len() < checked {
                    let message = "an import stands behind one for options";
                    let help = "move it in front of each `import option`".to_owned();
                    problems.add(id, &tree.source, import.span, message, help);
                }
                follows_options |= is_for_options;
                if let Some(found) = find(import, &mut trees, &mut by_path) {
                    if found == id {
                        let message = "the file imports itself";
                        problems.add(
                            id,
                            &tree.source,
                            import.span,
                            message,
                            Some("leave the import out".to_owned()),
                        );
                    } else if file.imports.iter().any(|(earlier, _, _)| *earlier == found) {
                        let message = format!("`{}` is imported twice", import.path.value);
                        problems.add(
                            id,
                            &tree.source,
                            import.span,
                            message,
                            Some("import it once".to_owned()),
                        );
                    } else {
                        file.imports.push((found, import.kind, import.span));
                    }
                    continue;
                }
                let path = &import.path.value;
                match check_path(path) {
                    Err(reason) => {
                        let message = format!("the import path `{path}` {reason}");
                        let help = "write the path from the root of the tree, as in import \"acme/order.proto\";";
                        problems.add(id, &tree.source, import.path.span, message, help.to_owned());
                    }
                    Ok(()) => {
                        let message = format!("the imported file `{path}` is not there");
                        let help = suggestion(path, &by_path, missing);
                        missing.add(id, &tree.source, import.path.span, message, help);
                    }
                }
            }
            files.push(file);
        }
        let order = order(&files, problems);
        let visible = (0..files.len()).map(|index| seen_by(index, &files)).collect();
        Imports {
            trees: trees.into_iter().map(Some).collect(),
            files,
            order,
            visible,
        }
    }
}

/// A path names a file below a root, so that no text can ask for a file elsewhere.
fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("is empty");
    }
    if path.contains('\\') {
        return Err("has a backslash in it");
    }
    if path.starts_with('/') || path.as_bytes().get(1) == Some(&b':') {
        return Err("is absolute");
    }
    match path.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("..") => Err("leaves the tree"),
        Some(_) => Err("has an empty part or a `.` in it"),
        None => Ok(()),
    }
}

fn find(
    import: &Import,
    trees: &mut Vec<Arc<syntax::File>>,
    by_path: &mut FxHashMap<Box<str>, FileId>,
) -> Option<FileId> {
    if let Some(id) = by_path.get(&import.path.value) {
        return Some(*id);
    }
    let tree = builtin::file(&import.path.value)?;
    let id = FileId(trees.len() as u32);
    by_path.insert(tree.path.clone(), id);
    trees.push(tree);
    Some(id)
}

/// The path that was probably meant.
fn suggestion(path: &str, by_path: &FxHashMap<Box<str>, FileId>, problems: &Problems) -> Option<String> {
    // Each search goes through all paths; a tree whose root is wrong misses thousands of files.
    if problems.0.len() < 10 {
        let known = by_path
            .keys()
            .map(|known| -> &str { known })
            .chain(builtin::paths().map(|known| -> &str { known }));
        if let Some(known) = nearest(path, known) {
            return Some(format!("did you mean \"{known}\"?"));
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let elsewhere = by_path
            .keys()
            .filter(|known| known.rsplit('/').next() == Some(name))
            .min();
        if let Some(known) = elsewhere {
            return Some(format!("is it \"{known}\"? Paths begin at the root of the tree"));
        }
    }
    Some("provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`".to_owned())
}

fn described(tree: &syntax::File) -> File {
    File {
        source: tree.source.clone(),
        path: tree.path.clone(),
        syntax: tree.syntax,
        syntax_span: tree.syntax_span,
        package: tree
            .package
            .as_ref()
            .map(|(name, _)| name.value.clone())
            .unwrap_or_default(),
        package_span: tree.package.as_ref().map(|(_, span)| *span),
        imports: Vec::with_capacity(tree.imports.len()),
        messages: Vec::new(),
        enums: Vec::new(),
        extensions: Vec::new(),
        services: Vec::new(),
        options: options::kept(&tree.options),
    }
}

/// Files after what they import. Cycles are problems.
fn order(files: &[File], problems: &mut Problems) -> Vec<FileId> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; files.len()];
    let mut order = Vec::with_capacity(files.len());
    // Options of every file are judged by this one, whether it is imported or not.
    let first = files.iter().position(|file| &*file.path == builtin::DESCRIPTOR);
    for root in first.into_iter().chain(0..files.len()) {
        if states[root] != State::New {
            continue;
        }
        states[root] = State::Open;
        // The way from the root: a file, and which of its imports comes next.
        let mut way: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((file, next)) = way.last_mut() {
            let Some((import, _, span)) = files[*file].imports.get(*next) else {
                states[*file] = State::Done;
                order.push(FileId(*file as u32));
                way.pop();
                continue;
            };
            *next += 1;
            let (from, import) = (*file, import.0 as usize);
            match states[import] {
                State::Done => {}
                State::New => {
                    states[import] = State::Open;
                    way.push((import, 0));
                }
                State::Open => {
                    let begin = way.iter().position(|(file, _)| *file == import).unwrap_or(0);
                    let message = format!("files import each other: {}", cycle(&way[begin..], files));
                    let help = "move what both need into a third file".to_owned();
                    problems.add(FileId(from as u32), &files[from].source, *span, message, help);
                }
            }
        }
    }
    order
}

/// `a.proto → b.proto → a.proto`, cut where it is long.
fn cycle(way: &[(usize, usize)], files: &[File]) -> String {
    const SHOWN: usize = 8;
    let mut names: Vec<&str> = way.iter().take(SHOWN).map(|(file, _)| &*files[*file].path).collect();
    if way.len() > SHOWN {
        names.push("…");
    }
    names.extend(way.first().map(|(file, _)| &*files[*file].path));
    names.join(" → ")
}

/// A file, what it imports, and what that imports publicly; apart from that what it imports for options.
fn seen_by(file: usize, files: &[File]) -> Seen {
    let own = FileId(file as u32);
    let mut known: FxHashSet<FileId> = [own].into_iter().collect();
    let imports = &files[file].imports;
    let of_kind = |for_options: bool| {
        let of_kind = imports
            .iter()
            .filter(move |(_, kind, _)| (*kind == ImportKind::Option) == for_options);
        of_kind.map(|(import, _, _)| *import)
    };
    let seen = reached(of_kind(false), files, &mut known);
    Seen {
        files: std::iter::once(own).chain(seen).collect(),
        for_options: reached(of_kind(true), files, &mut known).into(),
    }
}

/// These files and what they import publicly, without those that are known.
fn reached(imports: impl Iterator<Item = FileId>, files: &[File], known: &mut FxHashSet<FileId>) -> Vec<FileId> {
    let mut seen: Vec<FileId> = imports.filter(|import| known.insert(*import)).collect();
    let mut next = 0;
    while let Some(id) = seen.get(next).copied() {
        next += 1;
        for (import, kind, _) in &files[id.0 as usize].imports {
            if *kind == ImportKind::Public && known.insert(*import) {
                seen.push(*import);
            }
        }
    }
    seen
}
