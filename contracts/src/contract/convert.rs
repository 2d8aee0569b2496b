//! From the document as YAML spells it to what it means. Everything that is wrong is told at once.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_saphyr::Spanned;
use treaty_schemas::{DataPath, Mode, ParseError, Problem, Source, Span};

use super::yaml::{RawContract, RawPin, RawRead, RawReads, RawReceives, RawReference, RawSends};
use super::{
    Contract, MAX_ENTRIES, OnMissing, Otherwise, Pin, Placed, Read, Reads, Receives, Reference, ReferenceTarget,
    Retention, Sends, Since, UnknownFields, VERSION, default_subject, fault,
};

/// Makes the contract of what was read.
pub(super) fn contract(source: &Source, raw: RawContract) -> Result<Contract, ParseError> {
    let mut convert = Convert {
        source,
        problems: Vec::new(),
        entries: 0,
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
    let sends = raw.sends.into_iter().map(|sends| convert.sends(sends)).collect();
    let receives = raw
        .receives
        .into_iter()
        .map(|receives| convert.receives(receives))
        .collect();
    if convert.entries > MAX_ENTRIES {
        let message = format!(
            "the contract has {} entries, more than the {MAX_ENTRIES} that are allowed",
            convert.entries
        );
        convert.problem(
            Span::default(),
            message,
            Some("let one application have one contract".into()),
        );
    }
    if convert.problems.is_empty() {
        return Ok(Contract {
            source: source.clone(),
            application,
            owner,
            sends,
            receives,
        });
    }
    convert.problems.sort_by_key(|problem| problem.span.start);
    Err(ParseError {
        problems: convert.problems,
    })
}

struct Convert<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
    entries: usize,
}

