//! A directory on disk, as the engine asks for its files.
//!
//! Invariant: a directory is entered once, whatever links lead to it, so that a tree has an end.

use std::path::{Path, PathBuf};

use treaty_schemas::Source;
use treaty_schemas::tree;

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::input;

/// A directory, and how far links in it may lead.
pub struct Directory {
    path: PathBuf,
    boundary: Boundary,
}

impl Directory {
    /// The directory of this path.
    pub fn new(path: &Path, follow_links: bool) -> Directory {
        Directory {
            path: path.to_owned(),
            boundary: Boundary::around(path, follow_links),
        }
    }
}

impl tree::Directory for Directory {
    type Error = Failure;

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn files(&self, extensions: &[&str]) -> Result<Vec<String>, Failure> {
        let found = input::files_below(&self.path, extensions, &self.boundary)?;
        let names = found.iter().map(|path| {
            slashed(path).ok_or_else(|| {
                let shown = self.path.join(path).display().to_string();
                Failure::usage(format!("the path `{shown}` is not UTF-8"))
                    .help("rename the file: no text could import it")
            })
        });
        names.collect()
    }

    fn has_file(&self, path: &str) -> bool {
        self.path.join(path).is_file()
    }

    fn has_directory(&self, path: &str) -> bool {
        self.path.join(path).is_dir()
    }

    fn text(&self, path: &str, max_bytes: usize) -> Result<Source, Failure> {
        self.boundary.text(&self.path.join(path), max_bytes)
    }
}

/// The path with `/` between its parts; none where it is not UTF-8.
fn slashed(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}
