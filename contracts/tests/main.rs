//! The tests of contracts, in one binary: a suite is a module, and
//! `cargo test -p treaty-contracts --test tests SUITE::` runs it.

mod avro_projection;
mod avro_soundness;
mod contract;
mod fuzz;
mod hash;
mod ignoring;
mod limits;
#[path = "../../schemas/tests/pages.rs"]
mod pages;
mod protobuf_projection;
#[path = "../../schemas/tests/random.rs"]
mod random;
mod requirement;
mod rules;
mod shared_types;
mod strangers;
mod verdicts;
mod verify;
