//! The service that the command is run in: its `treaty.yaml`, and what lies beside it.

use std::path::{Path, PathBuf};

use treaty_contracts::Contract;
use treaty_contracts::contract::MAX_BYTES;
use treaty_schemas::{Problem, Source, Span};

use crate::boundary::Boundary;
use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::input;

/// The file's name.
pub const FILE: &str = "treaty.yaml";

/// A service.
#[derive(Debug)]
pub struct Workspace {
    /// What its file says.
    pub contract: Contract,
    /// Where its file lies: the paths in it start there.
    directory: PathBuf,
    boundary: Boundary,
}

impl Workspace {
    /// The service whose file `--config` names, or that lies here or in a directory above.
    ///
    /// # Errors
    /// There is no such file, or something in it is wrong, reported with line and column.
    pub fn find(global: &Global) -> Result<Workspace, Failure> {
        match &global.config {
            Some(file) => Workspace::read(file, global),
            None => {
                let file = upwards()?;
                Boundary::around(file.parent().unwrap_or(Path::new("")), global.follow_links).check(&file)?;
                Workspace::read(&file, global)
            }
        }
    }

    /// The service with this file.
    ///
    /// # Errors
    /// The file cannot be read, or it says something wrong.
    pub fn read(file: &Path, global: &Global) -> Result<Workspace, Failure> {
        let source = input::text(file, MAX_BYTES)?;
        let directory = file.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Workspace {
            contract: Contract::read(&source)?,
            boundary: Boundary::around(&directory, global.follow_links),
            directory,
        })
    }

    /// The failure to get what a place in the service's file names, reported at that place. An outage has no place.
    pub fn placed(&self, failure: Failure, span: Span) -> Failure {
        match failure.exit {
            Exit::Usage if failure.problems.is_empty() => Problem {
                message: failure.message,
                source: self.contract.source.clone(),
                span,
                help: failure.help,
            }
            .into(),
            _ => failure,
        }
    }

    /// A file that the service's file names, of at most `limit` bytes.
    ///
    /// # Errors
    /// Those of [`Boundary::text`].
    pub fn text(&self, named: &str, limit: usize) -> Result<Source, Failure> {
        self.boundary.text(&self.directory.join(named), limit)
    }
}

fn upwards() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir()
        .map_err(|error| Failure::usage(format!("the working directory cannot be had: {error}")))?;
    let mut shown = PathBuf::new();
    for directory in here.ancestors() {
        if directory.join(FILE).is_file() {
            return Ok(shown.join(FILE));
        }
        shown.push("..");
    }
    Err(
        Failure::usage(format!("there is no {FILE} in `{}` or above it", here.display())).help(
            "write one that says what the service sends and receives, name it with --config, or name files: see --help",
        ),
    )
}
