//! The contract document, `treaty.yaml`: which events an application sends, which it receives, and what it reads of
//! those.
//!
//! Invariants: every entry keeps its place in the file, so that a finding can point at it; a document that was read
//! is whole: each entry has its event and its subject, each path is a path. What needs another file or the registry
//! (does the path exist?) is not decided here but in [`crate::requirement`].
//!
//! `key`, `envelope`, `headers` and `deprecated` are part of the format already: they are read and kept, but nothing
//! is judged by them yet.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use treaty_schemas::{DataPath, Label, Line, Mode, ParseError, Source, Span};

mod convert;
pub(crate) mod fault;
mod json;
mod retention;
mod yaml;

pub use retention::Retention;

/// The version of the document that this build reads: `contract: 1`.
pub const VERSION: u64 = 1;
/// A larger file is refused, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// More entries of all lists together are refused: `sends`, `receives`, `reads`, `handles`, `references`, `examples`.
pub const MAX_ENTRIES: usize = 10_000;
/// A longer name (of an application, an event, a subject, a symbol) is refused, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;
/// A longer path of a file is refused, in bytes.
pub const MAX_PATH_BYTES: usize = 4096;

/// A value and its bytes in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where the file says it.
    pub span: Span,
}

/// What one application promises and needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    /// The file.
    pub source: Source,
    /// The application's name.
    pub application: Placed<String>,
    /// Whom to talk to, for instance a team.
    pub owner: Option<Placed<String>>,
    /// The events that it sends, in the order of the file.
    pub sends: Vec<Sends>,
    /// The events that it receives, in the order of the file.
    pub receives: Vec<Receives>,
}

/// An event that the application sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Sends {
    /// The place of the entry.
    pub span: Span,
    /// The event's lasting name, by custom the full name of its record.
    pub event: Placed<String>,
    /// The registry's subject; see [`default_subject`] for entries that do not say it.
    pub subject: Placed<String>,
    /// The topic or queue.
    pub channel: Option<Placed<String>>,
    /// The file of the schema that the application owns; without one it sends what the subject holds.
    pub schema: Option<Placed<String>>,
    /// What that schema refers to.
    pub references: Vec<Reference>,
    /// How long what was sent can still be read.
    pub retention: Option<Placed<Retention>>,
    /// Files of sample payloads; `*` stands for any part of a file's name.
    pub examples: Vec<Placed<String>>,
    /// The compatibility level that the application wants for its subject.
    pub mode: Option<Placed<Mode>>,
    /// What is not judged yet, by key.
    pub later: BTreeMap<String, serde_json::Value>,
}

/// An event that the application receives.
#[derive(Debug, Clone, PartialEq)]
pub struct Receives {
    /// The place of the entry.
    pub span: Span,
    /// The event's lasting name.
    pub event: Placed<String>,
    /// The registry's subject; see [`default_subject`] for entries that do not say it.
    pub subject: Placed<String>,
    /// The topic or queue.
    pub channel: Option<Placed<String>>,
    /// The schema that the application was written against.
    pub built_against: Option<Placed<Pin>>,
    /// The file of the schema that the application decodes with, where it has one of its own.
    pub reader: Option<Placed<String>>,
    /// What the schema in a file, `builtAgainst` or `reader`, refers to.
    pub references: Vec<Reference>,
    /// How far back it reads.
    pub from: Since,
    /// The consumer group, to be found again on a broker.
    pub group: Option<Placed<String>>,
    /// How it decodes events, as the entry or the top of the file says.
    pub decode: Decode,
    /// What it does with numbers that do not come through as they were sent, wherever it reads one.
    pub on_loss: OnLoss,
    /// What it reads.
    pub reads: Reads,
    /// What it does with fields that it does not know.
    pub unknown_fields: UnknownFields,
    /// How many entries before it are about the same event and subject, for the same group.
    pub ordinal: usize,
    /// What is not judged yet, by key.
    pub later: BTreeMap<String, serde_json::Value>,
}

/// The schema that a consumer was built against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pin {
    /// A version of the entry's subject.
    Version(u32),
    /// A file beside the contract.
    File(String),
}

impl Pin {
    /// The version that was meant by a name of a file which is a number.
    pub fn meant_version(&self) -> Option<u32> {
        match self {
            Pin::Version(_) => None,
            Pin::File(name) => name.parse().ok(),
        }
    }
}

impl fmt::Display for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pin::Version(version) => write!(f, "{version}"),
            Pin::File(path) => f.write_str(path),
        }
    }
}

/// A schema that another one refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The place of the entry.
    pub span: Span,
    /// Where the schema is.
    pub target: ReferenceTarget,
}

/// Where a schema that is referred to is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceTarget {
    /// A file beside the contract.
    File(String),
    /// A registered version.
    Registered {
        /// The name under which the referring schema knows it; for Avro the full name of the type.
        name: String,
        /// Its subject.
        subject: String,
        /// Its version.
        version: u32,
    },
}

/// How far back a consumer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Since {
    /// Only what is sent while it runs.
    Live,
    /// Everything that is retained.
    #[default]
    Retained,
    /// Everything that was ever sent.
    All,
}

