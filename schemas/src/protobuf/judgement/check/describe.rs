//! A mismatch in sentences: what is said of it, the two places that it is shown at, and what can be done about it.

mod moved;

use super::enumeration;
use super::field_view::{Container, ElementType, FieldView, Presence};
use super::label::{at_enum, at_kind, at_message, at_name, at_number, element, label, words};
use super::mismatch::{Mismatch, Numbers};
use super::number::Meant;
use super::walk::Found;
use crate::finding::Label;
use crate::protobuf::language::names::simple;
use crate::protobuf::language::schema::FileSet;
use crate::protobuf::language::syntax::Syntax;
use crate::text::shown::Line;
use crate::to_line;

pub(super) use moved::{field_moved, moved_numbers, number_reused};

/// No more names than these are listed.
const LISTED: usize = 5;

/// What is said of a mismatch.
pub(super) struct Words {
    pub message: Line,
    pub reader: Label,
    pub writer: Label,
    pub help: Line,
}

/// Says what is between these two sets.
pub(super) struct Describer<'s> {
    pub reader: &'s FileSet,
    pub writer: &'s FileSet,
}

pub(super) fn unread(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (_, writer) = found.slots.both();
    Words {
        message: to_line!(
            "the reader does not know the writer's `{}`, and passes it on unread",
            writer.name
        ),
        reader: describer.in_reader(found, to_line!("no field {} in here", writer.number)),
        writer: at_name(describer.writer, writer, to_line!("field {} is sent", writer.number)),
        help: to_line!(
            "add `{}` to the reader where it is wanted; readers of ProtoJSON must be told to ignore unknown fields",
            writer.name
        ),
    }
}

pub(super) fn unwritten(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, _) = found.slots.both();
    let name = reader.name;
    Words {
        message: to_line!("the writer does not write `{name}`, and the reader takes its default"),
        reader: at_name(describer.reader, reader, to_line!("field {}", reader.number)),
        writer: describer.in_writer(found, to_line!("no field {} in here", reader.number)),
        help: to_line!("nothing needs to be done where an absent `{name}` is expected"),
    }
}

pub(super) fn required_unwritten(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, _) = found.slots.both();
    let name = reader.name;
    Words {
        message: to_line!("the reader requires `{name}`, which the writer never writes"),
        reader: at_name(describer.reader, reader, "required"),
        writer: describer.in_writer(found, to_line!("no field {} in here", reader.number)),
        help: to_line!("make `{name}` optional in the reader; what is required can never be added or removed safely"),
    }
}

pub(super) fn required_left_out(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let name = both(reader, writer);
    Words {
        message: to_line!("the reader requires {name}, which the writer may leave out"),
        reader: at_name(describer.reader, reader, "required"),
        writer: at_name(describer.writer, writer, "may be left out"),
        help: to_line!(
            "make `{}` optional in the reader, or required in the writer",
            reader.name
        ),
    }
}

pub(super) fn wire_type(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    describer.kinds(found, |Kinds { name, takes, sends }| {
        let (reader, writer) = found.slots.both();
        to_line!(
            "{name} never arrives: the reader takes {takes}, the writer sends {sends}{}",
            packed(reader, writer)
        )
    })
}

pub(super) fn content(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    describer.kinds(found, |Kinds { name, takes, sends }| {
        to_line!("the reader takes the bytes of {name} for {takes}, the writer sends {sends}")
    })
}

pub(super) fn not_an_entry(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let why = match reader.is_map() && !writer.is_many() {
        true => "is not repeated",
        false => "has other fields than a key and a value",
    };
    describer.kinds(found, |Kinds { name, takes, sends }| {
        to_line!(
            "{name} is a map on one side, and the message on the other {why}: the reader takes {takes}, the writer sends {sends}"
        )
    })
}

pub(super) fn other_well_known(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    describer.kinds(found, |Kinds { name, takes, sends }| {
        to_line!("{name} means something else to the reader: it takes {takes}, the writer sends {sends}")
    })
}

pub(super) fn unchecked_string(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    Words {
        help: "see to it that the writer sends text only, before readers check it".into(),
        ..describer.kinds(found, |Kinds { name, .. }| {
            to_line!("the reader refuses {name} if it is not UTF-8, which nothing asks of the writer")
        })
    }
}

pub(super) fn bytes_as_string(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (_, writer) = found.slots.both();
    Words {
        help: to_line!(
            "keep bytes in the reader, or add a string of another number beside `{}`",
            writer.name
        ),
        ..describer.kinds(found, |Kinds { name, .. }| {
            to_line!("the reader takes for text what the writer may fill with any bytes: {name}")
        })
    }
}

