//! Enums of a reader and a writer at the same place of the data.

use std::collections::{BTreeSet, HashMap};

use super::path_types::enums_at;
use crate::avro::language::named::Enum;
use crate::avro::language::schema::Schema;
use crate::data_path::DataPath;
use crate::symbols::EnumPair;
use crate::text::source::Step;

/// Finds them.
pub(crate) struct Finder<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    /// Many fields may be of one enum.
    sets: HashMap<Vec<*const Enum>, BTreeSet<&'s str>>,
}

impl<'s> Finder<'s> {
    pub fn new(reader: &'s Schema, writer: &'s Schema) -> Self {
        Finder {
            reader,
            writer,
            sets: HashMap::new(),
        }
    }

    /// Where a path leads to several enums of the writer, their symbols count together.
    pub fn at(&mut self, path: &DataPath) -> Option<EnumPair<'_, 's>> {
        let written = enums_at(self.writer, path.steps());
        let writer = written.first()?;
        let reader = enums_at(self.reader, path.steps()).first().copied()?;
        let steps = [Step::Key("symbols".into())];
        let key = written.iter().map(|symbols| std::ptr::from_ref(*symbols)).collect();
        let sent = self.sets.entry(key).or_insert_with(|| {
            let symbols = written.iter().flat_map(|symbols| symbols.symbols());
            symbols.map(|symbol| &**symbol).collect()
        });
        Some(EnumPair {
            sent,
            reader: self.reader.label_of(&reader.named, &steps, ""),
            writer: self.writer.label_of(&writer.named, &steps, ""),
        })
    }
}
