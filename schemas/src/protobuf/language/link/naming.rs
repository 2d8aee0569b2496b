//! The style of names that edition 2024 asks for (`features.enforce_naming_style`).

use super::Linker;
use super::features::Features;
use crate::protobuf::language::schema::FileId;
use crate::protobuf::language::syntax::{
    Enum, Extend, Field, File, Message, MessageItem, Name, OptionEntry, Service, WrittenType,
};

/// How a name is written.
#[derive(Clone, Copy)]
enum Style {
    Title,
    LowerSnake,
    UpperSnake,
}

impl Style {
    /// What is wrong with a name.
    fn fault(self, name: &str) -> Option<&'static str> {
        let mut bytes = name.bytes();
        let first = bytes.next()?;
        let (begins, fits, style): (bool, fn(u8) -> bool, _) = match self {
            Style::Title => (
                first.is_ascii_uppercase(),
                |byte| byte != b'_',
                "is in TitleCase, without `_`",
            ),
            Style::LowerSnake => (
                first.is_ascii_lowercase(),
                |byte| !byte.is_ascii_uppercase(),
                "is in lower_snake_case",
            ),
            Style::UpperSnake => (
                first.is_ascii_uppercase(),
                |byte| !byte.is_ascii_lowercase(),
                "is in UPPER_SNAKE_CASE",
            ),
        };
        if !begins || !bytes.clone().all(fits) {
            return Some(style);
        }
        let mut parts = name.split('_');
        let is_plain = parts.all(|part| part.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()));
        (!is_plain).then_some("has a letter after each `_`")
    }
}

impl Linker {
    /// Refuses names in another style than the file asks for.
    pub(super) fn check_naming(&mut self, file: FileId, tree: &File) {
        let features = Features::of_file(tree);
        let mut walk = Walk { linker: self, file };
        if let Some((package, _)) = &tree.package {
            let faults = package.value.split('.').find_map(|part| Style::LowerSnake.fault(part));
            walk.refuse(features, "the package", package, faults);
        }
        for message in &tree.messages {
            walk.message(features, message);
        }
        for each in &tree.enums {
            walk.enumeration(features, each);
        }
        for extend in &tree.extends {
            walk.extend(features, extend);
        }
        for service in &tree.services {
            walk.service(features, service);
        }
    }
}

struct Walk<'a> {
    linker: &'a mut Linker,
    file: FileId,
}

impl Walk<'_> {
    fn refuse(&mut self, features: Features, what: &str, name: &Name, fault: Option<&str>) {
        if let Some(fault) = fault.filter(|_| features.enforces_naming) {
            let message = format!(
                "the name of {what} `{}` does not follow the style of this edition",
                name.value
            );
            let help = format!("such a name {fault}; `features.enforce_naming_style = STYLE_LEGACY` takes others");
            self.linker.problem(self.file, name.span, message, help);
        }
    }

    fn check(
        &mut self,
        features: Features,
        options: &[OptionEntry],
        what: &str,
        name: &Name,
        style: Style,
    ) -> Features {
        let features = features.with(options);
        self.refuse(features, what, name, style.fault(&name.value));
        features
    }

    /// The nesting of messages is bounded by the parser.
    fn message(&mut self, outer: Features, message: &Message) {
        let features = self.check(outer, &message.options, "the message", &message.name, Style::Title);
        for item in &message.items {
            match item {
                MessageItem::Field(field) => self.field(features, field),
                MessageItem::Oneof(oneof) => {
                    let features = self.check(features, &oneof.options, "the oneof", &oneof.name, Style::LowerSnake);
                    for field in &oneof.fields {
                        self.field(features, field);
                    }
                }
                MessageItem::Message(inner) => self.message(features, inner),
                MessageItem::Enum(inner) => self.enumeration(features, inner),
                MessageItem::Extend(extend) => self.extend(features, extend),
            }
        }
    }

    fn field(&mut self, outer: Features, field: &Field) {
        match &field.kind {
            WrittenType::Group(body) => self.message(outer.with(&field.options), body),
            WrittenType::Named(_) | WrittenType::Map { .. } => {
                self.check(outer, &field.options, "the field", &field.name, Style::LowerSnake);
            }
        }
    }

    fn extend(&mut self, outer: Features, extend: &Extend) {
        for field in &extend.fields {
            self.field(outer, field);
        }
    }

    fn enumeration(&mut self, outer: Features, each: &Enum) {
        let features = self.check(outer, &each.options, "the enum", &each.name, Style::Title);
        for value in &each.values {
            self.check(features, &value.options, "the value", &value.name, Style::UpperSnake);
        }
    }

    fn service(&mut self, outer: Features, service: &Service) {
        let features = self.check(outer, &service.options, "the service", &service.name, Style::Title);
        for rpc in &service.rpcs {
            self.check(features, &rpc.options, "the method", &rpc.name, Style::Title);
        }
    }
}
