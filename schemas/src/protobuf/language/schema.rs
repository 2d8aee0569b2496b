//! What `.proto` files mean: messages, enums, fields and services with every name resolved and every feature decided.
//!
//! One set holds one or many files: a registered schema with what it imports, or a whole tree. Everything has an index into
//! the set; a type has one wherever it is used. Editions, proto2 and proto3 are alike here: what differs between them
//! (presence, open enums, packing, UTF-8) is said of each field and enum. What a map field's entry is on the wire is said
//! by [`Kind::Map`]; the synthetic message and the synthetic oneof of a proto3 `optional` do not appear.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::syntax::{ImportKind, Syntax};
use crate::text::source::{Problem, Source, Span};

mod scalar;

pub use scalar::Scalar;

/// The index of a file in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// The index of a message in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u32);

/// The index of an enum in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnumId(pub u32);

/// Files that belong together, linked.
#[derive(Debug, Clone)]
pub struct FileSet {
    /// The files, those that were asked for before those that they import.
    pub files: Vec<File>,
    /// How many of the files were asked for; the others are imports and built-in files.
    pub own_files: usize,
    /// Every message of every file; a message before those nested in it, otherwise in the order of files and texts.
    pub messages: Vec<Message>,
    /// Every enum of every file, in the order of files and texts.
    pub enums: Vec<Enum>,
    /// Every extension field of every file, in the order of files and texts.
    pub extensions: Vec<Extension>,
    /// Every service of every file, in the order of files and texts.
    pub services: Vec<Service>,
    /// Types by full name, without a leading dot.
    pub types: FxHashMap<Box<str>, TypeId>,
}

/// A message or an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TypeId {
    /// A message.
    Message(MessageId),
    /// An enum.
    Enum(EnumId),
}

/// One registered schema: a file and all that it needs.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The main file is the first; the others are its references and the built-in files that they need.
    pub set: FileSet,
    /// The main file as it is written.
    pub written: Arc<super::syntax::File>,
    /// The same with a map for each that is written as its entry message: what was linked.
    pub folded: Arc<super::syntax::File>,
    /// What is taken in a registry though protoc refuses it.
    pub warnings: Box<[Problem]>,
    /// Where this is what somebody reads of a schema: the one message that counts.
    pub event: Option<Event>,
}

/// A message that is read, and nothing but it; see [`mod@crate::protobuf::judgement::project`].
#[derive(Debug, Clone)]
pub struct Event {
    /// The message.
    pub message: MessageId,
    /// The numbers of the fields that messages have and that are not read, each with its oneof.
    pub unread: FxHashMap<MessageId, FxHashMap<i32, Option<u32>>>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// The text.
    pub source: Source,
    /// The path by which others import it.
    pub path: Box<str>,
    /// The language.
    pub syntax: Syntax,
    /// The whole `syntax` or `edition` statement.
    pub syntax_span: Option<Span>,
    /// The package; empty where there is none.
    pub package: Box<str>,
    /// The whole `package` statement.
    pub package_span: Option<Span>,
    /// What it imports, as far as the imported file is in the set.
    pub imports: Vec<(FileId, ImportKind, Span)>,
    /// Its own top-level messages, in the order of the text: the order of Confluent's message indexes.
    pub messages: Vec<MessageId>,
    /// Its own top-level enums.
    pub enums: Vec<EnumId>,
    /// Indexes into [`FileSet::extensions`] of its top-level extensions.
    pub extensions: Vec<u32>,
    /// Indexes into [`FileSet::services`].
    pub services: Vec<u32>,
    /// The standard options that are set (`java_package`, `go_package`, `features.…`), as written.
    pub options: Options,
}

/// The standard options that a text sets on something, by name (`deprecated`, `java_package`, `features.field_presence`,
/// `features.(pb.cpp).string_type`). Custom options are not among them.
#[derive(Debug, Clone, Default)]
pub struct Options(pub Box<[SetOption]>);

/// One option that is set.
#[derive(Debug, Clone)]
pub struct SetOption {
    /// Its name.
    pub name: Box<str>,
    /// Its value: an identifier as it is, a number in decimal, a string without quotes (invalid UTF-8 replaced).
    pub value: Box<str>,
    /// From its name to its value; the whole statement where it is one.
    pub span: Span,
}

