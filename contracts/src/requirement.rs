//! What one consumer needs of one event: the reader that its contract describes.
//!
//! Invariants: a requirement stands alone, so the registry can judge a change without the consumer's files. Its hash
//! names what is needed and nothing else: rebuilding against another version, with an equal projection, keeps it, and
//! with it every verdict that is known for it.

use std::collections::HashSet;

use serde_json::{Value, json};
use treaty_schemas::reads::Read as Selection;
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::{
    Budget, DataPath, Label, Line, ParseError, Problem, Schema, Severity, Source, Span, check_with_notes, to_line,
};

use crate::contract::fault::{self, Faults};
use crate::contract::{Contract, Decode, OnLoss, OnMissing, Otherwise, Read, Reads, Receives, Since, UnknownFields};
use crate::hash;
use crate::project;

/// What one consumer needs of one event.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// The consumer.
    pub application: String,
    /// Whom to talk to.
    pub owner: Option<String>,
    /// The event.
    pub event: String,
    /// Its subject.
    pub subject: String,
    /// The consumer group.
    pub group: Option<String>,
    /// How far back it reads.
    pub from: Since,
    /// What it needs; `None` where the contract does not say.
    pub need: Option<Need>,
    /// The contract's file.
    pub contract: Source,
    /// The entry in it.
    pub span: Span,
    /// Where the entry names the event.
    pub event_span: Span,
    /// See [`Receives::ordinal`].
    pub ordinal: usize,
    hash: String,
}

/// What is read, and with which reader.
#[derive(Debug, Clone)]
pub struct Need {
    /// With which schema it decodes.
    pub decode: Decode,
    /// What it reads, as a reader's schema: what the contract reads of the schema that decodes.
    pub reader: Schema,
    /// The schema of which it reads this: that which it was built against, or its own.
    pub schema: Schema,
    /// The schema that the application was built against, where it is known.
    pub built: Option<Schema>,
    /// The entries that say what is read; none of them where everything is.
    pub reads: Vec<Read>,
    /// What the application does with fields that it does not know.
    pub unknown_fields: UnknownFields,
    /// What it does with numbers that do not come through as they were sent, wherever it reads one.
    pub on_loss: OnLoss,
    /// The place that says what is read where no entry does: `reads: all`, or `reader`.
    pub(crate) whole: Span,
    /// Defaults that the reader takes even for what it was built against, each at the first place that has its types: nothing that a
    /// change could do to it.
    expected_defaults: HashSet<DataPath>,
}

impl Need {
    /// Whether it decodes more of an event than it reads.
    pub(crate) fn decodes_whole(&self) -> bool {
        matches!(self.decode, Decode::Pinned | Decode::Reader) && !self.reads.is_empty()
    }

    /// Whether the reader takes its default here even for what it was built against.
    pub(crate) fn expects_default(&self, event: &str, path: &DataPath, budget: &Budget) -> bool {
        if self.expected_defaults.is_empty() || self.expected_defaults.contains(path) {
            return !self.expected_defaults.is_empty();
        }
        // A comparison reports a type at the first place that has it, so another place is compared alone.
        let Some(built) = self.built.as_ref().filter(|_| self.schema.repeats_types(event)) else {
            return false;
        };
        let only = Selection {
            path,
            symbols: None,
            other_symbols: false,
            null: false,
        };
        let reader = self.schema.project(event, Some(&[only]), budget);
        reader.is_ok_and(|reader| defaults_taken(&reader, built, budget).contains(path))
    }
}

/// The schemas that an entry of a contract needs, parsed.
#[derive(Debug, Clone, Default)]
pub struct Pinned {
    /// The schema at `builtAgainst`.
    pub built: Option<Schema>,
    /// The schema at `reader`.
    pub reader: Option<Schema>,
}

impl Requirement {
    /// What an entry of a contract needs. `pinned` holds the schemas that the entry names.
    ///
    /// # Errors
    /// Every path, symbol or tolerance that does not fit the schema that the application was built against, at its
    /// place in the contract; a schema that the entry names and that is not in `pinned`. Where the budget ends, that it did:
    /// [`Budget::exhausted`] then says why.
    pub fn derive(contract: &Contract, entry: &Receives, pinned: Pinned, budget: &Budget) -> Result<Self, ParseError> {
        let mut faults = Faults::default();
        let derived = Requirement::derive_or_add(contract, entry, pinned, budget, &mut faults, &mut Forms::default());
        derived.ok_or_else(|| {
            if let Some(why) = budget.exhausted() {
                faults.add(&contract.source, entry.span, |_| (why.to_string(), None));
            }
            faults.finish()
        })
    }

