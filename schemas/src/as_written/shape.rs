//! What an application sees of a decoded event, in no schema language: a graph of values, in which types may hold themselves.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::budget::{Budget, Exhausted};
use crate::effect::Effect;
use crate::finding::{Label, Rule};
use crate::text::shown::Line;

/// The index of a node in its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub u32);

/// The values of an event.
#[derive(Debug)]
pub(crate) struct Shape<'s> {
    /// What is one type in the schema may be one node.
    pub nodes: Vec<Node<'s>>,
    /// The event itself.
    pub root: NodeId,
    /// The package that the event's name begins with, where the language has such.
    pub package: &'s str,
}

impl<'s> Shape<'s> {
    /// A node.
    pub fn node(&self, NodeId(index): NodeId) -> &Node<'s> {
        &self.nodes[index as usize]
    }
}

/// The values of one type.
#[derive(Debug)]
pub(crate) struct Node<'s> {
    /// The type's name, or the word for its kind. The branches of a union go by it.
    pub name: &'s str,
    /// What the values are.
    pub kind: Kind<'s>,
    /// What they mean beyond that.
    pub meaning: Option<Meaning>,
}

/// What values are.
#[derive(Debug)]
pub(crate) enum Kind<'s> {
    Null,
    Bool,
    /// Whole numbers of so many bits.
    Integer {
        is_signed: bool,
        bits: u32,
    },
    /// IEEE 754, 32 bits.
    Float,
    /// IEEE 754, 64 bits.
    Double,
    Text,
    Bytes,
    /// So many bytes.
    Fixed(u32),
    Enum(Enum<'s>),
    List(NodeId),
    Map {
        /// None where all keys are text.
        key: Option<NodeId>,
        value: NodeId,
    },
    Union(Vec<NodeId>),
    Record(Record<'s>),
}

/// A logical or well-known type: the same values of another one mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A decimal. How many digits it has in all does not change what it means.
    Decimal { scale: u32 },
    /// Any other, by its name.
    Named(&'static str),
}

/// An enum.
#[derive(Debug)]
pub(crate) struct Enum<'s> {
    /// Its symbols; where several have one number, all of them.
    pub symbols: Vec<&'s str>,
    /// The indexes of those that an application sees: of one number the first.
    pub seen: Vec<u32>,
}

/// A record, or a message.
#[derive(Debug)]
pub(crate) struct Record<'s> {
    pub fields: Vec<Field<'s>>,
    by_name: FxHashMap<Cow<'s, str>, u32>,
}

/// A field of a record.
#[derive(Debug)]
pub(crate) struct Field<'s> {
    pub name: Cow<'s, str>,
    pub node: NodeId,
    /// The number of its oneof: no two fields of one oneof are set together.
    pub oneof: Option<u32>,
}

impl<'s> Record<'s> {
    pub fn new(fields: Vec<Field<'s>>) -> Self {
        let names = fields.iter().map(|field| field.name.clone());
        let by_name = names.zip(0..).collect();
        Record { fields, by_name }
    }

    /// The index of the field of this name.
    pub fn field(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }
}

/// A step down from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Into the field of this index.
    Field(u32),
    /// Into the items of a list.
    Item,
    /// Into the values of a map.
    Entry,
    /// Into the branch of this index.
    Branch(u32),
}

/// The way from the root to a node: the nodes that it leaves, each with the step.
pub(crate) type Trail = [(NodeId, Step)];

/// Which part of a node is pointed at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    /// All of it.
    Whole,
    /// The fields of a record, as a whole.
    Fields,
    /// The name of its field of this index.
    Field(u32),
    /// Its symbol of this index.
    Symbol(u32),
}

/// What an event of the writer has at a node.
#[derive(Debug, Clone)]
pub(crate) enum Seed {
    /// The smallest value that can be told from none.
    Any,
    /// This number.
    Number(i128),
    /// A map with this key.
    Key(i128),
    /// The symbol of this index.
    Symbol(u32),
    /// A value that shows what it means.
    Meaning,
    /// A record with these fields set.
    Fields(Vec<u32>),
}

/// An event of the writer, encoded, and decoded again to the same value.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub json: String,
    pub bytes: Vec<u8>,
    /// What was put at the place in question.
    pub value: Line,
}

/// Which event is described.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Root<'a> {
    /// The one of this name, or else the first of the schema.
    Event(&'a str),
    /// The one that has this full name in another schema, in which its package is this.
    Like { name: &'a str, package: &'a str },
}

/// A shape, or the place where the event is missing.
pub(crate) enum Described<'s> {
    Shape(Box<dyn Shaped<'s> + 's>),
    NoEvent(Label),
}

/// A schema that knows what an application sees of its events.
pub(crate) trait Shaped<'s> {
    /// What it sees.
    fn shape(&self) -> &Shape<'s>;

    /// A type in a few words.
    fn words(&self, node: NodeId) -> Line;

    /// Whether there is any value of a type.
    fn exists(&self, node: NodeId) -> bool;

    /// A place in the text: at the end of the trail, which is this node.
    fn label(&self, trail: &Trail, node: NodeId, spot: Spot, note: Line) -> Label;

    /// A smallest event that has this at the end of the trail; none where it is too large to be shown.
    ///
    /// # Errors
    /// When the budget ends.
    fn event(&self, trail: &Trail, node: NodeId, seed: &Seed, budget: &Budget) -> Result<Option<Event>, Exhausted>;

    /// The rule that finds such things when a reader's schema decodes.
    fn rule(&self, effect: Effect) -> &'static Rule;
}
