//! The fields of messages by number and by name, extensions among them.
//!
//! Made as messages are met, so that a payload pays only for the messages that are in it; each lookup then costs the same
//! however many fields a message has. Whoever reads or writes more than one payload keeps one for all of them.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::language::schema::{Cardinality, EnumId, Field, FileSet, MessageId};

/// What messages of a set look like from outside.
#[derive(Debug)]
pub(crate) struct Index<'s> {
    pub set: &'s FileSet,
    messages: RefCell<FxHashMap<MessageId, Rc<Fields<'s>>>>,
    enums: RefCell<FxHashMap<EnumId, Rc<FxHashSet<i32>>>>,
    /// Made with the first message.
    extensions: RefCell<Option<FxHashMap<MessageId, Vec<FieldEntry<'s>>>>>,
}

/// The fields of a message.
#[derive(Debug)]
pub(crate) struct Fields<'s> {
    pub by_number: FxHashMap<i32, FieldEntry<'s>>,
    /// The names that ProtoJSON takes: the JSON name, the name as declared, of an extension its full name in brackets.
    pub by_name: FxHashMap<Box<str>, FieldEntry<'s>>,
    /// Those that are required, in the order of the text. An extension never is.
    pub required: Vec<FieldEntry<'s>>,
}

/// A field that a message has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FieldEntry<'s> {
    pub field: &'s Field,
    /// The full name, where it is an extension.
    pub extension: Option<&'s str>,
}

impl FieldEntry<'_> {
    /// The field in a path.
    pub fn step(&self) -> String {
        match self.extension {
            Some(name) => format!("({name})"),
            None => self.field.name.to_string(),
        }
    }
}

impl<'s> Index<'s> {
    pub fn new(set: &'s FileSet) -> Self {
        Index {
            set,
            messages: RefCell::default(),
            enums: RefCell::default(),
            extensions: RefCell::default(),
        }
    }

    /// The numbers that a closed enum has; none for an open one.
    pub fn numbers(&self, id: EnumId) -> Option<Rc<FxHashSet<i32>>> {
        let of = self.set.enumeration(id);
        if of.is_open {
            return None;
        }
        let mut enums = self.enums.borrow_mut();
        let numbers = enums
            .entry(id)
            .or_insert_with(|| Rc::new(of.values.iter().map(|value| value.number).collect()));
        Some(Rc::clone(numbers))
    }

    /// The fields of a message.
    pub fn fields(&self, id: MessageId) -> Rc<Fields<'s>> {
        if let Some(fields) = self.messages.borrow().get(&id) {
            return Rc::clone(fields);
        }
        let set = self.set;
        let mut extensions = self.extensions.borrow_mut();
        let extensions = extensions.get_or_insert_with(|| self::extensions(set));
        let own = set
            .message(id)
            .fields
            .iter()
            .map(|field| FieldEntry { field, extension: None });
        let of_others = extensions.get(&id).map(Vec::as_slice).unwrap_or_default();
        let all: Vec<FieldEntry<'s>> = own.chain(of_others.iter().copied()).collect();
        let mut by_name = FxHashMap::default();
        for known in &all {
            let name = match known.extension {
                Some(name) => format!("[{name}]").into(),
                None => known.field.json_name.clone(),
            };
            by_name.entry(name).or_insert(*known);
        }
        for known in all.iter().filter(|known| known.extension.is_none()) {
            by_name.entry(known.field.name.clone()).or_insert(*known);
        }
        let fields = Rc::new(Fields {
            required: all
                .iter()
                .filter(|known| known.extension.is_none() && known.field.cardinality == Cardinality::Required)
                .copied()
                .collect(),
            by_number: all.iter().map(|known| (known.field.number, *known)).collect(),
            by_name,
        });
        self.messages.borrow_mut().insert(id, Rc::clone(&fields));
        fields
    }
}

/// The extensions of a set by what they extend.
fn extensions(set: &FileSet) -> FxHashMap<MessageId, Vec<FieldEntry<'_>>> {
    let mut extensions: FxHashMap<MessageId, Vec<FieldEntry<'_>>> = FxHashMap::default();
    for extension in &set.extensions {
        extensions.entry(extension.extendee).or_default().push(FieldEntry {
            field: &extension.field,
            extension: Some(&extension.name),
        });
    }
    extensions
}
