//! Validation of payloads: one entry for the command line and the server, whatever a payload comes in.
//!
//! Streams are read in constant memory: a line, a block or (of a document) a bounded whole at a time. Every invalid
//! record is reported with its place, until the observer has had enough.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::avro::{self, DecodeError, Limits as AvroLimits, Walker, container, from_json, resolve, wire};
use crate::json;
use crate::schema::{Options, Schema, Strictness};
use crate::source::{Point, Source};

mod kind;
mod lines;

pub use kind::PayloadKind;

use lines::{Line, Lines};

/// How much a payload may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For binary data.
    pub avro: AvroLimits,
    /// For a JSON document, or a line of JSON. Its bytes are also the bound for a single binary payload.
    pub json: json::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            avro: AvroLimits::default(),
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
    pub message: String,
    /// How to mend it, where that is known.
    pub help: Option<String>,
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

/// Who follows a validation.
pub trait Observer {
    /// A record is invalid; break to stop.
    fn defect(&mut self, defect: Defect) -> ControlFlow<()>;

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
    /// False where the observer has stopped it.
    pub complete: bool,
}

/// A schema made ready to validate payloads; use it for all that belong to the schema.
#[derive(Debug)]
pub struct Validator {
    /// None for a schema of another language, of which payloads are not validated yet.
    avro: Option<(Arc<avro::Schema>, Walker)>,
    limits: Limits,
}

impl Validator {
    /// Makes a schema ready.
    pub fn new(schema: &Schema, limits: Limits) -> Self {
        let avro = match schema {
            Schema::Avro(schema) => Some((Arc::clone(schema), Walker::new(schema))),
            Schema::Protobuf(_) => None,
        };
        Validator { avro, limits }
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
                message: error.to_string(),
                help: None,
            });
        }
        if first.0.is_empty() { Ok(()) } else { Err(first.0) }
    }

    /// Validates a stream of payloads of one kind: lines of JSON and containers record by record, other kinds as one
    /// record. Objects of a container are checked against the container's schema, and must be readable with this one.
    ///
    /// # Errors
    /// Reading the stream failed. What is wrong with its contents goes to the observer.
    pub fn stream(&self, kind: PayloadKind, input: impl Read, observer: &mut dyn Observer) -> io::Result<Summary> {
        let mut run = Run::new(observer);
        let Some((schema, walker)) = &self.avro else {
            let flow = run.defect(0, None, "payloads of Protobuf are not validated yet".into(), None);
            return Ok(run.finish(flow));
        };
        let flow = match kind {
            PayloadKind::JsonLines => self.lines(schema, input, &mut run)?,
            PayloadKind::Container => {
                let mut input = input;
                container_stream(&mut input, Some(schema), &self.limits.avro, &mut run)?
            }
            PayloadKind::Json | PayloadKind::Binary | PayloadKind::Wire => {
                self.whole((schema, walker), kind, input, &mut run)?
            }
        };
        Ok(run.finish(flow))
    }

    fn lines(&self, schema: &avro::Schema, input: impl Read, run: &mut Run<'_>) -> io::Result<ControlFlow<()>> {
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, input), self.limits.json.bytes);
        while let Some(Line { number, start, bytes }) = lines.next()? {
            if bytes.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace)) {
                continue;
            }
            run.records += 1;
            let flow = match bytes {
                Some(bytes) => self.text(schema, bytes, number - 1, start, run),
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
    fn text(
        &self,
        schema: &avro::Schema,
        bytes: &[u8],
        lines: usize,
        start: u64,
        run: &mut Run<'_>,
    ) -> ControlFlow<()> {
        let text = match simdutf8::compat::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let good = error.valid_up_to();
                let point = Source::new("payload", String::from_utf8_lossy(&bytes[..good])).point(good);
                let point = Point {
                    line: point.line + lines,
                    ..point
                };
                return run.defect(start + good as u64, Some(point), "this is not UTF-8".into(), None);
            }
        };
        let source = Source::new("payload", text);
        let Err(error) = from_json(schema, &source, &self.limits.json) else {
            return ControlFlow::Continue(());
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

    fn whole(
        &self,
        (schema, walker): (&avro::Schema, &Walker),
        kind: PayloadKind,
        input: impl Read,
        run: &mut Run<'_>,
    ) -> io::Result<ControlFlow<()>> {
        let mut bytes = Vec::new();
        let limit = self.limits.json.bytes;
        input.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        run.bytes = bytes.len() as u64;
        run.records = 1;
        if bytes.len() > limit {
            let message = format!("the payload has more than the {limit} bytes that are allowed");
            return Ok(run.defect(0, None, message, None));
        }
        if kind == PayloadKind::Json {
            return Ok(self.text(schema, &bytes, 0, 0, run));
        }
        let (skipped, payload) = if kind == PayloadKind::Wire {
            match wire::split(&bytes) {
                Ok((_, payload)) => (wire::PREFIX, payload),
                Err(error) => return Ok(run.defect(0, None, error.message, None)),
            }
        } else {
            (0, &bytes[..])
        };
        Ok(match walker.walk(payload, &self.limits.avro) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => run.decode_defect(skipped, &error),
        })
    }
}

