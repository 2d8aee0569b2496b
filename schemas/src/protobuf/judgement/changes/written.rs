//! Edits of what is written beside the fields: options, the custom ones too, imports, and the order of declarations. They change
//! no data, and make a new version in a registry.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{EditedOption, MAIN, Walk};
use crate::budget::Exhausted;
use crate::change::Attribution;
use crate::protobuf::judgement::check::label::label;
use crate::protobuf::language::schema::Schema;
use crate::protobuf::language::syntax::{
    Enum, Extend, Field, File, Import, ImportKind, Message, MessageItem, OptionEntry, Visibility, WrittenType,
};
use crate::text::source::Span;

/// So many options are named.
const LISTED: usize = 5;

/// What is the same in both texts if their edits are none.
const OTHERWISE: &str = "the same declarations, written in another way";

/// A declaration.
struct Part<'f> {
    /// What it is paired by.
    key: String,
    span: Span,
    options: Vec<&'f OptionEntry>,
    /// What is in it, in the order of the text.
    order: Vec<String>,
    visibility: Option<Visibility>,
}

impl<'s> Walk<'s> {
    /// Reports what the walk over messages and services has not reported.
    ///
    /// # Errors
    /// When the budget ends.
    pub(super) fn written(&mut self, old: &'s Schema, new: &'s Schema) -> Result<(), Exhausted> {
        let length = old.written.source.text().len() + new.written.source.text().len();
        self.budget.spend(length / 16)?;
        let (before, after) = (parts(&old.folded), parts(&new.folded));
        let known: FxHashMap<&str, &Part<'_>> = before.iter().map(|part| (&*part.key, part)).collect();
        for part in &after {
            if let Some(was) = known.get(&*part.key) {
                self.part(was, part);
            }
        }
        let imports = |file: &'s File| -> Vec<(&str, ImportKind)> {
            let import = |import: &'s Import| (&*import.path.value, import.kind);
            file.imports.iter().map(import).collect()
        };
        if imports(&old.written) != imports(&new.written) {
            let place = |file: &File| file.imports.first().map(|import| import.span).or(file.syntax_span);
            self.otherwise("other imports", place(&old.written), place(&new.written));
        }
        if self.changes.is_empty() {
            self.budget.spend(length)?;
            if old.canonical() != new.canonical() {
                self.otherwise(OTHERWISE, old.written.syntax_span, new.written.syntax_span);
            }
        }
        Ok(())
    }

    fn part(&mut self, was: &Part<'_>, is: &Part<'_>) {
        let others = other_options(&was.options, &is.options);
        // The walk over the fields has reported what a schema knows of options, which are none of the custom ones.
        let is_reported = |name: &str| {
            let option = match name {
                "default" => EditedOption::Default,
                "json_name" => EditedOption::JsonName,
                "packed" => EditedOption::Packed,
                _ => EditedOption::Other,
            };
            !name.contains('(') && self.options.contains(&(is.span, option))
        };
        let names = others.iter().filter(|name| !is_reported(name));
        let list: Vec<String> = names.take(LISTED).map(|name| format!("`{name}`")).collect();
        if !list.is_empty() {
            let message = format!("other options: {}", list.join(", "));
            self.otherwise(&message, Some(was.span), Some(is.span));
        } else if others.is_empty() && names_of(&was.options) != names_of(&is.options) {
            self.otherwise("options in another order", Some(was.span), Some(is.span));
        }
        if is_reordered(&was.order, &is.order) {
            self.otherwise("declarations in another order", Some(was.span), Some(is.span));
        }
        if was.visibility != is.visibility {
            self.otherwise("another visibility", Some(was.span), Some(is.span));
        }
    }

    /// Tells an edit that changes nothing of the data.
    fn otherwise(&mut self, message: &str, old: Option<Span>, new: Option<Span>) {
        let places = (
            label(self.old, MAIN, old.unwrap_or_default(), ""),
            label(self.new, MAIN, new.unwrap_or_default(), ""),
        );
        self.record_changed("", message.to_owned(), places, Attribution::NOTHING);
    }
}

/// The names of options that only one side has, or that have other values.
fn other_options(was: &[&OptionEntry], is: &[&OptionEntry]) -> Vec<String> {
    let values = |options: &[&OptionEntry]| -> FxHashMap<String, Vec<String>> {
        let mut values: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for option in options {
            let value = format!("{:?}", option.value);
            values.entry(name(option)).or_default().push(value);
        }
        values
    };
    let (before, after) = (values(was), values(is));
    let mut seen = FxHashSet::default();
    let names = names_of(was).into_iter().chain(names_of(is));
    names
        .filter(|name| before.get(name) != after.get(name) && seen.insert(name.clone()))
        .collect()
}

fn names_of(options: &[&OptionEntry]) -> Vec<String> {
    options.iter().map(|option| name(option)).collect()
}

fn name(option: &OptionEntry) -> String {
    let part = |part: &crate::protobuf::language::syntax::OptionNamePart| match part.is_extension {
        true => format!("({})", part.name),
        false => part.name.to_string(),
    };
    option.name.iter().map(part).collect::<Vec<_>>().join(".")
}

