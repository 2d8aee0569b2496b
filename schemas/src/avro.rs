//! Avro 1.12: `https://avro.apache.org/docs/1.12.0/specification/`.
//!
//! [`language`] knows schemas, [`data`] payloads, and [`judgement`] compares schemas; each may use the ones before it.

pub mod data;
pub mod judgement;
pub mod language;

pub use crate::decode_error::{DecodeError, DecodeErrorKind};
pub use data::decode::decode;
pub use data::encode::encode;
pub use data::json_encoding::{from_json, to_json};
pub use data::limits::Limits;
pub use data::resolve::{resolve, resolve_as_java};
pub use data::value::Value;
pub use data::walk::{Walker, walk};
pub use judgement::changes::changes;
pub use judgement::check::{check, check_with_notes};
pub use judgement::project::project;
pub use language::parse::parse;
pub use language::schema::Schema;
