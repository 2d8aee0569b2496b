//! What each of buf's rules guards, and with it whether a payload can show what the rule finds.

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

impl Concern {
    /// Whether a payload can show what a rule finds, if it affects anybody.
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

    /// Why nobody is affected, where no payload shows what a rule found.
    pub fn unaffected(self) -> &'static str {
        match self {
            Concern::Message => "no data is affected: no event is left without a message to read it as",
            Concern::Deletion => {
                "no data is affected: readers pass on unread what they do not know; those of ProtoJSON must be told to"
            }
            Concern::Name => "no data is affected: it is known by its number, and in ProtoJSON by the same name",
            Concern::Call => "no data is affected: the bytes of each can be read as the other",
            Concern::Package => "no data is affected: the bytes can be read; only the full names differ",
            Concern::Syntax => "no data is affected by it alone: what it changes is told at fields and enums",
            Concern::Java => "readers in Java refuse, or take, text that is not UTF-8; the format itself does not say",
            Concern::Service => "no data is affected: it is about how a service is called",
            Concern::Future => "no data is affected yet: it is about numbers and names that may be used again",
            Concern::Promise => "no data is affected: ProtoJSON looks the same; only its names are no longer checked",
            Concern::Code => "no data is affected: it is about generated code",
            Concern::Type
            | Concern::Cardinality
            | Concern::Default
            | Concern::Oneof
            | Concern::Text
            | Concern::Required
            | Concern::Values => "no data is affected: every payload means the same to both sides",
        }
    }
}
