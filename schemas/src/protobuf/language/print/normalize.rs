//! `normalize=true`: the same file without the differences of spelling and order that mean nothing.
//!
//! Imports, options, reserved numbers and names are sorted, and each stands in a statement of its own; fields, oneofs, enum
//! values and extensions are sorted by number; names of types and of custom options are written in full; an option that is
//! set piece by piece is set as a whole; `syntax = "proto2"` goes without saying. The order of messages, nested ones too,
//! is on the wire of Confluent's serializers, and stays.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::protobuf::language::link::json_name;
use crate::protobuf::language::schema::{self, FileId, Kind, MapValue, Schema};
use crate::protobuf::language::syntax::{
    Enum, EnumValue, Extend, ExtensionRanges, Field, File, ImportKind, Message, MessageItem, Name, Oneof, OptionEntry,
    OptionValue, Reserved, Service, Syntax, WrittenType,
};
use crate::text::source::Span;

mod option;

use option::Extensions;

/// The main file of a schema, normalised. Every part keeps its place in the original text.
pub(super) fn file(schema: &Schema) -> File {
    let written = &*schema.folded;
    let names = Names::of(schema);
    let scope = schema.main().package.to_string();
    let mut file = File {
        imports: written.imports.clone(),
        options: names.extensions.options(&scope, &written.options),
        messages: written.messages.clone(),
        enums: written
            .enums
            .iter()
            .map(|each| names.enumeration(each, &scope))
            .collect(),
        extends: names.extends(written.extends.iter(), &scope),
        services: written
            .services
            .iter()
            .map(|each| names.service(each, &scope))
            .collect(),
        ..written.clone()
    };
    if file.syntax == Syntax::Proto2 {
        file.syntax_span = None;
    }
    file.imports.sort_by(|a, b| a.path.value.cmp(&b.path.value));
    // One that is imported publicly and plainly is imported publicly.
    let public: FxHashSet<Box<str>> = file
        .imports
        .iter()
        .filter(|import| import.kind == ImportKind::Public)
        .map(|import| import.path.value.clone())
        .collect();
    file.imports
        .retain(|import| import.kind == ImportKind::Public || !public.contains(&import.path.value));
    file.imports.dedup_by(|a, b| a.path.value == b.path.value);
    for message in &mut file.messages {
        *message = names.message(message, &scope);
    }
    file
}

/// What the names in the main file stand for.
struct Names<'s> {
    /// The full name of the type that is written at a place: of a field, a map's value, a request, a response.
    types: FxHashMap<usize, &'s str>,
    /// The full name of the message that the extension which is written at a place extends.
    extendees: FxHashMap<usize, &'s str>,
    extensions: Extensions<'s>,
    /// Where the names of open enums are.
    open: FxHashSet<usize>,
}

impl<'s> Names<'s> {
    fn of(schema: &'s Schema) -> Self {
        let set = &schema.set;
        let main = FileId(0);
        let mut types: FxHashMap<usize, &str> = FxHashMap::default();
        let mut extendees = FxHashMap::default();
        let mut field = |field: &schema::Field| {
            let name = match field.kind {
                Kind::Message(id)
                | Kind::Map {
                    value: MapValue::Message(id),
                    ..
                } => &set.message(id).name,
                Kind::Enum(id)
                | Kind::Map {
                    value: MapValue::Enum(id),
                    ..
                } => &set.enumeration(id).name,
                Kind::Scalar(_) | Kind::Group(_) | Kind::Map { .. } => return,
            };
            types.insert(field.spans.kind.start, name);
        };
        for message in set.messages.iter().filter(|message| message.file == main) {
            message.fields.iter().for_each(&mut field);
        }
        for extension in set.extensions.iter().filter(|extension| extension.file == main) {
            field(&extension.field);
            let extendee = &*set.message(extension.extendee).name;
            extendees.insert(extension.field.spans.whole.start, extendee);
        }
        for rpc in schema
            .main()
            .services
            .iter()
            .flat_map(|id| &set.services[*id as usize].rpcs)
        {
            for (id, span) in [rpc.request, rpc.response] {
                types.insert(span.start, &set.message(id).name);
            }
        }
        Names {
            types,
            extendees,
            extensions: Extensions::of(set),
            open: set
                .enums
                .iter()
                .filter(|each| each.file == main && each.is_open)
                .map(|each| each.name_span.start)
                .collect(),
        }
    }

