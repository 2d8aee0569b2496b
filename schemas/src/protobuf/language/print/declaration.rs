//! Messages, enums, extensions and services.

use std::fmt::Write;

use super::comment::Inside;
use super::{Printer, spans_of_extend};
use crate::protobuf::language::syntax::{
    Enum, EnumValue, Extend, ExtensionRanges, Field, Message, MessageItem, Name, Oneof, OptionEntry, Reserved, Rpc,
    Service, Syntax, Visibility, WrittenLabel, WrittenRange, WrittenType,
};
use crate::text::source::Span;

/// What stands in a message, by the groups in which it is printed.
#[derive(Default)]
struct Contents<'m> {
    fields: Vec<&'m Field>,
    oneofs: Vec<&'m Oneof>,
    groups: Vec<(&'m Field, &'m Message)>,
    extends: Vec<&'m Extend>,
    messages: Vec<&'m Message>,
    enums: Vec<&'m Enum>,
}

impl<'m> Contents<'m> {
    fn of(message: &'m Message) -> Self {
        let mut contents = Contents::default();
        for item in &message.items {
            match item {
                MessageItem::Field(field) => match &field.kind {
                    WrittenType::Group(body) => contents.groups.push((field, body)),
                    _ => contents.fields.push(field),
                },
                MessageItem::Oneof(oneof) => contents.oneofs.push(oneof),
                MessageItem::Extend(extend) => contents.extends.push(extend),
                MessageItem::Message(message) => contents.messages.push(message),
                MessageItem::Enum(each) => contents.enums.push(each),
            }
        }
        contents
    }
}

