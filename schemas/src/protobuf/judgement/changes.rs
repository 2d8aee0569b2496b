//! What is different between two Protobuf files, edit by edit.
//!
//! Messages and enums are paired by their names within the package, and messages that fields of one number hold with each
//! other; fields are paired by number, values of enums by number, methods by name.
//!
//! Invariants: every pair of types is compared once, so recursive messages end; no more than [`MAX_CHANGES`] are reported.

pub(super) mod declared;
mod enums;
mod members;
mod services;
pub(super) mod words;
mod written;

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::label::{at_message, label};
use super::rules;
use crate::budget::{Budget, Exhausted};
use crate::change::{Attribution, Change, ChangeKind, MAX_CHANGES};
use crate::finding::Label;
use crate::protobuf::language::schema::{
    Cardinality, EnumId, Field, File, FileId, FileSet, Message, MessageId, Schema, TypeId,
};
use crate::text::source::Span;
use declared::{Declared, names, place};
use members::{Member, Members, holds};
use words::{cardinality, default, first, first_value, join, kind, others, words};

/// What another name of a number does.
const OF_NAME: Attribution = Attribution::Only(&[&rules::FIELD_RENUMBERED, &rules::FIELD_RENAMED]);
/// What another type does, of a field or of what a list holds.
const OF_TYPE: Attribution = Attribution::Only(&[
    &rules::WIRE_TYPE_MISMATCH,
    &rules::CONTENT_REINTERPRETED,
    &rules::MESSAGE_READ_AS_BYTES,
    &rules::WELL_KNOWN_TYPE_CHANGED,
    &rules::BYTES_NOT_TEXT,
    &rules::NUMBER_OUT_OF_RANGE,
    &rules::NUMBER_REINTERPRETED,
    &rules::ENUM_NUMBER_UNKNOWN,
    &rules::ENUM_RENUMBERED,
    &rules::REQUIRED_FIELD_MISSING,
    &rules::ZERO_READ_AS_DEFAULT,
    &rules::FORBIDDEN_BY_CONFLUENT,
]);
/// What another label does.
const OF_LABEL: Attribution = Attribution::Only(&[
    &rules::REQUIRED_FIELD_MISSING,
    &rules::ZERO_READ_AS_DEFAULT,
    &rules::FORBIDDEN_BY_CONFLUENT,
]);
/// What a list does that becomes a single value, or the other way round.
const OF_LIST: Attribution = Attribution::Only(&[
    &rules::LIST_READ_AS_ONE,
    &rules::CONTENT_REINTERPRETED,
    &rules::WIRE_TYPE_MISMATCH,
    &rules::REQUIRED_FIELD_MISSING,
    &rules::ZERO_READ_AS_DEFAULT,
    &rules::FORBIDDEN_BY_CONFLUENT,
]);
/// What another default does.
const OF_DEFAULT: Attribution = Attribution::Only(&[&rules::ZERO_READ_AS_DEFAULT, &rules::DEFAULT_CHANGED]);
/// What another oneof does, in which a zero is written.
const OF_ONEOF: Attribution = Attribution::Only(&[
    &rules::ONEOF_CASE_LOST,
    &rules::ONEOF_CASE_UNKNOWN,
    &rules::ZERO_READ_AS_DEFAULT,
    &rules::FORBIDDEN_BY_CONFLUENT,
]);

/// The file that is asked about is the first.
const MAIN: FileId = FileId(0);

/// What is looked at costs, in steps: a message or a declaration, a field or a value, a change.
const MESSAGE: usize = 4;
const MEMBER: usize = 4;
const CHANGE: usize = 16;

