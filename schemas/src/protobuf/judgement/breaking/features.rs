//! Features of editions that hold for a field: what it sets itself, else what its file sets, else what the edition says.

use super::tree::FieldView;
use crate::protobuf::language::schema::{File, Options, SetOption};
use crate::protobuf::language::syntax::Syntax;
use crate::text::source::Span;

/// Whether readers refuse texts that are not UTF-8.
pub(super) const UTF8_VALIDATION: &str = "features.utf8_validation";
/// The same, asked for in Java alone.
pub(super) const JAVA_UTF8_VALIDATION: &str = "features.(pb.java).utf8_validation";
/// The type of texts in C++.
pub(super) const CPP_STRING_TYPE: &str = "features.(pb.cpp).string_type";

/// The value of a feature that the field or its file sets. None of these can be set in between.
pub(super) fn of<'a>(field: &FieldView<'a>, feature: &str) -> Option<&'a str> {
    // What a map field sets holds for the parts of its entry.
    let own = field.declaration().options.get(feature);
    let set = own.or_else(|| field.file().options.get(feature));
    set.map(|option| &*option.value)
}

/// `VERIFY` or `NONE`.
pub(super) fn utf8_validation<'a>(field: &FieldView<'a>) -> &'a str {
    match field.file().syntax {
        Syntax::Proto2 => "NONE",
        Syntax::Proto3 => "VERIFY",
        Syntax::Edition(_) => of(field, UTF8_VALIDATION).unwrap_or("VERIFY"),
    }
}

/// The bytes that set an option. One of several that are set in braces has its own part of them: its name and its value.
pub(super) fn span(file: &File, option: &SetOption) -> Span {
    let text = file
        .source
        .text()
        .get(option.span.start..option.span.end)
        .unwrap_or_default();
    let name = option.name.rsplit(['.', ')']).next().unwrap_or_default();
    let is_part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let Some(braces) = text.find('{') else {
        return option.span;
    };
    // A feature of one language stands in the braces of that language.
    let language = option.name.split(['(', ')']).nth(1);
    let from = language
        .and_then(|language| text.find(language))
        .unwrap_or(0)
        .max(braces);
    for (at, _) in text.match_indices(name).filter(|(at, _)| *at > from) {
        let value = text[at + name.len()..]
            .trim_start()
            .strip_prefix(':')
            .map(str::trim_start);
        if let Some(value) = value.filter(|_| !text[..at].ends_with(is_part_of_name)) {
            let length = value.find(|c| !is_part_of_name(c)).unwrap_or(value.len());
            let start = option.span.start + at;
            return Span {
                start,
                end: option.span.end - (value.len() - length),
            };
        }
    }
    option.span
}

/// The bytes of an option that sets features in braces, this one not among them.
pub(super) fn braces(file: &File, options: &Options) -> Option<Span> {
    let texts = file.source.text();
    let in_braces = |option: &&SetOption| {
        let text = texts.get(option.span.start..option.span.end).unwrap_or_default();
        option.name.starts_with("features.") && text.contains('{')
    };
    options.0.iter().find(in_braces).map(|option| option.span)
}
