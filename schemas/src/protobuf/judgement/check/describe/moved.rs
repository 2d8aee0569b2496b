//! Sentences about names that have another number, and numbers that have another name.

use super::super::enumeration;
use super::super::label::{at_name, at_number};
use super::super::walk::Found;
use super::{Describer, Words, listed};
use crate::protobuf::language::names::simple;
use crate::to_line;

pub(in super::super) fn moved_numbers(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let Some((numbers, from)) = found.mismatch.numbers().and_then(|of| Some((of, of.writer?))) else {
        return describer.unlike(found);
    };
    let (seen, sent) = (
        describer.reader.enumeration(numbers.reader),
        describer.writer.enumeration(from),
    );
    let moved: Vec<(&str, i32, i32)> = numbers
        .numbers
        .iter()
        .filter_map(|number| {
            let (name, to) = enumeration::moved(sent, *number, seen)?;
            Some((name, *number, to))
        })
        .collect();
    let list = listed(
        moved
            .iter()
            .map(|(name, from, to)| to_line!("`{name}` is sent as {from}, and the reader knows it as {to}")),
    );
    let (_, from_number, to_number) = moved.first().copied().unwrap_or_default();
    Words {
        message: to_line!(
            "names of `{}` have other numbers in the reader: {list}",
            simple(&sent.name)
        ),
        reader: at_number(
            describer.reader,
            numbers.reader,
            to_number,
            to_line!("number {to_number} here"),
        ),
        writer: at_number(
            describer.writer,
            from,
            from_number,
            to_line!("number {from_number} here"),
        ),
        help: "give every name its number back; new values take numbers that were never used".into(),
    }
}

pub(in super::super) fn field_moved(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    let name = writer.name;
    Words {
        message: to_line!(
            "`{name}` is field {} to the writer and field {} to the reader, which never sees what is written in it",
            writer.number,
            reader.number
        ),
        reader: at_name(describer.reader, reader, to_line!("field {} here", reader.number)),
        writer: at_name(describer.writer, writer, to_line!("field {} here", writer.number)),
        help: to_line!(
            "give `{name}` one number on both sides; where another field is meant, give it another name and reserve the old number and name"
        ),
    }
}

pub(in super::super) fn number_reused(describer: &Describer<'_>, found: &Found<'_>) -> Words {
    let (reader, writer) = found.slots.both();
    Words {
        message: to_line!(
            "field {} is `{}` to the writer and `{}` to the reader, and is read as that",
            writer.number,
            writer.name,
            reader.name
        ),
        reader: at_name(describer.reader, reader, to_line!("field {}", reader.number)),
        writer: at_name(describer.writer, writer, to_line!("field {}", writer.number)),
        help: "nothing needs to be done where the field has only got another name; a field of another meaning needs a number of its own".into(),
    }
}
