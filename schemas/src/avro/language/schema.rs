//! A parsed Avro schema: an arena of types in which equal types share one id.
//!
//! Named types are resolved: a reference to `Money` is the id of `Money`. Because anonymous types are shared, a
//! type does not know where it was written; named types do (see [`Place`]), and whoever walks a schema carries the
//! path on from there.

use rustc_hash::FxHashMap;

use crate::finding::{At, Label};
use crate::text::shown::Line;
use crate::text::source::{Path, Problem, Source, Step};

use super::named::{Enum, Fixed, Named, Record};
use crate::text::json;

/// The index of a type in its schema's arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub(crate) u32);

impl TypeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A parsed schema. Made by [`crate::avro::parse`].
#[derive(Debug, Clone)]
pub struct Schema {
    /// The schema's own text first, then the texts it refers to, in the order in which they were given.
    pub(crate) sources: Vec<Source>,
    pub(crate) types: Vec<Type>,
    pub(crate) root: TypeId,
    /// Every named type that is visible, those of the referenced texts included.
    pub(crate) names: FxHashMap<Box<str>, TypeId>,
    /// Some type or field has an alias.
    pub(crate) has_aliases: bool,
    /// What is taken in the schema's own text and may surprise, in the order in which it was found.
    pub(crate) warnings: Vec<Problem>,
}

impl Schema {
    /// The type that the whole schema describes.
    pub fn root(&self) -> TypeId {
        self.root
    }

    /// What is taken in the schema's own text and may surprise.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// A type of this schema.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.index()]
    }

    /// The text that this schema was parsed from.
    pub fn source(&self) -> &Source {
        &self.sources[0]
    }

    /// The text in which a place lies.
    pub fn source_of(&self, place: &Place) -> &Source {
        &self.sources[usize::from(place.source)]
    }

    /// How people call a type: the full name of a record, enum or fixed, else the word for its kind. A union's branches
    /// go by these names.
    pub fn name_of(&self, id: TypeId) -> &str {
        let kind = &self.get(id).kind;
        kind.named().map_or(kind.name(), |named| named.name.full())
    }

    /// The place at which a named type is defined, further down by these steps, and what is to be said about it.
    pub fn label_of(&self, named: &Named, steps: &[Step], note: impl Into<Line>) -> Label {
        let mut path = named.place.path.clone();
        steps.iter().for_each(|step| path.push(step.clone()));
        Label {
            source: self.source_of(&named.place).clone(),
            at: At::Path(path),
            note: note.into(),
        }
    }

    /// The branches of a union that stand in a text.
    pub(crate) fn written_branches<'b>(&'b self, branches: &'b [TypeId]) -> impl Iterator<Item = TypeId> + 'b {
        branches.iter().copied().filter(|branch| !self.get(*branch).is_added)
    }

    /// The type that a text has where a union was made of it, because null is taken beside it.
    pub(crate) fn made_nullable(&self, ty: TypeId) -> Option<TypeId> {
        let branches = self.get(ty).kind.branches();
        let mut written = self.written_branches(branches);
        let first = written.next()?;
        (branches.len() == 2 && written.next().is_none()).then_some(first)
    }

    /// A visible named type by its full name.
    pub fn named(&self, full_name: &str) -> Option<TypeId> {
        self.names.get(full_name).copied()
    }
}

/// Where a type was defined: in which text, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// Index into the schema's sources; 0 is its own text.
    pub(crate) source: u16,
    /// The JSON object that defines the type.
    pub(crate) path: Path,
}

/// A type with what is said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// What it is.
    pub kind: Kind,
    /// The logical type, where one is given that fits the kind; others are ignored, as the specification asks.
    pub logical: Option<Logical>,
    /// Attributes that Avro itself does not define, `logicalType`, `precision` and `scale` among them, as written.
    pub props: Props,
    /// A digest of all that decides how data is read and written: kinds, names, aliases, symbols, enum defaults,
    /// fields and logical types of this type and of everything that it reaches; not docs, field defaults or other
    /// attributes. Two types of equal shape read each other, in whichever schemas they stand, if they
    /// [read themselves](Type::reads_itself).
    pub(crate) shape: u128,
    /// False where some field's alias is ambiguous, here or in anything that this type reaches.
    pub(crate) reads_itself: bool,
    /// Whether it stands in no text: the null that a reader takes beside the type that its schema has, because a contract says so.
    pub(crate) is_added: bool,
}

