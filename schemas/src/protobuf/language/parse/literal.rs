//! What the text of a number or a string means.

use crate::text::source::Span;

/// The number of a token, if 64 bits hold it.
pub(super) fn integer(text: &str) -> Option<u64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        u64::from_str_radix(digits, 16).ok()
    } else if text.len() > 1 && text.starts_with('0') {
        u64::from_str_radix(text, 8).ok()
    } else {
        text.parse().ok()
    }
}

/// The number of a token as floating point; a whole number may be too large for 64 bits.
pub(super) fn float(text: &str) -> Option<f64> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => digits
            .chars()
            .try_fold(0.0, |value, digit| Some(value * 16.0 + f64::from(digit.to_digit(16)?))),
        None => text.parse().ok(),
    }
}

/// An escape that means nothing.
pub(super) struct Misescape {
    pub message: &'static str,
    pub span: Span,
}

/// Appends the bytes that a string stands for. `text` has its quotes; `offset` is its place in the file.
pub(super) fn unescape(text: &str, offset: usize, bytes: &mut Vec<u8>) -> Result<(), Misescape> {
    let inner = text.as_bytes().get(1..text.len().saturating_sub(1)).unwrap_or_default();
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        at += 1;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let start = at - 1;
        let misescape = |message, end: usize| Misescape {
            message,
            span: Span {
                start: offset + 1 + start,
                end: offset + 1 + end,
            },
        };
        let Some(&kind) = inner.get(at) else {
            return Err(misescape("a backslash ends the string", at));
        };
        at += 1;
        match kind {
            b'a' => bytes.push(0x07),
            b'b' => bytes.push(0x08),
            b'f' => bytes.push(0x0C),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(0x0B),
            b'\\' | b'?' | b'\'' | b'"' => bytes.push(kind),
            b'0'..=b'7' => {
                let (value, digits) = digits(&inner[at - 1..], 8, 3);
                at += digits - 1;
                // `\777` is cut to a byte, as protoc does.
                bytes.push(value as u8);
            }
            b'x' | b'X' => {
                let (value, digits) = digits(&inner[at..], 16, 2);
                if digits == 0 {
                    return Err(misescape("hexadecimal digits are missing after `\\x`", at));
                }
                at += digits;
                bytes.push(value as u8);
            }
            b'u' | b'U' => {
                let wanted = if kind == b'u' { 4 } else { 8 };
                let (value, digits) = digits(&inner[at..], 16, wanted);
                if digits < wanted {
                    let message = match kind {
                        b'u' => "`\\u` takes four hexadecimal digits",
                        _ => "`\\U` takes eight hexadecimal digits",
                    };
                    return Err(misescape(message, at + digits));
                }
                at += digits;
                let value = low_surrogate(value, &inner[at..]).map_or(value, |joined| {
                    at += 6;
                    joined
                });
                match char::from_u32(value) {
                    Some(char) => bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
                    // Half of a surrogate pair is written as three bytes, as protoc does.
                    None if value < 0x1_0000 => bytes.extend_from_slice(&[
                        0xE0 | (value >> 12) as u8,
                        0x80 | (value >> 6 & 0x3F) as u8,
                        0x80 | (value & 0x3F) as u8,
                    ]),
                    None => {
                        return Err(misescape(
                            "the escape is beyond the last character of Unicode, 10FFFF",
                            at,
                        ));
                    }
                }
            }
            _ => {
                let end = at
                    + inner[at..]
                        .iter()
                        .take_while(|&&byte| (0x80..0xC0).contains(&byte))
                        .count();
                return Err(misescape("this escape is not known", end));
            }
        }
    }
    Ok(())
}

/// The number that up to `most` digits give, and how many there are.
fn digits(bytes: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut value = 0u32;
    let mut count = 0;
    for &byte in bytes.iter().take(most) {
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        value = value * radix + digit;
        count += 1;
    }
    (value, count)
}

/// The character of a surrogate pair whose second half follows as another `\u` escape.
fn low_surrogate(high: u32, rest: &[u8]) -> Option<u32> {
    if !(0xD800..0xDC00).contains(&high) || !rest.starts_with(b"\\u") {
        return None;
    }
    let (low, count) = digits(&rest[2..], 16, 4);
    (count == 4 && (0xDC00..0xE000).contains(&low)).then(|| 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))
}
