//! Features of editions, and what proto2 and proto3 are in their terms.
//!
//! A feature is inherited from file to message to field, enum or oneof. In proto2 and proto3 none can be set.

use crate::protobuf::language::schema::JsonFormat;
use crate::protobuf::language::syntax::{self, AggregateField, OptionEntry, OptionValue, Syntax};

/// `features.field_presence`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Explicit,
    Implicit,
    Required,
}

/// The features that say what data mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    syntax: Syntax,
    pub presence: Presence,
    /// `features.enum_type`
    pub is_open: bool,
    /// `features.repeated_field_encoding`
    pub is_packed: bool,
    /// `features.utf8_validation`
    pub validates_utf8: bool,
    /// `features.message_encoding`
    pub is_delimited: bool,
    pub json_format: JsonFormat,
    /// `features.enforce_naming_style`
    pub enforces_naming: bool,
    /// `features.default_symbol_visibility`
    pub exports: Exports,
}

/// Which types of a file others can use, where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exports {
    All,
    TopLevel,
    Nothing,
    /// Nothing, and what is nested cannot be exported.
    Strict,
}

impl Features {
    fn of_syntax(syntax: Syntax) -> Self {
        let is_proto2 = syntax == Syntax::Proto2;
        let is_2024 = matches!(syntax, Syntax::Edition(2024..));
        Features {
            syntax,
            presence: if syntax == Syntax::Proto3 {
                Presence::Implicit
            } else {
                Presence::Explicit
            },
            is_open: !is_proto2,
            is_packed: !is_proto2,
            validates_utf8: !is_proto2,
            is_delimited: false,
            enforces_naming: is_2024,
            exports: if is_2024 { Exports::TopLevel } else { Exports::All },
            json_format: if is_proto2 {
                JsonFormat::LegacyBestEffort
            } else {
                JsonFormat::Allow
            },
        }
    }

    pub fn of_file(tree: &syntax::File) -> Self {
        Features::of_syntax(tree.syntax).with(&tree.options)
    }

    pub fn syntax(self) -> Syntax {
        self.syntax
    }

    /// These, but for what is set here. Values that no feature has are reported with the options.
    #[must_use]
    pub fn with(mut self, options: &[OptionEntry]) -> Self {
        if !matches!(self.syntax, Syntax::Edition(_)) {
            return self;
        }
        for option in options {
            let Some((first, rest)) = option.name.split_first() else {
                continue;
            };
            if first.is_extension || &*first.name != "features" {
                continue;
            }
            match (rest, &option.value) {
                ([], OptionValue::Aggregate(fields)) => {
                    for AggregateField {
                        name,
                        is_bracketed,
                        value,
                    } in fields
                    {
                        if !is_bracketed {
                            self.set(name, value);
                        }
                    }
                }
                ([name], value) if !name.is_extension => self.set(&name.name, value),
                _ => {}
            }
        }
        self
    }

    fn set(&mut self, name: &str, value: &OptionValue) {
        let Some(value) = word(name, value) else {
            return;
        };
        match (name, value) {
            ("field_presence", "EXPLICIT") => self.presence = Presence::Explicit,
            ("field_presence", "IMPLICIT") => self.presence = Presence::Implicit,
            ("field_presence", "LEGACY_REQUIRED") => self.presence = Presence::Required,
            ("enum_type", value) => self.is_open = value != "CLOSED",
            ("repeated_field_encoding", value) => self.is_packed = value != "EXPANDED",
            ("utf8_validation", value) => self.validates_utf8 = value != "NONE",
            ("message_encoding", value) => self.is_delimited = value == "DELIMITED",
            ("enforce_naming_style", value) => self.enforces_naming = value != "STYLE_LEGACY",
            ("default_symbol_visibility", "EXPORT_ALL") => self.exports = Exports::All,
            ("default_symbol_visibility", "EXPORT_TOP_LEVEL") => self.exports = Exports::TopLevel,
            ("default_symbol_visibility", "LOCAL_ALL") => self.exports = Exports::Nothing,
            ("default_symbol_visibility", "STRICT") => self.exports = Exports::Strict,
            ("json_format", "ALLOW") => self.json_format = JsonFormat::Allow,
            ("json_format", "LEGACY_BEST_EFFORT") => self.json_format = JsonFormat::LegacyBestEffort,
            _ => {}
        }
    }
}

/// The values of features, by number from 1: within braces a value may be given so.
const VALUES: [(&str, &[&str]); 8] = [
    ("field_presence", &["EXPLICIT", "IMPLICIT", "LEGACY_REQUIRED"]),
    ("enum_type", &["OPEN", "CLOSED"]),
    ("repeated_field_encoding", &["PACKED", "EXPANDED"]),
    ("utf8_validation", &["", "VERIFY", "NONE"]),
    ("message_encoding", &["LENGTH_PREFIXED", "DELIMITED"]),
    ("json_format", &["ALLOW", "LEGACY_BEST_EFFORT"]),
    ("enforce_naming_style", &["STYLE2024", "STYLE_LEGACY", "STYLE2026"]),
    (
        "default_symbol_visibility",
        &["EXPORT_ALL", "EXPORT_TOP_LEVEL", "LOCAL_ALL", "STRICT"],
    ),
];

/// The name of the value that a feature is set to: as it is written, in quotes, or by its number.
pub(super) fn word<'v>(feature: &str, value: &'v OptionValue) -> Option<&'v str> {
    match value {
        OptionValue::Identifier(word) => Some(word),
        OptionValue::Bytes(word) => str::from_utf8(word).ok(),
        OptionValue::Unsigned(number) => {
            let (_, values) = VALUES.iter().find(|(name, _)| *name == feature)?;
            let index = usize::try_from(number.checked_sub(1)?).ok()?;
            values.get(index).copied()
        }
        OptionValue::Negative(_) | OptionValue::Float(_) | OptionValue::Aggregate(_) | OptionValue::List(_) => None,
    }
}
