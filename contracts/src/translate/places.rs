//! Where findings lie, seen from what a contract reads: its entries as a tree of their paths.
//!
//! Invariant: an entry is found by going down the finding's path once; entries are not compared one after the other.

use std::collections::HashMap;

use treaty_schemas::DataStep;

use crate::contract::{OnMissing, Otherwise, Read};

/// Where a finding lies, seen from what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    /// At the very field that is read.
    At,
    /// In something that is read whole.
    Inside,
    /// On the way to a field that is read.
    Above,
    /// In something that is not read, but that has to be taken to get to what is read.
    Beside,
}

/// The entries of a contract by their paths.
///
/// A branch of a union counts only where both an entry and a finding name one: contracts may leave it out.
pub(super) struct Places<'a> {
    reads: &'a [Read],
    nodes: Vec<Node<'a>>,
}

/// A place that entries lead to or through. Entries are reported by their numbers.
#[derive(Default)]
struct Node<'a> {
    /// After a step that is no branch.
    children: HashMap<&'a DataStep, usize>,
    /// After a branch, by the name of its type.
    branches: HashMap<&'a str, usize>,
    /// The first entry that ends here.
    ends: Option<usize>,
    /// The first entry that goes on from here; and the first that does so without a branch.
    below: [Option<usize>; 2],
    /// Whether no entry fails where something is missing that ends here or goes on; or goes on without a branch.
    is_tolerant: [bool; 2],
    /// Whether every entry that ends here or goes on passes over what may come here instead.
    ignores: bool,
}

/// A place that a part of a finding's path leads to.
#[derive(Clone, Copy)]
struct State {
    node: usize,
    /// The finding has named a branch, and entries may have left it out: those that name another one lie elsewhere.
    no_branches: bool,
}

/// The end of a finding's path.
struct End {
    states: Vec<State>,
    /// Steps of the path were left that no entry has.
    is_short: bool,
    /// The first of the nearest entries that end on the way.
    inside: Option<usize>,
}

impl<'a> Places<'a> {
    /// Of these entries. `choice` says how many steps of an entry's path lead to what it passes over, if it does.
    pub fn new(reads: &'a [Read], choice: impl Fn(&Read) -> Option<usize>) -> Self {
        let mut places = Places {
            reads,
            nodes: vec![Node::new()],
        };
        for (number, read) in reads.iter().enumerate() {
            let choice = match read.otherwise {
                Otherwise::Fail => None,
                Otherwise::Ignore => choice(read),
            };
            places.add(number, read, choice);
        }
        places
    }

    fn add(&mut self, number: usize, read: &'a Read, choice: Option<usize>) {
        let is_tolerant = read.on_missing != OnMissing::Fail;
        let mut at = 0;
        for (count, step) in read.path.steps().iter().enumerate() {
            let next = self.nodes.len();
            let node = &mut self.nodes[at];
            node.ignores &= choice == Some(count);
            let (below, is_branch) = match step {
                DataStep::Branch(name) => (*node.branches.entry(name).or_insert(next), true),
                _ => (*node.children.entry(step).or_insert(next), false),
            };
            node.below[0].get_or_insert(number);
            node.is_tolerant[0] &= is_tolerant;
            if !is_branch {
                node.below[1].get_or_insert(number);
                node.is_tolerant[1] &= is_tolerant;
            }
            if below == next {
                self.nodes.push(Node::new());
            }
            at = below;
        }
        let node = &mut self.nodes[at];
        node.ends.get_or_insert(number);
        node.is_tolerant.iter_mut().for_each(|all| *all &= is_tolerant);
        node.ignores &= choice == Some(read.path.steps().len());
    }

    /// The entry that a finding belongs to, and how the two lie to one another: the nearest one above it, else the first
    /// below, else the most alike. None where there is no entry.
    pub fn find(&self, steps: &[DataStep]) -> Option<(&'a Read, Position)> {
        let end = self.walk(steps);
        let first = |of: &dyn Fn(&Node<'_>, bool) -> Option<usize>| {
            let each = end.states.iter();
            each.filter_map(|state| of(&self.nodes[state.node], state.no_branches))
                .min()
        };
        let at = || first(&|node, _| node.ends).filter(|_| !end.is_short);
        let above = || first(&|node, no_branches| node.below[usize::from(no_branches)]).filter(|_| !end.is_short);
        let beside = || first(&|node, _| node.ends.into_iter().chain(node.below[0]).min());
        let found = at()
            .map(|number| (number, Position::At))
            .or_else(|| end.inside.map(|number| (number, Position::Inside)))
            .or_else(|| above().map(|number| (number, Position::Above)))
            .or_else(|| beside().map(|number| (number, Position::Beside)));
        found.map(|(number, position)| (&self.reads[number], position))
    }

    /// Whether every entry at or below this place takes something else for what is missing.
    pub fn is_tolerant(&self, steps: &[DataStep]) -> bool {
        let end = self.walk(steps);
        let all = end
            .states
            .iter()
            .all(|state| self.nodes[state.node].is_tolerant[usize::from(state.no_branches)]);
        end.is_short || all
    }

    /// Whether every entry at or below this place passes over what may come here instead.
    pub fn ignores(&self, steps: &[DataStep]) -> bool {
        let end = self.walk(steps);
        !end.is_short && end.states.iter().all(|state| self.nodes[state.node].ignores)
    }

    fn walk(&self, steps: &[DataStep]) -> End {
        let mut end = End {
            states: vec![State {
                node: 0,
                no_branches: false,
            }],
            is_short: false,
            inside: None,
        };
        for step in steps {
            let next = match step {
                DataStep::Branch(name) => self.branch_states(&end.states, name),
                _ => {
                    let (next, inside) = self.down(&end.states, step);
                    end.inside = inside.or(end.inside);
                    next
                }
            };
            if next.is_empty() {
                end.is_short = true;
                break;
            }
            end.states = next;
        }
        end
    }

    /// Entries that name the same branch, and those that name none.
    fn branch_states(&self, states: &[State], name: &str) -> Vec<State> {
        let simple = name.rsplit('.').next().unwrap_or(name);
        let mut next = Vec::with_capacity(states.len());
        for state in states {
            next.push(State {
                no_branches: true,
                ..*state
            });
            if state.no_branches {
                continue;
            }
            // Entries name the type with its namespace or without.
            let names = std::iter::once(name).chain((simple != name).then_some(simple));
            let same = names.filter_map(|name| self.nodes[state.node].branches.get(name));
            next.extend(same.map(|node| State {
                node: *node,
                no_branches: false,
            }));
        }
        next
    }

    /// One step further, and the first entry that ends before it. Branches that the finding does not name are passed by.
    fn down(&self, states: &[State], step: &DataStep) -> (Vec<State>, Option<usize>) {
        let mut next = Vec::with_capacity(states.len());
        let mut inside: Option<usize> = None;
        for state in states {
            let own = &self.nodes[state.node];
            let branches = own.branches.values().filter(|_| !state.no_branches);
            let passed = branches.map(|node| &self.nodes[*node]);
            for node in std::iter::once(own).chain(passed) {
                inside = inside.into_iter().chain(node.ends).min();
                next.extend(node.children.get(step).map(|node| State {
                    node: *node,
                    no_branches: false,
                }));
            }
        }
        (next, inside)
    }
}

impl Node<'_> {
    fn new() -> Self {
        Node {
            is_tolerant: [true, true],
            ignores: true,
            ..Node::default()
        }
    }
}
