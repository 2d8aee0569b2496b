//! What a stop is called, where it is shown and what can be done about it.

use super::enumeration;
use super::label::{at_enum, at_kind, at_message, at_name, at_number, element, label, simple, words};
use super::number::Meant;
use super::slot::{Body, Holds, Occurs, Slot};
use super::stop::{Numbered, Stop};
use super::walk::{Found, Sides};
use crate::finding::{Label, Rule, Severity};
use crate::protobuf::rules;
use crate::protobuf::schema::{Enum, EnumId, FileSet};
use crate::shown::Line;
use crate::to_line;

/// No more names than these are listed.
const LISTED: usize = 5;

/// A stop in words.
pub(super) struct Told {
    pub rule: &'static Rule,
    pub severity: Severity,
    pub message: Line,
    pub reader: Label,
    pub writer: Label,
    pub help: Line,
}

/// Tells stops between these two sets.
pub(super) struct Teller<'s> {
    pub reader: &'s FileSet,
    pub writer: &'s FileSet,
}

impl<'s> Teller<'s> {
    /// A stop in words.
    pub fn tell(&self, found: &Found<'s>) -> Told {
        match &found.slots {
            Sides::Both(reader, writer) => self.between(found, reader, writer),
            Sides::Reader(reader) => self.reader_alone(found, reader),
            Sides::Writer(writer) => self.writer_alone(found, writer),
        }
    }

    fn writer_alone(&self, found: &Found<'s>, writer: &Slot<'s>) -> Told {
        Told {
            rule: &rules::FIELD_UNKNOWN,
            severity: Severity::Note,
            message: to_line!(
                "the reader does not know the writer's `{}`, and passes it on unread",
                writer.name
            ),
            reader: self.in_reader(found, to_line!("no field {} in here", writer.number)),
            writer: at_name(self.writer, writer, to_line!("field {} is sent", writer.number)),
            help: to_line!(
                "add `{}` to the reader where it is wanted; readers of ProtoJSON must be told to ignore unknown fields",
                writer.name
            ),
        }
    }

    fn reader_alone(&self, found: &Found<'s>, reader: &Slot<'s>) -> Told {
        let name = reader.name;
        let writer = self.in_writer(found, to_line!("no field {} in here", reader.number));
        match found.stop {
            Stop::Missing => Told {
                rule: &rules::REQUIRED_FIELD_MISSING,
                severity: Severity::Error,
                message: to_line!("the reader requires `{name}`, which the writer never writes"),
                reader: at_name(self.reader, reader, "required"),
                writer,
                help: to_line!(
                    "make `{name}` optional in the reader; what is required can never be added or removed safely"
                ),
            },
            _ => Told {
                rule: &rules::FIELD_READ_AS_DEFAULT,
                severity: Severity::Note,
                message: to_line!("the writer does not write `{name}`, and the reader takes its default"),
                reader: at_name(self.reader, reader, to_line!("field {}", reader.number)),
                writer,
                help: to_line!("nothing needs to be done where an absent `{name}` is expected"),
            },
        }
    }

