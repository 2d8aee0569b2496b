//! Schemas against schemas: which data one cannot read of the other, and what was edited.

pub mod changes;
pub mod check;
pub(in crate::avro) mod meaning;
pub(in crate::avro) mod path_types;
pub mod project;
pub(in crate::avro) mod reader_form;
pub mod rules;
pub(in crate::avro) mod shape;
pub(crate) mod symbols;
