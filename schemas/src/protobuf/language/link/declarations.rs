//! Extension declarations: a message can say of its extension numbers which extension each of them is for.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Linker;
use super::options::{is_identifier, is_named};
use crate::protobuf::language::schema::{Cardinality, Field, FileId, FileSet, Kind, MessageId, NumberRange, Scalar};
use crate::protobuf::language::syntax::{self, AggregateField, ExtensionRanges, OptionEntry, OptionValue};
use crate::text::source::Span;

/// The ranges of each message that declare their extensions, by their first number.
pub(super) type Declarations = FxHashMap<MessageId, Vec<(NumberRange, Arc<Declared>)>>;

/// What a range declares. Extensions that it does not declare are refused.
#[derive(Default)]
pub(super) struct Declared {
    by_number: FxHashMap<i64, Declaration>,
}

/// One declaration, as written.
#[derive(Default, Clone)]
struct Declaration {
    number: i64,
    name: Option<Box<str>>,
    kind: Option<Box<str>>,
    is_reserved: bool,
    is_repeated: bool,
}

impl Declaration {
    fn of(fields: &[AggregateField]) -> Declaration {
        let mut read = Declaration::default();
        let text = |value: &OptionValue| match value {
            OptionValue::Bytes(bytes) => String::from_utf8_lossy(bytes).as_ref().into(),
            _ => Box::default(),
        };
        let flag = |value: &OptionValue| match value {
            OptionValue::Identifier(word) => matches!(&**word, "true" | "True" | "t"),
            OptionValue::Unsigned(number) => *number == 1,
            _ => false,
        };
        for field in fields {
            match (&*field.name, &field.value) {
                ("number", OptionValue::Unsigned(number)) => read.number = i64::try_from(*number).unwrap_or_default(),
                ("full_name", value) => read.name = Some(text(value)),
                ("type", value) => read.kind = Some(text(value)),
                ("reserved", value) => read.is_reserved = flag(value),
                ("repeated", value) => read.is_repeated = flag(value),
                _ => {}
            }
        }
        read
    }

    /// What is wrong with it, apart from its number.
    fn fault(&self) -> Option<String> {
        match (&self.name, &self.kind) {
            (None, None) if self.is_reserved => None,
            (Some(name), Some(kind)) => {
                let kind = Some(kind).filter(|kind| Scalar::named(kind).is_none());
                [Some(name), kind].into_iter().flatten().find_map(|name| fault(name))
            }
            _ => Some("it needs both `full_name` and `type`".to_owned()),
        }
    }
}

/// What is wrong with a full name.
fn fault(name: &str) -> Option<String> {
    let Some(parts) = name.strip_prefix('.') else {
        return Some(format!("the full name `{name}` begins with a dot"));
    };
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (!parts.split('.').all(is_word)).then(|| format!("`{name}` is no name"))
}

/// What a statement says of its extensions.
#[derive(Default)]
struct Written {
    declarations: Vec<(Declaration, Span)>,
    /// Whether it says that it declares all of them.
    verification: Option<(bool, Span)>,
}

fn read(options: &[OptionEntry]) -> Written {
    let mut read = Written::default();
    for option in options {
        if is_named(option, "declaration") {
            let values = match &option.value {
                OptionValue::List(values) => &values[..],
                value => std::slice::from_ref(value),
            };
            for value in values {
                if let OptionValue::Aggregate(fields) = value {
                    read.declarations.push((Declaration::of(fields), option.span));
                }
            }
        } else if is_named(option, "verification") {
            read.verification = Some((is_identifier(option, "DECLARATION"), option.span));
        }
    }
    read
}

