//! Subjects and their versions.

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};

use crate::metadata::Metadata;
use crate::rule_set::RuleSet;
use crate::schemas::Reference;
use crate::{nothing, object};

/// A schema in a request: to be registered, looked up or checked. Unknown members are ignored, as in Confluent's API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct NewSchema {
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The schema language; `AVRO` when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the text refers to.
    #[serde(default, deserialize_with = "object::list", skip_serializing_if = "Option::is_none")]
    pub references: Option<Vec<Reference>>,
    /// Tags and properties.
    #[serde(default, deserialize_with = "object::maybe", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Rules that clients execute.
    #[serde(
        default,
        alias = "ruleset",
        deserialize_with = "object::maybe",
        skip_serializing_if = "Option::is_none"
    )]
    pub rule_set: Option<RuleSet>,
    /// The version that it is to become; 0 or missing for the next, -1 for the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The id that it is to have; -1 or missing for the registry's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i32>,
    /// Whether tags are to be set in the text, which has no effect here.
    #[serde(default, deserialize_with = "given", skip_serializing)]
    pub schema_tags_to_add: bool,
    /// Whether tags are to be taken out of the text, which has no effect here.
    #[serde(default, deserialize_with = "given", skip_serializing)]
    pub schema_tags_to_remove: bool,
}

/// Whether a member has a value, of which nothing else is read.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = Option::<IgnoredAny>::deserialize(deserializer)?;
    Ok(value.is_some())
}

/// What registering answers (Confluent 8.0 and later).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The id of the schema.
    pub id: i32,
    /// Its version under the subject, from 1.
    pub version: i32,
    /// The identity of the content.
    pub guid: String,
    /// The schema language.
    pub schema_type: String,
    /// What the text refers to.
    #[serde(default, skip_serializing_if = "nothing")]
    pub references: Option<Vec<Reference>>,
    /// Tags and properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Rules that clients execute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The text as it is stored.
    pub schema: String,
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// The subject.
    pub subject: String,
    /// The version, from 1.
    pub version: i32,
    /// The id of its schema.
    pub id: i32,
    /// The identity of the content.
    pub guid: String,
    /// The schema language.
    pub schema_type: String,
    /// What the text refers to.
    #[serde(default, skip_serializing_if = "nothing")]
    pub references: Option<Vec<Reference>>,
    /// Tags and properties.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Rules that clients execute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The text as it is stored.
    pub schema: String,
    /// When it was registered, in milliseconds since 1970 (UTC).
    pub ts: i64,
    /// Whether it was soft-deleted.
    pub deleted: bool,
}
