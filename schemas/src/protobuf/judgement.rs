//! Schemas against schemas: which data one cannot read of the other, buf's rules, and what was edited.

pub mod breaking;
pub mod buf_yaml;
pub mod changes;
pub mod check;
pub(in crate::protobuf) mod path_fields;
pub mod project;
pub(in crate::protobuf) mod reader_form;
pub(crate) mod reused;
pub mod rules;
pub(in crate::protobuf) mod shape;
pub mod side;
pub(crate) mod symbols;
pub(crate) mod trees;
