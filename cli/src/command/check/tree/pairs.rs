//! Which module of an earlier tree is compared with which of the current one, and by whose rules.
//!
//! Modules are paired by their paths. One whose directory has another name now is found by its files: it is compared with the
//! modules that have them, all together. buf pairs modules by their number alone, and refuses trees of which one has more.

use treaty_schemas::protobuf::breaking::{Category, Selection};

use crate::tree::Tree;

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
pub(super) fn of(current: &Tree, previous: &Tree, category: Option<Category>) -> Vec<Pair> {
    let selection = |tree: &Tree, module: usize| match category {
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
    let is_single = current.modules.len() == 1 && previous.modules.len() == 1;
    for (index, module) in previous.modules.iter().enumerate() {
        let same = pairs.iter_mut().find(|pair| pair.path == module.path || is_single);
        match same {
            Some(pair) => pair.previous.push(index),
            None => {
                let owners = owners(current, previous, index);
                let path = owners
                    .first()
                    .map_or(&module.path, |first| &current.modules[*first].path);
                let path = path.clone();
                let rules = owners
                    .first()
                    .map_or_else(|| selection(previous, index), |first| selection(current, *first));
                pairs.push(Pair {
                    path,
                    current: owners,
                    previous: vec![index],
                    selection: rules,
                });
            }
        }
    }
    // A module that has only files of one that is gone is compared with that one.
    let is_new = |pair: &Pair| pair.previous.is_empty();
    let taken: Vec<usize> = pairs
        .iter()
        .filter(|pair| !is_new(pair))
        .flat_map(|pair| pair.current.clone())
        .collect();
    pairs.retain(|pair| !(is_new(pair) && pair.current.iter().all(|module| taken.contains(module))));
    pairs
}

/// The modules of the current tree that have files of an earlier module, those with the most first.
fn owners(current: &Tree, previous: &Tree, module: usize) -> Vec<usize> {
    let mut counts = vec![0usize; current.modules.len()];
    for import in previous.imports(module) {
        if let Some(owner) = current.owner(import) {
            counts[owner] += 1;
        }
    }
    let mut owners: Vec<usize> = (0..counts.len()).filter(|owner| counts[*owner] > 0).collect();
    owners.sort_by_key(|owner| std::cmp::Reverse(counts[*owner]));
    owners
}
