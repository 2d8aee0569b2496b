//! Text from outside, made harmless: no name of a file, no schema and no registry may steer a terminal.

use std::borrow::Cow;
use std::fmt::Write;

/// A text from outside as one harmless line: control characters, those that reorder text and those that nobody sees are shown as `\u{…}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    replaced(text, is_harmful, |c, safe| write!(safe, "{}", c.escape_unicode()))
}

/// Control characters, those that reorder text, and those that nobody sees.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        )
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text in which something else stands for some characters.
pub(crate) fn replaced(
    text: &str,
    is_replaced: impl Fn(char) -> bool,
    replace: impl Fn(char, &mut String) -> std::fmt::Result,
) -> Cow<'_, str> {
    if !text.contains(&is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_replaced(c) {
            // Writing to a String cannot fail.
            let _ = replace(c, &mut safe);
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("añb"), "añb");
        assert_eq!(
            plain("a\x1b[31mb\r\n\u{202e}c\u{9b}"),
            "a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c\\u{9b}"
        );
    }
}
