//! The part of a reader that one mismatch is about.
//!
//! A payload shows a mismatch only where nothing else can be the reason why it is refused. So it is read by the part of the
//! reader on the way to the place: the records on the way have the one field that leads there, and names are compared only if the
//! mismatch is one of names, and there.

use rustc_hash::FxHashMap;

use crate::avro::language::schema::TypeId;

/// A part of a reader, as it meets a writer.
#[derive(Debug, Default)]
pub(in crate::avro) struct ReaderPart {
    /// By the reader's and the writer's record: the reader's fields that are there.
    records: FxHashMap<(TypeId, TypeId), Vec<u32>>,
    /// The types whose names are compared.
    named: Option<(TypeId, TypeId)>,
}

impl ReaderPart {
    /// Keeps these fields of a record, and no others.
    pub fn keep(&mut self, reader: TypeId, writer: TypeId, fields: Vec<u32>) {
        self.records.insert((reader, writer), fields);
    }

    /// Compares the names of these two types, and of no others.
    pub fn compare_names(&mut self, reader: TypeId, writer: TypeId) {
        self.named = Some((reader, writer));
    }

    pub(super) fn fields(&self, reader: TypeId, writer: TypeId) -> Option<&[u32]> {
        self.records.get(&(reader, writer)).map(Vec::as_slice)
    }

    pub(super) fn compares_names(&self, reader: TypeId, writer: TypeId) -> bool {
        self.named == Some((reader, writer))
    }
}
