//! The way from the root to a place, kept as a tree so that thousands of places share their beginnings.

use std::fmt::Write;

use super::pairs::Step;
use crate::avro::schema::{Kind, Schema, TypeId};
use crate::data_path::{DataPath, DataStep, MAX_STEPS};
use crate::shown::{Line, Shortened};

/// All the ways of one walk.
#[derive(Default)]
pub(super) struct Trail {
    crumbs: Vec<Link>,
}

/// One step of a way.
struct Link {
    up: Option<Crumb>,
    step: Step,
    parents: Parents,
    /// How many steps it is from the root.
    depth: usize,
    /// The crumb on this way that is [`HEAD`] steps from the root, or this one if it is nearer.
    head: Crumb,
}

/// Where the beginning of a way ends. Not every step of a way is one of the data: each of those takes four at most.
const HEAD: usize = 4 * MAX_STEPS;

/// The types that a step leaves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parents {
    pub reader: TypeId,
    pub writer: TypeId,
}

/// A place on the trail; `None` stands for the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crumb(u32);

impl Trail {
    /// One step on from `from`, out of these types.
    pub fn step(&mut self, from: Option<Crumb>, step: Step, parents: Parents) -> Crumb {
        let crumb = Crumb(u32::try_from(self.crumbs.len()).unwrap_or(u32::MAX));
        let above = from.map(|Crumb(index)| &self.crumbs[index as usize]);
        let depth = above.map_or(1, |link| link.depth + 1);
        let head = above.map_or(crumb, |link| if link.depth < HEAD { crumb } else { link.head });
        self.crumbs.push(Link {
            up: from,
            step,
            parents,
            depth,
            head,
        });
        crumb
    }

    /// The steps from a place up to the root, each with the types that it leaves.
    pub fn upwards(&self, from: Option<Crumb>) -> impl Iterator<Item = (Step, Parents)> {
        let mut next = from;
        std::iter::from_fn(move || {
            let link = &self.crumbs[next?.0 as usize];
            next = link.up;
            Some((link.step, link.parents))
        })
    }

    /// The way through the writer's data: `lines[].sku`, `payment.(com.acme.Card).number`. Of a long way only the end
    /// is told: thousands of findings down a chain of thousands of types would otherwise fill the memory.
    pub fn data_path(&self, writer: &Schema, to: Option<Crumb>) -> Line {
        let mut steps: Vec<_> = self.upwards(to).take(MAX_STEPS + 1).collect();
        steps.reverse();
        let mut path = Shortened::default();
        if steps.len() > MAX_STEPS {
            steps.remove(0);
            let _ = path.write_char('…');
        }
        for (step, parents) in steps {
            match (step, &writer.get(parents.writer).kind) {
                (Step::Field { writer: field, .. }, Kind::Record(record)) => {
                    let joint = if path.is_empty() { "" } else { "." };
                    let _ = write!(path, "{joint}{}", record.fields()[field as usize].name);
                }
                (Step::Item, _) => {
                    let _ = path.write_str("[]");
                }
                (Step::Entry, _) => {
                    let _ = path.write_str("{}");
                }
                (Step::WriterBranch(branch), Kind::Union(branches)) => {
                    let kind = &writer.get(branches[branch as usize]).kind;
                    let name = kind.named().map_or(kind.name(), |named| named.name.full());
                    let joint = if path.is_empty() { "" } else { "." };
                    let _ = write!(path, "{joint}({name})");
                }
                _ => {}
            }
        }
        path.finish()
    }

    /// The way through what the reader sees, and `last`, a field of the place that it leads to. Of a long way only the
    /// beginning is told, which is what a contract's path is compared with.
    pub fn reader_path(&self, reader: &Schema, to: Option<Crumb>, last: Option<&str>) -> DataPath {
        let head = to.map(|Crumb(index)| self.crumbs[index as usize].head);
        let mut steps: Vec<_> = self.upwards(head).collect();
        steps.reverse();
        let steps = steps
            .into_iter()
            .filter_map(|(step, parents)| match (step, &reader.get(parents.reader).kind) {
                (Step::Field { reader: field, .. }, Kind::Record(record)) => {
                    Some(DataStep::field(&record.fields()[field as usize].name))
                }
                (Step::Item, _) => Some(DataStep::Item),
                (Step::Entry, _) => Some(DataStep::Entry),
                (Step::ReaderBranch(branch), Kind::Union(branches)) => {
                    let kind = &reader.get(branches[branch as usize]).kind;
                    let name = kind.named().map_or(kind.name(), |named| named.name.full());
                    Some(DataStep::branch(name))
                }
                _ => None,
            })
            .chain(last.map(DataStep::field));
        DataPath::beginning(steps)
    }
}
