//! The rule pages, run as tests: a page is a rule's documentation, its help text and its cases.
//!
//! A case is a heading with the schema that a writer may use, the schema that the consumer was built against, its
//! contract, and what is found. `UPDATE=1` rewrites the findings, so that a change of behaviour is a diff to be
//! reviewed.

mod requirement;

use std::collections::BTreeSet;
use std::path::PathBuf;

use requirement::{requirements, schema};
use treaty_contracts::{Assessment, assess, rules};

/// A case of a page.
struct Case {
    title: String,
    writer: String,
    built: String,
    contract: String,
    expected: String,
    /// The byte range of the findings in the page.
    at: std::ops::Range<usize>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules/contract")
}

/// The text of the next block that opens with this fence, and where it lies.
fn block(page: &str, from: usize, fence: &str) -> (String, std::ops::Range<usize>) {
    let open = page[from..]
        .find(&format!("```{fence}\n"))
        .unwrap_or_else(|| panic!("no block `{fence}` after byte {from}"))
        + from
        + fence.len()
        + 4;
    let close = page[open..].find("```").expect("the block is closed") + open;
    (page[open..close].to_owned(), open..close)
}

fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut from = page.find("## Cases").unwrap_or(page.len());
    while let Some(start) = page[from..].find("\n### ").map(|at| at + from + 5) {
        let (expected, at) = block(page, start, "text finds");
        from = at.end;
        cases.push(Case {
            title: page[start..].lines().next().unwrap_or_default().to_owned(),
            writer: block(page, start, "json writer").0,
            built: block(page, start, "json built").0,
            contract: block(page, start, "yaml contract").0,
            expected,
            at,
        });
    }
    cases
}

fn judge(case: &Case) -> Vec<Assessment> {
    let candidate = schema("orders-value@4", &case.writer);
    requirements(&case.contract, &case.built)
        .iter()
        .map(|requirement| assess(requirement, &candidate))
        .collect()
}

fn render(assessments: &[Assessment]) -> String {
    let mut told = String::new();
    for assessment in assessments {
        told.push_str(&format!("{}: {}\n", assessment.application, assessment.standing));
        for found in &assessment.findings {
            told.push_str(&format!("{found}\n"));
        }
    }
    told
}

#[test]
fn every_case_finds_what_its_page_says() {
    let mut failures = Vec::new();
    for rule in rules::ALL {
        let path = folder().join(format!("{}.md", rule.id.trim_start_matches("contract/")));
        let mut page = std::fs::read_to_string(&path).expect("the page");
        for heading in ["## Why it breaks", "## How to fix it", "## Cases"] {
            assert!(page.contains(heading), "{} lacks {heading}", rule.id);
        }
        let mut fired = false;
        for case in cases(&page).into_iter().rev() {
            let assessments = judge(&case);
            fired |= assessments
                .iter()
                .flat_map(|assessment| &assessment.findings)
                .any(|found| found.finding.rule == *rule);
            let found = render(&assessments);
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
fn pages_and_rules_are_the_same_set() {
    let rules: BTreeSet<String> = rules::ALL
        .iter()
        .map(|rule| format!("{}.md", rule.id.trim_start_matches("contract/")))
        .collect();
    let pages: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder of pages")
        .map(|page| page.expect("a page").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(rules, pages);
    assert_eq!(rules.len(), rules::ALL.len(), "ids are unique");
    for rule in rules::ALL {
        assert_ne!(rule.title(), rule.id, "the page has no heading");
    }
}
