//! What `treaty sample` makes, `treaty validate` judges as it should: over the newest version of every event of the catalogue,
//! in both languages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use crate::support::cli::{Cli, catalogue};

/// The newest version of each event of the catalogue, in both languages.
fn newest() -> Vec<PathBuf> {
    let directories = |path: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        let mut directories: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
        directories.sort();
        directories
    };
    let mut schemas = Vec::new();
    for event in directories(&catalogue(""))
        .iter()
        .flat_map(|family| directories(family))
    {
        let newest = (1..)
            .map(|version| event.join(format!("v{version}.avsc")))
            .take_while(|path| path.is_file())
            .last();
        let both = newest.into_iter().flat_map(|avro| [avro.with_extension("proto"), avro]);
        schemas.extend(both.filter(|path| path.is_file()));
    }
    schemas
}

/// A directory in which what the catalogue's families share lies in `common`, and with it what rides share in `shared`.
fn references() -> Cli {
    let mut cli = Cli::new();
    for schema in newest() {
        let within = schema.strip_prefix(catalogue("")).unwrap().to_str().unwrap();
        let (event, version) = within.rsplit_once('/').unwrap();
        let (_, extension) = version.rsplit_once('.').unwrap();
        let text = std::fs::read(&schema).unwrap();
        let name = format!("com/acme/{event}.{extension}");
        if event.starts_with("common/") {
            cli = cli
                .file(&format!("common/{name}"), &text)
                .file(&format!("shared/{name}"), &text);
        } else if event == "rides/fare" {
            cli = cli.file(&format!("shared/{name}"), &text);
        }
    }
    cli
}

/// A sample as it is printed.
struct Sample {
    what: String,
    json: Option<String>,
    binary: Option<Vec<u8>>,
}

/// The samples of a schema that a run makes.
fn samples(cli: &Cli, schema: &[&str], flags: &[&str]) -> Vec<Sample> {
    let ran = cli.run(&[&["sample"], schema, flags, &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    let parse = |line: &str| {
        // JSON as it is written: a key that stands twice would be one, and large numbers be none.
        let parts: BTreeMap<String, &RawValue> = serde_json::from_str(line).unwrap();
        let text = |name: &str| -> Option<String> { serde_json::from_str(parts.get(name)?.get()).unwrap() };
        let binary = text("binary").map(|binary| STANDARD.decode(binary).unwrap());
        // Where there are bytes, no JSON is written as null.
        let json = Some(parts["json"].get().to_owned()).filter(|json| json != "null" || binary.is_none());
        let what = text("what").unwrap_or_default();
        Sample { what, json, binary }
    };
    ran.stdout.lines().map(parse).collect()
}

/// The indexes of those that are refused, as JSON and in binary.
fn refused(cli: &Cli, schema: &[&str], samples: &[Sample]) -> [BTreeSet<usize>; 2] {
    let directory = cli.path().join("payloads");
    std::fs::create_dir_all(&directory).unwrap();
    let (mut text, mut lines) = (String::new(), Vec::new());
    for (index, sample) in samples.iter().enumerate() {
        if let Some(json) = &sample.json {
            text += &format!("{json}\n");
            lines.push(index);
        }
        if let Some(binary) = &sample.binary {
            std::fs::write(directory.join(format!("{index}.bin")), binary).unwrap();
        }
    }
    std::fs::write(cli.path().join("payloads.ndjson"), &text).unwrap();
    let run = |payloads: &[&str]| {
        let flags = ["--max-errors", "100000", "--format", "json", "--schema"];
        let ran = cli.run(&[&["validate"], payloads, &flags, schema].concat());
        assert!([0, 1].contains(&ran.code), "{}", ran.transcript());
        ran.json()["defects"].as_array().unwrap().clone()
    };
    let mut refused = [BTreeSet::new(), BTreeSet::new()];
    for defect in run(&["payloads.ndjson"]) {
        let record = usize::try_from(defect["record"].as_u64().unwrap()).unwrap();
        refused[0].insert(lines[record - 1]);
    }
    if samples.iter().any(|sample| sample.binary.is_some()) {
        for defect in run(&["payloads", "--kind", "binary"]) {
            let file = Path::new(defect["file"].as_str().unwrap()).file_stem().unwrap();
            refused[1].insert(file.to_str().unwrap().parse().unwrap());
        }
    }
    std::fs::remove_dir_all(&directory).unwrap();
    refused
}

#[test]
fn validate_takes_what_fits_and_refuses_every_near_miss() {
    let cli = references();
    let (mut fit, mut missed) = (0, 0);
    for path in newest() {
        let mut schema = vec![path.to_str().unwrap()];
        match () {
            () if path.starts_with(catalogue("common")) => {}
            () if path.starts_with(catalogue("rides/fare")) => schema.extend(["--reference", "common"]),
            () => schema.extend(["--reference", "shared"]),
        }
        for flags in [&["--count", "20"][..], &["--boundary"]] {
            let samples = samples(&cli, &schema, flags);
            fit += samples.len();
            let refused = refused(&cli, &schema, &samples);
            let first = refused.iter().flatten().next().map(|index| &samples[*index]);
            assert!(
                first.is_none(),
                "{schema:?} refuses {}: {:?}",
                first.unwrap().what,
                first.unwrap().json
            );
        }
        let samples = samples(&cli, &schema, &["--near-miss"]);
        let refused = refused(&cli, &schema, &samples);
        for (index, Sample { what, json, binary }) in samples.iter().enumerate() {
            assert!(json.is_some() || binary.is_some(), "{schema:?}: {what}");
            for (is_there, refused) in [(json.is_some(), &refused[0]), (binary.is_some(), &refused[1])] {
                assert!(
                    !is_there || refused.contains(&index),
                    "{schema:?} allows {what}: {json:?} {binary:x?}"
                );
                missed += usize::from(is_there);
            }
        }
    }
    assert!(fit > 1000 && missed > 1000, "only {fit} and {missed}");
}
