//! The rule pages, run as tests: a page is a rule's documentation, its help text and its cases.
//!
//! A case is a heading with a writer block, a reader block and the findings between them. `UPDATE=1` rewrites the
//! findings, so that a change of behaviour is a diff to be reviewed.

#[path = "rules/buf.rs"]
mod buf;

use std::collections::BTreeSet;
use std::path::PathBuf;

use treaty_schemas::{Comparison, Format, Options, Rule, Schema, Source, Strictness, avro, check_with_notes, protobuf};

/// The rules of one folder of pages.
struct Family {
    folder: &'static str,
    rules: &'static [&'static Rule],
    /// The word with which the fences of its schemas begin.
    fence: &'static str,
    /// What writer and reader of a case are called.
    names: [&'static str; 2],
    /// What is found in a case, and the rules that found it.
    judge: fn(&Family, &Case) -> (String, Vec<&'static Rule>),
    format: Format,
}

const FAMILIES: [Family; 2] = [
    Family {
        folder: "avro",
        rules: avro::rules::ALL,
        fence: "json",
        names: ["writer.avsc", "reader.avsc"],
        judge: compare,
        format: Format::Avro,
    },
    Family {
        folder: "protobuf",
        rules: protobuf::rules::ALL,
        fence: "proto",
        names: ["writer.proto", "reader.proto"],
        judge: compare,
        format: Format::Protobuf,
    },
];

/// A case of a page, with the lines of its findings.
struct Case {
    title: String,
    writer: String,
    reader: String,
    expected: String,
    /// The byte range of the findings in the page.
    at: std::ops::Range<usize>,
}

/// The text of the next block that opens with this fence, and where it lies.
fn block(page: &str, from: usize, fence: &str) -> Option<(String, std::ops::Range<usize>)> {
    let open = page[from..].find(&format!("```{fence}\n"))? + from + fence.len() + 4;
    let close = page[open..].find("```")? + open;
    Some((page[open..close].to_owned(), open..close))
}

impl Family {
    fn path(&self, rule: &Rule) -> PathBuf {
        let defect = rule.id.trim_start_matches(self.folder).trim_start_matches('/');
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("rules")
            .join(self.folder)
            .join(format!("{defect}.md"))
    }

    fn cases(&self, page: &str) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut from = page.find("## Cases").unwrap_or(page.len());
        while let Some(start) = page[from..].find("\n### ").map(|at| at + from + 5) {
            let title = page[start..].lines().next().unwrap_or_default().to_owned();
            let side = |side: &str| {
                let found = block(page, start, &format!("{} {side}", self.fence));
                found.unwrap_or_else(|| panic!("{title}: no {side}")).0
            };
            let (writer, reader) = (side("writer"), side("reader"));
            let (expected, at) = block(page, start, "text finds").unwrap_or_else(|| panic!("{title}: no findings"));
            from = at.end;
            cases.push(Case {
                title,
                writer,
                reader,
                expected,
                at,
            });
        }
        cases
    }

    fn parse(&self, name: &str, text: &str) -> Schema {
        let options = Options {
            strictness: Strictness::Stored,
            ..Options::default()
        };
        Schema::parse(self.format, &Source::new(name, text), &[], &options).unwrap_or_else(|error| panic!("{error}"))
    }
}

fn compare(family: &Family, case: &Case) -> (String, Vec<&'static Rule>) {
    let [writer, reader] = family.names;
    let comparison = check_with_notes(&family.parse(reader, &case.reader), &family.parse(writer, &case.writer));
    let rules = comparison.findings.iter().map(|finding| finding.rule).collect();
    (render(&comparison), rules)
}

fn render(comparison: &Comparison) -> String {
    if comparison.findings.is_empty() {
        return "nothing\n".into();
    }
    comparison
        .findings
        .iter()
        .map(|finding| format!("{finding}\n"))
        .collect()
}

#[test]
fn every_case_finds_what_its_page_says() {
    let mut failures = Vec::new();
    for (family, rule) in FAMILIES
        .iter()
        .flat_map(|family| family.rules.iter().map(move |rule| (family, rule)))
    {
        let path = family.path(rule);
        let mut page = std::fs::read_to_string(&path).expect("the page");
        for heading in ["## Why it breaks", "## How to fix it", "## Cases"] {
            assert!(page.contains(heading), "{} lacks {heading}", rule.id);
        }
        let mut fired = false;
        for case in family.cases(&page).into_iter().rev() {
            let (found, rules) = (family.judge)(family, &case);
            fired |= rules.contains(rule);
            if found != case.expected {
                if std::env::var_os("UPDATE").is_some() {
                    page.replace_range(case.at, &found);
                } else {
                    failures.push(format!(
                        "{}: {}\nthe page says:\n{}but found:\n{found}",
                        rule.id, case.title, case.expected
                    ));
                }
            }
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page).expect("the page is written");
        }
        assert!(fired, "{} fires in none of its own cases", rule.id);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_schema_always_reads_itself() {
    for family in &FAMILIES {
        for rule in family.rules.iter().filter(|rule| rule.id != "avro/ambiguous-alias") {
            for case in family.cases(rule.page) {
                for text in [&case.reader, &case.writer] {
                    let schema = family.parse("schema", text);
                    let comparison = check_with_notes(&schema, &family.parse("other", text));
                    assert_eq!(comparison, Comparison::default(), "{}: {}", rule.id, case.title);
                }
            }
        }
    }
}

#[test]
fn rule_ids_are_unique_and_titled() {
    let all: Vec<&Rule> = treaty_schemas::rules().collect();
    let ids: BTreeSet<&str> = all.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), all.len());
    for rule in all {
        assert_ne!(rule.title(), rule.id, "the page has no heading");
    }
}
