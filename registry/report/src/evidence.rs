//! Why a finding is to be believed, as a report shows it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use treaty_schemas::opinion::library;
use treaty_schemas::{Format, Line, Opinion, Saying, finding, to_line};

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
#[serde(rename_all = "camelCase")]
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
    /// What a decoder of others makes of it, where whoever reports asked one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_opinion: Option<SecondOpinion>,
}

/// What a decoder of others makes of a witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondOpinion {
    /// The library that was asked, with its version: `apache-avro 0.22.0`.
    pub by: Line,
    /// What it says of the finding.
    pub says: Says,
    /// The quirk of the library that explains it, by its name in `docs/second-opinion.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quirk: Option<Line>,
    /// What the quirk is, what the library reads, or why it was not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Line>,
}

/// What a library says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// It refuses the event too, or reads it as the finding says.
    Confirmed,
    /// It does otherwise, as it is known to.
    Quirk,
    /// It does otherwise.
    Reads,
    /// It was not asked.
    NotAsked,
}

impl SecondOpinion {
    /// Of the engine's.
    pub fn new(opinion: &Opinion) -> SecondOpinion {
        let (says, quirk) = match &opinion.says {
            Saying::Confirmed => (Says::Confirmed, None),
            Saying::Quirk(quirk) => (Says::Quirk, Some(quirk.id.into())),
            Saying::Reads(_) => (Says::Reads, None),
            Saying::NotAsked(_) => (Says::NotAsked, None),
        };
        SecondOpinion {
            by: Line::new(opinion.by),
            says,
            quirk,
            detail: opinion.says.detail(),
        }
    }

    /// Where a library was not asked about schemas of this language, and why.
    pub fn not_asked(format: Format, why: impl Into<Line>) -> SecondOpinion {
        SecondOpinion {
            by: Line::new(library(format)),
            says: Says::NotAsked,
            quirk: None,
            detail: Some(why.into()),
        }
    }

    /// As one line of text.
    pub fn line(&self) -> Line {
        // `0.22` of `0.22.0`.
        let by = self.by.rsplit_once('.').map_or(&*self.by, |(short, _)| short);
        let detail = self.detail.as_deref().unwrap_or_default();
        match self.says {
            Says::Confirmed => to_line!("confirmed by {by}"),
            Says::Quirk => to_line!("{by} {detail} (a known quirk)"),
            Says::Reads => to_line!("{by} reads it as {detail}"),
            Says::NotAsked => to_line!("{by} was not asked: {detail}"),
        }
    }
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
            second_opinion: witness.opinion.as_deref().map(SecondOpinion::new),
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
