//! The engine's tests, in one binary: a suite is a module, and `cargo test -p treaty-schemas --test tests SUITE::` runs it.
//!
//! Memory is counted of the thread that a test measures, so that no suite needs a process of its own. An overflow of the
//! stack ends all of them: the name of the thread, which is printed, tells which one it was.

mod apache;
mod as_written;
mod avro_canonical;
mod avro_codec;
mod avro_conformance;
mod avro_container;
mod avro_differences;
mod avro_faults;
mod avro_hostile;
mod avro_names;
mod avro_parse;
mod avro_project;
mod avro_resolve;
mod avro_soundness;
mod avro_validate;
mod budget;
mod buf;
mod buf_yaml;
mod catalogue;
mod changes;
mod data_path;
mod fuzz;
mod generate;
mod judges;
mod kept;
mod opinion;
mod others;
mod pages;
mod protobuf_builtin;
mod protobuf_changes;
mod protobuf_codec;
mod protobuf_confluent;
mod protobuf_data;
mod protobuf_exhaustive;
mod protobuf_hostile;
mod protobuf_json;
mod protobuf_normalize;
mod protobuf_parse;
mod protobuf_print;
mod protobuf_registry;
mod protobuf_soundness;
mod protobuf_trees;
mod protobuf_truth;
mod protobuf_wire;
mod random;
mod rules;
mod samples;
mod shown;
