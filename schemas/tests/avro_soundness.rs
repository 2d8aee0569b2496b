//! Is what the engine says true? Judged by decoding: every value of a small universe, and thousands at random.

pub mod alphabet;
mod exhaustive;
mod fastavro;
mod faults;
mod kept;
mod meaning;
pub mod mutate;
mod shrink;
mod triples;
mod universe;
mod values;
