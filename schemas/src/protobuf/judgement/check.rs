//! Can this reader take everything that this writer may write?
//!
//! Protobuf decodes nearly anything into something, so the question is what a program that reads then sees. Messages are
//! paired by full name (with other packages: by the name within), their fields by number, and what a field holds by what
//! lies on the wire. Another name alone does not matter there; a name that has moved to another number does. Every error has a payload of the writer that the
//! decoder refuses, or of which the reader sees something else than was written.
//!
//! A writer writes what its own schema has a name for: of an enum the numbers that it declares, of a string UTF-8 unless
//! nothing checks it. Numbers that an open enum passes on for others are judged under the schema of who sent them first.
//!
//! | class | what happens | weighs | why |
//! |---|---|---|---|
//! | decode error | a required field is missing; what must be UTF-8 is not; bytes are taken for a message or packed numbers | error | nothing of the event is read |
//! | field lost | wire types differ, also packed against single; the reader declares the field and it stays empty | error | what was written is not seen |
//! | value changed | a number does not fit, loses its sign, or is laid out otherwise; an enum's name has another number; a list is read as one; a zero that is not written meets another default | error | what is seen was not written |
//! | oneof case lost | fields that may be set together meet in a oneof; a oneof's case is unknown to the reader, whose oneof then looks unset | error | what is declared as a choice is read as another, or none |
//! | unknown number, closed enum | the number is put aside, the field looks unset | error | what was written is not seen |
//! | type missing | no message of that name reads the event | error; a warning for a message that is part of another | events are looked up by name; parts by the field that they are in |
//! | unknown number, open enum | the number arrives without a name | warning | nothing is lost, and code for it can be written |
//! | presence | a zero looks absent, or nothing looks like zero | warning | no value is another, though a distinction is gone |
//! | other default | where nothing is written, each side sees its own default | warning | nothing that was written is concerned; a zero that *was* meant but is not written is an error |
//! | entries collapse | messages with one key become one entry of a map | warning | the step is documented as safe and writers of maps-to-be send each key once, but nothing holds them to it |
//! | message as bytes | the reader has the bytes of a message, undecoded | error | what is seen is another value, in ProtoJSON too |
//! | not an entry | a map meets messages without a key or a value, with more than these, or a single one | error | keys and values are read that nobody wrote, or none |
//! | other well-known type | one of two messages is a `Timestamp`, a `Duration`, a wrapper …, and the other is not | error | the bytes are alike, and mean another thing |
//! | moved name | a field or an enum's value of this name has another number | error | the reader knows the name, and never sees what is written under it |
//! | unchecked text | a string that nobody checks is read by a reader that does, or bytes by one that does not | warning | strings are text by the specification; bytes arrive as they are, in string types that may not hold them |
//! | ProtoJSON alone | a field or an enum's value has another name, or a value another form | warning | registries carry binary data; readers of JSON must look |
//! | other package | all full names differ | policy | bytes can be read; names in `Any` and in registries cannot |
//! | unknown field | the reader lacks the field and passes it on | note | this is how Protobuf is meant to change |
//! | not written | the writer lacks the field and the reader takes a default | note | likewise; contracts look closer |
//!
//! Groups are fields of a wire type of their own. `Any` is compared as the message that it is: what is packed in it is not
//! known here.

// A kind that is added must be thought of in every place that judges.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

mod confluent;
mod describe;
mod enumeration;
mod field;
mod field_view;
mod findings;
mod forbidden;
pub(in crate::protobuf) mod label;
mod mismatch;
mod number;
#[cfg(feature = "second-opinion")]
mod opinion;
mod paths;
mod related;
pub mod tree;
mod walk;
mod well_known;
mod witness;

#[cfg(feature = "second-opinion")]
pub(crate) use opinion::QUIRKS;
use rustc_hash::FxHashSet;

use super::rules;
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataPath;
use crate::effect::Outcome;
use crate::finding::{Evidence, Finding, Label, Severity};
use crate::protobuf::judgement::project::project;
use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{FileSet, MessageId, Schema};
use crate::reads::{ProjectError, Unread};
use crate::text::shown::Line;
use crate::to_line;
use crate::verdict::{Comparison, Scope, Shape};
use forbidden::ErrorIndex;
use label::{at_message, label};
use walk::walk;
use witness::WitnessBuilder;

const UNFINISHED: &str =
    "the two schemas differ in more places, or have more fields to compare, than the engine looks at";
const READABLE: &str = "the bytes can be read; only the full names differ";

/// Compares a reader with a writer: every incompatibility, not only the first.
pub fn check(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::All, budget)
}

