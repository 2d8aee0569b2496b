//! Confluent's list of differences: what its registry (since 2026) calls incompatible, with its names and paths.
//!
//! Messages are paired by name, their fields by number wherever in the message those are. A message that a field holds is
//! compared by its name within its package; what such a message holds is looked into where it is of another file, as the
//! messages of the main file are compared anyhow. Enums, groups, extensions, services, options and reserved names make no
//! difference here.
//!
//! Invariant: what follows references between types keeps its own list of pairs; recursion follows the nesting of the text.

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::budget::{Budget, Exhausted};
use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{
    Cardinality, Field, FileId, FileSet, Kind, MapValue, Message, MessageId, Oneof, Scalar, Schema,
};
use crate::text::shown::Line;
use crate::verdict::{Difference, Shape};

/// Bytes of all paths together, after which [`ELSEWHERE`] stands for the others. Thousands of differences in a message with
/// a name of a thousand characters would otherwise fill the memory; documents written by people stay far below.
const MAX_PATHS: usize = 1 << 20;

const ELSEWHERE: &str = "#/…";

/// What messages, fields and differences cost, in steps; and how many bytes of a path cost one.
const MESSAGE: usize = 4;
const FIELD: usize = 4;
const DIFFERENCE: usize = 16;
const BYTES: usize = 16;

/// What a difference is about. It lies in these messages or, where one side has none, in what is around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About {
    /// The reader's message.
    pub reader: Option<MessageId>,
    /// The writer's message.
    pub writer: MessageId,
    /// The number of the field, where it is about one.
    pub number: Option<i32>,
}

/// What Confluent's registry would list for a reader (its "update") of a writer's data (its "original"), and what each is
/// about; nothing where it follows from others, or is about the whole file.
///
/// # Errors
/// When the budget ends.
pub(super) fn differences(
    reader: &Schema,
    writer: &Schema,
    budget: &Budget,
) -> Result<Vec<(Difference, Option<About>)>, Exhausted> {
    let mut walk = Walk {
        writer: &writer.set,
        reader: &reader.set,
        pairs: Vec::new(),
        places: FxHashMap::default(),
        bytes: 0,
        budget,
    };
    let mut main = Vec::new();
    if writer.main().package != reader.main().package {
        let template = "The package of the {reader} schema is not that of the {writer} schema, at path '{path}'";
        walk.push("PACKAGE_CHANGED", &Way::Pair("#/"), template, None, &mut main)?;
    }
    walk.messages(
        &writer.main().messages,
        &reader.main().messages,
        &Way::Pair("#"),
        &mut main,
    )?;
    let mut lists = vec![main];
    let mut done = 0;
    while let Some(&(writer, reader)) = walk.pairs.get(done) {
        let path = format!("#/{}", local_name(walk.writer, writer).replace('.', "/"));
        let mut found = Vec::new();
        walk.message(writer, reader, &Way::Pair(&path), &mut found)?;
        lists.push(found);
        done += 1;
    }
    Ok(reported(lists))
}

/// Something that was found in a pair of messages.
enum Found {
    Difference(Difference, Option<About>),
    /// A field holds messages of other files: they differ if that pair does.
    Through {
        path: String,
        pair: usize,
    },
}

struct Walk<'a> {
    writer: &'a FileSet,
    reader: &'a FileSet,
    /// Messages to compare that are not both of the main files, in the order in which they were met.
    pairs: Vec<(MessageId, MessageId)>,
    places: FxHashMap<(MessageId, MessageId), usize>,
    bytes: usize,
    budget: &'a Budget,
}

impl<'a> Walk<'a> {
    /// Messages that stand side by side, paired by their simple names.
    fn messages(
        &mut self,
        writer: &[MessageId],
        reader: &[MessageId],
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        self.budget.spend(writer.len() + reader.len())?;
        let kept: FxHashMap<&str, MessageId> = reader
            .iter()
            .map(|id| (self.reader.message(*id), *id))
            .filter(|(message, _)| !message.is_group)
            .map(|(message, id)| (message.simple_name(), id))
            .collect();
        let mut both = Vec::new();
        for &id in writer {
            let message = self.writer.message(id);
            if message.is_group {
                continue;
            }
            match kept.get(message.simple_name()) {
                Some(&reader) => both.push((id, reader)),
                None => self.push(
                    "MESSAGE_REMOVED",
                    &Way::Name(way, message.simple_name()),
                    "The {reader} schema has no message at path '{path}', which the {writer} schema has",
                    Some(About {
                        reader: None,
                        writer: id,
                        number: None,
                    }),
                    found,
                )?,
            }
        }
        for (id, reader) in both {
            let name = self.writer.message(id).simple_name();
            self.message(id, reader, &Way::Name(way, name), found)?;
        }
        Ok(())
    }

