//! Avro 1.12: `https://avro.apache.org/docs/1.12.0/specification/`.

pub mod canonical;
pub mod changes;
pub mod check;
pub mod container;
mod cursor;
pub mod decode;
mod default;
pub mod encode;
pub mod fingerprint;
mod held;
pub mod json_encoding;
pub mod limits;
mod meaning;
mod minimal;
pub mod named;
pub mod parse;
pub mod project;
pub mod resolve;
pub mod rules;
pub(crate) mod sample;
pub mod schema;
pub mod value;
pub mod walk;

pub use crate::decode_error::{DecodeError, DecodeErrorKind};
pub use changes::changes;
pub use check::{check, check_with_notes};
pub use decode::decode;
pub use encode::encode;
pub use json_encoding::{from_json, to_json};
pub use limits::Limits;
pub use parse::parse;
pub use project::project;
pub use resolve::resolve;
pub use schema::Schema;
pub use value::Value;
pub use walk::{Walker, walk};
