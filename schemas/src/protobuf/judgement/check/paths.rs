//! The paths that the walk goes, in the words of people and of contracts.

use super::field_view::{Container, FieldView};
use crate::data_path::{DataPath, DataStep, MAX_STEPS};
use crate::path_tree::{PathNode, PathTree};
use crate::text::shown::Line;
use crate::to_line;

/// The paths of one walk.
pub(super) type Paths<'s> = PathTree<PathStep<'s>, MAX_STEPS>;

/// One step of a path: through these fields, out of these bodies.
#[derive(Clone, Copy)]
pub(super) struct PathStep<'s> {
    /// The reader's field.
    pub reader: FieldView<'s>,
    /// The writer's field.
    pub writer: FieldView<'s>,
    /// What the writer's field stands in.
    pub within: Container,
    /// The number of the first field on this path.
    first: i32,
}

impl<'s> Paths<'s> {
    /// One step on from a place, through a field.
    pub fn step_into(
        &mut self,
        from: Option<PathNode>,
        reader: FieldView<'s>,
        writer: FieldView<'s>,
        within: Container,
    ) -> PathNode {
        let first = self.first(from).unwrap_or(writer.number);
        let step = PathStep {
            reader,
            writer,
            within,
            first,
        };
        self.step(from, step)
    }

    /// The number of the first field on the path from the root; `None` at the root.
    pub fn first(&self, at: Option<PathNode>) -> Option<i32> {
        Some(self.last(at?).first)
    }

    /// The path through the writer's data: `lines[].sku`, `tags{}.name`; of a long path only the end is reported.
    pub fn data_path(&self, at: Option<PathNode>, last: Option<&FieldView<'_>>, of_element: bool) -> Line {
        let cut = self.depth(at) >= MAX_STEPS;
        let mut path: Vec<PathStep<'_>> = self.upwards(at).take(MAX_STEPS - 1).collect();
        path.reverse();
        let mut steps: Vec<DataStep> = Vec::new();
        for step in &path {
            push(&mut steps, &step.writer, true);
        }
        if let Some(slot) = last {
            push(&mut steps, slot, of_element);
        }
        let shown = DataPath::of(steps);
        to_line!("{}{shown}", if cut { "…" } else { "" })
    }

    /// The path through what the reader sees; of a long path only the beginning is reported, which is what a contract's path is
    /// compared with.
    pub fn reader_path(&self, at: Option<PathNode>, last: Option<&FieldView<'_>>, of_element: bool) -> DataPath {
        let mut path: Vec<PathStep<'_>> = self.upwards(self.head(at)).collect();
        path.reverse();
        let mut steps = Vec::new();
        for step in &path {
            push(&mut steps, &step.reader, true);
        }
        if let Some(slot) = last {
            push(&mut steps, slot, of_element);
        }
        DataPath::beginning(steps)
    }
}

/// Adds the steps into a field, and on into its elements.
fn push(steps: &mut Vec<DataStep>, slot: &FieldView<'_>, of_element: bool) {
    // The step into an entry was made with its map.
    if slot.in_entry {
        return;
    }
    steps.push(DataStep::field(slot.name));
    if of_element && slot.is_map() {
        steps.push(DataStep::Entry);
    } else if of_element && slot.is_many() {
        steps.push(DataStep::Item);
    }
}
