//! A message as the rules look at it.

use rustc_hash::FxHashMap;

use super::field::{FieldView, Role};
use super::{Tree, entry_name};
use crate::protobuf::judgement::breaking::annotation::Place;
use crate::protobuf::judgement::breaking::element::Element;
use crate::protobuf::judgement::side::Of;
use crate::protobuf::language::schema::{Field, FileId, JsonFormat, Message, MessageId, NumberRange, Oneof, Reserved};
use crate::text::source::Span;

/// A message, or the entry of a map field.
#[derive(Clone, Copy)]
pub(in crate::protobuf::judgement::breaking) struct MessageView<'a> {
    tree: &'a Tree<'a>,
    /// The message; of an entry the one that the map field stands in.
    owner: &'a Message,
    id: MessageId,
    /// The map field whose entry this is.
    map: Option<&'a Field>,
}

impl<'a> MessageView<'a> {
    pub(super) fn declared(tree: &'a Tree<'a>, id: MessageId) -> Self {
        MessageView {
            tree,
            owner: tree.set.message(id),
            id,
            map: None,
        }
    }

    pub(super) fn entry(tree: &'a Tree<'a>, id: MessageId, field: usize) -> Self {
        let owner = tree.set.message(id);
        MessageView {
            tree,
            owner,
            id,
            map: owner.fields.get(field),
        }
    }

    pub fn tree(&self) -> &'a Tree<'a> {
        self.tree
    }

    pub fn name(&self) -> String {
        match self.map {
            Some(map) => entry_name(&map.name),
            None => self.owner.simple_name().to_owned(),
        }
    }

    /// The declared message; none for an entry.
    pub fn message(&self) -> Option<&'a Message> {
        self.map.is_none().then_some(self.owner)
    }

    /// What it is in the previous tree, which only views of that tree are asked.
    pub fn element(&self) -> Element {
        match self.map {
            Some(map) => Element::Field(Of::new(self.id), map.number),
            None => Element::Message(Of::new(self.id)),
        }
    }

    /// A field, by its number; of an entry the map.
    pub fn field_element(&self, number: i32) -> Element {
        Element::Field(Of::new(self.id), self.map.map_or(number, |map| map.number))
    }

    /// One of its oneofs, by its index.
    pub fn oneof_element(&self, index: u32) -> Element {
        Element::Oneof(Of::new(self.id), index)
    }

    pub fn file(&self) -> FileId {
        self.owner.file
    }

    pub fn place(&self) -> Place {
        self.at(self.map.map_or(self.owner.span, |map| map.spans.kind))
    }

    pub fn at(&self, span: Span) -> Place {
        Place::span(self.owner.file, span)
    }

    pub fn json_format(&self) -> JsonFormat {
        self.owner.json_format
    }

    pub fn reserved(&self) -> Option<&'a Reserved> {
        self.message().map(|message| &message.reserved)
    }

    pub fn extension_ranges(&self) -> &'a [(NumberRange, Span)] {
        self.message().map_or(&[], |message| &message.extension_ranges)
    }

    pub fn oneofs(&self) -> &'a [Oneof] {
        self.message().map_or(&[], |message| &message.oneofs)
    }

    fn field_count(&self) -> usize {
        self.map.map_or(self.owner.fields.len(), |_| 2)
    }

    fn field(&self, index: usize) -> Option<FieldView<'a>> {
        let (field, role) = match (self.map, index) {
            (None, _) => (self.owner.fields.get(index)?, Role::Member(self.owner)),
            (Some(map), 0) => (map, Role::Key(self.owner)),
            (Some(map), 1) => (map, Role::Value(self.owner)),
            (Some(_), _) => return None,
        };
        Some(FieldView::new(self.tree, field, self.id, role))
    }

    pub fn fields(self) -> impl Iterator<Item = FieldView<'a>> {
        (0..self.field_count()).filter_map(move |index| self.field(index))
    }

    /// The indexes of the fields by their numbers.
    pub fn numbers(&self) -> Numbers<'a> {
        Numbers {
            view: *self,
            indexes: FxHashMap::default(),
        }
    }
}

/// Finds the fields of a message by number. Where both trees have the fields in the same order no index is made.
pub(in crate::protobuf::judgement::breaking) struct Numbers<'a> {
    view: MessageView<'a>,
    indexes: FxHashMap<i32, usize>,
}

impl<'a> Numbers<'a> {
    /// The field of this number, which is perhaps the one at this index.
    pub fn find(&mut self, number: i32, guess: usize) -> Option<FieldView<'a>> {
        if let Some(field) = self.view.field(guess).filter(|field| field.number() == number) {
            return Some(field);
        }
        if self.indexes.is_empty() {
            self.indexes = self.view.fields().map(|field| field.number()).zip(0..).collect();
        }
        self.view.field(*self.indexes.get(&number)?)
    }
}
