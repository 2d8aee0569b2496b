//! Equal anonymous types share one id.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::Parser;
use crate::avro::language::canonical::json::put_string;
use crate::avro::language::schema::{Kind, Logical, Props, Type, TypeId};
use crate::text::json::{Node, Value};

/// Finds the id of an anonymous type that was seen before.
#[derive(Default)]
pub(super) struct Interner {
    /// Without attributes: one for each primitive, by [`number`].
    primitives: [Option<TypeId>; 8],
    arrays: FxHashMap<TypeId, TypeId>,
    maps: FxHashMap<TypeId, TypeId>,
    unions: FxHashMap<Box<[TypeId]>, TypeId>,
    /// With attributes: by kind, item and the text of the attributes, numbers as they were written.
    attributed: FxHashMap<String, TypeId>,
}

impl Parser {
    /// The id of a primitive, array, map or union.
    pub(super) fn intern(&mut self, kind: Kind, logical: Option<Logical>, props: Props) -> TypeId {
        let fresh = TypeId(self.types.len() as u32);
        let interner = &mut self.interner;
        let id = match &kind {
            _ if !props.is_empty() => *interner.attributed.entry(key(&kind, &props)).or_insert(fresh),
            Kind::Array(items) => *interner.arrays.entry(*items).or_insert(fresh),
            Kind::Map(values) => *interner.maps.entry(*values).or_insert(fresh),
            Kind::Union(branches) => match interner.unions.get(branches) {
                Some(known) => *known,
                None => *interner.unions.entry(branches.clone()).or_insert(fresh),
            },
            primitive => match number(primitive) {
                Some(number) => *interner.primitives[number].get_or_insert(fresh),
                None => fresh,
            },
        };
        if id == fresh {
            self.add(Type {
                kind,
                logical,
                props,
                shape: 0,
                reads_itself: true,
                is_added: false,
            });
        }
        id
    }
}

/// The number of a kind that is not named and holds no other, from 0.
pub(super) fn number(kind: &Kind) -> Option<usize> {
    Some(match kind {
        Kind::Null => 0,
        Kind::Boolean => 1,
        Kind::Int => 2,
        Kind::Long => 3,
        Kind::Float => 4,
        Kind::Double => 5,
        Kind::Bytes => 6,
        Kind::String => 7,
        _ => return None,
    })
}

/// What makes a type with attributes equal to another: the logical type follows from these.
fn key(kind: &Kind, props: &Props) -> String {
    let mut key = String::with_capacity(64);
    key.push_str(kind.name());
    if let Kind::Array(id) | Kind::Map(id) = kind {
        // Writing to a string cannot fail.
        let _ = write!(key, " {}", id.0);
    }
    for (name, value) in props {
        key.push(',');
        put_string(&mut key, name);
        key.push(':');
        put_exactly(&mut key, value);
    }
    key
}

/// Writes a value with its numbers as they are written.
fn put_exactly(out: &mut String, node: &Node) {
    match &node.value {
        Value::String(text) => put_string(out, text),
        Value::Number(text) => out.push_str(text),
        _ => {
            let _ = write!(out, "{node}");
        }
    }
}
