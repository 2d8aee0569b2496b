//! The texts whose types schemas in files may use, found in other files.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::path::PathBuf;

use treaty_schemas::protobuf::{self, Limits};
use treaty_schemas::{Format, Options, ParseError, Reference, Schema, Source};

use crate::args::Global;
use crate::boundary::Boundary;
use crate::exit::Failure;
use crate::input;

/// Files with these extensions are schemas.
pub const EXTENSIONS: &[&str] = &["avsc", "proto"];

/// The texts in the files that the command line names.
#[derive(Debug, Clone, Default)]
pub struct References {
    /// Of Avro, as they were named.
    avro: Vec<Reference>,
    /// Those, each after those that it uses; not looked at before an Avro schema asks.
    ordered: OnceCell<Result<Vec<Reference>, ParseError>>,
    /// Of Protobuf, as they were named.
    protobuf: Vec<Reference>,
    options: Options,
}

/// Reads the files, and those in the directories, that `paths` name. A directory is where the paths of Protobuf's imports
/// begin.
///
/// # Errors
/// A file cannot be read.
pub fn load(paths: &[PathBuf], options: &Options, global: &Global) -> Result<References, Failure> {
    let mut references = References {
        options: *options,
        ..References::default()
    };
    let mut add = |import: String, source: Source| {
        let into = match Format::of_file(&import) {
            Format::Protobuf => &mut references.protobuf,
            Format::Avro => &mut references.avro,
        };
        into.push(Reference {
            import: import.into(),
            source,
        });
    };
    for path in paths {
        if path.is_dir() {
            let boundary = Boundary::around(path, global.follow_links);
            for file in input::files_below(path, EXTENSIONS, &boundary)? {
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
    Ok(references)
}

impl References {
    /// Parses a schema that may use these.
    ///
    /// # Errors
    /// It is no schema, or uses what is not among them; of an Avro schema, one of the files is none, or two use each other.
    pub fn parse(&self, format: Format, source: &Source, options: &Options) -> Result<Schema, ParseError> {
        Schema::parse(format, source, &self.of(format, source)?, options)
    }

    /// Those that a schema may use. Of Protobuf these are the files that it imports, directly and through others: a file
    /// is imported by the path from its directory or, if it was named itself, by any end of its path.
    fn of(&self, format: Format, source: &Source) -> Result<Vec<Reference>, ParseError> {
        if format == Format::Avro {
            let ordered = || ordered(self.avro.clone(), &self.options);
            return self.ordered.get_or_init(ordered).clone();
        }
        let mut found: Vec<Reference> = Vec::new();
        let mut wanted: HashSet<String> = HashSet::new();
        let mut todo = vec![source.clone()];
        while let Some(text) = todo.pop() {
            for import in imports(&text, &self.options) {
                if !wanted.insert(import.clone()) {
                    continue;
                }
                let same = self.protobuf.iter().find(|reference| *reference.import == import);
                let ends = || {
                    self.protobuf
                        .iter()
                        .find(|reference| ends_with(&reference.import, &import))
                };
                if let Some(reference) = same.or_else(ends) {
                    todo.push(reference.source.clone());
                    found.push(Reference {
                        import: import.into(),
                        source: reference.source.clone(),
                    });
                }
            }
        }
        Ok(found)
    }
}

/// The paths that a text imports; none if it cannot be read, which whoever compiles it will tell.
fn imports(source: &Source, options: &Options) -> Vec<String> {
    match protobuf::parse(source, source.name(), &Limits::from(options.limits)) {
        Ok(file) => file
            .imports
            .iter()
            .map(|import| import.path.value.to_string())
            .collect(),
        Err(_) => Vec::new(),
    }
}

fn ends_with(path: &str, import: &str) -> bool {
    path.strip_suffix(import).is_some_and(|before| before.ends_with('/'))
}

/// Imports have slashes between their parts, on every system.
fn slashed(path: &str) -> String {
    match std::path::MAIN_SEPARATOR {
        '/' => path.to_owned(),
        other => path.replace(other, "/"),
    }
}

/// Puts each text after those that it uses, by trying which of them can be parsed with those that already are.
fn ordered(mut waiting: Vec<Reference>, options: &Options) -> Result<Vec<Reference>, ParseError> {
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
            Some(error) if waiting.len() == before => return Err(error),
            Some(_) => {}
        }
    }
}