    fn message(
        &mut self,
        writer: MessageId,
        reader: MessageId,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        let (old, new) = (self.writer.message(writer), self.reader.message(reader));
        self.budget
            .spend(MESSAGE + FIELD * (old.fields.len() + new.fields.len()))?;
        let (old_fields, new_fields) = (by_number(self.writer, old), by_number(self.reader, new));
        let about = |field: &Field| {
            Some(About {
                reader: Some(reader),
                writer,
                number: Some(field.number),
            })
        };
        for field in &old.fields {
            if !old_fields.contains_key(&field.number) {
                continue;
            }
            match new_fields.get(&field.number) {
                Some(kept) => self.field(field, kept, about(field), way, found)?,
                None if field.cardinality == Cardinality::Required => self.push(
                    "REQUIRED_FIELD_REMOVED",
                    &Way::Number(way, field.number),
                    "The {reader} schema lacks the field at path '{path}', which the {writer} schema requires",
                    about(field),
                    found,
                )?,
                None => {}
            }
        }
        for field in &new.fields {
            let is_new = new_fields.contains_key(&field.number) && !old_fields.contains_key(&field.number);
            if is_new && field.cardinality == Cardinality::Required {
                self.push(
                    "REQUIRED_FIELD_ADDED",
                    &Way::Number(way, field.number),
                    "The {reader} schema requires the field at path '{path}', which the {writer} schema lacks",
                    about(field),
                    found,
                )?;
            }
        }
        self.dropped_members(old, &new_fields, &about, way, found)?;
        self.gathered_members(new, &old_fields, &about, way, found)?;
        self.messages(&old.messages, &new.messages, way, found)
    }

    fn field(
        &mut self,
        old: &Field,
        new: &Field,
        about: Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        let way = Way::Number(way, old.number);
        let (was, is) = (Held::by(old.kind), Held::by(new.kind));
        self.held(was, is, about, &way, found)?;
        if let (Held::Scalar(group), Held::Scalar(_)) = (was, is)
            && group != Group::Text
            && let (Some(was), Some(is)) = (label(old), label(new))
            && was != is
        {
            let template = format!(
                "The number at path '{{path}}' is {is} in the {{reader}} schema and {was} in the {{writer}} schema"
            );
            self.push("FIELD_NUMERIC_LABEL_CHANGED", &way, &template, about, found)?;
        }
        Ok(())
    }

    fn held(
        &mut self,
        old: Held,
        new: Held,
        about: Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        match (old, new) {
            (Held::Scalar(old), Held::Scalar(new)) if old == new => Ok(()),
            (Held::Scalar(_), Held::Scalar(_)) => self.push(
                "FIELD_SCALAR_KIND_CHANGED",
                way,
                "The field at path '{path}' is laid out otherwise in the {reader} schema than in the {writer} schema",
                about,
                found,
            ),
            (Held::Message(old), Held::Message(new)) => self.held_message(old, new, about, way, found),
            (
                Held::Map(old_key, old_value),
                Held::Map(new_key, new_value),
            ) => {
                self.held(Held::Scalar(old_key), Held::Scalar(new_key), about, way, found)?;
                self.held(Held::value(old_value), Held::value(new_value), about, way, found)
            }
            _ => self.push(
                "FIELD_KIND_CHANGED",
                way,
                "The field at path '{path}' holds another kind of thing in the {reader} schema than in the {writer} schema",
                about,
                found,
            ),
        }
    }

    fn held_message(
        &mut self,
        old: MessageId,
        new: MessageId,
        about: Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        if local_name(self.writer, old) != local_name(self.reader, new) {
            return self.push("FIELD_NAMED_TYPE_CHANGED", way, NAMED_TYPE, about, found);
        }
        let main = FileId(0);
        if self.writer.message(old).file == main && self.reader.message(new).file == main {
            return Ok(());
        }
        let pairs = &mut self.pairs;
        let pair = *self.places.entry((old, new)).or_insert_with(|| {
            pairs.push((old, new));
            pairs.len()
        });
        let path = self.path(way)?;
        found.push(Found::Through { path, pair });
        Ok(())
    }

