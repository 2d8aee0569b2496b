//! The rule pages, run as tests. A case has the schema that a writer may use, the schema that the consumer was built against,
//! and its contract.

use std::path::PathBuf;

use treaty_contracts::{Assessment, assess, rules};
use treaty_schemas::Budget;
use treaty_schemas::Rule;

use crate::pages::{self, Case};
use crate::requirement::{requirements, schema};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules/contract")
}

fn judge(case: &Case) -> (String, Vec<&'static Rule>) {
    let candidate = schema("orders-value@4", case.block("json writer"));
    let assessments: Vec<Assessment> = requirements(case.block("yaml contract"), case.block("json built"))
        .iter()
        .map(|requirement| assess(requirement, &candidate, &Budget::unlimited()))
        .collect();
    let found = assessments.iter().flat_map(|assessment| &assessment.findings);
    let by = found.map(|found| found.finding.rule).collect();
    (render(&assessments), by)
}

fn render(assessments: &[Assessment]) -> String {
    let mut described = String::new();
    for assessment in assessments {
        described.push_str(&format!("{}: {}\n", assessment.application, assessment.standing));
        for found in &assessment.findings {
            described.push_str(&format!("{found}\n"));
        }
    }
    described
}

#[test]
fn every_case_finds_what_its_page_says() {
    pages::hold(&folder(), rules::ALL, judge);
}

#[test]
fn pages_and_rules_are_the_same_set() {
    pages::are_those_of(&folder(), rules::ALL);
}
