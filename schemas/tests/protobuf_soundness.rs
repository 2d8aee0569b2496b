//! Is what the engine says of Protobuf true? Random schemas, what edits make of them, and random values.

mod protobuf_soundness {
    mod draw;
    mod edit;
    mod faults;
    mod kept;
    mod pair;
    mod pairs;
    #[path = "../random/mod.rs"]
    mod random;
    mod shrink;
    mod text;
    mod tree;
    mod values;
}
mod protobuf_truth;
