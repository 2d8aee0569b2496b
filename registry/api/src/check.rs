//! Our own check, `POST /api/v1/subjects/{subject}/check`: it answers with a [`treaty_report::Report`].

use serde::{Deserialize, Serialize};
use treaty_schemas::Mode;

use crate::subjects::NewSchema;

/// A schema that somebody wants to register.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct ProposedSchema {
    /// The schema, as in a registration.
    #[serde(flatten)]
    pub schema: NewSchema,
    /// What the report calls the proposed text: a path in the sender's repository. `proposed` where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The level that the sender wants for the subject: it and the subject's own both have to allow the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// What else the same change proposes: references to these subjects are to the proposed texts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<ProposedSubject>,
}

/// A schema that is proposed for another subject by the same change.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct ProposedSubject {
    /// The subject.
    pub subject: String,
    /// The schema, as in a registration.
    #[serde(flatten)]
    pub schema: NewSchema,
    /// What the report calls the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}
