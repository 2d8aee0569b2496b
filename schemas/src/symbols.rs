//! Enums of a reader and a writer at the same place of the data.

use std::collections::BTreeSet;

use crate::avro;
use crate::data_path::DataPath;
use crate::finding::Label;
use crate::protobuf;
use crate::schema::Schema;

/// Finds the enums of a reader and a writer, path by path. What was looked up for one path serves the next.
pub struct Enums<'s> {
    finder: Option<Finder<'s>>,
}

enum Finder<'s> {
    Avro(avro::judgement::symbols::Finder<'s>),
    Protobuf(Box<protobuf::judgement::symbols::Finder<'s>>),
}

/// The enums at one place.
#[derive(Debug)]
pub struct EnumPair<'a, 's> {
    /// The symbols that the writer may send.
    pub sent: &'a BTreeSet<&'s str>,
    /// Where the reader's symbols are declared.
    pub reader: Label,
    /// Where the writer's are.
    pub writer: Label,
}

impl<'s> Enums<'s> {
    /// Of an event that one side reads and the other writes.
    pub fn new(reader: &'s Schema, writer: &'s Schema, event: &'s str) -> Self {
        let finder = match (reader, writer) {
            (Schema::Avro(reader), Schema::Avro(writer)) => {
                Some(Finder::Avro(avro::judgement::symbols::Finder::new(reader, writer)))
            }
            (Schema::Protobuf(reader), Schema::Protobuf(writer)) => {
                let finder = protobuf::judgement::symbols::Finder::new(reader, writer, event);
                Some(Finder::Protobuf(Box::new(finder)))
            }
            // Data in one schema language says nothing to a reader of another.
            (Schema::Avro(_) | Schema::Protobuf(_), _) => None,
        };
        Enums { finder }
    }

    /// The enums that this path leads to, by the names of the reader; none unless both sides have one there.
    pub fn at(&mut self, path: &DataPath) -> Option<EnumPair<'_, 's>> {
        match self.finder.as_mut()? {
            Finder::Avro(finder) => finder.at(path),
            Finder::Protobuf(finder) => finder.at(path),
        }
    }
}
