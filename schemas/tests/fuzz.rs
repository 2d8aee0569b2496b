//! Every parser and decoder that takes bytes from outside, under mutated input: it returns, and what must hold of its answer
//! does. Contracts have a target of their own beside their crate.
//!
//! How it is run is said in `fuzz/run.rs`; inputs that have broken something lie in `fuzz/kept.rs` and always run first.
//!
//! Nothing here reads Avro's single-object encoding, so that it has no target.

mod avro;
mod data;
mod files;
mod kept;
mod mutate;
mod protobuf;
mod run;
mod seeds;
mod streams;

/// One test for each target, so that one can be run by its name.
macro_rules! targets {
    ($($name:ident: $target:expr;)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!($target.name, stringify!($name), "a failure names the test that shows it");
                run::run(&$target, kept::INPUTS);
            }
        )*

        #[test]
        fn every_kept_input_has_a_target() {
            for (name, _) in kept::INPUTS {
                assert!([$(stringify!($name)),*].contains(name), "{name}");
            }
        }
    };
}

targets! {
    avro_schema: avro::SCHEMA;
    avro_pair: avro::PAIR;
    avro_binary: avro::BINARY;
    avro_resolved: avro::RESOLVED;
    avro_json: avro::JSON;
    avro_container: streams::CONTAINER;
    protobuf_text: protobuf::TEXT;
    protobuf_tree: protobuf::TREE;
    protobuf_descriptor: protobuf::DESCRIPTOR;
    protobuf_pair: protobuf::PAIR;
    protobuf_binary: data::BINARY;
    protobuf_json: data::JSON;
    protobuf_wire: data::WIRE;
    payload_streams: streams::PAYLOADS;
    json_text: files::JSON;
    data_path: files::DATA_PATH;
    buf_yaml: files::BUF_YAML;
}
