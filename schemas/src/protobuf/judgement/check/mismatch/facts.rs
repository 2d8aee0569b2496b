//! What is known of each kind of mismatch: a row for each.

use super::super::describe::{self, Describer, Words};
use super::super::walk::Found;
use super::Mismatch;
use crate::effect::{Effect, Outcome};
use crate::finding::{Rule, Severity};
use crate::protobuf::judgement::breaking::Concern;
use crate::protobuf::judgement::rules;

/// A row of the table.
#[derive(Clone, Copy)]
pub(in super::super) struct Facts {
    /// The rule that finds it.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// What it does to the reader.
    pub effect: Effect,
    /// What the reader's decoder does where no witness says it.
    pub outcome: Outcome,
    /// What a path to it leads to.
    pub about: About,
    /// What buf's rules guard when they find it too.
    pub concerns: &'static [Concern],
    /// What the witness has in the field.
    pub shown: Shown,
    /// What the decoder may do to the witness that confirms it.
    pub confirmed: Confirmed,
    /// What in the decoded witness confirms it.
    pub decoded: Decoded,
    /// The sentences.
    pub words: for<'s> fn(&Describer<'s>, &Found<'s>) -> Words,
}

/// What a mismatch is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum About {
    /// The field as a whole.
    Field,
    /// One element of it.
    Element,
    /// The oneof that it is in.
    Oneof,
}

/// What is put into the writer's field to show a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Shown {
    /// Nothing.
    Absence,
    /// Nothing, and into all others that the reader requires, something.
    AbsenceAlone,
    /// Something that nobody takes for nothing.
    AnyValue,
    /// The same; where an entry's part is read as zero, what differs from that.
    NoZero,
    /// What betrays itself when it is taken for content of another kind; several are tried.
    Content,
    /// One element, of a message one with something in it where there is such a thing.
    Filled,
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// The number that is named.
    Number,
    /// The first number of an enum that is named.
    EnumNumber,
    /// Two elements that differ.
    Two,
    /// Two elements that are alike.
    TwoAlike,
    /// Two of the fields that may be set together.
    Members,
}

/// What the decoder may do to a witness that confirms a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Confirmed {
    /// It refuses.
    Refused,
    /// It refuses, or the value is another.
    RefusedOrChanged,
    /// The value is another.
    Changed,
    /// ProtoJSON is refused, or means another value.
    InJson,
}

/// What in a decoded witness confirms a mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Decoded {
    /// The field is not there.
    Absent,
    /// Fewer elements than were written.
    Fewer,
    /// No member of the oneof is set.
    OneofUnset,
    /// The number, which has another name.
    Number,
    /// Not what was written; in an entry zero.
    NotThere,
    /// Something else than was written.
    Another,
    /// It is there: what it is understood as is another thing.
    There,
    /// It is not in the reader's field of this name, but in one of another number, or nowhere.
    Elsewhere,
}

impl Facts {
    /// Whether values that were written are lost or changed.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// A row with what the rule says, about a field as a whole; shown by any value that the reader sees otherwise.
    fn of(rule: &'static Rule, severity: Severity, words: for<'s> fn(&Describer<'s>, &Found<'s>) -> Words) -> Facts {
        Facts {
            rule,
            severity,
            effect: rule.effect,
            outcome: rule.outcome,
            about: About::Field,
            concerns: &[],
            shown: Shown::AnyValue,
            confirmed: match severity {
                Severity::Error => Confirmed::RefusedOrChanged,
                Severity::Warning | Severity::Note => Confirmed::Changed,
            },
            decoded: Decoded::Another,
            words,
        }
    }
}

