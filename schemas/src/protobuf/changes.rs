//! What is different between two Protobuf files, edit by edit.
//!
//! Messages and enums are paired by their names within the package, and messages that fields of one number hold with each
//! other; fields are paired by number, values of enums by number, methods by name.
//!
//! Invariants: every pair of types is compared once, so recursive messages end; no more than [`MAX_CHANGES`] are told.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::label::{at_message, label};
use super::schema::{
    Cardinality, Default, Enum, EnumId, Field, FileId, FileSet, Kind, MapValue, Message, MessageId, Options, Schema,
    Service,
};
use crate::change::{Change, Manner};
use crate::finding::Label;
use crate::source::Span;

/// Changes beyond these are not told.
pub const MAX_CHANGES: usize = 10_000;

/// The file that is asked about is the first.
const MAIN: FileId = FileId(0);

/// Everything that differs, messages by the way from those that are part of no other.
pub fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut walk = Walk {
        old: &old.set,
        new: &new.set,
        seen: FxHashSet::default(),
        enums: FxHashSet::default(),
        todo: VecDeque::new(),
        changes: Vec::new(),
    };
    walk.package(old, new);
    let (pairs, enums) = walk.declared(old, new);
    for (old, new) in pairs {
        walk.todo.push_back((old, new, String::new()));
        while let Some((old, new, path)) = walk.todo.pop_front() {
            if walk.changes.len() >= MAX_CHANGES {
                break;
            }
            if walk.seen.insert((old, new)) {
                walk.messages(old, new, &path);
            }
        }
    }
    // Those that no field holds.
    for (old, new) in enums {
        walk.enumeration(old, new, "");
    }
    walk.services(old, new);
    walk.changes.truncate(MAX_CHANGES);
    walk.changes
}

/// Pairs of messages and of enums that are in both files.
type Declarations = (Vec<(MessageId, MessageId)>, Vec<(EnumId, EnumId)>);