/// Whether what both have comes in another order.
fn is_reordered(was: &[String], is: &[String]) -> bool {
    let common = |of: &[String], other: &[String]| -> Vec<String> {
        let other: FxHashSet<&String> = other.iter().collect();
        of.iter().filter(|key| other.contains(key)).cloned().collect()
    };
    common(was, is) != common(is, was)
}

/// Every declaration of a file, the file first.
fn parts(file: &File) -> Vec<Part<'_>> {
    let span = file.syntax_span.unwrap_or_default();
    let messages = file.messages.iter().map(|it| format!("message {}", it.name.value));
    let enums = file.enums.iter().map(|it| format!("enum {}", it.name.value));
    let services = file.services.iter().map(|it| format!("service {}", it.name.value));
    let mut parts = vec![Part {
        key: String::new(),
        span,
        options: file.options.iter().collect(),
        order: messages.chain(enums).chain(services).collect(),
        visibility: None,
    }];
    let mut todo: Vec<(String, &Message)> = Vec::new();
    todo.extend(file.messages.iter().rev().map(|message| (String::new(), message)));
    for of in &file.enums {
        enumeration("", of, &mut parts);
    }
    for of in &file.extends {
        extend(of, &mut parts);
    }
    while let Some((outer, message)) = todo.pop() {
        let inside = format!("{outer}{}.", message.name.value);
        let mut order = Vec::new();
        let mut groups = Vec::new();
        let field = |of: &Field, order: &mut Vec<String>| order.push(format!("field {}", of.number.value));
        let at = parts.len();
        for item in &message.items {
            match item {
                MessageItem::Field(of) => {
                    field(of, &mut order);
                    parts.push(of_field(&inside, of));
                    groups.extend(group(of));
                }
                MessageItem::Oneof(oneof) => {
                    order.push(format!("oneof {}", oneof.name.value));
                    let mut members = Vec::new();
                    for of in &oneof.fields {
                        field(of, &mut members);
                        parts.push(of_field(&inside, of));
                        groups.extend(group(of));
                    }
                    parts.push(Part {
                        key: format!("oneof {inside}{}", oneof.name.value),
                        span: oneof.span,
                        options: oneof.options.iter().collect(),
                        order: members,
                        visibility: None,
                    });
                }
                MessageItem::Message(nested) => {
                    order.push(format!("message {}", nested.name.value));
                    groups.push(nested);
                }
                MessageItem::Enum(nested) => {
                    order.push(format!("enum {}", nested.name.value));
                    enumeration(&inside, nested, &mut parts);
                }
                MessageItem::Extend(of) => extend(of, &mut parts),
            }
        }
        todo.extend(groups.into_iter().rev().map(|nested| (inside.clone(), nested)));
        let ranges = message.extension_ranges.iter().flat_map(|range| &range.options);
        let part = Part {
            key: format!("message {inside}"),
            span: message.name.span,
            options: message.options.iter().chain(ranges).collect(),
            order,
            visibility: message.visibility,
        };
        parts.insert(at, part);
    }
    for service in &file.services {
        parts.push(Part {
            key: format!("service {}", service.name.value),
            span: service.span,
            options: service.options.iter().collect(),
            order: service.rpcs.iter().map(|rpc| rpc.name.value.to_string()).collect(),
            visibility: None,
        });
        parts.extend(service.rpcs.iter().map(|rpc| Part {
            key: format!("rpc {}.{}", service.name.value, rpc.name.value),
            span: rpc.span,
            options: rpc.options.iter().collect(),
            order: Vec::new(),
            visibility: None,
        }));
    }
    parts
}

fn of_field<'f>(inside: &str, field: &'f Field) -> Part<'f> {
    Part {
        key: format!("field {inside}{}", field.number.value),
        span: field.span,
        options: field.options.iter().collect(),
        order: Vec::new(),
        visibility: None,
    }
}

/// The message that a group declares.
fn group(field: &Field) -> Option<&Message> {
    match &field.kind {
        WrittenType::Group(message) => Some(message),
        WrittenType::Named(_) | WrittenType::Map { .. } => None,
    }
}

fn enumeration<'f>(inside: &str, of: &'f Enum, parts: &mut Vec<Part<'f>>) {
    let name = &of.name.value;
    parts.push(Part {
        key: format!("enum {inside}{name}"),
        span: of.name.span,
        options: of.options.iter().collect(),
        order: of.values.iter().map(|value| value.name.value.to_string()).collect(),
        visibility: of.visibility,
    });
    parts.extend(of.values.iter().map(|value| Part {
        key: format!("value {inside}{name}.{}", value.name.value),
        span: value.span,
        options: value.options.iter().collect(),
        order: Vec::new(),
        visibility: None,
    }));
}

/// The fields of an `extend` block, which belong to the message that they extend.
fn extend<'f>(of: &'f Extend, parts: &mut Vec<Part<'f>>) {
    let inside = format!("extend {}.", of.extendee.value);
    parts.extend(of.fields.iter().map(|field| of_field(&inside, field)));
}
