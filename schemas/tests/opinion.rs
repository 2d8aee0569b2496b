//! The second opinion: of every witness that is met, a library of others says what it makes of it, and nothing that it says is
//! left unexplained.

mod avro;
mod protobuf;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use treaty_schemas::libraries;
use treaty_schemas::{
    Budget, Evidence, Finding, Format, Options, Saying, Schema, Source, Strictness, check_with_notes, rules,
};

use crate::{catalogue, pages};

/// What was said of the witnesses of one suite.
#[derive(Default)]
pub struct Tally {
    witnesses: usize,
    said: BTreeMap<String, usize>,
    /// The first of those that nothing explains.
    unexplained: Vec<String>,
}

impl Tally {
    /// Compares two schemas, with and without a second opinion, which makes no other difference.
    pub fn take(&mut self, reader: &Schema, writer: &Schema) {
        let asked = check_with_notes(reader, writer, &Budget::unlimited().with_second_opinion());
        let plain = check_with_notes(reader, writer, &Budget::unlimited());
        assert_eq!(without_opinions(&asked.findings), plain.findings);
        for finding in &asked.findings {
            let Some(witness) = finding.evidence.payload() else {
                continue;
            };
            let opinion = witness.opinion.as_ref().expect("each witness has one");
            self.witnesses += 1;
            let said = match &opinion.says {
                Saying::Confirmed => "confirmed".to_owned(),
                Saying::Quirk(quirk) => format!("quirk {}", quirk.id),
                Saying::Reads(_) => "reads".to_owned(),
                Saying::NotAsked(why) => {
                    let why: Vec<&str> = why.split(": ").take(2).collect();
                    format!("not asked: {}", why.join(": "))
                }
            };
            *self.said.entry(said).or_default() += 1;
            if let Saying::Reads(what) = &opinion.says
                && self.unexplained.len() < 10
            {
                let (reader, writer) = (reader.source().text(), writer.source().text());
                self.unexplained
                    .push(format!("{finding}\nreads: {what}\nreader {reader}\nwriter {writer}\n"));
            }
        }
    }

    /// Prints what was said, of which nothing may be left unexplained.
    #[allow(clippy::print_stdout, reason = "what a run has found")]
    pub fn finish(&self, suite: &str) {
        let mut shown = format!("{suite}: {} witnesses", self.witnesses);
        for (said, count) in &self.said {
            let _ = write!(shown, "; {count} {said}");
        }
        println!("{shown}");
        assert!(self.unexplained.is_empty(), "{}", self.unexplained.join("\n"));
    }

    /// How often this was said.
    pub fn count(&self, said: &str) -> usize {
        self.said.get(said).copied().unwrap_or(0)
    }
}

fn without_opinions(findings: &[Finding]) -> Vec<Finding> {
    let mut findings = findings.to_vec();
    for finding in &mut findings {
        if let Evidence::Witness(witness) | Evidence::AvroJava(witness) = &mut finding.evidence {
            witness.opinion = None;
        }
    }
    findings
}

pub fn try_parse(format: Format, name: &str, text: &str) -> Option<Schema> {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    Schema::parse(format, &Source::new(name, text), &[], &options).ok()
}

/// What is said of the only witness of a pair.
fn said(format: Format, name: &str, reader: &str, writer: &str, rule: &str) -> Saying {
    let (reader, writer) = (try_parse(format, name, reader), try_parse(format, name, writer));
    let (reader, writer) = (reader.expect("a reader"), writer.expect("a writer"));
    let comparison = check_with_notes(&reader, &writer, &Budget::unlimited().with_second_opinion());
    let of_rule = comparison.findings.iter().filter(|finding| finding.rule.id == rule);
    let mut witnesses = of_rule.filter_map(|finding| finding.evidence.payload());
    let witness = witnesses
        .next()
        .unwrap_or_else(|| panic!("{rule} in {:?}", comparison.findings));
    witness.opinion.as_ref().expect("it was asked").says.clone()
}

#[test]
fn the_cases_of_the_rule_pages() {
    for (folder, fence, name, format) in [
        ("avro/", "json", "a.avsc", Format::Avro),
        ("protobuf/", "proto", "a.proto", Format::Protobuf),
    ] {
        let mut tally = Tally::default();
        for rule in rules().filter(|rule| rule.id.starts_with(folder)) {
            for case in pages::cases(rule.page) {
                let side = |side: &str| {
                    let text = case.block_if_any(&format!("{fence} {side}"))?;
                    try_parse(format, name, text)
                };
                if let (Some(reader), Some(writer)) = (side("reader"), side("writer")) {
                    tally.take(&reader, &writer);
                }
            }
        }
        tally.finish(&format!("the rule pages of {format}"));
    }
}

#[test]
fn the_histories_of_the_catalogue() {
    let mut tally = Tally::default();
    for versions in catalogue::histories() {
        for reader in &versions {
            for writer in &versions {
                tally.take(reader, writer);
            }
        }
    }
    tally.finish("the catalogue");
    assert!(tally.count("confirmed") > 100);
}

/// Without being asked, nobody says anything.
#[test]
fn nobody_is_asked_by_default() {
    let parse = |text: &str| try_parse(Format::Avro, "a.avsc", text).expect("a schema");
    let comparison = check_with_notes(&parse("\"int\""), &parse("\"string\""), &Budget::unlimited());
    let witness = comparison.findings[0].evidence.payload().expect("a witness");
    assert_eq!(witness.opinion, None);
}

/// The versions that reports name are those that the program is built with.
#[test]
fn the_versions_are_those_of_the_lock_file() {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = std::fs::read_to_string(lock).expect("Cargo.lock");
    for (library, _) in libraries() {
        let entry = format!("name = \"{}\"\nversion = \"{}\"\n", library.name, library.version);
        assert!(lock.contains(&entry), "{library}");
    }
}

/// `docs/second-opinion.md` has the quirks that the code has.
#[test]
fn the_table_of_the_docs_is_the_code_s() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/second-opinion.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let lines = page.lines().skip_while(|line| *line != "## Quirks");
    let listed: Vec<&str> = lines.filter(|line| line.starts_with("| `")).collect();
    let mut known = Vec::new();
    for (library, quirks) in libraries() {
        for quirk in quirks {
            known.push(format!(
                "| `{}` | {} | it {} | {} |",
                quirk.id,
                library.short(),
                quirk.what,
                quirk.when
            ));
        }
    }
    assert_eq!(listed, known, "the table should be:\n{}", known.join("\n"));
}
