//! Places in texts, drawn with their marks.

use std::ops::Range;

use crate::Place;
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Origin, Renderer, Snippet};

use crate::plain;

/// Lines are counted this far: a report may come from another program, and no text has more.
const MAX_LINE: usize = 1_000_000_000;

/// Draws a group. `places` are those that it holds, as they are numbered.
pub fn render(group: Group<'_>, places: &[&Place]) -> String {
    let mut text = Renderer::styled().render(&[group]);
    for (number, place) in places.iter().enumerate().filter(|(_, place)| is_cut(place)) {
        let (line, column) = shown(place);
        let drawn = format!("{}:{line}:{column}", stand_in(number));
        let meant = format!("{}:{}:{}", plain(&place.file), place.line, place.column);
        text = text.replacen(&drawn, &meant, 1);
    }
    text
}

/// The place's name and its line with the mark; `number` counts the places of a group from 0.
pub fn draw(place: &Place, kind: AnnotationKind, number: usize) -> Element<'_> {
    let excerpt = &place.excerpt;
    // A report leaves excerpts out where it would be too large with them.
    if excerpt.text.is_empty() && place.line > 1 {
        return Origin::path(plain(&place.file).into_owned())
            .line(place.line)
            .char_column(place.column)
            .into();
    }
    let note = Some(plain(&place.note)).filter(|note| !note.is_empty());
    let snippet: Snippet<'_, Annotation<'_>> = Snippet::source(excerpt.text.as_str())
        .line_start(excerpt.line.min(MAX_LINE))
        .annotation(kind.span(marks(place)).label(note));
    match is_cut(place) {
        true => snippet.path(stand_in(number)).into(),
        false => snippet.path(plain(&place.file)).into(),
    }
}

/// The renderer counts columns in the text that it is given, where the beginning of this place's line is missing.
fn is_cut(place: &Place) -> bool {
    shown(place) != (place.line, place.column)
}

/// A name that no file has; [`render`] puts the true place in its stead.
fn stand_in(number: usize) -> String {
    format!("\u{e000}{number}")
}

/// Line and column as the renderer counts them.
fn shown(place: &Place) -> (usize, usize) {
    let before = &place.excerpt.text[..marks(place).start];
    let line = place.excerpt.line.min(MAX_LINE) + before.matches('\n').count();
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// The marked bytes. A report may come from another program: what it calls a range may be none.
fn marks(place: &Place) -> Range<usize> {
    let text = &place.excerpt.text;
    let boundary = |offset: usize| {
        (0..=offset.min(text.len()))
            .rev()
            .find(|&offset| text.is_char_boundary(offset))
            .unwrap_or(0)
    };
    let start = boundary(place.excerpt.start);
    start..boundary(place.excerpt.end).max(start)
}
