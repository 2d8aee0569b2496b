//! The ways in which what a writer candidates into a field can fail to come out of the reader's field of the same number.

mod facts;

use super::enumeration;
use super::field_view::{Container, FieldView};
use super::number::Meant;
use crate::finding::Severity;
use crate::protobuf::language::schema::{EnumId, FileSet};

pub(super) use facts::{About, Confirmed, Decoded, Shown};

/// What goes wrong, or is only worth knowing, between a writer's field and a reader's. What is known of each kind is a row of
/// [`Mismatch::facts`].
#[derive(Debug, Clone)]
pub(super) enum Mismatch<'s> {
    /// The reader requires what the writer may leave out.
    RequiredLeftOut,
    /// The reader requires what the writer does not have.
    RequiredUnwritten,
    /// The wire types differ: what arrives is an unknown field, and the reader's stays empty.
    WireType,
    /// Both are byte strings on the wire, of contents that have nothing in common.
    Content,
    /// A map meets messages that are no entries: a key or a value is missing, or more is there, or there is but one message.
    NotAnEntry,
    /// One of the two messages is a well-known type, which the other is not.
    OtherWellKnown,
    /// Bytes are read as a string, and refused where they are not UTF-8.
    BytesAsString,
    /// Bytes are read as a string of which nobody asks UTF-8.
    BytesAsUncheckedString,
    /// A string of which the writer asks no UTF-8 is refused where it is not.
    UncheckedString,
    /// This number, among others, does not fit.
    Narrowed(i128),
    /// This number, among others, is understood in another way.
    Reinterpreted(Meant),
    /// Numbers that the reader's enum does not name, and candidates aside because it is closed.
    UnknownNumbersDropped(Numbers),
    /// Numbers that the reader's enum does not name, and keeps.
    UnknownNumbersKept(Numbers),
    /// Numbers that the reader's enum does not name and puts aside, though it knows their names under other numbers.
    MovedNumbersDropped(Numbers),
    /// Numbers that the reader's enum does not name and keeps, though it knows their names under other numbers.
    MovedNumbersKept(Numbers),
    /// Numbers whose names say something else: one of the two names has another number on the other side.
    Renumbered(Numbers),
    /// Numbers that have other names.
    Renamed(Numbers),
    /// Of several values the reader keeps the last, or merges them.
    ListAsOne,
    /// Entries with one key are one entry for the reader.
    EntriesCollapse,
    /// The reader has the message's bytes, but not its fields.
    MessageAsBytes,
    /// The writer does not write a zero, and the reader cannot tell it from nothing.
    ZeroUnseen,
    /// The reader cannot tell nothing from a zero.
    AbsenceUnseen,
    /// The writer does not write a zero, and the reader takes its default for it.
    ZeroAsDefault,
    /// Where nothing is written, the two sides see different values.
    OtherDefault,
    /// In ProtoJSON the field has another name.
    JsonName,
    /// In ProtoJSON the value has another form.
    JsonForm,
    /// Several of these fields of the writer may be set at once, and the reader's oneof keeps one.
    CaseLost(Vec<FieldView<'s>>),
    /// The writer's oneof may hold this field, which the reader's does not have.
    CaseUnknown {
        /// A field that both oneofs have.
        shared: FieldView<'s>,
    },
    /// The reader has a field of this name under another number, under which the writer has nothing: the reader takes its default.
    FieldMoved,
    /// The reader has a field of this name under another number, under which the writer has another field.
    FieldReplaced,
    /// The reader has another name for the field, and nothing else tells the two apart.
    NumberReused,
    /// The reader does not have the field.
    Unread,
    /// The writer does not have the field.
    Unwritten,
}

/// Numbers of two enums.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    /// The reader's enum.
    pub reader: EnumId,
    /// The writer's, if it has one.
    pub writer: Option<EnumId>,
    /// Some of the numbers, in the writer's order; of a writer that has no enum, one.
    pub numbers: Vec<i32>,
}

/// What a comparison of two fields says.
pub(super) struct Compared<'s> {
    /// What goes wrong.
    pub mismatches: Vec<Mismatch<'s>>,
    /// What is in them, if it is to be compared further.
    pub inside: Option<(Container, Container)>,
    /// Whether data of the writer's field reaches the reader's field at all.
    pub arrives: bool,
}

impl<'s> Mismatch<'s> {
    /// Whether values that were written are lost or changed: what else may be said of the field matters less.
    pub fn is_error(&self) -> bool {
        self.facts().is_error()
    }

