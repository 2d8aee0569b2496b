//! The ways in which data of one field can fail to arrive.

use super::number::Meant;
use super::slot::{Body, Slot};
use crate::protobuf::schema::EnumId;

/// What goes wrong, or is only worth knowing, between a writer's field and a reader's.
#[derive(Debug, Clone)]
pub(super) enum Stop<'s> {
    /// The reader requires what the writer may leave out, or never writes.
    Missing,
    /// The wire types differ: what arrives is an unknown field, and the reader's stays empty.
    Lost,
    /// Both are byte strings on the wire, of contents that have nothing in common.
    Content,
    /// Bytes, or a string that nobody checks, are read as a string.
    Text {
        /// The reader refuses what is not UTF-8, and not only shows it in its own way.
        refuses: bool,
        /// The writer has a string too, of which its own schema asks no UTF-8.
        unchecked: bool,
    },
    /// This number, among others, does not fit.
    Narrowed(i128),
    /// This number, among others, is understood in another way.
    Reread(Meant),
    /// Numbers that the reader's enum does not name.
    UnknownNumbers {
        /// The reader's enum.
        reader: EnumId,
        /// The writer's, if it has one.
        writer: Option<EnumId>,
        /// Some of them, in the writer's order; of a writer that has no enum, one.
        numbers: Vec<i32>,
        /// The reader puts them aside, rather than to keep them as numbers.
        closed: bool,
    },
    /// Numbers whose names say something else: one of the two names has another number on the other side.
    Renumbered(Numbered),
    /// Numbers that have other names.
    Renamed(Numbered),
    /// Of several values the reader keeps the last, or merges them.
    ListAsOne,
    /// Entries with one key are one entry for the reader.
    EntriesCollapse,
    /// The reader has the message's bytes, but not its fields.
    AsBytes,
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
    CaseLost(Vec<Slot<'s>>),
    /// The writer's oneof may hold this field, which the reader's does not have.
    CaseUnknown {
        /// A field that both oneofs have.
        shared: Slot<'s>,
    },
    /// The reader does not have the field.
    Unread,
    /// The writer does not have the field.
    Unwritten,
}

/// Numbers that two enums name differently.
#[derive(Debug, Clone)]
pub(super) struct Numbered {
    /// The reader's enum.
    pub reader: EnumId,
    /// The writer's.
    pub writer: EnumId,
    /// Some of the numbers, in the writer's order.
    pub numbers: Vec<i32>,
}

/// What a comparison of two fields says.
pub(super) struct Compared<'s> {
    /// What goes wrong.
    pub stops: Vec<Stop<'s>>,
    /// What is in them, if it is to be compared further.
    pub inside: Option<(Body, Body)>,
    /// Whether data of the writer's field reaches the reader's field at all.
    pub arrives: bool,
}

impl Stop<'_> {
    /// Whether it is about an element of the field, rather than about the field as a whole.
    pub fn is_of_element(&self) -> bool {
        matches!(
            self,
            Stop::Content
                | Stop::Text { .. }
                | Stop::Narrowed(_)
                | Stop::Reread(_)
                | Stop::UnknownNumbers { .. }
                | Stop::Renumbered(_)
                | Stop::Renamed(_)
                | Stop::AsBytes
        )
    }

    /// Whether values that were written are lost or changed: what else may be said of the field matters less.
    pub fn hurts(&self) -> bool {
        match self {
            Stop::Missing
            | Stop::Lost
            | Stop::Content
            | Stop::Narrowed(_)
            | Stop::Reread(_)
            | Stop::Renumbered(_)
            | Stop::ListAsOne
            | Stop::ZeroAsDefault
            | Stop::CaseLost(_)
            | Stop::CaseUnknown { .. } => true,
            Stop::Text { refuses, unchecked } => *refuses && !unchecked,
            Stop::UnknownNumbers { closed, .. } => *closed,
            Stop::Renamed(_)
            | Stop::EntriesCollapse
            | Stop::AsBytes
            | Stop::ZeroUnseen
            | Stop::AbsenceUnseen
            | Stop::OtherDefault
            | Stop::JsonName
            | Stop::JsonForm
            | Stop::Unread
            | Stop::Unwritten => false,
        }
    }
}
