//! What is wrong with a contract's YAML, reported like every other problem: what, where, and how to mend it.

use std::borrow::Cow;

use serde_saphyr::{DefaultMessageFormatter, Error, MessageFormatter};
use treaty_schemas::text::likeness::nearest;
use treaty_schemas::text::shorten::beginning;
use treaty_schemas::text::yaml;
use treaty_schemas::{Line, ParseError, Problem, Source, Span, to_line};

/// Faults of a contract that are described; those beyond are counted.
pub const MAX_FAULTS: usize = 20;
/// Faults for which it is searched what was meant: a search goes through all names that there are.
pub(crate) const SUGGESTED: usize = 10;

/// The faults of a contract, found one after the other.
///
/// Invariant: memory and work do not grow with their number: the first are described, the others counted.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    described: Vec<Problem>,
    more: usize,
    /// The place of the first that is not described.
    next: Option<(Source, Span)>,
}

impl Faults {
    /// Adds one. `describe` says what is wrong and how to mend it; it is asked for the first faults only, with
    /// whether it may search for what was meant.
    pub fn add(&mut self, source: &Source, span: Span, describe: impl FnOnce(bool) -> (String, Option<String>)) {
        if self.described.len() == MAX_FAULTS {
            self.count(source, span, 1);
            return;
        }
        let (message, help) = describe(self.described.len() < SUGGESTED);
        self.described.push(Problem {
            message: message.into(),
            source: source.clone(),
            span,
            help: help.map(Line::from),
        });
    }

    /// Counts faults of which nothing more is known than where the first is.
    pub fn count(&mut self, source: &Source, span: Span, faults: usize) {
        if faults > 0 {
            self.more += faults;
            self.next.get_or_insert_with(|| (source.clone(), span));
        }
    }

    /// Adds what is wrong with a schema.
    pub fn extend(&mut self, error: ParseError) {
        for problem in error.problems {
            let Problem {
                message,
                source,
                span,
                help,
            } = problem;
            self.add(&source, span, |_| (message.into(), help.map(String::from)));
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.described.is_empty() && self.more == 0
    }

    /// What was found, in the order of the file; the number of those that are not described comes last.
    pub fn finish(self) -> ParseError {
        let mut problems = self.described;
        problems.sort_by_key(|problem| problem.span.start);
        if let Some((source, span)) = self.next {
            let message = match self.more {
                1 => "there is one more fault, here".to_owned(),
                more => format!("there are {more} more faults, the first of them here"),
            };
            problems.push(Problem {
                message: message.into(),
                source,
                span,
                help: Some(to_line!("mend the first {MAX_FAULTS}, and the next are described")),
            });
        }
        ParseError { problems }
    }
}

/// The problem behind an error of the YAML reader.
pub(super) fn problem(source: &Source, error: &Error) -> Problem {
    let error = yaml::innermost(error);
    let (message, help) = match error {
        Error::SerdeUnknownField { field, expected, .. } => (
            format!("the key `{}` is not known here", shorten(field)),
            Some(instead(field, expected, true)),
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
        message: message.into(),
        source: source.clone(),
        span: error
            .location()
            .map_or_else(Span::default, |location| yaml::span(source, &location)),
        help: help.map(Line::from),
    }
}

/// What to write instead of an unknown word: the nearest known one, if it is searched for, or all of them.
pub(super) fn instead(given: &str, known: &[&str], search: bool) -> String {
    match search.then(|| nearest(given, known.iter().copied())).flatten() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", list(known)),
    }
}

/// Words in a row, each quoted.
pub(crate) fn list(words: &[&str]) -> String {
    let quoted: Vec<String> = words
        .iter()
        .take(20)
        .map(|word| format!("`{}`", shorten(word)))
        .collect();
    let more = if words.len() > quoted.len() { ", …" } else { "" };
    format!("{}{more}", quoted.join(", "))
}

/// A word of somebody else's, short enough to be shown.
pub(crate) fn shorten(text: &str) -> Cow<'_, str> {
    beginning(text, 60)
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
