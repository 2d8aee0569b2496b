//! The same finding against several versions is reported once.

use std::collections::HashMap;

use treaty_schemas::text::shown::FINDINGS;
use treaty_schemas::{Checked, Severity, finding};

use crate::fingerprint::digest;
use crate::{Breaks, Finding, FindingBuilder, Place, Scope, Texts};

/// The findings of one subject, put together pair by pair. No more of them are kept than a report shows.
#[derive(Default)]
pub(crate) struct Merged {
    /// Of each severity, the worst last.
    kept: [Vec<Finding>; 3],
    /// Where each finding is kept; nowhere if there were too many before it.
    known: HashMap<Key, Option<(usize, usize)>>,
    omitted: u64,
    texts: Texts,
}

/// The same for a finding that was met before: a digest of what it says, and its place in the proposed schema. Two places of one
/// schema may have equal findings (one type used twice); they stay apart.
type Key = (String, usize, usize);

impl Merged {
    /// Adds what was found in one pair, against this version.
    pub fn add(&mut self, scope: Scope<'_>, checked: &Checked, version: Option<u32>) {
        let breaks = Breaks::from(checked.direction);
        for found in &checked.comparison.findings {
            let rank = match found.severity {
                Severity::Note => 0,
                Severity::Warning => 1,
                Severity::Error => 2,
            };
            match version {
                Some(version) => self.against(scope, breaks, found, rank, version),
                None => {
                    let _ = self.keep(scope, breaks, found, rank, None);
                }
            }
        }
    }

    fn against(&mut self, scope: Scope<'_>, breaks: Breaks, found: &finding::Finding, rank: usize, version: u32) {
        let proposed = match breaks {
            Breaks::NewConsumers => &found.reader,
            Breaks::OldConsumers => &found.writer,
        };
        let point = Place::point(proposed, &mut self.texts);
        let says = digest(&[breaks.name(), found.rule.id, &found.data_path, &found.message]);
        let key = (says, point.line, point.column);
        match self.known.get(&key) {
            Some(Some((rank, index))) => {
                let first = &mut self.kept[*rank][*index];
                if !first.against.contains(&version) {
                    first.against.push(version);
                }
            }
            Some(None) => {}
            None => {
                let place = self.keep(scope, breaks, found, rank, Some(version));
                self.known.insert(key, place);
            }
        }
    }

    fn keep(
        &mut self,
        scope: Scope<'_>,
        breaks: Breaks,
        found: &finding::Finding,
        rank: usize,
        version: Option<u32>,
    ) -> Option<(usize, usize)> {
        let as_bad: usize = self.kept[rank..].iter().map(Vec::len).sum();
        if as_bad >= FINDINGS {
            self.omitted += 1;
            return None;
        }
        let finding = FindingBuilder::new(scope, breaks, found)
            .against(version)
            .build(&mut self.texts);
        self.kept[rank].push(finding);
        Some((rank, self.kept[rank].len() - 1))
    }

    /// The findings, the worst first, otherwise in the order of the pairs; and how many more there are.
    pub fn finish(self) -> (Vec<Finding>, u64) {
        let mut findings: Vec<Finding> = self.kept.into_iter().rev().flatten().collect();
        let more = findings.len().saturating_sub(FINDINGS);
        findings.truncate(FINDINGS);
        (findings, self.omitted + more as u64)
    }
}
