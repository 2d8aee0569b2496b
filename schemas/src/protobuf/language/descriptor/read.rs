//! From a descriptor to the tree of a file.
//!
//! A descriptor says less than a text: nothing of comments and places, and of the order only that of things of one kind. It says
//! options by number, so a custom one has its name from the files that are imported: the tree is read without custom options
//! first, linked, and if there were any, read again with what is known then.

use std::sync::Arc;

use super::parts::{Damaged, Part, parts};
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::link::{Target, link_owned};
use crate::protobuf::language::parse::parse;
use crate::protobuf::language::syntax::{
    Enum, EnumValue, Extend, File, Import, ImportKind, Name, OptionEntry, Rpc, Service, Spanned, Syntax, Visibility,
    WrittenRange,
};
use crate::reference::Reference;
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source, Span};

mod field;
mod message;
mod option;
mod uninterpreted;

use option::OptionReader;

/// Nothing has a place in a descriptor.
const NOWHERE: Span = Span { start: 0, end: 0 };

/// Reads the bytes of a google.protobuf.FileDescriptorProto. `source` is what they were found in; `references` are the files
/// that it imports. The tree has no places: print it ([`crate::protobuf::language::print::canonical`]) and parse the text.
///
/// # Errors
/// The bytes are no descriptor, name something that no text could name, or set a custom option that no import declares.
pub fn read(source: &Source, bytes: &[u8], references: &[Reference]) -> Result<File, ParseError> {
    let refuse = |why: Refused| {
        ParseError::from(Problem {
            message: why.message.into(),
            source: source.clone(),
            span: NOWHERE,
            help: why.help.map(Line::from),
        })
    };
    let mut reader = Reader {
        options: OptionReader::standard(),
        syntax: Syntax::Proto2,
    };
    let file = reader.file(source, bytes).map_err(refuse)?;
    if !reader.options.met_custom() {
        return Ok(file);
    }
    let mut trees = vec![Arc::new(file)];
    for reference in references {
        trees.push(Arc::new(parse(
            &reference.source,
            &reference.import,
            &Limits::UNBOUNDED_SIZE,
        )?));
    }
    let set = link_owned(trees, 1, 0)?;
    let mut reader = Reader {
        options: OptionReader::new(&set),
        syntax: Syntax::Proto2,
    };
    reader.file(source, bytes).map_err(refuse)
}

/// Why a descriptor is not read.
struct Refused {
    message: String,
    help: Option<String>,
}

impl Refused {
    fn new(message: impl Into<String>) -> Self {
        Refused {
            message: message.into(),
            help: None,
        }
    }
}

impl From<Damaged> for Refused {
    fn from(_: Damaged) -> Self {
        Refused {
            message: "the bytes are not a Protobuf descriptor".into(),
            help: Some("send the text of the schema, or a google.protobuf.FileDescriptorProto in base64".into()),
        }
    }
}

type Reading<T> = Result<T, Refused>;

struct Reader<'a> {
    options: OptionReader<'a>,
    syntax: Syntax,
}

fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, span: NOWHERE }
}

/// A name as a text could have it: what is printed from a descriptor must not turn into something else.
fn identifier(part: Part<'_>) -> Reading<Name> {
    let text = part.text()?;
    let mut bytes = text.bytes();
    let begins = bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    if begins && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(spanned(text.into()));
    }
    let shown: String = text.chars().take(40).collect();
    Err(Refused::new(format!(
        "the descriptor has a name that is none: {shown:?}"
    )))
}

/// Names with dots between them, and one in front for a type.
fn dotted(part: Part<'_>) -> Reading<Name> {
    let text = part.text()?;
    for name in text.strip_prefix('.').unwrap_or(text).split('.') {
        identifier(Part::Bytes(name.as_bytes()))?;
    }
    Ok(spanned(text.into()))
}

