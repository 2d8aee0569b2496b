//! Contracts and what is published with them, under mutated input: reading returns, a refusal has its place, and what was read
//! means the same when it is written down as JSON.
//!
//! How it is run is said in `schemas/tests/fuzz/run.rs`, of which this is a part.

mod contracts;
#[path = "../../schemas/tests/fuzz/mutate.rs"]
mod mutate;
#[path = "../../schemas/tests/fuzz/run.rs"]
mod run;

/// Inputs that have broken something, by the target that showed it.
const KEPT: &[(&str, &[u8])] = &[];

#[test]
fn contract() {
    run::run(&contracts::CONTRACT, KEPT);
}

#[test]
fn published_contract() {
    run::run(&contracts::PUBLISHED, KEPT);
}
