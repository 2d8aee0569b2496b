//! Why a finding is to be believed, as a report shows it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use treaty_schemas::{Line, finding};

/// The kind of evidence that a finding has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A payload that fails; the finding carries it, and a decoder has confirmed it.
    Witness,
    /// The same, and it is Avro Java alone that refuses or changes it: the specification allows it.
    AvroJava,
    /// A rule forbids the change, though no payload fails.
    Policy,
    /// Payloads fail, but none is small enough to be shown.
    Omitted,
    /// Nothing to prove, or shown with another finding of the same cause.
    None,
}

/// A concrete event that breaks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Witness {
    /// The event as JSON (for Avro, in its JSON encoding), its members in the order of the schema.
    pub value: Box<RawValue>,
    /// The event as the writer puts it on the wire, without framing, in base64.
    pub bytes: String,
    /// What became of it in the reader's decoder.
    pub outcome: Outcome,
    /// The full name of the message that the event is, where a schema may describe several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Line>,
    /// Where in `value` the place of the finding begins, in bytes; the beginning where that is the whole event.
    #[serde(default, skip_serializing_if = "is_beginning")]
    pub at: usize,
}

fn is_beginning(at: &usize) -> bool {
    *at == 0
}

/// What became of a witness in the reader's decoder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The decoder refuses the payload with this error.
    Refused(Line),
    /// The decoder takes the payload and sees this instead.
    Changed(Line),
}

impl Witness {
    /// Of the engine's witness.
    pub fn new(witness: &finding::Witness) -> Witness {
        let value = RawValue::from_string(witness.value.clone())
            .or_else(|_| serde_json::value::to_raw_value(&witness.value))
            .unwrap_or_default();
        Witness {
            value,
            bytes: STANDARD.encode(&witness.bytes),
            outcome: match &witness.observed {
                finding::Observed::Refused(error) => Outcome::Refused(error.clone()),
                finding::Observed::Changed(seen) => Outcome::Changed(seen.clone()),
            },
            message: witness.message.as_deref().map(Line::from),
            at: witness.at,
        }
    }
}

/// The kind of evidence, the witness where there is one, and the reason why there is none.
pub(crate) fn parts(evidence: &finding::Evidence) -> (EvidenceKind, Option<Witness>, Option<Line>) {
    match evidence {
        finding::Evidence::Witness(witness) => (EvidenceKind::Witness, Some(Witness::new(witness)), None),
        finding::Evidence::AvroJava(witness) => (EvidenceKind::AvroJava, Some(Witness::new(witness)), None),
        finding::Evidence::Policy(why) => (EvidenceKind::Policy, None, Some((*why).into())),
        finding::Evidence::Omitted(why) => (EvidenceKind::Omitted, None, Some(why.clone())),
        finding::Evidence::None => (EvidenceKind::None, None, None),
    }
}
