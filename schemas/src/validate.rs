//! Validation of payloads: one entry for the command line and the server, whatever a payload comes in.
//!
//! Streams are read in constant memory: a line, a block or (of a document) a bounded whole at a time. Every invalid
//! record is reported with its place, until the observer has had enough.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;

use crate::avro::Limits as AvroLimits;
use crate::protobuf::{DataLimits, Unknown};
use crate::schema::Schema;
use crate::text::json;
use crate::text::shown::Line;
use crate::text::source::{Point, Source};
use crate::to_line;

mod container;
mod delimited;
mod engine;
mod kind;
mod lines;
mod messages;
mod run;

pub use container::validate_container;
pub use kind::PayloadKind;
pub use messages::{Effort, Message};

use delimited::{Delimited, Framed, Next};
use engine::{Engine, Valid};
use lines::{Lines, TextLine};
use run::Run;

/// How much a payload may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For Avro's binary data.
    pub avro: AvroLimits,
    /// For Protobuf's binary data.
    pub protobuf: DataLimits,
    /// For a JSON document, or a line of JSON. Its bytes are also the bound for a single binary payload.
    pub json: json::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            avro: AvroLimits::default(),
            protobuf: DataLimits::default(),
            json: json::Limits {
                bytes: 16 * 1024 * 1024,
                depth: json::Limits::MAX_DEPTH,
            },
        }
    }
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The number of the record in its stream, from 1; none where the stream itself is damaged.
    pub record: Option<u64>,
    /// The offset in the stream, in bytes; of compressed data, that of its block.
    pub offset: u64,
    /// Line and column in the stream, for text.
    pub point: Option<Point>,
    /// What is wrong and where in the data, as a fragment in lower case.
    pub message: Line,
    /// How to mend it, where that is known.
    pub help: Option<Line>,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.point, self.record) {
            (Some(point), _) => write!(f, "{point}: {}", self.message)?,
            (None, Some(record)) => write!(f, "record {record}, byte {}: {}", self.offset, self.message)?,
            (None, None) => write!(f, "byte {}: {}", self.offset, self.message)?,
        }
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// Whether values of Avro's logical types have to be such: uuids, decimals within their precision, times of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogicalTypes {
    /// A value that is none of its logical type is a defect.
    #[default]
    Checked,
    /// The underlying types alone decide.
    Ignored,
}

/// Something valid that may surprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What sort of thing it is: whoever reads of many records may want to read of each sort once.
    pub kind: NoteKind,
    /// What it is and where in the data, as a fragment in lower case.
    pub text: Line,
}

/// A sort of [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// A decimal stands in JSON as its digits, which are taken for its bytes.
    DecimalAsDigits,
    /// Clients of the registry take message indexes for different messages.
    MessageIndexes,
}

/// Who follows a validation.
pub trait Observer {
    /// A record is invalid; break to stop.
    fn defect(&mut self, defect: Defect) -> ControlFlow<()>;

    /// Something is valid and may surprise.
    fn note(&mut self, note: Note) {
        let _ = note;
    }

    /// So many bytes of the stream, and so many records in it, are done. Called now and then.
    fn progress(&mut self, bytes: u64, records: u64) {
        let _ = (bytes, records);
    }
}

/// What a validation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Bytes that were read.
    pub bytes: u64,
    /// Records that were looked at.
    pub records: u64,
    /// Records that are invalid, and damages of the stream itself.
    pub defects: u64,
    /// Fields of valid records that the schema does not know. Only Protobuf has such.
    pub unknown: u64,
    /// False where the observer has stopped it.
    pub complete: bool,
}

/// A schema made ready to validate payloads; use it for all that belong to the schema.
#[derive(Debug)]
pub struct Validator {
    engine: Engine,
    limits: Limits,
}

/// A message that was asked for cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NoMessage {
    /// Why, as a fragment in lower case.
    pub message: Line,
    /// The full names of the main file's messages, at most 100.
    pub known: Vec<Line>,
}

