//! Files that commands write.

use std::fs::File;
use std::io::{BufWriter, Error};
use std::path::Path;

use crate::exit::Failure;

/// Begins to write a file; one that is there is replaced.
///
/// # Errors
/// It cannot be written.
pub fn create(path: &Path) -> Result<BufWriter<File>, Failure> {
    let file = File::create(path).map_err(|error| unwritable(path, &error))?;
    Ok(BufWriter::new(file))
}

/// Writes a file; one that is there is replaced.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| unwritable(path, &error))
}

/// Makes a directory, unless it is there.
///
/// # Errors
/// It cannot be made.
pub fn directory(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

/// A file could not be written, and why.
pub fn unwritable(path: &Path, error: &Error) -> Failure {
    Failure::unknown(format!("cannot write `{}`: {error}", path.display()))
}