pub(super) fn narrowed(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    Words {
        help: to_line!(
            "keep {}, widen the reader first, or add a field of another number beside `{}`",
            words(describer.writer, writer),
            writer.name
        ),
        ..describer.kinds(found, |Kinds { name, .. }| {
            to_line!(
                "the reader's {} cannot hold every {} that {name} may be: {}, for instance",
                element(describer.reader, reader.holds),
                element(describer.writer, writer.holds),
                example(&found.mismatch)
            )
        })
    }
}

pub(super) fn reinterpreted(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    describer.kinds(found, |Kinds { name, .. }| {
        to_line!(
            "{} and {} understand the same bytes of {name} in two ways: {}, for instance",
            element(describer.writer, writer.holds),
            element(describer.reader, reader.holds),
            example(&found.mismatch)
        )
    })
}

pub(super) fn unknown_numbers(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (seen, writer) = found.slots.both();
    let Some(Numbers {
        reader: known,
        writer: sent,
        numbers,
    }) = found.mismatch.numbers()
    else {
        return describer.unlike(found);
    };
    let of = simple(&describer.reader.enumeration(*known).name);
    let list = listed(numbers.iter().map(|number| {
        let name = sent.and_then(|id| enumeration::name(describer.writer.enumeration(id), *number));
        name.map_or_else(|| Line::new(number), |name| to_line!("`{name}`"))
    }));
    let what = match (found.mismatch.is_error(), seen.is_required) {
        (true, true) => "puts it aside, and then misses the required field",
        (true, false) => "puts it aside, so that the field looks unset",
        (false, _) => "has a number without a name",
    };
    Words {
        message: to_line!("the reader's `{of}` does not know {list}, and {what}"),
        reader: at_enum(describer.reader, *known, to_line!("no {list} in here")),
        writer: match (sent, numbers.first()) {
            (Some(id), Some(number)) => at_number(describer.writer, *id, *number, "the writer may send this"),
            (None, _) | (_, None) => at_kind(describer.writer, writer, "any number may be sent"),
        },
        help: "teach the reader the value first, and see to it that it handles numbers that it does not know".into(),
    }
}

pub(super) fn renumbered(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    describer.names(
        found,
        |of, list| to_line!("the numbers of `{of}` mean something else to the reader: it takes {list}"),
        "give every name its number back; new values take numbers that were never used",
    )
}

pub(super) fn renamed(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    describer.names(
        found,
        |of, list| to_line!("the values of `{of}` have other names: the reader knows {list}"),
        "binary data is not concerned; for ProtoJSON keep the name beside the new one, with `option allow_alias = true;`",
    )
}

pub(super) fn list_as_one(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    Words {
        help: to_line!("keep `{}` repeated in the reader", reader.name),
        ..describer.kinds(found, |Kinds { name, takes, sends }| match writer.holds {
            ElementType::Container(_) | ElementType::Group(_) => to_line!(
                "of several messages in {name} the reader makes one: it takes {takes}, the writer sends {sends}"
            ),
            ElementType::Scalar(_) | ElementType::Enum(_) => to_line!(
                "of several values of {name} the reader keeps the last: it takes {takes}, the writer sends {sends}"
            ),
        })
    }
}

pub(super) fn entries_collapse(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    Words {
        help: "see to it that the writer sends each key once, before readers take it for a map".into(),
        ..describer.kinds(found, |Kinds { name, .. }| {
            to_line!("of several messages in {name} with one key the reader keeps the last")
        })
    }
}

pub(super) fn message_as_bytes(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    Words {
        help: to_line!(
            "declare `{}` as {} in the reader",
            reader.name,
            element(describer.writer, writer.holds)
        ),
        ..describer.kinds(found, |Kinds { name, .. }| {
            to_line!("the reader has {name} as bytes, and must decode it by itself")
        })
    }
}

pub(super) fn zero_unseen(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let name = name(found);
    Words {
        message: to_line!("the writer does not write a zero in {name}, and the reader takes it for absent"),
        ..describer.presence(found, "a zero is not written", "a zero and nothing are two things")
    }
}

pub(super) fn absence_unseen(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let name = name(found);
    Words {
        message: to_line!("the reader cannot tell whether {name} is absent or zero, as the writer can"),
        ..describer.presence(found, "may be left out, or be zero", "nothing is read as zero")
    }
}

