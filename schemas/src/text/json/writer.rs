//! Compact output: no white space, numbers as they were written.

use std::fmt::{self, Write};

use super::{Node, Value};

impl fmt::Display for Node {
    /// Compact JSON. Recurses no deeper than the reader's limit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(text) => f.write_str(text),
            Value::String(text) => write_string(f, text),
            Value::Array(items) => {
                f.write_char('[')?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_char(',')?;
                    }
                    write!(f, "{item}")?;
                }
                f.write_char(']')
            }
            Value::Object(members) => {
                f.write_char('{')?;
                for (index, member) in members.iter().enumerate() {
                    if index > 0 {
                        f.write_char(',')?;
                    }
                    write_string(f, &member.key)?;
                    write!(f, ":{}", member.value)?;
                }
                f.write_char('}')
            }
        }
    }
}

/// The digits of an escape: both spellings mean the same, but not where texts are compared by their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    /// `\u001f`
    Lower,
    /// `\u001F`, as Jackson writes it.
    Upper,
}

/// Writes a JSON string, quotes included, escaping only what RFC 8259 says must be.
pub(crate) fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    write_string_in(out, text, Digits::Lower)
}

/// As [`write_string`], with these digits.
pub(crate) fn write_string_in(out: &mut impl Write, text: &str, digits: Digits) -> fmt::Result {
    out.write_char('"')?;
    write_characters_in(out, text, digits)?;
    out.write_char('"')
}

/// The characters of a JSON string without its quotes, so that one can be written in parts.
pub(crate) fn write_characters(out: &mut impl Write, text: &str) -> fmt::Result {
    write_characters_in(out, text, Digits::Lower)
}

fn write_characters_in(out: &mut impl Write, text: &str, digits: Digits) -> fmt::Result {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..=0x1f => "",
            _ => continue,
        };
        out.write_str(&text[plain..at])?;
        match digits {
            _ if !escape.is_empty() => out.write_str(escape)?,
            Digits::Lower => write!(out, "\\u{byte:04x}")?,
            Digits::Upper => write!(out, "\\u{byte:04X}")?,
        }
        plain = at + 1;
    }
    out.write_str(&text[plain..])
}