impl Since {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            Since::Live => "live",
            Since::Retained => "retained",
            Since::All => "all",
        }
    }
}

/// With which schema a consumer decodes events. What it *reads* of them says nothing about that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decode {
    /// With the whole schema that it was built against, as generated classes do: an event that this schema cannot decode is
    /// lost, whatever is read of it.
    #[default]
    Pinned,
    /// With no more than what it reads: a pruned reader's schema.
    Projected,
    /// With the writer's schema alone, as generic records and most dynamic languages do: no defaults, no aliases.
    Writer,
    /// With a schema of its own: the file that `reader` names.
    Reader,
}

impl Decode {
    /// The word of the document; that of a schema of its own is the key which names it.
    pub fn name(self) -> &'static str {
        match self {
            Decode::Pinned => "pinned",
            Decode::Projected => "projected",
            Decode::Writer => "writer",
            Decode::Reader => "reader",
        }
    }
}

/// What a consumer does with a number that its decoder gives as another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnLoss {
    /// It would do the wrong thing.
    #[default]
    Fail,
    /// It can do with the other number.
    Accept,
}

impl OnLoss {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            OnLoss::Fail => "fail",
            OnLoss::Accept => "accept",
        }
    }
}

/// What a consumer does with fields that it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownFields {
    /// It does not look at them.
    #[default]
    Ignore,
    /// It refuses the event.
    Reject,
}

impl UnknownFields {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            UnknownFields::Ignore => "ignore",
            UnknownFields::Reject => "reject",
        }
    }
}

/// What a consumer reads of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reads {
    /// It does not say. Nothing can be judged for it.
    Undeclared,
    /// Everything that the pinned schema has.
    All(Span),
    /// These fields, in the order of the file.
    Fields(Vec<Read>),
}

/// A field that a consumer reads, and what it takes for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The place of the entry.
    pub span: Span,
    /// The place of the path in it.
    pub path_span: Span,
    /// The field.
    pub path: DataPath,
    /// The symbols of an enum that it knows what to do with; `None` for all that the pinned schema has.
    pub handles: Option<Vec<Placed<String>>>,
    /// What it does with others.
    pub otherwise: Otherwise,
    /// What it does when the field is not there.
    pub on_missing: OnMissing,
    /// What it does with numbers that do not come through as they were sent.
    pub on_loss: OnLoss,
}

/// What a consumer does with an enum's symbol that it does not handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Otherwise {
    /// It fails.
    #[default]
    Fail,
    /// It passes over the event, or does without the value.
    Ignore,
}

impl Otherwise {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            Otherwise::Fail => "fail",
            Otherwise::Ignore => "ignore",
        }
    }
}

/// What a consumer does when a field is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnMissing {
    /// It fails, or would do the wrong thing with a default.
    #[default]
    Fail,
    /// It is content with the default of the pinned schema.
    Default,
    /// It takes null for it, also where the writer sends one, or null for something on the way to the field.
    Null,
}

impl OnMissing {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            OnMissing::Fail => "fail",
            OnMissing::Default => "default",
            OnMissing::Null => "null",
        }
    }
}

impl Contract {
    /// Reads a document. JSON is YAML too.
    ///
    /// # Errors
    /// What is wrong with it, each at its place: the first twenty faults, and how many more there are; where the text is no
    /// YAML or lacks what every contract has, only the first.
    pub fn read(source: &Source) -> Result<Self, ParseError> {
        let raw = yaml::read(source)?;
        convert::contract(source, raw)
    }

    /// The keys of entries that are kept and that nothing is judged by yet, each with the place of the first entry that has it.
    pub fn not_judged(&self) -> BTreeMap<&str, Span> {
        let sends = self.sends.iter().flat_map(|entry| {
            let retention = entry.retention.iter().map(|_| "retention");
            let examples = entry.examples.first().map(|_| "examples");
            let later = entry.later.keys().map(String::as_str);
            let keys = retention.chain(examples).chain(later);
            keys.map(|key| (key, entry.span))
        });
        let receives = self.receives.iter().flat_map(|entry| {
            let keys = entry.later.keys();
            keys.map(|key| (key.as_str(), entry.span))
        });
        let mut first = BTreeMap::new();
        for (key, span) in sends.chain(receives) {
            first.entry(key).or_insert(span);
        }
        first
    }

    /// The document as JSON, keys sorted, without places: two files that say the same are equal in it.
    pub fn to_json(&self) -> serde_json::Value {
        json::contract(self)
    }

    /// A place in the file, with what is to be said about it.
    pub fn label(&self, span: Span, note: impl Into<Line>) -> Label {
        Label {
            source: self.source.clone(),
            at: treaty_schemas::At::Span(span),
            note: note.into(),
        }
    }
}

/// The subject of an entry that does not name one: `<channel>-value` where it has a channel, as Confluent's
/// serializers name subjects unless told otherwise (`TopicNameStrategy`); else the event (`RecordNameStrategy`).
pub fn default_subject(event: &str, channel: Option<&str>) -> String {
    match channel {
        Some(channel) => format!("{channel}-value"),
        None => event.to_owned(),
    }
}
