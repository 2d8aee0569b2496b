//! How large anything may be that is made to be shown, and [`Line`], the only type of the texts in it.
//!
//! Names, documentation and defaults come from schemas of anybody and have any length. Whoever makes a text for people
//! makes a [`Line`], which holds no more than [`LINE_BYTES`] while it is made and afterwards; payloads are weighed before they
//! are built, and what is left out says so.

use std::borrow::{Borrow, Cow};
use std::fmt::{self, Write};
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of a [`Line`]: a message, a help, the note at a place, a path through data.
pub const LINE_BYTES: usize = 1024;
/// Bytes of a witness: its JSON, its bytes in base64 and what the reader makes of it, together.
pub const WITNESS_BYTES: usize = 4096;
/// Bytes of an excerpt of a text.
pub const EXCERPT_BYTES: usize = 4096;
/// Bytes of a header of an answer, its name included.
pub const HEADER_BYTES: usize = 512;
/// Bytes of a report, and of every other list of what was found.
pub const REPORT_BYTES: usize = 1024 * 1024;
/// Findings of a report.
pub const FINDINGS: usize = 1000;

/// Bytes at the beginning of a text that stay when its middle is left out.
const HEAD: usize = 600;
/// Bytes at its end that stay.
const TAIL: usize = 400;
/// What stands for the middle.
const ELLIPSIS: char = '…';

/// One line of text for people: at most [`LINE_BYTES`] bytes, without characters that steer a terminal or reorder text.
///
/// Of a longer text the middle is left out, where `…` stands. Control characters are escaped: `\u{1b}`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(Box<str>);

/// A [`Line`], written as [`format!`] writes a `String`. However long the arguments are, no more is held than is kept.
#[macro_export]
macro_rules! to_line {
    ($($arg:tt)*) => {
        $crate::text::shown::Line::new(::std::format_args!($($arg)*))
    };
}

impl Line {
    /// The text of something, shortened where it is too long.
    pub fn new(text: impl fmt::Display) -> Line {
        let mut short = Shortened::default();
        // It takes everything.
        let _ = write!(short, "{text}");
        short.finish()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text of which the middle is left out while it is written.
#[derive(Debug, Default)]
pub(crate) struct Shortened {
    head: String,
    /// What follows the head: the last bytes of it, no fewer than [`TAIL`] where others are left out.
    tail: String,
    is_cut: bool,
}

impl Shortened {
    fn push(&mut self, part: &str) {
        if self.tail.is_empty() && self.head.len() + part.len() <= HEAD {
            return self.head.push_str(part);
        }
        if self.tail.len() + part.len() > 2 * LINE_BYTES {
            let start = self.tail.ceil_char_boundary(self.tail.len().saturating_sub(LINE_BYTES));
            self.tail.drain(..start);
            self.is_cut = true;
        }
        self.tail.push_str(part);
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// The text.
    pub fn finish(mut self) -> Line {
        if !self.is_cut && self.head.len() + self.tail.len() <= LINE_BYTES {
            self.head.push_str(&self.tail);
        } else {
            let start = self.tail.ceil_char_boundary(self.tail.len().saturating_sub(TAIL));
            self.head.push(ELLIPSIS);
            self.head.push_str(&self.tail[start..]);
        }
        Line(self.head.into_boxed_str())
    }
}

impl Write for Shortened {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Of a very long part only both ends are looked at.
        let (first, last) = match text.len() > 4 * LINE_BYTES {
            true => (
                &text[..text.floor_char_boundary(LINE_BYTES)],
                &text[text.ceil_char_boundary(text.len() - LINE_BYTES)..],
            ),
            false => (text, ""),
        };
        for part in [first, last] {
            let mut plain = 0;
            for (at, char) in part.char_indices().filter(|(_, char)| is_harmful(*char)) {
                pieces(&part[plain..at], |piece| self.push(piece));
                let mut escaped = String::new();
                escaped.extend(char.escape_unicode());
                self.push(&escaped);
                plain = at + char.len_utf8();
            }
            pieces(&part[plain..], |piece| self.push(piece));
            if !last.is_empty() {
                self.is_cut = true;
            }
        }
        Ok(())
    }
}

/// Takes a text apart so that the head is filled up.
fn pieces(text: &str, mut take: impl FnMut(&str)) {
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, others) = rest.split_at(rest.floor_char_boundary(64));
        take(piece);
        rest = others;
    }
}

