//! The payloads that were named: files, those in directories, and standard input.

use std::fs::File;
use std::io::{Read, Stdin};
use std::path::{Path, PathBuf};

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::input;

/// Files with these extensions are payloads.
const EXTENSIONS: &[&str] = &[
    "json",
    "ndjson",
    "jsonl",
    "avro",
    "bin",
    "binpb",
    "pb",
    "delimited",
    "wire",
    "msg",
];

/// A payload, or a stream of them.
pub(super) struct Payload {
    /// The name that people know it by.
    pub name: String,
    path: Option<PathBuf>,
}

/// A payload that is being read.
pub(super) enum Input {
    File(File),
    Stdin(Stdin),
}

/// Finds every payload.
pub(super) fn find(paths: &[PathBuf], follow_links: bool) -> Result<Vec<Payload>, Failure> {
    let mut payloads = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            payloads.push(Payload {
                name: "standard input".to_owned(),
                path: None,
            });
        } else if path.is_dir() {
            let below = input::files_below(path, EXTENSIONS, &Boundary::around(path, follow_links))?;
            if below.is_empty() {
                return Err(
                    Failure::usage(format!("there is no payload in `{}`", path.display())).help(format!(
                        "payloads are the files that end in .{}",
                        EXTENSIONS.join(", .")
                    )),
                );
            }
            payloads.extend(below.iter().map(|file| Payload::file(&path.join(file))));
        } else {
            payloads.push(Payload::file(path));
        }
    }
    Ok(payloads)
}

impl Payload {
    fn file(path: &Path) -> Payload {
        Payload {
            name: path.display().to_string(),
            path: Some(path.to_owned()),
        }
    }

    /// Bytes; `None` where nobody knows before the end.
    pub fn size(&self) -> Option<u64> {
        let metadata = std::fs::metadata(self.path.as_ref()?).ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    /// Whether it can be read again.
    pub fn is_file(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.is_file())
    }

    /// Begins to read it.
    pub fn open(&self) -> Result<Input, Failure> {
        match &self.path {
            Some(path) => Ok(Input::File(input::open(path)?)),
            None => Ok(Input::Stdin(std::io::stdin())),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Input::File(file) => file.read(buffer),
            Input::Stdin(stdin) => stdin.read(buffer),
        }
    }
}
