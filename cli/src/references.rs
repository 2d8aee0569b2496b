//! The named types that schemas in files may use, found in other files.

use std::path::PathBuf;

use treaty_schemas::{Format, Options, ParseError, Schema, Source};

use crate::exit::Failure;
use crate::input;

/// Files with these extensions are schemas.
pub const EXTENSIONS: &[&str] = &["avsc"];

/// Reads the files, and those in the directories, that `paths` name, and puts each after those that it uses.
///
/// # Errors
/// A file cannot be read or parsed, or two files use each other.
pub fn load(paths: &[PathBuf], options: &Options) -> Result<Vec<Source>, Failure> {
    let mut unordered = Vec::new();
    for path in paths {
        if path.is_dir() {
            for file in input::files_below(path, EXTENSIONS)? {
                unordered.push(input::text(&path.join(file), options.limits.bytes)?);
            }
        } else {
            unordered.push(input::text(path, options.limits.bytes)?);
        }
    }
    ordered(unordered, options)
}

/// Puts each text after those that it uses, by trying which of them can be parsed with those that already are.
fn ordered(mut waiting: Vec<Source>, options: &Options) -> Result<Vec<Source>, Failure> {
    let mut ready: Vec<Source> = Vec::with_capacity(waiting.len());
    loop {
        let before = waiting.len();
        let mut first: Option<ParseError> = None;
        waiting.retain(|source| match Schema::parse(Format::Avro, source, &ready, options) {
            Ok(_) => {
                ready.push(source.clone());
                false
            }
            Err(error) => {
                first.get_or_insert(error);
                true
            }
        });
        match first {
            None => return Ok(ready),
            Some(error) if waiting.len() == before => return Err(error.into()),
            Some(_) => {}
        }
    }
}
