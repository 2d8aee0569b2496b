//! Random (writer, reader, value) triples: nothing called compatible is refused, every refusal has a witness, and
//! apache-avro is asked for a second opinion.

use std::collections::BTreeMap;

use treaty_schemas::avro::{self, Schema, Value};
use treaty_schemas::{Evidence, Outcome, RuleSet, Severity, Verdict};

use super::exhaustive::{hurt, try_parse, unproven};
use super::fastavro::{Bench, Standing};
use super::mutate::{self, Drawer};
use super::random::{self, Random};
use super::values::draw;

const VALUES: usize = 10;

#[test]
fn random_triples() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 3_000);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut bench = Bench::default();
    for _ in 0..pairs {
        let (first, second) = {
            let mut drawer = Drawer::new(&mut random);
            let first = drawer.record(3);
            let second = drawer.mutate(&first);
            (mutate::text(&first), mutate::text(&second))
        };
        let (writer, reader) = if random.one_in(2) {
            (first, second)
        } else {
            (second, first)
        };
        // A mutation may make two branches or two fields alike, which is no schema.
        let (Some(writer), Some(reader)) = (try_parse(&writer), try_parse(&reader)) else {
            *counts.entry("mutations that are no schema").or_default() += 1;
            continue;
        };
        let values: Vec<(Value, Vec<u8>)> = (0..VALUES)
            .filter_map(|_| draw(&writer, writer.root(), &mut random, 5))
            .map(|value| {
                let bytes = avro::encode(&writer, &value).expect("a drawn value fits its type");
                (value, bytes)
            })
            .collect();
        *counts.entry("triples").or_default() += values.len();
        let comparison = avro::check(&reader, &writer);
        let witnesses = comparison
            .findings
            .iter()
            .filter_map(|finding| match &finding.evidence {
                Evidence::Witness(witness) => Some(&witness.bytes[..]),
                _ => None,
            });
        let has_other_names = |finding: &treaty_schemas::Finding| finding.rule.id == "avro/name-mismatch";
        let standing = match comparison.verdict(RuleSet::Semantic) {
            Verdict::Compatible if comparison.findings.iter().any(has_other_names) => Standing::OtherNames,
            Verdict::Compatible => Standing::Compatible,
            _ => Standing::Incompatible,
        };
        let payloads = values.iter().map(|(_, bytes)| &bytes[..]).chain(witnesses);
        bench.take(&reader, &writer, standing, payloads);
        match comparison.verdict(RuleSet::Semantic) {
            Verdict::Compatible => {
                *counts.entry("compatible").or_default() += 1;
                if let Some(truth) = hurt(&reader, &writer, &values) {
                    wrong.push(format!(
                        "reader {}\nwriter {}\n{truth}",
                        reader.source().text(),
                        writer.source().text()
                    ));
                }
                second_opinion_on_compatible(&reader, &writer, &values, &mut counts);
            }
            Verdict::Incompatible => {
                *counts.entry("incompatible").or_default() += 1;
                second_opinion_on_witnesses(&reader, &writer, &comparison, &mut counts, &mut wrong);
            }
            Verdict::Undecided => wrong.push(format!(
                "undecided: {:?}\nreader {}\nwriter {}",
                comparison.undecided,
                reader.source().text(),
                writer.source().text()
            )),
        }
    }
    bench.judge();
    println!("{counts:#?}\n{bench}");
    wrong.append(&mut bench.wrong);
    let confirmed = counts.get("witness: confirmed by apache-avro").copied().unwrap_or(0);
    let witnesses = counts.get("witness: all").copied().unwrap_or(0).max(1);
    println!(
        "apache-avro confirms {}% of {witnesses} witnesses",
        confirmed * 100 / witnesses
    );
    assert!(counts["triples"] >= 10_000);
    assert_eq!(counts.get(UNNAMED), None);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n\n")
    );
}