/// Everything that differs, messages by the way from those that are part of no other.
///
/// # Errors
/// When the budget ends.
pub fn changes(old: &Schema, new: &Schema, budget: &Budget) -> Result<Vec<Change>, Exhausted> {
    let mut walk = Walk {
        old: &old.set,
        new: &new.set,
        budget,
        members: (Members::new(&old.set), Members::new(&new.set)),
        seen: FxHashSet::default(),
        enums: FxHashSet::default(),
        todo: VecDeque::new(),
        changes: Vec::new(),
        options: FxHashSet::default(),
    };
    budget.spend(MESSAGE * (old.set.messages.len() + new.set.messages.len()))?;
    walk.package(old, new);
    let (mut pairs, mut enums) = walk.declared(old, new);
    // What is imported and no field leads to counts too: a registry compares it.
    let (messages, imported) = walk.imported();
    pairs.extend(messages);
    enums.extend(imported);
    for (old, new) in pairs {
        walk.todo.push_back((old, new, String::new()));
        while let Some((old, new, path)) = walk.todo.pop_front() {
            if walk.changes.len() >= MAX_CHANGES {
                break;
            }
            if walk.seen.insert((old, new)) {
                walk.messages(old, new, &path)?;
            }
        }
    }
    // Those that no field holds.
    for (old, new) in enums {
        walk.enumeration(old, new, "")?;
    }
    walk.services(old, new);
    walk.written(old, new)?;
    walk.changes.truncate(MAX_CHANGES);
    Ok(walk.changes)
}

/// Pairs of messages and of enums that are in both files.
type Declarations = (Vec<(MessageId, MessageId)>, Vec<(EnumId, EnumId)>);

struct Walk<'s> {
    old: &'s FileSet,
    new: &'s FileSet,
    budget: &'s Budget,
    /// The fields of the messages of either.
    members: (Members<'s>, Members<'s>),
    seen: FxHashSet<(MessageId, MessageId)>,
    enums: FxHashSet<(EnumId, EnumId)>,
    todo: VecDeque<(MessageId, MessageId, String)>,
    changes: Vec<Change>,
    /// Edits of options that are among the changes, by their place in the new schema.
    options: FxHashSet<(Span, EditedOption)>,
}

/// An option of a declaration of which an edit was reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum EditedOption {
    Default,
    JsonName,
    Packed,
    /// Any other one, of those that a schema knows.
    Other,
}

impl<'s> Walk<'s> {
    fn package(&mut self, old: &Schema, new: &Schema) {
        let (before, after) = (old.main(), new.main());
        if before.package != after.package {
            let name = |package: &str| match package {
                "" => "none".to_owned(),
                package => format!("`{package}`"),
            };
            let message = format!("package {} becomes {}", name(&before.package), name(&after.package));
            let (old, new) = (
                before.package_span.or(before.syntax_span),
                after.package_span.or(after.syntax_span),
            );
            let (old, new) = (
                label(self.old, MAIN, old.unwrap_or_default(), ""),
                label(self.new, MAIN, new.unwrap_or_default(), ""),
            );
            self.record(ChangeKind::Changed, "", message, Some(old), Some(new));
        }
        if before.syntax != after.syntax {
            let (old, new) = (
                label(self.old, MAIN, before.syntax_span.unwrap_or_default(), ""),
                label(self.new, MAIN, after.syntax_span.unwrap_or_default(), ""),
            );
            let message = format!("{} becomes {}", before.syntax, after.syntax);
            self.record_changed("", message, (old, new), Attribution::NOTHING);
        }
    }