    fn in_full(&self, at: usize, written: &str) -> Box<str> {
        match self.types.get(&at) {
            Some(full) => format!(".{full}").into(),
            None => written.into(),
        }
    }

    fn message(&self, message: &Message, outer: &str) -> Message {
        let scope = below(outer, &message.name.value);
        let mut fields: Vec<(i64, MessageItem)> = Vec::new();
        let mut oneofs: Vec<(i64, MessageItem)> = Vec::new();
        let mut types: Vec<MessageItem> = Vec::new();
        let mut extends: Vec<&Extend> = Vec::new();
        for item in &message.items {
            match item {
                MessageItem::Field(field) => {
                    let field = self.field(field, &scope);
                    fields.push((field.number.value, MessageItem::Field(field)));
                }
                MessageItem::Oneof(oneof) => {
                    let oneof = self.oneof(oneof, &scope);
                    let first = oneof.fields.first().map_or(0, |field| field.number.value);
                    oneofs.push((first, MessageItem::Oneof(oneof)));
                }
                MessageItem::Message(message) => types.push(MessageItem::Message(self.message(message, &scope))),
                MessageItem::Enum(each) => types.push(MessageItem::Enum(self.enumeration(each, &scope))),
                MessageItem::Extend(extend) => extends.push(extend),
            }
        }
        fields.sort_by_key(|(number, _)| *number);
        oneofs.sort_by_key(|(number, _)| *number);
        let extends = self.extends(extends.into_iter(), &scope).into_iter();
        let items = fields.into_iter().chain(oneofs).map(|(_, item)| item);
        Message {
            items: items.chain(extends.map(MessageItem::Extend)).chain(types).collect(),
            // protoc looks for options of a message beside it, not within it.
            options: self.extensions.options(outer, &message.options),
            reserved: reserved(&message.reserved),
            extension_ranges: self.extension_ranges(&message.extension_ranges, outer),
            ..message.clone()
        }
    }

    fn oneof(&self, oneof: &Oneof, scope: &str) -> Oneof {
        let mut fields: Vec<Field> = oneof.fields.iter().map(|field| self.field(field, scope)).collect();
        fields.sort_by_key(|field| field.number.value);
        Oneof {
            fields,
            options: self.extensions.options(scope, &oneof.options),
            ..oneof.clone()
        }
    }

    fn field(&self, field: &Field, scope: &str) -> Field {
        let at = field.type_span.start;
        let kind = match &field.kind {
            WrittenType::Named(name) => WrittenType::Named(self.in_full(at, name)),
            WrittenType::Map { key, value } => WrittenType::Map {
                key: key.clone(),
                value: Name {
                    value: self.in_full(at, &value.value),
                    span: value.span,
                },
            },
            WrittenType::Group(body) => WrittenType::Group(Box::new(self.message(body, scope))),
        };
        let mut options = self.extensions.options(scope, &field.options);
        // A descriptor says the name in JSON of every field, so one that is written and derived alike says nothing.
        options.retain(|option| !is_derived_json_name(field, option));
        Field {
            kind,
            options,
            ..field.clone()
        }
    }