/// Validates an object container against the schema that it carries itself.
///
/// # Errors
/// As [`Validator::stream`].
pub fn validate_container(
    mut input: impl Read,
    limits: &AvroLimits,
    observer: &mut dyn Observer,
) -> io::Result<Summary> {
    let mut run = Run::new(observer);
    let flow = container_stream(&mut input, None, limits, &mut run)?;
    Ok(run.finish(flow))
}

fn container_stream(
    input: &mut dyn Read,
    reader: Option<&avro::Schema>,
    limits: &AvroLimits,
    run: &mut Run<'_>,
) -> io::Result<ControlFlow<()>> {
    // What a container carries was accepted by its writer; whether it may be registered is another question.
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    let mut container = match container::Reader::open(input, &options, limits) {
        Ok(container) => container,
        Err(error) => return run.container_defect(error),
    };
    let writer = container.schema().clone();
    // Types of equal shape read each other, so that there is nothing to resolve.
    let written = writer.get(writer.root());
    let reader = reader.filter(|reader| {
        let wanted = reader.get(reader.root());
        wanted.shape != written.shape || !written.reads_itself
    });
    loop {
        let offset = container.offset();
        let mut visit = |object: container::Object<'_>| {
            run.records += 1;
            match reader.map(|reader| resolve(reader, &writer, object.bytes, limits)) {
                None | Some(Ok(_)) => ControlFlow::Continue(()),
                Some(Err(error)) => run.defect(offset, None, described(&error), None),
            }
        };
        match container.visit_block(&mut visit) {
            Ok(None) => break,
            Ok(Some(ControlFlow::Break(()))) => return Ok(ControlFlow::Break(())),
            Ok(Some(ControlFlow::Continue(()))) => {}
            Err(error) => {
                if let ControlFlow::Break(()) = run.container_defect(error)? {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        run.progress(container.offset());
    }
    run.bytes = container.offset();
    Ok(ControlFlow::Continue(()))
}

/// What is wrong and where in the data; the place in the bytes is told otherwise.
fn described(error: &DecodeError) -> String {
    if error.path.is_empty() {
        error.message.clone()
    } else {
        format!("{}: {}", error.path, error.message)
    }
}

/// A validation in progress.
struct Run<'o> {
    observer: &'o mut dyn Observer,
    bytes: u64,
    records: u64,
    defects: u64,
    /// Bytes at the last report of progress.
    reported: u64,
}

impl<'o> Run<'o> {
    /// Bytes between two reports of progress.
    const STEP: u64 = 256 * 1024;

    fn new(observer: &'o mut dyn Observer) -> Self {
        Run {
            observer,
            bytes: 0,
            records: 0,
            defects: 0,
            reported: 0,
        }
    }

    fn defect(&mut self, offset: u64, point: Option<Point>, message: String, help: Option<String>) -> ControlFlow<()> {
        self.defects += 1;
        self.observer.defect(Defect {
            record: (self.records > 0).then_some(self.records),
            offset,
            point,
            message,
            help,
        })
    }

    fn decode_defect(&mut self, skipped: usize, error: &DecodeError) -> ControlFlow<()> {
        self.defect((skipped + error.offset) as u64, None, described(error), None)
    }

    fn container_defect(&mut self, error: container::ContainerError) -> io::Result<ControlFlow<()>> {
        if let container::Defect::Io(error) = error.defect {
            return Err(error);
        }
        self.defects += 1;
        if let Some(object) = error.object {
            self.records = self.records.max(object);
        }
        let message = match (&error.defect, error.block) {
            (container::Defect::Object(defect), _) => described(defect),
            (container::Defect::Schema(defect), _) => format!("the schema in the header cannot be used: {defect}"),
            (container::Defect::Header(message), _) => message.clone(),
            (container::Defect::Block(message) | container::Defect::Data(message), block) => {
                format!("block {}: {message}", block.unwrap_or_default())
            }
            (container::Defect::Io(error), _) => error.to_string(),
        };
        Ok(self.observer.defect(Defect {
            record: error.object,
            offset: error.offset,
            point: None,
            message,
            help: None,
        }))
    }

    fn progress(&mut self, bytes: u64) {
        self.bytes = bytes;
        if bytes - self.reported >= Self::STEP {
            self.reported = bytes;
            self.observer.progress(bytes, self.records);
        }
    }

    fn finish(self, flow: ControlFlow<()>) -> Summary {
        self.observer.progress(self.bytes, self.records);
        Summary {
            bytes: self.bytes,
            records: self.records,
            defects: self.defects,
            complete: flow.is_continue(),
        }
    }
}
