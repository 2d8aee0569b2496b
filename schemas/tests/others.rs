//! Schemas and files in packages of other projects: they are read, printed, sampled and validated, and differ in nothing from
//! themselves. `TREATY_OTHERS` names the folder that `ci/corpus others` prints. What is refused is put before Avro Java or protoc.

#![allow(
    clippy::print_stdout,
    reason = "these tests print counts, and say when they are skipped"
)]

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use treaty_schemas::sample::Sampler;
use treaty_schemas::text::json;
use treaty_schemas::validate::{Defect, Limits, LogicalTypes, Observer, PayloadKind, Validator, validate_container};
use treaty_schemas::{Budget, Format, Options, ParseError, Reference, ReferencePool, Schema, Source, changes, check};

use crate::judges::Judge;

/// Where the imports of `.proto` files begin, package by package.
const PROTO_ROOTS: &[(&str, &[&str])] = &[
    ("envoy", &[""]),
    (
        "grpc-js-xds",
        &[
            "deps/envoy-api",
            "deps/xds",
            "deps/googleapis",
            "deps/protoc-gen-validate",
        ],
    ),
    ("etcd3", &["proto"]),
    ("onnx", &[""]),
    ("hbase", &[""]),
    ("opentelemetry", &[""]),
];

/// Boundary samples that are looked at of one schema.
const SAMPLES: usize = 100;

fn root() -> Option<PathBuf> {
    let root = std::env::var_os("TREATY_OTHERS").map(PathBuf::from);
    if root.is_none() {
        println!("skipped: TREATY_OTHERS names no folder of packages; `ci/corpus others` prints one");
    }
    root
}

/// The files below a folder that end so, in the order of their names.
fn files(root: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn packages(root: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root).expect("it can be read");
    let mut packages: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    packages.sort();
    packages
}

fn source(path: &Path) -> Source {
    let bytes = std::fs::read(path).expect("it can be read");
    Source::new(path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned())
}

fn options() -> Options {
    Options {
        limits: json::Limits {
            bytes: 16 << 20,
            ..json::Limits::default()
        },
        ..Options::default()
    }
}

/// What was done with the files of one kind.
#[derive(Debug, Default)]
struct Counts {
    read: usize,
    texts: HashSet<String>,
    samples: usize,
    /// What was refused, and why.
    refused: BTreeMap<PathBuf, String>,
}

impl Counts {
    fn print(&self, what: &str) {
        println!(
            "{what}: {} files read, {} different texts, {} samples valid, {} refused by us and by the judge",
            self.read,
            self.texts.len(),
            self.samples,
            self.refused.len()
        );
        // Of each, as much as says why.
        for (path, why) in &self.refused {
            let why: String = why.chars().take(200).collect();
            println!("  {}: {why}", path.file_name().unwrap_or_default().display());
        }
    }
}

/// What everybody may ask of a schema that was read.
fn use_it(schema: &Schema, again: impl Fn(&Source) -> Result<Schema, ParseError>, counts: &mut Counts) {
    let name = schema.source().name().to_owned();
    counts.read += 1;
    counts.texts.insert(schema.source().text().to_owned());
    for printed in [schema.canonical(), schema.normalized()] {
        let read = again(&Source::new(name.as_str(), printed.as_str()));
        let read = read.unwrap_or_else(|error| panic!("{name}: what was printed is not read: {error}\n{printed}"));
        assert_eq!(read.canonical(), printed, "{name}");
    }
    let budget = Budget::unlimited();
    assert_eq!(changes(schema, schema, &budget), Ok(Vec::new()), "{name}");
    let compared = check(schema, schema, &budget);
    assert!(compared.differences.is_empty(), "{name}: {:?}", compared.differences);
    let Ok(mut sampler) = Sampler::new(schema, None, 1) else {
        return;
    };
    let validator = Validator::new(schema, Limits::default());
    let ordinary: Vec<_> = (0..5).map(|_| sampler.ordinary()).collect();
    for sample in ordinary.into_iter().chain(sampler.boundary().into_iter().take(SAMPLES)) {
        counts.samples += 1;
        let forms = [
            (PayloadKind::Binary, sample.binary.as_deref()),
            (PayloadKind::Json, sample.json.as_deref().map(str::as_bytes)),
        ];
        for (kind, bytes) in forms.into_iter().filter_map(|(kind, bytes)| Some((kind, bytes?))) {
            if let Err(defects) = validator.payload(kind, bytes) {
                panic!("{name}: {}: {}", sample.what, defects[0]);
            }
        }
    }
}