pub(super) fn zero_as_default(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let name = both(reader, writer);
    Words {
        message: to_line!("the writer does not write a zero in {name}, and the reader takes its own default for it"),
        reader: at_name(describer.reader, reader, "has another default than zero"),
        writer: at_name(describer.writer, writer, "a zero is not written"),
        help: to_line!(
            "give the writer's `{}` {}, so that a zero is written, or take the reader's default away",
            writer.name,
            match describer.writer.file(writer.file).syntax {
                Syntax::Edition(_) => "`[features.field_presence = EXPLICIT]`",
                Syntax::Proto2 | Syntax::Proto3 => "the label `optional`",
            }
        ),
    }
}

pub(super) fn other_default(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let name = both(reader, writer);
    Words {
        message: to_line!("where {name} is left out the two sides see different values"),
        reader: at_name(describer.reader, reader, "one default"),
        writer: at_name(describer.writer, writer, "another default"),
        help: to_line!(
            "keep the default; who means a value should write it into `{}`",
            writer.name
        ),
    }
}

pub(super) fn json_name(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let (takes, sends) = (&*reader.field.json_name, &*writer.field.json_name);
    Words {
        message: to_line!(
            "in ProtoJSON the writer calls field {} {sends:?}, which the reader does not take",
            writer.number
        ),
        reader: at_name(describer.reader, reader, to_line!("takes {takes:?}")),
        writer: at_name(describer.writer, writer, to_line!("sends {sends:?}")),
        help: match reader.is_extension {
            // The names of extensions in ProtoJSON cannot be set.
            true => "binary data is not concerned; for ProtoJSON keep the name".into(),
            false => {
                to_line!("binary data is not concerned; for ProtoJSON keep the name, or say `[json_name = {sends:?}]`")
            }
        },
    }
}

pub(super) fn json_form(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    Words {
        help: "binary data is not concerned; for ProtoJSON keep the type, or add a field of another number".into(),
        ..describer.kinds(found, |Kinds { name, takes, sends }| {
            to_line!("in ProtoJSON {name} has another form: the reader takes {takes}, the writer sends {sends}")
        })
    }
}

pub(super) fn case_lost(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let members = found.mismatch.members().unwrap_or_default();
    let list = listed(members.iter().map(|slot| to_line!("`{}`", slot.name)));
    let oneof = describer.oneof(found, reader);
    Words {
        message: to_line!(
            "the writer may set {list} together, and the reader's oneof `{}` keeps one of them",
            oneof.0
        ),
        reader: oneof.1,
        writer: at_name(
            describer.writer,
            members.first().unwrap_or(writer),
            "is set beside the others",
        ),
        help: "leave fields that exist where they are; only a single field may be moved into a new oneof".into(),
    }
}

pub(super) fn case_unknown(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let shared = found.mismatch.shared().map_or(reader.name, |shared| shared.name);
    let oneof = describer.oneof(found, reader);
    Words {
        message: match *oneof.0 == *reader.name {
            // What is read of a message has fields that are alone in oneofs of their own.
            true => to_line!(
                "the writer may send `{}` instead of `{shared}`, which then looks unset to the reader",
                writer.name
            ),
            false => to_line!(
                "the writer may send `{}` instead of `{shared}`, and the reader's oneof `{}` then looks unset",
                writer.name,
                oneof.0
            ),
        },
        reader: Label {
            note: to_line!("no field {} in here", writer.number),
            ..oneof.1
        },
        writer: at_name(describer.writer, writer, "the writer may send this"),
        help: to_line!("teach the reader `{}` before anybody sends it", writer.name),
    }
}

/// What two fields of one number are.
struct Kinds<'a> {
    name: &'a Line,
    takes: &'a Line,
    sends: &'a Line,
}

