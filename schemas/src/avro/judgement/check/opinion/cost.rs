//! What it may take apache-avro to read something.
//!
//! It tries the branches of a union one after the other, each with a copy of the value, and then once more the one that it
//! takes: what is nested in unions takes it exponentially long. It takes defaults of records without end where they need
//! themselves.

use rustc_hash::FxHashMap;

use crate::avro::data::value::Value;
use crate::avro::language::named::Field;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::text::json::Node;
use crate::text::shown::Line;

/// Trials that it may take.
const TRIALS: usize = 100_000;

/// How deep a value is nested; a plain one is 1.
pub(super) fn depth(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) | Value::Record(items) => items.iter().map(depth).max().unwrap_or(0),
        Value::Map(entries) => entries.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        Value::Union(_, value) => depth(value),
        Value::Null
        | Value::Boolean(_)
        | Value::Int(_)
        | Value::Long(_)
        | Value::Float(_)
        | Value::Double(_)
        | Value::Bytes(_)
        | Value::String(_)
        | Value::Enum(_)
        | Value::Fixed(_) => 0,
    }
}

/// How deep a JSON text is nested.
pub(super) fn text_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match (in_string, byte) {
            (true, _) if is_escaped => is_escaped = false,
            (true, b'\\') => is_escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether a value is read by a type in reasonable time; by these fields of it, where it is a record.
///
/// # Errors
/// Why it may not be.
pub(super) fn is_little(reader: &Schema, ty: TypeId, kept: Option<&[u32]>, value: &Value) -> Result<(), Line> {
    let mut types = Types {
        schema: reader,
        heights: FxHashMap::default(),
        widest: 0,
        has_record_default: false,
    };
    let height = match (&reader.get(ty).kind, kept) {
        (Kind::Record(record), Some(kept)) => {
            types.of_fields(kept.iter().filter_map(|field| record.fields().get(*field as usize)))
        }
        _ => types.height(ty),
    };
    let mut levels = depth(value);
    if types.has_record_default {
        levels = match height {
            Some(height) => levels.max(height),
            None => return Err("the reader's schema has defaults of records within themselves".into()),
        };
    }
    let trials = match types.widest {
        0 => Some(1),
        widest => (widest + 1).checked_pow(u32::try_from(levels).unwrap_or(u32::MAX)),
    };
    match trials {
        Some(trials) if trials <= TRIALS => Ok(()),
        _ => Err("it tries the branches of nested unions again and again, which takes too long".into()),
    }
}

struct Types<'s> {
    schema: &'s Schema,
    /// How deep each type is nested: nothing where it has no end, or is not done yet.
    heights: FxHashMap<TypeId, Option<usize>>,
    /// The most branches of a union.
    widest: usize,
    /// Some field's default is, or has in it, that of a record.
    has_record_default: bool,
}

impl Types<'_> {
    /// Recurses as deep as the type's text is nested, which was looked at before.
    fn height(&mut self, ty: TypeId) -> Option<usize> {
        if let Some(known) = self.heights.get(&ty) {
            return *known;
        }
        self.heights.insert(ty, None);
        let below: Vec<TypeId> = match &self.schema.get(ty).kind {
            Kind::Array(item) | Kind::Map(item) => vec![*item],
            Kind::Union(branches) => {
                self.widest = self.widest.max(branches.len());
                branches.to_vec()
            }
            Kind::Record(record) => {
                let height = self.of_fields(record.fields().iter());
                self.heights.insert(ty, height);
                return height;
            }
            Kind::Null
            | Kind::Boolean
            | Kind::Int
            | Kind::Long
            | Kind::Float
            | Kind::Double
            | Kind::Bytes
            | Kind::String
            | Kind::Enum(_)
            | Kind::Fixed(_) => Vec::new(),
        };
        let height = self.above(below.into_iter());
        self.heights.insert(ty, height);
        height
    }

    /// How deep a record of these fields is nested.
    fn of_fields<'f>(&mut self, fields: impl Iterator<Item = &'f Field> + Clone) -> Option<usize> {
        for field in fields.clone() {
            let is_of_map = matches!(self.schema.get(field.ty).kind, Kind::Map(_));
            self.has_record_default |= field.default.as_deref().is_some_and(|node| has_object(node, is_of_map));
        }
        self.above(fields.map(|field| field.ty))
    }

    /// One level more than the deepest of these.
    fn above(&mut self, below: impl Iterator<Item = TypeId>) -> Option<usize> {
        let mut height = Some(1);
        for ty in below {
            let of_one = self.height(ty);
            height = height.zip(of_one).map(|(height, of_one)| height.max(of_one + 1));
        }
        height
    }
}

/// Whether a default has an object in it; of a map the empty one does not count. Recurses as deep as the text is nested.
fn has_object(node: &Node, is_of_map: bool) -> bool {
    match (node.as_object(), node.as_array()) {
        (Some(members), _) => !(is_of_map && members.is_empty()),
        (None, Some(items)) => items.iter().any(|item| has_object(item, false)),
        (None, None) => false,
    }
}
