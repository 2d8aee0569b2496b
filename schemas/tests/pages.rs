//! The pages of rules as tests: a page is a rule's documentation, its help text and its cases.
//!
//! A case is a heading, fenced blocks, and the findings. `UPDATE=1` rewrites the findings, so that a change of behaviour is a
//! diff to be reviewed.

#![allow(dead_code, reason = "the tests of contracts take a part")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use treaty_schemas::Rule;

/// A case of a page.
pub struct Case {
    pub title: String,
    text: String,
    expected: String,
    /// The byte range of the findings in the page.
    at: Range<usize>,
}

impl Case {
    /// The text of its block that opens with this fence.
    pub fn block(&self, fence: &str) -> &str {
        self.block_if_any(fence)
            .unwrap_or_else(|| panic!("{}: no block `{fence}`", self.title))
    }

    /// The same, where the case has one.
    pub fn block_if_any(&self, fence: &str) -> Option<&str> {
        block(&self.text, fence).map(|at| &self.text[at])
    }
}

/// The first block that opens with this fence.
fn block(text: &str, fence: &str) -> Option<Range<usize>> {
    let open = text.find(&format!("```{fence}\n"))? + fence.len() + 4;
    let close = text[open..].find("```")? + open;
    Some(open..close)
}

/// The cases of a page, in its order.
pub fn cases(page: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut from = page.find("## Cases").unwrap_or(page.len());
    while let Some(start) = page[from..].find("\n### ").map(|at| at + from + 5) {
        let title = page[start..].lines().next().unwrap_or_default().to_owned();
        let found = block(&page[start..], "text finds").unwrap_or_else(|| panic!("{title}: no findings"));
        let at = start + found.start..start + found.end;
        from = at.end;
        cases.push(Case {
            title,
            text: page[start..at.start].to_owned(),
            expected: page[at.clone()].to_owned(),
            at,
        });
    }
    cases
}

/// Holds each rule's page to its cases. `judge` tells what is found in one, and by which rules.
pub fn hold(folder: &Path, rules: &[&'static Rule], judge: impl Fn(&Case) -> (String, Vec<&'static Rule>)) {
    let update = std::env::var_os("UPDATE").is_some();
    let mut failures = Vec::new();
    for rule in rules {
        let path = folder.join(file(rule));
        let mut page = std::fs::read_to_string(&path).expect("the page");
        for heading in ["## Why it breaks", "## How to fix it", "## Cases"] {
            assert!(page.contains(heading), "{} lacks {heading}", rule.id);
        }
        let mut fired = false;
        for case in cases(&page).into_iter().rev() {
            let (found, by) = judge(&case);
            fired |= by.contains(rule);
            if found != case.expected && update {
                page.replace_range(case.at, &found);
            } else if found != case.expected {
                failures.push(format!(
                    "{}: {}\nthe page says:\n{}but found:\n{found}",
                    rule.id, case.title, case.expected
                ));
            }
        }
        if update {
            std::fs::write(&path, page).expect("the page is written");
        }
        assert!(fired, "{} fires in none of its own cases", rule.id);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Every rule has a page with a heading, every page a rule, and no two rules an id.
pub fn are_those_of(folder: &Path, rules: &[&'static Rule]) {
    let named: BTreeSet<String> = rules.iter().map(|rule| file(rule)).collect();
    let pages: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder of pages")
        .map(|page| page.expect("a page").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(named, pages);
    assert_eq!(named.len(), rules.len(), "ids are unique");
    for rule in rules {
        assert_ne!(rule.title(), rule.id, "the page has no heading");
    }
}

/// The name of a rule's page.
fn file(rule: &Rule) -> String {
    let name = rule.id.split_once('/').map_or(rule.id, |(_, name)| name);
    format!("{name}.md")
}
