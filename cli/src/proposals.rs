//! Proposed schemas that refer to one another.

use std::collections::{HashMap, HashSet};

use crate::proposal::Proposal;

/// The schemas that one change proposes, by their subjects.
pub struct Proposals<'p> {
    by_subject: HashMap<&'p str, &'p Proposal>,
}

impl<'p> Proposals<'p> {
    /// Of these; of two for one subject the first counts.
    pub fn new(proposals: &'p [Proposal]) -> Proposals<'p> {
        let each = proposals.iter().rev();
        Proposals {
            by_subject: each.map(|proposal| (proposal.subject.as_str(), proposal)).collect(),
        }
    }

    /// Whether a schema is proposed for this subject.
    pub fn has(&self, subject: &str) -> bool {
        self.by_subject.contains_key(subject)
    }

    /// The proposals that this one refers to directly, each with the version that it names.
    pub fn direct(&self, of: &'p Proposal) -> impl Iterator<Item = (&'p Proposal, i32)> + '_ {
        let named = of.references.iter().filter_map(|reference| {
            let target = self.by_subject.get(reference.subject.as_deref()?)?;
            Some((*target, reference.version.unwrap_or(-1)))
        });
        named.filter(move |(target, _)| target.subject != of.subject)
    }

    /// The proposals that this one refers to, directly and through others.
    pub fn referred(&self, of: &'p Proposal) -> Vec<&'p Proposal> {
        let mut seen = HashSet::from([of.subject.as_str()]);
        let mut found = Vec::new();
        let mut todo = vec![of];
        while let Some(next) = todo.pop() {
            for (target, _) in self.direct(next) {
                if seen.insert(&target.subject) {
                    found.push(target);
                    todo.push(target);
                }
            }
        }
        found
    }

    /// Each of them after those that it refers to, otherwise in their order.
    pub fn ordered(&self, proposals: &'p [Proposal]) -> Vec<&'p Proposal> {
        let mut seen: HashSet<*const Proposal> = HashSet::new();
        let mut ordered = Vec::with_capacity(proposals.len());
        for proposal in proposals {
            // `true` marks a way back up: references may be nested as deep as there are many.
            let mut stack = vec![(proposal, false)];
            while let Some((next, is_ready)) = stack.pop() {
                if is_ready {
                    ordered.push(next);
                } else if seen.insert(std::ptr::from_ref(next)) {
                    stack.push((next, true));
                    let direct: Vec<_> = self.direct(next).map(|(target, _)| (target, false)).collect();
                    stack.extend(direct.into_iter().rev());
                }
            }
        }
        ordered
    }
}