impl Options {
    /// The option of this name.
    pub fn get(&self, name: &str) -> Option<&SetOption> {
        self.0.iter().find(|option| &*option.name == name)
    }
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// The full name, without a leading dot.
    pub name: Box<str>,
    /// The file it stands in.
    pub file: FileId,
    /// The message that it is nested in.
    pub parent: Option<MessageId>,
    /// Whether it is the body of a `group`.
    pub is_group: bool,
    /// Its fields in the order of the text, those of its oneofs among them.
    pub fields: Vec<Field>,
    /// Its oneofs.
    pub oneofs: Vec<Oneof>,
    /// The messages nested in it, groups too, in the order of the text.
    pub messages: Vec<MessageId>,
    /// The enums nested in it.
    pub enums: Vec<EnumId>,
    /// Indexes into [`FileSet::extensions`] of the extensions that are declared in it.
    pub extensions: Vec<u32>,
    /// What is reserved.
    pub reserved: Reserved,
    /// Numbers that extensions may take, both ends included.
    pub extension_ranges: Vec<(NumberRange, Span)>,
    /// `features.json_format`: whether its ProtoJSON is reliable.
    pub json_format: JsonFormat,
    /// Its standard options.
    pub options: Options,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// Reserved numbers and names.
#[derive(Debug, Clone, Default)]
pub struct Reserved {
    /// Ranges, both ends included.
    pub ranges: Vec<(NumberRange, Span)>,
    /// Names.
    pub names: Vec<(Box<str>, Span)>,
}

impl Reserved {
    /// The ranges and the names, in an order that does not depend on the text.
    pub(in crate::protobuf) fn sorted(&self) -> (Vec<NumberRange>, Vec<&str>) {
        let mut ranges: Vec<NumberRange> = self.ranges.iter().map(|(range, _)| *range).collect();
        let mut names: Vec<&str> = self.names.iter().map(|(name, _)| &**name).collect();
        ranges.sort_unstable();
        names.sort_unstable();
        (ranges, names)
    }
}

/// A range of numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NumberRange {
    /// The first.
    pub start: i32,
    /// The last.
    pub end: i32,
}

/// Whether ProtoJSON is supported (`features.json_format`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonFormat {
    /// proto3 and editions: names that collide in JSON are refused.
    Allow,
    /// proto2.
    LegacyBestEffort,
}

/// A oneof.
#[derive(Debug, Clone)]
pub struct Oneof {
    /// Its name.
    pub name: Box<str>,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name; of a group in lower case.
    pub name: Box<str>,
    /// The number, from 1 to 536,870,911.
    pub number: i32,
    /// The name in ProtoJSON, given or derived.
    pub json_name: Box<str>,
    /// How often it may occur, and whether its absence can be seen.
    pub cardinality: Cardinality,
    /// What it holds.
    pub kind: Kind,
    /// Whether a repeated scalar is written packed. Readers take both.
    pub is_packed: bool,
    /// The oneof that it is in, as an index into [`Message::oneofs`].
    pub oneof: Option<u32>,
    /// The default that is given.
    pub default: Option<Default>,
    /// For strings: whether a reader refuses what is not UTF-8 (`features.utf8_validation`; proto3 yes, proto2 no).
    pub validates_utf8: bool,
    /// Its standard options, `default` and `json_name` among them.
    pub options: Options,
    /// The places.
    pub spans: Box<FieldSpans>,
}

/// The places of a field's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpans {
    /// The whole declaration.
    pub whole: Span,
    /// The label, where one is written.
    pub label: Option<Span>,
    /// The type; of a map that is written as its entry message the name of that message, which is elsewhere.
    pub kind: Span,
    /// The name.
    pub name: Span,
    /// The number.
    pub number: Span,
}

impl FieldSpans {
    /// Whether this is a map that is written as its entry message.
    pub fn has_entry_message(&self) -> bool {
        self.kind.start < self.whole.start || self.kind.start >= self.whole.end
    }
}

