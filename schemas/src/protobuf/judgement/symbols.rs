//! Enums of a reader and a writer at the same place of the data: fields are found by the numbers of those on the way.

use std::collections::{BTreeSet, HashMap};

use super::check::label::at_enum;
use super::path_fields::Fields;
use crate::data_path::DataPath;
use crate::protobuf::language::schema::{EnumId, Field, Message, Schema};
use crate::symbols::EnumPair;

/// Finds them.
pub(crate) struct Finder<'s> {
    event: &'s str,
    reader: &'s Schema,
    writer: &'s Schema,
    /// The fields of the reader.
    known: Fields<'s>,
    /// Those of the writer.
    written: Fields<'s>,
    /// Many fields may be of one enum.
    sets: HashMap<EnumId, BTreeSet<&'s str>>,
}

impl<'s> Finder<'s> {
    pub fn new(reader: &'s Schema, writer: &'s Schema, event: &'s str) -> Self {
        Finder {
            event,
            reader,
            writer,
            known: Fields::new(reader),
            written: Fields::new(writer),
            sets: HashMap::new(),
        }
    }

    pub fn at(&mut self, path: &DataPath) -> Option<EnumPair<'_, 's>> {
        let known = self.known.along(self.event, path.steps());
        let written = self.written.by_number(self.event, &known);
        if known.len() != written.len() {
            return None;
        }
        let last = |fields: &[(&Message, &Field)]| fields.last().and_then(|(_, field)| field.kind.enumeration());
        let (reader, writer) = (last(&known)?, last(&written)?);
        let values = &self.writer.set.enumeration(writer).values;
        let names = || values.iter().map(|value| &*value.name).collect();
        let sent = self.sets.entry(writer).or_insert_with(names);
        Some(EnumPair {
            sent,
            reader: at_enum(&self.reader.set, reader, ""),
            writer: at_enum(&self.writer.set, writer, ""),
        })
    }
}
