//! Which of two trees an id belongs to, as a type.
//!
//! Both trees number their files, messages and enums from zero, so an id of one is nearly always an id of something else in
//! the other. Where ids of both meet they are [`Of`] one of them, and nothing but that tree takes them.

use std::marker::PhantomData;

use crate::protobuf::language::schema::{File, FileId, FileSet, Message, MessageId};

/// The proposed tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Current {}

/// The earlier tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Previous {}

/// An id, or a place with one, of the tree `S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Of<S, T> {
    value: T,
    tree: PhantomData<S>,
}

impl<S, T> Of<S, T> {
    /// Says that something belongs to the tree `S`. Only where trees are told apart: everywhere else ids are passed on.
    pub(in crate::protobuf) fn new(value: T) -> Self {
        Of {
            value,
            tree: PhantomData,
        }
    }
}

impl<S, T> Of<S, Option<T>> {
    /// Of nothing, nothing.
    pub fn transposed(self) -> Option<Of<S, T>> {
        self.value.map(Of::new)
    }
}

/// The files of the tree `S`.
#[derive(Debug)]
pub struct Files<'s, S> {
    set: &'s FileSet,
    tree: PhantomData<S>,
}

impl<S> Clone for Files<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Files<'_, S> {}

impl<'s, S> Files<'s, S> {
    /// Says which of the trees a set is.
    pub fn new(set: &'s FileSet) -> Self {
        Files { set, tree: PhantomData }
    }

    /// The set itself.
    pub fn set(self) -> &'s FileSet {
        self.set
    }

    /// An id, or a place with one, for the set of this tree.
    pub fn own<T>(self, of: Of<S, T>) -> T {
        of.value
    }

    /// A file.
    pub fn file(self, id: Of<S, FileId>) -> &'s File {
        self.set.file(id.value)
    }

    /// A message.
    pub fn message(self, id: Of<S, MessageId>) -> &'s Message {
        self.set.message(id.value)
    }

    /// The file that a message stands in.
    pub fn file_of(self, id: Of<S, MessageId>) -> Of<S, FileId> {
        Of::new(self.message(id).file)
    }

    /// Every message.
    pub fn messages(self) -> impl Iterator<Item = (Of<S, MessageId>, &'s Message)> {
        (0..).map(|id| Of::new(MessageId(id))).zip(&self.set.messages)
    }
}
