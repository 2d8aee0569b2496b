//! The smallest value of each type: what witnesses are made of.
//!
//! Also tells which types have no value at all (a record that contains itself, a union or an enum of nothing), of
//! which everything is true and no payload can fail.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::value::{MAX_DEPTH, Value};
use crate::avro::language::schema::{Kind, Logical, Schema, TypeId};

/// Values that weigh more than this are not built.
const MAX_WEIGHT: u64 = 20_000;
/// Bytes of the largest fixed of which a value is built.
pub(crate) const LARGEST: u32 = 20_000;
/// Bytes of a fixed that weigh as much as a value without parts, which takes as many in memory.
const BYTES: u64 = 32;
/// The cost of a type that has no value.
const NEVER: u64 = u64::MAX;

/// For each type, what its smallest value weighs: one for each of its parts, and more for the bytes of a fixed. Values are
/// weighed before they are built: a few bytes of schema can ask for gigabytes.
#[derive(Debug)]
pub(crate) struct Minimal<'s> {
    schema: &'s Schema,
    cost: Vec<u64>,
}

impl<'s> Minimal<'s> {
    /// Knuth's generalisation of Dijkstra's algorithm: a type's cost is known once that of all its parts is, or of
    /// one branch for unions; no recursion, so cycles are no danger.
    pub fn new(schema: &'s Schema) -> Self {
        let count = schema.types.len();
        let mut parents: Vec<Vec<u32>> = vec![Vec::new(); count];
        let mut pending = vec![0usize; count];
        let mut sum = vec![1u64; count];
        let mut cost = vec![NEVER; count];
        let mut heap = BinaryHeap::new();
        for (index, ty) in (0u32..).zip(&schema.types) {
            let at = index as usize;
            match &ty.kind {
                Kind::Record(record) => {
                    pending[at] = record.fields().len();
                    for field in record.fields() {
                        parents[field.ty.index()].push(index);
                    }
                    if record.fields().is_empty() {
                        heap.push(Reverse((1, index)));
                    }
                }
                Kind::Union(branches) => {
                    pending[at] = 1;
                    for branch in branches {
                        parents[branch.index()].push(index);
                    }
                }
                Kind::Enum(symbols) if symbols.symbols().is_empty() => {}
                Kind::Fixed(fixed) => heap.push(Reverse((1 + u64::from(fixed.size) / BYTES, index))),
                _ => heap.push(Reverse((1, index))),
            }
        }
        while let Some(Reverse((value, index))) = heap.pop() {
            let at = index as usize;
            if cost[at] != NEVER {
                continue;
            }
            cost[at] = value;
            for &parent in &parents[at] {
                let up = parent as usize;
                match &schema.types[up].kind {
                    Kind::Record(_) => {
                        pending[up] -= 1;
                        sum[up] = sum[up].saturating_add(value).min(NEVER - 1);
                        if pending[up] == 0 {
                            heap.push(Reverse((sum[up], parent)));
                        }
                    }
                    _ => heap.push(Reverse((value.saturating_add(1).min(NEVER - 1), parent))),
                }
            }
        }
        Minimal { schema, cost }
    }

    /// Whether the type has any value.
    pub fn exists(&self, ty: TypeId) -> bool {
        self.cost[ty.index()] != NEVER
    }

    /// Whether the type has a value that is small enough to be built.
    pub fn is_small(&self, ty: TypeId) -> bool {
        self.cost[ty.index()] <= MAX_WEIGHT
    }

    /// What the smallest value weighs; one where it is not built.
    pub fn weight(&self, ty: TypeId) -> usize {
        match self.cost[ty.index()] {
            weight @ ..=MAX_WEIGHT => weight as usize,
            _ => 1,
        }
    }

    /// The smallest value, unless there is none or it is too large to be shown.
    pub fn value(&self, ty: TypeId) -> Option<Value> {
        self.is_small(ty).then(|| self.build(ty, 0)).flatten()
    }

    fn build(&self, ty: TypeId, depth: usize) -> Option<Value> {
        if depth >= MAX_DEPTH / 2 {
            return None;
        }
        let ty = self.schema.get(ty);
        Some(match &ty.kind {
            Kind::Null => Value::Null,
            Kind::Boolean => Value::Boolean(false),
            Kind::Int => Value::Int(0),
            Kind::Long => Value::Long(0),
            Kind::Float => Value::Float(0.0),
            Kind::Double => Value::Double(0.0),
            Kind::Bytes if matches!(ty.logical, Some(Logical::Decimal { .. })) => Value::Bytes(vec![0]),
            // A zero in a byte, and a scale of zero.
            Kind::Bytes if ty.logical == Some(Logical::BigDecimal) => Value::Bytes(vec![2, 0, 0]),
            Kind::Bytes => Value::Bytes(Vec::new()),
            Kind::String if ty.logical == Some(Logical::Uuid) => {
                Value::String("00000000-0000-0000-0000-000000000000".into())
            }
            Kind::String => Value::String(String::new()),
            Kind::Array(_) => Value::Array(Vec::new()),
            Kind::Map(_) => Value::Map(Vec::new()),
            Kind::Fixed(fixed) if fixed.size > LARGEST => return None,
            Kind::Fixed(fixed) => Value::Fixed(vec![0; fixed.size as usize]),
            Kind::Enum(_) => Value::Enum(0),
            Kind::Union(branches) => {
                let (number, branch) = (0u32..)
                    .zip(branches)
                    .min_by_key(|(_, branch)| self.cost[branch.index()])?;
                Value::Union(number, Box::new(self.build(*branch, depth + 1)?))
            }
            Kind::Record(record) => Value::Record(
                record
                    .fields()
                    .iter()
                    .map(|field| self.build(field.ty, depth + 1))
                    .collect::<Option<Vec<_>>>()?,
            ),
        })
    }
}