    /// Tells which messages and enums of the main files have come and gone, and pairs those of both; messages that are part
    /// of no other come first.
    fn declared(&mut self, old: &'s Schema, new: &'s Schema) -> Declarations {
        let (before, after) = (names(old), names(new));
        let (mut pairs, mut enums) = (Vec::new(), Vec::new());
        for (name, found) in &before.ordered {
            let other = after.by_name.get(name).copied();
            match (*found, other.or_else(|| imported(old, new, name))) {
                (Declared::Message(was), Some(Declared::Message(is))) => pairs.push((was, is)),
                (Declared::Enum(was), Some(Declared::Enum(is))) => enums.push((was, is)),
                (found, _) => {
                    let at = place(self.old, found);
                    let message = format!("{} `{name}` removed", found.word());
                    self.record(ChangeKind::Removed, "", message, Some(at), None);
                    continue;
                }
            }
            if let (None, Some(is)) = (other, imported(old, new, name)) {
                self.moved(name, *found, is, is.file(self.new));
            }
        }
        for (name, found) in &after.ordered {
            let known = before.by_name.get(name).copied();
            match known.or_else(|| imported(new, old, name)) {
                Some(was) if was.word() == found.word() => {
                    if known.is_none() {
                        match (was, *found) {
                            (Declared::Message(was), Declared::Message(is)) => pairs.push((was, is)),
                            (Declared::Enum(was), Declared::Enum(is)) => enums.push((was, is)),
                            _ => {}
                        }
                        self.moved(name, was, *found, MAIN);
                    }
                }
                _ => {
                    let at = place(self.new, *found);
                    let message = format!("{} `{name}` added", found.word());
                    self.record(ChangeKind::Added, "", message, None, Some(at));
                }
            }
        }
        let parts: FxHashSet<MessageId> = self
            .old
            .messages
            .iter()
            .flat_map(|message| message.fields.iter().filter_map(|field| field.kind.message()))
            .collect();
        pairs.sort_by_key(|(old, _)| parts.contains(old));
        (pairs, enums)
    }

    /// Messages and enums of imported files whose texts differ, by their full names. Tells which of them have come and gone.
    fn imported(&mut self) -> Declarations {
        let (old, new) = (self.old, self.new);
        let (mut messages, mut enums) = (Vec::new(), Vec::new());
        for (was, name) in of_changed_imports(old, new) {
            match (was, new.types.get(name)) {
                (Declared::Message(was), Some(TypeId::Message(is))) => messages.push((was, *is)),
                (Declared::Enum(was), Some(TypeId::Enum(is))) => enums.push((was, *is)),
                (Declared::Message(_) | Declared::Enum(_), _) => {
                    let message = format!("{} `{name}` removed", was.word());
                    self.record(ChangeKind::Removed, "", message, Some(place(old, was)), None);
                }
            }
        }
        for (is, name) in of_changed_imports(new, old) {
            let is_known = matches!(
                (is, old.types.get(name)),
                (Declared::Message(_), Some(TypeId::Message(_))) | (Declared::Enum(_), Some(TypeId::Enum(_)))
            );
            if !is_known {
                let message = format!("{} `{name}` added", is.word());
                self.record(ChangeKind::Added, "", message, None, Some(place(new, is)));
            }
        }
        (messages, enums)
    }

    fn moved(&mut self, name: &str, was: Declared, is: Declared, to: FileId) {
        let message = format!("{} `{name}` moved to `{}`", is.word(), self.new.file(to).path);
        self.record_changed(
            "",
            message,
            (place(self.old, was), place(self.new, is)),
            Attribution::NOTHING,
        );
    }

