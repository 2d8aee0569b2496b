//! Schemas by id and by guid.

use serde::{Deserialize, Serialize};

use crate::metadata::Metadata;
use crate::nothing;
use crate::rule_set::RuleSet;

/// A name in one schema that stands for a version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// What the referring schema calls it: for Avro, the full name of a type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The subject that defines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The version, from 1; -1 in a request is the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
}

/// What an id or a guid names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaString {
    /// The subject that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The newest version of that subject with this schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The identity of the content.
    pub guid: String,
    /// The schema language.
    pub schema_type: String,
    /// The text.
    pub schema: String,
    /// What the text refers to.
    #[serde(default, skip_serializing_if = "nothing")]
    pub references: Option<Vec<Reference>>,
    /// Tags and properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Rules that clients execute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The highest id given out, when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_id: Option<i32>,
}

/// One use of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectVersion {
    /// The subject.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
}

/// The id that a schema has in a context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContextId {
    /// The context; the default one is `.`.
    pub context: String,
    /// The id there.
    pub id: i32,
}
