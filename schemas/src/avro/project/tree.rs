//! Reads as a tree: paths that begin alike share their beginning.

use rustc_hash::FxHashMap;

use super::Read;
use crate::data_path::DataStep;

/// All the reads of one projection.
pub(super) struct Tree {
    pub nodes: Vec<Node>,
}

/// A place that reads lead to or through.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// The steps on from here, in order.
    pub children: Vec<(DataStep, usize)>,
    /// Some read ends here: everything below is read.
    pub whole: bool,
    /// Which read ends here.
    pub end: Option<usize>,
    /// Which reads lead here or through here.
    pub through: Vec<usize>,
    /// Steps from the root.
    pub depth: usize,
    /// See [`Read::symbols`].
    pub symbols: Option<Vec<String>>,
    /// See [`Read::other_symbols`].
    pub other_symbols: bool,
    /// See [`Read::null`].
    pub null: bool,
}

impl Node {
    /// The type is read as it is.
    pub fn is_plain(&self) -> bool {
        self.whole && self.children.is_empty() && self.symbols.is_none() && !self.other_symbols && !self.null
    }

    /// The place after one more step.
    pub fn child(&self, step: &DataStep) -> Option<usize> {
        self.number(step).map(|number| self.children[number].1)
    }

    /// Which of the children the step leads to.
    pub fn number(&self, step: &DataStep) -> Option<usize> {
        self.children.binary_search_by(|(other, _)| other.cmp(step)).ok()
    }
}

impl Tree {
    /// The place of the whole value.
    pub const ROOT: usize = 0;

    /// The tree of these reads.
    pub fn of(reads: &[Read<'_>]) -> Self {
        let mut nodes = vec![Node::default()];
        let mut places: FxHashMap<(usize, &DataStep), usize> = FxHashMap::default();
        for (number, read) in reads.iter().enumerate() {
            let mut at = Tree::ROOT;
            nodes[at].through.push(number);
            for step in read.path.steps() {
                let next = *places.entry((at, step)).or_insert_with(|| nodes.len());
                if next == nodes.len() {
                    let depth = nodes[at].depth + 1;
                    nodes[at].children.push((step.clone(), next));
                    nodes.push(Node {
                        depth,
                        ..Node::default()
                    });
                }
                at = next;
                nodes[at].through.push(number);
            }
            let node = &mut nodes[at];
            node.whole = true;
            node.end = Some(number);
            node.symbols = read
                .symbols
                .map(|symbols| symbols.iter().map(|symbol| (*symbol).to_owned()).collect());
            node.other_symbols = read.other_symbols;
            node.null = read.null;
        }
        nodes.iter_mut().for_each(|node| node.children.sort_unstable());
        Tree { nodes }
    }

    /// What the reads at a union mean for one of its branches: only the steps that fit it.
    pub fn fitting(&self, at: usize, children: &[usize], is_enum: bool) -> Node {
        let node = &self.nodes[at];
        Node {
            children: children.iter().map(|&child| node.children[child].clone()).collect(),
            whole: node.whole,
            end: node.end,
            through: Vec::new(),
            depth: node.depth,
            symbols: node.symbols.clone().filter(|_| is_enum),
            other_symbols: node.other_symbols && is_enum,
            null: false,
        }
    }
}
