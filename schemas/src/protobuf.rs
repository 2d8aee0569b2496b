//! Protocol Buffers: proto2, proto3 and editions (`https://protobuf.dev/reference/protobuf/`).
//!
//! Two descriptions of a file, for two purposes: [`syntax`] is what was written, in its order and with its spelling, and is
//! what the printer needs; [`schema`] is what it means, with every name resolved and every feature decided, and is what
//! everything that judges or reads data works on.

pub mod breaking;
pub mod buf_yaml;
pub mod builtin;
pub mod changes;
pub mod check;
pub mod compile;
mod cursor;
pub mod data_limits;
pub mod decode;
pub mod descriptor;
pub mod encode;
mod forms;
mod index;
pub mod json_encoding;
pub mod limits;
pub mod link;
pub mod minimal;
pub mod parse;
mod path_fields;
mod place;
pub mod print;
pub mod project;
mod reader_form;
pub(crate) mod references;
pub mod rules;
pub(crate) mod sample;
pub mod schema;
pub mod side;
pub(crate) mod symbols;
pub mod syntax;
pub mod tree;
pub mod value;
pub mod walk;
pub mod wire;

pub use crate::decode_error::{DecodeError, DecodeErrorKind};
pub use changes::changes;
pub use check::{check, check_with_notes};
pub use compile::compile;
pub use data_limits::DataLimits;
pub use decode::decode;
pub use encode::encode;
pub use json_encoding::{from_json, to_json};
pub use limits::Limits;
pub use link::link;
pub use minimal::minimal;
pub use parse::parse;
pub use project::project;
pub use schema::{MessageId, Schema};
pub use tree::{compile_tree, parse_all};
pub use value::{FieldValue, Key, MessageValue, Value};
pub use walk::{Unknown, Walker};
