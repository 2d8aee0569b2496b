//! Every parser and decoder that takes bytes from outside, under mutated input: it returns, and what must hold of its answer
//! does. Contracts have a target of their own beside their crate.
//!
//! How it is run is said in `fuzz/run.rs`; inputs that have broken something lie in `fuzz/kept.rs` and always run first.
//!
//! Nothing here reads Avro's single-object encoding, so that it has no target.

use std::alloc::System;

use cap::Cap;

mod fuzz {
    pub mod avro;
    #[path = "../protobuf_parse/cases.rs"]
    mod cases;
    pub mod data;
    pub mod files;
    pub mod kept;
    mod mutate;
    pub mod protobuf;
    #[path = "../random/mod.rs"]
    mod random;
    pub mod run;
    pub mod seeds;
    pub mod streams;
}

/// Counts what is asked of it.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// One test for each target, so that one can be run by its name.
macro_rules! targets {
    ($($name:ident: $target:expr;)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!($target.name, stringify!($name), "a failure names the test that shows it");
                fuzz::run::run(&$target, fuzz::kept::INPUTS);
            }
        )*

        #[test]
        fn every_kept_input_has_a_target() {
            for (name, _) in fuzz::kept::INPUTS {
                assert!([$(stringify!($name)),*].contains(name), "{name}");
            }
        }
    };
}

targets! {
    avro_schema: fuzz::avro::SCHEMA;
    avro_pair: fuzz::avro::PAIR;
    avro_binary: fuzz::avro::BINARY;
    avro_resolved: fuzz::avro::RESOLVED;
    avro_json: fuzz::avro::JSON;
    avro_container: fuzz::streams::CONTAINER;
    protobuf_text: fuzz::protobuf::TEXT;
    protobuf_tree: fuzz::protobuf::TREE;
    protobuf_descriptor: fuzz::protobuf::DESCRIPTOR;
    protobuf_pair: fuzz::protobuf::PAIR;
    protobuf_binary: fuzz::data::BINARY;
    protobuf_json: fuzz::data::JSON;
    protobuf_wire: fuzz::data::WIRE;
    payload_streams: fuzz::streams::PAYLOADS;
    json_text: fuzz::files::JSON;
    data_path: fuzz::files::DATA_PATH;
    buf_yaml: fuzz::files::BUF_YAML;
}
