//! Is what the engine says true? Judged by decoding: every value of a small universe, and thousands at random.

mod soundness {
    mod alphabet;
    mod exhaustive;
    mod fastavro;
    mod faults;
    mod kept;
    mod meaning;
    mod mutate;
    #[path = "../random/mod.rs"]
    mod random;
    mod shrink;
    mod triples;
    mod universe;
    mod values;
}
mod judges;
mod kept;
