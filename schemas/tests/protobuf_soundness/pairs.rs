//! Random schemas and what edits make of them, judged in both directions.

use std::collections::BTreeMap;

use treaty_schemas::{Budget, protobuf};

use super::faults::{Counts, Fault, faults, witnesses};
use super::judges::Bench;
use super::kept::Case;
use super::pair::{Texts, payloads, schema};
use super::tree::Tree;
use super::{draw, edit, shrink, text};
use crate::random::{self, Random};

/// Values of each message of a writer.
const VALUES: usize = 6;

/// Two schemas, one of which was made of the other.
#[derive(Debug, Clone)]
pub struct Pair {
    pub writer: Tree,
    pub reader: Tree,
    /// What its values are drawn with.
    pub seed: u64,
}

impl Pair {
    /// The same in the other direction.
    fn turned(&self) -> Pair {
        Pair {
            writer: self.reader.clone(),
            reader: self.writer.clone(),
            seed: self.seed,
        }
    }
}

/// The next pair of which both are schemas, the reader the newer.
pub fn next(random: &mut Random, counts: &mut Counts) -> Pair {
    loop {
        let old = draw::tree(random);
        if schema(&text::texts(&old)).is_err() {
            *counts.entry("drawn texts that are no schema").or_default() += 1;
            continue;
        }
        for _ in 0..4 {
            let mut new = old.clone();
            for _ in 0..1 + random.below(3) {
                edit::edit(&mut new, random);
            }
            if schema(&text::texts(&new)).is_err() {
                *counts.entry("edited texts that are no schema").or_default() += 1;
            } else if text::texts(&new) != text::texts(&old) {
                let seed = random.next();
                return Pair {
                    writer: old,
                    reader: new,
                    seed,
                };
            }
        }
    }
}

/// What is wrong with one direction of a pair.
fn judge(writer: &Texts, reader: &Texts, seed: u64, counts: &mut Counts) -> Vec<Fault> {
    let (Ok(reader), Ok(writer)) = (schema(reader), schema(writer)) else {
        return Vec::new();
    };
    let payloads = payloads(&writer, &mut Random::new(seed), VALUES);
    faults(&reader, &writer, &payloads, counts)
}

/// The smallest pair, and the payload, that show a fault of this sort.
fn smallest(pair: &Pair, sort: &str) -> Option<Case> {
    let found = |writer: &Texts, reader: &Texts| {
        // Another schema has other values: several draws are tried.
        let seeds = (pair.seed..).take(2);
        let mut faults = seeds.flat_map(|seed| judge(writer, reader, seed, &mut Counts::new()));
        faults.find(|fault| fault.sort == sort)
    };
    let (writer, reader) = shrink::shrink(pair, &mut |writer, reader| found(writer, reader).is_some());
    let (writer, reader) = (text::texts(&writer), text::texts(&reader));
    let fault = found(&writer, &reader)?;
    Some(Case {
        why: format!("{} {}", fault.sort, fault.told),
        writer,
        reader,
        payloads: fault.payload.into_iter().collect(),
    })
}

/// The smallest pair of which this judge sees something else than we do.
fn smallest_seen(pair: &Pair, judge: &str) -> Option<Case> {
    let found = |writer_texts: &Texts, reader_texts: &Texts| {
        let (Ok(writer), Ok(reader)) = (schema(writer_texts), schema(reader_texts)) else {
            return None;
        };
        let mut payloads = payloads(&writer, &mut Random::new(pair.seed), VALUES);
        payloads.extend(witnesses(&reader, &writer));
        let mut bench = Bench::only(judge);
        bench.take((&reader, reader_texts), (&writer, writer_texts), &payloads, None);
        bench.judge();
        bench.wrong.remove(judge).map(|difference| difference.case)
    };
    let (writer, reader) = shrink::shrink(pair, &mut |writer, reader| found(writer, reader).is_some());
    found(&text::texts(&writer), &text::texts(&reader))
}

#[test]
fn random_pairs() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 1_500);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let (mut counts, mut bench) = (Counts::new(), Bench::sampled());
    // How often each sort of fault was seen, and the first one, made small.
    let mut wrong: BTreeMap<String, (usize, Option<Case>)> = BTreeMap::new();
    for _ in 0..pairs {
        let pair = next(&mut random, &mut counts);
        for pair in [pair.turned(), pair] {
            let texts = (text::texts(&pair.reader), text::texts(&pair.writer));
            let (Ok(reader), Ok(writer)) = (schema(&texts.0), schema(&texts.1)) else {
                continue;
            };
            // Where nothing was edited there is nothing to be found.
            let edits = protobuf::changes(&writer, &reader, &Budget::unlimited()).expect("no budget ends");
            if edits.is_empty() {
                let comparison = protobuf::check(&reader, &writer, &Budget::unlimited());
                assert_eq!(comparison.findings, Vec::new(), "{texts:?}");
            }
            let mut payloads = payloads(&writer, &mut Random::new(pair.seed), VALUES);
            for fault in faults(&reader, &writer, &payloads, &mut counts) {
                let (count, case) = wrong.entry(fault.sort.clone()).or_default();
                *count += 1;
                if *count == 1 {
                    *case = smallest(&pair, &fault.sort);
                }
            }
            payloads.extend(witnesses(&reader, &writer));
            bench.take((&reader, &texts.0), (&writer, &texts.1), &payloads, Some(&pair));
        }
    }
    bench.judge();
    let of = |what: &str| counts.get(what).copied().unwrap_or(0);
    println!(
        "{pairs} pairs, each both ways, {} values: {} compatible, {} incompatible with {} witnesses of errors; {} and {} texts were no schema",
        of("values"),
        of("compatible"),
        of("incompatible"),
        of("witnesses of errors"),
        of("drawn texts that are no schema"),
        of("edited texts that are no schema"),
    );
    print!("{bench}");
    for (judge, difference) in bench.wrong {
        let smallest = difference.pair.and_then(|pair| smallest_seen(&pair, judge));
        let case = smallest.unwrap_or(difference.case);
        wrong.insert(format!("{judge} sees something else"), (difference.count, Some(case)));
    }
    let told: String = wrong
        .iter()
        .map(|(sort, (count, case))| {
            let case = case.as_ref().map_or_else(String::new, Case::to_string);
            format!("== {count} times {sort}\n{case}\n")
        })
        .collect();
    if wrong.is_empty() {
        println!(
            "no value refutes a compatible, every witness is confirmed, and every difference between decoders has a cause"
        );
    }
    assert!(
        wrong.is_empty(),
        "to be kept under tests/protobuf_soundness/kept:\n{told}"
    );
}
