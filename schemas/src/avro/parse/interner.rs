//! Equal anonymous types share one id.

use std::fmt::Write;

use rustc_hash::FxHashMap;

use super::Parser;
use crate::avro::schema::{Kind, Logical, Props, Type, TypeId};

/// Finds the id of an anonymous type that was seen before.
#[derive(Default)]
pub(super) struct Interner {
    /// Without attributes: one for each primitive, by [`word`].
    primitives: [Option<TypeId>; 8],
    arrays: FxHashMap<TypeId, TypeId>,
    maps: FxHashMap<TypeId, TypeId>,
    unions: FxHashMap<Box<[TypeId]>, TypeId>,
    /// With attributes: by kind, item and the text of the attributes.
    attributed: FxHashMap<String, TypeId>,
}

impl Parser {
    /// The id of a primitive, array, map or union.
    pub(super) fn intern(&mut self, kind: Kind, logical: Option<Logical>, props: Props) -> TypeId {
        let known = if props.is_empty() {
            match &kind {
                Kind::Array(items) => self.interner.arrays.get(items).copied(),
                Kind::Map(values) => self.interner.maps.get(values).copied(),
                Kind::Union(branches) => self.interner.unions.get(branches).copied(),
                primitive => number(primitive).and_then(|number| self.interner.primitives[number]),
            }
        } else {
            self.interner.attributed.get(&key(&kind, &props)).copied()
        };
        if let Some(id) = known {
            return id;
        }
        let id = TypeId(self.types.len() as u32);
        if !props.is_empty() {
            self.interner.attributed.insert(key(&kind, &props), id);
        } else {
            match &kind {
                Kind::Array(items) => {
                    self.interner.arrays.insert(*items, id);
                }
                Kind::Map(values) => {
                    self.interner.maps.insert(*values, id);
                }
                Kind::Union(branches) => {
                    self.interner.unions.insert(branches.clone(), id);
                }
                primitive => {
                    if let Some(number) = number(primitive) {
                        self.interner.primitives[number] = Some(id);
                    }
                }
            }
        }
        self.add(Type {
            kind,
            logical,
            props,
            shape: 0,
            reads_itself: true,
        })
    }
}

fn number(kind: &Kind) -> Option<usize> {
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
    let item = match kind {
        Kind::Array(id) | Kind::Map(id) => id.0,
        _ => 0,
    };
    let mut key = format!("{} {item}", kind.name());
    for (name, value) in props {
        // Writing to a string cannot fail.
        let _ = write!(key, ",{name:?}:{value}");
    }
    key
}
