//! What apache-avro is known to do otherwise than the specification.

use rustc_hash::FxHashSet;

use crate::avro::data::value::Value;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::opinion::Quirk;

/// All of them, as `docs/second-opinion.md` has them.
pub(crate) static QUIRKS: &[Quirk] = &[
    NAMES,
    ALIASES,
    VALUES,
    LOGICAL_TYPES,
    SHORT_DECIMAL,
    BYTES_DEFAULT,
    UNION_DEFAULT,
];

pub(super) const NAMES: Quirk = Quirk {
    id: "names",
    what: "ignores the names of types",
    when: "the types differ in nothing but their names, or a branch of the reader's union takes the data of a type with another name",
};

pub(super) const ALIASES: Quirk = Quirk {
    id: "aliases",
    what: "knows no aliases",
    when: "an alias makes it ambiguous which field of the writer's is meant",
};

pub(super) const VALUES: Quirk = Quirk {
    id: "values",
    what: "goes by the value and not by the writer's type",
    when: "the value is taken though its type does not match: a small long as an int, a double as a float, an array as bytes, a map as a record, a string as an enum, a fixed or a number, bytes as a fixed and the other way round",
};

pub(super) const LOGICAL_TYPES: Quirk = Quirk {
    id: "logical-types",
    what: "refuses data of another logical type",
    when: "the specification reads what lies beneath the logical type, and the library refuses for the logical type before it looks at what the finding is about",
};

pub(super) const SHORT_DECIMAL: Quirk = Quirk {
    id: "short-decimals",
    what: "refuses a decimal that has fewer bytes than its precision may need",
    when: "the precision or the scale of a decimal has changed and the number of the witness is small, or the default is a small decimal",
};

pub(super) const BYTES_DEFAULT: Quirk = Quirk {
    id: "bytes-defaults",
    what: "reads the default of bytes and fixed types as UTF-8, and does not look at its length",
    when: "a default is read that has bytes or a fixed in it",
};

pub(super) const UNION_DEFAULT: Quirk = Quirk {
    id: "union-defaults",
    what: "takes the default of a union for one of its first branch",
    when: "a default is read that has a union in it",
};

/// Whether the library may take a value of this kind for one of that kind, which the specification does not.
pub(super) fn goes_by_value(reader: &Kind, writer: &Kind) -> bool {
    matches!(
        (writer, reader),
        (Kind::Long, Kind::Int)
            | (Kind::Double, Kind::Float)
            | (Kind::Array(_), Kind::Bytes)
            | (Kind::Map(_), Kind::Record(_))
            | (
                Kind::String,
                Kind::Enum(_) | Kind::Fixed(_) | Kind::Float | Kind::Double
            )
            | (Kind::Bytes, Kind::Fixed(_))
            | (Kind::Fixed(_), Kind::Bytes | Kind::String)
    )
}

/// Whether a default has the value of another branch of a union than the first in it, and whether bytes that are not the same in
/// UTF-8, or a fixed.
pub(super) fn in_default(value: &Value) -> (bool, bool) {
    let of_all = |values: &mut dyn Iterator<Item = &Value>| {
        values
            .map(in_default)
            .fold((false, false), |one, other| (one.0 | other.0, one.1 | other.1))
    };
    match value {
        Value::Union(0, value) => in_default(value),
        Value::Union(_, value) => (true, in_default(value).1),
        Value::Array(items) | Value::Record(items) => of_all(&mut items.iter()),
        Value::Map(entries) => of_all(&mut entries.iter().map(|(_, value)| value)),
        Value::Bytes(bytes) => (false, !bytes.is_ascii()),
        Value::Fixed(_) => (false, true),
        Value::Null
        | Value::Boolean(_)
        | Value::Int(_)
        | Value::Long(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::String(_)
        | Value::Enum(_) => (false, false),
    }
}

/// Whether values of this type may have bytes or a fixed in them.
pub(super) fn has_bytes(schema: &Schema, ty: TypeId) -> bool {
    let mut seen = FxHashSet::default();
    let mut todo = vec![ty];
    while let Some(ty) = todo.pop() {
        if !seen.insert(ty) {
            continue;
        }
        match &schema.get(ty).kind {
            Kind::Bytes | Kind::Fixed(_) => return true,
            Kind::Union(branches) => todo.extend(branches.iter()),
            Kind::Array(item) | Kind::Map(item) => todo.push(*item),
            Kind::Record(record) => todo.extend(record.fields().iter().map(|field| field.ty)),
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::String
            | Kind::Enum(_) => {}
        }
    }
    false
}
