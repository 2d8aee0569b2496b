//! The names within messages and services that are neither types nor extensions: fields, oneofs, values of nested enums, methods.
//!
//! protoc passes over them where it looks for the type of a field. Where it looks for a message that is extended, taken or given, or
//! for an option, the innermost thing of the name decides, and they are in the way.

use rustc_hash::FxHashMap;

use super::full_name;
use crate::protobuf::language::syntax::{Enum, File, Message, MessageItem, WrittenType};

/// What stands in each message and service of a file, by its full name.
pub(super) type Members = FxHashMap<Box<str>, FxHashMap<Box<str>, &'static str>>;

/// Those of a file.
pub(super) fn of(tree: &File) -> Members {
    let mut members = Members::default();
    let package = tree.package.as_ref().map_or("", |(name, _)| &*name.value);
    for message in &tree.messages {
        add(&mut members, package, message);
    }
    for service in &tree.services {
        let scope = full_name(package, &service.name.value);
        let methods = service.rpcs.iter().map(|rpc| (rpc.name.value.clone(), "a method"));
        members.insert(scope, methods.collect());
    }
    members
}

/// The nesting of messages is bounded by the parser.
fn add(members: &mut Members, outer: &str, message: &Message) {
    let scope = full_name(outer, &message.name.value);
    let mut own: FxHashMap<Box<str>, &'static str> = FxHashMap::default();
    for item in &message.items {
        match item {
            MessageItem::Field(field) => {
                own.insert(super::field::name(field), "a field");
                if let WrittenType::Group(body) = &field.kind {
                    add(members, &scope, body);
                }
            }
            MessageItem::Oneof(oneof) => {
                own.insert(oneof.name.value.clone(), "a oneof");
                for field in &oneof.fields {
                    own.insert(super::field::name(field), "a field");
                    if let WrittenType::Group(body) = &field.kind {
                        add(members, &scope, body);
                    }
                }
            }
            MessageItem::Message(inner) => add(members, &scope, inner),
            MessageItem::Enum(Enum { values, .. }) => {
                own.extend(values.iter().map(|value| (value.name.value.clone(), "an enum's value")));
            }
            MessageItem::Extend(extend) => {
                for field in &extend.fields {
                    if let WrittenType::Group(body) = &field.kind {
                        add(members, &scope, body);
                    }
                }
            }
        }
    }
    members.insert(scope, own);
}
