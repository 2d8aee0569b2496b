//! The rule pages, run as tests: a page is a rule's documentation, its help text and its cases.
//!
//! A case is a heading with a writer block, a reader block and the findings between them. `UPDATE=1` rewrites the
//! findings, so that a change of behaviour is a diff to be reviewed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use treaty_schemas::avro::{self, Schema};
use treaty_schemas::{Comparison, Options, Source, Strictness};

/// A case of a page, with the lines of its findings.
struct Case {
    title: String,
    writer: String,
    reader: String,
    expected: String,
    /// The byte range of the findings in the page.
    at: std::ops::Range<usize>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules/avro")
}

/// The text of the next block that opens with this fence, and where it lies.
fn block(page: &str, from: usize, fence: &str) -> Option<(String, std::ops::Range<usize>)> {
    let open = page[from..].find(&format!("```{fence}\n"))? + from + fence.len() + 4;
    let close = page[open..].find("```")? + open;
    Some((page[open..close].to_owned(), open..close))
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut from = page.find("## Cases").unwrap_or(page.len());
    while let Some(start) = page[from..].find("\n### ").map(|at| at + from + 5) {
        let title = page[start..].lines().next().unwrap_or_default().to_owned();
        let (writer, _) = block(page, start, "json writer").unwrap_or_else(|| panic!("{title}: no writer"));
        let (reader, _) = block(page, start, "json reader").unwrap_or_else(|| panic!("{title}: no reader"));
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

fn parse(name: &str, text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    avro::parse(&Source::new(name, text), &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

fn compare(case: &Case) -> Comparison {
    avro::check_with_notes(&parse("reader.avsc", &case.reader), &parse("writer.avsc", &case.writer))
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
    for rule in avro::rules::ALL {
        let path = folder().join(format!("{}.md", rule.id.trim_start_matches("avro/")));
        let mut page = std::fs::read_to_string(&path).expect("the page");
        for heading in ["## Why it breaks", "## How to fix it", "## Cases"] {
            assert!(page.contains(heading), "{} lacks {heading}", rule.id);
        }
        let mut fired = false;
        for case in cases(&page).into_iter().rev() {
            let comparison = compare(&case);
            fired |= comparison.findings.iter().any(|finding| finding.rule == *rule);
            let found = render(&comparison);
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
        assert!(fired, "{} fires in none of its own cases", rule.id);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, page).expect("the page is written");
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_schema_always_reads_itself() {
    for rule in avro::rules::ALL.iter().filter(|rule| rule.id != "avro/ambiguous-alias") {
        for case in cases(rule.page) {
            for text in [&case.reader, &case.writer] {
                let schema = parse("schema.avsc", text);
                let comparison = avro::check_with_notes(&schema, &parse("other.avsc", text));
                assert_eq!(comparison, Comparison::default(), "{}: {}", rule.id, case.title);
            }
        }
    }
}

#[test]
fn rule_ids_are_unique_and_titled() {
    let ids: BTreeSet<&str> = avro::rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), avro::rules::ALL.len());
    for rule in avro::rules::ALL {
        assert_ne!(rule.title(), rule.id, "the page has no heading");
    }
}