/// Attributes outside the specification, in the order of the text.
pub type Props = Box<[(Box<str>, json::Node)]>;

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `int`: 32 bits, signed
    Int,
    /// `long`: 64 bits, signed
    Long,
    /// `float`: 32 bits, IEEE 754
    Float,
    /// `double`: 64 bits, IEEE 754
    Double,
    /// `bytes`
    Bytes,
    /// `string`: UTF-8
    String,
    /// An array of items.
    Array(TypeId),
    /// A map from strings to values.
    Map(TypeId),
    /// A union; its branches in order.
    Union(Box<[TypeId]>),
    /// A record, or an error, which is a record for protocols.
    Record(Box<Record>),
    /// An enumeration.
    Enum(Box<Enum>),
    /// A fixed number of bytes.
    Fixed(Box<Fixed>),
}

impl Kind {
    /// The word that Avro uses for it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Int => "int",
            Kind::Long => "long",
            Kind::Float => "float",
            Kind::Double => "double",
            Kind::Bytes => "bytes",
            Kind::String => "string",
            Kind::Array(_) => "array",
            Kind::Map(_) => "map",
            Kind::Union(_) => "union",
            Kind::Record(record) if record.is_error => "error",
            Kind::Record(_) => "record",
            Kind::Enum(_) => "enum",
            Kind::Fixed(_) => "fixed",
        }
    }

    /// Name, aliases and place, for records, enums and fixeds.
    pub fn named(&self) -> Option<&Named> {
        match self {
            Kind::Record(record) => Some(&record.named),
            Kind::Enum(symbols) => Some(&symbols.named),
            Kind::Fixed(fixed) => Some(&fixed.named),
            _ => None,
        }
    }

    /// The record, if it is one.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Kind::Record(record) => Some(record),
            _ => None,
        }
    }

    /// The branches of a union; of anything else, none.
    pub fn branches(&self) -> &[TypeId] {
        match self {
            Kind::Union(branches) => branches,
            _ => &[],
        }
    }

    /// The type of what an array or a map holds.
    pub fn element(&self) -> Option<TypeId> {
        match self {
            Kind::Array(element) | Kind::Map(element) => Some(*element),
            _ => None,
        }
    }
}

/// The logical types of Avro 1.12. One that does not fit the type that carries it is not here, as the specification
/// asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Logical {
    /// `decimal` on bytes or fixed: an integer in two's complement, scaled by a power of ten.
    Decimal {
        /// Digits.
        precision: u32,
        /// Digits after the point.
        scale: u32,
    },
    /// `big-decimal` on bytes.
    BigDecimal,
    /// `uuid` on string or on a fixed of 16 bytes.
    Uuid,
    /// `date` on int: days since 1970-01-01.
    Date,
    /// `time-millis` on int.
    TimeMillis,
    /// `time-micros` on long.
    TimeMicros,
    /// `timestamp-millis` on long.
    TimestampMillis,
    /// `timestamp-micros` on long.
    TimestampMicros,
    /// `timestamp-nanos` on long.
    TimestampNanos,
    /// `local-timestamp-millis` on long.
    LocalTimestampMillis,
    /// `local-timestamp-micros` on long.
    LocalTimestampMicros,
    /// `local-timestamp-nanos` on long.
    LocalTimestampNanos,
    /// `duration` on a fixed of 12 bytes.
    Duration,
}

impl Logical {
    /// The word that Avro uses for it.
    pub fn name(self) -> &'static str {
        match self {
            Logical::Decimal { .. } => "decimal",
            Logical::BigDecimal => "big-decimal",
            Logical::Uuid => "uuid",
            Logical::Date => "date",
            Logical::TimeMillis => "time-millis",
            Logical::TimeMicros => "time-micros",
            Logical::TimestampMillis => "timestamp-millis",
            Logical::TimestampMicros => "timestamp-micros",
            Logical::TimestampNanos => "timestamp-nanos",
            Logical::LocalTimestampMillis => "local-timestamp-millis",
            Logical::LocalTimestampMicros => "local-timestamp-micros",
            Logical::LocalTimestampNanos => "local-timestamp-nanos",
            Logical::Duration => "duration",
        }
    }
}
