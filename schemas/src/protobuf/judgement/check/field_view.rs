//! What a message is made of, as the check sees it: fields by number, a map's entry like any other message.

use rustc_hash::FxHashMap;

use crate::protobuf::language::schema::{
    Cardinality, Default, Extension, Field, FileId, FileSet, Kind, MapValue, MessageId, Scalar,
};

/// Something that fields stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Container {
    /// A message.
    Message(MessageId),
    /// An entry of a map: the key is field 1, the value field 2.
    Entry {
        /// The key.
        key: Scalar,
        /// The value.
        value: MapValue,
        /// Whether strings in it must be UTF-8.
        validates_utf8: bool,
    },
}

impl Container {
    /// The message that it is, or that it holds as its value.
    pub fn message(self) -> Option<MessageId> {
        match self {
            Container::Message(id)
            | Container::Entry {
                value: MapValue::Message(id),
                ..
            } => Some(id),
            Container::Entry { .. } => None,
        }
    }
}

/// What one element of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementType {
    /// A scalar.
    Scalar(Scalar),
    /// An enum.
    Enum(crate::protobuf::language::schema::EnumId),
    /// A message or an entry, with its length in front.
    Container(Container),
    /// A message between tags.
    Group(MessageId),
}

/// How often a field may occur, and whether its absence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// At most once; zero is not written.
    Implicit,
    /// At most once; zero is written.
    Explicit,
    /// Once. A map's entry always has its key and its value.
    Always,
    /// Any number of times.
    Many,
}

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldView<'s> {
    /// Its number.
    pub number: i32,
    /// Its name; of an extension the full one.
    pub name: &'s str,
    /// What one element of it is.
    pub holds: ElementType,
    /// How often it may occur.
    pub occurs: Presence,
    /// A payload without it is refused.
    pub is_required: bool,
    /// Whether its elements are written in one piece.
    pub is_packed: bool,
    /// Whether its strings must be UTF-8.
    pub validates_utf8: bool,
    /// The oneof it is in.
    pub oneof: Option<u32>,
    /// The default that is given.
    pub default: Option<&'s Default>,
    /// The field as it is declared; of an entry's key and value, the map.
    pub field: &'s Field,
    /// Where it is declared.
    pub file: FileId,
    /// Whether it is declared outside its message.
    pub is_extension: bool,
    /// Whether it is the key or the value of a map's entry.
    pub in_entry: bool,
}

impl FieldView<'_> {
    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.holds, ElementType::Container(Container::Entry { .. }))
    }

    /// Whether it occurs any number of times.
    pub fn is_many(&self) -> bool {
        self.occurs == Presence::Many
    }
}

/// The messages of a set, with the extensions of each.
pub(super) struct FieldViews<'s> {
    /// The set.
    pub set: &'s FileSet,
    extensions: FxHashMap<MessageId, Vec<&'s Extension>>,
}

impl<'s> FieldViews<'s> {
    /// Of a set.
    pub fn new(set: &'s FileSet) -> Self {
        let extensions = set.extensions_of();
        FieldViews { set, extensions }
    }

    /// The first fields of a message, extensions left out.
    pub fn first(&self, id: MessageId, count: usize) -> Vec<FieldView<'s>> {
        let message = self.set.message(id);
        let first = message.fields.iter().take(count);
        first.map(|field| slot(field, message.file)).collect()
    }

    /// The fields of a body in the order of the text, extensions last. A map's entry has those of the map at `map`.
    pub fn of(&self, body: Container, map: Option<FieldView<'s>>) -> Vec<FieldView<'s>> {
        match (body, map) {
            (Container::Message(id), _) => {
                let message = self.set.message(id);
                let extensions = self.extensions.get(&id).into_iter().flatten();
                let own = message.fields.iter().map(|field| slot(field, message.file));
                own.chain(extensions.map(|extension| FieldView {
                    name: &extension.name,
                    is_extension: true,
                    ..slot(&extension.field, extension.file)
                }))
                .collect()
            }
            (Container::Entry { key, value, .. }, Some(map)) => {
                let value = match value {
                    MapValue::Scalar(scalar) => ElementType::Scalar(scalar),
                    MapValue::Message(id) => ElementType::Container(Container::Message(id)),
                    MapValue::Enum(id) => ElementType::Enum(id),
                };
                // An entry without a value has the empty message, which is refused if it requires anything.
                let needs_value = match value {
                    ElementType::Container(Container::Message(id)) => {
                        let fields = &self.set.message(id).fields;
                        fields.iter().any(|field| field.cardinality == Cardinality::Required)
                    }
                    ElementType::Scalar(_)
                    | ElementType::Enum(_)
                    | ElementType::Container(_)
                    | ElementType::Group(_) => false,
                };
                let part = |number, name, holds| FieldView {
                    number,
                    name,
                    holds,
                    occurs: Presence::Always,
                    is_required: number == 2 && needs_value,
                    is_packed: false,
                    oneof: None,
                    default: None,
                    in_entry: true,
                    ..map
                };
                vec![part(1, "key", ElementType::Scalar(key)), part(2, "value", value)]
            }
            (Container::Entry { .. }, None) => Vec::new(),
        }
    }
}

fn slot(field: &Field, file: FileId) -> FieldView<'_> {
    let holds = match field.kind {
        Kind::Scalar(scalar) => ElementType::Scalar(scalar),
        Kind::Message(id) => ElementType::Container(Container::Message(id)),
        Kind::Group(id) => ElementType::Group(id),
        Kind::Enum(id) => ElementType::Enum(id),
        Kind::Map { key, value } => ElementType::Container(Container::Entry {
            key,
            value,
            validates_utf8: field.validates_utf8,
        }),
    };
    FieldView {
        number: field.number,
        name: &field.name,
        holds,
        occurs: match field.cardinality {
            Cardinality::Implicit => Presence::Implicit,
            Cardinality::Explicit => Presence::Explicit,
            Cardinality::Required => Presence::Always,
            Cardinality::Repeated | Cardinality::Map => Presence::Many,
        },
        is_required: field.cardinality == Cardinality::Required,
        is_packed: field.is_packed,
        validates_utf8: field.validates_utf8,
        oneof: field.oneof,
        default: field.default.as_ref(),
        field,
        file,
        is_extension: false,
        in_entry: false,
    }
}