    #[allow(clippy::too_many_lines)] // One arm for each way to stop; they read best side by side.
    fn between(&self, found: &Found<'s>, reader: &Slot<'s>, writer: &Slot<'s>) -> Told {
        let (takes, sends) = (words(self.reader, reader), words(self.writer, writer));
        let name = both(reader, writer);
        let number = writer.number;
        let kinds = |rule: &'static Rule, severity: Severity, message: Line, help: Line| Told {
            rule,
            severity,
            message,
            reader: at_kind(self.reader, reader, to_line!("takes {takes}")),
            writer: at_kind(self.writer, writer, to_line!("sends {sends}")),
            help,
        };
        let beside = || {
            to_line!(
                "keep {sends}, or add a field of another number beside `{}`",
                writer.name
            )
        };
        match &found.stop {
            Stop::Missing => Told {
                rule: &rules::REQUIRED_FIELD_MISSING,
                severity: Severity::Error,
                message: to_line!("the reader requires {name}, which the writer may leave out"),
                reader: at_name(self.reader, reader, "required"),
                writer: at_name(self.writer, writer, "may be left out"),
                help: to_line!(
                    "make `{}` optional in the reader, or required in the writer",
                    reader.name
                ),
            },
            Stop::Lost => kinds(
                &rules::WIRE_TYPE_MISMATCH,
                Severity::Error,
                to_line!(
                    "{name} never arrives: the reader takes {takes}, the writer sends {sends}{}",
                    packed(reader, writer)
                ),
                beside(),
            ),
            Stop::Content => kinds(
                &rules::CONTENT_REINTERPRETED,
                Severity::Error,
                to_line!("the reader takes the bytes of {name} for {takes}, the writer sends {sends}"),
                beside(),
            ),
            Stop::Text { unchecked: true, .. } => kinds(
                &rules::BYTES_NOT_TEXT,
                Severity::Warning,
                to_line!("the reader refuses {name} if it is not UTF-8, which nothing asks of the writer"),
                "see to it that the writer sends text only, before readers check it".into(),
            ),
            Stop::Text { refuses, .. } => kinds(
                &rules::BYTES_NOT_TEXT,
                if *refuses { Severity::Error } else { Severity::Warning },
                to_line!("the reader takes for text what the writer may fill with any bytes: {name}"),
                to_line!(
                    "keep bytes in the reader, or add a string of another number beside `{}`",
                    writer.name
                ),
            ),
            Stop::Narrowed(example) => kinds(
                &rules::NUMBER_OUT_OF_RANGE,
                Severity::Error,
                to_line!(
                    "the reader's {} cannot hold every {} that {name} may be: {example}, for instance",
                    self.taken(reader),
                    self.sent(writer)
                ),
                to_line!(
                    "keep {sends}, widen the reader first, or add a field of another number beside `{}`",
                    writer.name
                ),
            ),
            Stop::Reread(example) => kinds(
                &rules::NUMBER_REINTERPRETED,
                Severity::Error,
                to_line!(
                    "{} and {} understand the same bytes of {name} in two ways: {}, for instance",
                    self.sent(writer),
                    self.taken(reader),
                    shown(*example)
                ),
                beside(),
            ),
            Stop::UnknownNumbers {
                reader: known,
                writer: sent,
                numbers,
                closed,
            } => self.unknown_numbers(*known, *sent, writer, numbers, *closed),
            Stop::Renumbered(numbered) => self.renumbered(numbered, true),
            Stop::Renamed(numbered) => self.renumbered(numbered, false),
            Stop::ListAsOne => kinds(
                &rules::LIST_READ_AS_ONE,
                Severity::Error,
                match writer.holds {
                    Holds::Body(_) | Holds::Group(_) => {
                        to_line!(
                            "of several messages in {name} the reader makes one: it takes {takes}, the writer sends {sends}"
                        )
                    }
                    _ => to_line!(
                        "of several values of {name} the reader keeps the last: it takes {takes}, the writer sends {sends}"
                    ),
                },
                to_line!("keep `{}` repeated in the reader", reader.name),
            ),
            Stop::EntriesCollapse => kinds(
                &rules::MAP_ENTRIES_COLLAPSE,
                Severity::Warning,
                to_line!("of several messages in {name} with one key the reader keeps the last"),
                "see to it that the writer sends each key once, before readers take it for a map".into(),
            ),
            Stop::AsBytes => kinds(
                &rules::MESSAGE_READ_AS_BYTES,
                Severity::Warning,
                to_line!("the reader has {name} as bytes, and must decode it by itself"),
                to_line!(
                    "declare `{}` as {} in the reader",
                    reader.name,
                    element(self.writer, writer.holds)
                ),
            ),
            Stop::ZeroUnseen => self.presence(
                reader,
                writer,
                to_line!("the writer does not write a zero in {name}, and the reader takes it for absent"),
                "a zero is not written",
                "a zero and nothing are two things",
            ),
            Stop::AbsenceUnseen => self.presence(
                reader,
                writer,
                to_line!("the reader cannot tell whether {name} is absent or zero, as the writer can"),
                "may be left out, or be zero",
                "nothing is read as zero",
            ),
            Stop::ZeroAsDefault => Told {
                rule: &rules::ZERO_READ_AS_DEFAULT,
                severity: Severity::Error,
                message: to_line!(
                    "the writer does not write a zero in {name}, and the reader takes its own default for it"
                ),
                reader: at_name(self.reader, reader, "has another default than zero"),
                writer: at_name(self.writer, writer, "a zero is not written"),
                help: to_line!(
                    "give the writer's `{}` the label `optional`, so that a zero is written, or take the reader's default away",
                    writer.name
                ),
            },
            Stop::OtherDefault => Told {
                rule: &rules::DEFAULT_CHANGED,
                severity: Severity::Warning,
                message: to_line!("where {name} is left out the two sides see different values"),
                reader: at_name(self.reader, reader, "one default"),
                writer: at_name(self.writer, writer, "another default"),
                help: to_line!(
                    "keep the default; who means a value should write it into `{}`",
                    writer.name
                ),
            },
            Stop::JsonName => Told {
                rule: &rules::JSON_NAME_CHANGED,
                severity: Severity::Warning,
                message: to_line!(
                    "in ProtoJSON the writer calls field {number} {:?}, which the reader does not take",
                    &*writer.field.json_name
                ),
                reader: at_name(self.reader, reader, to_line!("takes {:?}", &*reader.field.json_name)),
                writer: at_name(self.writer, writer, to_line!("sends {:?}", &*writer.field.json_name)),
                help: to_line!(
                    "binary data is not concerned; for ProtoJSON keep the name, or say [json_name = {:?}]",
                    &*writer.field.json_name
                ),
            },
            Stop::JsonForm => kinds(
                &rules::JSON_FORM_CHANGED,
                Severity::Warning,
                to_line!("in ProtoJSON {name} has another form: the reader takes {takes}, the writer sends {sends}"),
                "binary data is not concerned; for ProtoJSON keep the type, or add a field of another number".into(),
            ),
            Stop::CaseLost(members) => self.case_lost(found, reader, members),
            Stop::CaseUnknown { shared } => self.case_unknown(found, reader, writer, shared),
            Stop::Unread => self.writer_alone(found, writer),
            Stop::Unwritten => self.reader_alone(found, reader),
        }
    }

    fn presence(&self, reader: &Slot<'s>, writer: &Slot<'s>, message: Line, sends: &str, sees: &str) -> Told {
        Told {
            rule: &rules::PRESENCE_CHANGED,
            severity: Severity::Warning,
            message,
            reader: at_name(self.reader, reader, sees),
            writer: at_name(self.writer, writer, sends),
            help: "keep the label `optional` as it is, or leave it out on both sides".into(),
        }
    }

    fn unknown_numbers(
        &self,
        known: EnumId,
        sent: Option<EnumId>,
        writer: &Slot<'s>,
        numbers: &[i32],
        closed: bool,
    ) -> Told {
        let of = simple(&self.reader.enumeration(known).name);
        let list = listed(numbers.iter().map(|number| {
            let name = sent.and_then(|id| enumeration::name(self.writer.enumeration(id), *number));
            name.map_or_else(|| Line::new(number), |name| to_line!("`{name}`"))
        }));
        let what = match closed {
            true => "puts it aside, so that the field looks unset",
            false => "has a number without a name",
        };
        Told {
            rule: &rules::ENUM_NUMBER_UNKNOWN,
            severity: if closed { Severity::Error } else { Severity::Warning },
            message: to_line!("the reader's `{of}` does not know {list}, and {what}"),
            reader: at_enum(self.reader, known, to_line!("no {list} in here")),
            writer: match (sent, numbers.first()) {
                (Some(id), Some(number)) => at_number(self.writer, id, *number, "the writer may send this"),
                _ => at_kind(self.writer, writer, "any number may be sent"),
            },
            help: "teach the reader the value first, and see to it that it handles numbers that it does not know"
                .into(),
        }
    }

    fn renumbered(&self, numbered: &Numbered, moved: bool) -> Told {
        let (to, from, numbers) = (numbered.reader, numbered.writer, &numbered.numbers);
        let (seen, sent) = (self.reader.enumeration(to), self.writer.enumeration(from));
        let telling = numbers.iter().find(|number| **number != 0).or(numbers.first());
        let telling = telling.copied().unwrap_or(0);
        let list = listed(numbers.iter().map(|number| {
            let name = |of: &'s Enum| enumeration::name(of, *number).unwrap_or_default();
            to_line!("`{}` as `{}`", name(sent), name(seen))
        }));
        Told {
            rule: match moved {
                true => &rules::ENUM_RENUMBERED,
                false => &rules::ENUM_VALUE_RENAMED,
            },
            severity: match moved {
                true => Severity::Error,
                false => Severity::Warning,
            },
            message: match moved {
                true => to_line!("the numbers of `{}` mean something else to the reader: it takes {list}", simple(&sent.name)),
                false => to_line!("the values of `{}` have other names: the reader knows {list}", simple(&sent.name)),
            },
            reader: at_number(self.reader, to, telling, to_line!("number {telling} here")),
            writer: at_number(self.writer, from, telling, to_line!("number {telling} here")),
            help: match moved {
                true => "give every name its number back; new values take numbers that were never used".into(),
                false => "binary data is not concerned; for ProtoJSON keep the name beside the new one, with `option allow_alias = true`"
                    .into(),
            },
        }
    }

    fn case_lost(&self, found: &Found<'s>, reader: &Slot<'s>, members: &[Slot<'s>]) -> Told {
        let list = listed(members.iter().map(|slot| to_line!("`{}`", slot.name)));
        let oneof = self.oneof(found, reader);
        let first = &members[0];
        Told {
            rule: &rules::ONEOF_CASE_LOST,
            severity: Severity::Error,
            message: to_line!(
                "the writer may set {list} together, and the reader's oneof `{}` keeps one of them",
                oneof.0
            ),
            reader: oneof.1,
            writer: at_name(self.writer, first, "is set beside the others"),
            help: "leave fields that exist where they are; only a single field may be moved into a new oneof".into(),
        }
    }

    fn case_unknown(&self, found: &Found<'s>, reader: &Slot<'s>, writer: &Slot<'s>, shared: &Slot<'s>) -> Told {
        let oneof = self.oneof(found, reader);
        Told {
            rule: &rules::ONEOF_CASE_UNKNOWN,
            severity: Severity::Error,
            message: match *oneof.0 == *reader.name {
                // What is read of a message has fields that are alone in oneofs of their own.
                true => to_line!(
                    "the writer may send `{}` instead of `{}`, which then looks unset to the reader",
                    writer.name,
                    shared.name
                ),
                false => to_line!(
                    "the writer may send `{}` instead of `{}`, and the reader's oneof `{}` then looks unset",
                    writer.name,
                    shared.name,
                    oneof.0
                ),
            },
            reader: Label {
                note: to_line!("no field {} in here", writer.number),
                ..oneof.1
            },
            writer: at_name(self.writer, writer, "the writer may send this"),
            help: to_line!("teach the reader `{}` before anybody sends it", writer.name),
        }
    }

    /// The name and the place of the oneof in which a field of the reader is.
    fn oneof(&self, found: &Found<'s>, slot: &Slot<'s>) -> (Line, Label) {
        let message = match found.reader {
            Body::Message(id) => Some(self.reader.message(id)),
            Body::Entry { .. } => None,
        };
        match message.and_then(|message| Some((message, message.oneofs.get(slot.oneof? as usize)?))) {
            Some((message, oneof)) => (
                Line::from(&*oneof.name),
                label(self.reader, message.file, oneof.name_span, "keeps the last one"),
            ),
            None => (slot.name.into(), at_name(self.reader, slot, "keeps the last one")),
        }
    }

    fn sent(&self, slot: &Slot<'s>) -> Line {
        element(self.writer, slot.holds)
    }

    fn taken(&self, slot: &Slot<'s>) -> Line {
        element(self.reader, slot.holds)
    }

    /// The place of the reader's message; of an entry, that of the event.
    fn in_reader(&self, found: &Found<'s>, note: Line) -> Label {
        match found.reader {
            Body::Message(id) => at_message(self.reader, id, note),
            Body::Entry { .. } => at_message(self.reader, found.event.reader, note),
        }
    }

    fn in_writer(&self, found: &Found<'s>, note: Line) -> Label {
        match found.writer {
            Body::Message(id) => at_message(self.writer, id, note),
            Body::Entry { .. } => at_message(self.writer, found.event.writer, note),
        }
    }
}

