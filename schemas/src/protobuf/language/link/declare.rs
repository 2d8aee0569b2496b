//! Every declaration gets its index and its full name; what needs no other name is filled in.

use super::features::{Exports, Features};
use super::scope::{Meaning, Symbol};
use super::{Linker, numbers, options};
use crate::protobuf::language::schema::{Extension, FileId, Message, MessageId, Oneof, TypeId};
use crate::protobuf::language::syntax::{self, Field, MessageItem, Visibility, WrittenType};
use crate::text::source::Span;

/// Where declarations stand.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    pub file: FileId,
    pub parent: Option<MessageId>,
    pub features: Features,
}

/// What stands at the top of a file and has an index, in the order of the text.
pub(in crate::protobuf) enum TopLevel<'a> {
    Message(&'a syntax::Message),
    Enum(&'a syntax::Enum),
    Extend(&'a syntax::Extend),
}

/// Messages, enums and `extend` blocks in the order of the text: the body of an extension group is a message too.
pub(in crate::protobuf) fn top_level(tree: &syntax::File) -> Vec<TopLevel<'_>> {
    let mut items: Vec<(usize, TopLevel<'_>)> = Vec::new();
    items.extend(
        tree.messages
            .iter()
            .map(|item| (item.span.start, TopLevel::Message(item))),
    );
    items.extend(tree.enums.iter().map(|item| (item.span.start, TopLevel::Enum(item))));
    items.extend(
        tree.extends
            .iter()
            .map(|item| (item.span.start, TopLevel::Extend(item))),
    );
    items.sort_by_key(|(start, _)| *start);
    items.into_iter().map(|(_, item)| item).collect()
}

impl Linker {
    pub(super) fn declare_file(&mut self, file: FileId, tree: &syntax::File) {
        if let Some((package, _)) = &tree.package {
            let mut end = 0;
            for part in package.value.split('.') {
                end += part.len();
                if !self.take_room(end, file, package.span) {
                    return;
                }
                self.define(package.value[..end].into(), Meaning::Package, file, package.span);
                end += 1;
            }
        }
        let package = self.set.file(file).package.clone();
        let features = Features::of_file(tree);
        let scope = Scope {
            file,
            parent: None,
            features,
        };
        for item in top_level(tree) {
            match item {
                TopLevel::Message(message) => {
                    self.declare_message(&package, scope, message, false);
                }
                TopLevel::Enum(enumeration) => self.declare_enum(&package, scope, enumeration),
                TopLevel::Extend(extend) => self.declare_extend(&package, scope, extend),
            }
        }
        for service in &tree.services {
            let name = self.full_name(&package, &service.name.value, file, service.name.span);
            let index = self.set.services.len() as u32;
            self.define(name.clone(), Meaning::Service, file, service.name.span);
            self.declare_service(file, name, service);
            self.set.files[file.0 as usize].services.push(index);
        }
    }

    /// Gives a full name its meaning; a second meaning is a problem.
    pub(super) fn define(&mut self, name: Box<str>, meaning: Meaning, file: FileId, span: Span) {
        let symbol = Symbol { meaning, file, span };
        let Err(earlier) = self.symbols.define(name.clone(), symbol) else {
            return;
        };
        let message = format!("`{name}` is declared twice");
        let mut help = format!(
            "it is {} at {}",
            earlier.meaning.what(),
            self.place(earlier.file, earlier.span)
        );
        if meaning == Meaning::Value || earlier.meaning == Meaning::Value {
            help.push_str("; the values of an enum are named beside the enum, not within it");
        }
        self.problem(file, span, message, help);
    }

    fn declare_message(&mut self, scope_name: &str, scope: Scope, tree: &syntax::Message, is_group: bool) -> MessageId {
        let id = MessageId(self.set.messages.len() as u32);
        let name = self.full_name(scope_name, &tree.name.value, scope.file, tree.name.span);
        if scope.parent.is_none() {
            self.define(
                name.clone(),
                Meaning::Type(TypeId::Message(id)),
                scope.file,
                tree.name.span,
            );
        } else {
            // What stands in a message is compared with its siblings, where fields count too.
            let symbol = Symbol {
                meaning: Meaning::Type(TypeId::Message(id)),
                file: scope.file,
                span: tree.name.span,
            };
            let _ = self.symbols.define(name.clone(), symbol);
        }
        match scope.parent {
            Some(parent) => self.set.messages[parent.0 as usize].messages.push(id),
            None => self.set.files[scope.file.0 as usize].messages.push(id),
        }
        let features = scope.features.with(&tree.options);
        let message_set = options::flag(&tree.options, "message_set_wire_format");
        let last = if message_set { i32::MAX - 1 } else { numbers::LAST };
        let reserved = self.reserved(scope.file, &tree.reserved, 1..=i32::MAX - 1, numbers::LAST);
        let extension_ranges = self.extension_ranges(scope.file, &tree.extension_ranges, last);
        self.set.messages.push(Message {
            name: name.clone(),
            file: scope.file,
            parent: scope.parent,
            is_group,
            fields: Vec::new(),
            oneofs: Vec::new(),
            messages: Vec::new(),
            enums: Vec::new(),
            extensions: Vec::new(),
            reserved,
            extension_ranges,
            json_format: features.json_format,
            options: options::kept(&tree.options),
            span: tree.span,
            name_span: tree.name.span,
        });
        self.declare_extensions(scope.file, id, &tree.extension_ranges, last);
        self.declare_visibility(scope, TypeId::Message(id), tree.visibility, &tree.name, false);
        self.check_siblings(scope.file, tree);
        let inner = Scope {
            file: scope.file,
            parent: Some(id),
            features,
        };
        let mut oneofs = Vec::new();
        for item in &tree.items {
            match item {
                MessageItem::Field(field) => self.declare_group(&name, inner, field),
                MessageItem::Oneof(oneof) => {
                    for field in &oneof.fields {
                        self.declare_group(&name, inner, field);
                    }
                    oneofs.push(Oneof {
                        name: oneof.name.value.clone(),
                        span: oneof.span,
                        name_span: oneof.name.span,
                    });
                }
                MessageItem::Message(message) => {
                    self.declare_message(&name, inner, message, false);
                }
                MessageItem::Enum(enumeration) => self.declare_enum(&name, inner, enumeration),
                MessageItem::Extend(extend) => self.declare_extend(&name, inner, extend),
            }
        }
        self.set.messages[id.0 as usize].oneofs = oneofs;
        id
    }

    /// Whether other files can use a type. `is_free` is an enum in a message that has nothing else.
    pub(super) fn declare_visibility(
        &mut self,
        scope: Scope,
        id: TypeId,
        written: Option<Visibility>,
        name: &syntax::Name,
        is_free: bool,
    ) {
        let is_nested = scope.parent.is_some();
        let is_local = match (written, scope.features.exports) {
            (Some(visibility), _) => visibility == Visibility::Local,
            (None, Exports::All) => false,
            (None, Exports::TopLevel) => is_nested,
            (None, Exports::Nothing | Exports::Strict) => true,
        };
        if is_local {
            self.local.insert(id);
        } else if is_nested && !is_free && scope.features.exports == Exports::Strict && self.is_checked(scope.file) {
            let message = format!("`{}` stands within a message and cannot be exported", name.value);
            let help = "`features.default_symbol_visibility` is STRICT; move it to the top of a file".to_owned();
            self.problem(scope.file, name.span, message, help);
        }
    }

    fn declare_group(&mut self, scope_name: &str, scope: Scope, field: &Field) {
        if let WrittenType::Group(body) = &field.kind {
            self.declare_message(scope_name, scope, body, true);
        }
    }

    fn declare_extend(&mut self, scope_name: &str, scope: Scope, extend: &syntax::Extend) {
        for field in &extend.fields {
            let index = self.set.extensions.len() as u32;
            let simple = super::field::name(field);
            let name = self.full_name(scope_name, &simple, scope.file, field.name.span);
            if scope.parent.is_none() {
                self.define(name.clone(), Meaning::Extension(index), scope.file, field.name.span);
            } else {
                let symbol = Symbol {
                    meaning: Meaning::Extension(index),
                    file: scope.file,
                    span: field.name.span,
                };
                let _ = self.symbols.define(name.clone(), symbol);
            }
            match scope.parent {
                Some(parent) => self.set.messages[parent.0 as usize].extensions.push(index),
                None => self.set.files[scope.file.0 as usize].extensions.push(index),
            }
            self.set.extensions.push(Extension {
                field: super::field::unlinked(field, simple),
                name,
                // Stays so where it names no message.
                extendee: MessageId(u32::MAX),
                file: scope.file,
                parent: scope.parent,
            });
            self.declare_group(scope_name, scope, field);
        }
    }
}
