//! Which module of an earlier tree is compared with which of the current one, and by whose rules.
//!
//! Modules are paired by their paths. One whose directory has another name now is found by its files: it is compared with the
//! modules that have them, all together. buf pairs modules by their number alone, and refuses trees of which one has more.

use std::collections::BTreeMap;

use super::read::ReadTree;
use crate::protobuf::judgement::breaking::{Category, Selection};

/// Modules that are compared.
pub(super) struct Pair {
    /// The directory of the current module, of several that with the most files; of one that is gone, that of the earlier one.
    pub path: Box<str>,
    /// The modules of the current tree: none where all is gone.
    pub current: Vec<usize>,
    /// The modules of the earlier tree: none where all is new.
    pub previous: Vec<usize>,
    /// The rules: those of the current module, and of one that is gone its own.
    pub selection: Selection,
}

/// The pairs of two trees, in the order of the current modules; those that are gone are last. With a category its rules judge
/// them all.
pub(super) fn of(current: &ReadTree, previous: &ReadTree, category: Option<Category>) -> Vec<Pair> {
    let selection = |tree: &ReadTree, module: usize| match category {
        Some(category) => Selection::from(category),
        None => tree.modules[module].selection.clone(),
    };
    let mut pairs: Vec<Pair> = (0..current.modules.len())
        .map(|module| Pair {
            path: current.modules[module].path.clone(),
            current: vec![module],
            previous: Vec::new(),
            selection: selection(current, module),
        })
        .collect();
    let shared = shared(current, previous);
    let is_single = current.modules.len() == 1 && previous.modules.len() == 1;
    for (index, module) in previous.modules.iter().enumerate() {
        let alike: Vec<usize> = (0..current.modules.len())
            .filter(|now| is_single || current.modules[*now].path == module.path)
            .collect();
        // Several modules may have one path: the one that is meant says the same of its files, or has some of them.
        let meant: Vec<usize> = match alike.as_slice() {
            [] | [_] => alike,
            _ => match alike.iter().find(|now| current.modules[**now].has_scope_of(module)) {
                Some(same) => vec![*same],
                None => {
                    let with_files = alike.iter().filter(|now| shared[index].contains_key(now));
                    let found: Vec<usize> = with_files.copied().collect();
                    if found.is_empty() { vec![alike[0]] } else { found }
                }
            },
        };
        // The first pairs are those of the current modules, in their order.
        for now in &meant {
            pairs[*now].previous.push(index);
        }
        match meant.is_empty() {
            false => {}
            true => {
                let owners = most(&shared[index]);
                // Modules that are one now are compared with it together.
                if let Some(pair) = pairs
                    .iter_mut()
                    .find(|pair| pair.current == owners && !owners.is_empty())
                {
                    pair.previous.push(index);
                    continue;
                }
                let path = owners
                    .first()
                    .map_or(&module.path, |first| &current.modules[*first].path);
                let path = path.clone();
                let rules = match owners.first() {
                    Some(first) => selection(current, *first),
                    None => selection(previous, index),
                };
                pairs.push(Pair {
                    path,
                    current: owners,
                    previous: vec![index],
                    selection: rules,
                });
            }
        }
    }
    // A new module that has files of one that is gone is compared with that one.
    let is_new = |pair: &Pair| pair.previous.is_empty();
    let taken: Vec<usize> = pairs
        .iter()
        .filter(|pair| !is_new(pair))
        .flat_map(|pair| pair.current.clone())
        .collect();
    pairs.retain(|pair| !(is_new(pair) && pair.current.iter().all(|module| taken.contains(module))));
    pairs
}

/// For each module of the earlier tree, how many of its files each module of the current tree has.
fn shared(current: &ReadTree, previous: &ReadTree) -> Vec<BTreeMap<usize, usize>> {
    let mut shared = vec![BTreeMap::new(); previous.modules.len()];
    for (import, module) in previous.imports() {
        if let Some(owner) = current.owner(import) {
            *shared[module].entry(owner).or_default() += 1;
        }
    }
    shared
}

/// Those with the most files first.
fn most(counts: &BTreeMap<usize, usize>) -> Vec<usize> {
    let mut modules: Vec<usize> = counts.keys().copied().collect();
    modules.sort_by_key(|module| std::cmp::Reverse(counts[module]));
    modules
}
