//! `reserved` and `extensions`.

use super::super::syntax::{ExtensionRanges, Reserved, Spanned, Syntax, WrittenRange};
use super::token::Token;
use super::{Parsed, Parser};

impl Parser<'_> {
    /// `what` has its names and numbers reserved: `field` or `value`.
    pub(super) fn reserved(&mut self, what: &str) -> Parsed<Reserved> {
        let start = self.advance().span.start;
        let mut reserved = Reserved {
            ranges: Vec::new(),
            names: Vec::new(),
            span: self.token.span,
        };
        match self.token.token {
            Token::String => loop {
                let name = self.text_string("a name in quotes")?;
                if let Syntax::Edition(_) = self.syntax {
                    self.problem(
                        name.span,
                        "editions write reserved names without quotes",
                        Some("reserved foo, bar;"),
                    );
                }
                reserved.names.push(name);
                if !self.take_symbol(b',') {
                    break;
                }
            },
            Token::Identifier => loop {
                let name = self.name("a name")?;
                if !matches!(self.syntax, Syntax::Edition(_)) {
                    self.problem(
                        name.span,
                        "reserved names stand in quotes",
                        Some("reserved \"foo\", \"bar\"; — only editions write them without"),
                    );
                }
                reserved.names.push(name);
                if !self.take_symbol(b',') {
                    break;
                }
            },
            _ => reserved.ranges = self.ranges(&format!("a {what}'s name or number"))?,
        }
        self.semicolon()?;
        reserved.span = self.since(start);
        Ok(reserved)
    }

    pub(super) fn extension_ranges(&mut self) -> Parsed<ExtensionRanges> {
        let keyword = self.advance().span;
        if self.syntax == Syntax::Proto3 {
            self.problem(
                keyword,
                "proto3 messages have no extension ranges",
                Some("use a field of type google.protobuf.Any, or declare the file as proto2 or an edition"),
            );
        }
        let ranges = self.ranges("a number that extensions may take")?;
        let options = self.bracketed_options()?;
        self.semicolon()?;
        Ok(ExtensionRanges {
            ranges,
            options,
            span: self.since(keyword.start),
        })
    }

    /// `2, 9 to 11, 40 to max`
    fn ranges(&mut self, what: &str) -> Parsed<Vec<WrittenRange>> {
        let mut ranges = Vec::new();
        loop {
            let start = self.whole(what)?;
            let end = if !self.take_word("to") {
                Some(start.value)
            } else if self.take_word("max") {
                None
            } else {
                let Spanned { value, .. } = self.whole("the range's last number or `max`")?;
                Some(value)
            };
            let span = self.since(start.span.start);
            ranges.push(WrittenRange { start, end, span });
            if !self.take_symbol(b',') {
                return Ok(ranges);
            }
        }
    }
}