/// Like [`check`], and also notes what either side does not know of the other.
pub fn check_with_notes(reader: &Schema, writer: &Schema, budget: &Budget) -> Comparison {
    compare(reader, writer, Scope::WithNotes, budget)
}

/// The fields of the writer's event that the reader does not know: fields are told by their numbers.
///
/// # Errors
/// When the budget ends.
pub(crate) fn unread_fields(
    reader: &Schema,
    writer: &Schema,
    event: &str,
    budget: &Budget,
) -> Result<Vec<Unread>, Exhausted> {
    // Of a schema without a message nothing is ever sent.
    let sent = match project(writer, event, None, budget) {
        Ok(sent) => sent,
        Err(ProjectError::Exhausted(why)) => return Err(why),
        Err(ProjectError::Misread(_)) => return Ok(Vec::new()),
    };
    // Read the other way round, it is what the other side never writes.
    let findings = check_with_notes(&sent, reader, budget).findings.into_iter();
    let unread = findings.filter(|finding| finding.never_written).map(|finding| Unread {
        path: finding.reader_path,
        reader: finding.writer,
        writer: finding.reader,
    });
    Ok(unread.collect())
}

pub(crate) fn compare(reader: &Schema, writer: &Schema, scope: Scope, budget: &Budget) -> Comparison {
    let mut comparison = Comparison::default();
    if let Err(why) = fill(&mut comparison, reader, writer, scope, budget) {
        return Comparison::cut(why, Shape::Protobuf);
    }
    comparison
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    comparison
}

fn fill(
    comparison: &mut Comparison,
    reader: &Schema,
    writer: &Schema,
    scope: Scope,
    budget: &Budget,
) -> Result<(), Exhausted> {
    let mut differences = Vec::new();
    if reader.event.is_none() {
        differences = confluent::differences(reader, writer, budget)?;
        comparison.differences = differences.iter().map(|(difference, _)| difference.clone()).collect();
        if !scope.asks_for_findings(&comparison.differences) {
            return Ok(());
        }
    }
    // Every message is looked at once, for what it needs and holds.
    budget.spend(reader.set.messages.len() + writer.set.messages.len())?;
    let mut errors = ErrorIndex::default();
    let mut builder = WitnessBuilder::new(&reader.set, &writer.set, budget);
    if reader.main().package != writer.main().package {
        comparison.findings.push(other_package(reader, writer));
    }
    let events = match &reader.event {
        Some(event) => match matching(writer, reader, event.message) {
            Some(found) => vec![walk::Event {
                reader: event.message,
                writer: found,
            }],
            None => {
                comparison.findings.push(never_sent(reader, writer, event.message));
                Vec::new()
            }
        },
        None => events(reader, writer, &mut builder, &mut errors, comparison)?,
    };
    let exists = |message| builder.exists(message);
    let walked = walk(reader, &writer.set, &events, &exists, scope.asks_for_notes(), budget)?;
    findings::collect(&reader.set, &writer.set, &walked, &mut builder, &mut errors, comparison)?;
    comparison
        .findings
        .extend(forbidden::findings(reader, writer, &differences, &errors));
    if let Some(doubt) = walked.doubt() {
        comparison.undecided = Some(doubt);
    }
    Ok(())
}

/// The messages of the writer that may be events, each with the reader's that reads it.
fn events(
    reader: &Schema,
    writer: &Schema,
    builder: &mut WitnessBuilder<'_>,
    errors: &mut ErrorIndex,
    comparison: &mut Comparison,
) -> Result<Vec<walk::Event>, Exhausted> {
    let mut events = Vec::new();
    for (message, is_part) in messages(writer) {
        match matching(reader, writer, message) {
            Some(found) => events.push(walk::Event {
                reader: found,
                writer: message,
            }),
            None if builder.exists(message) => {
                let finding = missing(reader, writer, message, is_part, builder)?;
                if finding.severity == Severity::Error {
                    errors.message(message);
                }
                comparison.findings.push(finding);
            }
            None => {}
        }
    }
    Ok(events)
}

/// The messages of the main file that may be events, and whether each is also part of another. Those that are not come
/// first, so that what is found in a part is reported by the way from the event.
fn messages(schema: &Schema) -> Vec<(MessageId, bool)> {
    let set = &schema.set;
    let mut found: Vec<MessageId> = schema.main().messages.clone();
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        let nested = set.message(id).messages.iter();
        found.extend(nested.filter(|nested| !set.message(**nested).is_group));
        next += 1;
    }
    let parts = parts(set);
    let mut events: Vec<(MessageId, bool)> = found.into_iter().map(|id| (id, parts.contains(&id))).collect();
    events.sort_by_key(|(_, is_part)| *is_part);
    events
}

