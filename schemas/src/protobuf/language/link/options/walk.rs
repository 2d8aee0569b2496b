//! Every declaration of a file that has options.

use super::check::{Checker, Weight};
use super::target::Target;
use crate::protobuf::language::link::{Linker, full_name};
use crate::protobuf::language::schema::FileId;
use crate::protobuf::language::syntax::{Enum, Field, File, Message, MessageItem, OptionEntry, Service, WrittenType};

impl Linker {
    /// Checks the options of a file whose types are known.
    pub(in crate::protobuf::language::link) fn check_options(&mut self, file: FileId, tree: &File) {
        let mut walk = Walk {
            checker: Checker::new(&self.set, &self.symbols, tree.syntax, self.origin),
        };
        walk.file(tree);
        let source = &self.set.files[file.0 as usize].source;
        for (finding, weight) in walk.checker.findings() {
            let into = match weight {
                Weight::Refused => &mut self.problems,
                Weight::Warned => &mut self.warnings,
            };
            into.add(file, source, finding.span, finding.message, finding.help);
        }
    }
}

struct Walk<'a> {
    checker: Checker<'a>,
}

impl Walk<'_> {
    fn check(&mut self, target: Target, scope: &str, options: &[OptionEntry]) {
        self.checker.check(target, scope, options);
    }

    fn file(&mut self, tree: &File) {
        let package = tree.package.as_ref().map_or("", |(name, _)| &*name.value);
        self.check(Target::File, package, &tree.options);
        for message in &tree.messages {
            self.message(package, message);
        }
        for enumeration in &tree.enums {
            self.enumeration(package, enumeration);
        }
        for extend in &tree.extends {
            for field in &extend.fields {
                self.field(package, field);
            }
        }
        for service in &tree.services {
            self.service(package, service);
        }
    }

    /// A name in the options of a message is looked for beside the message, not within it, as protoc does.
    fn message(&mut self, scope: &str, message: &Message) {
        self.check(Target::Message, scope, &message.options);
        for ranges in &message.extension_ranges {
            self.check(Target::ExtensionRange, scope, &ranges.options);
        }
        let inner = full_name(scope, &message.name.value);
        for item in &message.items {
            match item {
                MessageItem::Field(field) => self.field(&inner, field),
                MessageItem::Oneof(oneof) => {
                    self.check(Target::Oneof, &inner, &oneof.options);
                    for field in &oneof.fields {
                        self.field(&inner, field);
                    }
                }
                MessageItem::Message(message) => self.message(&inner, message),
                MessageItem::Enum(enumeration) => self.enumeration(&inner, enumeration),
                MessageItem::Extend(extend) => {
                    for field in &extend.fields {
                        self.field(&inner, field);
                    }
                }
            }
        }
    }

    fn field(&mut self, scope: &str, field: &Field) {
        self.check(Target::Field, scope, &field.options);
        if let WrittenType::Group(body) = &field.kind {
            self.message(scope, body);
        }
    }

    fn enumeration(&mut self, scope: &str, enumeration: &Enum) {
        self.check(Target::Enum, scope, &enumeration.options);
        for value in &enumeration.values {
            self.check(Target::EnumValue, scope, &value.options);
        }
    }

    fn service(&mut self, scope: &str, service: &Service) {
        self.check(Target::Service, scope, &service.options);
        let inner = full_name(scope, &service.name.value);
        for rpc in &service.rpcs {
            self.check(Target::Method, &inner, &rpc.options);
        }
    }
}
