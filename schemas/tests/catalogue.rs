//! The catalogue's histories, run: every step and proposal has the verdict that is written beside it, in every mode,
//! and every payload is taken or refused as its folder says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use treaty_schemas::avro::{self, json_encoding};
use treaty_schemas::json;
use treaty_schemas::{Format, Mode, Options, RuleSet, Schema, Source, Verdict, judge};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct History {
    subject: String,
    #[allow(dead_code)]
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
    #[allow(dead_code)]
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

/// An event of the catalogue with its folder.
struct Event {
    folder: PathBuf,
    history: History,
    versions: usize,
}

fn events() -> Vec<Event> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let mut events = Vec::new();
    for family in folders(&root) {
        for folder in folders(&family) {
            let Ok(text) = std::fs::read_to_string(folder.join("history.toml")) else {
                continue;
            };
            let history = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            let versions = (1..)
                .take_while(|version| folder.join(format!("v{version}.avsc")).exists())
                .count();
            events.push(Event {
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
fn references(events: &[Event], event: &Event, version: usize) -> Vec<Source> {
    let mut texts: Vec<Source> = Vec::new();
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
        let text = source(&target.folder.join(format!("v{}.avsc", reference.version)));
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

fn parse(path: &Path, references: &[Source]) -> Schema {
    let named = references.iter().map(|source| treaty_schemas::Reference {
        import: source.name().into(),
        source: source.clone(),
    });
    let references: Vec<_> = named.collect();
    Schema::parse(Format::Avro, &source(path), &references, &Options::default())
        .unwrap_or_else(|error| panic!("{error}"))
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
        let judgement = judge(mode, proposed, history);
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

#[test]
fn every_step_and_proposal_has_its_verdict() {
    let events = events();
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
                parse(
                    &event.folder.join(format!("v{version}.avsc")),
                    &references(&events, event, version),
                )
            })
            .collect();
        assert_eq!(
            event.history.step.len() + 1,
            event.versions,
            "{name}: a step between each two versions"
        );
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
            let level = judge(event.history.level, &versions[step.to - 1], earlier).verdict(RuleSet::Confluent);
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
fn every_payload_is_taken_or_refused() {
    let events = events();
    let (mut valid, mut invalid) = (0, 0);
    for event in &events {
        for version in 1..=event.versions {
            let texts = references(&events, event, version);
            let schema = avro::parse(
                &source(&event.folder.join(format!("v{version}.avsc"))),
                &texts,
                &Options::default(),
            )
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

fn payloads(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.sort();
    found
}
