//! From `.proto` text to [`syntax::File`], with every problem at its place.
//!
//! The language is that of protoc 35: proto2, proto3, editions 2023 and 2024. What can be told from the text of one
//! declaration alone is decided here; names, numbers and options are judged when files are linked.
//!
//! Invariants: recursion follows nested braces only, which [`Limits::depth`] bounds. Work and memory are linear in the text.
//! A mistake in one declaration does not hide those in the next.

use std::borrow::Cow;

use super::limits::Limits;
use super::syntax::{self, Name, Spanned, Syntax};
use crate::text::shorten::{SHOWN, beginning};
use crate::text::shown::Line;
use crate::text::source::{ParseError, Problem, Source, Span};
use crate::to_line;

mod aggregate;
mod enumeration;
mod field;
mod file;
mod literal;
mod message;
mod option;
mod range;
mod service;
mod token;

use token::{Fault, Lexeme, Lexer, Token};

/// More problems than this are not reported of one text.
pub(crate) const MAX_PROBLEMS: usize = 100;

/// Parses a text. `path` is what an `import` calls the file.
///
/// # Errors
/// All problems that could be told apart, at most a hundred, in the order of the text.
pub fn parse(source: &Source, path: &str, limits: &Limits) -> Result<syntax::File, ParseError> {
    let bytes = source.text().len();
    if bytes > limits.bytes {
        return Err(Problem {
            message: to_line!("the text has {bytes} bytes; {} are allowed", limits.bytes),
            source: source.clone(),
            span: Span::default(),
            help: None,
        }
        .into());
    }
    let mut parser = Parser::new(source, limits);
    let file = parser.file(path);
    if parser.problems.is_empty() {
        return Ok(file);
    }
    parser.problems.sort_by_key(|problem| problem.span.start);
    Err(ParseError {
        problems: parser.problems,
    })
}

/// The bytes of a string without its quotes, as descriptors spell defaults; none if an escape in it means nothing.
pub(in crate::protobuf) fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    literal::unescape(&format!("\"{text}\""), 0, &mut bytes)
        .ok()
        .map(|()| bytes)
}

/// Something is wrong; the problem has been noted.
struct Refused;

type Parsed<T> = Result<T, Refused>;

struct Parser<'a> {
    source: &'a Source,
    lexer: Lexer<'a>,
    /// The next token, not yet taken.
    token: Lexeme,
    /// The end of the token that was taken last.
    end: usize,
    /// The end of the last thing that was no token.
    fault_end: usize,
    syntax: Syntax,
    depth: usize,
    limits: Limits,
    problems: Vec<Problem>,
    /// Nothing more is to be reported: the text ended too early or is nested too deep.
    is_over: bool,
}

impl<'a> Parser<'a> {
    fn new(source: &'a Source, limits: &Limits) -> Self {
        let mut parser = Parser {
            source,
            lexer: Lexer::new(source.text()),
            token: Lexeme {
                token: Token::End,
                span: Span::default(),
            },
            end: 0,
            fault_end: 0,
            syntax: Syntax::Proto2,
            depth: 0,
            limits: *limits,
            problems: Vec::new(),
            is_over: false,
        };
        parser.advance();
        parser.end = parser.token.span.start;
        parser
    }

    /// Takes the next token.
    fn advance(&mut self) -> Lexeme {
        let taken = self.token;
        self.end = taken.span.end;
        self.token = loop {
            match self.lexer.next() {
                Ok(lexeme) => break lexeme,
                Err(Fault { message, span, help }) => {
                    self.fault_end = span.end;
                    self.problem(span, message, help);
                }
            }
        };
        taken
    }

    /// The token after the next one.
    fn peek(&self) -> Token {
        let mut lexer = self.lexer;
        loop {
            if let Ok(lexeme) = lexer.next() {
                return lexeme.token;
            }
        }
    }

