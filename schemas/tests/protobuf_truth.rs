//! What the Protobuf suites share: small messages, their values, and what becomes of them, written anew without the
//! engine's own comparison.

pub mod alphabet;
pub mod classes;
mod meaning;
pub mod payload;
pub mod truth;
pub mod universe;

use treaty_schemas::protobuf::Schema;
use treaty_schemas::{Format, Options, Source, Strictness};

/// A text that must be fine.
pub fn parse(name: &str, text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    match treaty_schemas::Schema::parse(Format::Protobuf, &Source::new(name, text), &[], &options) {
        Ok(treaty_schemas::Schema::Protobuf(schema)) => (*schema).clone(),
        Ok(_) => panic!("another format"),
        Err(error) => panic!("{error}\n{text}"),
    }
}
