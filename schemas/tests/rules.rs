//! The rule pages, run as tests. A case has a writer and a reader.

mod buf;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use treaty_schemas::{
    Budget, Comparison, Evidence, Finding, Format, Mode, Observed, Options, Outcome, Rule, Schema, Source, Strictness,
    avro, check_with_notes, judge, protobuf,
};

use crate::pages::{self, Case};

/// The rules of one folder of pages.
struct Family {
    folder: &'static str,
    rules: &'static [&'static Rule],
    /// The word with which the fences of its schemas begin.
    fence: &'static str,
    /// How the names of its files end.
    extension: &'static str,
    format: Format,
}

const FAMILIES: [Family; 2] = [
    Family {
        folder: "avro",
        rules: avro::judgement::rules::ALL,
        fence: "json",
        extension: "avsc",
        format: Format::Avro,
    },
    Family {
        folder: "protobuf",
        rules: protobuf::judgement::rules::ALL,
        fence: "proto",
        extension: "proto",
        format: Format::Protobuf,
    },
];

impl Family {
    fn folder(&self) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("rules")
            .join(self.folder)
    }

    /// The `writer` or the `reader` of a case.
    fn text<'c>(&self, case: &'c Case, side: &str) -> &'c str {
        case.block(&format!("{} {side}", self.fence))
    }

    fn parse(&self, name: &str, text: &str) -> Schema {
        let options = Options {
            strictness: Strictness::Stored,
            ..Options::default()
        };
        let source = Source::new(format!("{name}.{}", self.extension), text);
        Schema::parse(self.format, &source, &[], &options).unwrap_or_else(|error| panic!("{error}"))
    }

    fn comparison(&self, case: &Case) -> Comparison {
        let side = |side: &str| self.parse(side, self.text(case, side));
        let (reader, writer) = (side("reader"), side("writer"));
        let mut comparison = check_with_notes(&reader, &writer, &Budget::unlimited());
        // What a level finds beside it, with the version before the writer where the case has one.
        let earlier = case.block_if_any(&format!("{} earlier", self.fence));
        let earlier = earlier.map(|text| self.parse("earlier", text));
        let history: Vec<Schema> = earlier.into_iter().chain([writer]).collect();
        for checked in judge(Mode::Backward, &reader, &history, &Budget::unlimited()).checked {
            let found = checked.comparison.findings.into_iter();
            let beside: Vec<Finding> = found.filter(|finding| !comparison.findings.contains(finding)).collect();
            comparison.findings.extend(beside);
        }
        comparison
    }

    fn compare(&self, case: &Case) -> (String, Vec<&'static Rule>) {
        let comparison = self.comparison(case);
        let by = comparison.findings.iter().map(|finding| finding.rule).collect();
        (render(&comparison), by)
    }
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
    for family in &FAMILIES {
        pages::hold(&family.folder(), family.rules, |case| family.compare(case));
    }
}

/// Contracts are judged by a finding's outcome, people see its witness: both say the same.
#[test]
fn an_outcome_is_what_the_witness_shows() {
    for family in &FAMILIES {
        for case in family.rules.iter().flat_map(|rule| pages::cases(rule.page)) {
            for finding in family.comparison(&case).findings {
                let agrees = match &finding.evidence {
                    Evidence::Witness(witness) | Evidence::AvroJava(witness) => match witness.observed {
                        Observed::Refused(_) => finding.outcome == Outcome::Refused,
                        Observed::Changed(_) => ![Outcome::Refused, Outcome::Same].contains(&finding.outcome),
                    },
                    Evidence::Policy(_) | Evidence::Omitted(_) | Evidence::None => true,
                };
                assert!(agrees, "{}: {:?}: {finding}", case.title, finding.outcome);
            }
        }
    }
}

#[test]
fn a_schema_always_reads_itself() {
    for family in &FAMILIES {
        for rule in family.rules.iter().filter(|rule| rule.id != "avro/ambiguous-alias") {
            for case in pages::cases(rule.page) {
                for text in ["reader", "writer"].map(|side| family.text(&case, side)) {
                    let schema = family.parse("schema", text);
                    let comparison = check_with_notes(&schema, &family.parse("other", text), &Budget::unlimited());
                    assert_eq!(comparison, Comparison::default(), "{}: {}", rule.id, case.title);
                }
            }
        }
    }
}

/// Also of rules whose pages have no cases here.
#[test]
fn pages_and_rules_are_the_same_set() {
    let mut folders: BTreeMap<&str, Vec<&'static Rule>> = BTreeMap::new();
    for rule in treaty_schemas::rules() {
        let (folder, _) = rule.id.split_once('/').expect("a folder");
        folders.entry(folder).or_default().push(rule);
    }
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rules");
    let found: BTreeSet<String> = std::fs::read_dir(&rules)
        .expect("the folders of pages")
        .map(|folder| folder.expect("a folder").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(folders.keys().eq(&found), "{found:?}");
    for (folder, of_folder) in &folders {
        pages::are_those_of(&rules.join(folder), of_folder);
    }
}
