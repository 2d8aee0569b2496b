//! Maps that are written as their entry messages.
//!
//! Java's clients print what they find in a descriptor, where a map is a repeated field of a message that the compiler made:
//! `repeated .p.M.FooEntry foo = 1; message FooEntry { option map_entry = true; … }`. Here it becomes the `map<…>` that it was.
//! What has the option and is no entry stays, and is refused when it is linked.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::syntax::{File, Message, MessageItem, Name, OptionEntry, OptionValue, Spanned, WrittenLabel, WrittenType};

/// The file with a map for each that is written as its entry message; itself, where there is none.
pub(super) fn folded(file: Arc<File>) -> Arc<File> {
    if !file.messages.iter().any(has_entry) {
        return file;
    }
    let mut folded = File::clone(&file);
    let package = folded.package.as_ref().map_or("", |(name, _)| &*name.value).to_owned();
    for message in &mut folded.messages {
        fold(message, &package);
    }
    Arc::new(folded)
}

/// The nesting of messages is bounded by the parser.
fn has_entry(message: &Message) -> bool {
    sets_map_entry(&message.options)
        || message.items.iter().any(|item| match item {
            MessageItem::Message(inner) => has_entry(inner),
            MessageItem::Field(field) => matches!(&field.kind, WrittenType::Group(body) if has_entry(body)),
            MessageItem::Oneof(oneof) => oneof
                .fields
                .iter()
                .any(|field| matches!(&field.kind, WrittenType::Group(body) if has_entry(body))),
            MessageItem::Enum(_) | MessageItem::Extend(_) => false,
        })
}

fn fold(message: &mut Message, outer: &str) {
    let scope = match outer {
        "" => message.name.value.to_string(),
        outer => format!("{outer}.{}", message.name.value),
    };
    let mut entries: FxHashMap<Box<str>, Entry> = FxHashMap::default();
    for item in &mut message.items {
        match item {
            MessageItem::Message(inner) => match Entry::of(inner) {
                Some(entry) => {
                    entries.insert(inner.name.value.clone(), entry);
                }
                None => fold(inner, &scope),
            },
            MessageItem::Field(field) => {
                if let WrittenType::Group(body) = &mut field.kind {
                    fold(body, &scope);
                }
            }
            MessageItem::Oneof(oneof) => {
                for field in &mut oneof.fields {
                    if let WrittenType::Group(body) = &mut field.kind {
                        fold(body, &scope);
                    }
                }
            }
            MessageItem::Enum(_) | MessageItem::Extend(_) => {}
        }
    }
    for (index, item) in message.items.iter().enumerate() {
        if let MessageItem::Field(field) = item
            && let WrittenType::Named(name) = &field.kind
            && let Some((simple, entry)) = named(&mut entries, &scope, name)
        {
            let is_repeated = matches!(
                field.label,
                Some(Spanned {
                    value: WrittenLabel::Repeated,
                    ..
                })
            );
            match is_repeated {
                true => entry.fields.push(index),
                // It is used as a message too.
                false => drop(entries.remove(&simple)),
            }
        }
    }
    entries.retain(|_, entry| entry.fields.len() == 1);
    for entry in entries.values() {
        for index in &entry.fields {
            if let Some(MessageItem::Field(field)) = message.items.get_mut(*index) {
                field.label = None;
                field.type_span = entry.place.span;
                field.kind = WrittenType::Map {
                    key: entry.key.clone(),
                    value: entry.value.clone(),
                };
            }
        }
    }
    message
        .items
        .retain(|item| !matches!(item, MessageItem::Message(inner) if entries.contains_key(&inner.name.value)));
}

/// The entry that a type's name in this scope means.
fn named<'e>(
    entries: &'e mut FxHashMap<Box<str>, Entry>,
    scope: &str,
    name: &str,
) -> Option<(Box<str>, &'e mut Entry)> {
    let (outer, simple) = match name.rsplit_once('.') {
        Some((outer, simple)) => (Some(outer), simple),
        None => (None, name),
    };
    let is_here = match outer {
        None => true,
        Some(outer) => match outer.strip_prefix('.') {
            Some(outer) => outer == scope,
            None => scope == outer || scope.strip_suffix(outer).is_some_and(|before| before.ends_with('.')),
        },
    };
    match is_here {
        true => entries.get_mut(simple).map(|entry| (simple.into(), entry)),
        false => None,
    }
}

/// The message that is an entry of a map.
struct Entry {
    key: Name,
    value: Name,
    /// The name of the message, where it stands.
    place: Name,
    /// The repeated fields that hold it, by their place in the message.
    fields: Vec<usize>,
}

impl Entry {
    /// A message with a key and a value, and nothing else.
    fn of(message: &Message) -> Option<Entry> {
        let is_plain = sets_map_entry(&message.options)
            && message.options.len() == 1
            && message.reserved.is_empty()
            && message.extension_ranges.is_empty();
        let [MessageItem::Field(first), MessageItem::Field(second)] = &message.items[..] else {
            return None;
        };
        let (key, value) = match first.number.value {
            1 => (first, second),
            _ => (second, first),
        };
        let part = |field: &super::syntax::Field, name: &str, number: i64| {
            let optional = field.label.is_none_or(|label| label.value == WrittenLabel::Optional);
            let fits = &*field.name.value == name && field.number.value == number && optional;
            let plain = field.options.iter().all(|option| {
                is_named(option, "json_name") && option.value == OptionValue::Bytes(name.as_bytes().into())
            });
            match &field.kind {
                WrittenType::Named(kind) if fits && plain => Some(Name {
                    value: kind.clone(),
                    span: field.type_span,
                }),
                WrittenType::Named(_) | WrittenType::Map { .. } | WrittenType::Group(_) => None,
            }
        };
        is_plain.then_some(())?;
        Some(Entry {
            key: part(key, "key", 1)?,
            value: part(value, "value", 2)?,
            place: message.name.clone(),
            fields: Vec::new(),
        })
    }
}

fn is_named(option: &OptionEntry, name: &str) -> bool {
    matches!(&option.name[..], [only] if &*only.name == name && !only.is_extension)
}

/// Whether the options say that the message is an entry of a map.
pub(super) fn sets_map_entry(options: &[OptionEntry]) -> bool {
    options
        .iter()
        .any(|option| is_named(option, "map_entry") && option.value == OptionValue::Identifier("true".into()))
}
