//! A place in a text, with enough of the text to show it.

use serde::{Deserialize, Serialize};
use treaty_schemas::{At, Label, Line, Point, Problem, Span};

use crate::texts::{Text, Texts};

/// A place in a schema or a contract, and what is to be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, or `subject@version` for a text of the registry.
    pub file: Line,
    /// A JSON pointer (RFC 6901) to the place; empty where the place is not reached by one.
    #[serde(default)]
    pub path: Line,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is to be said about it, as a fragment in lower case.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub note: Line,
    /// The text around it.
    pub excerpt: Excerpt,
}

/// Whether there is nothing to say.
pub(crate) fn is_empty(note: &Line) -> bool {
    note.as_str().is_empty()
}

/// A few lines of a text around a place, at most [`EXCERPT_BYTES`](treaty_schemas::text::shown::EXCERPT_BYTES). Long lines are cut,
/// which `…` shows. Without text where the report would be too large with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The number of the first line of `text`, from 1.
    pub line: usize,
    /// The lines.
    pub text: String,
    /// Where the place starts in `text`, in bytes of UTF-8.
    pub start: usize,
    /// Where it ends in `text`, in bytes of UTF-8. The place is cut at the end of its first line.
    pub end: usize,
}

/// Lines before and after the place.
const CONTEXT_LINES: usize = 2;
/// Characters of the place's own line that are shown before or after it when there are more than [`LINE_CHARS`].
const CONTEXT_CHARS: usize = 60;
/// Characters that a marked place shows at most.
const MARKED_CHARS: usize = 100;
/// Characters that a line, or what is left and right of a mark, may have before it is cut.
const LINE_CHARS: usize = 120;

impl Place {
    /// A place of the engine's, looked up in its text.
    pub fn new(label: &Label, texts: &mut Texts) -> Place {
        let path = match &label.at {
            At::Path(path) if !path.steps().is_empty() => Line::new(path),
            _ => Line::default(),
        };
        let (text, span) = texts.find(label);
        let point = text.point(span.start);
        Place {
            file: text.name().into(),
            path,
            line: point.line,
            column: point.column,
            note: label.note.clone(),
            excerpt: Excerpt::new(text, span),
        }
    }

    /// Line and column of a place of the engine's.
    pub(crate) fn point(label: &Label, texts: &mut Texts) -> Point {
        let (text, span) = texts.find(label);
        text.point(span.start)
    }

    /// The place of a problem.
    pub fn of(problem: &Problem, texts: &mut Texts) -> Place {
        let label = Label {
            source: problem.source.clone(),
            at: At::Span(problem.span),
            note: Line::default(),
        };
        Place::new(&label, texts)
    }
}

impl Excerpt {
    /// In the place of one that would make a report too large: without text.
    pub(crate) fn left_out(line: usize) -> Excerpt {
        Excerpt {
            line,
            text: String::new(),
            start: 0,
            end: 0,
        }
    }

    fn new(text: &Text, span: Span) -> Excerpt {
        let start = text.floor(span.start);
        let here = text.line_at(start);
        let line = text.line(here);
        let end = text.floor(span.end).clamp(start, line.end.max(start));
        let whole = text.text();
        let first = here.saturating_sub(CONTEXT_LINES);
        let mut shown = String::new();
        for context in first..here {
            let line = text.line(context);
            shown.push_str(&head(&whole[line.start..line.end], LINE_CHARS));
            shown.push('\n');
        }
        shown.push_str(&tail(&whole[line.start..start], CONTEXT_CHARS));
        let marked = head(&whole[start..end], MARKED_CHARS);
        let mark_start = shown.len();
        shown.push_str(&marked);
        let mark_end = shown.len();
        if marked.len() == end - start {
            shown.push_str(&head(&whole[end..line.end.max(end)], CONTEXT_CHARS));
        }
        for context in here + 1..text.line_count().min(here + 1 + CONTEXT_LINES) {
            let line = text.line(context);
            shown.push('\n');
            shown.push_str(&head(&whole[line.start..line.end], LINE_CHARS));
        }
        Excerpt {
            line: first + 1,
            text: shown,
            start: mark_start,
            end: mark_end,
        }
    }
}

/// The text, or its first `most` characters and `…` when it has more than [`LINE_CHARS`].
fn head(text: &str, most: usize) -> String {
    match (text.char_indices().nth(LINE_CHARS), text.char_indices().nth(most)) {
        (Some(_), Some((end, _))) => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// The text, or `…` and its last `most` characters when it has more than [`LINE_CHARS`].
fn tail(text: &str, most: usize) -> String {
    match (text.char_indices().nth(LINE_CHARS), text.char_indices().rev().nth(most)) {
        (Some(_), Some((cut, first))) => format!("…{}", &text[cut + first.len_utf8()..]),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use treaty_schemas::Source;

    fn excerpt(text: &str, start: usize, end: usize) -> Excerpt {
        let mut texts = Texts::default();
        Excerpt::new(texts.text(&Source::new("a", text)), Span { start, end })
    }

    #[test]
    fn shows_two_lines_on_either_side() {
        let shown = excerpt("one\ntwo\nthree\nfour\nfive\nsix\n", 14, 18);
        assert_eq!((shown.line, shown.text.as_str()), (2, "two\nthree\nfour\nfive\nsix"));
        assert_eq!(&shown.text[shown.start..shown.end], "four");
    }

    #[test]
    fn cuts_long_lines_and_never_a_character() {
        let text = format!("{}MARK{}", "ä".repeat(500_000), "ö".repeat(500_000));
        let shown = excerpt(&text, 1_000_000, 1_000_004);
        assert_eq!(&shown.text[shown.start..shown.end], "MARK");
        assert_eq!(shown.text.chars().count(), 60 + 4 + 60 + 2);
        let inside = excerpt(&text, 1, 999_999);
        assert_eq!(
            inside.text.chars().count(),
            100 + 1,
            "the marked part itself is cut too"
        );
    }

    #[test]
    fn an_excerpt_has_a_bound() {
        let line = "\u{1f6dc}".repeat(5000);
        let text = [line.as_str(); 9].join("\n");
        for start in (0..text.len()).step_by(4001 * 4) {
            let shown = excerpt(&text, start, text.len());
            assert!(
                shown.text.len() <= treaty_schemas::text::shown::EXCERPT_BYTES,
                "{} bytes",
                shown.text.len()
            );
        }
    }

    #[test]
    fn takes_places_at_and_beyond_the_end() {
        for text in ["", "\n", "a", "a\n", "a\r\nb"] {
            for start in 0..6 {
                for end in 0..6 {
                    let shown = excerpt(text, start, end);
                    assert!(
                        shown.text.get(shown.start..shown.end).is_some(),
                        "{text:?} {start} {end}"
                    );
                    assert!(shown.line >= 1);
                }
            }
        }
    }
}
