//! Options: what is kept of them, and whether they may be set.

use std::fmt::Write;

mod check;
mod field;
mod target;
mod value;
mod walk;

pub(in crate::protobuf) use target::Target;
pub(in crate::protobuf) use value::scalar_value;

use crate::protobuf::language::schema::{Options, SetOption};
use crate::protobuf::language::syntax::{OptionEntry, OptionNamePart, OptionValue};

/// Whether an entry sets the standard option of this name.
pub(super) fn is_named(option: &OptionEntry, name: &str) -> bool {
    matches!(&option.name[..], [OptionNamePart { name: only, is_extension: false }] if &**only == name)
}

/// Whether an entry is set to this word.
pub(super) fn is_identifier(option: &OptionEntry, word: &str) -> bool {
    matches!(&option.value, OptionValue::Identifier(value) if &**value == word)
}

/// Whether a standard option is set to `true`.
pub(super) fn flag(options: &[OptionEntry], name: &str) -> bool {
    options
        .iter()
        .any(|option| is_named(option, name) && option.value == OptionValue::Identifier("true".into()))
}

/// The standard options among those that are set; what is set to braces is taken apart.
pub(super) fn kept(options: &[OptionEntry]) -> Options {
    let mut kept = Vec::new();
    for option in options {
        if option.name.first().is_none_or(|first| first.is_extension) {
            continue;
        }
        let mut name = String::new();
        for part in &option.name {
            push_part(&mut name, &part.name, part.is_extension);
        }
        take_apart(name, option, &option.value, &mut kept);
    }
    Options(kept.into())
}

fn push_part(name: &mut String, part: &str, is_extension: bool) {
    if !name.is_empty() {
        name.push('.');
    }
    if is_extension {
        // Writing to a String does not fail.
        let _ = write!(name, "({})", part.trim_start_matches('.'));
    } else {
        name.push_str(part);
    }
}

/// What is set under a longer name is not kept, nor told apart: each part of a value repeats the name of the whole.
const MAX_NAME: usize = 256;

/// The depth of a value is bounded by the parser.
fn take_apart(name: String, option: &OptionEntry, value: &OptionValue, kept: &mut Vec<SetOption>) {
    if name.len() > MAX_NAME {
        return;
    }
    let text = match value {
        OptionValue::Aggregate(fields) => {
            for field in fields {
                let mut inner = name.clone();
                push_part(&mut inner, &field.name, field.is_bracketed);
                take_apart(inner, option, &field.value, kept);
            }
            return;
        }
        OptionValue::List(items) => {
            for item in items {
                take_apart(name.clone(), option, item, kept);
            }
            return;
        }
        OptionValue::Identifier(text) => text.clone(),
        OptionValue::Unsigned(number) => {
            let feature = name.strip_prefix("features.");
            let word = feature.and_then(|feature| super::features::word(feature, value));
            word.map_or_else(|| number.to_string().into(), Box::from)
        }
        OptionValue::Negative(value) => value.to_string().into(),
        OptionValue::Float(value) => value.to_string().into(),
        OptionValue::Bytes(bytes) => String::from_utf8_lossy(bytes).into(),
    };
    kept.push(SetOption {
        name: name.into(),
        value: text,
        span: option.span,
    });
}