    /// The same for one of many entries, whose faults are gathered; that the budget has ended is no fault.
    pub(crate) fn derive_or_add(
        contract: &Contract,
        entry: &Receives,
        pinned: Pinned,
        budget: &Budget,
        faults: &mut Faults,
        forms: &mut Forms,
    ) -> Option<Self> {
        let mut requirement = Requirement {
            application: contract.application.value.clone(),
            owner: contract.owner.as_ref().map(|owner| owner.value.clone()),
            event: entry.event.value.clone(),
            subject: entry.subject.value.clone(),
            group: entry.group.as_ref().map(|group| group.value.clone()),
            from: entry.from,
            need: need(contract, entry, pinned, budget, faults)?,
            contract: contract.source.clone(),
            span: entry.span,
            event_span: entry.event.span,
            ordinal: entry.ordinal,
            hash: String::new(),
        };
        requirement.hash = hash::of(requirement.meaning(entry, budget, forms));
        Some(requirement)
    }

    /// SHA-256, in hexadecimal, of what is needed. Documentation, versions, owners, places and orders do not count.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Bytes that it holds, by estimate on the safe side: what several requirements share counts for each.
    pub fn held(&self) -> usize {
        let texts = [&self.application, &self.event, &self.subject, &self.hash];
        let need = self.need.as_ref().map_or(0, |need| {
            let reads = need.reads.len() * size_of::<Read>() + need.expected_defaults.len() * size_of::<DataPath>();
            need.reader.held() + need.built.as_ref().map_or(0, Schema::held) + 4 * reads
        });
        size_of::<Requirement>() + texts.map(String::len).iter().sum::<usize>() + self.contract.text().len() + need
    }

    /// What is wrong with the name of the event: an error where it decides what is read, and nothing has this name; a warning where it
    /// is no more than a name.
    pub fn wrong_event(&self) -> Option<(Severity, Problem)> {
        let need = self.need.as_ref()?;
        let schemas = std::iter::once(&need.schema).chain(&need.built);
        let (schema, name) = schemas
            .map(|schema| (schema, schema.event_name(&self.event)))
            .find(|(_, name)| !name.is_known)?;
        let (severity, what) = match name.decides {
            true => (Severity::Error, "message"),
            false => (Severity::Warning, "type"),
        };
        let known: Vec<&str> = name.known.iter().map(String::as_str).collect();
        let simple = known.iter().filter_map(|name| Some(name.rsplit_once('.')?.1));
        let help = match nearest(&self.event, known.iter().copied().chain(simple)) {
            Some(near) => to_line!("did you mean `{near}`?"),
            None => to_line!("known are {}", fault::list(&known)),
        };
        let problem = Problem {
            message: to_line!("no {what} of {} is called `{}`", schema.source().name(), self.event),
            source: self.contract.clone(),
            span: self.event_span,
            help: Some(help),
        };
        Some((severity, problem))
    }

    /// The consumer with its owner: `billing (team-payments)`.
    pub fn title(&self) -> String {
        match &self.owner {
            Some(owner) => format!("{} ({owner})", self.application),
            None => self.application.clone(),
        }
    }

    /// A place in the contract, with what is to be said about it.
    pub(crate) fn label(&self, span: Span, note: impl Into<Line>) -> Label {
        Label {
            source: self.contract.clone(),
            at: treaty_schemas::At::Span(span),
            note: note.into(),
        }
    }

    fn meaning(&self, entry: &Receives, budget: &Budget, forms: &mut Forms) -> Value {
        let need = self.need.as_ref().map(|need| {
            let mut overlays: Vec<(String, Value)> = need.reads.iter().filter_map(overlay).collect();
            overlays.sort_by(|a, b| a.0.cmp(&b.0));
            let mut expected: Vec<String> = need.expected_defaults.iter().map(DataPath::to_string).collect();
            expected.sort_unstable();
            json!({
                "format": need.reader.format().name(),
                "decode": need.decode.name(),
                "decoder": need.decodes_whole().then(|| forms.digest(&need.schema, &self.event, budget)),
                "onLoss": need.on_loss.name(),
                "reader": need.reader.reader_form(&self.event),
                "overlays": overlays,
                "expectedDefaults": expected,
                // Where its types stand in several places, those are not all the defaults that it expects.
                "defaultsAgainst": (!expected.is_empty() && need.schema.repeats_types(&self.event))
                    .then(|| need.built.as_ref().map(|built| built.reader_form(&self.event))),
                "unknownFields": need.unknown_fields.name(),
                // Only who refuses unknown fields needs to know which those are.
                "known": (need.unknown_fields == UnknownFields::Reject)
                    .then(|| need.built.as_ref().map(|built| built.reader_form(&self.event))),
            })
        });
        json!({
            "event": self.event,
            "subject": self.subject,
            "from": self.from.name(),
            "need": need,
            "headers": entry.later.get("headers"),
            "key": entry.later.get("key"),
            "envelope": entry.later.get("envelope"),
        })
    }
}