    /// A oneof may go with all its members; while one of them stays, none may go.
    fn dropped_members(
        &mut self,
        old: &Message,
        new: &FxHashMap<i32, &Field>,
        about: &dyn Fn(&Field) -> Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        for (oneof, members) in members(self.writer, old) {
            let (stay, go): (Vec<&Field>, Vec<&Field>) =
                members.into_iter().partition(|member| new.contains_key(&member.number));
            if stay.is_empty() {
                continue;
            }
            for member in go {
                self.push(
                    "ONEOF_FIELD_REMOVED",
                    &Way::Number(&Way::Name(way, &oneof.name), member.number),
                    "The {reader} schema lacks the field at path '{path}' of a oneof in the {writer} schema",
                    about(member),
                    found,
                )?;
            }
        }
        Ok(())
    }

    /// Fields that could be set together may not meet in a oneof.
    fn gathered_members(
        &mut self,
        new: &Message,
        old: &FxHashMap<i32, &Field>,
        about: &dyn Fn(&Field) -> Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        for (oneof, members) in members(self.reader, new) {
            let known = members.into_iter().filter_map(|member| old.get(&member.number));
            let (alone, together): (Vec<&Field>, Vec<&Field>) = known.copied().partition(|field| field.oneof.is_none());
            let oneofs: FxHashSet<Option<u32>> = together.iter().map(|field| field.oneof).collect();
            if alone.len() + oneofs.len() < 2 {
                continue;
            }
            let way = Way::Name(way, &oneof.name);
            match alone[..] {
                [_, _, ..] => self.push(
                    "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
                    &way,
                    "Several fields of the {writer} schema are in one oneof of the {reader} schema, at path '{path}'",
                    alone.first().and_then(|field| about(field)),
                    found,
                )?,
                [field] => self.push(
                    "FIELD_MOVED_TO_EXISTING_ONEOF",
                    &way,
                    "A field of the {writer} schema joins others in a oneof of the {reader} schema, at path '{path}'",
                    about(field),
                    found,
                )?,
                [] => self.push(
                    "FIELD_MOVED_TO_EXISTING_ONEOF",
                    &way,
                    "Oneofs of the {writer} schema are one oneof in the {reader} schema, at path '{path}'",
                    together.first().and_then(|field| about(field)),
                    found,
                )?,
            }
        }
        Ok(())
    }

    fn push(
        &mut self,
        kind: &'static str,
        way: &Way<'_>,
        template: &str,
        about: Option<About>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        self.budget.spend(DIFFERENCE)?;
        let path = self.path(way)?;
        found.push(Found::Difference(difference(kind, &path, template), about));
        Ok(())
    }

    /// A path in words, as long as there is room for paths.
    fn path(&mut self, way: &Way<'_>) -> Result<String, Exhausted> {
        let length = way.length();
        self.bytes = self.bytes.saturating_add(length);
        if self.bytes > MAX_PATHS {
            return Ok(ELSEWHERE.to_owned());
        }
        self.budget.spend(length / BYTES)?;
        Ok(way.to_string())
    }
}

/// A path to a place, made into a text only where something is reported: names may be as long as a text.
enum Way<'w> {
    /// To a pair of messages, in words.
    Pair(&'w str),
    /// On to something with a name.
    Name(&'w Way<'w>, &'w str),
    /// On to a field.
    Number(&'w Way<'w>, i32),
}

impl Way<'_> {
    /// Bytes of the words.
    fn length(&self) -> usize {
        match self {
            Way::Pair(words) => words.len(),
            Way::Name(up, name) => up.length() + 1 + name.len(),
            Way::Number(up, number) => up.length() + 1 + number.checked_ilog10().map_or(1, |log| log as usize + 1),
        }
    }
}

impl fmt::Display for Way<'_> {
    /// Recurses no deeper than a text is nested.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Pair(words) => f.write_str(words),
            Way::Name(up, name) => write!(f, "{up}/{name}"),
            Way::Number(up, number) => write!(f, "{up}/{number}"),
        }
    }
}

const NAMED_TYPE: &str = "The message at path '{path}' is another in the {reader} schema than in the {writer} schema";

fn difference(kind: &'static str, path: &str, template: &str) -> Difference {
    Difference {
        kind,
        template: template.replace("{path}", path).into(),
        path: path.into(),
        info: Line::default(),
        shape: Shape::Protobuf,
    }
}

