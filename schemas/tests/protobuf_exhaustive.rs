//! Every ordered pair of small messages, judged and then decided by decoding every value of a small universe.

use std::collections::{BTreeMap, BTreeSet};

use treaty_schemas::protobuf;
use treaty_schemas::{Budget, Evidence, RuleSet, Severity, Verdict};

use crate::protobuf_truth::payload::{self, Payload};
use crate::protobuf_truth::{alphabet, classes, parse, truth};

/// A message with its values, encoded.
struct Small {
    text: String,
    schema: protobuf::Schema,
    payloads: Vec<Payload>,
}

fn smalls() -> Vec<Small> {
    let unique: BTreeSet<String> = alphabet::messages().into_iter().collect();
    unique
        .into_iter()
        .map(|text| {
            let schema = parse("m.proto", &text);
            let payloads = payload::payloads(&schema);
            Small { text, schema, payloads }
        })
        .collect()
}

#[test]
fn every_pair_of_small_messages() {
    let smalls = smalls();
    assert!(smalls.len() >= 100, "only {} different messages", smalls.len());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut decoded, mut witnesses) = (0usize, 0usize);
    for writer in &smalls {
        for reader in &smalls {
            let comparison = protobuf::check(&reader.schema, &writer.schema, &Budget::unlimited());
            let truth = truth::of(&reader.schema, &writer.schema, &writer.payloads);
            decoded += writer.payloads.len();
            let said = classes::said(&comparison);
            let verdict = comparison.verdict(RuleSet::Semantic);
            let hurts = truth.iter().any(|class| class.hurts());
            let agrees = match verdict {
                Verdict::Compatible => !hurts,
                Verdict::Incompatible => hurts,
                Verdict::Undecided => false,
            };
            let unproven: Vec<_> = comparison
                .findings
                .iter()
                .filter(|finding| finding.severity == Severity::Error)
                .filter(|finding| !matches!(finding.evidence, Evidence::Witness(_) | Evidence::Policy(_)))
                .filter(|finding| !(finding.evidence == Evidence::None && said.contains(&classes::Class::DecodeError)))
                .collect();
            witnesses += comparison
                .findings
                .iter()
                .filter(|finding| matches!(finding.evidence, Evidence::Witness(_)))
                .count();
            if !agrees || !classes::agree(&said, &truth) || !unproven.is_empty() {
                // A few of each sort are enough to see what is wrong.
                let sort = wrong
                    .entry(format!("says {said:?}, but truth is {truth:?}"))
                    .or_default();
                sort.push(format!(
                    "writer {}\nreader {}\n  {verdict}\n{}",
                    writer.text,
                    reader.text,
                    comparison
                        .findings
                        .iter()
                        .map(|finding| format!("{finding}\n"))
                        .collect::<String>(),
                ));
            }
            let is_told = comparison
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            let is_refused = comparison.verdict(RuleSet::Confluent) == Verdict::Incompatible;
            assert!(!is_refused || is_told, "{}\n{}", writer.text, reader.text);
            let worst = said.iter().min();
            *counts
                .entry(worst.map_or("nothing to say".into(), |class| format!("{class:?}")))
                .or_default() += 1;
        }
    }
    let pairs = smalls.len() * smalls.len();
    println!(
        "{} messages, {pairs} ordered pairs, {decoded} values decoded, {witnesses} witnesses; the worst of each pair: {counts:?}",
        smalls.len()
    );
    let told: String = wrong
        .iter()
        .map(|(sort, cases)| {
            format!(
                "== {} times {sort}\n{}\n",
                cases.len(),
                cases[..cases.len().min(2)].join("\n")
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{told}");
}

/// ProtoJSON of whatever is read without harm is read alike, or there is a warning.
#[test]
fn json_of_every_pair_without_harm() {
    let smalls = smalls();
    let (mut compared, mut wrong) = (0usize, Vec::new());
    for writer in &smalls {
        for reader in &smalls {
            let comparison = protobuf::check(&reader.schema, &writer.schema, &Budget::unlimited());
            if comparison.verdict(RuleSet::Semantic) != Verdict::Compatible
                || truth::reader_lacks(&reader.schema, &writer.schema)
            {
                continue;
            }
            let warned = comparison
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Warning);
            for payload in &writer.payloads {
                compared += 1;
                if let Some(why) = truth::json_differs(&reader.schema, &writer.schema, payload)
                    && !warned
                {
                    wrong.push(format!("writer {}\nreader {}\n{why}", writer.text, reader.text));
                    break;
                }
            }
        }
    }
    println!("{compared} values compared as ProtoJSON");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}
