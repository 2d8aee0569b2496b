//! What a finding means for whoever reads the data.
//!
//! Whoever has to know what a finding does matches on these two, never on the rule's id: the same match then serves the rules
//! of every format, and a new effect does not compile until everybody has an answer to it.

use crate::finding::{Evidence, Observed};

/// What a finding does to a reader of the data. A rule has the usual one; the comparison may set another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The reader needs what the writer never writes.
    Missing,
    /// The reader takes its default for what the writer never writes.
    ReadAsDefault,
    /// The writer may send null, which the reader does not take.
    Null,
    /// The writer may leave out what the reader needs.
    LeftOut,
    /// One side has a symbol that the other does not know.
    UnknownSymbol,
    /// The writer may send one more type, beside others, that the reader does not take.
    OtherBranch,
    /// Another field may stand in for the one that is read.
    OtherCase,
    /// Fields that may be set together displace one another in the reader.
    CaseLost,
    /// The data is of a type that the reader does not take, or takes for another.
    OtherType,
    /// The data is read without an error and means something else.
    OtherMeaning,
    /// Digits are lost.
    Lossy,
    /// Most values are read as they are; some do not fit and are read as others.
    Narrowed,
    /// It is not certain which data the reader takes.
    Ambiguous,
    /// The writer has a field that the reader does not know.
    UnknownField,
    /// One side can tell a value that is absent from one that is zero, and the other cannot.
    Presence,
    /// Something has another name. The data can be read.
    Name,
    /// The JSON form of the data changes; its binary form does not.
    JsonForm,
    /// A rule forbids it, whatever becomes of the data.
    Policy,
}

/// What the reader's decoder gives for data that a finding is about. A rule has the usual outcome; the comparison may set
/// another, and a witness decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It refuses the payload.
    Refused,
    /// It gives another value than the one that was written.
    OtherValue,
    /// It gives the reader's default.
    DefaultTaken,
    /// It gives nothing: what was written looks as if it had not been.
    Nothing,
    /// It gives what was written.
    Same,
}

impl Outcome {
    /// This one, as far as the evidence does not show another.
    #[must_use]
    pub fn shown_by(self, evidence: &Evidence) -> Outcome {
        let witness = match evidence {
            Evidence::Witness(witness) | Evidence::AvroJava(witness) => witness,
            // Only a rule forbids it: every payload can be read.
            Evidence::Policy(_) => return Outcome::Same,
            Evidence::Omitted(_) | Evidence::None => return self,
        };
        match (&witness.observed, self) {
            (Observed::Refused(_), _) => Outcome::Refused,
            (Observed::Changed(_), Outcome::Refused | Outcome::Same) => Outcome::OtherValue,
            (Observed::Changed(_), usual) => usual,
        }
    }
}