/// How often a field may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// At most once; absent and zero are the same (proto3 without a label).
    Implicit,
    /// At most once; absent can be told from zero. Members of a oneof and message fields are always so.
    Explicit,
    /// Exactly once.
    Required,
    /// Any number of times.
    Repeated,
    /// Any number of times, by key.
    Map,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A scalar.
    Scalar(Scalar),
    /// A message, length-delimited.
    Message(MessageId),
    /// A message between a start and an end tag: a `group`, or `features.message_encoding = DELIMITED`.
    Group(MessageId),
    /// An enum.
    Enum(EnumId),
    /// A map: on the wire a repeated message with the key as field 1 and the value as field 2.
    Map {
        /// The key.
        key: Scalar,
        /// The value.
        value: MapValue,
    },
}

impl Kind {
    /// Whether a repeated field of this kind may be packed.
    pub fn is_packable(self) -> bool {
        match self {
            Kind::Scalar(scalar) => !matches!(scalar, Scalar::String | Scalar::Bytes),
            Kind::Enum(_) => true,
            Kind::Message(_) | Kind::Group(_) | Kind::Map { .. } => false,
        }
    }

    /// The message that a field of this kind holds, or that its map has as values.
    pub fn message(self) -> Option<MessageId> {
        match self {
            Kind::Message(id)
            | Kind::Group(id)
            | Kind::Map {
                value: MapValue::Message(id),
                ..
            } => Some(id),
            _ => None,
        }
    }

    /// The enum that a field of this kind holds, or that its map has as values.
    pub fn enumeration(self) -> Option<EnumId> {
        match self {
            Kind::Enum(id)
            | Kind::Map {
                value: MapValue::Enum(id),
                ..
            } => Some(id),
            _ => None,
        }
    }
}

/// What a map holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MapValue {
    /// A scalar.
    Scalar(Scalar),
    /// A message, length-delimited.
    Message(MessageId),
    /// An enum.
    Enum(EnumId),
}

/// A default that a field is given (proto2 and editions).
#[derive(Debug, Clone, PartialEq)]
pub enum Default {
    /// Of a signed whole number.
    Signed(i64),
    /// Of an unsigned whole number.
    Unsigned(u64),
    /// Of a float or double.
    Float(f64),
    /// Of a bool.
    Bool(bool),
    /// Of a string or bytes.
    Bytes(Box<[u8]>),
    /// Of an enum: the number and the name of its value.
    Enum(i32, Box<str>),
}

/// An extension: a field that stands outside the message it belongs to.
#[derive(Debug, Clone)]
pub struct Extension {
    /// The field; its name is the simple one.
    pub field: Field,
    /// The full name.
    pub name: Box<str>,
    /// The message that is extended.
    pub extendee: MessageId,
    /// The file it stands in.
    pub file: FileId,
    /// The message in which it is declared.
    pub parent: Option<MessageId>,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// The full name, without a leading dot.
    pub name: Box<str>,
    /// The file it stands in.
    pub file: FileId,
    /// The message that it is nested in.
    pub parent: Option<MessageId>,
    /// Whether unknown numbers are kept in the field (proto3), or put aside as unknown fields (proto2).
    pub is_open: bool,
    /// Whether it has only the values that an application handles: then a zero that is not among them is not handled, even where
    /// it is read because nothing was written.
    pub is_projected: bool,
    /// Its values in the order of the text; with `allow_alias` several may have one number. Never empty; the first is the
    /// default.
    pub values: Vec<EnumValue>,
    /// What is reserved.
    pub reserved: Reserved,
    /// `features.json_format`.
    pub json_format: JsonFormat,
    /// Its standard options.
    pub options: Options,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Its simple name.
    pub name: Box<str>,
    /// Its number.
    pub number: i32,
    /// Its standard options.
    pub options: Options,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
    /// Its number.
    pub number_span: Span,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// The full name.
    pub name: Box<str>,
    /// The file it stands in.
    pub file: FileId,
    /// Its methods in the order of the text.
    pub rpcs: Vec<Rpc>,
    /// Its standard options.
    pub options: Options,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

/// A method.
#[derive(Debug, Clone)]
pub struct Rpc {
    /// Its simple name.
    pub name: Box<str>,
    /// The request's message, and where it is named.
    pub request: (MessageId, Span),
    /// The response's message, and where it is named.
    pub response: (MessageId, Span),
    /// Whether the client sends a stream, and where that is said.
    pub client_streaming: Option<Span>,
    /// Whether the server sends a stream, and where that is said.
    pub server_streaming: Option<Span>,
    /// Its standard options.
    pub options: Options,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
}

impl FileSet {
    /// A file.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// A message.
    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0 as usize]
    }

    /// An enum.
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0 as usize]
    }

    /// The extensions of each message that has some, in the order of the files.
    pub(in crate::protobuf) fn extensions_of(&self) -> FxHashMap<MessageId, Vec<&Extension>> {
        let mut extensions: FxHashMap<MessageId, Vec<&Extension>> = FxHashMap::default();
        for extension in &self.extensions {
            extensions.entry(extension.extendee).or_default().push(extension);
        }
        extensions
    }

    /// The extensions that a file sees, by full name: its own, those that it imports, and those that these import publicly.
    pub(in crate::protobuf) fn extensions_seen_by(&self, file: FileId) -> FxHashMap<&str, &Extension> {
        let mut seen = vec![file];
        let mut known: FxHashSet<FileId> = seen.iter().copied().collect();
        let mut next = 0;
        while let Some(id) = seen.get(next).copied() {
            next += 1;
            for (import, kind, _) in &self.file(id).imports {
                if (id == file || *kind == ImportKind::Public) && known.insert(*import) {
                    seen.push(*import);
                }
            }
        }
        let extensions = self
            .extensions
            .iter()
            .filter(|extension| known.contains(&extension.file));
        extensions.map(|extension| (&*extension.name, extension)).collect()
    }

    /// The message of this full name.
    pub fn message_named(&self, name: &str) -> Option<MessageId> {
        match self.types.get(name) {
            Some(TypeId::Message(id)) => Some(*id),
            _ => None,
        }
    }
}

