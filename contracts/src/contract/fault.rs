//! What is wrong with a contract's YAML, told as every other problem is: what, where, and how to mend it.

use serde_saphyr::{DefaultMessageFormatter, Error, MessageFormatter};
use treaty_schemas::{Problem, Source, Span};

/// The problem behind an error of the YAML reader.
pub(super) fn problem(source: &Source, error: &Error) -> Problem {
    let error = innermost(error);
    let (message, help) = match error {
        Error::SerdeUnknownField { field, expected, .. } => (
            format!("the key `{}` is not known here", shorten(field)),
            Some(instead(field, expected)),
        ),
        Error::SerdeMissingField { field, .. } => (
            format!("`{field}` is missing"),
            Some(meaning(field).map_or_else(
                || format!("add `{field}`"),
                |meaning| format!("add `{field}`: {meaning}"),
            )),
        ),
        Error::DuplicateMappingKey { key, .. } => (
            match key {
                Some(key) => format!("the key `{}` stands twice", shorten(key)),
                None => "a key stands twice".into(),
            },
            Some("keep one of them".into()),
        ),
        Error::SerdeInvalidType {
            unexpected, expected, ..
        }
        | Error::SerdeInvalidValue {
            unexpected, expected, ..
        } => (format!("{expected} was expected, not {unexpected}"), None),
        Error::Eof { .. } => (
            "the text ends where something was expected".into(),
            Some("a contract begins with `contract: 1` and `application`".into()),
        ),
        Error::MultipleDocuments { .. } => (
            "a second document begins here".into(),
            Some("let one file have one contract; it may hold both `sends` and `receives`".into()),
        ),
        Error::InvalidScalar { ty, .. } if ty.starts_with(['u', 'i']) => ("a whole number was expected".into(), None),
        Error::Unexpected { expected, .. } if expected.contains("sequence") => (
            "a list was expected".into(),
            Some("begin each entry with `- `".into()),
        ),
        Error::Unexpected { expected, .. } if expected.contains("mapping") => (
            "keys with values were expected".into(),
            Some("write `key: value`".into()),
        ),
        Error::UnknownAnchor { .. } => (
            "this alias refers to nothing".into(),
            Some("put text that begins with `*` between quotes".into()),
        ),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => (
            DefaultMessageFormatter.format_message(error).into_owned(),
            Some("a contract is plain: few levels, few aliases".into()),
        ),
        other => (
            DefaultMessageFormatter.format_message(other).into_owned(),
            Some("check indentation (spaces, no tabs), and put text with `:`, `#`, `[`, `]`, `{` or `}` in it between quotes".into()),
        ),
    };
    Problem {
        message,
        source: source.clone(),
        span: error
            .location()
            .map_or_else(Span::default, |location| span(source, &location)),
        help,
    }
}

/// The error that an alias only passed on.
fn innermost(error: &Error) -> &Error {
    let mut error = error.without_snippet();
    while let Error::AliasError { error: inner, .. } = error {
        error = inner.without_snippet();
    }
    error
}

/// The bytes of a place that the YAML reader names. Entries end where their text ends, without the line's end.
pub(super) fn span(source: &Source, location: &serde_saphyr::Location) -> Span {
    let text = source.text();
    let bounded = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let Some(start) = location.span().byte_offset() else {
        // Faults of the text itself come with line and column only.
        return at_point(text, bounded(location.line()), bounded(location.column()));
    };
    let start = bounded(start).min(text.len());
    let end = start
        .saturating_add(bounded(location.span().byte_len().unwrap_or(0)))
        .min(text.len());
    let covered = text.get(start..end).unwrap_or("");
    Span {
        start,
        end: start + covered.trim_end().len(),
    }
}

/// The character in a line and column, both counted from 1.
fn at_point(text: &str, line: usize, column: usize) -> Span {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = &text[before..];
    let (offset, width) = rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or((rest.len(), 0), |(offset, c)| (offset, c.len_utf8()));
    Span {
        start: before + offset,
        end: before + offset + width,
    }
}

/// What to write instead of an unknown word: the nearest known one, or all of them.
pub(super) fn instead(given: &str, known: &[&str]) -> String {
    match nearest(given, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", list(known)),
    }
}

/// The known word that is most like the given one, where one is like it at all.
pub(crate) fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Long texts are no slips of the pen, and comparing them takes long.
    if given.len() > 100 {
        return None;
    }
    known
        .filter(|word| word.len() <= 100)
        .map(|word| {
            (
                strsim::damerau_levenshtein(&given.to_lowercase(), &word.to_lowercase()),
                word,
            )
        })
        .filter(|(distance, word)| *distance <= word.chars().count().max(3) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Words in a row, each quoted.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().take(20).map(|word| format!("`{word}`")).collect();
    let more = if words.len() > quoted.len() { ", …" } else { "" };
    format!("{}{more}", quoted.join(", "))
}

/// A word of somebody else's, short enough to be shown.
pub(super) fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    let start: String = text.chars().take(60).collect();
    format!("{start}…")
}

/// What a key that every contract needs is for.
fn meaning(field: &str) -> Option<&'static str> {
    Some(match field {
        "contract" => "the version of this format; write `contract: 1`",
        "application" => "the name of the service whose contract this is",
        "event" => "the event's lasting name, by custom the full name of its record",
        "path" => "the field that is read",
        _ => return None,
    })
}
