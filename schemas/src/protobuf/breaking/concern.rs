//! What each of buf's rules guards, and with it whether a payload can show what the rule finds.

use super::rules;
use crate::finding::Rule;

/// What a rule guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Concern {
    /// That there is a message to read an event as.
    Message,
    /// That fields which are sent are known, and that oneofs know their cases.
    Deletion,
    /// The names of fields in ProtoJSON.
    Name,
    /// What a field holds.
    Type,
    /// How often a field occurs, and whether its absence shows.
    Cardinality,
    /// What is seen where nothing was sent.
    Default,
    /// What can be set together.
    Oneof,
    /// Whether text is checked.
    Text,
    /// What must be there.
    Required,
    /// The numbers of enums, and their names.
    Values,
    /// What a method takes or gives.
    Call,
    /// The full names of everything in a file.
    Package,
    /// The defaults of a language, which show at the fields and enums that they are for.
    Syntax,
    /// A check that Java makes and the format does not.
    Java,
    /// How services are called.
    Service,
    /// What may come later: numbers and names that must not be used again, or that extensions may take.
    Future,
    /// A promise about ProtoJSON that changes nothing in it.
    Promise,
    /// Generated code.
    Code,
}

static CONCERNS: [(Concern, &[&Rule]); 18] = [
    (
        Concern::Message,
        &[
            &rules::FILE_NO_DELETE,
            &rules::MESSAGE_NO_DELETE,
            &rules::PACKAGE_MESSAGE_NO_DELETE,
            &rules::PACKAGE_NO_DELETE,
        ],
    ),
    (
        Concern::Deletion,
        &[
            &rules::EXTENSION_NO_DELETE,
            &rules::FIELD_NO_DELETE,
            &rules::FIELD_NO_DELETE_UNLESS_NAME_RESERVED,
            &rules::FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED,
            &rules::PACKAGE_EXTENSION_NO_DELETE,
        ],
    ),
    (Concern::Name, &[&rules::FIELD_SAME_JSON_NAME, &rules::FIELD_SAME_NAME]),
    (
        Concern::Type,
        &[
            &rules::FIELD_SAME_TYPE,
            &rules::FIELD_WIRE_COMPATIBLE_TYPE,
            &rules::FIELD_WIRE_JSON_COMPATIBLE_TYPE,
        ],
    ),
    (
        Concern::Cardinality,
        &[
            &rules::FIELD_SAME_CARDINALITY,
            &rules::FIELD_WIRE_COMPATIBLE_CARDINALITY,
            &rules::FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY,
        ],
    ),
    (Concern::Default, &[&rules::FIELD_SAME_DEFAULT]),
    (Concern::Oneof, &[&rules::FIELD_SAME_ONEOF, &rules::ONEOF_NO_DELETE]),
    (Concern::Text, &[&rules::FIELD_SAME_UTF8_VALIDATION]),
    (Concern::Required, &[&rules::MESSAGE_SAME_REQUIRED_FIELDS]),
    (
        Concern::Values,
        &[
            &rules::ENUM_NO_DELETE,
            &rules::ENUM_SAME_TYPE,
            &rules::ENUM_VALUE_NO_DELETE,
            &rules::ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED,
            &rules::ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED,
            &rules::ENUM_VALUE_SAME_NAME,
            &rules::PACKAGE_ENUM_NO_DELETE,
        ],
    ),
    (
        Concern::Call,
        &[&rules::RPC_SAME_REQUEST_TYPE, &rules::RPC_SAME_RESPONSE_TYPE],
    ),
    (Concern::Package, &[&rules::FILE_SAME_PACKAGE]),
    (Concern::Syntax, &[&rules::FILE_SAME_SYNTAX]),
    (Concern::Java, &[&rules::FIELD_SAME_JAVA_UTF8_VALIDATION]),
    (
        Concern::Service,
        &[
            &rules::PACKAGE_SERVICE_NO_DELETE,
            &rules::RPC_NO_DELETE,
            &rules::RPC_SAME_CLIENT_STREAMING,
            &rules::RPC_SAME_IDEMPOTENCY_LEVEL,
            &rules::RPC_SAME_SERVER_STREAMING,
            &rules::SERVICE_NO_DELETE,
        ],
    ),
    (
        Concern::Future,
        &[
            &rules::EXTENSION_MESSAGE_NO_DELETE,
            &rules::RESERVED_ENUM_NO_DELETE,
            &rules::RESERVED_MESSAGE_NO_DELETE,
        ],
    ),
    (
        Concern::Promise,
        &[&rules::ENUM_SAME_JSON_FORMAT, &rules::MESSAGE_SAME_JSON_FORMAT],
    ),
    (
        Concern::Code,
        &[
            &rules::FIELD_SAME_CPP_STRING_TYPE,
            &rules::FIELD_SAME_JSTYPE,
            &rules::FILE_SAME_CC_ENABLE_ARENAS,
            &rules::FILE_SAME_CC_GENERIC_SERVICES,
            &rules::FILE_SAME_CSHARP_NAMESPACE,
            &rules::FILE_SAME_GO_PACKAGE,
            &rules::FILE_SAME_JAVA_GENERIC_SERVICES,
            &rules::FILE_SAME_JAVA_MULTIPLE_FILES,
            &rules::FILE_SAME_JAVA_OUTER_CLASSNAME,
            &rules::FILE_SAME_JAVA_PACKAGE,
            &rules::FILE_SAME_OBJC_CLASS_PREFIX,
            &rules::FILE_SAME_OPTIMIZE_FOR,
            &rules::FILE_SAME_PHP_CLASS_PREFIX,
            &rules::FILE_SAME_PHP_METADATA_NAMESPACE,
            &rules::FILE_SAME_PHP_NAMESPACE,
            &rules::FILE_SAME_PY_GENERIC_SERVICES,
            &rules::FILE_SAME_RUBY_PACKAGE,
            &rules::FILE_SAME_SWIFT_PREFIX,
            &rules::MESSAGE_NO_REMOVE_STANDARD_DESCRIPTOR_ACCESSOR,
            &rules::MESSAGE_SAME_MESSAGE_SET_WIRE_FORMAT,
        ],
    ),
];

