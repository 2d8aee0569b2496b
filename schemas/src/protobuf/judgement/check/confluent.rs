//! Confluent's list of differences: what its registry (since 2026) calls incompatible, with its names and paths.
//!
//! Messages are paired by name, their fields by number wherever in the message those are. A message that a field holds is
//! compared by its name within its package; what such a message holds is looked into where it is of another file, as the
//! messages of the main file are compared anyhow. Enums, groups, extensions, services, options and reserved names make no
//! difference here.
//!
//! Invariant: what follows references between types keeps its own list of pairs; recursion follows the nesting of the text.

mod held;
mod java_order;
mod reported;

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use self::held::{Group, Held};
use self::reported::reported;
use crate::budget::{Budget, Exhausted};
use crate::protobuf::language::names::within_package;
use crate::protobuf::language::schema::{Cardinality, Field, FileId, FileSet, Kind, Message, MessageId, Oneof, Schema};
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
        let (old, new) = (by_name(self.writer, writer), by_name(self.reader, reader));
        let in_order = |set: &'a FileSet, ids: &[MessageId]| java_order::of_map(names(set, ids).collect());
        let (first, second) = (in_order(self.writer, writer), in_order(self.reader, reader));
        for name in java_order::of_union(first, second, |name| old.contains_key(name)) {
            let way = Way::Name(way, name);
            match (old.get(name), new.get(name)) {
                (Some(&writer), Some(&reader)) => self.message(writer, reader, &way, found)?,
                (Some(&writer), None) => self.push(
                    "MESSAGE_REMOVED",
                    &way,
                    "The {reader} schema has no message at path '{path}', which the {writer} schema has",
                    Some(About {
                        reader: None,
                        writer,
                        number: None,
                    }),
                    found,
                )?,
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// In the order of Confluent's registry: oneofs, the fields outside of them, those that came into one or left it, messages.
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
        self.gathered_members(new, &old_fields, &about, way, found)?;
        self.oneofs(old, new, &new_fields, &about, way, found)?;
        self.fields_outside(old, new, [&old_fields, &new_fields], &about, way, found)?;
        let oneof = |message: &'a Message, field: &Field| {
            let oneof = field.oneof.and_then(|index| message.oneofs.get(index as usize));
            oneof.map(|oneof| &*oneof.name)
        };
        let has_moved = |field: &&&Field| {
            new_fields
                .get(&field.number)
                .is_some_and(|kept| oneof(old, field) != oneof(new, kept))
        };
        let mut moved: Vec<&Field> = old_fields.values().filter(has_moved).copied().collect();
        moved.sort_by_key(|field| field.number);
        for field in moved {
            if let Some(kept) = new_fields.get(&field.number) {
                self.field(field, kept, about(field), way, found)?;
            }
        }
        self.messages(&old.messages, &new.messages, way, found)
    }

    /// The fields that stand in no oneof.
    fn fields_outside(
        &mut self,
        old: &'a Message,
        new: &'a Message,
        [old_fields, new_fields]: [&FxHashMap<i32, &Field>; 2],
        about: &dyn Fn(&Field) -> Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        let numbers = |set: &'a FileSet, message: &'a Message| {
            let outside = compared(set, message).filter(|field| field.oneof.is_none());
            java_order::of_map(outside.map(|field| field.number).collect())
        };
        let is_outside =
            |fields: &FxHashMap<i32, &Field>, number| fields.get(&number).is_some_and(|field| field.oneof.is_none());
        let mut first = numbers(self.writer, old);
        // One that came into a oneof is looked at with those that moved.
        first.retain(|number| new_fields.get(number).is_none_or(|field| field.oneof.is_none()));
        let second = numbers(self.reader, new);
        for number in java_order::of_union(first, second, |number| is_outside(old_fields, number)) {
            let (was, is) = (old_fields.get(&number), new_fields.get(&number));
            match (was.filter(|field| field.oneof.is_none()), is) {
                (Some(was), Some(is)) => self.field(was, is, about(was), way, found)?,
                (Some(was), None) if was.cardinality == Cardinality::Required => self.push(
                    "REQUIRED_FIELD_REMOVED",
                    &Way::Number(way, number),
                    "The {reader} schema lacks the field at path '{path}', which the {writer} schema requires",
                    about(was),
                    found,
                )?,
                (None, Some(is)) if is.cardinality == Cardinality::Required => self.push(
                    "REQUIRED_FIELD_ADDED",
                    &Way::Number(way, number),
                    "The {reader} schema requires the field at path '{path}', which the {writer} schema lacks",
                    about(is),
                    found,
                )?,
                _ => {}
            }
        }
        Ok(())
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

    /// A oneof may go with all its members; while one of them stays, none may go. Those that stay in one of this name are compared.
    fn oneofs(
        &mut self,
        old: &'a Message,
        new: &'a Message,
        new_fields: &FxHashMap<i32, &Field>,
        about: &dyn Fn(&Field) -> Option<About>,
        way: &Way<'_>,
        found: &mut Vec<Found>,
    ) -> Result<(), Exhausted> {
        let names =
            |message: &'a Message| java_order::of_map(message.oneofs.iter().map(|oneof| &*oneof.name).collect());
        let (first, second) = (names(old), names(new));
        let mut members: FxHashMap<&str, Vec<&Field>> = members(self.writer, old)
            .into_iter()
            .map(|(oneof, members)| (&*oneof.name, members))
            .collect();
        let all = java_order::of_union(first, second, |name| members.contains_key(name));
        for name in all {
            let Some(mut members) = members.remove(name) else {
                continue;
            };
            let any_stays = members.iter().any(|member| new_fields.contains_key(&member.number));
            members.sort_by_key(|member| member.number);
            let way = Way::Name(way, name);
            for member in members {
                match new_fields.get(&member.number) {
                    None if any_stays => self.push(
                        "ONEOF_FIELD_REMOVED",
                        &Way::Number(&way, member.number),
                        "The {reader} schema lacks the field at path '{path}' of a oneof in the {writer} schema",
                        about(member),
                        found,
                    )?,
                    Some(kept) => {
                        let oneof = kept.oneof.and_then(|index| new.oneofs.get(index as usize));
                        if oneof.is_some_and(|oneof| *oneof.name == *name) {
                            self.field(member, kept, about(member), &way, found)?;
                        }
                    }
                    None => {}
                }
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

/// The simple names of messages that are compared: all but groups.
fn names<'s>(set: &'s FileSet, ids: &[MessageId]) -> impl Iterator<Item = &'s str> {
    let messages = ids.iter().map(|id| set.message(*id));
    messages.filter(|message| !message.is_group).map(Message::simple_name)
}

/// These messages by their simple names.
fn by_name<'s>(set: &'s FileSet, ids: &[MessageId]) -> FxHashMap<&'s str, MessageId> {
    let compared = ids.iter().filter(|id| !set.message(**id).is_group);
    compared.map(|id| (set.message(*id).simple_name(), *id)).collect()
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
