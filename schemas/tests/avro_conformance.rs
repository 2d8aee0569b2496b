//! The 198 Avro pairs of a public suite (Karapace's tests, Apache-2.0), where the suite lies beside the checkout.
//!
//! It is looked for in the folder that TREATY_SHARED names, else in `../shared`; without it the test says so.

use std::path::{Path, PathBuf};

use serde_json::Value;
use treaty_schemas::avro::{self, Schema};
use treaty_schemas::{Budget, Options, RuleSet, Source, Strictness, Verdict};

fn suite() -> Option<String> {
    let root = std::env::var_os("TREATY_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    std::fs::read_to_string(root.join("conformance/avro/pairs.jsonl")).ok()
}

fn parse(value: &Value) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    avro::parse(&Source::new("pair", value.to_string()), &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_pair_has_the_verdict_of_the_suite() {
    let Some(suite) = suite() else {
        println!("skipped: the suite is not here; set TREATY_SHARED to the folder that holds it");
        return;
    };
    let (mut agreed, mut wrong, mut stricter, mut other_kinds) = (0, Vec::new(), Vec::new(), Vec::new());
    for line in suite.lines() {
        let case: Value = serde_json::from_str(line).expect("a line is JSON");
        let (id, compatible) = (&case["id"], case["compatible"] == Value::Bool(true));
        let comparison = avro::check(&parse(&case["reader"]), &parse(&case["writer"]), &Budget::unlimited());
        let found = comparison.verdict(RuleSet::Confluent) == Verdict::Compatible;
        if found == compatible {
            agreed += 1;
        } else {
            wrong.push(format!("{id}: {case}"));
        }
        let kinds: Vec<String> = comparison
            .differences
            .iter()
            .map(|difference| difference.kind.to_lowercase())
            .collect();
        let labels: Vec<String> = case["incompatibilities"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|label| Some(label.as_str()?.rsplit('.').next()?.to_owned()))
            .collect();
        if kinds != labels {
            other_kinds.push(format!("{id}: {kinds:?}, not {labels:?}"));
        }
        if compatible && comparison.verdict(RuleSet::Semantic) == Verdict::Incompatible {
            stricter.push(format!(
                "{id}:\n{}",
                comparison.findings.iter().map(ToString::to_string).collect::<String>()
            ));
        }
    }
    println!("{agreed} pairs agree");
    println!(
        "data is affected though the suite says compatible, with the proof:\n{}",
        stricter.join("\n")
    );
    println!("the kinds of difference differ in:\n{}", other_kinds.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agreed >= 190, "the suite is not whole");
}