    fn text(&self, span: Span) -> &'a str {
        self.source.text().get(span.start..span.end).unwrap_or_default()
    }

    /// The next token if it is an identifier.
    fn word(&self) -> &'a str {
        match self.token.token {
            Token::Identifier => self.text(self.token.span),
            _ => "",
        }
    }

    fn is_symbol(&self, symbol: u8) -> bool {
        self.token.token == Token::Symbol(symbol)
    }

    fn take_symbol(&mut self, symbol: u8) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.word() == word;
        if found {
            self.advance();
        }
        found
    }

    /// From a start to the end of what was taken last.
    fn since(&self, start: usize) -> Span {
        Span {
            start,
            end: self.end.max(start),
        }
    }

    fn symbol(&mut self, symbol: u8, help: Option<&'static str>) -> Parsed<Span> {
        if self.is_symbol(symbol) {
            return Ok(self.advance().span);
        }
        self.unexpected(&format!("`{}`", char::from(symbol)), help)
    }

    /// The end of a statement.
    fn semicolon(&mut self) -> Parsed<()> {
        if self.take_symbol(b';') {
            return Ok(());
        }
        if self.is_faulty() {
            return Err(Refused);
        }
        // What is wrong is the end of what went before, not the beginning of what follows.
        let found = self.found();
        let span = Span {
            start: self.end.saturating_sub(1),
            end: self.end,
        };
        self.problem(span, format!("expected `;` after this, found {found}"), None);
        Err(Refused)
    }

    fn name(&mut self, what: &str) -> Parsed<Name> {
        if self.token.token != Token::Identifier {
            return self.unexpected(what, None);
        }
        let span = self.advance().span;
        Ok(Spanned {
            value: self.text(span).into(),
            span,
        })
    }

    /// A name with dots in it; also one in front, where that is allowed.
    fn dotted(&mut self, what: &str, leading: bool) -> Parsed<Name> {
        let start = self.token.span.start;
        if leading {
            self.take_symbol(b'.');
        }
        self.dotted_from(start, what)
    }

    fn dotted_from(&mut self, start: usize, what: &str) -> Parsed<Name> {
        self.name(what)?;
        while self.take_symbol(b'.') {
            self.name("a name after the dot")?;
        }
        let span = self.since(start);
        Ok(Spanned {
            value: without_blanks(self.text(span)).into(),
            span,
        })
    }

    /// One or several strings in a row, joined.
    fn string(&mut self, what: &str) -> Parsed<Spanned<Vec<u8>>> {
        if self.token.token != Token::String {
            return self.unexpected(what, None);
        }
        let start = self.token.span.start;
        let mut bytes = Vec::new();
        while self.token.token == Token::String {
            let span = self.advance().span;
            if let Err(misescape) = literal::unescape(self.text(span), span.start, &mut bytes) {
                self.problem(misescape.span, misescape.message, None);
            }
        }
        Ok(Spanned {
            value: bytes,
            span: self.since(start),
        })
    }

    /// A string that is a text.
    fn text_string(&mut self, what: &str) -> Parsed<Name> {
        let string = self.string(what)?;
        match String::from_utf8(string.value) {
            Ok(value) => Ok(Spanned {
                value: value.into(),
                span: string.span,
            }),
            Err(_) => self.refuse(string.span, format!("{what} must be UTF-8"), None),
        }
    }

    /// A whole number with or without a minus; beyond 64 bits is a problem here, beyond what is allowed one of linking.
    fn whole(&mut self, what: &str) -> Parsed<Spanned<i64>> {
        let start = self.token.span.start;
        let negative = self.take_symbol(b'-');
        if self.token.token != Token::Integer {
            return self.unexpected(what, None);
        }
        let taken = self.advance().span;
        let span = self.since(start);
        let value = literal::integer(self.text(taken)).and_then(|value| i64::try_from(value).ok());
        match value {
            Some(value) => Ok(Spanned {
                value: if negative { -value } else { value },
                span,
            }),
            None => {
                self.problem(span, "the number is far too large", None);
                Ok(Spanned {
                    value: if negative { i64::MIN } else { i64::MAX },
                    span,
                })
            }
        }
    }

    /// What stands between braces, statement by statement; the next token is the opening one.
    fn block(&mut self, what: &str, mut statement: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        let open = self.symbol(b'{', None)?;
        self.depth += 1;
        if self.depth > self.limits.depth() {
            let deepest = self.limits.depth();
            self.problem(
                open,
                format!("declarations are nested more than {deepest} levels deep"),
                Some("declare messages side by side and refer to them by name"),
            );
            self.give_up();
            return Err(Refused);
        }
        while !self.take_symbol(b'}') {
            if self.token.token == Token::End {
                self.problem(open, format!("{what} is never closed"), Some("add the missing `}`"));
                self.give_up();
                return Err(Refused);
            }
            let depth = self.depth;
            if !self.take_symbol(b';') && statement(self).is_err() {
                self.depth = depth;
                self.skip_statement();
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Goes behind a statement in which something is wrong: behind its semicolon or its block, or in front of the brace that
    /// closes what it stands in.
    fn skip_statement(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.token.token {
                Token::End => return,
                Token::Symbol(b';') if depth == 0 => {
                    self.advance();
                    return;
                }
                Token::Symbol(b'{') => depth += 1,
                Token::Symbol(b'}') if depth == 0 => return,
                Token::Symbol(b'}') => {
                    depth -= 1;
                    if depth == 0 {
                        self.advance();
                        return;
                    }
                }
                _ => {}
            }
            self.advance();
        }
    }

    /// Ends the text here: what follows would only repeat what was said.
    fn give_up(&mut self) {
        self.is_over = true;
        self.lexer.stop();
        self.token = Lexeme {
            token: Token::End,
            span: Span {
                start: self.source.text().len(),
                end: self.source.text().len(),
            },
        };
    }

    /// The next token as messages show it.
    fn found(&self) -> String {
        match self.token.token {
            Token::End => "the end of the text".into(),
            Token::String => format!("the string {}", beginning(self.text(self.token.span), SHOWN)),
            _ => format!("`{}`", beginning(self.text(self.token.span), SHOWN)),
        }
    }

    /// Whether something that is no token, and has been told of, stands before the next one.
    fn is_faulty(&self) -> bool {
        self.fault_end > self.end
    }

    fn unexpected<T>(&mut self, wanted: &str, help: Option<&'static str>) -> Parsed<T> {
        if self.is_faulty() {
            return Err(Refused);
        }
        let message = format!("expected {wanted}, found {}", self.found());
        self.refuse(self.token.span, message, help)
    }

    fn refuse<T>(&mut self, span: Span, message: impl Into<Line>, help: Option<&str>) -> Parsed<T> {
        self.problem(span, message, help);
        Err(Refused)
    }

    fn problem(&mut self, span: Span, message: impl Into<Line>, help: Option<&str>) {
        if self.is_over {
            return;
        }
        self.problems.push(Problem {
            message: message.into(),
            source: self.source.clone(),
            span,
            help: help.map(Line::from),
        });
        if self.problems.len() >= MAX_PROBLEMS {
            self.give_up();
        }
    }
}

/// A name whose parts have blanks or comments between them is still one name.
fn without_blanks(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
    {
        return Cow::Borrowed(text);
    }
    let mut lexer = Lexer::new(text);
    let mut joined = String::new();
    while let Ok(Lexeme { token, span }) = lexer.next() {
        if token == Token::End {
            break;
        }
        joined.push_str(&text[span.start..span.end]);
    }
    Cow::Owned(joined)
}

/// Whether a text begins as a file does: with a statement or a comment.
pub(crate) fn begins(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "syntax", "edition", "package", "import", "option", "message", "enum", "service", "extend",
    ];
    let word = text.split(|char: char| !char.is_ascii_alphabetic()).next();
    text.starts_with("//") || text.starts_with("/*") || word.is_some_and(|word| WORDS.contains(&word))
}