impl NoMessage {
    pub(crate) fn new(schema: &crate::protobuf::Schema, name: &str) -> NoMessage {
        NoMessage {
            message: to_line!("there is no message `{name}` in `{}`", schema.source().name()),
            known: schema.own_messages().take(100).map(|(_, name)| name.into()).collect(),
        }
    }
}

impl Validator {
    /// Makes a schema ready. Payloads of Protobuf are the first message of the main file; in the wire format they say
    /// themselves which they are.
    pub fn new(schema: &Schema, limits: Limits) -> Self {
        Validator {
            engine: Engine::new(schema),
            limits,
        }
    }

    /// Says which message of a Protobuf schema the payloads are, by its full name or by the name that it has in the main
    /// file's package.
    ///
    /// # Errors
    /// No message of the schema has that name, or the schema is not Protobuf.
    pub fn with_message(mut self, name: &str) -> Result<Self, NoMessage> {
        let Engine::Protobuf { walker, chosen, .. } = &mut self.engine else {
            return Err(NoMessage {
                message: "an Avro schema has no messages to choose from".into(),
                known: Vec::new(),
            });
        };
        let schema = walker.schema();
        let found = schema.message_named(name);
        *chosen = Some(found.ok_or_else(|| NoMessage::new(schema, name))?);
        Ok(self)
    }

    /// Refuses fields that the schema does not know, where they would be counted otherwise. In JSON they always are.
    #[must_use]
    pub fn deny_unknown(mut self) -> Self {
        if let Engine::Protobuf { unknown, .. } = &mut self.engine {
            *unknown = Unknown::Refused;
        }
        self
    }

    /// Says whether the values of logical types have to be such; they have to, unless this is called.
    #[must_use]
    pub fn with_logical_types(mut self, logical_types: LogicalTypes) -> Self {
        self.engine.set_logical_types(logical_types);
        self
    }

    /// Validates one payload in memory. Of a message in the wire format the id is not looked at: whoever knows the
    /// registry has looked up the schema by it. A container may hold any number of objects.
    ///
    /// # Errors
    /// What is wrong, in the order of the payload, at most 20 defects; at least one.
    pub fn payload(&self, kind: PayloadKind, bytes: &[u8]) -> Result<(), Vec<Defect>> {
        struct First(Vec<Defect>);
        impl Observer for First {
            fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
                self.0.push(defect);
                if self.0.len() < 20 {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            }
        }
        let mut first = First(Vec::new());
        if let Err(error) = self.stream(kind, bytes, &mut first) {
            first.0.push(Defect {
                record: None,
                offset: 0,
                point: None,
                message: error.to_string().into(),
                help: None,
            });
        }
        if first.0.is_empty() { Ok(()) } else { Err(first.0) }
    }

    /// Validates a stream of payloads of one kind: lines of JSON, containers and delimited messages record by record,
    /// other kinds as one record. Objects of a container are checked against the container's schema, and must be readable with this one.
    ///
    /// # Errors
    /// Reading the stream failed. What is wrong with its contents goes to the observer.
    pub fn stream(&self, kind: PayloadKind, input: impl Read, observer: &mut dyn Observer) -> io::Result<Summary> {
        let mut run = Run::new(observer);
        let flow = match (kind, &self.engine) {
            (PayloadKind::JsonLines, _) => self.lines(input, &mut run)?,
            (
                PayloadKind::Container,
                Engine::Avro {
                    schema, logical_types, ..
                },
            ) => {
                let mut input = input;
                container::stream(&mut input, Some(schema), &self.limits.avro, *logical_types, &mut run)?
            }
            (PayloadKind::Delimited, Engine::Protobuf { .. }) => self.delimited(input, &mut run)?,
            (PayloadKind::Container, Engine::Protobuf { .. }) => {
                run.defect(0, None, "an object container holds data of Avro, not of Protobuf", None)
            }
            (PayloadKind::Delimited, Engine::Avro { .. }) => {
                let message = "a stream with a length before each record holds data of Protobuf, not of Avro";
                run.defect(0, None, message, None)
            }
            (PayloadKind::Json | PayloadKind::Binary | PayloadKind::Wire, _) => self.whole(kind, input, &mut run)?,
        };
        Ok(run.finish(flow))
    }

