//! From the document as YAML spells it to what it means. The first of what is wrong is described at once, and the rest
//! counted.
//!
//! Invariants: every list counts its entries while it is read, and reading ends with the first entry too many. Reading is
//! linear: nothing is looked up in the whole text, or in a list, for each entry.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use serde_saphyr::Spanned;
use treaty_schemas::text::yaml;
use treaty_schemas::{DataPath, Mode, ParseError, Source, Span};

use super::fault::Faults;
use super::yaml::{RawContract, RawPin, RawRead, RawReadEntry, RawReads, RawReceives, RawReference, RawSends};
use super::{
    Contract, Decode, MAX_ENTRIES, MAX_NAME_BYTES, MAX_PATH_BYTES, OnLoss, OnMissing, Otherwise, Pin, Placed, Read,
    Reads, Receives, Reference, ReferenceTarget, Retention, Sends, Since, UnknownFields, VERSION, default_subject,
    fault,
};

/// Makes the contract of what was read.
pub(super) fn contract(source: &Source, raw: RawContract) -> Result<Contract, ParseError> {
    let mut convert = Convert {
        decode: Decode::default(),
        source,
        faults: Faults::default(),
        entries: 0,
        one_too_many: None,
    };
    if raw.contract.value != VERSION {
        let span = convert.span(&raw.contract);
        convert.problem(
            span,
            format!("this is a contract of version {}", raw.contract.value),
            Some(format!(
                "this build reads `contract: {VERSION}`; a newer one may read more"
            )),
        );
    }
    let application = convert.text(raw.application);
    let owner = raw.owner.map(|owner| convert.text(owner));
    convert.decode = convert.word(raw.decode, DECODES, Decode::default());
    let sends = convert.list(raw.sends, |convert, sends| Some(convert.sends(sends)));
    let mut receives = convert.list(raw.receives, |convert, receives| Some(convert.receives(receives)));
    count(&mut receives);
    if let Some(entry) = convert.one_too_many {
        // What else is wrong does not matter: the contract has to become shorter first.
        convert.faults = Faults::default();
        convert.problem(
            entry,
            format!("the contract has more than the {MAX_ENTRIES} entries that are allowed"),
            Some("let one application have one contract; read whole fields instead of all that they hold".into()),
        );
    }
    if convert.faults.is_empty() {
        return Ok(Contract {
            source: source.clone(),
            application,
            owner,
            sends,
            receives,
        });
    }
    Err(convert.faults.finish())
}

/// Numbers entries that are about the same event and subject, for the same group.
fn count(receives: &mut [Receives]) {
    let mut known: HashMap<(String, String, Option<String>), usize> = HashMap::with_capacity(receives.len());
    for entry in receives {
        let group = entry.group.as_ref().map(|group| group.value.clone());
        let same = (entry.event.value.clone(), entry.subject.value.clone(), group);
        let count = known.entry(same).or_default();
        entry.ordinal = *count;
        *count += 1;
    }
}

/// The words of `decode`.
const DECODES: &[(&str, Decode)] = &[
    ("pinned", Decode::Pinned),
    ("projected", Decode::Projected),
    ("writer", Decode::Writer),
];

/// The words of `onLoss`.
const LOSSES: &[(&str, OnLoss)] = &[("fail", OnLoss::Fail), ("accept", OnLoss::Accept)];

struct Convert<'a> {
    /// What the top of the file says of entries that do not say it themselves.
    decode: Decode,
    source: &'a Source,
    faults: Faults,
    /// How many entries all lists had so far.
    entries: usize,
    /// The first entry that is too many.
    one_too_many: Option<Span>,
}

