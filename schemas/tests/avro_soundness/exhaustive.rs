//! Every ordered pair of the alphabet, judged and then decided by decoding every value of a small universe.

use std::collections::BTreeMap;

use treaty_schemas::avro::{self, Schema, Value};
use treaty_schemas::{Budget, Comparison, Evidence, Observed, Options, RuleSet, Severity, Source, Strictness, Verdict};

use super::{alphabet, meaning, universe};

pub fn try_parse(text: &str) -> Option<Schema> {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    avro::parse(&Source::new("schema.avsc", text), &[], &options).ok()
}

/// Is there a value that the reader refuses, or takes for something else, by the specification or as Avro Java does?
pub fn affected(reader: &Schema, writer: &Schema, encoded: &[(Value, Vec<u8>)]) -> Option<String> {
    let limits = avro::Limits::default();
    encoded
        .iter()
        .find_map(|(value, bytes)| match avro::resolve(reader, writer, bytes, &limits) {
            Err(error) => Some(format!("{value:?} is refused: {error}")),
            Ok(read) if meaning::changed(writer, value, reader, &read) => {
                Some(format!("{value:?} is read as {read:?}"))
            }
            Ok(read) => match avro::resolve_as_java(reader, writer, bytes, &limits) {
                Err(error) => Some(format!("{value:?} is refused by Avro Java: {error}")),
                Ok(in_java) if in_java != read => Some(format!("{value:?} is read as {in_java:?} by Avro Java")),
                Ok(_) => None,
            },
        })
}

/// Errors without evidence. One whose place no payload reaches, because another finding stops all of them before,
/// needs none of its own.
pub fn unproven(comparison: &Comparison) -> Vec<String> {
    let stopped_before = comparison
        .findings
        .iter()
        .any(|finding| matches!(&finding.evidence, Evidence::Witness(witness) if matches!(witness.observed, Observed::Refused(_))));
    comparison
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .filter(|finding| match finding.evidence {
            Evidence::Witness(_) | Evidence::AvroJava(_) | Evidence::Policy(_) => false,
            Evidence::None => !stopped_before,
            Evidence::Omitted(_) => true,
        })
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_pair_of_small_schemas() {
    let texts = alphabet::schemas();
    let unique: std::collections::BTreeSet<&String> = texts.iter().collect();
    assert!(unique.len() >= 200, "only {} different schemas", unique.len());
    let schemas: Vec<Schema> = unique
        .iter()
        .map(|text| try_parse(text).unwrap_or_else(|| panic!("{text} is no schema")))
        .collect();
    let encoded: Vec<Vec<(Value, Vec<u8>)>> = schemas
        .iter()
        .map(|schema| {
            universe::values(schema)
                .into_iter()
                .map(|value| {
                    let bytes = avro::encode(schema, &value).expect("a value of the universe fits its type");
                    (value, bytes)
                })
                .collect()
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut decoded = 0usize;
    for (writer, values) in schemas.iter().zip(&encoded) {
        for reader in &schemas {
            let comparison = avro::check(reader, writer, &Budget::unlimited());
            let verdict = comparison.verdict(RuleSet::Semantic);
            let truth = affected(reader, writer, values);
            decoded += values.len();
            let agrees = match verdict {
                Verdict::Compatible => truth.is_none(),
                Verdict::Incompatible => truth.is_some(),
                Verdict::Undecided => false,
            };
            if !agrees {
                wrong.push(format!(
                    "reader {}\nwriter {}\n  says {verdict}, but {}; {:?}",
                    reader.source().text(),
                    writer.source().text(),
                    truth.as_deref().unwrap_or("every value is read"),
                    comparison
                        .findings
                        .iter()
                        .map(|finding| &finding.message)
                        .collect::<Vec<_>>(),
                ));
            }
            let policy = comparison
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error && matches!(finding.evidence, Evidence::Policy(_)));
            let warned = comparison
                .findings
                .iter()
                .any(|finding| finding.rule.id == "avro/ambiguous-alias" && finding.severity == Severity::Warning);
            let confluent = comparison.verdict(RuleSet::Confluent);
            *counts
                .entry(match (verdict, confluent, policy) {
                    (Verdict::Compatible, Verdict::Compatible, _) => "compatible by both",
                    (Verdict::Compatible, _, true) => "refused by policy only",
                    (Verdict::Compatible, _, false) if warned => "warned of an alias that Confluent's rules refuse",
                    (Verdict::Compatible, _, false) => "refused by Confluent's rules without a policy finding",
                    (_, Verdict::Compatible, _) => "allowed by Confluent's rules though data is affected",
                    (..) => "incompatible by both",
                })
                .or_default() += 1;
            if verdict == Verdict::Incompatible {
                assert_eq!(
                    unproven(&comparison),
                    Vec::<String>::new(),
                    "writer {}",
                    writer.source().text()
                );
            }
        }
    }
    let pairs = schemas.len() * schemas.len();
    println!(
        "{} schemas, {pairs} ordered pairs, {decoded} values decoded: {counts:?}",
        schemas.len()
    );
    assert!(pairs >= 40_000);
    assert_eq!(
        counts.get("refused by Confluent's rules without a policy finding"),
        None
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}
