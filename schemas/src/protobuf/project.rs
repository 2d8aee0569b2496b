//! The part of a message that a reader asks for, as a reader in its own right.
//!
//! Fields that are not read are as good as unknown, so what is left of a message reads all data that the message describes.
//! Each *occurrence* of a message is cut by its own reads: two fields of type `Address` may become two messages of that
//! name, which no text could say but indexes can.
//!
//! Invariants: fields keep their numbers, names and places, so that findings point at the text that the schema was parsed
//! from. Every field that is read and is in no oneof is alone in one of its own: a writer that moves it into a oneof says
//! that something else may come instead, which the reader must hear of. Members of oneofs that are not read stay known as
//! cases. Recursion follows the paths, whose steps are bounded; whole messages are copied from a list of work.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::schema::{
    Cardinality, Default, Enum, EnumId, Event, Field, FileSet, Kind, MapValue, Message, MessageId, Oneof, Schema,
};
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataStep;
use crate::reads::{Misread, ProjectError, Read};

/// More messages than this are not made.
const MAX_MESSAGES: usize = 200_000;

/// So many fields whose names are looked at cost a step.
const FIELDS: usize = 4;

/// The message that events of this name are: by full name, by the name within the package, else the first of the file.
pub fn event(schema: &Schema, name: &str) -> Option<MessageId> {
    let main = schema.main();
    let is_own = |id: &MessageId| schema.set.message(*id).file.0 == 0;
    let within = || schema.set.message_named(&format!("{}.{name}", main.package));
    let named = schema
        .set
        .message_named(name)
        .filter(is_own)
        .or_else(|| within().filter(is_own));
    named.or_else(|| main.messages.first().copied())
}

