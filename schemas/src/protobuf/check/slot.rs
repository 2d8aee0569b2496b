//! What a message is made of, as the check sees it: fields by number, a map's entry like any other message.

use rustc_hash::FxHashMap;

use crate::protobuf::schema::{
    Cardinality, Default, Extension, Field, FileId, FileSet, Kind, MapValue, MessageId, Scalar,
};

/// Something that fields stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Body {
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

impl Body {
    /// The message that it is, or that it holds as its value.
    pub fn message(self) -> Option<MessageId> {
        match self {
            Body::Message(id)
            | Body::Entry {
                value: MapValue::Message(id),
                ..
            } => Some(id),
            Body::Entry { .. } => None,
        }
    }
}

/// What one element of a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A scalar.
    Scalar(Scalar),
    /// An enum.
    Enum(crate::protobuf::schema::EnumId),
    /// A message or an entry, with its length in front.
    Body(Body),
    /// A message between tags.
    Group(MessageId),
}

/// How often a field may occur, and whether its absence shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurs {
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
pub(super) struct Slot<'s> {
    /// Its number.
    pub number: i32,
    /// Its name; of an extension the full one.
    pub name: &'s str,
    /// What one element of it is.
    pub holds: Holds,
    /// How often it may occur.
    pub occurs: Occurs,
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

impl Slot<'_> {
    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.holds, Holds::Body(Body::Entry { .. }))
    }

    /// Whether it occurs any number of times.
    pub fn is_many(&self) -> bool {
        self.occurs == Occurs::Many
    }
}

/// The messages of a set, with the extensions of each.
pub(super) struct Slots<'s> {
    /// The set.
    pub set: &'s FileSet,
    extensions: FxHashMap<MessageId, Vec<&'s Extension>>,
}

impl<'s> Slots<'s> {
    /// Of a set.
    pub fn new(set: &'s FileSet) -> Self {
        let extensions = set.extensions_of();
        Slots { set, extensions }
    }

    /// The first fields of a message, extensions left out.
    pub fn first(&self, id: MessageId, count: usize) -> Vec<Slot<'s>> {
        let message = self.set.message(id);
        let first = message.fields.iter().take(count);
        first.map(|field| slot(field, message.file)).collect()
    }

    /// The fields of a body in the order of the text, extensions last. A map's entry has those of the map at `map`.
    pub fn of(&self, body: Body, map: Option<Slot<'s>>) -> Vec<Slot<'s>> {
        match (body, map) {
            (Body::Message(id), _) => {
                let message = self.set.message(id);
                let extensions = self.extensions.get(&id).into_iter().flatten();
                let own = message.fields.iter().map(|field| slot(field, message.file));
                own.chain(extensions.map(|extension| Slot {
                    name: &extension.name,
                    is_extension: true,
                    ..slot(&extension.field, extension.file)
                }))
                .collect()
            }
            (Body::Entry { key, value, .. }, Some(map)) => {
                let value = match value {
                    MapValue::Scalar(scalar) => Holds::Scalar(scalar),
                    MapValue::Message(id) => Holds::Body(Body::Message(id)),
                    MapValue::Enum(id) => Holds::Enum(id),
                };
                // An entry without a value has the empty message, which is refused if it requires anything.
                let needs_value = match value {
                    Holds::Body(Body::Message(id)) => {
                        let fields = &self.set.message(id).fields;
                        fields.iter().any(|field| field.cardinality == Cardinality::Required)
                    }
                    Holds::Scalar(_) | Holds::Enum(_) | Holds::Body(_) | Holds::Group(_) => false,
                };
                let part = |number, name, holds| Slot {
                    number,
                    name,
                    holds,
                    occurs: Occurs::Always,
                    is_required: number == 2 && needs_value,
                    is_packed: false,
                    oneof: None,
                    default: None,
                    in_entry: true,
                    ..map
                };
                vec![part(1, "key", Holds::Scalar(key)), part(2, "value", value)]
            }
            (Body::Entry { .. }, None) => Vec::new(),
        }
    }
}

fn slot(field: &Field, file: FileId) -> Slot<'_> {
    let holds = match field.kind {
        Kind::Scalar(scalar) => Holds::Scalar(scalar),
        Kind::Message(id) => Holds::Body(Body::Message(id)),
        Kind::Group(id) => Holds::Group(id),
        Kind::Enum(id) => Holds::Enum(id),
        Kind::Map { key, value } => Holds::Body(Body::Entry {
            key,
            value,
            validates_utf8: field.validates_utf8,
        }),
    };
    Slot {
        number: field.number,
        name: &field.name,
        holds,
        occurs: match field.cardinality {
            Cardinality::Implicit => Occurs::Implicit,
            Cardinality::Explicit => Occurs::Explicit,
            Cardinality::Required => Occurs::Always,
            Cardinality::Repeated | Cardinality::Map => Occurs::Many,
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