    /// Whether it is only worth knowing.
    pub fn is_note(&self) -> bool {
        self.facts().severity == Severity::Note
    }

    /// Whether the field's bytes are taken for content of another kind: then nothing can be said of how often it occurs.
    pub fn is_of_content(&self) -> bool {
        matches!(self, Mismatch::Content | Mismatch::NotAnEntry)
    }

    /// Whether what arrives means something else, so that nothing can be said of what does not arrive.
    pub fn is_of_meaning(&self) -> bool {
        matches!(
            self,
            Mismatch::Content | Mismatch::NotAnEntry | Mismatch::MessageAsBytes | Mismatch::Reinterpreted(_)
        )
    }

    /// Whether it says that bytes are one thing to the writer and another to the reader, and with it that their JSON differs.
    pub fn is_of_bytes(&self) -> bool {
        matches!(
            self,
            Mismatch::BytesAsString
                | Mismatch::BytesAsUncheckedString
                | Mismatch::UncheckedString
                | Mismatch::MessageAsBytes
        )
    }

    /// How many names have to be looked at to say it.
    pub fn names(&self, reader: &FileSet, writer: &FileSet) -> usize {
        let values = |set: &FileSet, id: Option<EnumId>| id.map_or(0, |id| set.enumeration(id).values.len());
        match (self.numbers(), self.members()) {
            (Some(numbers), _) => values(writer, numbers.writer) + values(reader, Some(numbers.reader)),
            (None, members) => members.map_or(0, <[_]>::len),
        }
    }

    /// The numbers of enums that it names.
    pub fn numbers(&self) -> Option<&Numbers> {
        if let Mismatch::UnknownNumbersDropped(numbers)
        | Mismatch::UnknownNumbersKept(numbers)
        | Mismatch::MovedNumbersDropped(numbers)
        | Mismatch::MovedNumbersKept(numbers)
        | Mismatch::Renumbered(numbers)
        | Mismatch::Renamed(numbers) = self
        {
            Some(numbers)
        } else {
            None
        }
    }

    /// Where the number that is shown keeps a name on both sides: another one of its names, which has moved.
    pub fn other_name<'w>(&self, reader: &FileSet, writer: &'w FileSet) -> Option<&'w str> {
        let Numbers {
            reader: to,
            writer: from,
            ..
        } = self.numbers()?;
        let (seen, sent) = (reader.enumeration(*to), writer.enumeration((*from)?));
        let number = self.telling_number()?;
        let name = |of| enumeration::name(of, number);
        let (moved, _) = enumeration::moved(sent, number, seen)?;
        (name(sent) == name(seen) && name(sent) != Some(moved)).then_some(moved)
    }

    /// The number of an enum that is shown: one that is not zero, where there is one.
    pub fn telling_number(&self) -> Option<i32> {
        let numbers = &self.numbers()?.numbers;
        numbers.iter().find(|number| **number != 0).or(numbers.first()).copied()
    }

    /// The numbers of enums that it names, to leave some of them out.
    pub fn numbers_mut(&mut self) -> Option<&mut Vec<i32>> {
        if let Mismatch::UnknownNumbersDropped(numbers)
        | Mismatch::UnknownNumbersKept(numbers)
        | Mismatch::MovedNumbersDropped(numbers)
        | Mismatch::MovedNumbersKept(numbers)
        | Mismatch::Renumbered(numbers)
        | Mismatch::Renamed(numbers) = self
        {
            Some(&mut numbers.numbers)
        } else {
            None
        }
    }

    /// The number that does not arrive as it was written.
    pub fn number(&self) -> Option<Meant> {
        if let Mismatch::Narrowed(number) = self {
            return Some(Meant::Whole(*number));
        }
        if let Mismatch::Reinterpreted(number) = self {
            return Some(*number);
        }
        None
    }

    /// The fields that the writer may set together.
    pub fn members(&self) -> Option<&[FieldView<'s>]> {
        if let Mismatch::CaseLost(members) = self {
            Some(members)
        } else {
            None
        }
    }

    /// The same, to bring them into another order.
    pub fn members_mut(&mut self) -> Option<&mut Vec<FieldView<'s>>> {
        if let Mismatch::CaseLost(members) = self {
            Some(members)
        } else {
            None
        }
    }

    /// The field that both oneofs have, where the reader's does not have another.
    pub fn shared(&self) -> Option<&FieldView<'s>> {
        if let Mismatch::CaseUnknown { shared } = self {
            Some(shared)
        } else {
            None
        }
    }
}