impl Describer<'_> {
    /// A sentence about what the two fields are, shown at their types.
    fn kinds(&self, found: &Found<'_>, message: impl FnOnce(Kinds<'_>) -> Line) -> Words {
        let (reader, writer) = found.slots.both();
        let (takes, sends) = (words(self.reader, reader), words(self.writer, writer));
        Words {
            message: message(Kinds {
                name: &both(reader, writer),
                takes: &takes,
                sends: &sends,
            }),
            reader: at_kind(self.reader, reader, to_line!("takes {takes}")),
            writer: at_kind(self.writer, writer, to_line!("sends {sends}")),
            help: to_line!(
                "keep {sends}, or add a field of another number beside `{}`",
                writer.name
            ),
        }
    }

    /// What can be said of any two fields.
    fn unlike(&self, found: &Found<'_>) -> Words {
        self.kinds(found, |Kinds { name, takes, sends }| {
            to_line!("the reader takes {takes} for {name}, the writer sends {sends}")
        })
    }

    /// The places of a field whose absence one side sees; without a sentence.
    fn presence(&self, found: &Found<'_>, sends: &str, sees: &str) -> Words {
        let (reader, writer) = found.slots.both();
        Words {
            message: Line::default(),
            reader: at_name(self.reader, reader, sees),
            writer: at_name(self.writer, writer, sends),
            help: to_line!("let `{}` have the same presence on both sides", writer.name),
        }
    }

    /// A sentence about the writer's enum and its names that are others to the reader.
    fn names(&self, found: &Found<'_>, message: impl FnOnce(&str, &Line) -> Line, help: &str) -> Words {
        let Some((numbers, from)) = found.mismatch.numbers().and_then(|of| Some((of, of.writer?))) else {
            return self.unlike(found);
        };
        let (to, numbers) = (numbers.reader, &numbers.numbers);
        let (seen, sent) = (self.reader.enumeration(to), self.writer.enumeration(from));
        let telling = found.mismatch.telling_number().unwrap_or(0);
        let list = listed(numbers.iter().map(|number| {
            let first = |of| enumeration::name(of, *number).unwrap_or_default();
            // Of several names the one that the reader takes for another number.
            let moved = enumeration::moved(sent, *number, seen).map(|(name, _)| name);
            to_line!("`{}` as `{}`", moved.unwrap_or_else(|| first(sent)), first(seen))
        }));
        Words {
            message: message(simple(&sent.name), &list),
            reader: at_number(self.reader, to, telling, to_line!("number {telling} here")),
            writer: at_number(self.writer, from, telling, to_line!("number {telling} here")),
            help: help.into(),
        }
    }

    /// The name and the place of the oneof in which a field of the reader is.
    fn oneof(&self, found: &Found<'_>, slot: &FieldView<'_>) -> (Line, Label) {
        let message = match found.reader {
            Container::Message(id) => Some(self.reader.message(id)),
            Container::Entry { .. } => None,
        };
        match message.and_then(|message| Some((message, message.oneofs.get(slot.oneof? as usize)?))) {
            Some((message, oneof)) => (
                Line::from(&*oneof.name),
                label(self.reader, message.file, oneof.name_span, "keeps the last one"),
            ),
            None => (slot.name.into(), at_name(self.reader, slot, "keeps the last one")),
        }
    }

    /// The place of the reader's message; of an entry, that of the event.
    fn in_reader(&self, found: &Found<'_>, note: Line) -> Label {
        match found.reader {
            Container::Message(id) => at_message(self.reader, id, note),
            Container::Entry { .. } => at_message(self.reader, found.event.reader, note),
        }
    }

    fn in_writer(&self, found: &Found<'_>, note: Line) -> Label {
        match found.writer {
            Container::Message(id) => at_message(self.writer, id, note),
            Container::Entry { .. } => at_message(self.writer, found.event.writer, note),
        }
    }
}

/// The field's name, by both sides where they differ.
fn name(found: &Found<'_>) -> Line {
    let (reader, writer) = found.slots.both();
    both(reader, writer)
}

/// The field's name, by both sides where they differ.
fn both(reader: &FieldView<'_>, writer: &FieldView<'_>) -> Line {
    match (reader.in_entry, reader.name == writer.name) {
        (true, _) => to_line!("the {} of `{}`", reader.name, reader.field.name),
        (_, true) => to_line!("`{}`", writer.name),
        _ => to_line!("`{}` (the reader's `{}`)", writer.name, reader.name),
    }
}

/// Why two fields that look alike do not meet.
fn packed(reader: &FieldView<'_>, writer: &FieldView<'_>) -> &'static str {
    let is_many = writer.occurs == Presence::Many && reader.occurs != Presence::Many;
    match is_many && writer.is_packed {
        true => ", packed",
        false => "",
    }
}

/// The number that a mismatch names.
fn example(mismatch: &Mismatch<'_>) -> Line {
    match mismatch.number() {
        Some(Meant::Whole(number)) => Line::new(number),
        Some(Meant::Real(number)) => Line::new(number),
        None => Line::default(),
    }
}

/// The first of the names, and how many more there are.
fn listed(names: impl ExactSizeIterator<Item = Line>) -> Line {
    let count = names.len();
    let reported: Vec<Line> = names.take(LISTED).collect();
    let joined = |names: &[Line]| names.iter().map(|name| &**name).collect::<Vec<&str>>().join(", ");
    match count.saturating_sub(LISTED) {
        0 => match reported.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => to_line!("{} and {last}", joined(others)),
            None => Line::default(),
        },
        more => to_line!("{} and {more} more", joined(&reported)),
    }
}
