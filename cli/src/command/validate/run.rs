//! Goes through the payloads, one after the other.

use std::io::{Cursor, ErrorKind, Read};
use std::ops::ControlFlow;

use treaty_report::plain;
use treaty_schemas::validate::{Defect, Limits, Note, Observer, PayloadKind, validate_container};

use super::payloads::Payload;
use super::reporting::Reporting;
use super::schema::Schemas;
use super::{Arguments, earlier, messages};
use crate::exit::Failure;
use crate::input::unreadable;
use crate::progress::Progress;
use crate::terminal::Terminal;

/// Bytes at the beginning of a payload that its kind is detected from.
const HEAD: u64 = 4096;

/// Validates all of them, until there are as many defects as are wanted. Says whether there was one of which nothing can be said,
/// beside others.
pub(super) fn all(
    payloads: &[Payload],
    arguments: &Arguments,
    schemas: &mut Schemas<'_>,
    report: &mut Reporting,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    let total = payloads.iter().map(Payload::size).sum();
    let mut watch = Watch {
        file: "",
        before: 0,
        max: arguments.max_errors,
        report,
        terminal,
        progress: Progress::new(total),
        failure: None,
    };
    let mut is_unknown = false;
    let mut refused = 0;
    for payload in payloads {
        if watch.report.found() >= watch.max {
            watch.report.stopped();
            break;
        }
        watch.file = &payload.name;
        let before = watch.report.found();
        match one(payload, arguments, schemas, &mut watch)? {
            Ok(kind) if watch.report.found() > before && refused < earlier::MAX_PAYLOADS => {
                refused += 1;
                if let Some(note) = earlier::version(payload, kind, schemas)? {
                    watch.progress.aside(|| watch.report.say(note, watch.terminal));
                }
            }
            Ok(_) => {}
            Err(failure) if payloads.len() == 1 => return Err(failure),
            Err(failure) => {
                is_unknown = true;
                watch.progress.aside(|| watch.terminal.say(&failure.render()));
            }
        }
    }
    Ok(is_unknown)
}

/// Validates one, and says what it comes in; the inner error says that nobody knows how to read it.
fn one<'p>(
    payload: &'p Payload,
    arguments: &Arguments,
    schemas: &mut Schemas<'_>,
    watch: &mut Watch<'_, 'p>,
) -> Result<Result<PayloadKind, Failure>, Failure> {
    let mut input = payload.open()?;
    let cannot_read = |error: std::io::Error| unreadable(&payload.name, &error);
    let mut head = Vec::new();
    (&mut input).take(HEAD).read_to_end(&mut head).map_err(cannot_read)?;
    let kind = arguments
        .kind()
        .unwrap_or_else(|| PayloadKind::of(&payload.name, &head));
    let mut whole = Cursor::new(head).chain(input);
    if kind == PayloadKind::Wire {
        let limit = Limits::default().json.bytes;
        let mut messages = Vec::new();
        (&mut whole)
            .take(limit as u64 + 1)
            .read_to_end(&mut messages)
            .map_err(cannot_read)?;
        let summary = messages::each(&messages, limit, schemas, watch)?;
        watch.before += summary.bytes;
        watch.report.payload(&summary);
        return watch.failure.take().map_or(Ok(Ok(kind)), Err);
    }
    let validator = schemas.choose(&payload.name, kind)?;
    let summary = match validator {
        Some(validator) => validator.stream(kind, whole, watch),
        None => validate_container(whole, &Limits::default(), arguments.logical_types(), watch),
    };
    let summary = match summary {
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(Err(cannot_read(error))),
        summary => summary.map_err(cannot_read)?,
    };
    watch.before += summary.bytes;
    watch.report.payload(&summary);
    watch.failure.take().map_or(Ok(Ok(kind)), Err)
}

/// Shows what happens.
struct Watch<'a, 'p> {
    file: &'p str,
    /// Bytes of the payloads that are done.
    before: u64,
    max: u64,
    report: &'a mut Reporting,
    terminal: &'a mut Terminal,
    progress: Progress,
    /// Standard output takes no more.
    failure: Option<Failure>,
}

impl Observer for Watch<'_, '_> {
    fn defect(&mut self, defect: Defect) -> ControlFlow<()> {
        let said = self
            .progress
            .aside(|| self.report.defect(self.file, defect, self.terminal));
        if let Err(failure) = said {
            self.failure = Some(failure);
            return ControlFlow::Break(());
        }
        match self.report.found() >= self.max {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn note(&mut self, note: Note) {
        self.progress
            .aside(|| self.report.note(self.file, &note, self.terminal));
    }

    fn progress(&mut self, bytes: u64, records: u64) {
        let message = format!("{records} records of {}", plain(self.file));
        self.progress.reach(self.before + bytes, message);
    }
}
