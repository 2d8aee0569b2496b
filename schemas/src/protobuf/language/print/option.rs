//! Options and their values.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::{Printer, STEP};
use crate::protobuf::language::syntax::{AggregateField, OptionEntry, OptionNamePart, OptionValue};

impl Printer<'_> {
    /// Whether an option is among what is printed.
    pub(super) fn shows(&self, option: &OptionEntry) -> bool {
        self.extensions || !option.name.iter().any(|part| part.is_extension)
    }

    pub(super) fn shown<'o>(&self, options: &'o [OptionEntry]) -> Vec<&'o OptionEntry> {
        options.iter().filter(|option| self.shows(option)).collect()
    }

    pub(super) fn option_statement(&mut self, option: &OptionEntry, indent: usize) {
        self.leaf(option.span, indent, |printer| {
            printer.out += "option ";
            printer.option(option, indent);
            printer.out.push(';');
        });
    }

    /// In brackets, with a space in front: one on the same line, several on lines of their own.
    pub(super) fn options_in_brackets(&mut self, options: &[&OptionEntry], indent: usize) {
        match options {
            [] => {}
            [option] => {
                self.out += " [";
                self.option(option, indent);
                self.out.push(']');
            }
            options => {
                self.out += " [\n";
                for (index, option) in options.iter().enumerate() {
                    self.indent(indent + STEP);
                    self.option(option, indent + STEP);
                    self.out += if index + 1 < options.len() { ",\n" } else { "\n" };
                }
                self.indent(indent);
                self.out.push(']');
            }
        }
    }

    fn option(&mut self, option: &OptionEntry, indent: usize) {
        self.out += &name(&option.name);
        self.out += " = ";
        self.value(&option.value, indent);
    }

    fn value(&mut self, value: &OptionValue, indent: usize) {
        match value {
            OptionValue::Identifier(word) => self.out += word,
            OptionValue::Unsigned(number) => {
                let _ = write!(self.out, "{number}");
            }
            OptionValue::Negative(number) => {
                let _ = write!(self.out, "{number}");
            }
            OptionValue::Float(number) => self.out += &float(*number),
            OptionValue::Bytes(bytes) => self.string(bytes),
            OptionValue::Aggregate(fields) => {
                let fields = collected(fields);
                self.lines('{', &fields, '}', indent, |printer, (field, values)| {
                    match field.is_bracketed {
                        true => printer.out.extend(["[", &field.name, "]"]),
                        false => printer.out += &field.name,
                    }
                    printer.out += ": ";
                    match values[..] {
                        [value] => printer.value(value, indent + STEP),
                        _ => printer.list(values, indent + STEP),
                    }
                });
            }
            OptionValue::List(values) => {
                let values: Vec<&OptionValue> = values.iter().collect();
                self.list(&values, indent);
            }
        }
    }

    fn list(&mut self, values: &[&OptionValue], indent: usize) {
        self.lines('[', values, ']', indent, |printer, value| {
            printer.value(value, indent + STEP);
        });
    }

    fn lines<T>(&mut self, open: char, all: &[T], close: char, indent: usize, print: impl Fn(&mut Self, &T)) {
        self.out.push(open);
        self.out.push('\n');
        for (index, each) in all.iter().enumerate() {
            self.indent(indent + STEP);
            print(self, each);
            self.out += if index + 1 < all.len() { ",\n" } else { "\n" };
        }
        self.indent(indent);
        self.out.push(close);
    }

    /// A string in double quotes. Need not be UTF-8.
    pub(super) fn string(&mut self, bytes: &[u8]) {
        self.out.push('"');
        for chunk in bytes.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\x07' => self.out += "\\a",
                    '\x08' => self.out += "\\b",
                    '\x0c' => self.out += "\\f",
                    '\n' => self.out += "\\n",
                    '\r' => self.out += "\\r",
                    '\t' => self.out += "\\t",
                    '\x0b' => self.out += "\\v",
                    '\\' | '\'' | '"' => self.out.extend(['\\', c]),
                    c if c.is_ascii_control() => {
                        let _ = write!(self.out, "\\{:03o}", u32::from(c));
                    }
                    c => self.out.push(c),
                }
            }
            for byte in chunk.invalid() {
                let _ = write!(self.out, "\\{byte:03o}");
            }
        }
        self.out.push('"');
    }
}

/// The fields of an aggregate, each once, with all values that it is given: the text format allows a field again for each
/// element of a list.
fn collected(fields: &[AggregateField]) -> Vec<(&AggregateField, Vec<&OptionValue>)> {
    let mut places: FxHashMap<(&str, bool), usize> = FxHashMap::default();
    let mut collected: Vec<(&AggregateField, Vec<&OptionValue>)> = Vec::with_capacity(fields.len());
    let mut again = Vec::new();
    for field in fields {
        let place = *places.entry((&field.name, field.is_bracketed)).or_insert_with(|| {
            collected.push((field, Vec::new()));
            collected.len() - 1
        });
        if !collected[place].1.is_empty() {
            again.push(place);
        }
        collected[place].1.push(&field.value);
    }
    again.sort_unstable();
    again.dedup();
    for place in again {
        let values = std::mem::take(&mut collected[place].1);
        let flat = values.into_iter().flat_map(|value| match value {
            OptionValue::List(values) => values.iter().collect(),
            value => vec![value],
        });
        collected[place].1 = flat.collect();
    }
    collected
}

/// An option's name as it is written.
pub(super) fn name(parts: &[OptionNamePart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part.is_extension {
            true => format!("({})", part.name),
            false => part.name.to_string(),
        })
        .collect();
    parts.join(".")
}

/// The shortest spelling that reads as the same number; never that of a whole number.
fn float(number: f64) -> String {
    if number.is_nan() {
        return if number.is_sign_negative() { "-nan" } else { "nan" }.to_owned();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-inf" } else { "inf" }.to_owned();
    }
    format!("{number:?}")
}
