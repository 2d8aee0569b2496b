//! Texts in quotes, as messages show them.

use std::fmt::Write;

/// The text in double quotes, with what cannot be shown escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        // Writing to a String cannot fail.
        let _ = match c {
            '"' | '\\' => write!(quoted, "\\{c}"),
            '\n' => write!(quoted, "\\n"),
            '\r' => write!(quoted, "\\r"),
            '\t' => write!(quoted, "\\t"),
            '\u{7}' => write!(quoted, "\\a"),
            '\u{8}' => write!(quoted, "\\b"),
            '\u{b}' => write!(quoted, "\\v"),
            '\u{c}' => write!(quoted, "\\f"),
            c if (c as u32) < 0x80 && c.is_control() => write!(quoted, "\\x{:02x}", c as u32),
            c if c.is_control() => write!(quoted, "\\u{:04x}", c as u32),
            c => write!(quoted, "{c}"),
        };
    }
    quoted.push('"');
    quoted
}

/// How many names a message lists; an enum may have tens of thousands of aliases.
const MAX_NAMES: usize = 100;

/// The names in quotes, with commas between them.
pub(super) fn listed(names: &[&str]) -> String {
    let mut shown: Vec<String> = names.iter().take(MAX_NAMES).map(|name| quoted(name)).collect();
    if names.len() > MAX_NAMES {
        shown.push(format!("and {} more", names.len() - MAX_NAMES));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn quotes_what_cannot_be_shown() {
        assert_eq!(super::quoted("a\"b\\\n\u{1}ü"), r#""a\"b\\\n\x01ü""#);
    }
}