impl Mismatch<'_> {
    /// The row of this kind.
    #[allow(clippy::too_many_lines)] // A table.
    pub fn facts(&self) -> Facts {
        use Concern::{Cardinality, Default, Deletion, Name, Oneof, Required, Text, Type, Values};
        use Severity::{Error, Note, Warning};
        match self {
            Mismatch::RequiredLeftOut => Facts {
                concerns: &[Cardinality, Deletion, Required],
                shown: Shown::AbsenceAlone,
                confirmed: Confirmed::Refused,
                ..Facts::of(&rules::REQUIRED_FIELD_MISSING, Error, describe::required_left_out)
            },
            Mismatch::RequiredUnwritten => Facts {
                effect: Effect::Missing,
                concerns: &[Cardinality, Deletion, Required],
                shown: Shown::AbsenceAlone,
                confirmed: Confirmed::Refused,
                ..Facts::of(&rules::REQUIRED_FIELD_MISSING, Error, describe::required_unwritten)
            },
            Mismatch::WireType => Facts {
                concerns: &[Cardinality, Type],
                shown: Shown::NoZero,
                decoded: Decoded::NotThere,
                ..Facts::of(&rules::WIRE_TYPE_MISMATCH, Error, describe::wire_type)
            },
            Mismatch::Content => Facts {
                about: About::Element,
                concerns: &[Cardinality, Type],
                shown: Shown::Content,
                ..Facts::of(&rules::CONTENT_REINTERPRETED, Error, describe::content)
            },
            Mismatch::NotAnEntry => Facts {
                about: About::Element,
                concerns: &[Cardinality, Type],
                shown: Shown::Content,
                decoded: Decoded::There,
                ..Facts::of(&rules::CONTENT_REINTERPRETED, Error, describe::not_an_entry)
            },
            Mismatch::OtherWellKnown => Facts {
                about: About::Element,
                concerns: &[Type],
                shown: Shown::Filled,
                decoded: Decoded::There,
                ..Facts::of(&rules::WELL_KNOWN_TYPE_CHANGED, Error, describe::other_well_known)
            },
            Mismatch::BytesAsString => Facts {
                about: About::Element,
                concerns: &[Text, Type],
                shown: Shown::NotUtf8,
                confirmed: Confirmed::Refused,
                ..Facts::of(&rules::BYTES_NOT_TEXT, Error, describe::bytes_as_string)
            },
            Mismatch::BytesAsUncheckedString => Facts {
                about: About::Element,
                concerns: &[Text, Type],
                shown: Shown::NotUtf8,
                ..Facts::of(&rules::BYTES_NOT_TEXT, Warning, describe::bytes_as_string)
            },
            Mismatch::UncheckedString => Facts {
                about: About::Element,
                concerns: &[Text, Type],
                shown: Shown::NotUtf8,
                confirmed: Confirmed::Refused,
                ..Facts::of(&rules::BYTES_NOT_TEXT, Warning, describe::unchecked_string)
            },
            Mismatch::Narrowed(_) => Facts {
                about: About::Element,
                concerns: &[Type],
                shown: Shown::Number,
                ..Facts::of(&rules::NUMBER_OUT_OF_RANGE, Error, describe::narrowed)
            },
            Mismatch::Reinterpreted(_) => Facts {
                about: About::Element,
                concerns: &[Type],
                shown: Shown::Number,
                ..Facts::of(&rules::NUMBER_REINTERPRETED, Error, describe::reinterpreted)
            },
            Mismatch::UnknownNumbersDropped(_) => Facts {
                outcome: Outcome::Nothing,
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                ..Facts::of(&rules::ENUM_NUMBER_UNKNOWN, Error, describe::unknown_numbers)
            },
            Mismatch::UnknownNumbersKept(_) => Facts {
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                decoded: Decoded::Number,
                ..Facts::of(&rules::ENUM_NUMBER_UNKNOWN, Warning, describe::unknown_numbers)
            },
            Mismatch::MovedNumbersDropped(_) => Facts {
                outcome: Outcome::Nothing,
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                ..Facts::of(&rules::ENUM_RENUMBERED, Error, describe::moved_numbers)
            },
            Mismatch::MovedNumbersKept(_) => Facts {
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                decoded: Decoded::Number,
                ..Facts::of(&rules::ENUM_RENUMBERED, Error, describe::moved_numbers)
            },
            Mismatch::Renumbered(_) => Facts {
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                decoded: Decoded::Number,
                ..Facts::of(&rules::ENUM_RENUMBERED, Error, describe::renumbered)
            },
            Mismatch::Renamed(_) => Facts {
                about: About::Element,
                concerns: &[Type, Values],
                shown: Shown::EnumNumber,
                confirmed: Confirmed::InJson,
                decoded: Decoded::Number,
                ..Facts::of(&rules::ENUM_VALUE_RENAMED, Warning, describe::renamed)
            },
            Mismatch::ListAsOne => Facts {
                concerns: &[Cardinality],
                shown: Shown::Two,
                decoded: Decoded::Fewer,
                ..Facts::of(&rules::LIST_READ_AS_ONE, Error, describe::list_as_one)
            },
            Mismatch::EntriesCollapse => Facts {
                concerns: &[Cardinality, Type],
                shown: Shown::TwoAlike,
                decoded: Decoded::Fewer,
                ..Facts::of(&rules::MAP_ENTRIES_COLLAPSE, Warning, describe::entries_collapse)
            },
            Mismatch::MessageAsBytes => Facts {
                about: About::Element,
                concerns: &[Type],
                shown: Shown::Filled,
                ..Facts::of(&rules::MESSAGE_READ_AS_BYTES, Error, describe::message_as_bytes)
            },
            Mismatch::ZeroUnseen => Facts {
                concerns: &[Cardinality, Oneof],
                shown: Shown::Absence,
                decoded: Decoded::Absent,
                ..Facts::of(&rules::PRESENCE_CHANGED, Warning, describe::zero_unseen)
            },
            Mismatch::AbsenceUnseen => Facts {
                concerns: &[Cardinality, Oneof],
                shown: Shown::Absence,
                decoded: Decoded::Absent,
                ..Facts::of(&rules::PRESENCE_CHANGED, Warning, describe::absence_unseen)
            },
            Mismatch::ZeroAsDefault => Facts {
                concerns: &[Cardinality, Default, Oneof],
                shown: Shown::Absence,
                decoded: Decoded::Absent,
                ..Facts::of(&rules::ZERO_READ_AS_DEFAULT, Error, describe::zero_as_default)
            },
            Mismatch::OtherDefault => Facts {
                concerns: &[Cardinality, Default, Oneof],
                shown: Shown::Absence,
                decoded: Decoded::Absent,
                ..Facts::of(&rules::DEFAULT_CHANGED, Warning, describe::other_default)
            },
            Mismatch::JsonName => Facts {
                concerns: &[Name],
                confirmed: Confirmed::InJson,
                ..Facts::of(&rules::JSON_NAME_CHANGED, Warning, describe::json_name)
            },
            Mismatch::JsonForm => Facts {
                concerns: &[Cardinality, Type],
                confirmed: Confirmed::InJson,
                ..Facts::of(&rules::JSON_FORM_CHANGED, Warning, describe::json_form)
            },
            Mismatch::CaseLost(_) => Facts {
                about: About::Oneof,
                concerns: &[Oneof],
                shown: Shown::Members,
                ..Facts::of(&rules::ONEOF_CASE_LOST, Error, describe::case_lost)
            },
            Mismatch::CaseUnknown { .. } => Facts {
                about: About::Oneof,
                concerns: &[Deletion, Oneof],
                decoded: Decoded::OneofUnset,
                ..Facts::of(&rules::ONEOF_CASE_UNKNOWN, Error, describe::case_unknown)
            },
            Mismatch::FieldMoved => Facts {
                effect: Effect::ReadAsDefault,
                concerns: &[Name, Deletion],
                decoded: Decoded::Elsewhere,
                ..Facts::of(&rules::FIELD_RENUMBERED, Error, describe::field_moved)
            },
            Mismatch::FieldReplaced => Facts {
                concerns: &[Name, Deletion],
                decoded: Decoded::Elsewhere,
                ..Facts::of(&rules::FIELD_RENUMBERED, Error, describe::field_moved)
            },
            Mismatch::NumberReused => Facts {
                shown: Shown::Absence,
                ..Facts::of(&rules::FIELD_RENAMED, Note, describe::number_reused)
            },
            Mismatch::Unread => Facts {
                shown: Shown::Absence,
                ..Facts::of(&rules::FIELD_UNKNOWN, Note, describe::unread)
            },
            Mismatch::Unwritten => Facts {
                shown: Shown::Absence,
                decoded: Decoded::Absent,
                ..Facts::of(&rules::FIELD_READ_AS_DEFAULT, Note, describe::unwritten)
            },
        }
    }
}