impl Linker {
    /// Notes what the ranges of a message declare. What is wrong with it is reported in files that are checked.
    pub(super) fn declare_extensions(&mut self, file: FileId, id: MessageId, all: &[ExtensionRanges], last: i32) {
        let mut names: FxHashSet<Box<str>> = FxHashSet::default();
        let mut found: Vec<(NumberRange, Arc<Declared>)> = Vec::new();
        for statement in all.iter().filter(|statement| !statement.options.is_empty()) {
            let Written {
                declarations,
                verification,
            } = read(&statement.options);
            if declarations.is_empty() && !verification.is_some_and(|(is_needed, _)| is_needed) {
                continue;
            }
            if let Some((false, span)) = verification {
                let message = "a range that declares extensions is not `UNVERIFIED`";
                self.refuse_if_checked(file, span, message, "leave `verification` out");
            }
            let mut declared = Declared::default();
            for (declaration, span) in declarations {
                for range in &statement.ranges {
                    let written = range.start.value..=range.end.unwrap_or(last.into());
                    if !written.contains(&declaration.number) {
                        let message = format!("the declared number {} is not in the range", declaration.number);
                        self.refuse_if_checked(file, span, message, "declare it with the range that has it");
                    }
                    if let Some(name) = &declaration.name
                        && !names.insert(name.clone())
                    {
                        let message = format!("the extension `{name}` is declared twice");
                        self.refuse_if_checked(file, span, message, "declare it once, with one range");
                    }
                }
                if let Some(fault) = declaration.fault() {
                    let message = format!(
                        "the declaration of {} is incomplete or wrong: {fault}",
                        declaration.number
                    );
                    self.refuse_if_checked(file, span, message, "full_name: \".acme.owner\" type: \"string\"");
                }
                let number = declaration.number;
                if declared.by_number.insert(number, declaration).is_some() {
                    let message = format!("the number {number} is declared twice");
                    self.refuse_if_checked(file, span, message, "declare it once");
                }
            }
            let declared = Arc::new(declared);
            for range in &statement.ranges {
                let end = range.end.and_then(|end| i32::try_from(end).ok()).unwrap_or(last);
                if let Ok(start) = i32::try_from(range.start.value) {
                    found.push((NumberRange { start, end }, Arc::clone(&declared)));
                }
            }
        }
        if !found.is_empty() {
            found.sort_by_key(|(range, _)| *range);
            self.declarations.insert(id, found);
        }
    }

    fn refuse_if_checked(&mut self, file: FileId, span: Span, message: impl Into<String>, help: &str) {
        if self.is_checked(file) {
            self.problem(file, span, message.into(), help.to_owned());
        }
    }

    /// Whether an extension is the one that its number is declared for.
    pub(super) fn check_declared(
        &mut self,
        file: FileId,
        extendee: MessageId,
        written: &syntax::Field,
        field: &Field,
        full_name: &str,
    ) {
        let Some(ranges) = self.declarations.get(&extendee) else {
            return;
        };
        let after = ranges.partition_point(|(range, _)| range.start <= field.number);
        let found = after.checked_sub(1).and_then(|index| ranges.get(index));
        let Some((_, declared)) = found.filter(|(range, _)| range.end >= field.number) else {
            return;
        };
        let extended = self.set.message(extendee).name.clone();
        let number = field.number;
        let Some(declaration) = declared.by_number.get(&i64::from(number)) else {
            let message = format!("`{extended}` declares its extensions, and none of the number {number}");
            let help = "add a declaration to its range of extensions".to_owned();
            return self.problem(file, written.number.span, message, help);
        };
        if declaration.is_reserved {
            let message = format!("`{extended}` reserves the extension number {number}");
            return self.problem(file, written.number.span, message, None);
        }
        let is_repeated = field.cardinality == Cardinality::Repeated;
        let name = declaration.name.as_deref().unwrap_or_default();
        let kind = declaration.kind.as_deref().unwrap_or_default();
        let (fits, wanted, span) = if name.strip_prefix('.') != Some(full_name) {
            (false, format!("be called `{name}`"), written.name.span)
        } else if kind != kind_name(&self.set, field.kind) {
            (false, format!("be of the type `{kind}`"), written.type_span)
        } else if declaration.is_repeated != is_repeated {
            let wanted = if is_repeated { "not be repeated" } else { "be repeated" };
            (false, wanted.to_owned(), written.span)
        } else {
            (true, String::new(), written.span)
        };
        if !fits {
            let message = format!("`{extended}` declares that the extension {number} must {wanted}");
            self.problem(file, span, message, None);
        }
    }
}

/// A type as declarations have it.
fn kind_name(set: &FileSet, kind: Kind) -> String {
    match kind {
        Kind::Scalar(scalar) => scalar.name().to_owned(),
        Kind::Message(id) | Kind::Group(id) => format!(".{}", set.message(id).name),
        Kind::Enum(id) => format!(".{}", set.enumeration(id).name),
        Kind::Map { .. } => String::new(),
    }
}
