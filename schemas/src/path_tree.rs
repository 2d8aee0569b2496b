//! The paths from a root to places below it, kept as a tree so that thousands of places share their beginnings.

/// All paths of one walk. `HEAD` is the number of steps after which the beginning of a path ends.
#[derive(Debug)]
pub(crate) struct PathTree<S, const HEAD: usize> {
    nodes: Vec<Node<S>>,
}

#[derive(Debug)]
struct Node<S> {
    parent: Option<PathNode>,
    step: S,
    /// How many steps it is from the root, from 1.
    depth: usize,
    /// The node on this path that is `HEAD` steps from the root, or this one if it is nearer.
    head: PathNode,
}

/// A place below the root; the root itself is no node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathNode(u32);

impl<S, const HEAD: usize> Default for PathTree<S, HEAD> {
    fn default() -> Self {
        PathTree { nodes: Vec::new() }
    }
}

impl<S: Copy, const HEAD: usize> PathTree<S, HEAD> {
    fn node(&self, PathNode(index): PathNode) -> &Node<S> {
        &self.nodes[index as usize]
    }

    /// One step on from a place.
    pub fn step(&mut self, from: Option<PathNode>, step: S) -> PathNode {
        let next = PathNode(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let parent = from.map(|parent| self.node(parent));
        let node = Node {
            parent: from,
            step,
            depth: parent.map_or(1, |parent| parent.depth + 1),
            head: parent.map_or(next, |parent| if parent.depth < HEAD { next } else { parent.head }),
        };
        self.nodes.push(node);
        next
    }

    /// The step that leads to a place.
    pub fn last(&self, at: PathNode) -> S {
        self.node(at).step
    }

    /// How many steps a place is from the root.
    pub fn depth(&self, at: Option<PathNode>) -> usize {
        at.map_or(0, |at| self.node(at).depth)
    }

    /// The beginning of the path to a place.
    pub fn head(&self, at: Option<PathNode>) -> Option<PathNode> {
        at.map(|at| self.node(at).head)
    }

    /// The steps from a place up to the root.
    pub fn upwards(&self, from: Option<PathNode>) -> impl Iterator<Item = S> {
        let mut next = from;
        std::iter::from_fn(move || {
            let node = self.node(next?);
            next = node.parent;
            Some(node.step)
        })
    }
}
