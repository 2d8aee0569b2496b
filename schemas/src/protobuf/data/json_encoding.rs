//! ProtoJSON, both ways (`https://protobuf.dev/programming-guides/json/`).
//!
//! Names are lowerCamel and the names as declared are taken too; whole numbers of 64 bits are strings; enums are names, and
//! numbers where they have none; bytes are base64; the well-known types have forms of their own. Reading is strict: a member
//! that the message does not have, two spellings of one field, two members of a oneof, a number out of range and a name that
//! an enum does not have are errors, as is a required field that is missing. Unknown fields have no form in JSON and are not
//! written.

mod field_mask;
mod misread;
mod number;
mod read;
mod scalar;
mod time;
mod well_known;
mod write;

pub use read::from_json;
pub(crate) use read::from_json_by;
pub(crate) use well_known::WellKnown;
pub use write::to_json;
pub(crate) use write::{json_member, to_json_within};
