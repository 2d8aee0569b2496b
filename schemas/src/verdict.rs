//! What is said of one reader and one writer, and by which set of rules.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::budget::Exhausted;
use crate::finding::{Evidence, Finding, Severity};
use crate::text::shown::Line;
use crate::to_line;

/// The answer to "can this reader take everything that this writer may write?".
///
/// Ordered by how bad it is, so that the worst of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Yes, and that is proved.
    Compatible,
    /// The engine cannot tell. Never to be taken for a yes.
    Undecided,
    /// No.
    Incompatible,
}

impl Verdict {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Compatible => "compatible",
            Verdict::Undecided => "undecided",
            Verdict::Incompatible => "incompatible",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose rules decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleSet {
    /// The verdicts of Confluent's registry.
    Confluent,
    /// What can really happen to data.
    Semantic,
}

/// One reason why Confluent's registry calls a pair incompatible, in the terms that it uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Confluent's name for the kind of difference, for instance `READER_FIELD_MISSING_DEFAULT_VALUE`.
    pub kind: &'static str,
    /// A JSON pointer into the reader's schema.
    pub path: Line,
    /// What differs: a field's name, the symbols that are missing, what was expected.
    pub info: Line,
    /// The reason in words; `{reader}` and `{writer}` stand for whatever the caller calls the two.
    pub template: Line,
    /// How the three are put together.
    pub shape: Shape,
}

/// How Confluent's registry writes a difference: each of its formats has a way of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// With kind, description and additional information, in single quotes.
    Avro,
    /// With kind and description, in double quotes.
    Protobuf,
    /// The description alone.
    Plain,
}

impl Difference {
    /// The reason as Confluent's API spells it, the two sides called by these words (`new` and `old`).
    pub fn describe(&self, reader: &str, writer: &str) -> Line {
        let description = self.template.replace("{reader}", reader).replace("{writer}", writer);
        let (kind, info) = (self.kind, &self.info);
        match self.shape {
            Shape::Avro => to_line!("{{errorType:'{kind}', description:'{description}', additionalInfo:'{info}'}}"),
            Shape::Protobuf => to_line!("{{errorType:\"{kind}\", description:\"{description}\"}}"),
            Shape::Plain => description.into(),
        }
    }
}

/// The kind of the difference that says that not everything was looked at.
const UNDECIDED: &str = "UNDECIDED";

/// How much of a pair is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything that is wrong.
    All,
    /// And what is worth a note.
    WithNotes,
    /// What is wrong; findings only where Confluent's rules have nothing against the pair.
    Registration,
}

impl Scope {
    /// Whether findings are asked for, given Confluent's differences.
    pub fn asks_for_findings(self, differences: &[Difference]) -> bool {
        self != Scope::Registration || differences.is_empty()
    }

    /// Whether notes are asked for.
    pub fn asks_for_notes(self) -> bool {
        self == Scope::WithNotes
    }
}

/// Everything that was found about one reader and one writer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What was found, the worst first and otherwise in the order of the reader's schema.
    pub findings: Vec<Finding>,
    /// Confluent's list; empty means that Confluent's registry calls the pair compatible.
    pub differences: Vec<Difference>,
    /// Why the semantic verdict could not be reached, where it could not. Whether that was for the budget, the
    /// [`Budget`](crate::Budget) says.
    pub undecided: Option<Line>,
}

impl Comparison {
    /// That of a pair whose budget ended before everything was looked at. What was found until then is left out: it depends on
    /// where the budget ended, and would look like all that there is.
    pub(crate) fn cut(why: Exhausted, shape: Shape) -> Comparison {
        let mut comparison = Comparison::default();
        comparison.leave_open(Line::new(why), shape);
        comparison
    }

    /// Makes this the comparison of a pair of which not everything was looked at: undecided. Confluent's answer knows no
    /// "perhaps", and what was not looked at must not pass for compatible.
    pub(crate) fn leave_open(&mut self, why: Line, shape: Shape) {
        if self.differences.is_empty() {
            self.differences.push(Difference {
                kind: UNDECIDED,
                path: "/".into(),
                info: why.clone(),
                template: "The {reader} schema could not be compared with the {writer} schema".into(),
                shape,
            });
        }
        self.undecided = Some(why);
    }

    /// The verdict of one set of rules.
    pub fn verdict(&self, rules: RuleSet) -> Verdict {
        match rules {
            RuleSet::Confluent if self.differences.is_empty() => Verdict::Compatible,
            RuleSet::Confluent if self.differences.iter().all(|found| found.kind == UNDECIDED) => Verdict::Undecided,
            RuleSet::Confluent => Verdict::Incompatible,
            RuleSet::Semantic if self.findings.iter().any(affects_data) => Verdict::Incompatible,
            RuleSet::Semantic if self.undecided.is_some() => Verdict::Undecided,
            RuleSet::Semantic => Verdict::Compatible,
        }
    }

    /// The worse of both verdicts.
    pub fn worst(&self) -> Verdict {
        self.verdict(RuleSet::Confluent).max(self.verdict(RuleSet::Semantic))
    }
}

/// An error that is more than policy: some payload does not come through.
fn affects_data(finding: &Finding) -> bool {
    finding.severity == Severity::Error && !matches!(finding.evidence, Evidence::Policy(_))
}