impl Message {
    /// The field of this number.
    pub fn field(&self, number: i32) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The names of the oneofs that a descriptor has for the fields with `optional` of a proto3 file, one for each.
    pub(in crate::protobuf) fn synthetic_oneofs(&self) -> Vec<String> {
        let is_optional = |field: &&Field| field.cardinality == Cardinality::Explicit && field.spans.label.is_some();
        if !self.fields.iter().any(|field| is_optional(&field)) {
            return Vec::new();
        }
        let fields = self.fields.iter().map(|field| field.name.to_string());
        let oneofs = self.oneofs.iter().map(|oneof| oneof.name.to_string());
        let mut taken: FxHashSet<String> = fields.chain(oneofs).collect();
        let mut names = Vec::new();
        for field in self.fields.iter().filter(is_optional) {
            let mut name = match field.name.starts_with('_') {
                true => field.name.to_string(),
                false => format!("_{}", field.name),
            };
            while !taken.insert(name.clone()) {
                name.insert(0, 'X');
            }
            names.push(name);
        }
        names
    }

    /// Whether it is written in the encoding that was before this one, each extension in a group (`message_set_wire_format`).
    pub fn is_message_set(&self) -> bool {
        let option = self.options.get("message_set_wire_format");
        option.is_some_and(|option| &*option.value == "true")
    }

    /// The name without its package and enclosing messages.
    pub fn simple_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

impl Schema {
    /// The text that this schema was parsed from.
    pub fn source(&self) -> &Source {
        &self.written.source
    }

    /// The main file.
    pub fn main(&self) -> &File {
        &self.set.files[0]
    }

    /// The messages that the main file declares, nested ones too, with their full names: each before those nested in it.
    pub fn own_messages(&self) -> impl Iterator<Item = (MessageId, &str)> {
        (0u32..)
            .zip(&self.set.messages)
            .filter(|(_, message)| message.file == FileId(0))
            .map(|(id, message)| (MessageId(id), &*message.name))
    }

    /// A message by its full name, with or without a dot in front, or by the name that it has in the main file's package.
    pub fn message_named(&self, name: &str) -> Option<MessageId> {
        let name = name.strip_prefix('.').unwrap_or(name);
        let package = &self.main().package;
        self.set.message_named(name).or_else(|| {
            (!package.is_empty())
                .then(|| self.set.message_named(&format!("{package}.{name}")))
                .flatten()
        })
    }
}
