//! Names within one message: fields, oneofs, nested types, the values of nested enums and extensions share one scope.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Linker, json_name};
use crate::protobuf::language::schema::FileId;
use crate::protobuf::language::syntax::{Field, Message, MessageItem, WrittenType};
use crate::text::source::Span;

struct Names<'a> {
    taken: FxHashMap<Cow<'a, str>, (&'static str, Span)>,
    clashes: Vec<(Cow<'a, str>, &'static str, Span, &'static str, Span)>,
}

impl<'a> Names<'a> {
    fn add(&mut self, name: Cow<'a, str>, what: &'static str, span: Span) {
        if let Some((earlier, place)) = self.taken.get(&name) {
            self.clashes.push((name, what, span, earlier, *place));
        } else {
            self.taken.insert(name, (what, span));
        }
    }

    fn add_field(&mut self, field: &'a Field, what: &'static str) {
        match &field.kind {
            WrittenType::Group(body) => {
                self.add(super::field::name(field).into_string().into(), what, field.name.span);
                // A group in one lower case word has been refused by the parser.
                if *super::field::name(field) != *body.name.value {
                    self.add((&*body.name.value).into(), "a group's message", body.name.span);
                }
            }
            WrittenType::Map { .. } => {
                self.add((&*field.name.value).into(), what, field.name.span);
                let entry = json_name::map_entry(&field.name.value);
                self.add(entry.into(), "the entry message of a map", field.name.span);
            }
            WrittenType::Named(_) => self.add((&*field.name.value).into(), what, field.name.span),
        }
    }
}

impl Linker {
    pub(super) fn check_siblings(&mut self, file: FileId, message: &Message) {
        let mut names = Names {
            taken: FxHashMap::default(),
            clashes: Vec::new(),
        };
        for item in &message.items {
            match item {
                MessageItem::Field(field) => names.add_field(field, "a field"),
                MessageItem::Oneof(oneof) => {
                    names.add((&*oneof.name.value).into(), "a oneof", oneof.name.span);
                    for field in &oneof.fields {
                        names.add_field(field, "a field");
                    }
                }
                MessageItem::Message(inner) => names.add((&*inner.name.value).into(), "a message", inner.name.span),
                MessageItem::Enum(inner) => {
                    names.add((&*inner.name.value).into(), "an enum", inner.name.span);
                    for value in &inner.values {
                        names.add((&*value.name.value).into(), "an enum's value", value.name.span);
                    }
                }
                MessageItem::Extend(extend) => {
                    for field in &extend.fields {
                        names.add_field(field, "an extension");
                    }
                }
            }
        }
        for (name, what, span, earlier, place) in names.clashes {
            let message = format!("`{name}` is declared twice in `{}`", message.name.value);
            let mut help = format!("it is {earlier} at {} and {what} here", self.place(file, place));
            if what == "an enum's value" || earlier == "an enum's value" {
                help.push_str("; the values of an enum are named beside the enum, not within it");
            }
            self.problem(file, span, message, help);
        }
    }
}