/// Cuts the message of this event down to what is read; `None` reads all of it.
///
/// # Errors
/// Every read that does not fit the message; or why the budget has ended.
pub fn project(
    schema: &Schema,
    name: &str,
    reads: Option<&[Read<'_>]>,
    budget: &Budget,
) -> Result<Schema, ProjectError> {
    // Messages and enums are copied.
    budget.spend(schema.set.messages.len() + schema.set.enums.len())?;
    let reads_or_none = reads.unwrap_or_default();
    let Some(root) = event(schema, name) else {
        let misread = |read| Misread {
            read,
            span: reads_or_none[read].path.span_of(0),
            message: "there is no message in the file".into(),
            known: Vec::new(),
            help: "name a schema with a message".into(),
        };
        return Err(ProjectError::Misread((0..reads_or_none.len()).map(misread).collect()));
    };
    let mut tree = Tree {
        cost: 0,
        nodes: vec![Node {
            whole: reads.is_none(),
            ..Node::default()
        }],
    };
    let mut faults = Vec::new();
    for (number, read) in reads_or_none.iter().enumerate() {
        faults.extend(tree.add(&schema.set, root, number, read).err());
        budget.spend(std::mem::take(&mut tree.cost))?;
    }
    if !faults.is_empty() {
        return Err(ProjectError::Misread(faults));
    }
    let mut projector = Projector {
        tree: &tree,
        budget,
        set: schema.set.clone(),
        unread: FxHashMap::default(),
        whole: FxHashMap::default(),
        todo: VecDeque::new(),
    };
    let message = projector.cut(root, Tree::ROOT)?;
    projector.finish()?;
    Ok(Schema {
        set: projector.set,
        written: schema.written.clone(),
        event: Some(Event {
            message,
            unread: projector.unread,
        }),
    })
}

/// All the reads of one projection, as a tree over the message.
struct Tree {
    nodes: Vec<Node>,
    /// What was done since it was last paid for, in steps.
    cost: usize,
}

/// A place that reads lead to or through.
#[derive(Default)]
struct Node {
    children: FxHashMap<DataStep, usize>,
    /// Some read ends here: everything below is read.
    whole: bool,
    /// The values of an enum that the reader knows.
    symbols: Option<Vec<String>>,
}

/// What a path leads to.
#[derive(Clone, Copy)]
enum Place {
    Message(MessageId),
    /// All items of a field, of which each is what the kind says.
    Items(Kind),
    Enum(EnumId),
    Scalar,
}

impl Tree {
    const ROOT: usize = 0;

    fn add(&mut self, set: &FileSet, root: MessageId, number: usize, read: &Read<'_>) -> Result<(), Misread> {
        let (mut at, mut place) = (Tree::ROOT, Place::Message(root));
        for (index, step) in read.path.steps().iter().enumerate() {
            if let Place::Message(id) = place {
                self.cost += 1 + set.message(id).fields.len() / FIELDS;
            }
            place = below(set, place, step).map_err(|wrong| Misread {
                read: number,
                span: read.path.span_of(index),
                ..wrong
            })?;
            at = self.child(at, step);
        }
        self.nodes[at].whole = true;
        if read.symbols.is_none() && !read.other_symbols {
            return Ok(());
        }
        // What is said of a list's or a map's enum is said of its items.
        if let Place::Items(kind) = place {
            let step = match kind {
                Kind::Map { .. } => DataStep::Entry,
                _ => DataStep::Item,
            };
            place = item(kind);
            at = self.child(at, &step);
        }
        let Place::Enum(id) = place else {
            return Err(Misread {
                read: number,
                span: read.path.span_of(usize::MAX),
                message: "values are handled of an enum, and this is none".into(),
                known: Vec::new(),
                help: "leave `handles` and `otherwise` out".into(),
            });
        };
        let Some(symbols) = read.symbols else {
            return Ok(());
        };
        let values = &set.enumeration(id).values;
        self.cost += values.len() + symbols.len();
        let known: FxHashSet<&str> = values.iter().map(|value| &*value.name).collect();
        if let Some(wrong) = symbols.iter().find(|symbol| !known.contains(**symbol)) {
            return Err(Misread {
                read: number,
                span: read.path.span_of(usize::MAX),
                message: format!("the enum `{}` has no value `{wrong}`", set.enumeration(id).name),
                known: values.iter().map(|value| value.name.to_string()).collect(),
                help: "handle values that the enum has".into(),
            });
        }
        self.nodes[at].symbols = Some(symbols.iter().map(|symbol| (*symbol).to_owned()).collect());
        Ok(())
    }

    fn child(&mut self, at: usize, step: &DataStep) -> usize {
        let next = self.nodes.len();
        let child = *self.nodes[at].children.entry(step.clone()).or_insert(next);
        if child == next {
            self.nodes.push(Node::default());
        }
        child
    }
}

/// Where one more step leads. An error lacks the number of the read and the place in its path.
fn below(set: &FileSet, place: Place, step: &DataStep) -> Result<Place, Misread> {
    let wrong = |message: String, known: Vec<String>, help: String| Misread {
        read: 0,
        span: crate::source::Span::default(),
        message,
        known,
        help,
    };
    match (place, step) {
        (_, DataStep::Branch(_)) => Err(wrong(
            "a Protobuf message has no branches by type".into(),
            Vec::new(),
            "name the member of the oneof like any other field".into(),
        )),
        (Place::Message(id), DataStep::Field(name)) => {
            let message = set.message(id);
            match message.fields.iter().find(|field| field.name == *name) {
                Some(field) => Ok(match field.cardinality {
                    Cardinality::Repeated | Cardinality::Map => Place::Items(field.kind),
                    _ => item(field.kind),
                }),
                None => Err(wrong(
                    format!("`{}` has no field `{name}`", message.simple_name()),
                    message.fields.iter().map(|field| field.name.to_string()).collect(),
                    String::new(),
                )),
            }
        }
        (Place::Items(kind @ Kind::Map { .. }), DataStep::Entry) => Ok(item(kind)),
        (Place::Items(Kind::Map { .. }), _) => Err(wrong(
            "this is a map".into(),
            Vec::new(),
            "write `{}` for every value of it: `tags{}`".into(),
        )),
        (Place::Items(kind), DataStep::Item) => Ok(item(kind)),
        (Place::Items(_), _) => Err(wrong(
            "this is a repeated field".into(),
            Vec::new(),
            "write `[]` for every item of it: `lines[].sku`".into(),
        )),
        (Place::Message(id), _) => Err(wrong(
            format!("this is one message, `{}`", set.message(id).simple_name()),
            Vec::new(),
            "name a field of it".into(),
        )),
        (Place::Enum(_) | Place::Scalar, _) => Err(wrong(
            "nothing is inside of this".into(),
            Vec::new(),
            "end the path here".into(),
        )),
    }
}

/// What one item of a field is.
fn item(kind: Kind) -> Place {
    match (kind.message(), kind.enumeration()) {
        (Some(id), _) => Place::Message(id),
        (None, Some(id)) => Place::Enum(id),
        (None, None) => Place::Scalar,
    }
}

struct Projector<'a> {
    tree: &'a Tree,
    budget: &'a Budget,
    /// The messages and enums of the schema, then those that were made.
    set: FileSet,
    unread: FxHashMap<MessageId, FxHashMap<i32, Option<u32>>>,
    /// Copies of messages that are read whole.
    whole: FxHashMap<MessageId, MessageId>,
    /// Copies whose fields still are of messages that are none.
    todo: VecDeque<MessageId>,
}