impl Reader<'_> {
    fn file(&mut self, source: &Source, bytes: &[u8]) -> Reading<File> {
        let parts = parts(bytes)?;
        self.syntax = syntax(&parts)?;
        let mut file = File {
            source: Source::new(source.name(), ""),
            path: "".into(),
            syntax: self.syntax,
            syntax_span: (self.syntax != Syntax::Proto2).then_some(NOWHERE),
            package: None,
            imports: Vec::new(),
            options: Vec::new(),
            messages: Vec::new(),
            enums: Vec::new(),
            extends: Vec::new(),
            services: Vec::new(),
        };
        let mut scope = String::new();
        for (number, part) in &parts {
            match number {
                1 => file.path = part.text()?.into(),
                2 => {
                    let name = dotted(*part)?;
                    scope = format!(".{}", name.value);
                    file.package = Some((name, NOWHERE));
                }
                3 => file.imports.push(import(part.text()?, ImportKind::Plain)),
                _ => {}
            }
        }
        let plain = file.imports.len();
        let mut messages = Vec::new();
        let mut extensions = Vec::new();
        for (number, part) in &parts {
            match number {
                4 => messages.push(Some(self.message(part.bytes()?, &scope, 1)?)),
                5 => file.enums.push(self.enumeration(part.bytes()?)?),
                6 => file.services.push(self.service(part.bytes()?)?),
                7 => extensions.push(part.bytes()?),
                8 => file.options = self.options.entries(Target::File, part.bytes()?)?,
                10 | 11 => {
                    let kind = if *number == 10 {
                        ImportKind::Public
                    } else {
                        ImportKind::Weak
                    };
                    let index = part.int32()?;
                    let import = usize::try_from(index).ok().filter(|index| *index < plain);
                    let import = import.and_then(|index| file.imports.get_mut(index));
                    import
                        .ok_or_else(|| Refused::new("the descriptor counts an import that it does not have"))?
                        .kind = kind;
                }
                15 => file.imports.push(import(part.text()?, ImportKind::Option)),
                _ => {}
            }
        }
        file.extends = self.extends(&extensions, &scope, &mut messages)?;
        file.messages = messages
            .into_iter()
            .flatten()
            .filter_map(message::Nested::into_message)
            .collect();
        Ok(file)
    }

    fn extends(
        &mut self,
        extensions: &[&[u8]],
        scope: &str,
        nested: &mut [Option<message::Nested>],
    ) -> Reading<Vec<Extend>> {
        let mut extends: Vec<Extend> = Vec::new();
        let mut index = message::Index::new(scope, nested);
        for bytes in extensions {
            let (field, about) = self.field(bytes, &mut index)?;
            let extendee = about
                .extendee
                .ok_or_else(|| Refused::new("an extension does not say what it extends"))?;
            match extends.last_mut() {
                Some(last) if last.extendee.value == extendee.value => last.fields.push(field),
                _ => extends.push(Extend {
                    extendee,
                    fields: vec![field],
                    span: NOWHERE,
                }),
            }
        }
        Ok(extends)
    }

    fn enumeration(&mut self, bytes: &[u8]) -> Reading<Enum> {
        let mut read = Enum {
            visibility: None,
            name: spanned("".into()),
            values: Vec::new(),
            options: Vec::new(),
            reserved: Vec::new(),
            span: NOWHERE,
        };
        let (mut ranges, mut names) = (Vec::new(), Vec::new());
        for (number, part) in parts(bytes)? {
            match number {
                1 => read.name = identifier(part)?,
                2 => read.values.push(self.enum_value(part.bytes()?)?),
                3 => read.options = self.options.entries(Target::Enum, part.bytes()?)?,
                4 => ranges.push(range(part.bytes()?, 0, &[i32::MAX.into()])?),
                5 => names.push(spanned(part.text()?.into())),
                6 => read.visibility = visibility(part)?,
                _ => {}
            }
        }
        read.reserved = message::reserved(ranges, names);
        named(&read.name, "an enum")?;
        Ok(read)
    }

    fn enum_value(&mut self, bytes: &[u8]) -> Reading<EnumValue> {
        let mut value = EnumValue {
            name: spanned("".into()),
            number: spanned(0),
            options: Vec::new(),
            span: NOWHERE,
        };
        for (number, part) in parts(bytes)? {
            match number {
                1 => value.name = identifier(part)?,
                2 => value.number.value = part.int32()?.into(),
                3 => value.options = self.options.entries(Target::EnumValue, part.bytes()?)?,
                _ => {}
            }
        }
        named(&value.name, "an enum's value")?;
        Ok(value)
    }

    fn service(&mut self, bytes: &[u8]) -> Reading<Service> {
        let mut service = Service {
            name: spanned("".into()),
            rpcs: Vec::new(),
            options: Vec::new(),
            span: NOWHERE,
        };
        for (number, part) in parts(bytes)? {
            match number {
                1 => service.name = identifier(part)?,
                2 => service.rpcs.push(self.rpc(part.bytes()?)?),
                3 => service.options = self.options.entries(Target::Service, part.bytes()?)?,
                _ => {}
            }
        }
        named(&service.name, "a service")?;
        Ok(service)
    }

    fn rpc(&mut self, bytes: &[u8]) -> Reading<Rpc> {
        let mut rpc = Rpc {
            name: spanned("".into()),
            request: spanned("".into()),
            response: spanned("".into()),
            client_streaming: None,
            server_streaming: None,
            options: Vec::new(),
            span: NOWHERE,
        };
        for (number, part) in parts(bytes)? {
            match number {
                1 => rpc.name = identifier(part)?,
                2 => rpc.request = dotted(part)?,
                3 => rpc.response = dotted(part)?,
                4 => rpc.options = self.options.entries(Target::Method, part.bytes()?)?,
                5 => rpc.client_streaming = part.bool()?.then_some(NOWHERE),
                6 => rpc.server_streaming = part.bool()?.then_some(NOWHERE),
                _ => {}
            }
        }
        for name in [&rpc.name, &rpc.request, &rpc.response] {
            named(name, "a method, its request or its response")?;
        }
        Ok(rpc)
    }
}

