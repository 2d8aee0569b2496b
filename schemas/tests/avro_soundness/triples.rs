//! Random (writer, reader, value) triples: nothing called compatible is refused, every refusal has a witness, and
//! apache-avro is asked for a second opinion.

use std::collections::BTreeMap;

use treaty_schemas::avro::{self, Schema, Value};
use treaty_schemas::{Budget, Observed, RuleSet, Verdict, Witness};

use super::exhaustive::try_parse;
use super::fastavro::{Bench, Standing};
use super::faults::{faults, witnesses};
use super::kept::Case;
use super::mutate::{self, Drawer, Shape};
use super::shrink;
use super::values::draw;
use crate::random::{self, Random};

/// Values of each writer.
const VALUES: usize = 10;
/// No more faults than these are shrunk.
const SHRUNK: usize = 3;

/// So many random values, encoded, or as many as there are.
pub fn values(writer: &Schema, random: &mut Random, count: usize) -> Vec<(Value, Vec<u8>)> {
    let drawn = (0..count).filter_map(|_| draw(writer, writer.root(), random, 5));
    let encoded = drawn.map(|value| {
        let bytes = avro::encode(writer, &value).expect("a drawn value fits its type");
        (value, bytes)
    });
    encoded.collect()
}

/// A pair, as trees, that shows a fault, made as small as it goes.
fn smallest(writer: &Shape, reader: &Shape, sort: &str, seed: u64) -> Option<Case> {
    let found = |writer: &Shape, reader: &Shape| {
        let (writer, reader) = (try_parse(&mutate::text(writer))?, try_parse(&mutate::text(reader))?);
        let values = values(&writer, &mut Random::new(seed), 4 * VALUES);
        let faults = faults(
            &reader,
            &writer,
            &values,
            &avro::check(&reader, &writer, &Budget::unlimited()),
        );
        let fault = faults.into_iter().find(|fault| fault.sort == sort)?;
        let shows =
            |(_, bytes): &&(Value, Vec<u8>)| avro::resolve(&reader, &writer, bytes, &avro::Limits::default()).is_err();
        let payload = values.iter().find(shows).map(|(_, bytes)| bytes.clone());
        Some((fault, payload))
    };
    let (writer, reader) = shrink::shrink(writer.clone(), reader.clone(), &mut |writer, reader| {
        found(writer, reader).is_some()
    });
    let (fault, payload) = found(&writer, &reader)?;
    Some(Case {
        why: format!("{} {}", fault.sort, fault.told),
        writer: mutate::text(&writer),
        reader: mutate::text(&reader),
        payloads: payload.into_iter().collect(),
    })
}

#[test]
fn random_triples() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 3_000);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut wrong, mut bench) = (Vec::new(), Bench::default());
    for _ in 0..pairs {
        let (first, second) = {
            let mut drawer = Drawer::new(&mut random);
            let first = drawer.record(3);
            let second = drawer.mutate(&first);
            (first, second)
        };
        let (from, to) = match random.one_in(2) {
            true => (first, second),
            false => (second, first),
        };
        // A mutation may make two branches or two fields alike, which is no schema.
        let (Some(writer), Some(reader)) = (try_parse(&mutate::text(&from)), try_parse(&mutate::text(&to))) else {
            *counts.entry("mutations that are no schema").or_default() += 1;
            continue;
        };
        let values = values(&writer, &mut random, VALUES);
        *counts.entry("triples").or_default() += values.len();
        let comparison = avro::check(&reader, &writer, &Budget::unlimited());
        let (standing, payloads) = (Standing::of(&comparison), values.iter().map(|(_, bytes)| &bytes[..]));
        let witnesses = witnesses(&comparison);
        bench.take(
            &reader,
            &writer,
            standing,
            payloads.chain(witnesses.iter().map(|witness| &witness.bytes[..])),
        );
        for fault in faults(&reader, &writer, &values, &comparison) {
            let small = (wrong.len() < SHRUNK).then(|| smallest(&from, &to, fault.sort, random.next()));
            let case = small.flatten().unwrap_or_else(|| Case {
                why: format!("{} {}", fault.sort, fault.told),
                writer: mutate::text(&from),
                reader: mutate::text(&to),
                payloads: Vec::new(),
            });
            wrong.push(case.to_string());
        }
        match comparison.verdict(RuleSet::Semantic) {
            Verdict::Compatible => {
                *counts.entry("compatible").or_default() += 1;
                second_opinion_on_compatible(&reader, &writer, &values, &mut counts);
            }
            _ => {
                *counts.entry("incompatible").or_default() += 1;
                second_opinion_on_witnesses(&reader, &writer, &witnesses, &mut counts);
            }
        }
    }
    bench.judge();
    let told = counts
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect::<Vec<_>>();
    println!("{pairs} pairs: {}\n{bench}", told.join("; "));
    wrong.append(&mut bench.wrong);
    let confirmed = counts.get("witness: confirmed by apache-avro").copied().unwrap_or(0);
    let witnesses = counts.get("witness: all").copied().unwrap_or(0).max(1);
    println!(
        "apache-avro confirms {}% of {witnesses} witnesses",
        confirmed * 100 / witnesses
    );
    assert_eq!(counts.get(UNNAMED), None);
    assert!(
        wrong.is_empty(),
        "{} wrong; to be kept under tests/avro_soundness/kept:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(5)].join("\n\n")
    );
    println!(
        "no value refutes a compatible, every witness is confirmed, and every difference between decoders has a cause"
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
    witnesses: &[&Witness],
    counts: &mut BTreeMap<&'static str, usize>,
) {
    let theirs = apache_avro::Schema::parse_str(reader.source().text());
    let their_writer = apache_avro::Schema::parse_str(writer.source().text());
    for witness in witnesses {
        *counts.entry("witness: all").or_default() += 1;
        let (Ok(theirs), Ok(their_writer)) = (&theirs, &their_writer) else {
            *counts
                .entry("witness: apache-avro cannot parse one of the two")
                .or_default() += 1;
            continue;
        };
        let read = apache_avro::reader::datum::GenericDatumReader::builder(their_writer)
            .reader_schema(theirs)
            .build()
            .and_then(|datum| datum.read_value(&mut &witness.bytes[..]));
        let key = match (&witness.observed, read) {
            (Observed::Refused(_), Err(_)) => "witness: confirmed by apache-avro",
            (Observed::Refused(_), Ok(_)) => "witness: read by apache-avro, whose resolution looks at values only",
            (Observed::Changed(_), _) => "witness: changed meaning, which apache-avro does not compare",
        };
        *counts.entry(key).or_default() += 1;
    }
}
