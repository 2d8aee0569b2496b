//! Can this reader take everything that this writer may write? (Specification, "Schema Resolution".)
//!
//! The two schemas are walked once into a graph of pairs; both verdicts are read off it. Confluent's is that of
//! Java's `SchemaCompatibility`; the semantic one is what a strict decoder does, confirmed by running ours on a
//! witness for every finding.

// A kind that is added must be thought of in every place that judges.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod confluent;
mod describe;
mod findings;
pub(in crate::avro) mod label;
mod mismatch;
#[cfg(feature = "second-opinion")]
mod opinion;
mod pairs;
mod paths;
mod promotion;
mod union;
mod unread;
mod witness;

#[cfg(feature = "second-opinion")]
pub(crate) use opinion::QUIRKS;
pub(crate) use unread::unread_fields;

use crate::avro::language::schema::Schema;
use crate::budget::{Budget, Exhausted};
use crate::verdict::{Comparison, Scope, Shape};

const UNFINISHED: &str = "the two schemas have more pairs of types to compare than the engine looks at";

/// Compares a reader with a writer: every incompatibility, not only the first.
pub fn check(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::All, budget)
}

/// Like [`check`], and also notes where the reader takes a default for what the writer does not have.
pub fn check_with_notes(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::WithNotes, budget)
}

pub(crate) fn compare(reader: &Schema, writer: &Schema, scope: Scope, budget: &Budget) -> Comparison {
    let mut comparison = Comparison::default();
    match fill(&mut comparison, reader, writer, scope, budget) {
        Ok(()) => comparison,
        Err(why) => Comparison::cut(why, Shape::Avro),
    }
}

fn fill(
    comparison: &mut Comparison,
    reader: &Schema,
    writer: &Schema,
    scope: Scope,
    budget: &Budget,
) -> Result<(), Exhausted> {
    budget.spend(1)?;
    let pairs = pairs::Pairs::explore(reader, writer, scope.asks_for_notes(), budget)?;
    if pairs.mismatched {
        confluent::differences(reader, writer, &pairs, budget, &mut comparison.differences)?;
        if scope.asks_for_findings(&comparison.differences) {
            findings::collect(reader, writer, &pairs, budget, comparison)?;
        }
    }
    if pairs.unfinished {
        comparison.leave_open(UNFINISHED.into(), Shape::Avro);
    }
    Ok(())
}