    fn delimited(&self, input: impl Read, run: &mut Run<'_>) -> io::Result<ControlFlow<()>> {
        let mut messages = Delimited::new(input, self.limits.protobuf.message_bytes);
        loop {
            match messages.next()? {
                Next::End => break,
                Next::Damage(offset, message) => {
                    let flow = run.damage(offset, message);
                    run.bytes = messages.offset();
                    return Ok(flow);
                }
                Next::Message(Framed { start, bytes }) => {
                    run.records += 1;
                    if self
                        .judged(self.engine.binary(bytes, &self.limits), start, run)
                        .is_break()
                    {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
            run.progress(messages.offset());
        }
        run.bytes = messages.offset();
        Ok(ControlFlow::Continue(()))
    }

    /// Takes down what came out for a record that begins at `start`.
    fn judged(&self, outcome: Result<Valid, engine::Misfit>, start: u64, run: &mut Run<'_>) -> ControlFlow<()> {
        match outcome {
            Ok(valid) => {
                run.unknown += valid.unknown;
                valid.note.into_iter().for_each(|note| run.note(note));
                ControlFlow::Continue(())
            }
            Err(misfit) => run.defect(start + misfit.offset as u64, None, misfit.message, None),
        }
    }

    fn lines(&self, input: impl Read, run: &mut Run<'_>) -> io::Result<ControlFlow<()>> {
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, input), self.limits.json.bytes);
        while let Some(TextLine { number, start, bytes }) = lines.next()? {
            if bytes.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            run.records += 1;
            let flow = match bytes {
                Some(bytes) => self.text(bytes, number - 1, start, run),
                None => {
                    let message = format!(
                        "the line has more than the {} bytes that are allowed",
                        self.limits.json.bytes
                    );
                    run.defect(
                        start,
                        Some(Point {
                            line: number,
                            column: 1,
                        }),
                        message,
                        None,
                    )
                }
            };
            if flow.is_break() {
                return Ok(flow);
            }
            run.progress(lines.offset());
        }
        run.bytes = lines.offset();
        Ok(ControlFlow::Continue(()))
    }

    /// A JSON text that begins after so many lines and bytes of the stream.
    fn text(&self, bytes: &[u8], lines: usize, start: u64, run: &mut Run<'_>) -> ControlFlow<()> {
        let text = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = error.valid_up_to();
                let point = Source::new("payload", String::from_utf8_lossy(&bytes[..good])).point(good);
                let point = Point {
                    line: point.line + lines,
                    ..point
                };
                return run.defect(start + good as u64, Some(point), "this is not UTF-8", None);
            }
        };
        let source = Source::new("payload", text);
        let error = match self.engine.json(&source, &self.limits) {
            Ok(note) => {
                note.into_iter().for_each(|note| run.note(note));
                return ControlFlow::Continue(());
            }
            Err(error) => error,
        };
        for problem in error.problems {
            let point = problem.point();
            let point = Point {
                line: point.line + lines,
                ..point
            };
            run.defect(
                start + problem.span.start as u64,
                Some(point),
                problem.message,
                problem.help,
            )?;
        }
        ControlFlow::Continue(())
    }

    fn whole(&self, kind: PayloadKind, input: impl Read, run: &mut Run<'_>) -> io::Result<ControlFlow<()>> {
        let mut bytes = Vec::new();
        let limit = self.limits.json.bytes;
        input.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        run.bytes = bytes.len() as u64;
        run.records = 1;
        if bytes.len() > limit {
            let message = format!("the payload has more than the {limit} bytes that are allowed");
            return Ok(run.defect(0, None, message, None));
        }
        Ok(match kind {
            PayloadKind::Json => self.text(&bytes, 0, 0, run),
            PayloadKind::Wire => self.judged(self.engine.wire(&bytes, &self.limits), 0, run),
            _ => self.judged(self.engine.binary(&bytes, &self.limits), 0, run),
        })
    }
}

/// What is wrong and where in the data; the place in the bytes is reported otherwise.
fn described(path: &str, message: &str) -> String {
    if path.is_empty() {
        message.to_owned()
    } else {
        format!("{path}: {message}")
    }
}
