//! A `.proto` file as it is written: the tree that the parser makes and the printer takes.
//!
//! Nothing is resolved here: a type's name is spelt as in the text, an option's value is what was written. Every node has
//! the bytes that it takes in the text; comments are found there, before and after a node, and are not kept twice.

use std::fmt;

use crate::text::source::{Source, Span};

/// A piece of the text and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What it says.
    pub value: T,
    /// The bytes it takes.
    pub span: Span,
}

/// A name as written; a type's name may have dots in it, also in front.
pub type Name = Spanned<Box<str>>;

/// A whole file.
#[derive(Debug, Clone)]
pub struct File {
    /// The text. Its name is what people are shown; [`File::path`] is what an `import` calls the file.
    pub source: Source,
    /// The path by which other files import this one, with `/` between its parts.
    pub path: Box<str>,
    /// The language, and where it is declared; without a declaration it is proto2.
    pub syntax: Syntax,
    /// The whole `syntax` or `edition` statement.
    pub syntax_span: Option<Span>,
    /// The package's name and its whole statement.
    pub package: Option<(Name, Span)>,
    /// In the order of the text, as all lists of this tree.
    pub imports: Vec<Import>,
    /// The `option` statements.
    pub options: Vec<OptionEntry>,
    /// Top-level messages.
    pub messages: Vec<Message>,
    /// Top-level enums.
    pub enums: Vec<Enum>,
    /// Top-level `extend` blocks.
    pub extends: Vec<Extend>,
    /// Services.
    pub services: Vec<Service>,
}

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// `syntax = "proto2"`, or nothing.
    Proto2,
    /// `syntax = "proto3"`.
    Proto3,
    /// `edition = "2023"` or `"2024"`; the number.
    Edition(u16),
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Syntax::Proto2 => f.write_str("proto2"),
            Syntax::Proto3 => f.write_str("proto3"),
            Syntax::Edition(number) => write!(f, "edition {number}"),
        }
    }
}

/// `import "a/b.proto";`
#[derive(Debug, Clone)]
pub struct Import {
    /// The path as written, without its quotes.
    pub path: Name,
    /// `public` or `weak`.
    pub kind: ImportKind,
    /// The whole statement.
    pub span: Span,
}

/// How a file is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImportKind {
    /// For this file alone.
    Plain,
    /// Also for whoever imports this file.
    Public,
    /// May be missing at run time; treated as plain.
    Weak,
    /// `import option`, from edition 2024: only for custom options.
    Option,
}

/// An option, in a statement of its own or in brackets.
#[derive(Debug, Clone)]
pub struct OptionEntry {
    /// `(acme.sensitive).level` has two parts.
    pub name: Vec<OptionNamePart>,
    /// What it is set to.
    pub value: OptionValue,
    /// From the name to the value; the whole statement for a statement of its own.
    pub span: Span,
    /// The bytes of the name.
    pub name_span: Span,
    /// The bytes of the value.
    pub value_span: Span,
}

/// A part of an option's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionNamePart {
    /// The name, without parentheses.
    pub name: Box<str>,
    /// Whether it stands in parentheses: the name of an extension.
    pub is_extension: bool,
}

/// What an option is set to, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    /// `true`, `SPEED`, `inf`, also a dotted name.
    Identifier(Box<str>),
    /// A whole number without a sign, as its digits are spelt (`0x1F`, `017`, `42`) in value.
    Unsigned(u64),
    /// A whole number with a minus in front, or beyond 64 bits never: those are [`OptionValue::Float`].
    Negative(i64),
    /// A number with a point or an exponent, or too large for 64 bits; `-inf` and `-nan` too.
    Float(f64),
    /// A string, its parts joined and its escapes undone. Need not be UTF-8.
    Bytes(Box<[u8]>),
    /// `{ … }` in the text format: what stands between the braces.
    Aggregate(Vec<AggregateField>),
    /// `[ … ]`, only within an aggregate.
    List(Vec<OptionValue>),
}

/// A field of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregateField {
    /// The field's name; of an extension its full name, of an `Any` also its `host/type`, without brackets.
    pub name: Box<str>,
    /// Whether the name stands in brackets.
    pub is_bracketed: bool,
    /// What it is set to.
    pub value: OptionValue,
}

/// Whether other files may name a type (edition 2024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// `export`
    Export,
    /// `local`
    Local,
}

/// A message, or the body of a group.
#[derive(Debug, Clone)]
pub struct Message {
    /// `export` or `local`, where one is written.
    pub visibility: Option<Visibility>,
    /// Its name.
    pub name: Name,
    /// From `message` or what goes before it (of a group: from its label) to the closing brace.
    pub span: Span,
    /// Everything that stands in it but options, reserved and extension ranges, in the order of the text.
    pub items: Vec<MessageItem>,
    /// The `option` statements.
    pub options: Vec<OptionEntry>,
    /// The `reserved` statements.
    pub reserved: Vec<Reserved>,
    /// The `extensions` statements.
    pub extension_ranges: Vec<ExtensionRanges>,
}

