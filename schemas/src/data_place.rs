//! A place in a payload, as errors name it: `lines[2].sku`, `tags{colour}`, `payment(Card).number`.

use std::fmt::Write;

use crate::text::shorten::shortened;
use crate::text::shown::{Line, Shortened};
use crate::to_line;

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
pub(crate) fn path_text(segments: &[Segment<'_>]) -> Line {
    let mut text = Shortened::default();
    let hidden = segments.len().saturating_sub(2 * SHOWN_STEPS);
    for (index, segment) in segments.iter().enumerate() {
        if hidden > 0 && index == SHOWN_STEPS {
            let _ = text.write_char('…');
        }
        if hidden > 0 && (SHOWN_STEPS..SHOWN_STEPS + hidden).contains(&index) {
            continue;
        }
        // It takes everything.
        let _ = match segment {
            Segment::Field(name) if text.is_empty() => write!(text, "{name}"),
            Segment::Field(name) => write!(text, ".{name}"),
            Segment::Index(index) => write!(text, "[{index}]"),
            Segment::Key(key) => write!(text, "{{{}}}", shortened(key)),
            Segment::Branch(name) => write!(text, "({name})"),
        };
    }
    text.finish()
}

/// The path of a part within the value at `head`.
pub(crate) fn joined(head: &str, tail: &str) -> Line {
    let is_joint = !head.is_empty() && !tail.is_empty() && !tail.starts_with(['[', '{', '(']);
    to_line!("{head}{}{tail}", if is_joint { "." } else { "" })
}

/// The path of a part, one step further out. What begins with a parenthesis is the name of an extension here.
pub(crate) fn within(step: &str, path: &str) -> Line {
    let joint = if path.is_empty() || path.starts_with(['[', '{']) {
        ""
    } else {
        "."
    };
    to_line!("{step}{joint}{path}")
}
