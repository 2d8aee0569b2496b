//! The part of a message that a reader asks for, as a reader in its own right.
//!
//! Fields that are not read are as good as unknown, so what is left of a message reads all data that the message describes.
//! Each *occurrence* of a message is cut by its own reads: two fields of type `Address` may become two messages of that
//! name, which no text could say but indexes can.
//!
//! Invariants: fields keep their numbers, names and places, so that findings point at the text that the schema was parsed
//! from. Every field that is read and is in no oneof is alone in one of its own: a writer that moves it into a oneof says
//! that something else may come instead, which the reader must hear of. Members of oneofs that are not read stay known as
//! cases. Fields come in the order of the reads. Recursion follows the paths, whose steps are bounded; whole messages are copied from a list of work. What is copied
//! for the reads is bounded too: it counts as steps.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::{Budget, Exhausted};
use crate::data_path::DataStep;
use crate::protobuf::language::schema::{
    Cardinality, Default, Enum, EnumId, Event, Field, FileSet, Kind, MapValue, Message, MessageId, Oneof, Schema,
};
use crate::reads::{Misread, Misreads, ProjectError, Read};

mod tree;

use tree::{FEWER_STEPS, Tree};

/// More messages than this are not made.
const MAX_MESSAGES: usize = 200_000;

/// The message that events of this name are: by full name, by the name within the package, else the first of the file.
pub fn event(schema: &Schema, name: &str) -> Option<MessageId> {
    named(schema, name).or_else(|| schema.main().messages.first().copied())
}

/// The message of the file that has this name: the full one, or that within the package.
pub fn named(schema: &Schema, name: &str) -> Option<MessageId> {
    let main = schema.main();
    let is_own = |id: &MessageId| schema.set.message(*id).file.0 == 0;
    let within = || schema.set.message_named(&format!("{}.{name}", main.package));
    let named = schema.set.message_named(name).filter(is_own);
    named.or_else(|| within().filter(is_own))
}

/// Cuts the message of this event down to what is read; `None` reads all of it.
///
/// # Errors
/// Every read that does not fit the message; reads that take too many steps; or why the budget has ended.
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
        let mut faults = Misreads::default();
        for (number, read) in reads_or_none.iter().enumerate() {
            faults.add(|| Misread {
                read: number,
                span: read.path.span_of(0),
                message: "there is no message in the file".into(),
                known: Vec::new(),
                help: "name a schema with a message".into(),
            });
        }
        return Err(faults.into());
    };
    let tree = Tree::of(&schema.set, root, reads, budget)?;
    let mut projector = Projector {
        tree: &tree,
        budget,
        set: schema.set.clone(),
        unread: FxHashMap::default(),
        whole: FxHashMap::default(),
        todo: VecDeque::new(),
        steps_left: tree.steps_left,
        too_many_at: None,
    };
    let message = projector.cut(root, Tree::ROOT)?;
    if let Some(read) = projector.too_many_at {
        return Err(Misreads::too_many_steps(read, reads_or_none, FEWER_STEPS).into());
    }
    projector.finish()?;
    Ok(Schema {
        set: projector.set,
        written: schema.written.clone(),
        folded: schema.folded.clone(),
        warnings: schema.warnings.clone(),
        event: Some(Event {
            message,
            unread: projector.unread,
        }),
    })
}

struct Projector<'a> {
    tree: &'a Tree<'a>,
    budget: &'a Budget,
    /// The messages and enums of the schema, then those that were made.
    set: FileSet,
    unread: FxHashMap<MessageId, FxHashMap<i32, Option<u32>>>,
    /// Copies of messages that are read whole.
    whole: FxHashMap<MessageId, MessageId>,
    /// Copies whose fields still are of messages that are none.
    todo: VecDeque<MessageId>,
    /// Of [`crate::reads::MAX_STEPS`].
    steps_left: usize,
    /// The read whose place took more than were left.
    too_many_at: Option<usize>,
}

impl Projector<'_> {
    /// The message at a place of the tree, cut by what the tree reads of it.
    fn cut(&mut self, id: MessageId, at: usize) -> Result<MessageId, Exhausted> {
        let node = &self.tree.nodes[at];
        if node.whole && node.children.is_empty() {
            return self.copied(id);
        }
        let whole = self.set.message(id);
        // A field takes about as much memory as four steps of a read; options and what is reserved are as long as their text.
        let steps = 1 + 4 * whole.fields.len() + whole.span.end.saturating_sub(whole.span.start) / 8;
        if !self.spend(steps, at)? {
            return Ok(id);
        }
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
        // What is asked for first comes first.
        let first = |field: &Field| {
            let child = node.children.get(&DataStep::Field(field.name.clone()));
            child.map(|child| self.tree.nodes[*child].first)
        };
        message.fields.sort_by_cached_key(first);
        alone(&mut message);
        let made = self.add(message);
        self.unread.insert(made, unread);
        Ok(made)
    }

    /// Takes steps for what a place of the tree copies; says whether there were enough.
    fn spend(&mut self, steps: usize, at: usize) -> Result<bool, Exhausted> {
        self.budget.spend(steps)?;
        match self.steps_left.checked_sub(steps) {
            Some(left) => self.steps_left = left,
            None => {
                self.steps_left = 0;
                self.too_many_at.get_or_insert(self.tree.nodes[at].first);
            }
        }
        Ok(self.too_many_at.is_none())
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
        let reserved = whole.reserved.ranges.len() + whole.reserved.names.len();
        if !self.spend(1 + 4 * (symbols.len() + reserved), at)? {
            return Ok(id);
        }
        let whole = self.set.enumeration(id);
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
        let values = whole.values.iter().filter(|value| numbers.contains(&value.number));
        // Member by member: a copy of the whole enum would be far larger than what is left of it.
        let cut = Enum {
            name: whole.name.clone(),
            file: whole.file,
            parent: whole.parent,
            is_open: whole.is_open,
            is_projected: true,
            values: values.cloned().collect(),
            reserved: whole.reserved.clone(),
            json_format: whole.json_format,
            options: whole.options.clone(),
            span: whole.span,
            name_span: whole.name_span,
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