impl Convert<'_> {
    fn span<T>(&self, spanned: &Spanned<T>) -> Span {
        fault::span(self.source, &spanned.referenced)
    }

    fn problem(&mut self, span: Span, message: String, help: Option<String>) {
        self.problems.push(Problem {
            message,
            source: self.source.clone(),
            span,
            help,
        });
    }

    /// A text that says something.
    fn text(&mut self, raw: Spanned<String>) -> Placed<String> {
        let span = self.span(&raw);
        if raw.value.trim().is_empty() {
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
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let span = self.span(&raw);
        self.problem(
            span,
            format!("`{}` is not known here", fault::shorten(&raw.value)),
            Some(fault::instead(&raw.value, &known)),
        );
        usual
    }

    /// A value that its own type reads.
    fn parsed<T: FromStr<Err: std::fmt::Display>>(&mut self, raw: Option<Spanned<String>>) -> Option<Placed<T>> {
        let raw = raw?;
        let span = self.span(&raw);
        match raw.value.parse() {
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
        self.entries += 1;
        let span = self.span(&raw);
        let raw = raw.value;
        let event = self.text(raw.event);
        let channel = raw.channel.map(|channel| self.text(channel));
        Sends {
            span,
            subject: self.subject(raw.subject, &event, channel.as_ref()),
            event,
            channel,
            schema: raw.schema.map(|schema| self.text(schema)),
            references: self.references(raw.references),
            retention: self.parsed::<Retention>(raw.retention),
            examples: raw.examples.into_iter().map(|example| self.text(example)).collect(),
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
        self.entries += 1;
        let span = self.span(&raw);
        let raw = raw.value;
        let event = self.text(raw.event);
        let channel = raw.channel.map(|channel| self.text(channel));
        let names_pin = raw.built_against.is_some();
        let built_against = raw.built_against.and_then(|pin| self.pin(pin));
        let reader = raw.reader.map(|reader| self.text(reader));
        let reads = self.reads(raw.reads, reader.is_some());
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
            reads,
            unknown_fields: self.word(
                raw.unknown_fields,
                &[("ignore", UnknownFields::Ignore), ("reject", UnknownFields::Reject)],
                UnknownFields::default(),
            ),
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
                "`latest` is another schema tomorrow".into(),
                "write the number of the version that the application was written against",
            ),
            RawPin::Text(text) if text.trim().is_empty() => ("this is empty".into(), "write a version or a file"),
            RawPin::Text(text) => {
                return Some(Placed {
                    value: Pin::File(text),
                    span,
                });
            }
        };
        self.problem(span, refused.0, Some(refused.1.into()));
        None
    }

    fn references(&mut self, raw: Vec<Spanned<RawReference>>) -> Vec<Reference> {
        self.entries += raw.len();
        raw.into_iter()
            .map(|raw| Reference {
                span: self.span(&raw),
                target: match raw.value {
                    RawReference::File(file) => ReferenceTarget::File(file),
                    RawReference::Registered(raw) => ReferenceTarget::Registered {
                        name: self.text(raw.name).value,
                        subject: self.text(raw.subject).value,
                        version: raw.version.value,
                    },
                },
            })
            .collect()
    }

    fn reads(&mut self, raw: Option<Spanned<RawReads>>, has_reader: bool) -> Reads {
        let Some(raw) = raw else {
            return Reads::Undeclared;
        };
        let span = self.span(&raw);
        if has_reader {
            self.problem(
                span,
                "`reads` and `reader` stand beside each other".into(),
                Some("keep one: a reader's schema says already what is read".into()),
            );
        }
        let reads = match raw.value {
            RawReads::Text(text) if text.trim() == "all" => return Reads::All(span),
            RawReads::Text(text) => self.mask(&text, span),
            RawReads::List(list) => list.into_iter().filter_map(|read| self.read(read)).collect(),
        };
        self.entries += reads.len();
        if reads.is_empty() && self.problems.is_empty() {
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
        for part in text.split(',') {
            let name = part.trim();
            let start = at + part.len() - part.trim_start().len();
            let place = self.within(span, text, start, start + name.len());
            reads.extend(self.path(name, place).map(|path| plain(path, place, place)));
            at += part.len() + 1;
        }
        reads
    }

    fn read(&mut self, raw: Spanned<RawRead>) -> Option<Read> {
        let span = self.span(&raw);
        match raw.value {
            RawRead::Path(text) => {
                let place = self.within(span, &text, 0, text.len());
                self.path(&text, place).map(|path| plain(path, span, span))
            }
            RawRead::Entry(entry) => {
                let entry = *entry;
                let path_span = self.span(&entry.path);
                let place = self.within(path_span, &entry.path.value, 0, entry.path.value.len());
                let path = self.path(&entry.path.value, place);
                let handles = entry.handles.map(|symbols| {
                    self.entries += symbols.len();
                    symbols.into_iter().map(|symbol| self.text(symbol)).collect()
                });
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
                Some(Read {
                    handles,
                    otherwise,
                    on_missing,
                    ..plain(path?, span, path_span)
                })
            }
        }
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
                self.problem(span, error.message, Some(error.help));
                None
            }
        }
    }

    /// The bytes of a part of a scalar's text, where the file spells the scalar as it is; else the whole scalar.
    fn within(&self, scalar: Span, text: &str, start: usize, end: usize) -> Span {
        let file = self.source.text();
        let quote = usize::from(file[scalar.start..].starts_with(['"', '\'']));
        let at = scalar.start + quote;
        match file.get(at..at + text.len()) {
            Some(spelt) if spelt == text => Span {
                start: at + start,
                end: at + end,
            },
            _ => scalar,
        }
    }

    fn repeated(&mut self, reads: &[Read]) {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        for read in reads {
            if let Some(first) = seen.insert(read.path.to_string(), read.span) {
                let line = self.source.point(first.start).line;
                self.problem(
                    read.span,
                    format!("`{}` is read twice, first in line {line}", read.path),
                    Some("keep one of the two entries".into()),
                );
            }
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
    }
}

fn later<const N: usize>(values: [(&str, Option<serde_json::Value>); N]) -> BTreeMap<String, serde_json::Value> {
    values
        .into_iter()
        .filter_map(|(key, value)| value.map(|value| (key.to_owned(), value)))
        .collect()
}
