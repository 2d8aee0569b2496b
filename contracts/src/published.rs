//! A contract as it travels to the registry and is kept there.
//!
//! Invariants: it stands alone. The file travels as it was written, so that a finding in somebody else's pull request
//! can show the very line; the schemas that it names travel with it, so that a version that is deleted later takes
//! nothing away. What it says is read from the file again, by the same reader: nothing is said twice. A text that many
//! entries need is one text, in memory and as JSON.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use treaty_schemas::{Format, Reference, Source, Span};

use crate::contract::{Contract, Pin, Receives};
use crate::hash;

mod open;
mod texts;

pub use open::{Content, MAX_ALL_REFERENCES, MAX_REFERENCES, MAX_SCHEMA_BYTES};
pub use texts::Shared;

/// A contract with everything that is needed to judge by it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "texts::ReadContract")]
pub struct PublishedContract {
    /// `treaty.yaml`; JSON will do, which is YAML too.
    pub file: Text,
    /// The schemas that its `receives` entries name.
    pub schemas: Vec<PinnedSchema>,
}

/// A named text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Text {
    /// The name that people know it by: a path in the application's repository, or `subject@version`.
    pub name: String,
    /// The text.
    pub text: String,
}

/// A text that a schema refers to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReferencedText {
    /// The name that people know it by: a path in the application's repository, or `subject@version`.
    pub name: String,
    /// The path by which a Protobuf text imports it; not said where the language knows no imports.
    pub import: Option<String>,
    /// The text.
    pub text: Arc<str>,
}

impl ReferencedText {
    /// A text that a schema of this language refers to; `shared` keeps one of each text.
    pub fn new(format: Format, reference: &Reference, shared: &mut Shared) -> ReferencedText {
        ReferencedText {
            name: reference.source.name().to_owned(),
            import: format.imports_by_path().then(|| reference.import.to_string()),
            text: shared.one(reference.source.text()),
        }
    }
}

/// A schema that an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedSchema {
    /// Which of the file's `receives`, from 0.
    pub entry: usize,
    /// Which schema of it.
    pub role: Role,
    /// The name that people know it by: a path in the application's repository, or `subject@version`.
    pub name: String,
    /// The schema language.
    pub schema_type: Format,
    /// The text.
    pub schema: Arc<str>,
    /// The texts that it refers to, each after those that it refers to itself.
    pub references: Vec<ReferencedText>,
}

/// What an entry names a schema for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// `builtAgainst`.
    BuiltAgainst,
    /// `reader`.
    Reader,
}

/// A schema that has to come with a contract, and where it is to be had.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaRequest<'a> {
    /// Which of the contract's `receives`, from 0.
    pub entry: usize,
    /// What for.
    pub role: Role,
    /// The entry: its subject, and the references of a file.
    pub receives: &'a Receives,
    /// A version of the entry's subject, or a file.
    pub pin: Pin,
    /// The place in the contract that names it.
    pub span: Span,
}

impl Contract {
    /// The schemas that have to be [`published`](PublishedContract) with this contract, in the order of the file.
    pub fn schema_requests(&self) -> Vec<SchemaRequest<'_>> {
        let mut wanted = Vec::new();
        for (entry, receives) in self.receives.iter().enumerate() {
            if let Some(pin) = &receives.built_against {
                wanted.push(SchemaRequest {
                    entry,
                    role: Role::BuiltAgainst,
                    receives,
                    pin: pin.value.clone(),
                    span: pin.span,
                });
            }
            if let Some(reader) = &receives.reader {
                wanted.push(SchemaRequest {
                    entry,
                    role: Role::Reader,
                    receives,
                    pin: Pin::File(reader.value.clone()),
                    span: reader.span,
                });
            }
        }
        wanted
    }
}

impl PublishedContract {
    /// SHA-256, in hexadecimal, of all that was published: the same contract published again has the same.
    pub fn hash(&self) -> String {
        hash::of_sorted(self)
    }
}

impl PinnedSchema {
    /// What decides what it means, in whichever entry.
    pub fn content(&self) -> Content<'_> {
        Content::of(self)
    }

    /// Bytes of its text and of those that it refers to.
    pub fn bytes(&self) -> usize {
        let references: usize = self.references.iter().map(|reference| reference.text.len()).sum();
        self.schema.len() + references
    }

    /// The texts that it refers to.
    pub fn references(&self) -> Vec<Reference> {
        let each = self.references.iter().map(|text| Reference {
            import: text.import.as_deref().unwrap_or(&text.name).into(),
            source: Source::new(text.name.as_str(), Arc::clone(&text.text)),
        });
        each.collect()
    }
}
