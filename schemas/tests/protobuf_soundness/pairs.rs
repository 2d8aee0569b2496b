//! Random schemas and what edits make of them, judged in both directions.

use std::collections::BTreeMap;

use super::faults::{Counts, Fault, faults, witnesses};
use super::judges::Bench;
use super::kept::Case;
use super::pair::{Texts, payloads, schema};
use super::random::{self, Random};
use super::tree::Tree;
use super::{draw, edit, shrink, text};

/// Values of each message of a writer.
const VALUES: usize = 6;
/// So many faults of one sort are shrunk, of which the smallest is shown.
const SHRUNK: usize = 1;

/// Two schemas, one of which was made of the other.
pub struct Pair {
    pub old: Tree,
    pub new: Tree,
    /// What its values are drawn with.
    pub seed: u64,
}

/// The next pair of which both are schemas.
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
                return Pair { old, new, seed };
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

#[test]
fn random_pairs() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 1_500);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let mut counts = Counts::new();
    let mut wrong: BTreeMap<String, (usize, Option<String>)> = BTreeMap::new();
    let mut bench = Bench::new();
    for _ in 0..pairs {
        let pair = next(&mut random, &mut counts);
        let (old, new) = (text::texts(&pair.old), text::texts(&pair.new));
        for (writer, reader) in [(&old, &new), (&new, &old)] {
            if let (Ok(ours), Ok(theirs)) = (schema(reader), schema(writer)) {
                let mut payloads = payloads(&theirs, &mut Random::new(pair.seed), VALUES);
                payloads.extend(witnesses(&ours, &theirs));
                bench.take((&ours, reader), (&theirs, writer), &payloads);
            }
        }
        for is_forward in [false, true] {
            let (writer, reader) = if is_forward { (&new, &old) } else { (&old, &new) };
            for fault in judge(writer, reader, pair.seed, &mut counts) {
                let (count, shown) = wrong.entry(fault.sort.clone()).or_default();
                *count += 1;
                if *count <= SHRUNK {
                    let turned = match is_forward {
                        true => Pair {
                            old: pair.new.clone(),
                            new: pair.old.clone(),
                            seed: pair.seed,
                        },
                        false => Pair {
                            old: pair.old.clone(),
                            new: pair.new.clone(),
                            seed: pair.seed,
                        },
                    };
                    let case = smallest(&turned, &fault.sort).map(|case| case.to_string());
                    *shown = [shown.take(), case].into_iter().flatten().min_by_key(String::len);
                }
            }
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
    let seen_otherwise = bench
        .wrong
        .into_iter()
        .map(|(judge, (count, case))| (format!("{judge} sees something else"), (count, Some(case))));
    wrong.extend(seen_otherwise);
    let told: String = wrong
        .iter()
        .map(|(sort, (count, case))| format!("== {count} times {sort}\n{}\n", case.as_deref().unwrap_or_default()))
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
