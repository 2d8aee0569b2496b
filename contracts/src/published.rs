//! A contract as it travels to the registry and is kept there.
//!
//! Invariants: it stands alone. The file travels as it was written, so that a finding in somebody else's pull request
//! can show the very line; the schemas that it names travel with it, so that a version that is deleted later takes
//! nothing away. What it says is read from the file again, by the same reader: nothing is said twice.

use serde::{Deserialize, Serialize};
use serde_json::json;
use treaty_schemas::json::Limits;
use treaty_schemas::{
    Budget, Exhausted, Format, Options, ParseError, Problem, Reference, Schema, Source, Span, Strictness,
};

use crate::contract::{Contract, Pin, Receives};
use crate::hash;
use crate::requirement::{Pinned, Requirement};

/// So many bytes of a text that is parsed cost a step.
const BYTES: usize = 4;

/// A contract with everything that is needed to judge by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishedContract {
    /// `treaty.yaml`; JSON will do, which is YAML too.
    pub file: Text,
    /// The schemas that its `receives` entries name.
    #[serde(default)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReferencedText {
    /// The name that people know it by: a path in the application's repository, or `subject@version`.
    pub name: String,
    /// The path by which a Protobuf text imports it; not said where the language knows no imports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<String>,
    /// The text.
    pub text: String,
}

impl ReferencedText {
    /// A text that a schema of this language refers to.
    pub fn new(format: Format, reference: &Reference) -> ReferencedText {
        ReferencedText {
            name: reference.source.name().to_owned(),
            import: (format == Format::Protobuf).then(|| reference.import.to_string()),
            text: reference.source.text().to_owned(),
        }
    }
}

/// A schema that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PinnedSchema {
    /// Which of the file's `receives`, from 0.
    pub entry: usize,
    /// Which schema of it.
    pub role: Role,
    /// The name that people know it by: a path in the application's repository, or `subject@version`.
    pub name: String,
    /// The schema language.
    #[serde(default = "avro")]
    pub schema_type: Format,
    /// The text.
    pub schema: String,
    /// The texts that it refers to, each after those that it refers to itself.
    #[serde(default)]
    pub references: Vec<ReferencedText>,
}

/// What an entry names a schema for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// `builtAgainst`.
    BuiltAgainst,
    /// `reader`.
    Reader,
}

fn avro() -> Format {
    Format::Avro
}

/// A schema that has to come with a contract, and where it is to be had.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted<'a> {
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
    pub fn wanted(&self) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::new();
        for (entry, receives) in self.receives.iter().enumerate() {
            if let Some(pin) = &receives.built_against {
                wanted.push(Wanted {
                    entry,
                    role: Role::BuiltAgainst,
                    receives,
                    pin: pin.value.clone(),
                    span: pin.span,
                });
            }
            if let Some(reader) = &receives.reader {
                wanted.push(Wanted {
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
    /// Reads what was published.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with a schema that came with it, or between the two. Where the budget ends, that
    /// it did: [`Budget::exhausted`] then says why.
    pub fn open(&self, budget: &Budget) -> Result<(Contract, Vec<Requirement>), ParseError> {
        let source = Source::new(self.file.name.as_str(), self.file.text.as_str());
        let ended = |why: Exhausted| {
            ParseError::from(Problem {
                message: why.to_string(),
                source: source.clone(),
                span: Span::default(),
                help: None,
            })
        };
        budget.spend(self.file.text.len() / BYTES).map_err(ended)?;
        let contract = Contract::read(&source)?;
        let mut problems = Vec::new();
        let mut pinned: Vec<Pinned> = Vec::new();
        pinned.resize_with(contract.receives.len(), Pinned::default);
        for schema in &self.schemas {
            budget.spend(schema.bytes() / BYTES).map_err(ended)?;
            match schema.place(&contract, &mut pinned) {
                Ok(slot) => match schema.parse() {
                    Ok(parsed) => *slot = Some(parsed),
                    Err(error) => problems.extend(error.problems),
                },
                Err(message) => problems.push(Problem {
                    message,
                    source: source.clone(),
                    span: Span::default(),
                    help: Some("send one schema for each `builtAgainst` and each `reader`".into()),
                }),
            }
        }
        // A schema that cannot be read is the cause; that it is lacking would be told as well otherwise.
        if !problems.is_empty() {
            return Err(ParseError { problems });
        }
        let mut requirements = Vec::new();
        for (entry, pinned) in contract.receives.iter().zip(pinned) {
            match Requirement::derive(&contract, entry, pinned, budget) {
                Ok(requirement) => requirements.push(requirement),
                Err(error) => problems.extend(error.problems),
            }
        }
        if problems.is_empty() {
            Ok((contract, requirements))
        } else {
            Err(ParseError { problems })
        }
    }

    /// SHA-256, in hexadecimal, of all that was published: the same contract published again has the same.
    pub fn hash(&self) -> String {
        hash::of(&json!(self))
    }
}

impl PinnedSchema {
    /// Bytes of its texts.
    fn bytes(&self) -> usize {
        let references: usize = self.references.iter().map(|text| text.text.len()).sum();
        self.schema.len() + references
    }

    fn place<'p>(&self, contract: &Contract, pinned: &'p mut [Pinned]) -> Result<&'p mut Option<Schema>, String> {
        let unnamed = || {
            format!(
                "the schema `{}` came with the contract, but no entry of `receives` names it",
                self.name
            )
        };
        let receives = contract.receives.get(self.entry).ok_or_else(unnamed)?;
        let slots = pinned.get_mut(self.entry).ok_or_else(unnamed)?;
        let (named, slot) = match self.role {
            Role::BuiltAgainst => (receives.built_against.is_some(), &mut slots.built),
            Role::Reader => (receives.reader.is_some(), &mut slots.reader),
        };
        if !named {
            return Err(unnamed());
        }
        if slot.is_some() {
            return Err(format!("the schema `{}` came with the contract twice", self.name));
        }
        Ok(slot)
    }

    /// The texts that it refers to.
    pub fn references(&self) -> Vec<Reference> {
        let each = self.references.iter().map(|text| Reference {
            import: text.import.as_deref().unwrap_or(&text.name).into(),
            source: Source::new(text.name.as_str(), text.text.as_str()),
        });
        each.collect()
    }

    fn parse(&self) -> Result<Schema, ParseError> {
        let source = Source::new(self.name.as_str(), self.schema.as_str());
        // It was accepted where it comes from; whoever takes the whole document has bounded its size.
        let options = Options {
            limits: Limits::UNBOUNDED_SIZE,
            strictness: Strictness::Stored,
        };
        Schema::parse(self.schema_type, &source, &self.references(), &options)
    }
}
