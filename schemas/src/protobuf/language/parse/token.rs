//! Tokens of the language, and how a text is cut into them.

use crate::text::source::Span;

/// What a token is; its text is found by its span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// A letter or underscore, then letters, digits and underscores. Keywords are identifiers too.
    Identifier,
    /// A whole number in decimal, octal or hexadecimal, without a sign.
    Integer,
    /// A number with a point or an exponent.
    Float,
    /// A string with its quotes.
    String,
    /// Any other character of ASCII.
    Symbol(u8),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub token: Token,
    pub span: Span,
}

/// Something that is no token of the language.
#[derive(Debug)]
pub(super) struct Fault {
    pub message: String,
    pub span: Span,
    pub help: Option<&'static str>,
}

/// A cursor over the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        let text = text.as_bytes();
        let at = if text.starts_with(BYTE_ORDER_MARK) { 3 } else { 0 };
        Lexer { text, at }
    }

    /// The next token. After a fault the lexer stands behind what was wrong.
    pub fn next(&mut self) -> Result<Lexeme, Fault> {
        self.skip_blanks()?;
        let start = self.at;
        let token = match self.peek(0) {
            None => Token::End,
            Some(b'a'..=b'z' | b'A'..=b'Z' | b'_') => {
                self.skip_word();
                Token::Identifier
            }
            Some(b'0'..=b'9') => self.number()?,
            Some(b'.') if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number()?,
            Some(quote @ (b'"' | b'\'')) => self.string(quote)?,
            Some(byte @ 0x21..=0x7E) => {
                self.at += 1;
                Token::Symbol(byte)
            }
            Some(_) => return Err(self.foreign()),
        };
        Ok(Lexeme {
            token,
            span: self.from(start),
        })
    }

    /// Ends the text here, when going on is pointless.
    pub fn stop(&mut self) {
        self.at = self.text.len();
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn from(&self, start: usize) -> Span {
        Span { start, end: self.at }
    }

    fn skip_word(&mut self) {
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
    }

    fn skip_digits(&mut self) {
        while self.peek(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn skip_blanks(&mut self) -> Result<(), Fault> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C), _) => self.at += 1,
                (Some(b'/'), Some(b'/')) => {
                    let rest = &self.text[self.at..];
                    self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                }
                (Some(b'/'), Some(b'*')) => self.skip_comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn skip_comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.at += 2;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'*'), Some(b'/')) => {
                    self.at += 2;
                    return Ok(());
                }
                (Some(b'/'), Some(b'*')) => {
                    let span = Span {
                        start: self.at,
                        end: self.at + 2,
                    };
                    self.at += 1;
                    return Err(self.rest_of_comment(span));
                }
                (None, _) => {
                    return Err(Fault {
                        message: "the comment is never closed".into(),
                        span: Span { start, end: start + 2 },
                        help: Some("close it with `*/`"),
                    });
                }
                _ => self.at += 1,
            }
        }
    }

    /// Goes behind a comment in which another begins.
    fn rest_of_comment(&mut self, span: Span) -> Fault {
        while self.at < self.text.len() && !self.text[self.at..].starts_with(b"*/") {
            self.at += 1;
        }
        self.at = (self.at + 2).min(self.text.len());
        Fault {
            message: "a comment begins within a comment".into(),
            span,
            help: Some("comments between `/*` and `*/` do not nest; use `//` for one of them"),
        }
    }

    fn number(&mut self) -> Result<Token, Fault> {
        let start = self.at;
        let mut token = Token::Integer;
        if self.peek(0) == Some(b'0') && matches!(self.peek(1), Some(b'x' | b'X')) {
            self.at += 2;
            let digits = self.at;
            while self.peek(0).is_some_and(|byte| byte.is_ascii_hexdigit()) {
                self.at += 1;
            }
            if self.at == digits {
                return Err(self.fault(start, "digits are missing after `0x`", None));
            }
        } else {
            self.skip_digits();
            if self.peek(0) == Some(b'.') {
                token = Token::Float;
                self.at += 1;
                self.skip_digits();
            }
            if let Some(b'e' | b'E') = self.peek(0) {
                token = Token::Float;
                self.at += 1;
                if let Some(b'+' | b'-') = self.peek(0) {
                    self.at += 1;
                }
                let digits = self.at;
                self.skip_digits();
                if self.at == digits {
                    self.skip_word();
                    return Err(self.fault(start, "the exponent has no digits", None));
                }
            }
            let text = &self.text[start..self.at];
            if token == Token::Integer && text.len() > 1 && text[0] == b'0' && text.iter().any(|&byte| byte > b'7') {
                return Err(self.fault(
                    start,
                    "a number that begins with 0 is octal and has no digit above 7",
                    Some("leave out the leading zeros for a decimal number"),
                ));
            }
        }
        if self.peek(0).is_some_and(is_word) {
            self.skip_word();
            return Err(self.fault(start, "a number runs into a name", Some("put a space between them")));
        }
        Ok(token)
    }

    fn string(&mut self, quote: u8) -> Result<Token, Fault> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek(0) {
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(Token::String);
                }
                None | Some(b'\n') => {
                    return Err(self.fault(
                        start,
                        "the string is not closed on its line",
                        Some("close it with the quote it began with; write a line break as \\n"),
                    ));
                }
                Some(0) => {
                    self.at += 1;
                    self.skip_string(quote);
                    return Err(self.fault(start, "a string has a NUL byte in it", Some("write it as \\0")));
                }
                // The escape itself is looked at when the string is read; here only its quote must not end the string.
                Some(b'\\') if self.peek(1).is_some_and(|next| next != b'\n') => self.at += 2,
                Some(_) => self.at += 1,
            }
        }
    }

    /// Goes behind the string, or to the end of the line.
    fn skip_string(&mut self, quote: u8) {
        while self.peek(0).is_some_and(|byte| byte != b'\n' && byte != quote) {
            self.at += 1;
        }
        if self.peek(0) == Some(quote) {
            self.at += 1;
        }
    }

    fn fault(&self, start: usize, message: &str, help: Option<&'static str>) -> Fault {
        Fault {
            message: message.into(),
            span: self.from(start),
            help,
        }
    }

    /// Goes behind characters that no token begins with.
    fn foreign(&mut self) -> Fault {
        let start = self.at;
        let rest = &self.text[start..];
        let is_control = rest[0] < 0x20 || rest[0] == 0x7F;
        let is_alike = |byte: &u8| {
            let blank = matches!(byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C);
            if is_control {
                (*byte < 0x20 || *byte == 0x7F) && !blank
            } else {
                *byte >= 0x80
            }
        };
        self.at += rest.iter().position(|byte| !is_alike(byte)).unwrap_or(rest.len());
        if is_control {
            return self.fault(
                start,
                "a control character is not allowed here",
                Some("is this a text? A compiled descriptor is not"),
            );
        }
        let shown: String = String::from_utf8_lossy(&self.text[start..self.at])
            .chars()
            .take(20)
            .collect();
        Fault {
            message: format!("`{shown}` is not allowed here"),
            span: self.from(start),
            help: Some(
                "outside strings and comments only ASCII is used; names consist of letters, digits and underscores",
            ),
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