/// What stands in a message.
#[derive(Debug, Clone)]
pub enum MessageItem {
    /// A field that is in no oneof; a group's has the group's message inside.
    Field(Field),
    /// A oneof with its fields.
    Oneof(Oneof),
    /// A nested message.
    Message(Message),
    /// A nested enum.
    Enum(Enum),
    /// A nested `extend` block.
    Extend(Extend),
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// `optional`, `required`, `repeated`, where one is written.
    pub label: Option<Spanned<WrittenLabel>>,
    /// The type as written.
    pub kind: WrittenType,
    /// The bytes of the type: `map<string, int32>`, `acme.Money`, `group`.
    pub type_span: Span,
    /// The name; of a group as written, with its capital.
    pub name: Name,
    /// The number. Any that 64 bits hold; whether it is allowed is decided later.
    pub number: Spanned<i64>,
    /// The options in brackets, `default` and `json_name` among them.
    pub options: Vec<OptionEntry>,
    /// The whole declaration, with its semicolon or the group's closing brace.
    pub span: Span,
}

/// A label as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WrittenLabel {
    /// `optional`
    Optional,
    /// `required`
    Required,
    /// `repeated`
    Repeated,
}

/// A field's type as written.
#[derive(Debug, Clone)]
pub enum WrittenType {
    /// A scalar's keyword, or the name of a message or enum.
    Named(Box<str>),
    /// `map<key, value>`.
    Map {
        /// A scalar's keyword; whether it is allowed as a key is decided later.
        key: Name,
        /// A scalar's keyword or a name.
        value: Name,
    },
    /// `group`, with its body.
    Group(Box<Message>),
}

/// A oneof.
#[derive(Debug, Clone)]
pub struct Oneof {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its `option` statements.
    pub options: Vec<OptionEntry>,
    /// From `oneof` to the closing brace.
    pub span: Span,
}

/// `reserved 2, 9 to 11, "foo";` — numbers or names.
#[derive(Debug, Clone)]
pub struct Reserved {
    /// Numbers, both ends included.
    pub ranges: Vec<WrittenRange>,
    /// Names; in editions they are written without quotes.
    pub names: Vec<Name>,
    /// The whole statement.
    pub span: Span,
}

/// `extensions 100 to 199 [declaration = { … }];`
#[derive(Debug, Clone)]
pub struct ExtensionRanges {
    /// Numbers, both ends included.
    pub ranges: Vec<WrittenRange>,
    /// The options in brackets.
    pub options: Vec<OptionEntry>,
    /// The whole statement.
    pub span: Span,
}

/// A range of numbers as written.
#[derive(Debug, Clone)]
pub struct WrittenRange {
    /// The first number.
    pub start: Spanned<i64>,
    /// The last number, included; the same as the first where only one is written. None is `max`.
    pub end: Option<i64>,
    /// From the first to the last.
    pub span: Span,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// `export` or `local`, where one is written.
    pub visibility: Option<Visibility>,
    /// Its name.
    pub name: Name,
    /// Its values.
    pub values: Vec<EnumValue>,
    /// Its `option` statements.
    pub options: Vec<OptionEntry>,
    /// Its `reserved` statements.
    pub reserved: Vec<Reserved>,
    /// From `enum` to the closing brace.
    pub span: Span,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// Its number.
    pub number: Spanned<i64>,
    /// The options in brackets.
    pub options: Vec<OptionEntry>,
    /// The whole declaration with its semicolon.
    pub span: Span,
}

/// An `extend` block.
#[derive(Debug, Clone)]
pub struct Extend {
    /// The message that is extended, as written.
    pub extendee: Name,
    /// The fields that are added to it.
    pub fields: Vec<Field>,
    /// From `extend` to the closing brace.
    pub span: Span,
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Its methods.
    pub rpcs: Vec<Rpc>,
    /// Its `option` statements.
    pub options: Vec<OptionEntry>,
    /// From `service` to the closing brace.
    pub span: Span,
}

/// A method.
#[derive(Debug, Clone)]
pub struct Rpc {
    /// Its name.
    pub name: Name,
    /// The request's type, as written.
    pub request: Name,
    /// The response's type, as written.
    pub response: Name,
    /// `stream` before the request.
    pub client_streaming: Option<Span>,
    /// `stream` before the response.
    pub server_streaming: Option<Span>,
    /// Its `option` statements.
    pub options: Vec<OptionEntry>,
    /// The whole declaration, with its semicolon or closing brace.
    pub span: Span,
}
