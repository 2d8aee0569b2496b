//! What a comparison found: a rule, a place on both sides, help, and evidence.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::data_path::DataPath;
use crate::effect::{Effect, Outcome};
use crate::opinion::Opinion;
use crate::text::shown::{Line, WITNESS_BYTES};
use crate::text::source::{Path, Point, Source, Span};

/// A named way in which a reader can fail to take what a writer writes.
///
/// The page is its documentation, its help text and its test; see `schemas/rules/`.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `<format>/<defect>`, for instance `avro/field-without-default`.
    pub id: &'static str,
    /// The rule's page, in Markdown.
    pub page: &'static str,
    /// What its findings usually do to a reader of the data.
    pub effect: Effect,
    /// What the reader's decoder usually gives.
    pub outcome: Outcome,
}

impl Rule {
    /// The heading of the page: the rule in a few words.
    pub fn title(&self) -> &'static str {
        self.page
            .lines()
            .find_map(|line| line.strip_prefix("# "))
            .unwrap_or(self.id)
    }
}

/// Declares the rules of a format, each with its page `rules/<format>/<defect>.md`, the usual effect of its findings and the
/// usual outcome, and the list of all of them. Rules without these two are policy, whatever becomes of the data.
#[macro_export]
macro_rules! declare_rules {
    ($dir:literal: $($(#[$doc:meta])* $name:ident = $defect:expr;)*) => {
        $crate::declare_rules! { $dir: $($(#[$doc])* $name = $defect, Policy, Same;)* }
    };
    ($dir:literal: $($(#[$doc:meta])* $name:ident = $defect:expr, $effect:ident, $outcome:ident;)*) => {
        $(
            $(#[$doc])*
            pub static $name: $crate::finding::Rule = $crate::finding::Rule {
                id: concat!($dir, "/", $defect),
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $dir, "/", $defect, ".md")),
                effect: $crate::effect::Effect::$effect,
                outcome: $crate::effect::Outcome::$outcome,
            };
        )*
        /// Every rule of this format.
        pub static ALL: &[&$crate::finding::Rule] = &[$(&$name),*];
    };
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; the verdict does not depend on it.
    Note,
    /// Data gets through, but not unharmed (a promotion that loses precision).
    Warning,
    /// The reader cannot take what the writer may write.
    Error,
}

impl Severity {
    /// The word that reports use.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place in a schema, a contract or a payload, and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text in which the place lies: the schema's own, or that of a schema it refers to.
    pub source: Source,
    /// The place in that text.
    pub at: At,
    /// What is to be said about it, as a fragment in lower case.
    pub note: Line,
}

/// A place in a text, looked up only when it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum At {
    /// A path into a JSON document.
    Path(Path),
    /// Bytes of any text.
    Span(Span),
}

impl Label {
    /// The bytes of the place. Reads the whole text when the place is a path.
    pub fn span(&self) -> Span {
        match &self.at {
            At::Path(path) => self.source.span(path),
            At::Span(span) => *span,
        }
    }

    /// Line and column of the place.
    pub fn point(&self) -> Point {
        self.source.point(self.span().start)
    }
}

/// Why a finding is to be believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Evidence {
    /// A payload that the writer's schema allows and that the reader refuses or changes; the decoder has confirmed it.
    Witness(Box<Witness>),
    /// The specification allows the payload, and Avro Java, the decoder of most Kafka clients, refuses or changes it all the same.
    AvroJava(Box<Witness>),
    /// A rule forbids it, but no payload fails.
    Policy(&'static str),
    /// Payloads fail, but the smallest one is too large to be shown; why.
    Omitted(Line),
    /// Nothing can be shown here: another finding, which has a witness, stops every payload before it gets this far.
    None,
}

/// A concrete event that breaks. It is never larger than [`WITNESS_BYTES`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The payload as JSON (for Avro: in its JSON encoding).
    pub value: String,
    /// The payload as the writer puts it on the wire, without any framing.
    pub bytes: Vec<u8>,
    /// What the reader makes of it: its error, or the value that it sees instead.
    pub observed: Observed,
    /// Where in `value` the place of the finding begins, in bytes.
    pub at: usize,
    /// The full name of the message that the bytes are, where the bytes do not say it and the schema has several.
    pub message: Option<Box<str>>,
    /// What a decoder of others makes of it, where one was asked.
    pub opinion: Option<Box<Opinion>>,
    /// Only [`Evidence::witness`] makes one.
    _small: Small,
}

/// What only this module has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Small;

impl Evidence {
    /// A witness, unless it is too large to be shown.
    pub(crate) fn witness(value: String, bytes: Vec<u8>, observed: Observed, at: usize) -> Evidence {
        let text = match &observed {
            Observed::Refused(text) | Observed::Changed(text) => text.len(),
        };
        // Reports carry the bytes in base64.
        let weight = value.len() + bytes.len().div_ceil(3) * 4 + text;
        if weight > WITNESS_BYTES {
            return Evidence::Omitted(crate::to_line!(
                "the smallest payload that shows it has {weight} bytes as JSON and in base64, and no more than {WITNESS_BYTES} are shown"
            ));
        }
        Evidence::Witness(Box::new(Witness {
            value,
            bytes,
            observed,
            at,
            message: None,
            opinion: None,
            _small: Small,
        }))
    }

    /// The same, where it is Avro Java alone that does not take the payload.
    pub(crate) fn in_avro_java(self) -> Evidence {
        match self {
            Evidence::Witness(witness) => Evidence::AvroJava(witness),
            Evidence::AvroJava(_) | Evidence::Policy(_) | Evidence::Omitted(_) | Evidence::None => self,
        }
    }

    /// The payload, where there is one.
    pub fn payload(&self) -> Option<&Witness> {
        match self {
            Evidence::Witness(witness) | Evidence::AvroJava(witness) => Some(witness),
            Evidence::Policy(_) | Evidence::Omitted(_) | Evidence::None => None,
        }
    }

    /// The same, with what a decoder of others makes of the payload, where there is one.
    #[cfg(feature = "second-opinion")]
    pub(crate) fn with_opinion(mut self, opinion: impl FnOnce(&Witness) -> Opinion) -> Evidence {
        if let Evidence::Witness(witness) | Evidence::AvroJava(witness) = &mut self {
            witness.opinion = Some(Box::new(opinion(witness)));
        }
        self
    }

    /// The same, of a message of this name.
    pub(crate) fn of_message(mut self, name: &str) -> Evidence {
        if let Evidence::Witness(witness) = &mut self {
            witness.message = Some(name.into());
        }
        self
    }
}

/// What became of a witness in the reader's decoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Observed {
    /// The decoder refuses the payload with this error.
    Refused(Line),
    /// The decoder takes the payload and yields another value, shown here.
    Changed(Line),
}

/// One thing that a comparison found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it does to a reader of the data.
    pub effect: Effect,
    /// What the reader's decoder gives.
    pub outcome: Outcome,
    /// How much it weighs.
    pub severity: Severity,
    /// What is wrong, in words of reader and writer, as a fragment in lower case.
    pub message: Line,
    /// The place in the reader's schema.
    pub reader: Label,
    /// The place in the writer's schema.
    pub writer: Label,
    /// How to mend it.
    pub help: Line,
    /// Why it is to be believed.
    pub evidence: Evidence,
    /// Further places that it is about, the reader's and the writer's of each: a finding about an enum's numbers shows one
    /// and concerns them all. What several findings would repeat is only with the first. Not shown.
    pub also: Vec<(Label, Label)>,
    /// The place in the *writer's data*: `lines[].sku`; `[]` array items, `{}` map values, `(Type)` a union's branch.
    pub data_path: Line,
    /// The writer's schema has no such place: it is the reader's alone, and `data_path` ends above it.
    pub never_written: bool,
    /// The place in what the *reader* sees, by the reader's names; at most the first [`crate::data_path::MAX_STEPS`] steps.
    pub reader_path: DataPath,
}

impl fmt::Display for Finding {
    /// The whole finding in a few plain lines; the command line has a richer rendering with excerpts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.severity.name(), self.rule.id, self.message)?;
        for (side, label) in [("reader", &self.reader), ("writer", &self.writer)] {
            writeln!(f, "  {side} {}:{}: {}", label.source.name(), label.point(), label.note)?;
        }
        match &self.evidence {
            Evidence::Witness(witness) => {
                match &witness.message {
                    Some(message) => writeln!(f, "  witness {message} {}", witness.value)?,
                    None => writeln!(f, "  witness {}", witness.value)?,
                }
                match &witness.observed {
                    Observed::Refused(error) => writeln!(f, "  refused: {error}")?,
                    Observed::Changed(seen) => writeln!(f, "  changed: {seen}")?,
                }
            }
            Evidence::AvroJava(witness) => {
                writeln!(f, "  witness {}", witness.value)?;
                match &witness.observed {
                    Observed::Refused(error) => writeln!(f, "  refused by Avro Java: {error}")?,
                    Observed::Changed(seen) => writeln!(f, "  changed by Avro Java: {seen}")?,
                }
            }
            Evidence::Policy(why) => writeln!(f, "  policy: {why}")?,
            Evidence::Omitted(why) => writeln!(f, "  no witness: {why}")?,
            Evidence::None => {}
        }
        write!(f, "  help: {}", self.help)
    }
}
