//! Can this reader take everything that this writer may write? (Specification, "Schema Resolution".)
//!
//! The two schemas are walked once into a graph of pairs; both verdicts are read off it. Confluent's is that of
//! Java's `SchemaCompatibility`; the semantic one is what a strict decoder does, confirmed by running ours on a
//! witness for every finding.

mod confluent;
mod findings;
pub(super) mod label;
mod pairs;
mod promotion;
mod trail;
mod union;
mod witness;

use super::schema::Schema;
use crate::verdict::{Comparison, Difference, Shape};

const UNFINISHED: &str = "the two schemas have more pairs of types to compare than the engine looks at";

/// Compares a reader with a writer: every incompatibility, not only the first.
pub fn check(reader: &Schema, writer: &Schema) -> Comparison {
    compare(reader, writer, false)
}

/// Like [`check`], and also notes where the reader takes a default for what the writer does not have.
pub fn check_with_notes(reader: &Schema, writer: &Schema) -> Comparison {
    compare(reader, writer, true)
}

fn compare(reader: &Schema, writer: &Schema, notes: bool) -> Comparison {
    let pairs = pairs::Pairs::explore(reader, writer, notes);
    let mut comparison = Comparison::default();
    if pairs.unfinished {
        comparison.undecided = Some(UNFINISHED.into());
    }
    if pairs.stopped {
        comparison.differences = confluent::differences(reader, writer, &pairs);
        findings::collect(reader, writer, &pairs, &mut comparison);
    }
    // Confluent's answer knows no "perhaps", and what was not looked at must not pass for compatible.
    if pairs.unfinished && comparison.differences.is_empty() {
        comparison.differences.push(Difference {
            kind: "UNDECIDED",
            path: "/".into(),
            info: UNFINISHED.into(),
            template: "The {reader} schema could not be compared with the {writer} schema".into(),
            shape: Shape::Avro,
        });
    }
    comparison
}
