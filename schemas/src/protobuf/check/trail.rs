//! The way from a root message to a place, kept as a tree so that thousands of places share their beginnings.

use super::slot::{Body, Slot};
use crate::data_path::{DataPath, DataStep, MAX_STEPS};
use crate::shown::Line;
use crate::to_line;

/// All the ways of one walk.
#[derive(Default)]
pub(super) struct Trail<'s> {
    links: Vec<Link<'s>>,
}

/// One step of a way: through these fields, out of these bodies.
#[derive(Clone, Copy)]
pub(super) struct Link<'s> {
    up: Option<Crumb>,
    /// How many steps it is from the root, from 1.
    pub depth: usize,
    /// The reader's field.
    pub reader: Slot<'s>,
    /// The writer's field.
    pub writer: Slot<'s>,
    /// What the writer's field stands in.
    pub within: Body,
    /// The number of the first field on this way.
    first: i32,
    /// The crumb on this way that is [`MAX_STEPS`] steps from the root, or this one if it is nearer.
    head: Crumb,
}

/// A place on the trail; `None` stands for the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crumb(u32);

impl<'s> Trail<'s> {
    /// One step on from `from`.
    pub fn step(&mut self, from: Option<Crumb>, reader: Slot<'s>, writer: Slot<'s>, within: Body) -> Crumb {
        let crumb = Crumb(u32::try_from(self.links.len()).unwrap_or(u32::MAX));
        let above = from.map(|Crumb(index)| &self.links[index as usize]);
        let depth = above.map_or(1, |link| link.depth + 1);
        let first = above.map_or(writer.number, |link| link.first);
        let head = above.map_or(crumb, |link| if link.depth < MAX_STEPS { crumb } else { link.head });
        self.links.push(Link {
            up: from,
            depth,
            reader,
            writer,
            within,
            first,
            head,
        });
        crumb
    }

    /// How many steps a place is from the root.
    pub fn depth(&self, at: Option<Crumb>) -> usize {
        at.map_or(0, |Crumb(index)| self.links[index as usize].depth)
    }

    /// The number of the first field on the way from the root; `None` at the root.
    pub fn first(&self, at: Option<Crumb>) -> Option<i32> {
        at.map(|Crumb(index)| self.links[index as usize].first)
    }

    /// The steps from a place up to the root.
    pub fn upwards(&self, from: Option<Crumb>) -> impl Iterator<Item = Link<'s>> {
        let mut next = from;
        std::iter::from_fn(move || {
            let link = self.links[next?.0 as usize];
            next = link.up;
            Some(link)
        })
    }

    /// The way through the writer's data: `lines[].sku`, `tags{}.name`; of a long way only the end is told.
    pub fn data_path(&self, at: Option<Crumb>, last: Option<&Slot<'_>>, of_element: bool) -> Line {
        let cut = self.depth(at) >= MAX_STEPS;
        let mut links: Vec<Link<'_>> = self.upwards(at).take(MAX_STEPS - 1).collect();
        links.reverse();
        let mut steps: Vec<DataStep> = Vec::new();
        for link in &links {
            push(&mut steps, &link.writer, true);
        }
        if let Some(slot) = last {
            push(&mut steps, slot, of_element);
        }
        let path = DataPath::of(steps);
        to_line!("{}{path}", if cut { "…" } else { "" })
    }

    /// The way through what the reader sees; of a long way only the beginning is told, which is what a contract's path is
    /// compared with.
    pub fn reader_path(&self, at: Option<Crumb>, last: Option<&Slot<'_>>, of_element: bool) -> DataPath {
        let head = at.map(|Crumb(index)| self.links[index as usize].head);
        let mut links: Vec<Link<'_>> = self.upwards(head).collect();
        links.reverse();
        let mut steps = Vec::new();
        for link in &links {
            push(&mut steps, &link.reader, true);
        }
        if let Some(slot) = last {
            push(&mut steps, slot, of_element);
        }
        DataPath::beginning(steps)
    }
}

/// Adds the steps into a field, and on into its elements.
fn push(steps: &mut Vec<DataStep>, slot: &Slot<'_>, of_element: bool) {
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
