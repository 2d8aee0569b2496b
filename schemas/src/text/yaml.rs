//! What everything that is written in YAML shares: bounds for the reader, and the places that it names.

use serde_saphyr::{Budget, Error, Location, Options};

use super::source::{Source, Span};

/// Bounds that no file written by a person comes near, and that keep one written to hurt from hurting. Aliases may repeat so
/// many events of the reader.
pub fn bounds(max_bytes: usize, max_repeated: usize) -> Options {
    let budget: Option<Budget> = serde_saphyr::budget! {
        max_events: 400_000,
        max_nodes: 200_000,
        max_depth: 32,
        max_documents: 2,
        max_aliases: 1_000,
        max_anchors: 1_000,
        max_merge_keys: 1_000,
        max_recorded_anchor_events: 100_000,
        max_recorded_anchor_bytes: max_bytes,
        max_total_scalar_bytes: 4 * max_bytes,
    };
    serde_saphyr::options! {
        budget: budget,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: max_repeated,
            max_replay_stack_depth: 16,
            max_alias_expansions_per_anchor: 1_000,
        },
        strict_booleans: true,
        with_snippet: false,
    }
}

/// The error that an alias only passed on.
pub fn innermost(error: &Error) -> &Error {
    let mut error = error.without_snippet();
    while let Error::AliasError { error: inner, .. } = error {
        error = inner.without_snippet();
    }
    error
}

/// The bytes of a place that the YAML reader names. Entries end where their text ends, without the line's end.
pub fn span(source: &Source, location: &Location) -> Span {
    let text = source.text();
    let bounded = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let Some(start) = location.span().byte_offset() else {
        // Faults of the text itself come with line and column only.
        return character(text, bounded(location.line()), bounded(location.column()));
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
fn character(text: &str, line: usize, column: usize) -> Span {
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