impl Printer<'_> {
    pub(super) fn message(&mut self, message: &Message, indent: usize) {
        let head = |printer: &mut Self| {
            printer.visibility(message.visibility);
            let _ = write!(printer.out, "message {}", message.name.value);
        };
        self.body(message, message.span, indent, head);
    }

    fn body(&mut self, message: &Message, span: Span, indent: usize, head: impl FnOnce(&mut Self)) {
        let inside = spans_of_message(message);
        let print = |printer: &mut Self, inside| printer.contents(message, inside);
        self.block((span, &inside), indent, head, print, "");
    }

    fn contents(&mut self, message: &Message, inside: Inside) {
        let indent = inside.indent();
        let contents = Contents::of(message);
        for reserved in &message.reserved {
            self.reserved(reserved, indent);
        }
        let options = self.shown(&message.options);
        self.group(inside, &options, |printer, option| {
            printer.option_statement(option, indent);
        });
        self.group(inside, &contents.fields, |printer, field| printer.field(field, indent));
        self.group(inside, &contents.oneofs, |printer, oneof| printer.oneof(oneof, indent));
        self.group(inside, &contents.groups, |printer, (field, body)| {
            printer.group_field(field, body, indent);
        });
        if self.extensions {
            self.group(inside, &message.extension_ranges, |printer, ranges| {
                printer.extension_ranges(ranges, indent);
            });
            self.group(inside, &contents.extends, |printer, extend| {
                printer.extend(extend, indent)
            });
        }
        if !contents.messages.is_empty() || !contents.enums.is_empty() {
            self.gap(inside);
        }
        contents
            .messages
            .iter()
            .for_each(|message| self.message(message, indent));
        contents.enums.iter().for_each(|each| self.enumeration(each, indent));
    }

    /// Declarations of one kind, with an empty line before them where something else is before them.
    fn group<T>(&mut self, inside: Inside, all: &[T], print: impl Fn(&mut Self, &T)) {
        if !all.is_empty() {
            self.gap(inside);
        }
        all.iter().for_each(|each| print(self, each));
    }

    fn visibility(&mut self, visibility: Option<Visibility>) {
        self.out += match visibility {
            None => "",
            Some(Visibility::Export) => "export ",
            Some(Visibility::Local) => "local ",
        };
    }

    fn field(&mut self, field: &Field, indent: usize) {
        if let WrittenType::Group(body) = &field.kind {
            return self.group_field(field, body, indent);
        }
        self.leaf(field.span, indent, |printer| {
            printer.label(field);
            match &field.kind {
                WrittenType::Named(name) => printer.out += name,
                WrittenType::Map { key, value } => {
                    let _ = write!(printer.out, "map<{}, {}>", key.value, value.value);
                }
                WrittenType::Group(_) => {}
            }
            let _ = write!(printer.out, " {} = {}", field.name.value, field.number.value);
            printer.options_of_field(field, indent);
            printer.out.push(';');
        });
    }

    fn group_field(&mut self, field: &Field, body: &Message, indent: usize) {
        self.body(body, field.span, indent, |printer| {
            printer.label(field);
            let _ = write!(printer.out, "group {} = {}", body.name.value, field.number.value);
            printer.options_of_field(field, indent);
        });
    }

    fn label(&mut self, field: &Field) {
        self.out += match field.label.as_ref().map(|label| label.value) {
            None => "",
            Some(WrittenLabel::Optional) => "optional ",
            Some(WrittenLabel::Required) => "required ",
            Some(WrittenLabel::Repeated) => "repeated ",
        };
    }

    /// In their order, but `default` and `json_name` last, as Confluent's parser keeps those two apart. Its normaliser then
    /// sorts them among the others.
    fn options_of_field(&mut self, field: &Field, indent: usize) {
        let mut options = self.shown(&field.options);
        if !self.sorted {
            options.sort_by_key(|option| match &option.name[..] {
                [name] if !name.is_extension && &*name.name == "default" => 1,
                [name] if !name.is_extension && &*name.name == "json_name" => 2,
                _ => 0,
            });
        }
        self.options_in_brackets(&options, indent);
    }

    fn oneof(&mut self, oneof: &Oneof, indent: usize) {
        let mut inside: Vec<Span> = oneof.options.iter().map(|option| option.span).collect();
        inside.extend(oneof.fields.iter().map(|field| field.span));
        let head = |printer: &mut Self| {
            let _ = write!(printer.out, "oneof {}", oneof.name.value);
        };
        let body = |printer: &mut Self, inside: Inside| {
            let options = printer.shown(&oneof.options);
            let is_group = |field: &&Field| matches!(field.kind, WrittenType::Group(_));
            let (groups, fields): (Vec<&Field>, Vec<&Field>) = oneof.fields.iter().partition(is_group);
            let indent = inside.indent();
            printer.group(inside, &options, |printer, option| {
                printer.option_statement(option, indent);
            });
            printer.group(inside, &fields, |printer, field| printer.field(field, indent));
            printer.group(inside, &groups, |printer, field| printer.field(field, indent));
        };
        self.block((oneof.span, &inside), indent, head, body, "");
    }

    fn reserved(&mut self, reserved: &Reserved, indent: usize) {
        self.leaf(reserved.span, indent, |printer| {
            printer.out += "reserved ";
            let quoted = !matches!(printer.syntax, Syntax::Edition(_));
            printer.ranges(&reserved.ranges);
            for (index, name) in reserved.names.iter().enumerate() {
                if index > 0 || !reserved.ranges.is_empty() {
                    printer.out += ", ";
                }
                match quoted {
                    true => printer.string(name.value.as_bytes()),
                    false => printer.out += &name.value,
                }
            }
            printer.out.push(';');
        });
    }

    fn extension_ranges(&mut self, ranges: &ExtensionRanges, indent: usize) {
        self.leaf(ranges.span, indent, |printer| {
            printer.out += "extensions ";
            printer.ranges(&ranges.ranges);
            let options = printer.shown(&ranges.options);
            printer.options_in_brackets(&options, indent);
            printer.out.push(';');
        });
    }

    fn ranges(&mut self, ranges: &[WrittenRange]) {
        for (index, range) in ranges.iter().enumerate() {
            if index > 0 {
                self.out += ", ";
            }
            let start = range.start.value;
            let _ = match range.end {
                None => write!(self.out, "{start} to max"),
                Some(end) if end == start && range.span.end <= range.start.span.end => write!(self.out, "{start}"),
                Some(end) => write!(self.out, "{start} to {end}"),
            };
        }
    }

    pub(super) fn enumeration(&mut self, each: &Enum, indent: usize) {
        let mut inside: Vec<Span> = each.options.iter().map(|option| option.span).collect();
        inside.extend(each.reserved.iter().map(|reserved| reserved.span));
        inside.extend(each.values.iter().map(|value| value.span));
        let head = |printer: &mut Self| {
            printer.visibility(each.visibility);
            let _ = write!(printer.out, "enum {}", each.name.value);
        };
        let body = |printer: &mut Self, inside: Inside| {
            let indent = inside.indent();
            each.reserved
                .iter()
                .for_each(|reserved| printer.reserved(reserved, indent));
            for option in printer.shown(&each.options) {
                printer.option_statement(option, indent);
            }
            each.values.iter().for_each(|value| printer.enum_value(value, indent));
        };
        self.block((each.span, &inside), indent, head, body, "");
    }

    fn enum_value(&mut self, value: &EnumValue, indent: usize) {
        self.leaf(value.span, indent, |printer| {
            let _ = write!(printer.out, "{} = {}", value.name.value, value.number.value);
            let options = printer.shown(&value.options);
            printer.options_in_brackets(&options, indent);
            printer.out.push(';');
        });
    }

    pub(super) fn extend(&mut self, extend: &Extend, indent: usize) {
        let inside: Vec<Span> = extend.fields.iter().map(|field| field.span).collect();
        let head = |printer: &mut Self| {
            let _ = write!(printer.out, "extend {}", extend.extendee.value);
        };
        let body = |printer: &mut Self, inside: Inside| {
            extend
                .fields
                .iter()
                .for_each(|field| printer.field(field, inside.indent()));
        };
        self.block((extend.span, &inside), indent, head, body, "");
    }

    pub(super) fn service(&mut self, service: &Service) {
        let mut inside: Vec<Span> = service.options.iter().map(|option| option.span).collect();
        inside.extend(service.rpcs.iter().map(|rpc| rpc.span));
        let head = |printer: &mut Self| {
            let _ = write!(printer.out, "service {}", service.name.value);
        };
        let body = |printer: &mut Self, inside: Inside| {
            let options = printer.shown(&service.options);
            let indent = inside.indent();
            printer.group(inside, &options, |printer, option| {
                printer.option_statement(option, indent);
            });
            printer.group(inside, &service.rpcs, |printer, rpc| printer.rpc(rpc, indent));
        };
        self.block((service.span, &inside), 0, head, body, "");
    }

    fn rpc(&mut self, rpc: &Rpc, indent: usize) {
        let side = |stream: Option<Span>, name: &Name| match stream {
            Some(_) => format!("stream {}", name.value),
            None => name.value.to_string(),
        };
        let text = format!(
            "rpc {} ({}) returns ({})",
            rpc.name.value,
            side(rpc.client_streaming, &rpc.request),
            side(rpc.server_streaming, &rpc.response)
        );
        let options: Vec<&OptionEntry> = self.shown(&rpc.options);
        if options.is_empty() {
            return self.leaf(rpc.span, indent, |printer| {
                printer.out += &text;
                printer.out.push(';');
            });
        }
        let inside: Vec<Span> = rpc.options.iter().map(|option| option.span).collect();
        let head = |printer: &mut Self| printer.out += &text;
        let body = |printer: &mut Self, inside: Inside| {
            for option in options {
                printer.option_statement(option, inside.indent());
            }
        };
        self.block((rpc.span, &inside), indent, head, body, ";");
    }
}

/// Where the parts of a message are.
fn spans_of_message(message: &Message) -> Vec<Span> {
    let mut spans: Vec<Span> = message.options.iter().map(|option| option.span).collect();
    spans.extend(message.reserved.iter().map(|reserved| reserved.span));
    spans.extend(message.extension_ranges.iter().map(|ranges| ranges.span));
    for item in &message.items {
        match item {
            MessageItem::Field(field) => spans.push(field.span),
            MessageItem::Oneof(oneof) => spans.push(oneof.span),
            MessageItem::Message(message) => spans.push(message.span),
            MessageItem::Enum(each) => spans.push(each.span),
            MessageItem::Extend(extend) => spans.extend(spans_of_extend(extend)),
        }
    }
    spans
}
