//! From the tree as written back to text.
//!
//! Confluent's registry does not keep a Protobuf text: it prints the parsed tree in an order of its own (syntax, package,
//! imports, options, messages, enums, extensions, services; in a message reserved, options, fields, oneofs, groups,
//! extension ranges, extensions, nested messages, nested enums), without comments. That *canonical* text is the schema's
//! identity, here as there: a schema has the GUID, and so the id, that it would have at Confluent's. An option or a reserved
//! name is part of it; a comment is not.
//!
//! What is *kept* is the same text with its comments, each before or behind the declaration that it belongs to: people
//! read registries. One id still has one text: whoever registers first under an identity has written it, and a later
//! registration that differs in comments alone finds what is there. The canonical text of a kept text is the canonical text
//! of the original, so everything can be computed from what is kept.
//!
//! Invariants: parsing a printed text gives the same file again, but for the order of declarations in the canonical form;
//! printing what was parsed from a printed text gives that text again. No comment is lost in a kept text. Work is linear.
//!
//! Two things differ from Confluent's printer on purpose. Confluent's `normalize` sorts an enum's values by number, whatever
//! the first is; what an absent field reads as is the first value of a closed enum and the number of the first of an open one, so
//! here these stay first. And numbers in options are printed by value, not as they were spelt: `0x1F` is `31`.

use std::fmt::Write;

use super::schema::Schema;
use super::syntax::{Enum, Extend, File, ImportKind, Message, Service, Syntax};

mod comment;
mod declaration;
mod normalize;
mod option;

use comment::Comments;

/// Spaces by which what is inside something is indented.
const STEP: usize = 2;

/// What is printed of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Parts {
    /// Comments.
    comments: bool,
    /// Extensions, the ranges for them, and custom options.
    extensions: bool,
    /// The options of a field as they come; otherwise `default` and `json_name` are last.
    sorted: bool,
}

const CANONICAL: Parts = Parts {
    comments: false,
    extensions: true,
    sorted: false,
};

impl Schema {
    /// The text that decides whether two schemas are the same, spelt as Confluent's registry spells it.
    pub fn canonical(&self) -> String {
        canonical(&self.written)
    }

    /// The canonical text after `normalize=true`: differences of spelling and order that mean nothing are gone.
    pub fn normalized(&self) -> String {
        let parts = Parts {
            sorted: true,
            ..CANONICAL
        };
        print(&normalize::file(self), parts)
    }

    /// The canonical or the normalised text with the comments of the original.
    pub fn kept(&self, normalize: bool) -> String {
        if !normalize {
            return documented(&self.written);
        }
        let parts = Parts {
            comments: true,
            sorted: true,
            ..CANONICAL
        };
        print(&normalize::file(self), parts)
    }

    /// The canonical text without extensions, the ranges for them, and custom options (`format=ignore_extensions`).
    pub fn without_extensions(&self) -> String {
        let parts = Parts {
            extensions: false,
            ..CANONICAL
        };
        print(&self.written, parts)
    }
}

/// A file as Confluent's registry prints it: without comments, in a fixed order.
pub fn canonical(file: &File) -> String {
    print(file, CANONICAL)
}

/// The canonical text with the comments of the original.
pub fn documented(file: &File) -> String {
    let parts = Parts {
        comments: true,
        ..CANONICAL
    };
    print(file, parts)
}

fn print(file: &File, parts: Parts) -> String {
    let comments = match parts.comments {
        true => Comments::of(file.source.text()),
        false => Comments::none(),
    };
    let mut printer = Printer {
        out: String::with_capacity(file.source.text().len()),
        syntax: file.syntax,
        comments,
        extensions: parts.extensions,
        sorted: parts.sorted,
    };
    printer.file(file);
    printer.out
}

/// A text that is being printed.
struct Printer<'a> {
    out: String,
    syntax: Syntax,
    comments: Comments<'a>,
    extensions: bool,
    sorted: bool,
}

impl Printer<'_> {
    fn file(&mut self, file: &File) {
        let (top, end) = self.comments.around(file.source.text().len(), &spans_of(file));
        self.above(&top, 0);
        if file.syntax != Syntax::Proto2 || file.syntax_span.is_some() {
            let text = match file.syntax {
                Syntax::Proto2 => "syntax = \"proto2\";".to_owned(),
                Syntax::Proto3 => "syntax = \"proto3\";".to_owned(),
                Syntax::Edition(number) => format!("edition = \"{number}\";"),
            };
            self.leaf(file.syntax_span.unwrap_or_default(), 0, |printer| printer.out += &text);
        }
        if let Some((name, span)) = &file.package {
            self.leaf(*span, 0, |printer| {
                let _ = write!(printer.out, "package {};", name.value);
            });
        }
        self.imports(file);
        let options: Vec<_> = file.options.iter().filter(|option| self.shows(option)).collect();
        if !options.is_empty() {
            self.out.push('\n');
        }
        for option in options {
            self.option_statement(option, 0);
        }
        if !file.messages.is_empty() || !file.enums.is_empty() {
            self.out.push('\n');
        }
        file.messages.iter().for_each(|message| self.message(message, 0));
        file.enums.iter().for_each(|each| self.enumeration(each, 0));
        if self.extensions && !file.extends.is_empty() {
            self.out.push('\n');
            file.extends.iter().for_each(|extend| self.extend(extend, 0));
        }
        if !file.services.is_empty() {
            self.out.push('\n');
        }
        file.services.iter().for_each(|service| self.service(service));
        self.above(&end, 0);
    }

    fn imports(&mut self, file: &File) {
        if !file.imports.is_empty() {
            self.out.push('\n');
        }
        // Those for options stand behind all others, or they are refused.
        let place = |kind: ImportKind| match kind {
            ImportKind::Plain | ImportKind::Weak => 0,
            ImportKind::Public => 1,
            ImportKind::Option => 2,
        };
        for part in 0..3 {
            for import in file.imports.iter().filter(|import| place(import.kind) == part) {
                let word = match import.kind {
                    ImportKind::Plain => "",
                    ImportKind::Public => "public ",
                    ImportKind::Weak => "weak ",
                    ImportKind::Option => "option ",
                };
                self.leaf(import.span, 0, |printer| {
                    printer.out += "import ";
                    printer.out += word;
                    printer.string(import.path.value.as_bytes());
                    printer.out.push(';');
                });
            }
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Where the parts of a file are.
fn spans_of(file: &File) -> Vec<crate::text::source::Span> {
    let mut spans: Vec<_> = file.syntax_span.into_iter().collect();
    spans.extend(file.package.iter().map(|(_, span)| *span));
    spans.extend(file.imports.iter().map(|import| import.span));
    spans.extend(file.options.iter().map(|option| option.span));
    spans.extend(file.messages.iter().map(|Message { span, .. }| *span));
    spans.extend(file.enums.iter().map(|Enum { span, .. }| *span));
    spans.extend(file.extends.iter().flat_map(spans_of_extend));
    spans.extend(file.services.iter().map(|Service { span, .. }| *span));
    spans
}

/// Where an `extend` block is, and its fields: those may have been moved here from another block.
fn spans_of_extend(extend: &Extend) -> impl Iterator<Item = crate::text::source::Span> {
    std::iter::once(extend.span).chain(extend.fields.iter().map(|field| field.span))
}
