//! The named types that schemas in files may use, found in other files.

use std::path::PathBuf;

use treaty_schemas::{Format, Options, ParseError, Reference, Schema};

use crate::exit::Failure;
use crate::input;

/// Files with these extensions are schemas.
pub const EXTENSIONS: &[&str] = &["avsc"];

/// Reads the files, and those in the directories, that `paths` name, and puts each after those that it uses.
///
/// # Errors
/// A file cannot be read or parsed, or two files use each other.
pub fn load(paths: &[PathBuf], options: &Options) -> Result<Vec<Reference>, Failure> {
    let mut unordered = Vec::new();
    for path in paths {
        if path.is_dir() {
            for file in input::files_below(path, EXTENSIONS)? {
                let source = input::text(&path.join(&file), options.limits.bytes)?;
                let import = file.to_string_lossy().into();
                unordered.push(Reference { import, source });
            }
        } else {
            unordered.push(Reference {
                import: path.to_string_lossy().into(),
                source: input::text(path, options.limits.bytes)?,
            });
        }
    }
    ordered(unordered, options)
}

/// Puts each text after those that it uses, by trying which of them can be parsed with those that already are.
fn ordered(mut waiting: Vec<Reference>, options: &Options) -> Result<Vec<Reference>, Failure> {
    let mut ready: Vec<Reference> = Vec::with_capacity(waiting.len());
    loop {
        let before = waiting.len();
        let mut first: Option<ParseError> = None;
        waiting.retain(
            |text| match Schema::parse(Format::Avro, &text.source, &ready, options) {
                Ok(_) => {
                    ready.push(text.clone());
                    false
                }
                Err(error) => {
                    first.get_or_insert(error);
                    true
                }
            },
        );
        match first {
            None => return Ok(ready),
            Some(error) if waiting.len() == before => return Err(error.into()),
            Some(_) => {}
        }
    }
}
