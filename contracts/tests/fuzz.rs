//! Contracts and what is published with them, under mutated input: reading returns, a refusal has its place, and what was read
//! means the same when it is written down as JSON.
//!
//! How it is run is said in `schemas/tests/fuzz/run.rs`, of which this is a part.

use std::alloc::System;

use cap::Cap;

mod fuzz {
    pub mod contracts;
    #[path = "../../../schemas/tests/fuzz/mutate.rs"]
    mod mutate;
    #[path = "../../../schemas/tests/random/mod.rs"]
    mod random;
    #[path = "../../../schemas/tests/fuzz/run.rs"]
    pub mod run;
}

/// Counts what is asked of it.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Inputs that have broken something, by the target that showed it.
const KEPT: &[(&str, &[u8])] = &[];

#[test]
fn contract() {
    fuzz::run::run(&fuzz::contracts::CONTRACT, KEPT);
}

#[test]
fn published_contract() {
    fuzz::run::run(&fuzz::contracts::PUBLISHED, KEPT);
}