/// apache-avro 0.22 must read what is called compatible, but for its own faults, each of which is named.
fn second_opinion_on_compatible(
    reader: &Schema,
    writer: &Schema,
    values: &[(Value, Vec<u8>)],
    counts: &mut BTreeMap<&'static str, usize>,
) {
    let (reader_text, writer_text) = (reader.source().text(), writer.source().text());
    // A logical type that is on one side only, or whose base differs, is not resolved by it: without them it must do.
    let bare = |text: &str| text.replace("logicalType", "formerly");
    let cause = match theirs_refuses(reader_text, writer_text, values) {
        None => "apache-avro: cannot parse one of the two",
        Some(false) => "apache-avro: reads it too",
        Some(true) if reader_text.contains("\"aliases\":[\"") => {
            "apache-avro: refuses, and the reader has aliases, which it ignores"
        }
        Some(true) if theirs_refuses(&bare(reader_text), &bare(writer_text), values) == Some(false) => {
            "apache-avro: refuses because of a logical type, and reads it without"
        }
        Some(true) if writer_text.contains("ns.") => {
            "apache-avro: refuses, and a namespace is involved, which it compares in references"
        }
        Some(true) => UNNAMED,
    };
    *counts.entry(cause).or_default() += 1;
}

const UNNAMED: &str = "apache-avro: refuses for no named cause";

/// Whether apache-avro refuses any of the values; `None` where it cannot parse one of the schemas.
fn theirs_refuses(reader: &str, writer: &str, values: &[(Value, Vec<u8>)]) -> Option<bool> {
    let reader = apache_avro::Schema::parse_str(reader).ok()?;
    let writer = apache_avro::Schema::parse_str(writer).ok()?;
    Some(values.iter().any(|(_, bytes)| {
        apache_avro::reader::datum::GenericDatumReader::builder(&writer)
            .reader_schema(&reader)
            .build()
            .and_then(|datum| datum.read_value(&mut &bytes[..]))
            .is_err()
    }))
}

fn second_opinion_on_witnesses(
    reader: &Schema,
    writer: &Schema,
    comparison: &treaty_schemas::Comparison,
    counts: &mut BTreeMap<&'static str, usize>,
    wrong: &mut Vec<String>,
) {
    let mut shown = 0;
    wrong.extend(unproven(comparison));
    for finding in comparison
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
    {
        let Evidence::Witness(witness) = &finding.evidence else {
            continue;
        };
        shown += 1;
        *counts.entry("witness: all").or_default() += 1;
        let again = avro::resolve(reader, writer, &witness.bytes, &avro::Limits::default());
        if matches!(witness.outcome, Outcome::Refused(_)) == again.is_ok() {
            wrong.push(format!("the decoder does not confirm {}", finding.message));
        }
        let theirs = apache_avro::Schema::parse_str(reader.source().text());
        let their_writer = apache_avro::Schema::parse_str(writer.source().text());
        if let (Ok(theirs), Ok(their_writer)) = (theirs, their_writer) {
            let read = apache_avro::reader::datum::GenericDatumReader::builder(&their_writer)
                .reader_schema(&theirs)
                .build()
                .and_then(|datum| datum.read_value(&mut &witness.bytes[..]));
            let key = match (&witness.outcome, read) {
                (Outcome::Refused(_), Err(_)) => "witness: confirmed by apache-avro",
                (Outcome::Refused(_), Ok(_)) => "witness: read by apache-avro, whose resolution looks at values only",
                (Outcome::Changed(_), _) => "witness: changed meaning, which apache-avro does not compare",
            };
            *counts.entry(key).or_default() += 1;
        } else {
            *counts
                .entry("witness: apache-avro cannot parse one of the two")
                .or_default() += 1;
        }
    }
    if shown == 0 {
        wrong.push(format!(
            "incompatible without a witness\nwriter {}",
            writer.source().text()
        ));
    }
}
