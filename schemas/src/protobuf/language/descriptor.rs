//! Descriptors: a file as a message of its own kind, google.protobuf.FileDescriptorProto, as protoc writes it.
//!
//! Clients register schemas in this form, and `format=serialized` answers with it. It is written and read as bytes, not through
//! generated types: those drop what they do not know, which is every custom option.
//!
//! Invariants: what is written is complete: names resolved, entries of maps and the oneofs of `optional` spelt out, options with
//! the numbers of their extensions. What is read is a tree without places, to be printed and parsed again; nothing in it
//! is trusted.

mod bytes;
mod default;
mod option;
mod parts;
mod read;
mod write;

pub use read::read;
pub use write::{encode, write};