/// Whether a character can steer a terminal, reorder what stands around it, or is not seen.
pub fn is_harmful(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'
                | '\u{2029}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

impl Deref for Line {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Line {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Line {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Line {
        Line::new(text)
    }
}

impl From<String> for Line {
    fn from(text: String) -> Line {
        Line::new(text)
    }
}

impl From<&String> for Line {
    fn from(text: &String) -> Line {
        Line::new(text)
    }
}

impl From<Cow<'_, str>> for Line {
    fn from(text: Cow<'_, str>) -> Line {
        Line::new(text)
    }
}

impl From<fmt::Arguments<'_>> for Line {
    fn from(text: fmt::Arguments<'_>) -> Line {
        Line::new(text)
    }
}

impl From<Line> for String {
    fn from(line: Line) -> String {
        line.0.into_string()
    }
}

impl PartialEq<str> for Line {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Line {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<String> for Line {
    fn eq(&self, other: &String) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<Line> for str {
    fn eq(&self, other: &Line) -> bool {
        *self == *other.0
    }
}

impl PartialEq<Line> for &str {
    fn eq(&self, other: &Line) -> bool {
        **self == *other.0
    }
}

impl PartialEq<Line> for String {
    fn eq(&self, other: &Line) -> bool {
        **self == *other.0
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        String::deserialize(deserializer).map(Line::from)
    }
}

/// A text that is given up as soon as it has more bytes than it may.
#[derive(Debug)]
pub(crate) struct Within {
    text: String,
    most: usize,
}

impl Within {
    /// An empty text that may have `most` bytes.
    pub fn new(most: usize) -> Self {
        Within {
            text: String::new(),
            most,
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }
}

impl Write for Within {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        if part.len() > self.most - self.text.len() {
            return Err(fmt::Error);
        }
        self.text.push_str(part);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stay_as_they_are() {
        for text in ["", "the reader needs `total`", "ä雪🜚"] {
            assert_eq!(Line::new(text), text);
        }
        let longest = "x".repeat(LINE_BYTES);
        assert_eq!(Line::from(longest.as_str()), longest);
        assert_eq!(to_line!("{} of {:?}", 1, "a\nb"), "1 of \"a\\nb\"");
    }

    #[test]
    fn of_long_texts_both_ends_are_kept() {
        for unit in ["x", "ä", "雪", "🜚", "\n", "\u{202e}"] {
            for times in [300, 342, 512, 1023, 1024, 1025, 2000, 5000, 100_000, 3_000_000] {
                let line = to_line!(
                    "the reader needs `{}`, which the writer never wrote",
                    unit.repeat(times)
                );
                assert!(line.len() <= LINE_BYTES, "{} bytes of {unit:?}", line.len());
                assert!(line.starts_with("the reader needs `"), "{line}");
                assert!(line.ends_with("`, which the writer never wrote"), "{line}");
                assert!(!line.contains(is_harmful), "{line}");
                let mut escaped = String::new();
                let harmful = unit.chars().filter(|char| is_harmful(*char));
                harmful.for_each(|char| escaped.extend(char.escape_unicode()));
                let whole = 49 + times * unit.len().max(escaped.len());
                assert_eq!(line.contains('…'), whole > LINE_BYTES, "{times} times {unit:?}: {line}");
            }
        }
    }

    #[test]
    fn what_is_written_in_many_pieces_is_shortened_too() {
        struct Pieces(usize);
        impl fmt::Display for Pieces {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (0..self.0).try_for_each(|number| write!(f, "{number},"))
            }
        }
        let line = Line::new(Pieces(100_000));
        assert!(line.len() <= LINE_BYTES && line.starts_with("0,1,2,") && line.ends_with(",99999,"));
        assert_eq!(Line::new(Pieces(3)), "0,1,2,");
    }

    #[test]
    fn a_text_within_a_bound_is_given_up_beyond_it() {
        let mut text = Within::new(4);
        assert!(write!(text, "ab").is_ok() && write!(text, "cde").is_err() && write!(text, "cd").is_ok());
        assert_eq!(text.into_text(), "abcd");
    }
}
