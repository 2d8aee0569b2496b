//! How to mend what one of buf's rules found. The page of the rule has an example; here it is a line of this very change.

use super::{Annotation, Element, rules};
use crate::finding::Rule;
use crate::protobuf::judgement::side::{Files, Previous};
use crate::protobuf::language::schema::{Field, FileSet, Message};
use crate::protobuf::language::syntax::Syntax;
use crate::text::source::Span;

/// The first sentence of the part of the rule's page that says how to mend it, with its example made that of the annotation.
pub fn help(annotation: &Annotation, current: &FileSet, previous: &FileSet) -> String {
    let sentence = sentence(annotation.rule);
    if !is_example(annotation.rule) {
        return sentence;
    }
    let Some((before, rest)) = sentence.split_once('`') else {
        return sentence;
    };
    let after = rest.split_once('`').map_or("", |(_, after)| after);
    match line(annotation, current, previous) {
        Some(line) => format!("{before}`{line}`{after}"),
        // What cannot be written in one line is left to the reader.
        None => before
            .trim_end()
            .trim_end_matches("as in")
            .trim_end()
            .trim_end_matches([',', ':'])
            .to_owned(),
    }
}

/// The rules whose pages have a line of one schema as their example.
fn is_example(rule: &Rule) -> bool {
    let examples = [
        &rules::ENUM_VALUE_NO_DELETE,
        &rules::ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED,
        &rules::ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED,
        &rules::FIELD_NO_DELETE,
        &rules::FIELD_NO_DELETE_UNLESS_NAME_RESERVED,
        &rules::FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED,
        &rules::FIELD_SAME_JSON_NAME,
    ];
    examples.iter().any(|example| example.id == rule.id)
}

fn line(annotation: &Annotation, current: &FileSet, set: &FileSet) -> Option<String> {
    let previous = Files::<Previous>::new(set);
    let is = |rule: &Rule| annotation.rule.id == rule.id;
    // Editions write reserved names without quotes.
    let place = annotation.current.map(|place| Files::new(current).own(place));
    let is_edition = place.is_some_and(|place| matches!(current.file(place.file).syntax, Syntax::Edition(_)));
    let reserved = |names: &[&str]| {
        let names = names.iter().map(|name| match is_edition {
            true => (*name).to_owned(),
            false => format!("\"{name}\""),
        });
        format!("reserved {};", names.collect::<Vec<_>>().join(", "))
    };
    match annotation.element {
        Element::Field(message, number) => {
            let message = previous.message(message);
            let field = message.fields.iter().find(|field| field.number == number)?;
            if is(&rules::FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED) {
                Some(format!("reserved {number};"))
            } else if is(&rules::FIELD_NO_DELETE_UNLESS_NAME_RESERVED) {
                Some(reserved(&[&field.name]))
            } else if is(&rules::FIELD_SAME_JSON_NAME) {
                Some(format!("[json_name = {:?}]", field.json_name))
            } else {
                deprecated(declaration(set, message, field))
            }
        }
        Element::Value(id, number) => {
            let of = set.enumeration(previous.own(id));
            let values: Vec<_> = of.values.iter().filter(|value| value.number == number).collect();
            if is(&rules::ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED) {
                Some(format!("reserved {number};"))
            } else if is(&rules::ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED) {
                let names: Vec<&str> = values.iter().map(|value| &*value.name).collect();
                Some(reserved(&names))
            } else {
                let text = set.file(of.file).source.text();
                deprecated(slice(text, values.first()?.span)?)
            }
        }
        Element::File(_)
        | Element::Package(_)
        | Element::Message(_)
        | Element::Oneof(..)
        | Element::Enum(_)
        | Element::Service
        | Element::Call { .. } => None,
    }
}

/// A declaration of one line, deprecated; `None` where it is longer or has a body.
fn deprecated(declaration: &str) -> Option<String> {
    let declaration = declaration.trim_end().strip_suffix(';')?.trim_end();
    // Comments and bodies are not repeated, and a long line is no help.
    let is_plain = !declaration.contains(['\n', '{', '"', '\'']) && !declaration.contains("/*");
    if !is_plain || declaration.len() > 200 {
        return None;
    }
    Some(match declaration.strip_suffix(']') {
        Some(options) if options.contains("deprecated") => format!("{options}];"),
        Some(options) => format!("{}, deprecated = true];", options.trim_end()),
        None => format!("{declaration} [deprecated = true];"),
    })
}

fn declaration<'s>(set: &'s FileSet, message: &Message, field: &Field) -> &'s str {
    slice(set.file(message.file).source.text(), field.spans.whole).unwrap_or_default()
}

fn slice(text: &str, span: Span) -> Option<&str> {
    text.get(span.start..span.end)
}

/// The first sentence of the part of the rule's page that says how to mend it.
fn sentence(rule: &Rule) -> String {
    let part = rule.page.split("## How to fix it\n\n").nth(1).unwrap_or_default();
    let paragraph = part.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let sentence = paragraph.split(". ").next().unwrap_or_default();
    let mut letters = sentence.trim_end_matches('.').chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
