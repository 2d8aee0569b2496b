//! What belongs to the repository that the command works on, and what lies outside.
//!
//! A change that somebody proposes can make a link of any file, and name any path in `treaty.yaml`. What is found by walking
//! or by such a path must therefore not lead out of the repository through a link, and of a file outside no line is shown:
//! the log of a pull request is no place for the files of the machine that checks it. What a person names on the command line
//! is followed wherever it leads.

use std::fs::{FileType, Metadata};
use std::path::{Component, Path, PathBuf};

use treaty_schemas::Source;

use crate::exit::Failure;
use crate::input;

/// The part of the file system that files are found in.
#[derive(Debug, Clone)]
pub struct Boundary {
    /// Where it begins: without links, `.` and `..`.
    root: PathBuf,
    /// What the root is, in words.
    what: &'static str,
    /// The directory that was named, without links: it may lie elsewhere.
    named: PathBuf,
    /// The same as it was written: with its links.
    written: PathBuf,
    follow_links: bool,
}

impl Boundary {
    /// Around what is found from a directory that was named: the repository that it lies in, else the working directory,
    /// else the directory itself.
    pub fn around(directory: &Path, follow_links: bool) -> Boundary {
        let directory = match directory.as_os_str().is_empty() {
            true => Path::new("."),
            false => directory,
        };
        // What is not there is reported when it is read.
        let named = directory.canonicalize().unwrap_or_else(|_| lexical(directory));
        let here = here();
        let working = match repository(&here) {
            Some(root) => (root, "the repository"),
            None => (here, "the working directory"),
        };
        // A link to a directory elsewhere is still a name in this repository.
        let (root, what) = if lexical(directory).starts_with(&working.0) {
            working
        } else {
            match repository(&named) {
                Some(root) => (root, "the repository"),
                None => (named.clone(), "the directory"),
            }
        };
        Boundary {
            root,
            what,
            named,
            written: lexical(directory),
            follow_links,
        }
    }

    /// Whether links to directories are followed while walking.
    pub fn follows_links(&self) -> bool {
        self.follow_links
    }

    /// Refuses a file or directory that was found and is reached only through a link that leads out, or that is neither a
    /// file nor a directory: to read such a thing may never end.
    ///
    /// # Errors
    /// A usage error that names it.
    pub fn check(&self, path: &Path) -> Result<(), Failure> {
        let Ok(real) = path.canonicalize() else {
            // Not there, or not to be looked at: reported when it is read.
            return Ok(());
        };
        let is_inside = |path: &Path| path.starts_with(&self.root) || path.starts_with(&self.named);
        let written = lexical(path);
        let is_written_inside = is_inside(&written) || written.starts_with(&self.written);
        if !self.follow_links && !is_inside(&real) && is_written_inside {
            return Err(Failure::usage(format!(
                "`{}` leads out of {} `{}` through a link, to `{}`",
                path.display(),
                self.what,
                self.root.display(),
                real.display()
            ))
            .help("put a file in its place, or allow such links with --follow-links"));
        }
        match real.metadata() {
            Ok(metadata) => regular(path, &metadata),
            Err(_) => Ok(()),
        }
    }

    /// Reads a text of at most `limit` bytes that was found.
    ///
    /// # Errors
    /// Those of [`Boundary::check`], and of [`input::text`].
    pub fn text(&self, path: &Path, limit: usize) -> Result<Source, Failure> {
        self.check(path)?;
        let source = input::read(path, limit)?;
        Ok(self.withheld(path, source))
    }

    /// The text; marked where it lies outside, so that no line of it is shown.
    pub fn withheld(&self, path: &Path, source: Source) -> Source {
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.root) => source,
            _ => source.withheld(),
        }
    }
}

/// Refuses what is neither a file nor a directory.
fn regular(path: &Path, metadata: &Metadata) -> Result<(), Failure> {
    let kind = metadata.file_type();
    match kind.is_file() || kind.is_dir() {
        true => Ok(()),
        false => Err(special(path, kind)),
    }
}

/// The failure to read something that only looks like a file.
pub fn special(path: &Path, kind: FileType) -> Failure {
    let name = path.display();
    Failure::usage(format!("`{name}` is {}, and a file is needed here", word(kind)))
        .help("remove it; what is named on the command line itself may be a pipe")
}

#[cfg(unix)]
fn word(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn word(_: FileType) -> &'static str {
    "no ordinary file"
}

/// The working directory, without links.
fn here() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    here.canonicalize().unwrap_or(here)
}

/// The nearest directory above with a `.git`, which in a worktree is a file.
fn repository(directory: &Path) -> Option<PathBuf> {
    let is_root = |directory: &&Path| directory.join(".git").exists();
    directory.ancestors().find(is_root).map(Path::to_owned)
}

/// The path from the root, as it is written: links in it stay.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in here().join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}
