//! The command line as people and pipelines see it: one file per command, full output, through the real program.

mod bad_input;
mod bad_trees;
mod check_files;
mod check_modules;
mod check_tree_data;
mod check_trees;
mod completions;
mod contract;
mod demo;
mod diff;
mod diff_protobuf;
mod exit_codes;
mod explain;
mod foreign;
mod near_misses;
mod opinion;
mod protobuf;
mod registry;
mod report_schema;
mod sample;
mod secrets;
mod streams;
mod treaty_yaml;
mod validate;
mod validate_protobuf;
mod validate_stream;
