//! Embeds the catalogue of `schemas/catalogue`, which `treaty demo` registers: the program needs no files beside it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let catalogue = manifest.join("../schemas/catalogue").canonicalize()?;
    println!("cargo::rerun-if-changed={}", catalogue.display());
    let mut files = Vec::new();
    collect(&catalogue, &mut files)?;
    files.sort();
    let mut code = String::from(
        "/// Every file of the catalogue: its path in it, and its text.\npub static FILES: &[(&str, &str)] = &[\n",
    );
    for file in files {
        let inside = file
            .strip_prefix(&catalogue)
            .unwrap_or(&file)
            .display()
            .to_string()
            .replace('\\', "/");
        // Writing to a String cannot fail.
        let _ = writeln!(
            code,
            "    ({inside:?}, include_str!({:?})),",
            file.display().to_string()
        );
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("catalogue.rs"), code)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension != "md") {
            files.push(path);
        }
    }
    Ok(())
}
