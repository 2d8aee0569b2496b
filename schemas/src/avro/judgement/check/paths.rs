//! The paths that the walk goes, in the words of people and of contracts.

use std::fmt::Write;

use super::pairs::Step;
use crate::avro::language::schema::{Kind, Schema, TypeId};
use crate::data_path::{DataPath, DataStep, MAX_STEPS};
use crate::path_tree::{PathNode, PathTree};
use crate::text::shown::{Line, Shortened};

/// The paths of one walk, each step with the types that it leaves.
pub(super) type Paths = PathTree<(Step, Parents), HEAD>;

/// Where the beginning of a path ends. Not every step is one of the data: each of those takes four at most.
const HEAD: usize = 4 * MAX_STEPS;

/// The types that a step leaves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parents {
    pub reader: TypeId,
    pub writer: TypeId,
}

impl Paths {
    /// The path through the writer's data: `lines[].sku`, `payment.(com.acme.Card).number`. Of a long path only the end
    /// is reported: thousands of findings down a chain of thousands of types would otherwise fill the memory.
    pub fn data_path(&self, writer: &Schema, to: Option<PathNode>) -> Line {
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

    /// The path through what the reader sees, and `last`, a field of the place that it leads to. Of a long path only the
    /// beginning is reported, which is what a contract's path is compared with.
    pub fn reader_path(&self, reader: &Schema, to: Option<PathNode>, last: Option<&str>) -> DataPath {
        let mut steps: Vec<_> = self.upwards(self.head(to)).collect();
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