#[test]
fn schemas_of_avro() {
    let Some(root) = root() else { return };
    let mut counts = Counts::default();
    for package in packages(&root) {
        let all = files(&package, "avsc");
        let folders: HashSet<&Path> = all.iter().filter_map(|path| path.parent()).collect();
        for folder in folders {
            // A type is first looked for beside the file that uses it.
            let mut pool = ReferencePool::new(&options());
            let (beside, elsewhere): (Vec<&PathBuf>, Vec<&PathBuf>) =
                all.iter().partition(|path| path.parent() == Some(folder));
            for (place, paths) in [&beside, &elsewhere].into_iter().enumerate() {
                if place > 0 {
                    pool.next_place();
                }
                for path in paths {
                    pool.add(Reference {
                        import: path.display().to_string().into(),
                        source: source(path),
                    });
                }
            }
            for path in beside {
                let text = source(path);
                let parse = |text: &Source| {
                    let references = pool.used_by(Format::Avro, text)?;
                    Schema::parse(Format::Avro, text, &references, &options())
                };
                match parse(&text) {
                    Ok(schema) => use_it(&schema, parse, &mut counts),
                    Err(error) => {
                        counts.refused.insert(path.clone(), error.to_string());
                    }
                }
            }
        }
    }
    let asked: Vec<String> = counts.refused.keys().map(|path| path.display().to_string()).collect();
    match Judge::AvroJava.answers(&asked) {
        None => println!(
            "skipped: Avro Java is not installed, so nobody judges {:#?}",
            counts.refused
        ),
        Some(answers) => {
            for ((path, why), answer) in counts.refused.iter().zip(answers) {
                assert!(
                    answer.starts_with("refused"),
                    "Avro Java takes {}: {why}",
                    path.display()
                );
            }
        }
    }
    counts.print("Avro schemas");
    assert!(counts.read >= 100 && counts.refused.len() * 10 < counts.read);
}

#[test]
fn containers_of_avro() {
    struct First(Option<Defect>);
    impl Observer for First {
        fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
            self.0 = Some(defect);
            ControlFlow::Break(())
        }
    }
    let Some(root) = root() else { return };
    let (mut read, mut records) = (0, 0);
    let mut refused: BTreeMap<PathBuf, String> = BTreeMap::new();
    for path in files(&root, "avro") {
        let bytes = std::fs::read(&path).expect("it can be read");
        if !bytes.starts_with(b"Obj\x01") {
            continue;
        }
        let mut first = First(None);
        let outcome = validate_container(&bytes[..], &Limits::default(), LogicalTypes::Checked, &mut first);
        match (outcome, first.0) {
            (Ok(summary), None) => {
                read += 1;
                records += summary.records;
            }
            (outcome, defect) => {
                refused.insert(path, format!("{outcome:?} {defect:?}"));
            }
        }
    }
    println!(
        "Avro containers: {read} read with {records} objects, {} refused: {refused:#?}",
        refused.len()
    );
    assert!(read >= 20);
    let asked: Vec<String> = refused.keys().map(|path| path.display().to_string()).collect();
    for ((path, why), answer) in refused.iter().zip(Judge::AvroJava.answers(&asked).unwrap_or_default()) {
        assert!(
            answer.starts_with("refused"),
            "Avro Java takes {}: {why}",
            path.display()
        );
    }
}

#[test]
fn files_of_protobuf() {
    let Some(root) = root() else { return };
    let mut counts = Counts::default();
    for (package, roots) in PROTO_ROOTS {
        let roots: Vec<PathBuf> = roots.iter().map(|below| root.join(package).join(below)).collect();
        let mut pool = ReferencePool::new(&options());
        let mut imports: BTreeMap<String, PathBuf> = BTreeMap::new();
        for root in &roots {
            for path in files(root, "proto") {
                let import = path.strip_prefix(root).expect("it is below").display().to_string();
                imports.entry(import).or_insert(path);
            }
        }
        for (import, path) in &imports {
            pool.add(Reference {
                import: import.as_str().into(),
                source: source(path),
            });
        }
        for (import, path) in &imports {
            let text = Source::new(import.as_str(), source(path).text());
            let parse = |text: &Source| {
                let references = pool.used_by(Format::Protobuf, text)?;
                Schema::parse(Format::Protobuf, text, &references, &options())
            };
            match parse(&text) {
                Ok(schema) => use_it(&schema, parse, &mut counts),
                Err(error) => {
                    let is_refused = protoc(&roots, path);
                    assert_ne!(is_refused, Some(false), "protoc takes {}: {error}", path.display());
                    counts.refused.insert(path.clone(), error.to_string());
                }
            }
        }
    }
    counts.print("Protobuf files");
    assert!(counts.texts.len() >= 1000 && counts.refused.len() * 10 < counts.read);
}

/// Whether protoc refuses a file; `None` where there is no protoc.
fn protoc(roots: &[PathBuf], path: &Path) -> Option<bool> {
    let mut command = Command::new(std::env::var_os("PROTOC")?);
    for root in roots {
        command.arg("-I").arg(root);
    }
    let output = command.arg("--descriptor_set_out=/dev/null").arg(path).output().ok()?;
    Some(!output.status.success())
}