    /// One block for each message that is extended, where the first of them was.
    fn extends<'e>(&self, all: impl Iterator<Item = &'e Extend>, scope: &str) -> Vec<Extend> {
        let mut places: FxHashMap<Box<str>, usize> = FxHashMap::default();
        let mut merged: Vec<Extend> = Vec::new();
        for extend in all {
            let extendee = extend
                .fields
                .first()
                .and_then(|field| self.extendees.get(&field.span.start));
            let name: Box<str> = match extendee {
                Some(full) => format!(".{full}").into(),
                None => extend.extendee.value.clone(),
            };
            let fields = extend.fields.iter().map(|field| self.field(field, scope));
            let place = *places.entry(name.clone()).or_insert(merged.len());
            match merged.get_mut(place) {
                Some(earlier) => earlier.fields.extend(fields),
                None => merged.push(Extend {
                    fields: fields.collect(),
                    extendee: Name {
                        value: name,
                        span: extend.extendee.span,
                    },
                    span: extend.span,
                }),
            }
        }
        for extend in &mut merged {
            extend.fields.sort_by_key(|field| field.number.value);
        }
        merged
    }

    fn extension_ranges(&self, all: &[ExtensionRanges], scope: &str) -> Vec<ExtensionRanges> {
        let mut single: Vec<ExtensionRanges> = Vec::new();
        for statement in all {
            let options = self.extensions.options(scope, &statement.options);
            for (index, range) in statement.ranges.iter().enumerate() {
                single.push(ExtensionRanges {
                    ranges: vec![as_one(range)],
                    options: options.clone(),
                    span: only_first(statement.span, index),
                });
            }
        }
        single.sort_by_key(|statement| statement.ranges.first().map(|range| range.start.value));
        single
    }

    fn enumeration(&self, each: &Enum, scope: &str) -> Enum {
        let mut values: Vec<EnumValue> = each
            .values
            .iter()
            .map(|value| EnumValue {
                options: self.extensions.options(scope, &value.options),
                ..value.clone()
            })
            .collect();
        // By number, and by name where several have one, as in Confluent's registry. The number of the first is what is read where
        // nothing is written, so it stays first; in a closed enum the very value does.
        if let Some(first) = values.first().cloned() {
            let is_open = self.open.contains(&each.name.span.start);
            values.sort_by(|a, b| {
                let key = |value: &EnumValue| {
                    let is_first = match is_open {
                        true => value.number.value == first.number.value,
                        false => value.name.span == first.name.span,
                    };
                    (!is_first, value.number.value)
                };
                key(a).cmp(&key(b)).then_with(|| a.name.value.cmp(&b.name.value))
            });
        }
        Enum {
            values,
            options: self.extensions.options(scope, &each.options),
            reserved: reserved(&each.reserved),
            ..each.clone()
        }
    }

    fn service(&self, service: &Service, outer: &str) -> Service {
        let scope = below(outer, &service.name.value);
        let mut service = service.clone();
        service.options = self.extensions.options(outer, &service.options);
        for rpc in &mut service.rpcs {
            rpc.options = self.extensions.options(&scope, &rpc.options);
            for name in [&mut rpc.request, &mut rpc.response] {
                name.value = self.in_full(name.span.start, &name.value);
            }
        }
        service
    }
}

fn is_derived_json_name(field: &Field, option: &OptionEntry) -> bool {
    let is_named = matches!(&option.name[..], [only] if &*only.name == "json_name" && !only.is_extension);
    let derived = json_name::of_field(&field.name.value);
    is_named && option.value == OptionValue::Bytes(derived.as_bytes().into())
}

fn below(outer: &str, name: &str) -> String {
    match outer {
        "" => name.to_owned(),
        outer => format!("{outer}.{name}"),
    }
}

/// Numbers first, then names; sorted, each in a statement of its own.
fn reserved(all: &[Reserved]) -> Vec<Reserved> {
    let mut ranges = Vec::new();
    let mut names = Vec::new();
    for statement in all {
        let many = statement.ranges.iter().map(|range| (vec![as_one(range)], Vec::new()));
        let named = statement.names.iter().map(|name| (Vec::new(), vec![name.clone()]));
        for (index, (range, name)) in many.chain(named).enumerate() {
            let into = if name.is_empty() { &mut ranges } else { &mut names };
            into.push(Reserved {
                ranges: range,
                names: name,
                span: only_first(statement.span, index),
            });
        }
    }
    ranges.sort_by_key(|statement| statement.ranges.first().map(|range| (range.start.value, range.end)));
    names.sort_by(|a, b| {
        let name = |statement: &Reserved| statement.names.first().map(|name| name.value.clone());
        name(a).cmp(&name(b))
    });
    ranges.extend(names);
    ranges
}

/// A range of one number is written as that number.
fn as_one(range: &crate::protobuf::language::syntax::WrittenRange) -> crate::protobuf::language::syntax::WrittenRange {
    let mut range = range.clone();
    if range.end == Some(range.start.value) {
        range.span = range.start.span;
    }
    range
}

/// The first of the statements that one is split into takes its place, and with it its comments.
fn only_first(span: Span, index: usize) -> Span {
    match index {
        0 => span,
        _ => Span {
            start: span.end,
            end: span.end,
        },
    }
}
