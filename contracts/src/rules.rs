//! The ways in which a change can affect a consumer.

use treaty_schemas::Rule;
use treaty_schemas::effect::{Effect, Outcome};

/// Declares the rules, each with its page `rules/contract/<defect>.md`, and what its findings usually do to the consumer.
macro_rules! contract_rules {
    ($($(#[$doc:meta])* $name:ident = $defect:literal, $effect:ident, $outcome:ident;)*) => {
        /// A way in which a change can affect a consumer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ContractRule {
            $($(#[$doc])* $name,)*
        }

        /// Every rule, in the order of [`ContractRule`].
        pub static ALL: &[&Rule] = &[$(
            &Rule {
                id: concat!("contract/", $defect),
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/contract/", $defect, ".md")),
                effect: Effect::$effect,
                outcome: Outcome::$outcome,
            },
        )*];
    };
}

contract_rules! {
    /// The field is gone, and the reader has no default for it.
    ReadFieldRemoved = "read-field-removed", Missing, Refused;
    /// The field is gone, and the reader takes its default for data.
    ReadFieldSilentDefault = "read-field-silent-default", ReadAsDefault, DefaultTaken;
    /// The field may be null now.
    ReadFieldNullable = "read-field-nullable", Null, Refused;
    /// Two fields of the writer answer to the name or the aliases of the one that is read.
    ReadFieldAmbiguous = "read-field-ambiguous", Ambiguous, Refused;
    /// The field is of a type now that cannot be read as the old one.
    ReadTypeChanged = "read-type-changed", OtherType, Refused;
    /// The field is of a type now that is read as the old one with a loss of digits.
    ReadTypeLossy = "read-type-lossy", Lossy, OtherValue;
    /// The field is of another logical type now: the same bytes mean something else.
    ReadFormatChanged = "read-format-changed", OtherMeaning, OtherValue;
    /// The field may be a symbol now that the consumer does not handle.
    ReadEnumValueAdded = "read-enum-value-added", UnknownSymbol, Refused;
    /// The field can no longer be a symbol that the consumer handles.
    ReadEnumValueRemoved = "read-enum-value-removed", UnknownSymbol, Same;
    /// The field may be of a type now that its union did not have.
    ReadVariantAdded = "read-variant-added", OtherBranch, Refused;
    /// There is a field now that the consumer does not know, and it refuses such events.
    UnknownFieldRejected = "unknown-field-rejected", UnknownField, Refused;
}

impl ContractRule {
    /// The rule of a finding with this effect between what a consumer reads and a schema that a writer may use.
    pub fn of(effect: Effect) -> ContractRule {
        match effect {
            Effect::Missing => ContractRule::ReadFieldRemoved,
            Effect::ReadAsDefault => ContractRule::ReadFieldSilentDefault,
            Effect::Null | Effect::LeftOut => ContractRule::ReadFieldNullable,
            Effect::UnknownSymbol => ContractRule::ReadEnumValueAdded,
            Effect::OtherBranch | Effect::OtherCase | Effect::CaseLost => ContractRule::ReadVariantAdded,
            Effect::OtherMeaning => ContractRule::ReadFormatChanged,
            Effect::Lossy | Effect::Narrowed => ContractRule::ReadTypeLossy,
            Effect::Ambiguous => ContractRule::ReadFieldAmbiguous,
            Effect::OtherType
            | Effect::UnknownField
            | Effect::Presence
            | Effect::Name
            | Effect::JsonForm
            | Effect::Policy => ContractRule::ReadTypeChanged,
        }
    }

    /// Its id, its page, and what its findings usually do.
    pub fn rule(self) -> &'static Rule {
        ALL[self as usize]
    }

    /// `contract/<defect>`.
    pub fn id(self) -> &'static str {
        self.rule().id
    }
}
