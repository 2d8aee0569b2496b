//! Text of others, on one line of ours: what a client sends comes back in messages and goes into logs.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The longest message, in bytes.
pub const LONGEST: usize = 1024;

/// What stands for the part that is left out.
const LEFT_OUT: &str = "…";

/// The text on one line of at most `most` bytes. Characters that would not be seen, end the line or change the order of what
/// is seen are escaped as in Rust (`\n`, `\u{202e}`); what does not fit is left out, and `…` says so.
pub fn shown(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most && !text.chars().any(hides) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(most.min(text.len() + 16));
    // The length up to which there is still room for the mark.
    let mut fits = 0;
    for c in text.chars() {
        if hides(c) {
            // A text in memory takes whatever is written.
            let _ = write!(line, "{}", c.escape_default());
        } else {
            line.push(c);
        }
        if line.len() > most {
            line.truncate(fits);
            line.push_str(LEFT_OUT);
            break;
        }
        if line.len() + LEFT_OUT.len() <= most {
            fits = line.len();
        }
    }
    Cow::Owned(line)
}

/// Whether a character is not seen as itself: controls, ends of lines, and marks of direction (Unicode's `Bidi_Control`).
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_of_visible_characters() {
        for (text, most, line) in [
            ("orders", 10, "orders"),
            ("a\r\nb\tc", 20, r"a\r\nb\tc"),
            ("\u{1b}[31m\0", 20, r"\u{1b}[31m\u{0}"),
            ("user\u{202e}txt", 30, r"user\u{202e}txt"),
            ("Größe", 7, "Größe"),
            ("Größe", 6, "Gr…"),
            ("0123456789", 9, "012345…"),
            ("0123456789", 10, "0123456789"),
            ("\u{1}\u{1}", 9, r"\u{1}…"),
        ] {
            assert_eq!(shown(text, most), line, "{text:?}");
            assert!(line.len() <= most);
        }
    }
}
