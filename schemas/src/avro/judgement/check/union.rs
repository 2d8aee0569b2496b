//! Which branches of a reader's union may take a writer's type.

use rustc_hash::{FxHashMap, FxHashSet};

use super::promotion::{promotion, same_kind};
use crate::avro::language::schema::{Kind, Schema, Type, TypeId};
use crate::budget::{Budget, Exhausted};

/// A union's branches by name, so that a union of thousands of records is searched once per name.
pub(super) struct UnionIndex<'s> {
    unnamed: Vec<(u32, &'s Type)>,
    by_full: FxHashMap<&'s str, Vec<(u32, &'s Type)>>,
    by_simple: FxHashMap<&'s str, Vec<(u32, &'s Type)>>,
}

impl<'s> UnionIndex<'s> {
    /// Of a type that is a union; any other has no branches.
    pub fn new(schema: &'s Schema, union: TypeId) -> Self {
        let mut index = UnionIndex {
            unnamed: Vec::new(),
            by_full: FxHashMap::default(),
            by_simple: FxHashMap::default(),
        };
        let Kind::Union(branches) = &schema.get(union).kind else {
            return index;
        };
        for (number, &branch) in (0u32..).zip(branches) {
            let ty = schema.get(branch);
            let Some(named) = ty.kind.named() else {
                index.unnamed.push((number, ty));
                continue;
            };
            index
                .by_simple
                .entry(named.name.simple())
                .or_default()
                .push((number, ty));
            index.by_full.entry(named.name.full()).or_default().push((number, ty));
            for alias in &named.aliases {
                index.by_full.entry(alias.full()).or_default().push((number, ty));
            }
        }
        index
    }

    /// The branches that may take a writer's type, the one that a decoder takes first: the same type by its full
    /// name or an alias, then by its simple name, then what it promotes to, each in the order of the union.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn branches_for(&self, writer: &Type, budget: &Budget) -> Result<Vec<u32>, Exhausted> {
        let mut found = Vec::new();
        if let Some(named) = writer.kind.named() {
            let full = self.by_full.get(named.name.full());
            let simple = self.by_simple.get(named.name.simple());
            budget.spend(full.map_or(0, Vec::len) + simple.map_or(0, Vec::len))?;
            let mut seen = FxHashSet::default();
            for &(number, ty) in full.into_iter().chain(simple).flatten() {
                if same_kind(ty, writer) && seen.insert(number) {
                    found.push(number);
                }
            }
            return Ok(found);
        }
        budget.spend(self.unnamed.len())?;
        found.extend(
            self.unnamed
                .iter()
                .filter(|(_, ty)| same_kind(ty, writer))
                .map(|(number, _)| number),
        );
        for (number, ty) in &self.unnamed {
            if !same_kind(ty, writer) && promotion(&writer.kind, &ty.kind).is_some() {
                found.push(*number);
            }
        }
        Ok(found)
    }
}
