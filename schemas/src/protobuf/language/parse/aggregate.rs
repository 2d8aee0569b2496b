//! Option values with parts, in the text format.

use super::super::syntax::{AggregateField, OptionValue};
use super::token::Token;
use super::{Parsed, Parser, Refused};
use crate::text::source::Span;

impl Parser<'_> {
    /// Fields up to the closing brace; the opening one has been taken.
    pub(super) fn aggregate(&mut self, open: Span, close: u8) -> Parsed<OptionValue> {
        self.deeper(open)?;
        let mut fields = Vec::new();
        while !self.take_symbol(close) {
            if self.token.token == Token::End {
                return self.unclosed(open);
            }
            let depth = self.depth;
            let Ok(field) = self.aggregate_field() else {
                self.depth = depth;
                self.skip_aggregate(close);
                return Err(Refused);
            };
            fields.push(field);
            let _ = self.take_symbol(b',') || self.take_symbol(b';');
        }
        self.depth -= 1;
        fields.shrink_to_fit();
        Ok(OptionValue::Aggregate(fields))
    }

    /// Goes behind the brace that closes a value in which something is wrong.
    fn skip_aggregate(&mut self, close: u8) {
        let mut depth = 1usize;
        while self.token.token != Token::End && depth > 0 {
            match self.advance().token {
                Token::Symbol(b'{' | b'<') => depth += 1,
                Token::Symbol(symbol) if symbol == close || symbol == b'}' => depth -= 1,
                _ => {}
            }
        }
    }

    fn deeper(&mut self, open: Span) -> Parsed<()> {
        self.depth += 1;
        if self.depth > self.limits.depth() {
            let deepest = self.limits.depth();
            self.problem(
                open,
                format!("the value is nested more than {deepest} levels deep"),
                None,
            );
            self.give_up();
            return Err(Refused);
        }
        Ok(())
    }

    fn aggregate_field(&mut self) -> Parsed<AggregateField> {
        let is_bracketed = self.is_symbol(b'[');
        let name = if is_bracketed {
            let open = self.advance().span;
            let name = self.bracketed_name()?;
            if !self.is_symbol(b']') {
                return match self.token.token {
                    Token::End => self.unclosed(open),
                    _ => self.unexpected("`]`", None),
                };
            }
            self.advance();
            name
        } else {
            self.name("the name of a field")?.value
        };
        let has_colon = self.take_symbol(b':');
        let value = match self.token.token {
            Token::Symbol(b'{' | b'<') => self.aggregate_value()?,
            Token::Symbol(b'[') => self.list(has_colon)?,
            _ if !has_colon => {
                return self.unexpected("`:`", Some("a field of an option's value is written `name: value`"));
            }
            _ => self.scalar("a value", true)?,
        };
        Ok(AggregateField {
            name,
            is_bracketed,
            value,
        })
    }

    /// The full name of an extension, or `host/type` of an `Any`.
    fn bracketed_name(&mut self) -> Parsed<Box<str>> {
        let start = self.token.span.start;
        self.dotted("the full name of an extension", false)?;
        while self.take_symbol(b'/') {
            self.dotted("the full name of a message", false)?;
        }
        let span = self.since(start);
        Ok(self.text(span).split_whitespace().collect::<String>().into())
    }

    fn aggregate_value(&mut self) -> Parsed<OptionValue> {
        let close = if self.is_symbol(b'<') { b'>' } else { b'}' };
        let open = self.advance().span;
        self.aggregate(open, close)
    }

    fn list(&mut self, has_colon: bool) -> Parsed<OptionValue> {
        let open = self.advance().span;
        let mut items = Vec::new();
        if self.take_symbol(b']') {
            return Ok(OptionValue::List(items));
        }
        loop {
            items.push(match self.token.token {
                Token::End => return self.unclosed(open),
                Token::Symbol(b'{' | b'<') => self.aggregate_value()?,
                _ if !has_colon => {
                    return self.unexpected("`{`", Some("a list of values follows a colon: `names: [\"a\", \"b\"]`"));
                }
                _ => self.scalar("a value", true)?,
            });
            if self.take_symbol(b']') {
                return Ok(OptionValue::List(items));
            }
            self.symbol(b',', None)?;
        }
    }
}
