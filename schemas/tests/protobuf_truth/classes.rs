//! What can happen to data, the worst first.

use std::collections::BTreeSet;

use treaty_schemas::{Comparison, Evidence, Finding, Observed, Outcome, Severity};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    DecodeError,
    FieldLost,
    ValueChanged,
    CaseLost,
    /// A closed enum puts a number aside.
    NumberLost,
    /// What is written in a field is not in the reader's field of that name.
    Moved,
    AsBytes,
    TypeMissing,
    /// An open enum has a number without a name.
    NumberUnknown,
    Collapse,
}

impl Class {
    pub fn hurts(self) -> bool {
        self <= Class::TypeMissing
    }
}

/// The classes of the findings.
pub fn said(comparison: &Comparison) -> BTreeSet<Class> {
    comparison.findings.iter().filter_map(of).collect()
}

/// The class of a finding. One whose witness is refused is of the first, whatever its rule.
pub fn of(finding: &Finding) -> Option<Class> {
    let is_error = finding.severity == Severity::Error;
    if let (Evidence::Witness(witness), true) = (&finding.evidence, is_error)
        && matches!(witness.observed, Observed::Refused(_))
        && finding.rule.id != "protobuf/type-missing"
    {
        return Some(Class::DecodeError);
    }
    Some(match finding.rule.id {
        "protobuf/required-field-missing" => Class::DecodeError,
        "protobuf/bytes-not-text" if is_error => Class::DecodeError,
        "protobuf/wire-type-mismatch" => Class::FieldLost,
        "protobuf/enum-renumbered" if finding.outcome == Outcome::Nothing => Class::NumberLost,
        "protobuf/field-renumbered" => Class::Moved,
        "protobuf/content-reinterpreted"
        | "protobuf/well-known-type-changed"
        | "protobuf/number-out-of-range"
        | "protobuf/number-reinterpreted"
        | "protobuf/enum-renumbered"
        | "protobuf/list-read-as-one"
        | "protobuf/zero-read-as-default" => Class::ValueChanged,
        "protobuf/oneof-case-lost" | "protobuf/oneof-case-unknown" => Class::CaseLost,
        "protobuf/enum-number-unknown" if is_error => Class::NumberLost,
        "protobuf/enum-number-unknown" => Class::NumberUnknown,
        "protobuf/type-missing" if is_error => Class::TypeMissing,
        "protobuf/message-read-as-bytes" => Class::AsBytes,
        "protobuf/map-entries-collapse" => Class::Collapse,
        _ => return None,
    })
}

/// Whether what was said is what happens: the worst is the same, everything that happens was said, and everything that was
/// said happens. Where payloads are refused, only their first fault can be seen.
pub fn agree(said: &BTreeSet<Class>, happens: &BTreeSet<Class>) -> bool {
    if said.first() != happens.first() {
        return false;
    }
    match said.first() {
        Some(Class::DecodeError) => true,
        _ => said == happens,
    }
}