impl Convert<'_> {
    fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        yaml::span(self.source, &spanned.referenced)
    }

    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        self.faults.add(self.source, span, |_| (message, help));
    }

    /// Reads a list's entries, until all lists together have too many.
    fn list<R, T>(&mut self, raw: Vec<Spanned<R>>, read: impl Fn(&mut Self, Spanned<R>) -> Option<T>) -> Vec<T> {
        let mut list = Vec::with_capacity(raw.len().min(MAX_ENTRIES));
        for entry in raw {
            if !self.is_allowed(self.span(&entry)) {
                break;
            }
            list.extend(read(self, entry));
        }
        list
    }

    /// Counts an entry of a list; says whether there may be so many.
    fn is_allowed(&mut self, entry: Span) -> bool {
        self.entries += 1;
        if self.entries > MAX_ENTRIES {
            self.one_too_many.get_or_insert(entry);
        }
        self.entries <= MAX_ENTRIES
    }

    /// A name.
    fn text(&mut self, raw: Spanned<String>) -> Placed<String> {
        self.text_of(raw, MAX_NAME_BYTES)
    }

    /// The path of a file.
    fn file(&mut self, raw: Spanned<String>) -> Placed<String> {
        self.text_of(raw, MAX_PATH_BYTES)
    }

    /// A text that says something, in no more than so many bytes.
    fn text_of(&mut self, raw: Spanned<String>, limit: usize) -> Placed<String> {
        let span = self.span(&raw);
        if raw.value.len() > limit {
            self.problem(
                span,
                format!(
                    "this has {} bytes, more than the {limit} that are allowed",
                    raw.value.len()
                ),
                Some("write a shorter one".into()),
            );
        } else if raw.value.trim().is_empty() {
            self.problem(span, "this is empty".into(), Some("write a name".into()));
        } else if raw.value.chars().any(char::is_control) {
            self.problem(
                span,
                "this has a control character in it".into(),
                Some("write it on one line".into()),
            );
        }
        Placed { value: raw.value, span }
    }

    /// One of the words that a key may have.
    fn word<T: Copy>(&mut self, raw: Option<Spanned<String>>, words: &[(&'static str, T)], usual: T) -> T {
        let Some(raw) = raw else {
            return usual;
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == raw.value) {
            return *value;
        }
        let span = self.span(&raw);
        self.faults.add(self.source, span, |search| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            (
                format!("`{}` is not known here", fault::shorten(&raw.value)),
                Some(fault::instead(&raw.value, &known, search)),
            )
        });
        usual
    }

    /// A value that its own type reads.
    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, raw: Option<Spanned<String>>) -> Option<Placed<T>> {
        let raw = raw?;
        let span = self.span(&raw);
        // Nothing that is so long is known; what is said of it need not be long too.
        match fault::shorten(&raw.value).parse() {
            Ok(value) => Some(Placed { value, span }),
            Err(error) => {
                self.problem(span, error.to_string(), None);
                None
            }
        }
    }

    fn subject(
        &mut self,
        raw: Option<Spanned<String>>,
        event: &Placed<String>,
        channel: Option<&Placed<String>>,
    ) -> Placed<String> {
        match raw {
            Some(raw) => self.text(raw),
            None => Placed {
                value: default_subject(&event.value, channel.map(|channel| &*channel.value)),
                span: channel.unwrap_or(event).span,
            },
        }
    }

    fn sends(&mut self, raw: Spanned<RawSends>) -> Sends {
        let span = self.span(&raw);
        let raw = raw.value;
        let event = self.text(raw.event);
        let channel = raw.channel.map(|channel| self.text(channel));
        Sends {
            span,
            subject: self.subject(raw.subject, &event, channel.as_ref()),
            event,
            channel,
            schema: raw.schema.map(|schema| self.file(schema)),
            references: self.references(raw.references),
            retention: self.parsed::<Retention>(raw.retention),
            examples: self.list(raw.examples, |convert, example| Some(convert.file(example))),
            mode: self.parsed::<Mode>(raw.mode),
            later: later([
                ("key", raw.key),
                ("envelope", raw.envelope),
                ("headers", raw.headers),
                ("deprecated", raw.deprecated),
            ]),
        }
    }

    fn receives(&mut self, raw: Spanned<RawReceives>) -> Receives {
        let span = self.span(&raw);
        let raw = raw.value;
        let event = self.text(raw.event);
        let channel = raw.channel.map(|channel| self.text(channel));
        let names_pin = raw.built_against.is_some();
        let built_against = raw.built_against.and_then(|pin| self.pin(pin));
        let reader = raw.reader.map(|reader| self.file(reader));
        let reads = self.reads(raw.reads);
        let decode = match (&reader, raw.decode) {
            (Some(_), decode) => {
                if let Some(decode) = decode {
                    let span = self.span(&decode);
                    self.problem(
                        span,
                        "`decode` and `reader` stand beside each other".into(),
                        Some("leave `decode` out: the schema that `reader` names decodes the events".into()),
                    );
                }
                Decode::Reader
            }
            (None, decode) => self.word(decode, DECODES, self.decode),
        };
        let on_loss = self.word(raw.on_loss, LOSSES, OnLoss::default());
        if reads != Reads::Undeclared && !names_pin && reader.is_none() {
            self.problem(
                span,
                "`builtAgainst` is missing: fields are read as one version of the schema has them".into(),
                Some("add `builtAgainst` with the version that the application was written against".into()),
            );
        }
        Receives {
            span,
            subject: self.subject(raw.subject, &event, channel.as_ref()),
            event,
            channel,
            built_against,
            reader,
            references: self.references(raw.references),
            from: self.word(
                raw.from,
                &[
                    ("live", Since::Live),
                    ("retained", Since::Retained),
                    ("all", Since::All),
                ],
                Since::default(),
            ),
            group: raw.group.map(|group| self.text(group)),
            decode,
            on_loss,
            reads,
            unknown_fields: self.word(
                raw.unknown_fields,
                &[("ignore", UnknownFields::Ignore), ("reject", UnknownFields::Reject)],
                UnknownFields::default(),
            ),
            ordinal: 0,
            later: later([("key", raw.key), ("envelope", raw.envelope), ("headers", raw.headers)]),
        }
    }

    fn pin(&mut self, raw: Spanned<RawPin>) -> Option<Placed<Pin>> {
        let span = self.span(&raw);
        let refused = match raw.value {
            RawPin::Number(number) => match u32::try_from(number) {
                Ok(version @ 1..) => {
                    return Some(Placed {
                        value: Pin::Version(version),
                        span,
                    });
                }
                _ => (format!("{number} is no version"), "versions are counted from 1"),
            },
            RawPin::Text(text) if text == "latest" => (
                "`latest` can change".into(),
                "write the number of the version that the application was written against",
            ),
            RawPin::Text(text) if text.trim().is_empty() => ("this is empty".into(), "write a version or a file"),
            RawPin::Text(value) => {
                let file = self.file(Spanned {
                    value,
                    referenced: raw.referenced,
                    defined: raw.defined,
                });
                return Some(Placed {
                    value: Pin::File(file.value),
                    span,
                });
            }
        };
        self.problem(span, refused.0, Some(refused.1.into()));
        None
    }

    fn references(&mut self, raw: Vec<Spanned<RawReference>>) -> Vec<Reference> {
        self.list(raw, |convert, raw| {
            let span = convert.span(&raw);
            let target = match raw.value {
                RawReference::File(value) => {
                    let file = convert.file(Spanned {
                        value,
                        referenced: raw.referenced,
                        defined: raw.defined,
                    });
                    ReferenceTarget::File(file.value)
                }
                RawReference::Registered(raw) => ReferenceTarget::Registered {
                    name: convert.text(raw.name).value,
                    subject: convert.text(raw.subject).value,
                    version: raw.version.value,
                },
            };
            Some(Reference { span, target })
        })
    }

    fn reads(&mut self, raw: Option<Spanned<RawReads>>) -> Reads {
        let Some(raw) = raw else {
            return Reads::Undeclared;
        };
        let span = self.span(&raw);
        let reads = match raw.value {
            RawReads::Text(text) if text.trim() == "all" => return Reads::All(span),
            RawReads::Text(text) => self.mask(&text, span),
            RawReads::List(list) => self.list(list, Self::read),
        };
        if reads.is_empty() && self.faults.is_empty() {
            self.problem(
                span,
                "no field is read".into(),
                Some("name the fields, or write `reads: all`; leave `reads` out where it is not known yet".into()),
            );
        }
        self.repeated(&reads);
        Reads::Fields(reads)
    }

    /// `"orderId,customer.email"`, as a protobuf field mask is written.
    fn mask(&mut self, text: &str, span: Span) -> Vec<Read> {
        let mut at = 0;
        let mut reads = Vec::new();
        let spelt = self.spelt_at(span, text);
        for part in text.split(',') {
            let name = part.trim();
            let start = at + part.len() - part.trim_start().len();
            let place = match spelt {
                Some(spelt) => Span {
                    start: spelt + start,
                    end: spelt + start + name.len(),
                },
                None => span,
            };
            if !self.is_allowed(place) {
                break;
            }
            reads.extend(self.path(name, place).map(|path| plain(path, place, place)));
            at += part.len() + 1;
        }
        reads
    }

    fn read(&mut self, raw: Spanned<RawRead>) -> Option<Read> {
        let span = self.span(&raw);
        match raw.value {
            RawRead::Path(text) => {
                let place = self.within(span, &text);
                self.path(&text, place).map(|path| plain(path, span, span))
            }
            RawRead::Entry(entry) => self.read_entry(*entry, span),
        }
    }

    fn read_entry(&mut self, entry: RawReadEntry, span: Span) -> Option<Read> {
        let path_span = self.span(&entry.path);
        let place = self.within(path_span, &entry.path.value);
        let path = self.path(&entry.path.value, place);
        let symbols = entry.handles;
        let handles = symbols.map(|symbols| self.list(symbols, |convert, symbol| Some(convert.text(symbol))));
        let otherwise = self.word(
            entry.otherwise,
            &[("fail", Otherwise::Fail), ("ignore", Otherwise::Ignore)],
            Otherwise::default(),
        );
        let missing = entry.on_missing.map(|raw| Spanned {
            value: raw.value.0,
            referenced: raw.referenced,
            defined: raw.defined,
        });
        let on_missing = self.word(
            missing,
            &[
                ("fail", OnMissing::Fail),
                ("default", OnMissing::Default),
                ("null", OnMissing::Null),
            ],
            OnMissing::default(),
        );
        let on_loss = self.word(entry.on_loss, LOSSES, OnLoss::default());
        Some(Read {
            handles,
            otherwise,
            on_missing,
            on_loss,
            ..plain(path?, span, path_span)
        })
    }

    fn path(&mut self, text: &str, place: Span) -> Option<DataPath> {
        match DataPath::parse(text) {
            Ok(path) => Some(path),
            Err(error) => {
                let exact = place.end - place.start == text.len();
                let span = if exact {
                    Span {
                        start: place.start + error.span.start,
                        end: place.start + error.span.end,
                    }
                } else {
                    place
                };
                self.problem(span, error.message.into(), Some(error.help.into()));
                None
            }
        }
    }

    /// The bytes of a scalar's text without its quotes, where the file spells the scalar as it is; else the whole scalar.
    fn within(&self, scalar: Span, text: &str) -> Span {
        match self.spelt_at(scalar, text) {
            Some(start) => Span {
                start,
                end: start + text.len(),
            },
            None => scalar,
        }
    }

    /// Where the file spells a scalar as it is. Compares the whole text: for a scalar of many parts it is asked once.
    fn spelt_at(&self, scalar: Span, text: &str) -> Option<usize> {
        let file = self.source.text();
        let quote = usize::from(file[scalar.start..].starts_with(['"', '\'']));
        let at = scalar.start + quote;
        (file.get(at..at + text.len()) == Some(text)).then_some(at)
    }

    fn repeated(&mut self, reads: &[Read]) {
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(reads.len());
        for read in reads {
            let path = read.path.to_string();
            let Some(first) = seen.get(&path).copied() else {
                seen.insert(path, read.span);
                continue;
            };
            // Finding a line goes through the file.
            self.faults.add(self.source, read.span, |_| {
                let line = self.source.point(first.start).line;
                (
                    format!("`{path}` is read twice, first in line {line}"),
                    Some("keep one of the two entries".into()),
                )
            });
        }
    }
}

/// A field of which nothing else is said.
fn plain(path: DataPath, span: Span, path_span: Span) -> Read {
    Read {
        span,
        path_span,
        path,
        handles: None,
        otherwise: Otherwise::default(),
        on_missing: OnMissing::default(),
        on_loss: OnLoss::default(),
    }
}

fn later<const N: usize>(values: [(&str, Option<serde_json::Value>); N]) -> BTreeMap<String, serde_json::Value> {
    values
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)))
        .collect()
}
