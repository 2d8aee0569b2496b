//! Protocol Buffers: proto2, proto3 and editions (`https://protobuf.dev/reference/protobuf/`).
//!
//! Two descriptions of a file, for two purposes: [`syntax`] is what was written, in its order and with its spelling, and is
//! what the printer needs; [`schema`] is what it means, with every name resolved and every feature decided, and is what
//! everything that judges or reads data works on.

mod cursor;
pub mod data_limits;
pub mod decode;
pub mod encode;
pub mod fault;
mod index;
pub mod json_encoding;

pub mod minimal;
mod place;
pub mod schema;
pub mod syntax;
pub mod value;
pub mod wire;

pub use data_limits::DataLimits;
pub use decode::decode;
pub use encode::{EncodeError, encode};
pub use fault::{DecodeError, DecodeErrorKind};
pub use json_encoding::{from_json, to_json};
pub use minimal::minimal;
pub use schema::Schema;
pub use value::{FieldValue, Key, MessageValue, Value};
