//! What an application reads, as a tree over the shape of the pinned schema: paths that begin alike share their beginning, and
//! each branch of a union that a path goes through is named, also where the path leaves it out.

use std::collections::BTreeMap;

use super::shape::{Kind, NodeId, Shape, Step};
use crate::budget::{Budget, Exhausted};
use crate::data_path::DataStep;
use crate::reads::{MAX_STEPS, Read};
use crate::text::shown::Line;
use crate::to_line;

/// All the reads.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Place>,
    /// Nodes that were looked at.
    steps: usize,
}

/// A place that reads lead to or through.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// In the order of the fields.
    children: BTreeMap<Step, usize>,
    /// The numbers of the reads that end here: all that is here is read.
    pub ends: Vec<usize>,
    /// Nothing is read as well as null, by all that is read here and below.
    pub takes_null: bool,
    /// A read names the branch of a union that is taken from here.
    pub names_branch: bool,
    /// It is the whole event, and nothing says what is read of it.
    is_all: bool,
}

/// What is read of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// The place in the tree, where a read goes on from here or ends here.
    pub at: Option<usize>,
    /// The nearest place, here or above, of which all is read.
    pub whole: Option<usize>,
    /// The place whose reads say which symbols and branches are handled: they end at this value, or at the list, the map or the
    /// union that it is in.
    pub values: Option<usize>,
}

impl Tree {
    /// The tree of these reads; or why one of them does not fit the shape.
    ///
    /// # Errors
    /// When the budget ends.
    pub fn of(shape: &Shape<'_>, reads: Option<&[Read<'_>]>, budget: &Budget) -> Result<Result<Tree, Line>, Exhausted> {
        let mut tree = Tree {
            nodes: vec![Place {
                is_all: reads.is_none(),
                ..Place::new()
            }],
            steps: 0,
        };
        for (number, read) in reads.unwrap_or_default().iter().enumerate() {
            // A path that leaves branches out may lead to several places.
            let mut ends = vec![(0, shape.root)];
            for step in read.path.steps() {
                let mut next = Vec::new();
                for (place, node) in ends {
                    let before = tree.steps;
                    tree.step(shape, (place, node), step, read.null, &mut next);
                    budget.spend(tree.steps - before)?;
                }
                if tree.steps > MAX_STEPS {
                    return Ok(Err("what is read leads to more places than are looked at".into()));
                }
                ends = next;
            }
            if ends.is_empty() {
                return Ok(Err(to_line!("`{}` is not in the application's schema", read.path)));
            }
            for (place, _) in ends {
                tree.nodes[place].ends.push(number);
            }
        }
        Ok(Ok(tree))
    }

    /// What is read of the event.
    pub fn root(&self) -> Need {
        let whole = (self.nodes[0].is_all || !self.nodes[0].ends.is_empty()).then_some(0);
        Need {
            at: Some(0),
            whole,
            values: whole,
        }
    }

    /// A place.
    pub fn place(&self, index: usize) -> &Place {
        &self.nodes[index]
    }

    /// What is read of a part; none where nothing is.
    pub fn part(&self, need: Need, step: Step) -> Option<Need> {
        let at = need.at.and_then(|at| self.nodes[at].children.get(&step).copied());
        let ended = at.filter(|at| !self.nodes[*at].ends.is_empty());
        let inherited = match step {
            Step::Field(_) => None,
            Step::Item | Step::Entry | Step::Branch(_) => need.values,
        };
        let whole = ended.or(need.whole);
        (at.is_some() || whole.is_some()).then_some(Need {
            at,
            whole,
            values: ended.or(inherited),
        })
    }

    /// The fields of a record that are read, by their indexes.
    pub fn fields(&self, need: Need, count: usize) -> Vec<u32> {
        if need.whole.is_some() {
            return (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
        }
        let children = need.at.into_iter().flat_map(|at| self.nodes[at].children.keys());
        children
            .filter_map(|step| match step {
                Step::Field(index) => Some(*index),
                Step::Item | Step::Entry | Step::Branch(_) => None,
            })
            .collect()
    }

    /// What decides about the parts of a value: two values with the same are read alike.
    pub fn parts(&self, need: Need) -> [Option<usize>; 2] {
        let at = need.at.filter(|at| !self.nodes[*at].children.is_empty());
        [at, need.whole]
    }

    /// Whether all that is read at a value takes null for it.
    pub fn takes_null(&self, need: Need) -> bool {
        need.at.is_some_and(|at| at != 0 && self.nodes[at].takes_null)
    }

    /// Goes one step on, into each branch of a union that has it.
    fn step(
        &mut self,
        shape: &Shape<'_>,
        (place, node): (usize, NodeId),
        step: &DataStep,
        null: bool,
        next: &mut Vec<(usize, NodeId)>,
    ) {
        self.steps += 1;
        if let Kind::Union(branches) = &shape.node(node).kind {
            self.steps += branches.len();
            for (index, branch) in (0u32..).zip(branches) {
                let is_named = match step {
                    DataStep::Branch(name) => goes_by(shape.node(*branch).name, name),
                    DataStep::Field(_) | DataStep::Item | DataStep::Entry => false,
                };
                let inside = inside(shape, *branch, step);
                if !is_named && inside.is_none() {
                    continue;
                }
                self.nodes[place].names_branch |= is_named;
                let below = self.below(place, Step::Branch(index), null);
                match inside {
                    Some((step, inside)) => next.push((self.below(below, step, null), inside)),
                    None => next.push((below, *branch)),
                }
            }
        } else if let Some((step, inside)) = inside(shape, node, step) {
            next.push((self.below(place, step, null), inside));
        }
    }

    fn below(&mut self, place: usize, step: Step, null: bool) -> usize {
        let next = self.nodes.len();
        let below = *self.nodes[place].children.entry(step).or_insert(next);
        if below == next {
            self.nodes.push(Place::new());
        }
        self.nodes[below].takes_null &= null;
        below
    }
}

impl Place {
    fn new() -> Self {
        Place {
            takes_null: true,
            ..Place::default()
        }
    }
}

/// Whether a path may call a type so: by its full name, or without the namespace.
fn goes_by(full: &str, name: &str) -> bool {
    full == name || full.rsplit('.').next() == Some(name)
}

/// Where a step leads, out of a node that is no union.
fn inside(shape: &Shape<'_>, node: NodeId, step: &DataStep) -> Option<(Step, NodeId)> {
    match (&shape.node(node).kind, step) {
        (Kind::Record(record), DataStep::Field(name)) => {
            let index = record.field(name)?;
            Some((Step::Field(index), record.fields[index as usize].node))
        }
        (Kind::List(items), DataStep::Item) => Some((Step::Item, *items)),
        (Kind::Map { value, .. }, DataStep::Entry) => Some((Step::Entry, *value)),
        _ => None,
    }
}
