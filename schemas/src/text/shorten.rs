//! The beginnings of texts that somebody else wrote, short enough for a message.

use std::borrow::Cow;

/// How many characters of a name or a value a message shows.
pub const SHOWN: usize = 40;

/// At most so many characters of a text, and `…` where there are more.
pub fn beginning(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// A name or a value for a message: its beginning, with control characters escaped.
pub fn shortened(text: &str) -> String {
    let short = beginning(text, SHOWN);
    let mut printable = String::with_capacity(short.len());
    for char in short.chars() {
        match char.is_control() {
            true => printable.extend(char.escape_default()),
            false => printable.push(char),
        }
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::{beginning, shortened};

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(beginning("größe", 5), "größe");
        assert_eq!(beginning("größe", 3), "grö…");
        assert_eq!(shortened("a\nb"), "a\\nb");
        assert_eq!(shortened(&"x".repeat(41)), format!("{}…", "x".repeat(40)));
    }
}