/// The differences of the main files; where a field holds messages of other files that differ, theirs and the field's.
fn reported(lists: Vec<Vec<Found>>) -> Vec<(Difference, Option<About>)> {
    let differs = differing(&lists);
    let mut reported = Vec::new();
    let mut entered = vec![false; lists.len()];
    // Where the telling stands: in which list, at which entry, and whether it comes back from there.
    let mut stack = vec![(0, 0, false)];
    while let Some((list, at, returns)) = stack.pop() {
        match lists[list].get(at) {
            None => {}
            Some(Found::Difference(difference, about)) => {
                reported.push((difference.clone(), *about));
                stack.push((list, at + 1, false));
            }
            Some(Found::Through { pair, .. }) if !differs[*pair] => stack.push((list, at + 1, false)),
            Some(Found::Through { pair, .. }) if !returns && !entered[*pair] => {
                entered[*pair] = true;
                stack.push((list, at, true));
                stack.push((*pair, 0, false));
            }
            Some(Found::Through { path, .. }) => {
                reported.push((difference("FIELD_NAMED_TYPE_CHANGED", path, NAMED_TYPE), None));
                stack.push((list, at + 1, false));
            }
        }
    }
    reported
}

/// Which of the lists have a difference, or lead to one that has.
fn differing(lists: &[Vec<Found>]) -> Vec<bool> {
    let mut differs = vec![false; lists.len()];
    let mut leads: Vec<Vec<usize>> = lists.iter().map(|_| Vec::new()).collect();
    let mut todo = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        for found in list {
            match found {
                Found::Difference(..) if !differs[index] => {
                    differs[index] = true;
                    todo.push(index);
                }
                Found::Difference(..) => {}
                Found::Through { pair, .. } => leads[*pair].push(index),
            }
        }
    }
    while let Some(index) = todo.pop() {
        for &from in &leads[index] {
            if !differs[from] {
                differs[from] = true;
                todo.push(from);
            }
        }
    }
    differs
}

/// What a field holds, as far as Confluent's registry looks.
#[derive(Clone, Copy)]
enum Held {
    Scalar(Group),
    Message(MessageId),
    Map(Group, MapValue),
}

impl Held {
    fn by(kind: Kind) -> Held {
        match kind {
            Kind::Scalar(scalar) => Held::Scalar(Group::of(scalar)),
            Kind::Enum(_) => Held::Scalar(Group::Varint),
            Kind::Message(id) | Kind::Group(id) => Held::Message(id),
            Kind::Map { key, value } => Held::Map(Group::of(key), value),
        }
    }

    fn value(value: MapValue) -> Held {
        match value {
            MapValue::Scalar(scalar) => Held::Scalar(Group::of(scalar)),
            MapValue::Enum(_) => Held::Scalar(Group::Varint),
            MapValue::Message(id) => Held::Message(id),
        }
    }
}

/// Scalars that Confluent's registry takes for one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Varint,
    Zigzag,
    Text,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

impl Group {
    fn of(scalar: Scalar) -> Group {
        match scalar {
            Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => Group::Varint,
            Scalar::Sint32 | Scalar::Sint64 => Group::Zigzag,
            Scalar::String | Scalar::Bytes => Group::Text,
            Scalar::Fixed32 | Scalar::Sfixed32 => Group::Fixed32,
            Scalar::Fixed64 | Scalar::Sfixed64 => Group::Fixed64,
            Scalar::Float => Group::Float,
            Scalar::Double => Group::Double,
        }
    }
}

/// A message's name within its package.
fn local_name(set: &FileSet, id: MessageId) -> &str {
    let message = set.message(id);
    within_package(&message.name, &set.file(message.file).package).unwrap_or(&message.name)
}

/// The label, where one is written.
fn label(field: &Field) -> Option<&'static str> {
    field.spans.label?;
    Some(match field.cardinality {
        Cardinality::Required => "required",
        Cardinality::Repeated => "repeated",
        Cardinality::Implicit | Cardinality::Explicit | Cardinality::Map => "optional",
    })
}

/// The fields that are compared: all but groups.
fn compared<'s>(set: &'s FileSet, message: &'s Message) -> impl Iterator<Item = &'s Field> {
    let is_group = |field: &Field| matches!(field.kind, Kind::Group(id) if set.message(id).is_group);
    message.fields.iter().filter(move |field| !is_group(field))
}

/// The fields that are compared, by number.
fn by_number<'s>(set: &'s FileSet, message: &'s Message) -> FxHashMap<i32, &'s Field> {
    compared(set, message).map(|field| (field.number, field)).collect()
}

/// Each oneof with those of its fields that are compared.
fn members<'s>(set: &'s FileSet, message: &'s Message) -> Vec<(&'s Oneof, Vec<&'s Field>)> {
    let mut members: Vec<(&Oneof, Vec<&Field>)> = message.oneofs.iter().map(|oneof| (oneof, Vec::new())).collect();
    for field in compared(set, message) {
        let oneof = field.oneof.and_then(|index| members.get_mut(index as usize));
        if let Some((_, fields)) = oneof {
            fields.push(field);
        }
    }
    members
}
