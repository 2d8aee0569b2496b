//! What a change does to one published consumer.

use serde::{Deserialize, Serialize};
use treaty_schemas::Verdict;

use super::Finding;

/// Whether a consumer can go on reading. Ordered by how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It reads everything that the proposed schema allows.
    Compatible,
    /// Nobody can tell: its contract says too little, or the engine cannot decide.
    Unknown,
    /// It reads on, but sees a default where it used to see data.
    Silent,
    /// It breaks.
    Incompatible,
}

/// What a change does to one published consumer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consumer {
    /// The application.
    pub application: String,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether it can go on reading.
    pub verdict: Standing,
    /// What was found, each with its place in the consumer's contract.
    pub findings: Vec<Finding>,
}

impl Consumer {
    /// What this consumer's standing means for the verdict over the change. A silent default counts as a break:
    /// the contract would say `onMissing: default` if the consumer could live with it.
    pub fn weight(&self) -> Verdict {
        match self.verdict {
            Standing::Compatible => Verdict::Compatible,
            Standing::Unknown => Verdict::Undecided,
            Standing::Silent | Standing::Incompatible => Verdict::Incompatible,
        }
    }

    /// The application with its owner: `billing (team-money)`.
    pub fn title(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{} ({owner})", self.application),
            None => self.application.clone(),
        }
    }
}
