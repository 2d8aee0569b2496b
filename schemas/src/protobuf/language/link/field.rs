//! Fields: types, presence, names and numbers.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::declare::{TopLevel, top_level};
use super::features::{Features, Presence};
use super::{Linker, Start, json_name, members, numbers, options};
use crate::protobuf::language::schema::{Cardinality, Field, FieldSpans, FileId, Kind, MapValue, MessageId, Scalar};
use crate::protobuf::language::syntax::{self, MessageItem, OptionValue, Syntax, WrittenLabel, WrittenType};
use crate::text::source::Span;

/// Where each number of an extended message was taken by an extension.
pub(super) type ExtensionNumbers = FxHashMap<(MessageId, i32), (FileId, Span)>;

/// The extension ranges of messages that are extended, to look a number up in.
pub(super) type Extendable = FxHashMap<MessageId, numbers::Sorted>;

/// The name of a field; that of a group is in lower case.
pub(super) fn name(field: &syntax::Field) -> Box<str> {
    match field.kind {
        WrittenType::Group(_) => field.name.value.to_ascii_lowercase().into(),
        _ => field.name.value.clone(),
    }
}

/// A field whose type is not looked up yet.
pub(super) fn unlinked(field: &syntax::Field, name: Box<str>) -> Field {
    Field {
        name,
        number: 0,
        json_name: Box::default(),
        cardinality: Cardinality::Explicit,
        kind: Kind::Scalar(Scalar::Bytes),
        is_packed: false,
        oneof: None,
        default: None,
        validates_utf8: false,
        options: options::kept(&field.options),
        spans: Box::new(FieldSpans {
            whole: field.span,
            label: field.label.map(|label| label.span),
            kind: field.type_span,
            name: field.name.span,
            number: field.number.span,
        }),
    }
}

/// What a field stands in.
#[derive(Clone, Copy)]
struct Within<'a> {
    file: FileId,
    /// The scope in which names are looked for.
    scope: &'a str,
    features: Features,
    oneof: Option<u32>,
    is_extension: bool,
}

impl Linker {
    pub(super) fn link_file(&mut self, file: FileId, tree: &Arc<syntax::File>, start: Start) {
        let files = &self.set.files;
        let members = (file.0 < self.checked).then(|| members::of(tree));
        self.symbols
            .enter(file, members, |seen| files[seen.0 as usize].package.clone());
        let mut next = start;
        let package = self.set.file(file).package.clone();
        let features = Features::of_file(tree);
        for item in top_level(tree) {
            match item {
                TopLevel::Message(message) => {
                    self.link_message(file, features, message, &mut next);
                }
                TopLevel::Enum(_) => next.enumeration += 1,
                TopLevel::Extend(extend) => self.link_extend(file, &package, features, extend, &mut next),
            }
        }
        for service in &tree.services {
            self.link_service(file, next.service, service);
            next.service += 1;
        }
        if self.is_checked(file) {
            self.check_naming(file, tree);
            self.check_file_options(file, tree);
            self.check_options(file, tree);
        }
    }

    fn link_message(
        &mut self,
        file: FileId,
        features: Features,
        tree: &syntax::Message,
        next: &mut Start,
    ) -> MessageId {
        let id = MessageId(next.message);
        next.message += 1;
        let scope = self.set.message(id).name.clone();
        let features = features.with(&tree.options);
        self.check_message_options(file, tree);
        let within = Within {
            file,
            scope: &scope,
            features,
            oneof: None,
            is_extension: false,
        };
        let mut fields = Vec::new();
        let mut oneof = 0;
        for item in &tree.items {
            match item {
                MessageItem::Field(field) => fields.push(self.link_field(within, field, next)),
                MessageItem::Oneof(written) => {
                    let within = Within {
                        features: features.with(&written.options),
                        oneof: Some(oneof),
                        ..within
                    };
                    oneof += 1;
                    for field in &written.fields {
                        fields.push(self.link_field(within, field, next));
                    }
                }
                MessageItem::Message(message) => {
                    self.link_message(file, features, message, next);
                }
                MessageItem::Enum(_) => next.enumeration += 1,
                MessageItem::Extend(extend) => self.link_extend(file, &scope, features, extend, next),
            }
        }
        fields.shrink_to_fit();
        self.check_fields(id, tree, &fields);
        self.set.messages[id.0 as usize].fields = fields;
        id
    }