impl Projector<'_> {
    /// The message at a place of the tree, cut by what the tree reads of it.
    fn cut(&mut self, id: MessageId, at: usize) -> Result<MessageId, Exhausted> {
        let node = &self.tree.nodes[at];
        if node.whole && node.children.is_empty() {
            return self.copied(id);
        }
        self.budget.spend(self.set.message(id).fields.len())?;
        let mut message = self.set.message(id).clone();
        let fields = std::mem::take(&mut message.fields);
        let mut unread = FxHashMap::default();
        for field in fields {
            let child = node.children.get(&DataStep::Field(field.name.clone())).copied();
            match child {
                Some(child) => {
                    let field = self.cut_field(field, child)?;
                    message.fields.push(field);
                }
                None if node.whole => {
                    let field = self.copied_field(field)?;
                    message.fields.push(field);
                }
                None => {
                    unread.insert(field.number, field.oneof);
                }
            }
        }
        alone(&mut message);
        let made = self.add(message);
        self.unread.insert(made, unread);
        Ok(made)
    }

    fn cut_field(&mut self, mut field: Field, at: usize) -> Result<Field, Exhausted> {
        let step = match field.cardinality {
            Cardinality::Repeated => Some(DataStep::Item),
            Cardinality::Map => Some(DataStep::Entry),
            _ => None,
        };
        // Without a step into its items the whole field is read.
        let inside = step.map_or(Some(at), |step| self.tree.nodes[at].children.get(&step).copied());
        let Some(at) = inside else {
            return self.copied_field(field);
        };
        field.kind = match field.kind {
            Kind::Message(id) => Kind::Message(self.cut(id, at)?),
            Kind::Group(id) => Kind::Group(self.cut(id, at)?),
            Kind::Enum(id) => Kind::Enum(self.cut_enum(id, at, &mut field.default)?),
            Kind::Map { key, value } => Kind::Map {
                key,
                value: match value {
                    MapValue::Message(id) => MapValue::Message(self.cut(id, at)?),
                    MapValue::Enum(id) => MapValue::Enum(self.cut_enum(id, at, &mut None)?),
                    value @ MapValue::Scalar(_) => value,
                },
            },
            kind @ Kind::Scalar(_) => kind,
        };
        Ok(field)
    }

    /// The enum with the values that are handled. What is seen where nothing is written stays as it was.
    fn cut_enum(&mut self, id: EnumId, at: usize, default: &mut Option<Default>) -> Result<EnumId, Exhausted> {
        let Some(symbols) = &self.tree.nodes[at].symbols else {
            return Ok(id);
        };
        let whole = self.set.enumeration(id);
        self.budget.spend(whole.values.len())?;
        let handled: FxHashSet<&str> = symbols.iter().map(String::as_str).collect();
        let numbers: FxHashSet<i32> = whole
            .values
            .iter()
            .filter(|value| handled.contains(&*value.name))
            .map(|value| value.number)
            .collect();
        if let (None, Some(first)) = (&default, whole.values.first()) {
            *default = Some(Default::Enum(first.number, first.name.clone()));
        }
        let cut = Enum {
            values: whole
                .values
                .iter()
                .filter(|value| numbers.contains(&value.number))
                .cloned()
                .collect(),
            ..whole.clone()
        };
        self.set.enums.push(cut);
        Ok(EnumId(u32::try_from(self.set.enums.len() - 1).unwrap_or(u32::MAX)))
    }

    /// A message that is read whole.
    fn copied(&mut self, id: MessageId) -> Result<MessageId, Exhausted> {
        if let Some(made) = self.whole.get(&id) {
            return Ok(*made);
        }
        if self.set.messages.len() >= MAX_MESSAGES {
            return Ok(id);
        }
        self.budget.spend(self.set.message(id).fields.len())?;
        let mut message = self.set.message(id).clone();
        alone(&mut message);
        let made = self.add(message);
        self.whole.insert(id, made);
        self.todo.push_back(made);
        Ok(made)
    }

    fn copied_field(&mut self, mut field: Field) -> Result<Field, Exhausted> {
        field.kind = match field.kind {
            Kind::Message(id) => Kind::Message(self.copied(id)?),
            Kind::Group(id) => Kind::Group(self.copied(id)?),
            Kind::Map {
                key,
                value: MapValue::Message(id),
            } => Kind::Map {
                key,
                value: MapValue::Message(self.copied(id)?),
            },
            kind => kind,
        };
        Ok(field)
    }

    /// Makes the messages inside those that are read whole.
    fn finish(&mut self) -> Result<(), Exhausted> {
        while let Some(made) = self.todo.pop_front() {
            let fields = std::mem::take(&mut self.set.messages[made.0 as usize].fields);
            let fields = fields.into_iter().map(|field| self.copied_field(field));
            let fields = fields.collect::<Result<Vec<_>, _>>()?;
            self.set.messages[made.0 as usize].fields = fields;
        }
        Ok(())
    }

    fn add(&mut self, message: Message) -> MessageId {
        self.set.messages.push(message);
        MessageId(u32::try_from(self.set.messages.len() - 1).unwrap_or(u32::MAX))
    }
}

/// Gives every field that occurs at most once and is in no oneof one of its own.
fn alone(message: &mut Message) {
    for field in &mut message.fields {
        let is_single = matches!(field.cardinality, Cardinality::Implicit | Cardinality::Explicit);
        if is_single && field.oneof.is_none() {
            field.oneof = u32::try_from(message.oneofs.len()).ok();
            message.oneofs.push(Oneof {
                name: field.name.clone(),
                span: field.spans.whole,
                name_span: field.spans.name,
            });
        }
    }
}