impl Concern {
    /// What a rule guards; of a rule that is not buf's, [`Concern::Code`].
    pub fn of(rule: &Rule) -> Concern {
        let is_among = |rules: &[&Rule]| rules.iter().any(|among| among.id == rule.id);
        let row = CONCERNS.iter().find(|(_, rules)| is_among(rules));
        row.map_or(Concern::Code, |(concern, _)| *concern)
    }

    /// Whether a payload can show what a rule finds, if it hurts anybody.
    pub fn shows_in_data(self) -> bool {
        !matches!(
            self,
            Concern::Syntax
                | Concern::Package
                | Concern::Java
                | Concern::Service
                | Concern::Future
                | Concern::Promise
                | Concern::Code
        )
    }

    /// Why nobody is hurt, where no payload shows what a rule found.
    pub fn unhurt(self) -> &'static str {
        match self {
            Concern::Message => "no data is hurt: no event is left without a message to read it as",
            Concern::Deletion => {
                "no data is hurt: readers pass on unread what they do not know; those of ProtoJSON must be told to"
            }
            Concern::Name => "no data is hurt: it is known by its number, and in ProtoJSON by the same name",
            Concern::Call => "no data is hurt: the bytes of each can be read as the other",
            Concern::Package => "no data is hurt: the bytes can be read; only the full names differ",
            Concern::Syntax => "no data is hurt by it alone: what it changes is told at fields and enums",
            Concern::Java => "readers in Java refuse, or take, text that is not UTF-8; the format itself does not say",
            Concern::Service => "no data is hurt: it is about how a service is called",
            Concern::Future => "no data is hurt yet: it is about numbers and names that may be used again",
            Concern::Promise => "no data is hurt: ProtoJSON looks the same; only its names are no longer checked",
            Concern::Code => "no data is hurt: it is about generated code",
            Concern::Type
            | Concern::Cardinality
            | Concern::Default
            | Concern::Oneof
            | Concern::Text
            | Concern::Required
            | Concern::Values => "no data is hurt: every payload means the same to both sides",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_guards_one_thing() {
        for rule in rules::ALL {
            let rows = CONCERNS
                .iter()
                .filter(|(_, rules)| rules.iter().any(|among| among.id == rule.id));
            assert_eq!(rows.count(), 1, "{}", rule.id);
        }
    }
}
