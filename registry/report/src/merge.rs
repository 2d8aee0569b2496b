//! The same finding against several versions is reported once, and so is one change that is found in both directions.

use std::collections::HashMap;

use treaty_schemas::text::shown::FINDINGS;
use treaty_schemas::{Checked, Line, Severity, finding};

use crate::fingerprint::digest;
use crate::{Breaks, Finding, FindingBuilder, Place, Scope, Texts};

/// The findings of one subject, put together pair by pair. No more of them are kept than a report shows.
#[derive(Default)]
pub(crate) struct Merged {
    /// Of each severity, the worst last.
    kept: [Vec<Finding>; 3],
    /// Where each finding is kept; nowhere if there were too many before it.
    known: HashMap<Key, Option<(usize, usize)>>,
    /// By rule and places: the findings of the other direction of the pair that is added.
    mirrored: HashMap<Mirror, (usize, usize)>,
    omitted: u64,
    texts: Texts,
}

/// A rule, the place in the data, the places in the proposed and in the earlier schema, and the version.
type Mirror = (&'static str, Line, [(String, usize, usize); 2], Option<u32>);

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
            let mirror = self.mirror(breaks, found, version);
            if let Some((rank, index)) = self.mirrored.get(&mirror).copied()
                && let first = &mut self.kept[rank][index]
                && first.breaks != breaks
                && first.severity == found.severity
            {
                first.breaks_both = true;
                continue;
            }
            let place = match version {
                Some(version) => self.against(scope, breaks, found, rank, version),
                None => self.keep(scope, breaks, found, rank, None),
            };
            if let Some(place) = place {
                self.mirrored.entry(mirror).or_insert(place);
            }
        }
    }

    fn mirror(&mut self, breaks: Breaks, found: &finding::Finding, version: Option<u32>) -> Mirror {
        let mut places = [&found.reader, &found.writer];
        if breaks == Breaks::OldConsumers {
            places.reverse();
        }
        let places = places.map(|label| {
            let point = Place::point(label, &mut self.texts);
            (label.source.name().to_owned(), point.line, point.column)
        });
        (found.rule.id, found.data_path.clone(), places, version)
    }

    fn against(
        &mut self,
        scope: Scope<'_>,
        breaks: Breaks,
        found: &finding::Finding,
        rank: usize,
        version: u32,
    ) -> Option<(usize, usize)> {
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
                Some((*rank, *index))
            }
            Some(None) => None,
            None => {
                let place = self.keep(scope, breaks, found, rank, Some(version));
                self.known.insert(key, place);
                place
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
