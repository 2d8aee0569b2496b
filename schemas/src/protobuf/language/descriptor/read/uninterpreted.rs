//! Options that whoever wrote the descriptor did not look up (google.protobuf.UninterpretedOption).

use super::super::parts::{Damaged, parts};
use super::{Reading, Refused, dotted, entry};
use crate::protobuf::language::limits::Limits;
use crate::protobuf::language::parse::parse;
use crate::protobuf::language::syntax::{OptionEntry, OptionNamePart, OptionValue};
use crate::text::source::Source;

pub(super) fn read(bytes: &[u8]) -> Reading<OptionEntry> {
    let mut name = Vec::new();
    let mut value = None;
    for (number, part) in parts(bytes)? {
        match number {
            2 => name.push(name_part(part.bytes()?)?),
            3 => value = Some(OptionValue::Identifier(super::identifier(part)?.value)),
            4 => value = Some(OptionValue::Unsigned(part.number()?)),
            5 => value = Some(OptionValue::Negative(part.number()? as i64)),
            6 => value = Some(OptionValue::Float(f64::from_bits(part.number()?))),
            7 => value = Some(OptionValue::Bytes(part.bytes()?.into())),
            8 => value = Some(aggregate(part.text()?)?),
            _ => {}
        }
    }
    match value {
        Some(value) if !name.is_empty() => Ok(entry(name, value)),
        _ => Err(Refused::new("the descriptor has an option without a name or a value")),
    }
}

fn name_part(bytes: &[u8]) -> Reading<OptionNamePart> {
    let mut read = OptionNamePart {
        name: "".into(),
        is_extension: false,
    };
    for (number, part) in parts(bytes)? {
        match number {
            1 => read.name = dotted(part)?.value,
            2 => read.is_extension = part.bool()?,
            _ => {}
        }
    }
    // What is no extension is one name.
    if read.name.is_empty() || (!read.is_extension && read.name.contains('.')) {
        return Err(Damaged.into());
    }
    Ok(read)
}

/// The text between the braces, read as that of an option.
fn aggregate(text: &str) -> Reading<OptionValue> {
    let source = Source::new("an option", format!("option (o) = {{\n{text}\n}};"));
    let file = parse(&source, "", &Limits::UNBOUNDED_SIZE).ok();
    match file.map(|mut file| (file.options.pop(), file)) {
        Some((Some(option), rest)) if rest.options.is_empty() && rest.messages.is_empty() => Ok(option.value),
        _ => Err(Refused::new(
            "the descriptor has an option whose value is not understood",
        )),
    }
}
