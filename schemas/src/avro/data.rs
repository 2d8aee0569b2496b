//! Payloads and files: decoded, resolved, encoded, validated, written as JSON, and made up as samples.

pub mod container;
pub(in crate::avro) mod cursor;
pub mod decode;
pub(in crate::avro) mod default;
pub mod encode;
pub mod json_encoding;
pub mod limits;
pub(crate) mod logical;
pub(in crate::avro) mod minimal;
pub mod resolve;
pub(crate) mod sample;
pub mod value;
pub mod walk;
