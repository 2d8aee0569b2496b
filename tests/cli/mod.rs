//! The command line as people and pipelines see it: one file per command, full output, through the real program.

mod bad_input;
mod check_files;
mod diff;
mod explain;
mod report_schema;
mod streams;
mod validate;
