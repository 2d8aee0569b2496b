//! Enums and their values.

use super::super::syntax::{Enum, EnumValue, Visibility};
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn enumeration(&mut self, visibility: Option<(Visibility, usize)>) -> Parsed<Enum> {
        let keyword = self.advance().span.start;
        let name = self.name("the enum's name")?;
        let mut enumeration = Enum {
            visibility: visibility.map(|(visibility, _)| visibility),
            span: name.span,
            name,
            values: Vec::new(),
            options: Vec::new(),
            reserved: Vec::new(),
        };
        let what = format!("enum `{}`", enumeration.name.value);
        let before = self.problems.len();
        self.block(&what, |parser| {
            match parser.word() {
                "option" => enumeration.options.push(parser.option_statement()?),
                "reserved" => enumeration.reserved.push(parser.reserved("value")?),
                _ => enumeration.values.push(parser.enum_value()?),
            }
            Ok(())
        })?;
        enumeration.values.shrink_to_fit();
        enumeration.span = self.since(visibility.map_or(keyword, |(_, start)| start));
        if enumeration.values.is_empty() && self.problems.len() == before {
            self.problem(
                enumeration.name.span,
                format!("{what} has no values"),
                Some("an enum needs one at least; the first is its default"),
            );
        }
        Ok(enumeration)
    }

    fn enum_value(&mut self) -> Parsed<EnumValue> {
        let name = self.name("the name of a value")?;
        let start = name.span.start;
        self.symbol(b'=', Some("a value has a number: `PAID = 1;`"))?;
        let number = self.whole("the value's number")?;
        let options = self.bracketed_options()?;
        self.semicolon()?;
        Ok(EnumValue {
            name,
            number,
            options,
            span: self.since(start),
        })
    }
}
