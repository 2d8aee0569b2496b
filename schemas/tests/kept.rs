//! Files of kept cases: why a case is kept, and then its parts, each after a line that begins with `---`.
//!
//! ```text
//! # A sentence.
//! --- writer main.proto
//! …
//! --- payload package.Message 0a03
//! ```

use std::path::{Path, PathBuf};

/// A part: the words of its line, and the text below.
pub struct Part {
    pub head: Vec<String>,
    pub text: String,
}

/// Every case of a folder, below this crate's tests.
pub fn cases(folder: &str) -> Vec<(PathBuf, Vec<Part>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry of the folder").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, parts(&text))
    };
    paths.into_iter().map(read).collect()
}

fn parts(text: &str) -> Vec<Part> {
    let part = |section: &str| {
        let (head, text) = section.split_once('\n').unwrap_or((section, ""));
        Part {
            head: head.split_whitespace().map(str::to_owned).collect(),
            text: format!("{}\n", text.trim_end()),
        }
    };
    let (_why, rest) = text.split_once("\n--- ").expect("a case has parts");
    rest.split("\n--- ").map(part).collect()
}

/// Bytes as a case has them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of such a text.
pub fn unhex(hex: &str) -> Vec<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    hex.as_bytes()
        .chunks(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}
