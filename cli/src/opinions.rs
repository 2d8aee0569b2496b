//! The second opinion on what a registry answers: it asks nobody but itself, so the command line fetches the earlier schema of each
//! finding, compares it with the proposed one once more, and takes over what a decoder of others makes of the same witness.
//!
//! It changes no verdict: where something cannot be fetched, nobody was asked.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use treaty_report::{Breaks, Finding, Outcome, Place, Report, SecondOpinion, Witness};
use treaty_schemas::finding::Finding as Found;
use treaty_schemas::{Label, Line, Schema, check_with_notes, to_line};

use crate::client::Client;
use crate::global::Global;
use crate::registered;

/// Pairs of schemas that are compared once more for one report.
const PAIRS: usize = 100;
/// Versions of a subject in which a finding is looked for that does not say in which it was found.
const VERSIONS: usize = 20;

/// Adds to each witness of a report what a decoder of others makes of it, unless that is not wanted.
pub fn add(report: &mut Report, proposed: &Schema, client: &Client, global: &Global) {
    if global.no_second_opinion {
        return;
    }
    let mut asking = Asking {
        proposed,
        client,
        global,
        compared: HashMap::new(),
        versions: HashMap::new(),
    };
    for subject in &mut report.subjects {
        let name = subject.subject.clone();
        for referrer in &mut subject.referrers {
            for consumer in &mut referrer.consumers {
                let why = to_line!("it is about {}, which is not fetched", referrer.subject);
                consumer
                    .findings
                    .iter_mut()
                    .filter_map(|finding| finding.witness.as_mut())
                    .for_each(|witness| asking.leave(witness, why.clone()));
            }
        }
        for finding in subject.all_findings() {
            asking.add(&name, finding);
        }
    }
}

/// The schemas of one report.
struct Asking<'a> {
    proposed: &'a Schema,
    client: &'a Client,
    global: &'a Global,
    /// What was found, with what others say, by the earlier version, which may be of another name, and the direction.
    compared: HashMap<(String, u32, Breaks), Result<Vec<Found>, Line>>,
    /// The latest versions of subjects, the newest first.
    versions: HashMap<String, Vec<u32>>,
}

impl Asking<'_> {
    fn add(&mut self, subject: &str, finding: &mut Finding) {
        let Some(witness) = finding
            .witness
            .as_ref()
            .filter(|witness| witness.second_opinion.is_none())
        else {
            return;
        };
        // A consumer's finding may be about the version that it was built against, which is the name of the text, or about what that
        // version refers to.
        let versions = match (finding.against.as_slice(), version_of(subject, &finding.earlier().file)) {
            ([], Some(version)) => vec![version],
            ([], None) if finding.contract.is_some() => self.versions(subject).to_vec(),
            (versions, _) => versions.to_vec(),
        };
        let mut opinion = Err("the text that it was found in is not in the registry".into());
        for version in versions {
            opinion = match self.compared(subject, version, finding.breaks) {
                Ok(found) => found
                    .iter()
                    .find_map(|found| said(found, finding, witness))
                    .ok_or_else(|| "the same event is not found between the whole schemas".into()),
                Err(why) => Err(why.clone()),
            };
            if opinion.is_ok() {
                break;
            }
        }
        if let Some(witness) = &mut finding.witness {
            match opinion {
                Ok(opinion) => witness.second_opinion = Some(opinion),
                Err(why) => self.leave(witness, why),
            }
        }
    }

    /// Some of the latest versions of a subject, the newest first; none where they cannot be had.
    fn versions(&mut self, subject: &str) -> &[u32] {
        let client = self.client;
        self.versions.entry(subject.to_owned()).or_insert_with(|| {
            let versions = client.try_get::<Vec<u32>>(&["subjects", subject, "versions"], &[]);
            let mut versions = versions.ok().and_then(Result::ok).unwrap_or_default();
            versions.sort_unstable_by(|one, other| other.cmp(one));
            versions.truncate(VERSIONS);
            versions
        })
    }

    fn leave(&self, witness: &mut Witness, why: Line) {
        witness.second_opinion = Some(SecondOpinion::not_asked(self.proposed.format(), why));
    }

    fn compared(&mut self, subject: &str, version: u32, breaks: Breaks) -> &Result<Vec<Found>, Line> {
        let is_full = self.compared.len() >= PAIRS;
        let (proposed, client, global) = (self.proposed, self.client, self.global);
        self.compared
            .entry((subject.to_owned(), version, breaks))
            .or_insert_with(|| {
                if is_full {
                    return Err("too many versions were asked about before".into());
                }
                let earlier = registered::version(client, subject, &version.to_string())
                    .and_then(|registered| registered.parse())
                    .map_err(|failure| to_line!("version {version} cannot be had: {}", failure.message))?;
                let (reader, writer) = match breaks {
                    Breaks::NewConsumers => (proposed, &earlier),
                    Breaks::OldConsumers => (&earlier, proposed),
                };
                Ok(check_with_notes(reader, writer, &global.budget_of_report()).findings)
            })
    }
}

/// The version of the subject that a text is, by its name.
fn version_of(subject: &str, file: &str) -> Option<u32> {
    let (name, version) = file.rsplit_once('@')?;
    version.parse().ok().filter(|_| name == subject)
}

/// What others say of a finding's witness, where this is the same finding: it is about the same places, and the same event shows it.
/// What a contract makes of it has a rule of its own.
fn said(found: &Found, finding: &Finding, witness: &Witness) -> Option<SecondOpinion> {
    let own = found.evidence.payload()?;
    let is_of_contract = finding.contract.is_some();
    let is_there = |label: &Label, place: &Place| {
        let point = label.point();
        *label.source.name() == *place.file && (point.line, point.column) == (place.line, place.column)
    };
    let is_same = (is_of_contract || found.rule.id == finding.rule)
        && own.message.as_deref() == witness.message.as_deref()
        && STANDARD.encode(&own.bytes) == witness.bytes
        && is_there(&found.reader, &finding.reader)
        && is_there(&found.writer, &finding.writer);
    let own = Witness::new(own);
    // Of a value that is read both have as much as they read.
    let is_alike = match (&own.outcome, &witness.outcome) {
        (Outcome::Refused(one), Outcome::Refused(other)) => one == other,
        (Outcome::Changed(_), Outcome::Changed(_)) => true,
        (Outcome::Refused(_), Outcome::Changed(_)) | (Outcome::Changed(_), Outcome::Refused(_)) => false,
    };
    own.second_opinion.filter(|_| is_same && is_alike)
}
