//! Messages, oneofs and `extend` blocks.

use super::super::syntax::{Extend, Field, Message, MessageItem, Name, Oneof, Visibility, WrittenType};
use super::field::Within;
use super::{Parsed, Parser};

impl Parser<'_> {
    pub(super) fn message(&mut self, visibility: Option<(Visibility, usize)>) -> Parsed<Message> {
        let keyword = self.advance().span.start;
        let name = self.name("the message's name")?;
        self.message_body(
            visibility.map(|(visibility, _)| visibility),
            name,
            visibility.map_or(keyword, |(_, start)| start),
        )
    }

    /// The body of a message or a group, whose name has been read.
    pub(super) fn message_body(&mut self, visibility: Option<Visibility>, name: Name, start: usize) -> Parsed<Message> {
        let mut message = Message {
            visibility,
            span: name.span,
            name,
            items: Vec::new(),
            options: Vec::new(),
            reserved: Vec::new(),
            extension_ranges: Vec::new(),
        };
        let what = format!("message `{}`", message.name.value);
        self.block(&what, |parser| parser.message_statement(&mut message))?;
        message.items.shrink_to_fit();
        message.span = self.since(start);
        Ok(message)
    }

    fn message_statement(&mut self, message: &mut Message) -> Parsed<()> {
        let visibility = self.visibility();
        let item = match self.word() {
            "message" => MessageItem::Message(self.message(visibility)?),
            "enum" => MessageItem::Enum(self.enumeration(visibility)?),
            "oneof" => MessageItem::Oneof(self.oneof()?),
            "extend" => MessageItem::Extend(self.extend()?),
            "option" => {
                message.options.push(self.option_statement()?);
                return Ok(());
            }
            "reserved" => {
                message.reserved.push(self.reserved("field")?);
                return Ok(());
            }
            "extensions" => {
                message.extension_ranges.push(self.extension_ranges()?);
                return Ok(());
            }
            _ => MessageItem::Field(self.field(Within::Message)?),
        };
        message.items.push(item);
        Ok(())
    }

    fn oneof(&mut self) -> Parsed<Oneof> {
        let start = self.advance().span.start;
        let name = self.name("the oneof's name")?;
        let mut oneof = Oneof {
            span: name.span,
            name,
            fields: Vec::new(),
            options: Vec::new(),
        };
        let what = format!("oneof `{}`", oneof.name.value);
        let before = self.problems.len();
        self.block(&what, |parser| {
            if parser.word() == "option" {
                oneof.options.push(parser.option_statement()?);
                return Ok(());
            }
            let field = parser.field(Within::Oneof)?;
            if let WrittenType::Map { .. } = field.kind {
                parser.problem(
                    field.type_span,
                    "a oneof has no maps",
                    Some("put the map into a message of its own"),
                );
            }
            oneof.fields.push(field);
            Ok(())
        })?;
        oneof.fields.shrink_to_fit();
        oneof.span = self.since(start);
        if oneof.fields.is_empty() && self.problems.len() == before {
            self.problem(
                oneof.name.span,
                format!("{what} has no fields"),
                Some("a oneof needs one at least"),
            );
        }
        Ok(oneof)
    }

    pub(super) fn extend(&mut self) -> Parsed<Extend> {
        let start = self.advance().span.start;
        let extendee = self.dotted("the name of the message that is extended", true)?;
        let mut fields: Vec<Field> = Vec::new();
        let before = self.problems.len();
        self.block("this `extend`", |parser| {
            let field = parser.field(Within::Extend)?;
            if let WrittenType::Map { .. } = field.kind {
                parser.problem(
                    field.type_span,
                    "an extension cannot be a map",
                    Some("use a repeated message with a key and a value"),
                );
            }
            fields.push(field);
            Ok(())
        })?;
        let span = self.since(start);
        if fields.is_empty() && self.problems.len() == before {
            self.problem(
                span,
                format!("nothing is added to `{}`", extendee.value),
                Some("an `extend` needs one field at least"),
            );
        }
        Ok(Extend { extendee, fields, span })
    }
}
