//! The way from the root to a place, kept as a tree so that thousands of places share their beginnings.

use super::pairs::Step;
use crate::avro::schema::{Kind, Schema, TypeId};

/// All the ways of one walk.
#[derive(Default)]
pub(super) struct Trail {
    crumbs: Vec<(Option<Crumb>, Step, TypeId)>,
}

/// A place on the trail; `None` stands for the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crumb(u32);

impl Trail {
    /// One step on from `from`, out of the writer's type `parent`.
    pub fn step(&mut self, from: Option<Crumb>, step: Step, parent: TypeId) -> Crumb {
        let crumb = Crumb(u32::try_from(self.crumbs.len()).unwrap_or(u32::MAX));
        self.crumbs.push((from, step, parent));
        crumb
    }

    /// The steps from a place up to the root, each with the writer's type that it leaves.
    pub fn upwards(&self, from: Option<Crumb>) -> impl Iterator<Item = (Step, TypeId)> {
        let mut next = from;
        std::iter::from_fn(move || {
            let (up, step, parent) = self.crumbs[next?.0 as usize];
            next = up;
            Some((step, parent))
        })
    }

    /// The way through the writer's data: `lines[].sku`, `payment.(com.acme.Card).number`.
    pub fn data_path(&self, writer: &Schema, to: Option<Crumb>) -> String {
        let mut steps: Vec<_> = self.upwards(to).collect();
        steps.reverse();
        let mut path = String::new();
        for (step, parent) in steps {
            match (step, &writer.get(parent).kind) {
                (Step::Field { writer: field, .. }, Kind::Record(record)) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&record.fields()[field as usize].name);
                }
                (Step::Item, _) => path.push_str("[]"),
                (Step::Entry, _) => path.push_str("{}"),
                (Step::WriterBranch(branch), Kind::Union(branches)) => {
                    let kind = &writer.get(branches[branch as usize]).kind;
                    let name = kind.named().map_or(kind.name(), |named| named.name.full());
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(&format!("({name})"));
                }
                _ => {}
            }
        }
        path
    }
}