struct Walk<'s> {
    old: &'s FileSet,
    new: &'s FileSet,
    seen: FxHashSet<(MessageId, MessageId)>,
    enums: FxHashSet<(EnumId, EnumId)>,
    todo: VecDeque<(MessageId, MessageId, String)>,
    changes: Vec<Change>,
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
            self.tell(Manner::Changed, "", message, Some(old), Some(new));
        }
        if before.syntax != after.syntax {
            let (old, new) = (
                label(self.old, MAIN, before.syntax_span.unwrap_or_default(), ""),
                label(self.new, MAIN, after.syntax_span.unwrap_or_default(), ""),
            );
            self.tell(Manner::Changed, "", "another syntax".into(), Some(old), Some(new));
        }
    }

    /// Tells which messages and enums of the main files have come and gone, and pairs those of both; messages that are part
    /// of no other come first.
    fn declared(&mut self, old: &'s Schema, new: &'s Schema) -> Declarations {
        let (before, after) = (names(old), names(new));
        let (mut pairs, mut enums) = (Vec::new(), Vec::new());
        for (name, found) in &before.ordered {
            match (found, after.by_name.get(name)) {
                (Declared::Message(old), Some(Declared::Message(new))) => pairs.push((*old, *new)),
                (Declared::Enum(old), Some(Declared::Enum(new))) => enums.push((*old, *new)),
                _ => {
                    let at = place(self.old, *found);
                    let message = format!("{} `{name}` removed", found.word());
                    self.tell(Manner::Removed, "", message, Some(at), None);
                }
            }
        }
        for (name, found) in &after.ordered {
            if before
                .by_name
                .get(name)
                .is_none_or(|other| other.word() != found.word())
            {
                let at = place(self.new, *found);
                let message = format!("{} `{name}` added", found.word());
                self.tell(Manner::Added, "", message, None, Some(at));
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

    fn messages(&mut self, old: MessageId, new: MessageId, path: &str) {
        let (before, after) = (self.old.message(old), self.new.message(new));
        let (was, is) = (by_number(before), by_number(after));
        for field in &before.fields {
            if !is.contains_key(&field.number) {
                let message = format!("field {} removed ({})", field.number, words(self.old, field));
                let at = label(self.old, before.file, field.spans.whole, "");
                self.tell(Manner::Removed, &join(path, &field.name), message, Some(at), None);
            }
        }
        for field in &after.fields {
            match was.get(&field.number) {
                Some(earlier) => self.field((before, earlier), (after, field), path),
                None => {
                    let message = format!("field {} added ({})", field.number, words(self.new, field));
                    let at = label(self.new, after.file, field.spans.whole, "");
                    self.tell(Manner::Added, &join(path, &field.name), message, None, Some(at));
                }
            }
        }
        let reserved = |message: &Message| {
            let mut ranges: Vec<_> = message.reserved.ranges.iter().map(|(range, _)| *range).collect();
            let mut names: Vec<_> = message.reserved.names.iter().map(|(name, _)| name.clone()).collect();
            ranges.sort_unstable();
            names.sort_unstable();
            (ranges, names)
        };
        let mut differences = Vec::new();
        if reserved(before) != reserved(after) {
            differences.push("other reserved numbers or names");
        }
        if others(&before.options, &[]) != others(&after.options, &[]) {
            differences.push("other options");
        }
        for message in differences {
            let (old, new) = (at_message(self.old, old, ""), at_message(self.new, new, ""));
            self.tell(Manner::Changed, path, message.to_owned(), Some(old), Some(new));
        }
    }

    fn field(&mut self, (within, old): (&'s Message, &'s Field), (inside, new): (&'s Message, &'s Field), path: &str) {
        let path = join(path, &new.name);
        let mut differences = Vec::new();
        let mut becomes = |what: &str, old: String, new: String| {
            if old != new {
                differences.push(format!("{what} {old} becomes {new}"));
            }
        };
        becomes("name", format!("`{}`", old.name), format!("`{}`", new.name));
        becomes("type", kind(self.old, old.kind), kind(self.new, new.kind));
        becomes("label", cardinality(old), cardinality(new));
        becomes("default", default(old), default(new));
        let oneof = |message: &Message, field: &Field| match field.oneof {
            Some(index) => message
                .oneofs
                .get(index as usize)
                .map_or_else(String::new, |oneof| format!("`{}`", oneof.name)),
            None => "none".to_owned(),
        };
        becomes("oneof", oneof(within, old), oneof(inside, new));
        if old.name == new.name || old.options.get("json_name").is_some() || new.options.get("json_name").is_some() {
            becomes(
                "JSON name",
                format!("{:?}", &*old.json_name),
                format!("{:?}", &*new.json_name),
            );
        }
        if old.cardinality == Cardinality::Repeated && new.cardinality == Cardinality::Repeated {
            let packed = |field: &Field| if field.is_packed { "packed" } else { "one by one" };
            becomes("written", packed(old).into(), packed(new).into());
        }
        const TOLD: [&str; 3] = ["default", "json_name", "packed"];
        if others(&old.options, &TOLD) != others(&new.options, &TOLD) {
            differences.push("other options".to_owned());
        }
        for message in differences {
            let (old, new) = (
                label(self.old, within.file, old.spans.whole, ""),
                label(self.new, inside.file, new.spans.whole, ""),
            );
            self.tell(Manner::Changed, &path, message, Some(old), Some(new));
        }
        let below = match new.cardinality {
            Cardinality::Repeated => format!("{path}[]"),
            Cardinality::Map => format!("{path}{{}}"),
            _ => path,
        };
        if let (Some(old), Some(new)) = (old.kind.message(), new.kind.message()) {
            self.todo.push_back((old, new, below));
        } else if let (Some(old), Some(new)) = (old.kind.enumeration(), new.kind.enumeration()) {
            self.enumeration(old, new, &below);
        }
    }

    fn enumeration(&mut self, old: EnumId, new: EnumId, path: &str) {
        if !self.enums.insert((old, new)) {
            return;
        }
        let (before, after) = (self.old.enumeration(old), self.new.enumeration(new));
        let names = |of: &Enum| -> FxHashMap<i32, Vec<Box<str>>> {
            let mut names: FxHashMap<i32, Vec<Box<str>>> = FxHashMap::default();
            for value in &of.values {
                names.entry(value.number).or_default().push(value.name.clone());
            }
            names
        };
        let (was, is) = (names(before), names(after));
        let mut told = FxHashSet::default();
        for value in &before.values {
            let at = label(self.old, before.file, value.span, "");
            match is.get(&value.number) {
                None => {
                    let message = format!("value `{}` = {} removed", value.name, value.number);
                    self.tell(Manner::Removed, path, message, Some(at), None);
                }
                Some(names) if was.get(&value.number) != Some(names) && told.insert(value.number) => {
                    let list = |names: Option<&Vec<Box<str>>>| {
                        let names = names.into_iter().flatten().map(|name| format!("`{name}`"));
                        names.collect::<Vec<_>>().join(", ")
                    };
                    let message = format!(
                        "value {}: {} becomes {}",
                        value.number,
                        list(was.get(&value.number)),
                        list(Some(names))
                    );
                    let now = after.values.iter().find(|other| other.number == value.number);
                    let now = now.map(|now| label(self.new, after.file, now.span, ""));
                    self.tell(Manner::Changed, path, message, Some(at), now);
                }
                Some(_) => {}
            }
        }
        for value in after.values.iter().filter(|value| !was.contains_key(&value.number)) {
            let message = format!("value `{}` = {} added", value.name, value.number);
            let at = label(self.new, after.file, value.span, "");
            self.tell(Manner::Added, path, message, None, Some(at));
        }
        if before.is_open != after.is_open {
            let word = |of: &Enum| if of.is_open { "open" } else { "closed" };
            let message = format!("{} enum becomes {}", word(before), word(after));
            let (old, new) = (
                label(self.old, before.file, before.name_span, ""),
                label(self.new, after.file, after.name_span, ""),
            );
            self.tell(Manner::Changed, path, message, Some(old), Some(new));
        }
    }

    fn services(&mut self, old: &'s Schema, new: &'s Schema) {
        let of = |schema: &'s Schema| -> Vec<&'s Service> {
            let services = schema.main().services.iter();
            services
                .filter_map(|index| schema.set.services.get(*index as usize))
                .collect()
        };
        let (before, after) = (of(old), of(new));
        for service in &before {
            let name = within(self.old, &service.name);
            match after.iter().find(|other| within(self.new, &other.name) == name) {
                Some(other) => self.rpcs(service, other),
                None => {
                    let at = label(self.old, service.file, service.span, "");
                    self.tell(Manner::Removed, "", format!("service `{name}` removed"), Some(at), None);
                }
            }
        }
        for service in after {
            let name = within(self.new, &service.name);
            if before.iter().all(|other| within(self.old, &other.name) != name) {
                let at = label(self.new, service.file, service.span, "");
                self.tell(Manner::Added, "", format!("service `{name}` added"), None, Some(at));
            }
        }
    }

    fn rpcs(&mut self, before: &'s Service, after: &'s Service) {
        let known: FxHashMap<&str, _> = after.rpcs.iter().map(|rpc| (&*rpc.name, rpc)).collect();
        let earlier: FxHashSet<&str> = before.rpcs.iter().map(|rpc| &*rpc.name).collect();
        for rpc in &before.rpcs {
            let at = label(self.old, before.file, rpc.span, "");
            let Some(other) = known.get(&*rpc.name) else {
                let message = format!("method `{}` removed", rpc.name);
                self.tell(Manner::Removed, "", message, Some(at), None);
                continue;
            };
            let told = |set: &FileSet, rpc: &super::schema::Rpc| {
                let stream = |span: Option<Span>| if span.is_some() { "stream " } else { "" };
                format!(
                    "({}{}) returns ({}{})",
                    stream(rpc.client_streaming),
                    within(set, &set.message(rpc.request.0).name),
                    stream(rpc.server_streaming),
                    within(set, &set.message(rpc.response.0).name)
                )
            };
            let (was, is) = (told(self.old, rpc), told(self.new, other));
            if was != is {
                let message = format!("method `{}` {was} becomes {is}", rpc.name);
                let now = label(self.new, after.file, other.span, "");
                self.tell(Manner::Changed, "", message, Some(at), Some(now));
            }
        }
        for rpc in after.rpcs.iter().filter(|rpc| !earlier.contains(&*rpc.name)) {
            let at = label(self.new, after.file, rpc.span, "");
            self.tell(
                Manner::Added,
                "",
                format!("method `{}` added", rpc.name),
                None,
                Some(at),
            );
        }
    }

    fn tell(&mut self, manner: Manner, data_path: &str, message: String, old: Option<Label>, new: Option<Label>) {
        self.changes.push(Change {
            manner,
            data_path: data_path.to_owned(),
            message,
            old,
            new,
        });
    }
}

/// A message or an enum of the main file.
#[derive(Clone, Copy)]
enum Declared {
    Message(MessageId),
    Enum(EnumId),
}

impl Declared {
    fn word(self) -> &'static str {
        match self {
            Declared::Message(_) => "message",
            Declared::Enum(_) => "enum",
        }
    }
}

struct Names {
    /// Names without the package, outer types first and otherwise in the order of the text.
    ordered: Vec<(String, Declared)>,
    by_name: FxHashMap<String, Declared>,
}

fn names(schema: &Schema) -> Names {
    let set = &schema.set;
    let mut messages = schema.main().messages.clone();
    let mut enums = schema.main().enums.clone();
    let mut next = 0;
    while let Some(id) = messages.get(next).copied() {
        let message = set.message(id);
        messages.extend(&message.messages);
        enums.extend(&message.enums);
        next += 1;
    }
    let messages = messages
        .into_iter()
        .map(|id| (&*set.message(id).name, Declared::Message(id)));
    let enums = enums
        .into_iter()
        .map(|id| (&*set.enumeration(id).name, Declared::Enum(id)));
    let ordered: Vec<(String, Declared)> = messages
        .chain(enums)
        .map(|(name, declared)| (within(set, name).to_owned(), declared))
        .collect();
    Names {
        by_name: ordered.iter().cloned().collect(),
        ordered,
    }
}

/// A full name without the package.
fn within<'a>(set: &FileSet, name: &'a str) -> &'a str {
    let package = set.files.first().map_or("", |file| &*file.package);
    let rest = name.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'));
    if package.is_empty() { name } else { rest.unwrap_or(name) }
}

