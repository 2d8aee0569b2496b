//! Schemas as texts: parsed, linked, compiled, printed and described.
//!
//! Two descriptions of a file, for two purposes: [`syntax`] is what was written, in its order and with its spelling, and is
//! what the printer needs; [`schema`] is what it means, with every name resolved and every feature decided, and is what
//! everything that judges or reads data works on.

pub mod builtin;
pub mod compile;
pub mod descriptor;
mod fold;
pub(in crate::protobuf) mod forms;
pub mod limits;
pub mod link;
pub(in crate::protobuf) mod names;
pub mod parse;
pub mod print;
pub(crate) mod references;
pub mod schema;
pub mod syntax;
pub mod tree;
