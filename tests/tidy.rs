//! The house rules that a machine can check: who imports whom, how long a file may be, which rules have a page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_path_buf()
}

/// Every file that the repository holds, or would hold once added.
fn files() -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "git ls-files failed");
    String::from_utf8(listed.stdout)
        .expect("paths are UTF-8")
        .lines()
        .map(|line| root().join(line))
        .filter(|path| path.exists())
        .collect()
}

#[test]
fn crates_use_only_what_the_architecture_allows() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo prints the metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("metadata is JSON");
    let allowed: &[(&str, &[&str])] = &[
        ("treaty-schemas", &[]),
        ("treaty-contracts", &["treaty-schemas"]),
        ("treaty-report", &["treaty-schemas", "treaty-contracts"]),
        ("treaty-api", &["treaty-schemas", "treaty-contracts", "treaty-report"]),
        ("treaty-store", &[]),
        (
            "treaty-server",
            &[
                "treaty-schemas",
                "treaty-contracts",
                "treaty-report",
                "treaty-api",
                "treaty-store",
            ],
        ),
        (
            "treaty",
            &[
                "treaty-schemas",
                "treaty-contracts",
                "treaty-report",
                "treaty-api",
                "treaty-server",
            ],
        ),
    ];
    let packages = metadata["packages"].as_array().expect("packages");
    assert_eq!(
        packages.len(),
        allowed.len(),
        "a crate is missing from this list, or gone"
    );
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let (_, may_use) = allowed.iter().find(|(known, _)| *known == name).expect("a known crate");
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = dependency["name"].as_str().expect("a name");
            if used.starts_with("treaty") && dependency["kind"].is_null() {
                assert!(may_use.contains(&used), "{name} must not use {used}");
            }
            for (library, only) in [("axum", "treaty-server"), ("sqlx", "treaty-store"), ("clap", "")] {
                let at_home = name == only || (library == "clap" && ["treaty", "treaty-server"].contains(&name));
                assert!(
                    used != library || at_home || !dependency["kind"].is_null(),
                    "{name} must not use {library}"
                );
            }
        }
    }
}

#[test]
fn no_source_file_is_longer_than_600_lines() {
    let long: Vec<String> = files()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .filter_map(|path| {
            let lines = std::fs::read_to_string(&path).ok()?.lines().count();
            (lines > 600).then(|| format!("{}: {lines}", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "split these by concept: {long:#?}");
}

/// Which context is meant is decided where a name is parsed.
#[test]
fn the_default_context_has_one_home() {
    let home = root().join("registry/api/src/subject.rs");
    let sources = files().into_iter().filter(|path| {
        let text = path.to_string_lossy();
        path.extension().is_some_and(|ending| ending == "rs") && !text.contains("/tests/") && *path != home
    });
    let users: Vec<PathBuf> = sources
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("Context::DEFAULT")))
        .collect();
    // A request names none yet, and what other nodes remove is asked for the only context that there is.
    let known = ["registry/server/src/call.rs", "registry/server/src/cache/purges.rs"].map(|path| root().join(path));
    assert_eq!(BTreeSet::from_iter(users), BTreeSet::from(known));
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    for (folder, rules) in [
        ("schemas/rules/avro", treaty_schemas::avro::judgement::rules::ALL),
        (
            "schemas/rules/buf",
            treaty_schemas::protobuf::judgement::breaking::rules::ALL,
        ),
        (
            "schemas/rules/protobuf",
            treaty_schemas::protobuf::judgement::rules::ALL,
        ),
        ("contracts/rules/contract", treaty_contracts::rules::ALL),
    ] {
        let pages: BTreeSet<String> = std::fs::read_dir(root().join(folder))
            .expect("the folder of pages")
            .map(|entry| entry.expect("an entry").path())
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .collect();
        let rules: BTreeSet<String> = rules
            .iter()
            .filter_map(|rule| Some(rule.id.split_once('/')?.1.to_owned()))
            .collect();
        assert_eq!(pages, rules, "in {folder}");
    }
}

/// A new schema language is a decision of the engine: the other crates ask `Format` and `Schema`. Words in help texts and the
/// demo, which shows files of both, may name languages.
#[test]
fn only_the_engine_tells_schema_languages_apart() {
    let variants = ["Format::Avro", "Format::Protobuf", "Schema::Avro", "Schema::Protobuf"];
    let asks = |path: &Path| {
        let path = path.strip_prefix(root()).unwrap_or(path);
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        let is_free = path.starts_with("schemas") || path.starts_with("cli/src/command/demo");
        !is_test && !is_free && path.extension().is_some_and(|ending| ending == "rs")
    };
    let found: Vec<String> = files()
        .into_iter()
        .filter(|path| asks(path))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let named = variants.into_iter().find(|variant| text.contains(variant))?;
            Some(format!("{}: {named}", path.display()))
        })
        .collect();
    assert!(found.is_empty(), "ask a method of Format or Schema instead: {found:#?}");
}

#[test]
fn no_file_has_a_vague_name() {
    let vague = [
        "utils", "util", "common", "helpers", "helper", "manager", "misc", "service",
    ];
    for path in files() {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        // In Protobuf's language a service is a declaration.
        let is_declared = stem == "service" && path.components().any(|part| part.as_os_str() == "protobuf");
        assert!(
            is_declared || !vague.contains(&stem),
            "{} says nothing about what is in it",
            path.display()
        );
    }
}
