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
    /// A read that leads here or through here does without types that are not known here.
    ignores: bool,
    /// Another one does not.
    is_strict: bool,
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

/// A place that a read may lead through: not kept until it is known that the path goes on from here to its end.
struct Hop {
    /// Where it comes from, by its number; itself for the first.
    from: usize,
    step: Option<Step>,
    node: NodeId,
    /// The path names the branch that this is.
    is_named: bool,
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
            let mut hops = vec![Hop {
                from: 0,
                step: None,
                node: shape.root,
                is_named: false,
            }];
            // A path that leaves branches out may lead to several places.
            let mut ends = vec![0];
            for step in read.path.steps() {
                let mut next = Vec::new();
                for end in ends {
                    let before = tree.steps;
                    tree.step(shape, end, step, &mut hops, &mut next);
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
            tree.keep(shape, &hops, &ends, number, read);
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

    /// Whether types that are not known at a value are passed over, by all that is read at it or below it.
    pub fn ignores_types(&self, need: Need, reads: &[Read<'_>]) -> bool {
        let at = need.at.map(|at| &self.nodes[at]);
        let inherited = need.values.map_or(&[][..], |values| &self.nodes[values].ends);
        let is_ignored = !inherited.is_empty() && inherited.iter().all(|end| reads[*end].other_symbols)
            || at.is_some_and(|at| at.ignores);
        is_ignored && !at.is_some_and(|at| at.is_strict)
    }

    /// Goes one step on, into each branch of a union that has it.
    fn step(&mut self, shape: &Shape<'_>, from: usize, step: &DataStep, hops: &mut Vec<Hop>, next: &mut Vec<usize>) {
        self.steps += 1;
        let node = hops[from].node;
        let mut hop = |from, step, node, is_named| {
            hops.push(Hop {
                from,
                step: Some(step),
                node,
                is_named,
            });
            hops.len() - 1
        };
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
                let below = hop(from, Step::Branch(index), *branch, is_named);
                next.push(match inside {
                    Some((step, inside)) => hop(below, step, inside, false),
                    None => below,
                });
            }
        } else if let Some((step, inside)) = inside(shape, node, step) {
            next.push(hop(from, step, inside, false));
        }
    }

    /// Keeps the hops that lead to the ends of a read.
    fn keep(&mut self, shape: &Shape<'_>, hops: &[Hop], ends: &[usize], number: usize, read: &Read<'_>) {
        let mut is_kept = vec![false; hops.len()];
        let mut is_choice = vec![false; hops.len()];
        for &end in ends {
            let mut at = end;
            let mut is_found = holds_choice(shape, hops[end].node);
            is_choice[end] |= is_found;
            while !std::mem::replace(&mut is_kept[at], true) {
                at = hops[at].from;
                // Others are ignored in the nearest union on the way, if there are none at the end.
                if !is_found && matches!(shape.node(hops[at].node).kind, Kind::Union(_)) {
                    is_choice[at] = true;
                    is_found = true;
                }
            }
        }
        let mut places = vec![0; hops.len()];
        for (index, hop) in hops.iter().enumerate().filter(|(index, _)| is_kept[*index]) {
            if let Some(step) = hop.step {
                let from = places[hop.from];
                self.nodes[from].names_branch |= hop.is_named;
                places[index] = self.below(from, step, read.null);
            }
            let place = &mut self.nodes[places[index]];
            let ignores = read.other_symbols && is_choice[index];
            place.ignores |= ignores;
            place.is_strict |= !ignores;
        }
        for &end in ends {
            self.nodes[places[end]].ends.push(number);
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

/// Whether it is an enum or a union, or a list or a map of these.
fn holds_choice(shape: &Shape<'_>, node: NodeId) -> bool {
    let mut at = node;
    // Lists of lists end where the text does.
    loop {
        at = match &shape.node(at).kind {
            Kind::Enum(_) | Kind::Union(_) => return true,
            Kind::List(items) => *items,
            Kind::Map { value, .. } => *value,
            _ => return false,
        };
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