    fn messages(&mut self, old: MessageId, new: MessageId, path: &str) -> Result<(), Exhausted> {
        let reported = self.changes.len();
        let (before, after) = (self.old.message(old), self.new.message(new));
        let (was, is) = (self.members.0.of(old), self.members.1.of(new));
        self.budget
            .spend(MESSAGE + MEMBER * (was.len() + is.len()) + (was.len() + is.len()) * path.len() / 16)?;
        let by_number = |members: &[Member<'s>]| -> FxHashMap<i32, Member<'s>> {
            members.iter().map(|it| (it.field.number, *it)).collect()
        };
        let (earlier, later) = (by_number(&was), by_number(&is));
        for member in was.iter().filter(|it| !later.contains_key(&it.field.number)) {
            let message = format!(
                "field {} removed ({})",
                member.field.number,
                words(self.old, member.field)
            );
            let at = label(self.old, member.file, member.field.spans.whole, "");
            self.record(ChangeKind::Removed, &join(path, member.name), message, Some(at), None);
        }
        for member in &is {
            match earlier.get(&member.field.number) {
                Some(earlier) => self.field(earlier, member, path)?,
                None => {
                    let message = format!(
                        "field {} added ({})",
                        member.field.number,
                        words(self.new, member.field)
                    );
                    let at = label(self.new, member.file, member.field.spans.whole, "");
                    self.record(ChangeKind::Added, &join(path, member.name), message, None, Some(at));
                }
            }
        }
        let mut differences = Vec::new();
        if before.reserved.sorted() != after.reserved.sorted() {
            differences.push("other reserved numbers or names");
        }
        let ranges = |message: &Message| {
            let mut ranges: Vec<_> = message.extension_ranges.iter().map(|(range, _)| *range).collect();
            ranges.sort_unstable();
            ranges
        };
        if ranges(before) != ranges(after) {
            differences.push("other numbers for extensions");
        }
        let places = (at_message(self.old, old, ""), at_message(self.new, new, ""));
        if others(&before.options, &[]) != others(&after.options, &[]) {
            differences.push("other options");
            self.options.insert((places.1.span(), EditedOption::Other));
        }
        for message in differences {
            let places = places.clone();
            self.record_changed(path, message.to_owned(), places, Attribution::NOTHING);
        }
        self.budget.spend(CHANGE * self.changes.len().saturating_sub(reported))
    }

    fn field(&mut self, before: &Member<'s>, after: &Member<'s>, path: &str) -> Result<(), Exhausted> {
        let path = join(path, after.name);
        let mut differences = Vec::new();
        let (old, new) = (before.field, after.field);
        let places = (
            label(self.old, before.file, old.spans.whole, ""),
            label(self.new, after.file, new.spans.whole, ""),
        );
        let at = places.1.span();
        let mut becomes = |what: &str, old: String, new: String, explains: Attribution| {
            let is_edited = old != new;
            if is_edited {
                differences.push((format!("{what} {old} becomes {new}"), explains));
            }
            is_edited
        };
        becomes(
            "name",
            format!("`{}`", before.name),
            format!("`{}`", after.name),
            OF_NAME,
        );
        let is = |field: &Field, cardinality| field.cardinality == cardinality;
        // The type says it where a map comes or goes, and the oneof where a field moves into one and loses its label.
        let is_map = is(old, Cardinality::Map) != is(new, Cardinality::Map);
        let of_type = if is_map { Attribution::Everything } else { OF_TYPE };
        becomes("type", kind(self.old, old.kind), kind(self.new, new.kind), of_type);
        if !is_map && old.cardinality != new.cardinality {
            let is_list = is(old, Cardinality::Repeated) != is(new, Cardinality::Repeated);
            let of_label = if is_list { OF_LIST } else { OF_LABEL };
            becomes("label", cardinality(old), cardinality(new), of_label);
        }
        if becomes("default", default(old), default(new), OF_DEFAULT) {
            self.options.insert((at, EditedOption::Default));
        } else if let (Some(old), Some(new)) = (first_value(self.old, old), first_value(self.new, new))
            && old.number != new.number
        {
            becomes("default", first(old), first(new), OF_DEFAULT);
        }
        let oneof = |name: Option<&str>| name.map_or_else(|| "none".to_owned(), |name| format!("`{name}`"));
        becomes("oneof", oneof(before.oneof), oneof(after.oneof), OF_ONEOF);
        if old.name == new.name || old.options.get("json_name").is_some() || new.options.get("json_name").is_some() {
            let name = |field: &Field| format!("{:?}", &*field.json_name);
            if becomes("JSON name", name(old), name(new), Attribution::NOTHING) {
                self.options.insert((at, EditedOption::JsonName));
            }
        }
        if is(old, Cardinality::Repeated) && is(new, Cardinality::Repeated) {
            let packed = |field: &Field| if field.is_packed { "packed" } else { "one by one" };
            if becomes("written", packed(old).into(), packed(new).into(), Attribution::NOTHING) {
                self.options.insert((at, EditedOption::Packed));
            }
        }
        const REPORTED_ELSEWHERE: [&str; 3] = ["default", "json_name", "packed"];
        if others(&old.options, &REPORTED_ELSEWHERE) != others(&new.options, &REPORTED_ELSEWHERE) {
            differences.push(("other options".to_owned(), Attribution::NOTHING));
            self.options.insert((at, EditedOption::Other));
        }
        for (message, explains) in differences {
            self.record_changed(&path, message, places.clone(), explains);
        }
        let below = match new.cardinality {
            Cardinality::Repeated => format!("{path}[]"),
            Cardinality::Map => format!("{path}{{}}"),
            _ => path,
        };
        if is_map {
            // The values of a map and of messages meet, which are looked for among the fields of the messages.
            let fields =
                |set: &FileSet, field: &Field| field.kind.message().map_or(0, |id| set.message(id).fields.len());
            self.budget.spend(fields(self.old, old) + fields(self.new, new))?;
        }
        let (old, new) = holds(self.old, old.kind, self.new, new.kind);
        if let (Some(old), Some(new)) = (old.message(), new.message()) {
            self.todo.push_back((old, new, below));
        } else if let (Some(old), Some(new)) = (old.enumeration(), new.enumeration()) {
            self.enumeration(old, new, &below)?;
        }
        Ok(())
    }

    /// Tells what has come or gone, all of whose effects are its doing.
    fn record(&mut self, kind: ChangeKind, data_path: &str, message: String, old: Option<Label>, new: Option<Label>) {
        self.changes.push(Change {
            kind,
            data_path: data_path.into(),
            message: message.into(),
            old,
            new,
            explains: Attribution::Everything,
        });
    }

    /// Tells what is otherwise, of which only what these rules find is its doing.
    fn record_changed(&mut self, data_path: &str, message: String, places: (Label, Label), explains: Attribution) {
        self.changes.push(Change {
            kind: ChangeKind::Changed,
            data_path: data_path.into(),
            message: message.into(),
            old: Some(places.0),
            new: Some(places.1),
            explains,
        });
    }
}

/// What `to` imports under the name that something of the main file of `from` has.
fn imported(from: &Schema, to: &Schema, name: &str) -> Option<Declared> {
    let full = match &*from.main().package {
        "" => name.to_owned(),
        package => format!("{package}.{name}"),
    };
    match to.set.types.get(&*full)? {
        TypeId::Message(id) => Some(Declared::Message(*id)),
        TypeId::Enum(id) => Some(Declared::Enum(*id)),
    }
}

/// What the imported files of `of` declare that `beside` has with another text, by full names.
fn of_changed_imports<'s>(of: &'s FileSet, beside: &FileSet) -> Vec<(Declared, &'s str)> {
    let texts: FxHashMap<&str, &str> = beside
        .files
        .iter()
        .map(|file| (&*file.path, file.source.text()))
        .collect();
    let differs = |file: &File| texts.get(&*file.path).is_some_and(|text| *text != file.source.text());
    let files: FxHashSet<FileId> = (1..)
        .map(FileId)
        .zip(of.files.iter().skip(1))
        .filter(|(_, file)| differs(file))
        .map(|(id, _)| id)
        .collect();
    let messages = (0..)
        .map(MessageId)
        .zip(&of.messages)
        .filter(|(_, it)| files.contains(&it.file));
    let enums = (0..)
        .map(EnumId)
        .zip(&of.enums)
        .filter(|(_, it)| files.contains(&it.file));
    let messages = messages.map(|(id, it)| (Declared::Message(id), &*it.name));
    let enums = enums.map(|(id, it)| (Declared::Enum(id), &*it.name));
    messages.chain(enums).collect()
}