fn place(set: &FileSet, declared: Declared) -> Label {
    match declared {
        Declared::Message(id) => label(set, set.message(id).file, set.message(id).span, ""),
        Declared::Enum(id) => label(set, set.enumeration(id).file, set.enumeration(id).span, ""),
    }
}

fn by_number(message: &Message) -> FxHashMap<i32, &Field> {
    message.fields.iter().map(|field| (field.number, field)).collect()
}

fn words(set: &FileSet, field: &Field) -> String {
    let label = match field.cardinality {
        Cardinality::Repeated => "repeated ",
        Cardinality::Required => "required ",
        _ => "",
    };
    format!("{label}{}", kind(set, field.kind))
}

fn kind(set: &FileSet, kind: Kind) -> String {
    let message = |id: MessageId| within(set, &set.message(id).name).to_owned();
    match kind {
        Kind::Scalar(scalar) => scalar.name().to_owned(),
        Kind::Message(id) => message(id),
        Kind::Group(id) => format!("group {}", message(id)),
        Kind::Enum(id) => within(set, &set.enumeration(id).name).to_owned(),
        Kind::Map { key, value } => {
            let value = match value {
                MapValue::Scalar(scalar) => scalar.name().to_owned(),
                MapValue::Message(id) => message(id),
                MapValue::Enum(id) => within(set, &set.enumeration(id).name).to_owned(),
            };
            format!("map<{}, {value}>", key.name())
        }
    }
}

