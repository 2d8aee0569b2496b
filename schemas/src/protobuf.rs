//! Protocol Buffers: proto2, proto3 and editions (`https://protobuf.dev/reference/protobuf/`).
//!
//! [`language`] knows schemas, [`data`] payloads, and [`judgement`] compares schemas; each may use the ones before it.

pub mod data;
pub mod judgement;
pub mod language;

pub use crate::decode_error::{DecodeError, DecodeErrorKind};
pub use data::data_limits::DataLimits;
pub use data::decode::decode;
pub use data::encode::encode;
pub use data::json_encoding::{from_json, to_json};
pub use data::minimal::minimal;
pub use data::value::{FieldValue, Key, MessageValue, Value};
pub use data::walk::{Unknown, Walker};
pub use judgement::changes::changes;
pub use judgement::check::{check, check_with_notes};
pub use judgement::project::project;
pub use language::compile::compile;
pub use language::limits::Limits;
pub use language::link::link;
pub use language::parse::parse;
pub use language::schema::{MessageId, Schema};
pub use language::tree::{compile_tree, parse_all};
