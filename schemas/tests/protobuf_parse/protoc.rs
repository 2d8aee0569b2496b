//! protoc as a judge: what it accepts we accept, what it refuses we refuse.
//!
//! It is looked for as `PROTOC` in the environment and skipped, with a word, where it is not there.

use std::path::Path;
use std::process::Command;

use super::cases::{Case, cases};

/// Whether protoc accepts a case, and what it says.
fn judge(protoc: &str, case: &Case, directory: &Path) -> (bool, String) {
    for (path, text) in &case.files {
        let file = directory.join(path);
        std::fs::create_dir_all(file.parent().expect("it is in a directory")).expect("it can be made");
        std::fs::write(file, text).expect("it can be written");
    }
    let output = Command::new(protoc)
        .arg(format!("-I{}", directory.display()))
        .arg(format!(
            "--descriptor_set_out={}",
            directory.join("out.binpb").display()
        ))
        .args(case.files.iter().map(|(path, _)| path))
        .output()
        .expect("protoc runs");
    for (path, _) in &case.files {
        std::fs::remove_file(directory.join(path)).expect("it was there");
    }
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// Each case is accepted or refused by both. Titles that end in `(ours)` are about what protoc does not mind.
#[test]
fn agrees_with_every_case() {
    let Ok(protoc) = std::env::var("PROTOC") else {
        println!("skipped: PROTOC names no protoc");
        return;
    };
    let directory = std::env::temp_dir().join(format!("treaty-protoc-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("it can be made");
    let texts = [super::faults::ALL, super::options::ALL, &[super::valid::CASES]].concat();
    let all: Vec<Case> = texts.iter().flat_map(|text| cases(text)).collect();
    let mut differences = String::new();
    for case in all.iter().filter(|case| !case.title.ends_with("(ours)")) {
        let ours = case.compile().is_ok();
        let (theirs, said) = judge(&protoc, case, &directory);
        if ours != theirs {
            differences.push_str(&format!("{} protoc: {said}\n", case.render()));
        }
    }
    std::fs::remove_dir_all(&directory).expect("it was there");
    println!("{} cases", all.len());
    assert!(differences.is_empty(), "{differences}");
}
