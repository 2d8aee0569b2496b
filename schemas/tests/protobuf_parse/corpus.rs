//! Trees of `.proto` files of other people: `TREATY_PROTO_CORPUS` names their directories, separated by colons.

#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use treaty_schemas::Source;
use treaty_schemas::protobuf::language::schema::FileSet;
use treaty_schemas::protobuf::language::syntax::File;
use treaty_schemas::protobuf::{Limits, link, parse};

/// The roots of the trees.
pub fn corpora() -> Vec<PathBuf> {
    match std::env::var_os("TREATY_PROTO_CORPUS") {
        Some(directories) => std::env::split_paths(&directories).collect(),
        None => {
            println!("skipped: TREATY_PROTO_CORPUS names no directory of .proto files");
            Vec::new()
        }
    }
}

/// The paths of a tree's files, as imports name them, and their texts.
pub fn corpus_files(root: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                directories.push(path);
            } else if path.extension().is_some_and(|extension| extension == "proto") {
                let text = std::fs::read_to_string(&path).expect("it is a text");
                let path = path.strip_prefix(root).expect("it is below the root");
                files.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// The files that link with each other. What imports something that is not there, or declares what another file declares,
/// is compiled by nobody, and left out with a word.
pub fn linkable(root: &Path) -> (Vec<Arc<File>>, FileSet) {
    let mut trees = Vec::new();
    let mut unread = 0;
    for (path, text) in corpus_files(root) {
        match parse(&Source::new(path.as_str(), text), &path, &Limits::default()) {
            Ok(tree) => trees.push(Arc::new(tree)),
            Err(_) => unread += 1,
        }
    }
    let mut left_out = Vec::new();
    let set = loop {
        match link(trees.clone(), trees.len()) {
            Ok(set) => break set,
            Err(error) => {
                for problem in error.problems {
                    trees.retain(|tree| tree.source != problem.source);
                    left_out.push(problem.to_string());
                }
            }
        }
    };
    let root = root.display();
    println!(
        "{root}: {} files, {unread} not read, left out: {left_out:#?}",
        trees.len()
    );
    (trees, set)
}
