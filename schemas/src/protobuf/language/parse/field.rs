//! Fields: labels, types, numbers, groups.

use super::super::syntax::{Field, Name, Spanned, Syntax, WrittenLabel, WrittenType};
use super::token::Token;
use super::{Parsed, Parser};
use crate::text::source::Span;

/// What a field stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Message,
    Oneof,
    Extend,
}

/// A type as far as it is written before the name.
enum Type {
    Named(Box<str>),
    Map { key: Name, value: Name },
    Group,
}

impl Parser<'_> {
    pub(super) fn field(&mut self, within: Within) -> Parsed<Field> {
        let start = self.token.span.start;
        let label = self.label();
        let type_start = self.token.span.start;
        let written = self.written_type()?;
        let type_span = self.since(type_start);
        self.check_label(label, &written, within, type_span);

        let name = self.name("the field's name")?;
        self.symbol(b'=', Some("a field has a number: `string sku = 1;`"))?;
        let number = self.whole("the field's number")?;
        let options = self.bracketed_options()?;
        let kind = match written {
            Type::Named(name) => WrittenType::Named(name),
            Type::Map { key, value } => WrittenType::Map { key, value },
            Type::Group => {
                if !name.value.starts_with(|first: char| first.is_ascii_uppercase()) {
                    self.problem(
                        name.span,
                        "the name of a group begins with a capital letter",
                        Some("it names a message; the field's name is the same in lower case"),
                    );
                }
                let body = self.message_body(None, name.clone(), start)?;
                WrittenType::Group(Box::new(body))
            }
        };
        if !matches!(kind, WrittenType::Group(_)) {
            self.semicolon()?;
        }
        Ok(Field {
            label,
            kind,
            type_span,
            name,
            number,
            options,
            span: self.since(start),
        })
    }

    fn label(&mut self) -> Option<Spanned<WrittenLabel>> {
        let value = match self.word() {
            "optional" => WrittenLabel::Optional,
            "required" => WrittenLabel::Required,
            "repeated" => WrittenLabel::Repeated,
            _ => return None,
        };
        let span = self.advance().span;
        Some(Spanned { value, span })
    }

    fn written_type(&mut self) -> Parsed<Type> {
        match self.word() {
            "group" => {
                let span = self.advance().span;
                if self.syntax != Syntax::Proto2 {
                    let help = match self.syntax {
                        Syntax::Proto3 => "declare a message and a field of it",
                        _ => "declare a message and a field of it with `features.message_encoding = DELIMITED`",
                    };
                    self.problem(span, "groups belong to proto2", Some(help));
                }
                Ok(Type::Group)
            }
            "map" => {
                let start = self.advance().span.start;
                if self.is_symbol(b'<') {
                    return self.map_type();
                }
                // A message may be named `map`.
                while self.take_symbol(b'.') {
                    self.name("a name after the dot")?;
                }
                let span = self.since(start);
                Ok(Type::Named(super::without_blanks(self.text(span)).into()))
            }
            _ => Ok(Type::Named(self.dotted("a field's type", true)?.value)),
        }
    }

    fn map_type(&mut self) -> Parsed<Type> {
        self.symbol(b'<', None)?;
        let key = self.dotted("the type of the map's keys", true)?;
        self.symbol(b',', Some("a map is written `map<string, int32>`"))?;
        let value = self.dotted("the type of the map's values", true)?;
        self.symbol(b'>', None)?;
        Ok(Type::Map { key, value })
    }

    fn check_label(&mut self, label: Option<Spanned<WrittenLabel>>, ty: &Type, within: Within, type_span: Span) {
        let Some(label) = label else {
            let needed = self.syntax == Syntax::Proto2 && within != Within::Oneof && !matches!(ty, Type::Map { .. });
            if needed {
                self.problem(
                    type_span,
                    "the field has no label",
                    Some("proto2 asks for `optional`, `required` or `repeated`; `syntax = \"proto3\";` would be the first line of a proto3 file"),
                );
            }
            return;
        };
        if within == Within::Oneof {
            self.problem(
                label.span,
                "a field of a oneof has no label",
                Some("its presence is that of the oneof's case; leave the label out"),
            );
        } else if let Type::Map { .. } = ty {
            self.problem(
                label.span,
                "a map has no label",
                Some("leave it out: a map may have any number of entries"),
            );
        } else if label.value == WrittenLabel::Required && self.syntax == Syntax::Proto3 {
            self.problem(label.span, "proto3 has no required fields", Some("leave the label out"));
        } else if let Syntax::Edition(edition) = self.syntax {
            let (message, help) = match label.value {
                WrittenLabel::Repeated => return,
                WrittenLabel::Optional => (
                    format!("edition {edition} has no label `optional`"),
                    "leave it out: presence is explicit unless `features.field_presence` says otherwise",
                ),
                WrittenLabel::Required => (
                    format!("edition {edition} has no label `required`"),
                    "write [features.field_presence = LEGACY_REQUIRED], or better leave it out",
                ),
            };
            self.problem(label.span, message, Some(help));
        }
    }

    /// Whether a list of options begins here.
    pub(super) fn at_options(&self) -> bool {
        self.token.token == Token::Symbol(b'[')
    }
}
