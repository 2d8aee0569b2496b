//! One thing that was found, as a report shows it.

use serde::{Deserialize, Serialize};
use treaty_schemas::{Direction, Label, Line, Severity, finding};

use crate::{Consequence, EvidenceKind, Place, Texts, Witness, evidence, fingerprint};

/// Who is affected by a finding. Stable words of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Consumers that read with an earlier schema, when events of the proposed one arrive (FORWARD).
    OldConsumers,
    /// Consumers that read with the proposed schema, when events of an earlier one arrive (BACKWARD).
    NewConsumers,
}

impl From<Direction> for Breaks {
    fn from(direction: Direction) -> Breaks {
        match direction {
            Direction::Backward => Breaks::NewConsumers,
            Direction::Forward => Breaks::OldConsumers,
        }
    }
}

impl Breaks {
    /// The word that the report uses.
    pub fn name(self) -> &'static str {
        match self {
            Breaks::OldConsumers => "old-consumers",
            Breaks::NewConsumers => "new-consumers",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule's id, for instance `avro/field-without-default`; `treaty explain` has its page.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in words of reader and writer, as a fragment in lower case.
    pub message: Line,
    /// How to mend it.
    pub help: Line,
    /// Who is affected.
    pub breaks: Breaks,
    /// The same change affects the others too, in the other direction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub breaks_both: bool,
    /// The earlier versions against which it was found, newest first. Empty for files.
    #[serde(default)]
    pub against: Vec<u32>,
    /// The place in the writer's data: `lines[].sku`; empty for the whole event.
    #[serde(default)]
    pub data_path: Line,
    /// The place in the reader's schema.
    pub reader: Place,
    /// The place in the writer's schema.
    pub writer: Place,
    /// The place in the consumer's contract, for a finding of a consumer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Place>,
    /// Why it is to be believed.
    pub evidence: EvidenceKind,
    /// Why no event fails, or why none is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Line>,
    /// An event that breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// What becomes of data by something that a rule of policy forbids, what weighs more first; `evidence` and `witness` are
    /// those of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<Consequence>,
    /// Twelve hexadecimal digits that stay the same in every format of a report, wherever its lines move, however it is worded,
    /// whatever its files are called. No two findings of a report have the same.
    pub fingerprint: String,
    #[serde(skip)]
    _built: Built,
}

/// Only [`FindingBuilder`] makes a finding.
#[derive(Debug, Clone, Copy, Default)]
struct Built;

/// What a finding belongs to: the first part of its fingerprint.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// The subject; empty where files are compared that belong to none.
    pub subject: &'a str,
    /// The application, for a consumer's finding.
    pub application: &'a str,
    /// The event that the application receives.
    pub event: &'a str,
    /// The consumer group in which it receives it; empty where the contract names none.
    pub group: &'a str,
    /// How many entries of the contract before it are equal in all this.
    pub ordinal: usize,
}

/// Makes a finding of the report from the engine's.
#[must_use]
pub struct FindingBuilder<'f> {
    scope: Scope<'f>,
    breaks: Breaks,
    found: &'f finding::Finding,
    version: Option<u32>,
    contract: Option<&'f Label>,
    consequences: Vec<Consequence>,
    element: Option<String>,
}

impl<'f> FindingBuilder<'f> {
    /// Of what the engine found; `breaks` says who is affected by it.
    pub fn new(scope: Scope<'f>, breaks: Breaks, found: &'f finding::Finding) -> FindingBuilder<'f> {
        FindingBuilder {
            scope,
            breaks,
            found,
            version: None,
            contract: None,
            consequences: Vec::new(),
            element: None,
        }
    }

    /// The earlier version against which it was found, where there is one.
    pub fn against(self, version: Option<u32>) -> FindingBuilder<'f> {
        FindingBuilder { version, ..self }
    }

    /// The place in the consumer's contract.
    pub fn contract(self, place: &'f Label) -> FindingBuilder<'f> {
        FindingBuilder {
            contract: Some(place),
            ..self
        }
    }

    /// What becomes of data by it, what weighs more first.
    pub fn consequences(self, consequences: Vec<Consequence>) -> FindingBuilder<'f> {
        FindingBuilder { consequences, ..self }
    }

    /// The full name of what it is about, where no path through data leads there.
    pub fn about(self, element: String) -> FindingBuilder<'f> {
        FindingBuilder {
            element: Some(element),
            ..self
        }
    }

    /// The finding, with its places looked up in their texts.
    pub fn build(self, texts: &mut Texts) -> Finding {
        let found = self.found;
        let (evidence, witness, reason) = evidence::parts(&found.evidence);
        Finding {
            rule: found.rule.id.to_owned(),
            severity: found.severity,
            message: found.message.clone(),
            help: found.help.clone(),
            breaks: self.breaks,
            breaks_both: false,
            against: self.version.into_iter().collect(),
            data_path: found.data_path.clone(),
            reader: Place::new(&found.reader, texts),
            writer: Place::new(&found.writer, texts),
            contract: self.contract.map(|place| Place::new(place, texts)),
            evidence,
            reason,
            witness,
            consequences: self.consequences,
            fingerprint: fingerprint::of(self.scope, self.breaks, found, self.element.as_deref(), texts),
            _built: Built,
        }
    }
}

impl Finding {
    /// The place in the proposed schema.
    pub fn proposed(&self) -> &Place {
        match self.breaks {
            Breaks::NewConsumers => &self.reader,
            Breaks::OldConsumers => &self.writer,
        }
    }

    /// The place in the earlier schema.
    pub fn earlier(&self) -> &Place {
        match self.breaks {
            Breaks::NewConsumers => &self.writer,
            Breaks::OldConsumers => &self.reader,
        }
    }
}