    fn link_extend(
        &mut self,
        file: FileId,
        scope: &str,
        features: Features,
        extend: &syntax::Extend,
        next: &mut Start,
    ) {
        let extendee = self.message_named(file, scope, &extend.extendee);
        let within = Within {
            file,
            scope,
            features,
            oneof: None,
            is_extension: true,
        };
        for field in &extend.fields {
            let index = next.extension as usize;
            next.extension += 1;
            let linked = self.link_field(within, field, next);
            if let Some(extendee) = extendee {
                self.check_extension(file, extendee, field, &linked);
                if self.is_checked(file) {
                    let name = self.set.extensions[index].name.clone();
                    self.check_declared(file, extendee, field, &linked, &name);
                }
                self.set.extensions[index].extendee = extendee;
            }
            self.set.extensions[index].field = linked;
        }
    }

    fn link_field(&mut self, within: Within<'_>, written: &syntax::Field, next: &mut Start) -> Field {
        let Within { file, scope, .. } = within;
        let features = within.features.with(&written.options);
        let group = match &written.kind {
            WrittenType::Group(body) => Some(self.link_message(file, features, body, next)),
            _ => None,
        };
        let name = name(written);
        let mut field = unlinked(written, name);
        let label = written.label.map(|label| label.value);
        let kind = self.kind(
            file,
            scope,
            &written.kind,
            written.type_span,
            group,
            features.is_delimited,
        );
        let is_message = matches!(kind, Some(Kind::Message(_) | Kind::Group(_)));
        field.cardinality = match (&written.kind, label) {
            (WrittenType::Map { .. }, _) => Cardinality::Map,
            (_, Some(WrittenLabel::Repeated)) => Cardinality::Repeated,
            (_, Some(WrittenLabel::Required)) => Cardinality::Required,
            (_, Some(WrittenLabel::Optional)) => Cardinality::Explicit,
            _ if within.oneof.is_some() => Cardinality::Explicit,
            _ if features.presence == Presence::Required && !within.is_extension => Cardinality::Required,
            _ if is_message || within.is_extension => Cardinality::Explicit,
            _ => match features.presence {
                Presence::Implicit => Cardinality::Implicit,
                Presence::Explicit | Presence::Required => Cardinality::Explicit,
            },
        };
        field.oneof = within.oneof;
        field.number = i32::try_from(written.number.value).unwrap_or_default();
        field.json_name = self.json_name(within, written, &field.name);
        let Some(kind) = kind else {
            return field;
        };
        field.kind = kind;
        field.validates_utf8 = features.validates_utf8 && has_text(kind);
        field.is_packed = field.cardinality == Cardinality::Repeated && kind.is_packable() && {
            let packed = written
                .options
                .iter()
                .find(|option| options::is_named(option, "packed"));
            match packed.map(|option| &option.value) {
                Some(OptionValue::Identifier(value)) => &**value == "true",
                _ => features.is_packed,
            }
        };
        if let Some(option) = written
            .options
            .iter()
            .find(|option| options::is_named(option, "default"))
        {
            let reason = match (field.cardinality, features.syntax()) {
                (Cardinality::Repeated | Cardinality::Map, _) => Some("a repeated field has no default"),
                (_, Syntax::Proto3) => Some("proto3 has no defaults; an absent field is zero or empty"),
                (Cardinality::Implicit, _) => Some("a field with implicit presence has no default"),
                _ => None,
            };
            match reason {
                Some(reason) => self.problem(file, option.span, reason, "leave it out".to_owned()),
                None => field.default = self.default(file, kind, option),
            }
        }
        self.check_kind(within, written, &field);
        field
    }

