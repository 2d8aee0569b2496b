//! The ways in which a reader's type can fail to take what a writer's type writes, or takes it as something else.

mod facts;

use crate::avro::judgement::meaning::Conflict;

pub(super) use facts::{Confirmed, Facts, Shown};

/// A reason why a pair of types does not match, or matches with a loss. What is known of each kind is a row of
/// [`Mismatch::facts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mismatch {
    /// Kinds differ, no promotion.
    Type,
    /// Names differ.
    Name,
    /// Names differ for Avro Java alone: an alias of another type of the reader is the name that was written.
    JavaName,
    /// Avro Java finds no branch of the reader's union, as the full names differ.
    JavaBranch,
    /// Avro Java gives this branch of the writer's union the name of another.
    JavaUnion(u32),
    /// Avro Java does not find the writer's field by the alias of the reader's.
    JavaField { field: u32, written: u32 },
    /// Fixed sizes differ.
    Size,
    /// Writer's symbols that the reader lacks, by number.
    UnknownSymbols(Vec<u32>),
    /// A reader's field that the writer lacks and that has no default.
    MissingField(u32),
    /// A reader's field that matches two of the writer's.
    TwoMatches { field: u32, matches: [u32; 2] },
    /// A reader's field whose alias is the name of another one, in a schema that reads its own data.
    SiblingAlias { field: u32, matches: [u32; 2] },
    /// The same in another version of the schema, which Avro Java does not read.
    SiblingAliasInJava { field: u32, matches: [u32; 2] },
    /// A reader's field that the writer lacks, and whose default is no value of its type.
    WrongDefault(u32),
    /// Two of the reader's fields match one of the writer's.
    TwoClaims { fields: [u32; 2], claimed: u32 },
    /// The reader's union has nothing for the writer's type.
    MissingBranch,
    /// Bytes read as a string.
    BytesAsString,
    /// The same data means something else.
    Meaning(Conflict),
    /// A promotion that loses digits.
    Lossy,
    /// A reader's field that takes its default.
    DefaultField(u32),
    /// Writer's symbols that become the reader's default, by number.
    DefaultSymbols(Vec<u32>),
}

impl Mismatch {
    /// The reader's fields that it is about; the last of them is where it is shown.
    pub fn reader_fields(&self) -> &[u32] {
        match self {
            Mismatch::MissingField(field)
            | Mismatch::WrongDefault(field)
            | Mismatch::DefaultField(field)
            | Mismatch::JavaField { field, .. }
            | Mismatch::SiblingAlias { field, .. }
            | Mismatch::SiblingAliasInJava { field, .. }
            | Mismatch::TwoMatches { field, .. } => std::slice::from_ref(field),
            Mismatch::TwoClaims { fields, .. } => fields,
            Mismatch::Type
            | Mismatch::Name
            | Mismatch::JavaName
            | Mismatch::JavaBranch
            | Mismatch::JavaUnion(_)
            | Mismatch::Size
            | Mismatch::UnknownSymbols(_)
            | Mismatch::MissingBranch
            | Mismatch::BytesAsString
            | Mismatch::Meaning(_)
            | Mismatch::Lossy
            | Mismatch::DefaultSymbols(_) => &[],
        }
    }

    /// The reader's field that it is about, where it is about one.
    pub fn reader_field(&self) -> Option<u32> {
        self.reader_fields().last().copied()
    }

    /// Whether the writer does not have that field.
    pub fn is_unwritten(&self) -> bool {
        matches!(
            self,
            Mismatch::MissingField(_) | Mismatch::WrongDefault(_) | Mismatch::DefaultField(_)
        )
    }

    /// The writer's symbols that it is about, by number.
    pub fn symbols(&self) -> &[u32] {
        if let Mismatch::UnknownSymbols(symbols) | Mismatch::DefaultSymbols(symbols) = self {
            symbols
        } else {
            &[]
        }
    }

    /// What the data means to the two, where that differs.
    pub fn conflict(&self) -> Option<&Conflict> {
        if let Mismatch::Meaning(conflict) = self {
            Some(conflict)
        } else {
            None
        }
    }

    /// Whether the bytes are laid out otherwise, so that nothing can be said of what they mean.
    pub fn is_of_layout(&self) -> bool {
        matches!(self, Mismatch::Type | Mismatch::Size)
    }

    /// Whether Confluent's registry refuses for this.
    pub fn is_refused_by_confluent(&self) -> bool {
        self.facts().confluent.is_some()
    }
}
