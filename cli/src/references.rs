//! The texts whose types schemas in files may use, found in other files.

use std::path::PathBuf;

use treaty_schemas::{Format, Options, ParseError, Reference, ReferencePool, Schema, Source};

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::global::Global;
use crate::input;

/// The texts in the files that the command line names.
#[derive(Debug, Clone)]
pub struct References(ReferencePool);

/// Reads the files, and those in the directories, that `paths` name. A directory is where the paths of Protobuf's imports
/// begin.
///
/// # Errors
/// A file cannot be read.
pub fn load(paths: &[PathBuf], options: &Options, global: &Global) -> Result<References, Failure> {
    let extensions: Vec<&str> = Format::ALL
        .iter()
        .flat_map(|format| format.extensions())
        .copied()
        .collect();
    let mut pool = ReferencePool::new(options);
    let mut add = |import: String, source: Source| {
        pool.add(Reference {
            import: import.into(),
            source,
        });
    };
    for path in paths {
        if path.is_dir() {
            let boundary = Boundary::around(path, global.follow_links);
            for file in input::files_below(path, &extensions, &boundary)? {
                let source = boundary.text(&path.join(&file), options.limits.bytes)?;
                add(slashed(&file.to_string_lossy()), source);
            }
        } else {
            add(
                slashed(&path.to_string_lossy()),
                input::text(path, options.limits.bytes)?,
            );
        }
    }
    Ok(References(pool))
}

impl References {
    /// Parses a schema that may use these.
    ///
    /// # Errors
    /// It is no schema, or uses what is not among them; where a schema may use all of them, one is none, or two use each other.
    pub fn parse(&self, format: Format, source: &Source, options: &Options) -> Result<Schema, ParseError> {
        Schema::parse(format, source, &self.0.used_by(format, source)?, options)
    }
}

/// Imports have slashes between their parts, on every system.
fn slashed(path: &str) -> String {
    match std::path::MAIN_SEPARATOR {
        '/' => path.to_owned(),
        other => path.replace(other, "/"),
    }
}