/// What is declared has a name.
fn named(name: &Name, what: &str) -> Reading<()> {
    match name.value.is_empty() {
        true => Err(Refused::new(format!("the descriptor has {what} without a name"))),
        false => Ok(()),
    }
}

fn import(path: &str, kind: ImportKind) -> Import {
    Import {
        path: spanned(path.into()),
        kind,
        span: NOWHERE,
    }
}

fn syntax(parts: &[(u32, Part<'_>)]) -> Reading<Syntax> {
    let (mut syntax, mut edition) = ("", 0);
    for (number, part) in parts {
        match number {
            12 => syntax = part.text()?,
            14 => edition = part.int32()?,
            _ => {}
        }
    }
    match (syntax, edition) {
        ("" | "proto2", _) => Ok(Syntax::Proto2),
        ("proto3", _) => Ok(Syntax::Proto3),
        ("editions", 1000) => Ok(Syntax::Edition(2023)),
        ("editions", 1001) => Ok(Syntax::Edition(2024)),
        ("editions", number) => Err(Refused {
            message: format!("the descriptor is of an edition that is not known: {number}"),
            help: Some("known editions are 2023 and 2024".into()),
        }),
        _ => Err(Damaged.into()),
    }
}

fn visibility(part: Part<'_>) -> Reading<Option<Visibility>> {
    Ok(match part.int32()? {
        1 => Some(Visibility::Local),
        2 => Some(Visibility::Export),
        _ => None,
    })
}

/// A range whose end is `beyond` numbers behind its last one; each of `last` is written as `max`.
fn range(bytes: &[u8], beyond: i64, last: &[i64]) -> Reading<WrittenRange> {
    let (mut start, mut end) = (0, 0);
    for (number, part) in parts(bytes)? {
        match number {
            1 => start = i64::from(part.int32()?),
            2 => end = i64::from(part.int32()?),
            _ => {}
        }
    }
    let end = end - beyond;
    Ok(WrittenRange {
        start: spanned(start),
        end: (!last.contains(&end) || start == end).then_some(end),
        span: NOWHERE,
    })
}

/// Options as entries without places.
fn entry(
    name: Vec<crate::protobuf::language::syntax::OptionNamePart>,
    value: crate::protobuf::language::syntax::OptionValue,
) -> OptionEntry {
    OptionEntry {
        name,
        value,
        span: NOWHERE,
        name_span: NOWHERE,
        value_span: NOWHERE,
    }
}
