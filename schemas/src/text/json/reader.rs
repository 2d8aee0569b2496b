//! The reader: recursive, and therefore bounded by [`Limits::depth`].

use rustc_hash::FxHashSet;

use super::{Dialect, Limits, Member, Node, SyntaxError, Value};
use crate::text::shorten::beginning;
use crate::text::shown::Line;
use crate::text::source::Span;
use crate::to_line;

/// Reads one JSON text.
///
/// # Errors
/// The first place where the text is not JSON, is larger or deeper than `limits` allow, or repeats a key.
pub fn parse(text: &str, limits: &Limits) -> Result<Node, SyntaxError> {
    parse_as(text, limits, Dialect::default())
}

/// Reads one text of a dialect of JSON.
///
/// # Errors
/// As [`parse`], but for what the dialect allows.
pub fn parse_as(text: &str, limits: &Limits, dialect: Dialect) -> Result<Node, SyntaxError> {
    if text.len() > limits.bytes {
        return Err(SyntaxError {
            message: to_line!(
                "the text has {} bytes, more than the {} that are allowed",
                text.len(),
                limits.bytes
            ),
            span: Span::default(),
        });
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        dialect,
        max_depth: limits.depth.min(Limits::MAX_DEPTH),
    };
    if text.starts_with('\u{feff}') {
        reader.at = '\u{feff}'.len_utf8();
    }
    reader.skip_space()?;
    if reader.at == reader.bytes.len() {
        return Err(reader.error_here("the text is empty; a JSON value was expected"));
    }
    let node = reader.value()?;
    reader.skip_space()?;
    if reader.at < reader.bytes.len() {
        return Err(reader.error_here("there is more text after the JSON value"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    dialect: Dialect,
    max_depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, SyntaxError> {
        let start = self.at;
        let value = match self.bytes.get(self.at) {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) => return Err(self.unexpected("a JSON value")),
            None => return Err(self.error_here("the text ends where a JSON value was expected")),
        };
        Ok(Node {
            value,
            span: Span { start, end: self.at },
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, SyntaxError>) -> Result<Value, SyntaxError> {
        if self.depth == self.max_depth {
            return Err(self.error_here(format!(
                "nested deeper than the {} levels that are allowed",
                self.max_depth
            )));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, SyntaxError> {
        let mut members: Vec<Member> = Vec::new();
        // Small objects are searched in place; a set is only worth its allocation for large ones.
        let mut seen: FxHashSet<String> = FxHashSet::default();
        self.skip_space()?;
        if self.eat(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.skip_space()?;
            let start = self.at;
            if self.bytes.get(self.at) != Some(&b'"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = self.string()?;
            let key_span = Span { start, end: self.at };
            let repeated = if members.len() < 16 {
                members.iter().any(|member| member.key == key)
            } else {
                if seen.is_empty() {
                    seen.extend(members.iter().map(|member| member.key.clone()));
                }
                !seen.insert(key.clone())
            };
            if repeated && !self.dialect.repeated_keys {
                return Err(SyntaxError {
                    message: to_line!("the key `{}` stands twice in this object", beginning(&key, 40)),
                    span: key_span,
                });
            }
            self.skip_space()?;
            if !self.eat(b':') {
                return Err(self.unexpected("`:`"));
            }
            self.skip_space()?;
            let value = self.value()?;
            match members.iter_mut().find(|member| repeated && member.key == key) {
                Some(known) => known.value = value,
                None => members.push(Member { key, key_span, value }),
            }
            self.skip_space()?;
            if self.eat(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn array(&mut self) -> Result<Value, SyntaxError> {
        let mut items = Vec::new();
        self.skip_space()?;
        if self.eat(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.skip_space()?;
            items.push(self.value()?);
            self.skip_space()?;
            if self.eat(b']') {
                return Ok(Value::Array(items));
            }
            if !self.eat(b',') {
                return Err(self.unexpected("`,` or `]`"));
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, SyntaxError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.unexpected("a JSON value"))
        }
    }

    fn number(&mut self) -> Result<Value, SyntaxError> {
        let start = self.at;
        self.eat(b'-');
        if self.eat(b'0') {
            if matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
                return Err(self.error_here("a number must not begin with 0"));
            }
        } else if self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        if self.eat(b'.') && self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        Ok(Value::Number(self.text[start..self.at].into()))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let run = self.at;
            while !matches!(self.bytes.get(self.at), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            text.push_str(&self.text[run..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    return Err(self.error_here(
                        "a control character stands in a string; write it as an escape such as \\n or \\u0000",
                    ));
                }
                None => {
                    return Err(SyntaxError {
                        message: "the string is not closed".into(),
                        span: Span { start, end: self.at },
                    });
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let escaped = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode(start);
            }
            _ => return Err(self.error_from(start, "this is no escape that JSON knows")),
        };
        self.at += 1;
        Ok(escaped)
    }

    fn unicode(&mut self, start: usize) -> Result<char, SyntaxError> {
        let first = self.hex(start)?;
        let code = match first {
            0xd800..=0xdbff => {
                let low = if self.bytes[self.at..].starts_with(b"\\u") {
                    self.at += 2;
                    self.hex(start)?
                } else {
                    0
                };
                if !(0xdc00..=0xdfff).contains(&low) {
                    return Err(self.error_from(start, "half a surrogate pair is no character"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.error_from(start, "half a surrogate pair is no character"))
    }

    fn hex(&mut self, start: usize) -> Result<u32, SyntaxError> {
        let digits = self
            .bytes
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match digits {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => Err(self.error_from(start, "\\u needs four hexadecimal digits")),
        }
    }

    /// Passes over space, and over comments where the dialect has them.
    fn skip_space(&mut self) -> Result<(), SyntaxError> {
        loop {
            while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            let rest = &self.text[self.at..];
            if !self.dialect.comments || !rest.starts_with('/') {
                return Ok(());
            }
            if rest.starts_with("//") {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else if let Some(inside) = rest.strip_prefix("/*") {
                let Some(end) = inside.find("*/") else {
                    return Err(self.error_here("the comment is not closed"));
                };
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, expected: &str) -> SyntaxError {
        match self.text[self.at..].chars().next() {
            Some(found) => self.error_here(format!("{expected} was expected, not {found:?}")),
            None => self.error_here(format!("the text ends where {expected} was expected")),
        }
    }

    fn error_here(&self, message: impl Into<Line>) -> SyntaxError {
        let width = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        SyntaxError {
            message: message.into(),
            span: Span {
                start: self.at,
                end: self.at + width,
            },
        }
    }

    fn error_from(&self, start: usize, message: &str) -> SyntaxError {
        let mut end = (self.at + 1).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        SyntaxError {
            message: message.into(),
            span: Span { start, end },
        }
    }
}