/// The messages that fields of other messages are of.
fn parts(set: &FileSet) -> FxHashSet<MessageId> {
    let within = (0u32..).zip(&set.messages).flat_map(|(id, message)| {
        let parts = message.fields.iter().filter_map(|field| field.kind.message());
        parts.filter(move |part| *part != MessageId(id))
    });
    within
        .chain(
            set.extensions
                .iter()
                .filter_map(|extension| extension.field.kind.message()),
        )
        .collect()
}

/// The message of `reader` that stands for one of `writer`: of the same name, within another package if that differs.
fn matching(reader: &Schema, writer: &Schema, message: MessageId) -> Option<MessageId> {
    let name = &*writer.set.message(message).name;
    let (from, to) = (&*writer.main().package, &*reader.main().package);
    if from == to {
        return reader.set.message_named(name);
    }
    // What is imported from another package has no place in this one.
    let within = within_package(name, from)?;
    match to {
        "" => reader.set.message_named(within),
        package => reader.set.message_named(&to_line!("{package}.{within}")),
    }
}

fn missing(
    reader: &Schema,
    writer: &Schema,
    message: MessageId,
    is_part: bool,
    builder: &mut WitnessBuilder<'_>,
) -> Result<Finding, Exhausted> {
    let name = &writer.set.message(message).name;
    let missing_source = at_file(reader, to_line!("no `{name}` in this file, nor in what it imports"));
    let written = at_message(&writer.set, message, "may be sent as an event");
    let evidence = builder.unreadable_message(message, unread(name))?;
    Ok(unreadable_message(name, missing_source, written, is_part, evidence))
}

/// Why nobody can read a message that the reader lacks.
fn unread(name: &str) -> Line {
    to_line!("there is no message `{name}` to read it as")
}

/// Of a writer's message that the reader lacks.
fn unreadable_message(name: &str, reader: Label, writer: Label, is_part: bool, evidence: Evidence) -> Finding {
    Finding {
        rule: &rules::TYPE_MISSING,
        effect: rules::TYPE_MISSING.effect,
        outcome: rules::TYPE_MISSING.outcome,
        severity: if is_part { Severity::Warning } else { Severity::Error },
        message: to_line!("the reader has no message `{name}`"),
        reader,
        writer,
        help: "keep the message as long as events of it may be read; deprecate it rather than to remove or rename it"
            .into(),
        evidence,
        also: Vec::new(),
        never_written: false,
        data_path: Line::default(),
        reader_path: DataPath::whole(),
    }
}

/// Of a reader that waits for events that the writer does not know.
fn never_sent(reader: &Schema, writer: &Schema, message: MessageId) -> Finding {
    let name = &reader.set.message(message).name;
    Finding {
        rule: &rules::TYPE_MISSING,
        effect: rules::TYPE_MISSING.effect,
        outcome: Outcome::Nothing,
        severity: Severity::Error,
        message: to_line!("the writer has no message `{name}`"),
        reader: at_message(&reader.set, message, "is waited for"),
        writer: at_file(writer, to_line!("no `{name}` in this file, nor in what it imports")),
        help: "keep the message as long as somebody reads it; deprecate it rather than to remove or rename it".into(),
        evidence: Evidence::Omitted("there are no such events any more, so none can be shown".into()),
        also: Vec::new(),
        never_written: false,
        data_path: Line::default(),
        reader_path: DataPath::whole(),
    }
}

/// A label at the head of the main file.
fn at_file(schema: &Schema, note: impl Into<Line>) -> Label {
    let file = schema.main();
    let span = file.package_span.or(file.syntax_span).unwrap_or_default();
    label(&schema.set, crate::protobuf::language::schema::FileId(0), span, note)
}

fn other_package(reader: &Schema, writer: &Schema) -> Finding {
    let name = |schema: &Schema| -> Line {
        match &*schema.main().package {
            "" => "no package".into(),
            package => to_line!("package `{package}`"),
        }
    };
    Finding {
        rule: &rules::PACKAGE_CHANGED,
        effect: rules::PACKAGE_CHANGED.effect,
        outcome: rules::PACKAGE_CHANGED.outcome,
        severity: Severity::Error,
        message: to_line!("the reader is in {}, the writer in {}", name(reader), name(writer)),
        reader: at_file(reader, name(reader)),
        writer: at_file(writer, name(writer)),
        help: "keep the package; a new one is for events that nobody reads yet".into(),
        evidence: Evidence::Policy(READABLE),
        also: Vec::new(),
        never_written: false,
        data_path: Line::default(),
        reader_path: DataPath::whole(),
    }
}
