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
    /// Judge by this mode rather than by the subject's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
}