/// The digest of the last form of a schema: entries that name one schema come one after another, and one form may be megabytes.
#[derive(Default)]
pub(crate) struct Forms(Option<(Schema, String)>);

impl Forms {
    /// The digest of everything that decides how a reader of this whole schema reads an event of this name.
    fn digest(&mut self, schema: &Schema, event: &str, budget: &Budget) -> &str {
        // Where a schema describes many events, this is the part of it that describes this one.
        let whole = whole(schema, event, budget);
        let known = self.0.take().filter(|(known, _)| known.is_same(&whole));
        let known = known.unwrap_or_else(|| {
            let digest = hash::of(whole.reader_form(event));
            (whole, digest)
        });
        &self.0.insert(known).1
    }
}

/// What an entry says beyond the projection.
fn overlay(read: &Read) -> Option<(String, Value)> {
    let plain = read.otherwise == Otherwise::Fail
        && read.on_missing == OnMissing::Fail
        && read.on_loss == OnLoss::Fail
        && read.handles.is_none();
    (!plain).then(|| {
        let reported = json!({
            "otherwise": read.otherwise.name(),
            "onMissing": read.on_missing.name(),
            "onLoss": read.on_loss.name(),
            "handles": read.handles.is_some(),
        });
        (read.path.to_string(), reported)
    })
}

/// All of an event. Reading all of a schema fits every schema, but one without a message, which nobody can read.
fn whole(schema: &Schema, event: &str, budget: &Budget) -> Schema {
    schema.project(event, None, budget).unwrap_or_else(|_| schema.clone())
}

/// What an entry needs, if it says so; none where something is wrong, which is a fault, or where the budget has ended.
fn need(
    contract: &Contract,
    entry: &Receives,
    pinned: Pinned,
    budget: &Budget,
    faults: &mut Faults,
) -> Option<Option<Need>> {
    let mut lacking = |span: Span, what: &str| {
        let version = match &entry.built_against {
            Some(pin) => pin.value.meant_version(),
            None => None,
        };
        faults.add(&contract.source, span, |_| {
            let help = match version {
                Some(version) => {
                    format!("write `builtAgainst: {version}`, without quotes, for version {version} of the subject")
                }
                None => "publish the contract with the schemas that it names".to_owned(),
            };
            (
                format!("the schema that {what} names did not come with the contract"),
                Some(help),
            )
        });
        None
    };
    if let (Some(pin), None) = (&entry.built_against, &pinned.built) {
        return lacking(pin.span, "`builtAgainst`");
    }
    let decodes = match (&entry.reader, pinned.reader) {
        (Some(_), Some(reader)) => Some(reader),
        (Some(file), None) => return lacking(file.span, "`reader`"),
        (None, _) => pinned.built.clone(),
    };
    let reads = match (&entry.reads, decodes) {
        (Reads::Undeclared, _) if entry.reader.is_none() => return Some(None),
        (reads, Some(decodes)) => (reads, decodes),
        (_, None) => return lacking(entry.span, "the entry"),
    };
    let event = &entry.event.value;
    let (reads, schema) = reads;
    let (reader, fields, place) = match reads {
        Reads::Fields(reads) => {
            let reader = project::reader(contract, event, &schema, reads, budget, faults)?;
            (reader, reads.clone(), entry.span)
        }
        Reads::All(span) => (whole(&schema, event, budget), Vec::new(), *span),
        Reads::Undeclared => {
            let place = entry.reader.as_ref().map_or(entry.span, |file| file.span);
            (whole(&schema, event, budget), Vec::new(), place)
        }
    };
    let mut need = Need {
        decode: entry.decode,
        reader,
        schema,
        whole: place,
        reads: fields,
        built: pinned.built,
        on_loss: entry.on_loss,
        unknown_fields: entry.unknown_fields,
        expected_defaults: HashSet::new(),
    };
    if let (Some(_), Some(built)) = (&entry.reader, &need.built) {
        need.expected_defaults = defaults_taken(&need.reader, built, budget);
    }
    budget.exhausted().is_none().then_some(Some(need))
}

/// Where a reader takes its defaults for what a writer of this schema sends.
fn defaults_taken(reader: &Schema, writer: &Schema, budget: &Budget) -> HashSet<DataPath> {
    let findings = check_with_notes(reader, writer, budget).findings.into_iter();
    let notes = findings.filter(|finding| finding.severity == Severity::Note);
    notes.map(|finding| finding.reader_path).collect()
}
