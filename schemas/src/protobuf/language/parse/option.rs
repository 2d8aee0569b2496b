//! Options, in statements and in brackets.

use super::super::syntax::{OptionEntry, OptionNamePart, OptionValue};
use super::literal;
use super::token::Token;
use super::{Parsed, Parser};
use crate::text::shorten::{SHOWN, beginning};
use crate::text::source::Span;

impl Parser<'_> {
    /// `option java_package = "com.acme";`
    pub(super) fn option_statement(&mut self) -> Parsed<OptionEntry> {
        let start = self.advance().span.start;
        let mut option = self.option()?;
        self.semicolon()?;
        option.span = self.since(start);
        Ok(option)
    }

    /// `[deprecated = true, (acme.sensitive) = true]`, or nothing.
    pub(super) fn bracketed_options(&mut self) -> Parsed<Vec<OptionEntry>> {
        let mut options = Vec::new();
        if self.at_options() {
            self.advance();
            loop {
                options.push(self.option()?);
                if !self.take_symbol(b',') {
                    break;
                }
            }
            self.symbol(b']', None)?;
            options.shrink_to_fit();
        }
        Ok(options)
    }

    fn option(&mut self) -> Parsed<OptionEntry> {
        let start = self.token.span.start;
        let mut name = Vec::with_capacity(1);
        loop {
            name.push(self.option_name_part()?);
            if !self.take_symbol(b'.') {
                break;
            }
        }
        let name_span = self.since(start);
        self.symbol(b'=', None)?;
        let value_start = self.token.span.start;
        let value = self.option_value()?;
        Ok(OptionEntry {
            name,
            value,
            span: self.since(start),
            name_span,
            value_span: self.since(value_start),
        })
    }

    fn option_name_part(&mut self) -> Parsed<OptionNamePart> {
        let is_extension = self.take_symbol(b'(');
        let name = if is_extension {
            let name = self.dotted("the name of an option", true)?;
            self.symbol(b')', None)?;
            name
        } else {
            self.name("the name of an option")?
        };
        Ok(OptionNamePart {
            name: name.value,
            is_extension,
        })
    }

    fn option_value(&mut self) -> Parsed<OptionValue> {
        if self.is_symbol(b'{') {
            let open = self.advance().span;
            return self.aggregate(open, b'}');
        }
        self.scalar("an option's value", false)
    }

    /// A value without parts. Within braces, in the text format, more is spelt with a minus.
    pub(super) fn scalar(&mut self, what: &str, is_inner: bool) -> Parsed<OptionValue> {
        let start = self.token.span.start;
        let is_negative = self.take_symbol(b'-');
        match self.token.token {
            Token::String if !is_negative => Ok(OptionValue::Bytes(self.string(what)?.value.into())),
            Token::Identifier => {
                let span = self.advance().span;
                let word = self.text(span);
                match (is_negative, word) {
                    (false, _) => Ok(OptionValue::Identifier(word.into())),
                    (true, "inf") => Ok(OptionValue::Float(f64::NEG_INFINITY)),
                    (true, "nan") => Ok(OptionValue::Float(-f64::NAN)),
                    (true, word)
                        if is_inner && ["inf", "infinity"].iter().any(|known| word.eq_ignore_ascii_case(known)) =>
                    {
                        Ok(OptionValue::Float(f64::NEG_INFINITY))
                    }
                    (true, word) if is_inner && word.eq_ignore_ascii_case("nan") => Ok(OptionValue::Float(-f64::NAN)),
                    (true, _) => self.refuse(
                        self.since(start),
                        format!("`-{}` is not a value", beginning(word, SHOWN)),
                        Some("only numbers, `inf` and `nan` have a sign"),
                    ),
                }
            }
            Token::Integer | Token::Float => {
                let Some(value) = self.number(is_negative) else {
                    return self.refuse(self.since(start), "this is not a number", None);
                };
                Ok(value)
            }
            _ => self.unexpected(what, None),
        }
    }

    fn number(&mut self, is_negative: bool) -> Option<OptionValue> {
        let lexeme = self.advance();
        let text = self.text(lexeme.span);
        if lexeme.token == Token::Integer
            && let Some(value) = literal::integer(text)
        {
            if !is_negative {
                return Some(OptionValue::Unsigned(value));
            }
            // The smallest number of 64 bits has no positive twin.
            if let Some(value) = 0i64.checked_sub_unsigned(value) {
                return Some(OptionValue::Negative(value));
            }
        }
        let value = literal::float(text)?;
        Some(OptionValue::Float(if is_negative { -value } else { value }))
    }

    /// The place of an opening brace when nothing closes it.
    pub(super) fn unclosed<T>(&mut self, open: Span) -> Parsed<T> {
        self.problem(open, "this is never closed", None);
        self.give_up();
        Err(super::Refused)
    }
}
