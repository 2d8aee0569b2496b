//! Files that people name on the command line, and those that are found below directories, read with care.
//!
//! Invariant: no more of a file is read than its limit, whatever its size says. What was found and not named is read through
//! its [`Boundary`] only.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use treaty_schemas::Source;
use treaty_schemas::text::likeness::nearest;

use crate::boundary::{Boundary, special};
use crate::exit::Failure;

/// Directories inside one another that are looked into.
const MAX_DEPTH: usize = 64;

/// Reads a text of at most `limit` bytes that was named on the command line, wherever it leads.
///
/// # Errors
/// The file is missing, is a directory, cannot be read, is too large or is not UTF-8; always a usage error.
pub fn text(path: &Path, limit: usize) -> Result<Source, Failure> {
    let source = read(path, limit)?;
    // A name in the repository may be a link to somewhere else.
    let boundary = Boundary::around(path.parent().unwrap_or(Path::new("")), true);
    // Standard input, a pipe of the shell: no file is to be named.
    match path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        true => Ok(boundary.withheld(path, source)),
        false => Ok(source),
    }
}

/// Reads a text of at most `limit` bytes.
///
/// # Errors
/// Those of [`text`].
pub(crate) fn read(path: &Path, limit: usize) -> Result<Source, Failure> {
    let name = path.display().to_string();
    let file = open(path)?;
    let too_large = |size: String| {
        Failure::usage(format!("`{name}` has {size}, and {limit} bytes are allowed"))
            .help("if it is a schema that is meant to be that large, allow it with --max-schema-bytes")
    };
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    if size > limit as u64 {
        return Err(too_large(format!("{size} bytes")));
    }
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&name, &error))?;
    if bytes.len() > limit {
        return Err(too_large("more".to_owned()));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source::new(name, text)),
        Err(error) => Err(not_text(&name, &error)),
    }
}

/// Opens a file for reading.
///
/// # Errors
/// The file is missing, is a directory or cannot be read; always a usage error.
pub fn open(path: &Path) -> Result<File, Failure> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(Failure::usage(format!(
            "`{name}` is a directory, and a file is needed here"
        )));
    }
    File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => missing(path),
        _ => unreadable(&name, &error),
    })
}

/// Every file below `directory` that has one of these extensions, by its path from there, in the order of their names.
/// Links to directories are followed only where the boundary says so.
///
/// # Errors
/// A directory cannot be read, or they are more than 64 deep; a link leads out of the boundary; something that looks like one
/// of the files is none.
pub fn files_below(directory: &Path, extensions: &[&str], boundary: &Boundary) -> Result<Vec<PathBuf>, Failure> {
    let has_extension = |path: &Path| {
        let extension = path.extension();
        extension.is_some_and(|extension| extensions.iter().any(|wanted| extension.eq_ignore_ascii_case(wanted)))
    };
    let mut found = Vec::new();
    let mut todo = vec![(PathBuf::new(), 0)];
    // Only links can lead to a directory twice.
    let mut entered: HashSet<PathBuf> = HashSet::new();
    while let Some((below, depth)) = todo.pop() {
        let here = directory.join(&below);
        if depth > MAX_DEPTH {
            return Err(Failure::usage(format!(
                "`{}` lies more than {MAX_DEPTH} directories deep",
                here.display()
            )));
        }
        let entries = std::fs::read_dir(&here).map_err(|error| unreadable(&here.display().to_string(), &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&here.display().to_string(), &error))?;
            let path = below.join(entry.file_name());
            let kind = entry
                .file_type()
                .map_err(|error| unreadable(&path.display().to_string(), &error))?;
            let full = directory.join(&path);
            let is_directory = match kind.is_symlink() {
                true => full.is_dir(),
                false => kind.is_dir(),
            };
            if kind.is_symlink() && (is_directory || has_extension(&path)) {
                boundary.check(&full)?;
            }
            if is_directory {
                let is_new = match boundary.follows_links() {
                    true => full.canonicalize().is_ok_and(|real| entered.insert(real)),
                    false => !kind.is_symlink(),
                };
                if is_new {
                    todo.push((path, depth + 1));
                }
            } else if has_extension(&path) {
                if !kind.is_file() && !kind.is_symlink() {
                    return Err(special(&full, kind));
                }
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file is not there; perhaps one beside it was meant.
fn missing(path: &Path) -> Failure {
    let failure = Failure::usage(format!("`{}` does not exist", path.display()));
    let directory = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return failure,
    };
    let Some(wanted) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else {
        return failure;
    };
    let Ok(entries) = std::fs::read_dir(directory) else {
        return failure.help(format!("there is no directory `{}` either", directory.display()));
    };
    let names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(meant) => failure.help(format!("did you mean `{}`?", path.with_file_name(meant).display())),
        None => failure,
    }
}

/// The file is there but cannot be read; where nobody knows how, nothing can be said of it.
pub fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::Unsupported {
        return Failure::unknown(format!("could not judge `{name}`: {error}"));
    }
    Failure::usage(format!("could not read `{name}`: {error}"))
}

fn not_text(name: &str, error: &std::string::FromUtf8Error) -> Failure {
    let bytes = error.as_bytes();
    let at = error.utf8_error().valid_up_to();
    let byte = bytes.get(at).copied().unwrap_or_default();
    let point = Source::new(name, String::from_utf8_lossy(&bytes[..at])).point(at);
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it begins like UTF-16: save it as UTF-8",
        [b'O', b'b', b'j', 1, ..] => "it begins like an Avro object container: `treaty validate` reads those",
        _ => "save it as UTF-8; a schema is a text",
    };
    Failure::usage(format!("`{name}` is not UTF-8: byte 0x{byte:02x} at {point}")).help(help)
}
