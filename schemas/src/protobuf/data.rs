//! Payloads: decoded, encoded, validated, written as JSON, and made up as samples.

pub(in crate::protobuf) mod cursor;
pub mod data_limits;
pub mod decode;
pub mod encode;
pub(in crate::protobuf) mod index;
pub mod json_encoding;
pub mod minimal;
pub(in crate::protobuf) mod place;
pub(crate) mod sample;
pub mod value;
pub mod walk;
pub mod wire;
