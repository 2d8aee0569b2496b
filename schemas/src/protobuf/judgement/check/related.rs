//! The further places that a finding is about, of which it shows one.
//!
//! Invariant: those of two enums are given once, with whatever finding comes first, however many fields hold the enums.

use rustc_hash::{FxHashMap, FxHashSet};

use super::field_view::{Container, FieldView};
use super::label::{at_kind, at_name, label};
use super::mismatch::Mismatch;
use super::paths::Paths;
use super::walk::{FieldPair, Found};
use crate::finding::Label;
use crate::protobuf::language::schema::{EnumId, FileSet, MessageId};
use crate::text::source::Span;

/// Finds the places between a reader and a writer.
pub(super) struct RelatedPlaces<'s> {
    reader: &'s FileSet,
    writer: &'s FileSet,
    /// Pairs of enums that were reported, by the kind of mismatch.
    reported: FxHashSet<(std::mem::Discriminant<Mismatch<'s>>, EnumId, EnumId)>,
    /// Where the fields of the reader's messages have their names, by number; of messages that were asked for.
    names: FxHashMap<MessageId, FxHashMap<i32, Span>>,
}

impl<'s> RelatedPlaces<'s> {
    /// Between these two.
    pub fn new(reader: &'s FileSet, writer: &'s FileSet) -> Self {
        RelatedPlaces {
            reader,
            writer,
            reported: FxHashSet::default(),
            names: FxHashMap::default(),
        }
    }

    /// The further places of a mismatch, the reader's and the writer's of each.
    pub fn of(&mut self, paths: &Paths<'s>, found: &Found<'s>) -> Vec<(Label, Label)> {
        let numbers = found.mismatch.numbers();
        let mut also = Vec::new();
        if let Some((numbers, writer)) = numbers.and_then(|numbers| Some((numbers, numbers.writer?))) {
            also = self.numbers(&found.mismatch, numbers.reader, writer, &numbers.numbers);
        }
        if let Some(members) = found.mismatch.members() {
            also = self.members(found, members);
        }
        // What the reader has under the number may have another name: that is the edit then.
        if let (Mismatch::FieldMoved | Mismatch::FieldReplaced, Some(writer)) = (&found.mismatch, found.slots.writer())
        {
            also = self.members(found, &[*writer]);
            let places = found.slots.reader().map(|reader| at_name(self.reader, reader, ""));
            if let (Some(reader), Container::Message(id)) = (found.slots.reader(), found.writer) {
                let fields = &self.writer.message(id).fields;
                let here = fields.iter().find(|field| field.number == reader.number);
                let here = here.map(|field| label(self.writer, self.writer.message(id).file, field.spans.name, ""));
                also.extend(places.zip(here));
            }
        }
        // The edit may be that of the field, which holds another enum now.
        if let (Some(_), FieldPair::Both(reader, writer)) = (numbers, &found.slots) {
            also.push((at_kind(self.reader, reader, ""), at_kind(self.writer, writer, "")));
        }
        // Likewise where a map is the other side's message.
        let is_entry = |body| matches!(body, Container::Entry { .. });
        if is_entry(found.reader) != is_entry(found.writer)
            && let Some(link) = paths.upwards(found.node).next()
        {
            also.push((
                at_kind(self.reader, &link.reader, ""),
                at_kind(self.writer, &link.writer, ""),
            ));
        }
        also
    }

    /// The values of these numbers.
    fn numbers(
        &mut self,
        mismatch: &Mismatch<'s>,
        reader: EnumId,
        writer: EnumId,
        numbers: &[i32],
    ) -> Vec<(Label, Label)> {
        if !self.reported.insert((std::mem::discriminant(mismatch), reader, writer)) {
            return Vec::new();
        }
        let (ours, theirs) = (values(self.reader, reader), values(self.writer, writer));
        let place = |set: &FileSet, id: EnumId, values: &FxHashMap<i32, Span>, number: &i32| {
            let of = set.enumeration(id);
            label(set, of.file, values.get(number).copied().unwrap_or(of.name_span), "")
        };
        let pair = |number: &i32| {
            (
                place(self.reader, reader, &ours, number),
                place(self.writer, writer, &theirs, number),
            )
        };
        numbers.iter().map(pair).collect()
    }

    /// These fields of the writer, and those of the same numbers in the reader's message.
    fn members(&mut self, found: &Found<'s>, members: &[FieldView<'s>]) -> Vec<(Label, Label)> {
        let (Container::Message(reader), Container::Message(_)) = (found.reader, found.writer) else {
            return Vec::new();
        };
        let message = self.reader.message(reader);
        let names = self.names.entry(reader).or_insert_with(|| {
            let fields = message.fields.iter();
            fields.map(|field| (field.number, field.spans.name)).collect()
        });
        let pair = |slot: &FieldView<'s>| {
            Some((
                label(self.reader, message.file, *names.get(&slot.number)?, ""),
                at_name(self.writer, slot, ""),
            ))
        };
        members.iter().filter_map(pair).collect()
    }
}

/// Where the values of an enum stand, by number; of several names the first.
fn values(set: &FileSet, id: EnumId) -> FxHashMap<i32, Span> {
    let mut places = FxHashMap::default();
    for value in &set.enumeration(id).values {
        places.entry(value.number).or_insert(value.name_span);
    }
    places
}
