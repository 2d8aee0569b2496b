//! Contracts and schemas from texts, as the registry gets them.

use treaty_contracts::contract::{Contract, Pin};
use treaty_contracts::published::{PinnedSchema, PublishedContract, Text};
use treaty_contracts::{Requirement, published};
use treaty_schemas::{Budget, Format, Options, Origin, ParseError, Schema, Source, Strictness};

/// A schema, as somebody registered it.
pub fn schema(name: &str, text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        origin: Origin::Files,
        ..Options::default()
    };
    Schema::parse(Format::Avro, &Source::new(name, text), &[], &options).unwrap_or_else(|error| panic!("{error}"))
}

/// A Protobuf schema, as somebody registered it.
pub fn proto(name: &str, text: &str) -> Schema {
    Schema::parse(Format::Protobuf, &Source::new(name, text), &[], &Options::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A contract with this schema for everything that it names.
pub fn publish(contract: &str, pinned: &str) -> PublishedContract {
    publish_in(Format::Avro, contract, pinned)
}

/// The same in any schema language.
pub fn publish_in(format: Format, contract: &str, pinned: &str) -> PublishedContract {
    let read = Contract::read(&Source::new("treaty.yaml", contract)).unwrap_or_else(|error| panic!("{error}"));
    let schemas = read
        .schema_requests()
        .into_iter()
        .map(|wanted| PinnedSchema {
            entry: wanted.entry,
            role: wanted.role,
            name: match (&wanted.pin, wanted.role) {
                (Pin::Version(version), _) => format!("{}@{version}", wanted.receives.subject.value),
                (Pin::File(file), published::Role::BuiltAgainst | published::Role::Reader) => file.clone(),
            },
            schema_type: format,
            schema: pinned.into(),
            references: Vec::new(),
        })
        .collect();
    PublishedContract {
        file: Text {
            name: "treaty.yaml".into(),
            text: contract.to_owned(),
        },
        schemas,
    }
}

/// What a contract needs, or what is wrong with it.
pub fn derive(contract: &str, pinned: &str) -> Result<Vec<Requirement>, ParseError> {
    publish(contract, pinned)
        .open(&Budget::unlimited())
        .map(|(_, requirements)| requirements)
}

/// What a contract needs.
pub fn requirements(contract: &str, pinned: &str) -> Vec<Requirement> {
    derive(contract, pinned).unwrap_or_else(|error| panic!("{error}"))
}

/// What a contract needs of a Protobuf schema.
pub fn proto_requirements(contract: &str, pinned: &str) -> Vec<Requirement> {
    let opened = publish_in(Format::Protobuf, contract, pinned).open(&Budget::unlimited());
    opened
        .map(|(_, requirements)| requirements)
        .unwrap_or_else(|error| panic!("{error}"))
}
