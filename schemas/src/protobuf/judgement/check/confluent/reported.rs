//! The lists of all pairs of messages, made into one.

use super::{About, Found, NAMED_TYPE, difference};
use crate::verdict::Difference;

/// The differences of the main files; where a field holds messages of other files that differ, theirs and the field's.
pub(super) fn reported(lists: Vec<Vec<Found>>) -> Vec<(Difference, Option<About>)> {
    let differs = differing(&lists);
    let mut reported = Vec::new();
    let mut entered = vec![false; lists.len()];
    // Where the telling stands: in which list, at which entry, and whether it comes back from there.
    let mut stack = vec![(0, 0, false)];
    while let Some((list, at, returns)) = stack.pop() {
        match lists[list].get(at) {
            None => {}
            Some(Found::Difference(difference, about)) => {
                reported.push((difference.clone(), *about));
                stack.push((list, at + 1, false));
            }
            Some(Found::Through { pair, .. }) if !differs[*pair] => stack.push((list, at + 1, false)),
            Some(Found::Through { pair, .. }) if !returns && !entered[*pair] => {
                entered[*pair] = true;
                stack.push((list, at, true));
                stack.push((*pair, 0, false));
            }
            Some(Found::Through { path, .. }) => {
                reported.push((difference("FIELD_NAMED_TYPE_CHANGED", path, NAMED_TYPE), None));
                stack.push((list, at + 1, false));
            }
        }
    }
    reported
}

/// Which of the lists have a difference, or lead to one that has.
fn differing(lists: &[Vec<Found>]) -> Vec<bool> {
    let mut differs = vec![false; lists.len()];
    let mut leads: Vec<Vec<usize>> = lists.iter().map(|_| Vec::new()).collect();
    let mut todo = Vec::new();
    for (index, list) in lists.iter().enumerate() {
        for found in list {
            match found {
                Found::Difference(..) if !differs[index] => {
                    differs[index] = true;
                    todo.push(index);
                }
                Found::Difference(..) => {}
                Found::Through { pair, .. } => leads[*pair].push(index),
            }
        }
    }
    while let Some(index) = todo.pop() {
        for &from in &leads[index] {
            if !differs[from] {
                differs[from] = true;
                todo.push(from);
            }
        }
    }
    differs
}
