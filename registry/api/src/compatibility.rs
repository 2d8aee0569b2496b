//! The answer of Confluent's compatibility check.

use serde::{Deserialize, Serialize};

/// Whether a schema could be registered. `messages` is there only when reasons were asked for; then also when it is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompatibilityCheck {
    /// The verdict.
    pub is_compatible: bool,
    /// The reasons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
}