fn cardinality(field: &Field) -> String {
    match field.cardinality {
        Cardinality::Implicit => "none",
        // A member of a oneof has no label, and none of the others.
        Cardinality::Explicit if field.oneof.is_some() => "none",
        Cardinality::Explicit => "`optional`",
        Cardinality::Required => "`required`",
        Cardinality::Repeated => "`repeated`",
        Cardinality::Map => "none, of a map",
    }
    .to_owned()
}

fn default(field: &Field) -> String {
    match &field.default {
        None => "none".to_owned(),
        Some(Default::Signed(number)) => number.to_string(),
        Some(Default::Unsigned(number)) => number.to_string(),
        Some(Default::Float(number)) => number.to_string(),
        Some(Default::Bool(value)) => value.to_string(),
        Some(Default::Bytes(bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            let short: String = text.chars().take(40).collect();
            format!("{short:?}{}", if short.len() < text.len() { "…" } else { "" })
        }
        Some(Default::Enum(_, name)) => format!("`{name}`"),
    }
}

/// The options but these, in any order.
fn others<'o>(options: &'o Options, but: &[&str]) -> Vec<(&'o str, &'o str)> {
    let mut others: Vec<_> = options
        .0
        .iter()
        .map(|option| (&*option.name, &*option.value))
        .filter(|(name, _)| !but.contains(name))
        .collect();
    others.sort_unstable();
    others
}

fn join(path: &str, field: &str) -> String {
    match path {
        "" => field.to_owned(),
        path => format!("{path}.{field}"),
    }
}
