//! What is known of each kind of mismatch: a row for each.

use super::super::describe::{self, Meeting, Words};
use super::Mismatch;
use crate::avro::judgement::meaning::Conflict;
use crate::avro::judgement::rules;
use crate::finding::{Rule, Severity};

/// A row of the table.
#[derive(Clone, Copy)]
pub(in super::super) struct Facts {
    /// The rule that finds it, which says what it does to a reader.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What Confluent's registry calls it, where it refuses for it.
    pub confluent: Option<&'static str>,
    /// What the witness holds.
    pub shown: Shown,
    /// What a decoder has to make of it.
    pub confirmed: Confirmed,
    /// Whether the names of the two types are what it is about.
    pub is_of_names: bool,
    /// Whether the effect is another one where the writer's type is a branch of a union, or null.
    pub depends_on_branch: bool,
    /// The sentences.
    pub words: fn(&Meeting<'_>, &Mismatch) -> Words,
}

/// What a witness has at the place of the mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Shown {
    /// The smallest value of the writer's type.
    Smallest,
    /// No payload is made: data of the two schemas can be read.
    Nothing,
    /// A record with a field that is not what the reader takes for it.
    Field,
    /// The first of the symbols.
    Symbol,
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// A value that means two things.
    Meaning,
    /// A number with more digits than the reader keeps.
    ManyDigits,
}

/// What a decoder has to make of a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Confirmed {
    /// The specification's decoder refuses it.
    Refused,
    /// It takes it, and sees something else.
    Changed,
    /// Avro Java refuses it or sees something else.
    InJava,
}

impl Facts {
    /// A row that Confluent's registry does not know; shown by the smallest value, which the reader refuses.
    fn of(rule: &'static Rule, severity: Severity, words: fn(&Meeting<'_>, &Mismatch) -> Words) -> Facts {
        Facts {
            rule,
            severity,
            confluent: None,
            shown: Shown::Smallest,
            confirmed: Confirmed::Refused,
            is_of_names: false,
            depends_on_branch: false,
            words,
        }
    }
}

impl Mismatch {
    /// The row of this kind.
    pub fn facts(&self) -> Facts {
        use Severity::{Error, Note, Warning};
        match self {
            Mismatch::Type => Facts {
                confluent: Some("TYPE_MISMATCH"),
                depends_on_branch: true,
                ..Facts::of(&rules::TYPE_MISMATCH, Error, describe::kind)
            },
            Mismatch::Name => Facts {
                confluent: Some("NAME_MISMATCH"),
                is_of_names: true,
                ..Facts::of(&rules::NAME_MISMATCH, Error, describe::name)
            },
            Mismatch::JavaName => Facts {
                confirmed: Confirmed::InJava,
                is_of_names: true,
                ..Facts::of(&rules::NAME_MISMATCH, Error, describe::java_name)
            },
            Mismatch::JavaBranch => Facts {
                confirmed: Confirmed::InJava,
                ..Facts::of(&rules::NAME_MISMATCH, Error, describe::java_branch)
            },
            Mismatch::JavaUnion(_) => Facts {
                confirmed: Confirmed::InJava,
                is_of_names: true,
                ..Facts::of(&rules::NAME_MISMATCH, Error, describe::java_union)
            },
            Mismatch::JavaField { .. } => Facts {
                confirmed: Confirmed::InJava,
                shown: Shown::Field,
                ..Facts::of(&rules::NAME_MISMATCH, Error, describe::java_field)
            },
            Mismatch::SiblingAlias { .. } => Facts {
                confluent: Some("AMBIGUOUS_FIELD"),
                shown: Shown::Nothing,
                ..Facts::of(&rules::AMBIGUOUS_ALIAS, Warning, describe::sibling_alias)
            },
            Mismatch::SiblingAliasInJava { .. } => Facts {
                confluent: Some("AMBIGUOUS_FIELD"),
                confirmed: Confirmed::InJava,
                is_of_names: true,
                ..Facts::of(&rules::AMBIGUOUS_ALIAS, Error, describe::sibling_alias)
            },
            Mismatch::WrongDefault(_) => Facts::of(&rules::WRONG_DEFAULT, Error, describe::wrong_default),
            Mismatch::Size => Facts {
                confluent: Some("FIXED_SIZE_MISMATCH"),
                ..Facts::of(&rules::FIXED_SIZE_MISMATCH, Error, describe::size)
            },
            Mismatch::UnknownSymbols(_) => Facts {
                confluent: Some("MISSING_ENUM_SYMBOLS"),
                shown: Shown::Symbol,
                ..Facts::of(&rules::SYMBOL_UNKNOWN, Error, describe::unknown_symbols)
            },
            Mismatch::MissingField(_) => Facts {
                confluent: Some("READER_FIELD_MISSING_DEFAULT_VALUE"),
                ..Facts::of(&rules::FIELD_WITHOUT_DEFAULT, Error, describe::missing_field)
            },
            Mismatch::TwoMatches { .. } => Facts {
                confluent: Some("AMBIGUOUS_FIELD"),
                ..Facts::of(&rules::AMBIGUOUS_ALIAS, Error, describe::two_matches)
            },
            Mismatch::TwoClaims { .. } => Facts::of(&rules::AMBIGUOUS_ALIAS, Error, describe::two_claims),
            Mismatch::MissingBranch => Facts {
                confluent: Some("MISSING_UNION_BRANCH"),
                depends_on_branch: true,
                ..Facts::of(&rules::UNION_BRANCH_MISSING, Error, describe::missing_branch)
            },
            Mismatch::BytesAsString => Facts {
                shown: Shown::NotUtf8,
                ..Facts::of(&rules::BYTES_NOT_TEXT, Error, describe::bytes_as_string)
            },
            Mismatch::Meaning(conflict) => Facts {
                shown: Shown::Meaning,
                confirmed: Confirmed::Changed,
                ..match conflict {
                    Conflict::Scale { .. } | Conflict::Precision { .. } => {
                        Facts::of(&rules::DECIMAL_CHANGED, Error, describe::meaning)
                    }
                    Conflict::Kind { .. } => Facts::of(&rules::LOGICAL_TYPE_CHANGED, Error, describe::meaning),
                }
            },
            Mismatch::Lossy => Facts {
                shown: Shown::ManyDigits,
                confirmed: Confirmed::Changed,
                ..Facts::of(&rules::LOSSY_PROMOTION, Warning, describe::lossy)
            },
            Mismatch::DefaultField(_) => Facts {
                confirmed: Confirmed::Changed,
                ..Facts::of(&rules::FIELD_READ_AS_DEFAULT, Note, describe::default_field)
            },
            Mismatch::DefaultSymbols(_) => Facts {
                shown: Shown::Symbol,
                confirmed: Confirmed::Changed,
                ..Facts::of(&rules::SYMBOL_READ_AS_DEFAULT, Note, describe::default_symbols)
            },
        }
    }
}
