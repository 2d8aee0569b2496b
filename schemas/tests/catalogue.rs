//! The catalogue's histories, run in both languages: every step and proposal has the verdict that is written beside it, in
//! every mode, and every payload is taken or refused as its folder says. `UPDATE=1` rewrites the verdicts, so that a change
//! of behaviour is a diff to be reviewed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use treaty_schemas::avro::data::json_encoding;
use treaty_schemas::avro::{self};
use treaty_schemas::text::json;
use treaty_schemas::{
    Budget, Format, Mode, Options, Reference as Text, RuleSet, Schema, Source, Verdict, judge, protobuf,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    subject: String,
    event: String,
    #[allow(dead_code)]
    about: String,
    level: Mode,
    #[serde(default)]
    reference: Vec<Reference>,
    #[serde(default)]
    step: Vec<Step>,
    #[serde(default)]
    proposal: Vec<Proposal>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Reference {
    name: String,
    subject: String,
    version: usize,
    versions: Option<Vec<usize>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    from: usize,
    to: usize,
    change: String,
    verdict: BTreeMap<Mode, Verdict>,
    #[serde(default)]
    semantic: BTreeMap<Mode, Verdict>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    file: String,
    against: String,
    change: String,
    verdict: BTreeMap<Mode, Verdict>,
    #[serde(default)]
    semantic: BTreeMap<Mode, Verdict>,
}

/// A schema language: the file of an event's history, and how its schemas' files end.
#[derive(Clone, Copy)]
struct Language {
    format: Format,
    history: &'static str,
    extension: &'static str,
}

const AVRO: Language = Language {
    format: Format::Avro,
    history: "avro.toml",
    extension: "avsc",
};

const PROTOBUF: Language = Language {
    format: Format::Protobuf,
    history: "protobuf.toml",
    extension: "proto",
};

/// An event of the catalogue with its folder.
struct Event {
    language: Language,
    folder: PathBuf,
    history: History,
    versions: usize,
}

impl Event {
    fn version(&self, number: usize) -> PathBuf {
        self.folder.join(format!("v{number}.{}", self.language.extension))
    }
}

fn events(language: Language) -> Vec<Event> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let mut events = Vec::new();
    for family in folders(&root) {
        for folder in folders(&family) {
            let Ok(text) = std::fs::read_to_string(folder.join(language.history)) else {
                continue;
            };
            let history = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let versions = (1..)
                .take_while(|version| folder.join(format!("v{version}.{}", language.extension)).exists())
                .count();
            events.push(Event {
                language,
                folder,
                history,
                versions,
            });
        }
    }
    assert!(events.len() >= 24, "only {} events", events.len());
    events
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(of)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// The texts that a version refers to, each after those that it uses itself.
fn references(events: &[Event], event: &Event, version: usize) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for reference in &event.history.reference {
        if reference.versions.as_ref().is_some_and(|only| !only.contains(&version)) {
            continue;
        }
        let target = events
            .iter()
            .find(|other| other.history.subject == reference.subject)
            .unwrap_or_else(|| panic!("{}: no subject {}", event.folder.display(), reference.subject));
        for text in references(events, target, reference.version) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        let text = Text {
            import: reference.name.as_str().into(),
            source: source(&target.version(reference.version)),
        };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn source(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Source::new(path.display().to_string(), text)
}

fn parse(format: Format, path: &Path, references: &[Text]) -> Schema {
    Schema::parse(format, &source(path), references, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The versions of each event, in both languages.
pub fn histories() -> Vec<Vec<Schema>> {
    let mut histories = Vec::new();
    for language in [AVRO, PROTOBUF] {
        let events = events(language);
        for event in &events {
            let parsed = (1..=event.versions).map(|number| {
                parse(
                    language.format,
                    &event.version(number),
                    &references(&events, event, number),
                )
            });
            histories.push(parsed.collect());
        }
    }
    histories
}

/// The verdicts of one change that are not as written.
fn differences(
    what: &str,
    proposed: &Schema,
    history: &[Schema],
    confluent: &BTreeMap<Mode, Verdict>,
    semantic: &BTreeMap<Mode, Verdict>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for mode in Mode::ALL {
        let judgement = judge(mode, proposed, history, &Budget::unlimited());
        let expected = *confluent
            .get(&mode)
            .unwrap_or_else(|| panic!("{what}: no verdict for {mode}"));
        for (rules, expected) in [
            (RuleSet::Confluent, expected),
            (RuleSet::Semantic, *semantic.get(&mode).unwrap_or(&expected)),
        ] {
            let found = judgement.verdict(rules);
            if found != expected {
                let reasons: Vec<String> = judgement
                    .checked
                    .iter()
                    .flat_map(|checked| &checked.comparison.findings)
                    .map(ToString::to_string)
                    .collect();
                wrong.push(format!(
                    "{what}: {mode} {rules:?} is {found}, not {expected}\n{}",
                    reasons.join("\n")
                ));
            }
        }
    }
    wrong
}

// It says what it counted.
#[allow(clippy::print_stdout)]
fn every_verdict(language: Language) {
    let events = events(language);
    let mut wrong = Vec::new();
    let mut judged = 0;
    for event in &events {
        let name = event
            .folder
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap_or(&event.folder)
            .display()
            .to_string();
        let versions: Vec<Schema> = (1..=event.versions)
            .map(|version| {
                let texts = references(&events, event, version);
                parse(language.format, &event.version(version), &texts)
            })
            .collect();
        assert_eq!(
            event.history.step.len() + 1,
            event.versions,
            "{name}: a step between each two versions"
        );
        if std::env::var_os("UPDATE").is_some() {
            update(&events, event, &versions);
            continue;
        }
        for step in &event.history.step {
            assert_eq!(step.to, step.from + 1, "{name}");
            let what = format!("{name} {} → {}: {}", step.from, step.to, step.change);
            let earlier = &versions[..step.from];
            wrong.extend(differences(
                &what,
                &versions[step.to - 1],
                earlier,
                &step.verdict,
                &step.semantic,
            ));
            let level = judge(
                event.history.level,
                &versions[step.to - 1],
                earlier,
                &Budget::unlimited(),
            )
            .verdict(RuleSet::Confluent);
            assert_eq!(
                level,
                Verdict::Compatible,
                "{what}: must be registrable under {}",
                event.history.level
            );
            judged += 1;
        }
        for proposal in &event.history.proposal {
            assert_eq!(proposal.against, "latest", "{name}");
            let what = format!("{name} {}: {}", proposal.file, proposal.change);
            let proposed = parse(
                language.format,
                &event.folder.join(&proposal.file),
                &references(&events, event, event.versions),
            );
            wrong.extend(differences(
                &what,
                &proposed,
                &versions,
                &proposal.verdict,
                &proposal.semantic,
            ));
            judged += 1;
        }
    }
    println!(
        "{} events, {judged} changes, each in {} modes by two rule sets",
        events.len(),
        Mode::ALL.len()
    );
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_step_and_proposal_has_its_verdict() {
    every_verdict(AVRO);
}

#[test]
fn every_step_and_proposal_has_its_verdict_in_protobuf() {
    every_verdict(PROTOBUF);
}

/// Writes the verdicts that are found into an event's history.
fn update(events: &[Event], event: &Event, versions: &[Schema]) {
    let steps = event.history.step.iter().map(|step| {
        let proposed = versions[step.to - 1].clone();
        ("step", proposed, &versions[..step.from])
    });
    let proposals = event.history.proposal.iter().map(|proposal| {
        let texts = references(events, event, event.versions);
        let proposed = parse(event.language.format, &event.folder.join(&proposal.file), &texts);
        ("proposal", proposed, versions)
    });
    let mut found = steps.chain(proposals).map(|(kind, proposed, history)| {
        let told = |rules: RuleSet| {
            Mode::ALL.map(|mode| {
                (
                    mode,
                    judge(mode, &proposed, history, &Budget::unlimited()).verdict(rules),
                )
            })
        };
        let (confluent, semantic) = (told(RuleSet::Confluent), told(RuleSet::Semantic));
        let mut text = format!("[{kind}.verdict]\n");
        for (mode, verdict) in confluent {
            text += &format!("{mode} = \"{verdict}\"\n");
        }
        let others: Vec<_> = semantic.iter().filter(|each| !confluent.contains(each)).collect();
        if !others.is_empty() {
            text += &format!("[{kind}.semantic]\n");
        }
        for (mode, verdict) in others {
            text += &format!("{mode} = \"{verdict}\"\n");
        }
        text
    });
    let path = event.folder.join(event.language.history);
    let text = std::fs::read_to_string(&path).expect("a history");
    let mut updated = String::new();
    let mut is_verdict = false;
    for line in text.lines() {
        if line.ends_with(".verdict]") {
            updated += &found.next().expect("a verdict for each");
        }
        is_verdict = match line {
            "" => false,
            line if line.ends_with(".verdict]") => true,
            _ => is_verdict,
        };
        if !is_verdict {
            updated += line;
            updated.push('\n');
        }
    }
    std::fs::write(path, updated).expect("the history is written");
}

#[test]
fn every_payload_is_taken_or_refused() {
    let events = events(AVRO);
    let (mut valid, mut invalid) = (0, 0);
    for event in &events {
        for version in 1..=event.versions {
            let texts = references(&events, event, version);
            let schema = avro::parse(&source(&event.version(version)), &texts, &Options::default())
                .unwrap_or_else(|error| panic!("{error}"));
            for path in payloads(&event.folder.join(format!("payloads/v{version}"))) {
                let value = json_encoding::from_json(&schema, &source(&path), &json::Limits::default())
                    .unwrap_or_else(|error| panic!("{error}"));
                let bytes = avro::encode(&schema, &value).expect("a valid payload is encoded");
                let back = avro::decode(&schema, &bytes, &avro::Limits::default()).expect("and decoded");
                assert_eq!(back, value, "{}", path.display());
                valid += 1;
            }
            for path in payloads(&event.folder.join("payloads/invalid")) {
                let of_this = path
                    .file_name()
                    .and_then(|name| name.to_str())
                    .is_some_and(|name| name.starts_with(&format!("v{version}-")));
                if of_this {
                    let refused = json_encoding::from_json(&schema, &source(&path), &json::Limits::default());
                    assert!(refused.is_err(), "{} is taken", path.display());
                    invalid += 1;
                }
            }
        }
    }
    println!("{valid} payloads taken, {invalid} refused");
    assert!(valid >= 100 && invalid >= 20);
}

#[test]
fn every_payload_is_taken_or_refused_in_protobuf() {
    let events = events(PROTOBUF);
    let (mut valid, mut invalid) = (0, 0);
    for event in &events {
        for version in 1..=event.versions {
            let texts = references(&events, event, version);
            let path = event.version(version);
            let schema = protobuf::compile(&source(&path), "event.proto", &texts, &Options::default())
                .unwrap_or_else(|error| panic!("{error}"));
            let message = schema
                .set
                .message_named(&event.history.event)
                .expect("the event's message");
            let read = |path: &Path| protobuf::from_json(&schema.set, message, &source(path), &json::Limits::default());
            for path in payloads(&event.folder.join(format!("payloads/protobuf/v{version}"))) {
                let value = read(&path).unwrap_or_else(|error| panic!("{error}"));
                let bytes = protobuf::encode(&schema.set, message, &value).expect("a valid payload is encoded");
                let back = protobuf::decode(&schema.set, message, &bytes, &protobuf::DataLimits::default());
                assert_eq!(back.expect("and decoded"), value, "{}", path.display());
                valid += 1;
            }
            for path in payloads(&event.folder.join("payloads/protobuf/invalid")) {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if name.starts_with(&format!("v{version}-")) {
                    assert!(read(&path).is_err(), "{} is taken", path.display());
                    invalid += 1;
                }
            }
        }
    }
    println!("{valid} payloads taken, {invalid} refused");
    assert!(valid >= 100 && invalid >= 20);
}

fn payloads(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}
