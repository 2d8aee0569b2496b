//! The ways from the events of both sides to the places that the walk comes to.

use std::fmt::Write;

use super::shape::{Kind, NodeId, Shape, Step};
use crate::data_path::{DataPath, DataStep, MAX_STEPS};
use crate::text::shown::{Line, Shortened};

/// Every place that the walk has come to.
#[derive(Debug, Default)]
pub(super) struct Places {
    hops: Vec<Hop>,
}

/// A place that the walk has come to.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaceId(u32);

/// One step of the walk. Where only one side has a union, the other one stays where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hop {
    parent: Option<PlaceId>,
    pinned_step: Option<Step>,
    writer_step: Option<Step>,
    /// Where it leads in the application's schema.
    pub pinned: NodeId,
    /// Where it leads in the writer's.
    pub writer: NodeId,
    /// How many steps it is from the root.
    pub depth: usize,
}

impl Places {
    /// The two events.
    pub fn root(&mut self, pinned: NodeId, writer: NodeId) -> PlaceId {
        self.add(Hop {
            parent: None,
            pinned_step: None,
            writer_step: None,
            pinned,
            writer,
            depth: 0,
        })
    }

    /// One step on from a place, on each side.
    pub fn step(
        &mut self,
        from: PlaceId,
        (pinned_step, pinned): (Option<Step>, NodeId),
        (writer_step, writer): (Option<Step>, NodeId),
    ) -> PlaceId {
        let depth = self.get(from).depth + 1;
        self.add(Hop {
            parent: Some(from),
            pinned_step,
            writer_step,
            pinned,
            writer,
            depth,
        })
    }

    fn add(&mut self, hop: Hop) -> PlaceId {
        self.hops.push(hop);
        PlaceId(u32::try_from(self.hops.len() - 1).unwrap_or(u32::MAX))
    }

    /// A place.
    pub fn get(&self, PlaceId(index): PlaceId) -> Hop {
        self.hops[index as usize]
    }

    /// The way through the application's schema.
    pub fn pinned_trail(&self, to: PlaceId) -> Vec<(NodeId, Step)> {
        self.trail(to, |parent, hop| Some((parent.pinned, hop.pinned_step?)))
    }

    /// The way through the writer's schema.
    pub fn writer_trail(&self, to: PlaceId) -> Vec<(NodeId, Step)> {
        self.trail(to, |parent, hop| Some((parent.writer, hop.writer_step?)))
    }

    fn trail(&self, to: PlaceId, side: impl Fn(Hop, Hop) -> Option<(NodeId, Step)>) -> Vec<(NodeId, Step)> {
        let mut trail = Vec::new();
        let mut hop = self.get(to);
        while let Some(parent) = hop.parent {
            let above = self.get(parent);
            trail.extend(side(above, hop));
            hop = above;
        }
        trail.reverse();
        trail
    }
}

/// The path through what the application sees, and `last`, a field of the place that it leads to.
pub(super) fn reader_path(shape: &Shape<'_>, trail: &[(NodeId, Step)], last: Option<&str>) -> DataPath {
    let steps = trail.iter().filter_map(|(node, step)| data_step(shape, *node, *step));
    DataPath::beginning(steps.chain(last.map(DataStep::field)))
}

/// The path through the writer's data. Of a long path only the end is shown.
pub(super) fn data_path(shape: &Shape<'_>, trail: &[(NodeId, Step)]) -> Line {
    let from = trail.len().saturating_sub(MAX_STEPS);
    let mut path = Shortened::default();
    if from > 0 {
        // It takes everything.
        let _ = path.write_char('…');
    }
    for step in trail[from..]
        .iter()
        .filter_map(|(node, step)| data_step(shape, *node, *step))
    {
        let joint = if path.is_empty() { "" } else { "." };
        let _ = match step {
            DataStep::Field(name) => write!(path, "{joint}{name}"),
            DataStep::Item => path.write_str("[]"),
            DataStep::Entry => path.write_str("{}"),
            DataStep::Branch(name) => write!(path, "{joint}({name})"),
        };
    }
    path.finish()
}

fn data_step(shape: &Shape<'_>, node: NodeId, step: Step) -> Option<DataStep> {
    match (step, &shape.node(node).kind) {
        (Step::Field(index), Kind::Record(record)) => Some(DataStep::field(&record.fields[index as usize].name)),
        (Step::Item, _) => Some(DataStep::Item),
        (Step::Entry, _) => Some(DataStep::Entry),
        (Step::Branch(index), Kind::Union(branches)) => {
            Some(DataStep::branch(shape.node(branches[index as usize]).name))
        }
        (Step::Field(_) | Step::Branch(_), _) => None,
    }
}