/// The field's name, by both sides where they differ.
fn both(reader: &Slot<'_>, writer: &Slot<'_>) -> Line {
    match (reader.in_entry, reader.name == writer.name) {
        (true, _) => to_line!("the {} of `{}`", reader.name, reader.field.name),
        (_, true) => to_line!("`{}`", writer.name),
        _ => to_line!("`{}` (the reader's `{}`)", writer.name, reader.name),
    }
}

/// Why two fields that look alike do not meet.
fn packed(reader: &Slot<'_>, writer: &Slot<'_>) -> &'static str {
    let is_many = writer.occurs == Occurs::Many && reader.occurs != Occurs::Many;
    match is_many && writer.is_packed {
        true => ", packed",
        false => "",
    }
}

fn shown(meant: Meant) -> String {
    match meant {
        Meant::Whole(number) => number.to_string(),
        Meant::Real(number) => number.to_string(),
    }
}

/// The first of the names, and how many more there are.
fn listed(names: impl ExactSizeIterator<Item = Line>) -> Line {
    let count = names.len();
    let told: Vec<Line> = names.take(LISTED).collect();
    let joined = |names: &[Line]| names.iter().map(|name| &**name).collect::<Vec<&str>>().join(", ");
    match count.saturating_sub(LISTED) {
        0 => match told.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => to_line!("{} and {last}", joined(others)),
            None => Line::default(),
        },
        more => to_line!("{} and {more} more", joined(&told)),
    }
}