    fn json_name(&mut self, within: Within<'_>, written: &syntax::Field, name: &str) -> Box<str> {
        let given = written
            .options
            .iter()
            .find(|option| options::is_named(option, "json_name"));
        let Some(given) = given else {
            return json_name::of_field(name).into();
        };
        let file = within.file;
        if within.is_extension {
            let message = "an extension has no `json_name`";
            let help = "in ProtoJSON it is written as its full name in brackets".to_owned();
            self.problem(file, given.span, message, help);
        }
        let OptionValue::Bytes(bytes) = &given.value else {
            self.problem(file, given.value_span, "`json_name` is a string", None);
            return Box::default();
        };
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => {
                self.problem(file, given.value_span, "`json_name` has a NUL in it", None);
                Box::default()
            }
            Ok(text) => text.into(),
            Err(_) => {
                self.problem(file, given.value_span, "`json_name` must be UTF-8", None);
                Box::default()
            }
        }
    }

    /// What the type of a field asks for or forbids.
    fn check_kind(&mut self, within: Within<'_>, written: &syntax::Field, field: &Field) {
        let file = within.file;
        let closed = match field.kind {
            Kind::Enum(id)
            | Kind::Map {
                value: MapValue::Enum(id),
                ..
            } => {
                let enumeration = self.set.enumeration(id);
                (!enumeration.is_open).then(|| enumeration.name.clone())
            }
            _ => None,
        };
        if let Some(name) = closed {
            let (message, help) = match (within.features.syntax(), field.cardinality) {
                (Syntax::Proto3, _) => (
                    format!("`{name}` is a closed enum, which no field of a proto3 message can have"),
                    "its first value need not be 0 and it refuses numbers it does not know; declare the enum in a proto3 file",
                ),
                (_, Cardinality::Implicit) => (
                    format!("`{name}` is a closed enum, which a field with implicit presence cannot have"),
                    "use an open enum, or give the field explicit presence",
                ),
                _ => (String::new(), ""),
            };
            if !message.is_empty() {
                self.problem(file, written.type_span, message, help.to_owned());
            }
        }
        self.check_field_options(file, written, field, within.is_extension);
    }

    fn check_extension(&mut self, file: FileId, extendee: MessageId, written: &syntax::Field, field: &Field) {
        let message = self.set.message(extendee);
        let (extended, is_set) = (message.name.clone(), message.is_message_set());
        let is_option = extended.starts_with("google.protobuf.") && extended.ends_with("Options");
        if self.set.file(file).syntax == Syntax::Proto3 && !is_option {
            let message = format!("proto3 extends options alone, not `{extended}`");
            let help = "the messages in google/protobuf/descriptor.proto are what can be extended".to_owned();
            self.problem(file, written.span, message, help);
        }
        if field.cardinality == Cardinality::Required {
            let message = "an extension cannot be required";
            self.problem(file, written.span, message, None);
        }
        if is_set && !(field.cardinality == Cardinality::Explicit && matches!(field.kind, Kind::Message(_))) {
            let message = format!("`{extended}` takes optional messages alone: it has `message_set_wire_format`");
            self.problem(file, written.type_span, message, None);
        }
        let last = if is_set { i32::MAX - 1 } else { numbers::LAST };
        let Some(number) = self.field_number(file, &written.number, last) else {
            return;
        };
        let ranges = &self.set.messages[extendee.0 as usize].extension_ranges;
        let sorted = self
            .extendable
            .entry(extendee)
            .or_insert_with(|| numbers::Sorted::new(ranges));
        if sorted.find(number).is_none() {
            let message = format!("`{extended}` does not leave the number {number} to extensions");
            let shown: Vec<String> = ranges
                .iter()
                .take(5)
                .map(|(range, _)| format!("{} to {}", range.start, range.end))
                .collect();
            let help = match shown.is_empty() {
                true => "it has no `extensions` statement".to_owned(),
                false => format!("it leaves {}", shown.join(", ")),
            };
            self.problem(file, written.number.span, message, help);
        }
        let taken = (file, written.number.span);
        if let Some(earlier) = self.extension_numbers.insert((extendee, number), taken) {
            let message = format!("`{extended}` has an extension with the number {number} already");
            let help = format!("see {}", self.place(earlier.0, earlier.1));
            self.problem(file, written.number.span, message, help);
        }
    }

    /// Numbers and names of a message's fields.
    fn check_fields(&mut self, id: MessageId, tree: &syntax::Message, fields: &[Field]) {
        let message = self.set.message(id);
        let file = message.file;
        let reserved = numbers::Sorted::new(&message.reserved.ranges);
        let extensions = numbers::Sorted::new(&message.extension_ranges);
        let names: FxHashMap<Box<str>, Span> = message.reserved.names.iter().cloned().collect();
        let mut taken: FxHashMap<i32, usize> = FxHashMap::default();
        for (index, (field, written)) in fields.iter().zip(written_fields(tree)).enumerate() {
            if let Some(span) = names.get(&field.name) {
                let message = format!("the name `{}` is reserved", field.name);
                let help = format!("it is reserved at {}", self.place(file, *span));
                self.problem(file, field.spans.name, message, help);
            }
            let Some(number) = self.field_number(file, &written.number, numbers::LAST) else {
                continue;
            };
            let span = field.spans.number;
            if let Some(earlier) = taken.get(&number) {
                let message = format!("the number {number} is that of `{}` already", fields[*earlier].name);
                let free = if self.problems.is_full() {
                    None
                } else {
                    next_free(fields)
                };
                let help = free.map(|free| format!("the next number that nothing has is {free}"));
                self.problem(file, span, message, help);
            } else {
                taken.insert(number, index);
            }
            if let Some(range) = reserved.find(number) {
                let message = format!("`{}` has the reserved number {number}", field.name);
                let help = format!("it is reserved at {}", self.place(file, range));
                self.problem(file, span, message, help);
            }
            if let Some(range) = extensions.find(number) {
                let message = format!("`{}` has the number {number}, which is left to extensions", field.name);
                let help = format!("see {}", self.place(file, range));
                self.problem(file, span, message, help);
            }
        }
        for (range, span) in &self.set.message(id).extension_ranges.clone() {
            if let Some(place) = reserved.overlap(*range) {
                let message = format!(
                    "the numbers {} to {} are left to extensions and reserved",
                    range.start, range.end
                );
                let help = format!("see {}", self.place(file, place));
                self.problem(file, *span, message, help);
            }
        }
        self.check_json_names(id, tree, fields);
    }

    fn check_json_names(&mut self, id: MessageId, tree: &syntax::Message, fields: &[Field]) {
        use crate::protobuf::language::schema::JsonFormat;
        if options::flag(&tree.options, "deprecated_legacy_json_field_conflicts") {
            return;
        }
        let message = self.set.message(id);
        let (file, strict) = (message.file, message.json_format == JsonFormat::Allow);
        let mut derived: FxHashMap<Box<str>, usize> = FxHashMap::default();
        let mut effective: FxHashMap<&str, usize> = FxHashMap::default();
        let is_given = |field: &Field| field.options.get("json_name").is_some();
        for (index, field) in fields.iter().enumerate() {
            let default = json_name::of_field(&field.name);
            if is_given(field) && field.json_name.starts_with('[') && field.json_name.ends_with(']') {
                let message = format!("the `json_name` of `{}` stands in brackets", field.name);
                let help = "names in brackets are those of extensions".to_owned();
                self.problem(file, field.spans.whole, message, help);
                continue;
            }
            let same = *derived.entry(default.into()).or_insert(index);
            let named = *effective.entry(&field.json_name).or_insert(index);
            let clash = if same != index && strict {
                Some(same)
            } else if named != index {
                // In proto2 only two names that were both given are refused; derived ones were always possible.
                let both_given = is_given(field) && is_given(&fields[named]);
                let neither = !is_given(field) && !is_given(&fields[named]);
                (!neither && (strict || both_given)).then_some(named)
            } else {
                None
            };
            if let Some(other) = clash {
                let other = &fields[other];
                if other.name == field.name {
                    continue;
                }
                let message = format!("`{}` and `{}` have the same name in JSON", field.name, other.name);
                let help = format!("it is `{}`; rename a field", other.json_name);
                self.problem(file, field.spans.name, message, help);
            }
        }
    }
}

/// A message's own fields in the order of the text, those of its oneofs among them.
fn written_fields(tree: &syntax::Message) -> impl Iterator<Item = &syntax::Field> {
    tree.items.iter().flat_map(|item| match item {
        MessageItem::Field(field) => std::slice::from_ref(field).iter(),
        MessageItem::Oneof(oneof) => oneof.fields.iter(),
        _ => [].iter(),
    })
}

/// The number after the largest, if fields may have it.
fn next_free(fields: &[Field]) -> Option<i32> {
    let largest = fields.iter().map(|field| field.number).max()?;
    // A number that is too large for a field has been told of already.
    let next = match largest.saturating_add(1) {
        next if numbers::KEPT.contains(&i64::from(next)) => 20_000,
        next => next,
    };
    (next <= numbers::LAST).then_some(next)
}

pub(super) fn has_text(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Scalar(Scalar::String)
            | Kind::Map {
                key: Scalar::String,
                ..
            }
            | Kind::Map {
                value: MapValue::Scalar(Scalar::String),
                ..
            }
    )
}
