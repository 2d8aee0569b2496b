//! The texts whose types schemas in files may use, found in other files.

use std::path::{Path, PathBuf};

use treaty_report::plain;
use treaty_report::render::problem;
use treaty_schemas::{Format, Options, ParseError, Reference, ReferencePool, Schema, Source, Strictness};

use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::global::Global;
use crate::input;
use crate::terminal::Terminal;

/// The texts in the files that the command line names.
#[derive(Debug, Clone)]
pub struct References(ReferencePool);

/// Reads the files, and those in the directories, that `paths` name. A directory is where the paths of Protobuf's imports
/// begin.
///
/// # Errors
/// A file cannot be read.
pub fn load(paths: &[PathBuf], options: &Options, global: &Global) -> Result<References, Failure> {
    let mut pool = ReferencePool::new(options);
    paths
        .iter()
        .try_for_each(|path| add(&mut pool, path, options, global))?;
    Ok(References(pool))
}

/// The same for the schemas of a directory: they use one another's types, and those that `paths` name where these have none.
///
/// # Errors
/// A file cannot be read.
pub fn load_beside(
    directory: &Path,
    paths: &[PathBuf],
    options: &Options,
    global: &Global,
) -> Result<References, Failure> {
    let mut pool = ReferencePool::new(options);
    add(&mut pool, directory, options, global)?;
    pool.next_place();
    paths
        .iter()
        .try_for_each(|path| add(&mut pool, path, options, global))?;
    Ok(References(pool))
}

fn add(pool: &mut ReferencePool, path: &Path, options: &Options, global: &Global) -> Result<(), Failure> {
    if !path.is_dir() {
        pool.add(Reference {
            import: slashed(&path.to_string_lossy()).into(),
            source: input::text(path, options.limits.bytes)?,
        });
        return Ok(());
    }
    let extensions: Vec<&str> = Format::ALL
        .iter()
        .flat_map(|format| format.extensions())
        .copied()
        .collect();
    let boundary = Boundary::around(path, global.follow_links);
    for file in input::files_below(path, &extensions, &boundary)? {
        pool.add(Reference {
            import: slashed(&file.to_string_lossy()).into(),
            source: boundary.text(&path.join(&file), options.limits.bytes)?,
        });
    }
    Ok(())
}

impl References {
    /// Parses a schema that may use these.
    ///
    /// # Errors
    /// It is no schema, or uses what is not among them.
    pub fn parse(&self, format: Format, source: &Source, options: &Options) -> Result<Schema, ParseError> {
        Schema::parse(format, source, &self.0.used_by(format, source)?, options)
    }

    /// The same of a file that may come from where no registry asks so much: what a registry would not take but readers can live
    /// with (a default that no reader can use, for instance) is a warning.
    ///
    /// # Errors
    /// As [`References::parse`].
    pub fn parse_leniently(
        &self,
        source: &Source,
        options: &Options,
        terminal: &mut Terminal,
    ) -> Result<Schema, ParseError> {
        let format = Format::of_source(source);
        let error = match self.parse(format, source, options) {
            Ok(schema) => return Ok(schema),
            Err(error) => error,
        };
        let stored = Options {
            strictness: Strictness::Stored,
            ..*options
        };
        let Ok(schema) = self.parse(format, source, &stored) else {
            return Err(error);
        };
        for problem in &error.problems {
            let line = problem::line(problem);
            terminal.say(&format!("warning: a registry refuses this schema: {}", plain(&line)));
        }
        Ok(schema)
    }
}

/// Imports have slashes between their parts, on every system.
fn slashed(path: &str) -> String {
    match std::path::MAIN_SEPARATOR {
        '/' => path.to_owned(),
        other => path.replace(other, "/"),
    }
}
