//! What becomes of data by something that a rule of policy forbids, as a report shows it.

use serde::{Deserialize, Serialize};
use treaty_schemas::{Line, Severity, finding};

use crate::{Breaks, EvidenceKind, Witness, evidence};

/// What becomes of data by something that a rule of policy forbids.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consequence {
    /// The rule about data; `treaty explain` has its page.
    pub rule: String,
    /// How much it weighs: an error is data that is refused, lost or changed.
    pub severity: Severity,
    /// What becomes of data, in words of reader and writer, as a fragment in lower case.
    pub message: Line,
    /// Who is affected.
    pub breaks: Breaks,
    /// The place in the writer's data.
    #[serde(default)]
    pub data_path: Line,
    /// Why it is to be believed.
    pub evidence: EvidenceKind,
    /// Why no event is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Line>,
    /// An event that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

impl Consequence {
    /// Of the engine's finding about data.
    pub fn new(breaks: Breaks, found: &finding::Finding) -> Consequence {
        let (evidence, witness, reason) = evidence::parts(&found.evidence);
        Consequence {
            rule: found.rule.id.to_owned(),
            severity: found.severity,
            message: found.message.clone(),
            breaks,
            data_path: found.data_path.clone(),
            evidence,
            reason,
            witness,
        }
    }
}
