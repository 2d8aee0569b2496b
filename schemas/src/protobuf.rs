//! Protocol Buffers: proto2, proto3 and editions (`https://protobuf.dev/reference/protobuf/`).
//!
//! Two descriptions of a file, for two purposes: [`syntax`] is what was written, in its order and with its spelling, and is
//! what the printer needs; [`schema`] is what it means, with every name resolved and every feature decided, and is what
//! everything that judges or reads data works on.

pub mod schema;
pub mod syntax;

pub use schema::Schema;
