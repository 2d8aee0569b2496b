//! Types with a name: records, enums and fixeds.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use crate::text::json;

use super::schema::{Place, Props, TypeId};

/// A name with its namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FullName {
    full: Box<str>,
    simple_at: usize,
}

impl FullName {
    /// `com.acme.Order`, or `Order` where there is no namespace.
    pub fn new(full: impl Into<Box<str>>) -> Self {
        let full = full.into();
        let simple_at = full.rfind('.').map_or(0, |dot| dot + 1);
        FullName { full, simple_at }
    }

    /// The name with its namespace.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The name without its namespace.
    pub fn simple(&self) -> &str {
        &self.full[self.simple_at..]
    }

    /// The namespace; empty where there is none.
    pub fn namespace(&self) -> &str {
        &self.full[..self.simple_at.saturating_sub(1)]
    }
}

/// What records, enums and fixeds have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: FullName,
    /// Other names under which a reader accepts written data, resolved against the namespace; in the order of the text.
    pub aliases: Box<[FullName]>,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// Where the type is defined.
    pub place: Place,
}

impl Named {
    /// Whether a reader's type of this name may stand for a writer's type of that name: the names without their
    /// namespaces are equal, or the writer's full name is one of the reader's aliases.
    pub fn accepts(&self, writer: &FullName) -> bool {
        self.name.simple() == writer.simple() || self.aliases.iter().any(|alias| alias.full() == writer.full())
    }
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Name, aliases, doc and place.
    pub named: Named,
    /// Written as `"type": "error"`.
    pub is_error: bool,
    fields: Box<[Field]>,
    /// The hash of each field's name with its index in `fields`, in the order of hash and name. A search compares hashes that
    /// lie side by side, and hardly ever follows a pointer to a name that it does not look for.
    by_name: Box<[(u32, u32)]>,
    /// For each field a digest of its name, aliases and the shape of its type. Apart from the fields, because a check of
    /// many versions reads hardly anything else.
    shapes: Box<[u128]>,
}

impl Record {
    /// A record of these fields, whose names the caller has found to be unique.
    pub(crate) fn new(named: Named, is_error: bool, mut fields: Vec<Field>) -> Self {
        for (number, field) in (0u32..).zip(&mut fields) {
            field.number = number;
        }
        Record::of_numbered(named, is_error, fields)
    }

    /// A record of some of the fields that the text gives it; they keep their numbers, and with them their places.
    pub(crate) fn of_numbered(named: Named, is_error: bool, fields: Vec<Field>) -> Self {
        let mut by_name: Vec<(u32, u32)> = fields.iter().map(|field| hash(&field.name)).zip(0..).collect();
        by_name.sort_unstable_by(|(hash, index), (other_hash, other)| {
            let name = |index: u32| &fields[index as usize].name;
            hash.cmp(other_hash).then_with(|| name(*index).cmp(name(*other)))
        });
        Record {
            named,
            is_error,
            shapes: vec![0; fields.len()].into(),
            fields: fields.into(),
            by_name: by_name.into(),
        }
    }

    /// The fields in the order in which they are written to the wire.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn fields_mut(&mut self) -> &mut [Field] {
        &mut self.fields
    }

    /// The shapes of the fields, in their order.
    pub(crate) fn shapes(&self) -> &[u128] {
        &self.shapes
    }

    /// Sets the shapes; one for each field.
    pub(crate) fn set_shapes(&mut self, shapes: Vec<u128>) {
        debug_assert_eq!(shapes.len(), self.fields.len());
        self.shapes = shapes.into();
    }

    /// The index of the field of this name.
    pub fn field(&self, name: &str) -> Option<usize> {
        let wanted = hash(name);
        self.by_name
            .binary_search_by(|&(hash, index)| {
                hash.cmp(&wanted)
                    .then_with(|| (*self.fields[index as usize].name).cmp(name))
            })
            .ok()
            .map(|found| self.by_name[found].1 as usize)
    }
}

fn hash(name: &str) -> u32 {
    // The upper bits of this hash are the well mixed ones.
    (FxBuildHasher.hash_one(name) >> 32) as u32
}

/// A field of a record. Its place is that of its record, then `/fields/<number>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name.
    pub name: Box<str>,
    /// Other names under which a reader accepts the written field, in the order of the text.
    pub aliases: Box<[Box<str>]>,
    /// The type.
    pub ty: TypeId,
    /// The value that a reader takes when the writer does not have the field; JSON `null` is a default too.
    pub default: Option<Box<json::Node>>,
    /// How the field takes part in sorting.
    pub order: Order,
    /// Documentation.
    pub doc: Option<Box<str>>,
    /// Attributes outside the specification, in the order of the text.
    pub props: Props,
    /// Which of the record's fields it is in the text, from 0.
    pub(crate) number: u32,
}

/// How a field takes part in sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The usual.
    #[default]
    Ascending,
    /// Reversed.
    Descending,
    /// Not at all.
    Ignore,
}

impl Order {
    /// The word that Avro uses for it.
    pub fn name(self) -> &'static str {
        match self {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
            Order::Ignore => "ignore",
        }
    }
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Name, aliases, doc and place.
    pub named: Named,
    symbols: Box<[Box<str>]>,
    /// Indexes of `symbols` in the order of their spelling.
    by_spelling: Box<[u32]>,
    /// The symbol that a reader takes for one that it does not know.
    pub default: Option<Box<str>>,
}

impl Enum {
    /// An enum of these symbols, which the caller has found to be unique.
    pub(crate) fn new(named: Named, symbols: Vec<Box<str>>, default: Option<Box<str>>) -> Self {
        let mut by_spelling: Vec<u32> = (0u32..).take(symbols.len()).collect();
        by_spelling.sort_unstable_by(|a, b| symbols[*a as usize].cmp(&symbols[*b as usize]));
        Enum {
            named,
            symbols: symbols.into(),
            by_spelling: by_spelling.into(),
            default,
        }
    }

    /// The symbols in the order of their numbers on the wire, from 0.
    pub fn symbols(&self) -> &[Box<str>] {
        &self.symbols
    }

    /// The number of a symbol on the wire.
    pub fn number(&self, symbol: &str) -> Option<usize> {
        self.by_spelling
            .binary_search_by(|&index| (*self.symbols[index as usize]).cmp(symbol))
            .ok()
            .map(|found| self.by_spelling[found] as usize)
    }

    /// The number of the default symbol, where there is one that is a symbol.
    pub fn default_number(&self) -> Option<usize> {
        self.default.as_deref().and_then(|symbol| self.number(symbol))
    }
}

/// A fixed number of bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// Name, aliases, doc and place.
    pub named: Named,
    /// Bytes.
    pub size: u32,
}
