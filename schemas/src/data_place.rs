//! A place in a payload, as errors name it: `lines[2].sku`, `tags{colour}`, `payment(Card).number`.

use std::fmt::Write;

/// One step down into data.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment<'a> {
    Field(&'a str),
    Index(u64),
    Key(&'a str),
    Branch(&'a str),
}

/// Paths into deeply nested data are cut in the middle to this many steps at both ends.
const SHOWN_STEPS: usize = 12;

/// A path as text.
pub(crate) fn path_text(segments: &[Segment<'_>]) -> String {
    let mut text = String::new();
    let hidden = segments.len().saturating_sub(2 * SHOWN_STEPS);
    for (index, segment) in segments.iter().enumerate() {
        if hidden > 0 && index == SHOWN_STEPS {
            text.push('…');
        }
        if hidden > 0 && (SHOWN_STEPS..SHOWN_STEPS + hidden).contains(&index) {
            continue;
        }
        // Writing to a String does not fail.
        let _ = match segment {
            Segment::Field(name) if text.is_empty() => write!(text, "{name}"),
            Segment::Field(name) => write!(text, ".{name}"),
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Key(key) => write!(text, "{{{}}}", shortened(key)),
            Segment::Branch(name) => write!(text, "({name})"),
        };
    }
    text
}

/// The path of a part within the value at `head`.
pub(crate) fn joined(mut head: String, tail: &str) -> String {
    if !head.is_empty() && !tail.is_empty() && !tail.starts_with(['[', '{', '(']) {
        head.push('.');
    }
    head.push_str(tail);
    head
}

/// The path of a part, one step further out. What begins with a parenthesis is the name of an extension here.
pub(crate) fn within(step: &str, path: &str) -> String {
    let joint = if path.is_empty() || path.starts_with(['[', '{']) {
        ""
    } else {
        "."
    };
    format!("{step}{joint}{path}")
}

/// A text for a message: at most 40 characters of it, control characters escaped.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).flat_map(printable).collect();
    if text.chars().nth(40).is_some() {
        short.push('…');
    }
    short
}

/// Bytes that a message has at the most.
const MESSAGE: usize = 1_000;

/// A message without the middle of a long one: it may repeat names of any length, and a hundred times those of a text.
pub(crate) fn abridged(message: String) -> String {
    if message.len() <= MESSAGE {
        return message;
    }
    let head = message.floor_char_boundary(MESSAGE / 2);
    let tail = message.ceil_char_boundary(message.len() - MESSAGE / 3);
    format!("{}…{}", &message[..head], &message[tail..])
}

fn printable(char: char) -> Box<dyn Iterator<Item = char>> {
    if char.is_control() {
        Box::new(char.escape_default())
    } else {
        Box::new(std::iter::once(char))
    }
}
