//! The bodies of requests and answers that the registry and its command line exchange, and nothing else.
//!
//! Invariants: types and serde only, no I/O and no decisions. A body of Confluent's API reads every spelling that its
//! clients send (missing, `null`, unknown members) and writes one: empty lists, maps and texts are left out unless said otherwise.

pub mod check;
pub mod compatibility;
pub mod config;
pub mod contracts;
pub mod metadata;
mod object;
pub mod problem;
pub mod rule_set;
pub mod schemas;
pub mod settings;
pub mod subject;
pub mod subjects;
mod text_map;

/// Whether a value is left out of an answer because it says nothing.
fn nothing<T>(list: &Option<Vec<T>>) -> bool {
    list.as_ref().is_none_or(Vec::is_empty)
}
