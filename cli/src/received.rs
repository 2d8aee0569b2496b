//! Whether an application understands what is sent: each event that it receives, against the versions that it may get.
//!
//! How far back it reads decides what weighs: `from: live` asks for the latest version; `retained` for the latest and for every one
//! from `builtAgainst` on, with warnings for those before; `all` for every version.

use std::collections::HashMap;

use reqwest::Method;
use serde::Deserialize;
use treaty_api::subjects::NewSchema;
use treaty_contracts::contract::{Pin, Since};
use treaty_contracts::{Contract, Requirement, Standing, assess};
use treaty_report::{Consumer, Finding, RuleSets, Subject};
use treaty_schemas::{Budget, Format, Line, Schema, Severity, to_line};

use crate::client::Client;
use crate::exit::Failure;
use crate::registered;

/// What an application makes of the versions of a subject that it receives.
pub struct Received {
    /// The subject.
    pub subject: String,
    /// The versions that were judged, the newest first.
    pub versions: Vec<u32>,
    /// What was found, each with the versions in which it was found.
    pub consumer: Consumer,
}

/// Part of what a registry answers for a schema that it knows.
#[derive(Deserialize)]
struct Known {
    version: Option<u32>,
}

/// Judges each event that an application receives and of which it says what it reads. Subjects that the registry does not have are
/// left out.
///
/// # Errors
/// The registry cannot be asked, or the budget ends.
pub fn judge(
    contract: &Contract,
    requirements: &[Requirement],
    client: &Client,
    budget: &Budget,
) -> Result<Vec<Received>, Failure> {
    let mut schemas: HashMap<(String, u32), Schema> = HashMap::new();
    let mut received = Vec::new();
    for requirement in requirements.iter().filter(|requirement| requirement.need.is_some()) {
        let path = ["subjects", &requirement.subject, "versions"];
        let mut versions: Vec<u32> = match client.try_get(&path, &[])? {
            Ok(versions) => versions,
            Err(refusal) if refusal.code == 40401 => continue,
            Err(refusal) => return Err(client.failure(&refusal)),
        };
        versions.sort_unstable_by(|a, b| b.cmp(a));
        let Some(latest) = versions.first().copied() else {
            continue;
        };
        let first = match requirement.from {
            Since::Live => {
                versions.truncate(1);
                latest
            }
            Since::Retained => built_against(contract, requirement, client)?.unwrap_or(latest),
            Since::All => 0,
        };
        let mut each = Vec::with_capacity(versions.len());
        for version in &versions {
            let key = (requirement.subject.clone(), *version);
            if !schemas.contains_key(&key) {
                let found = registered::version(client, &requirement.subject, &version.to_string())?;
                schemas.insert(key.clone(), found.parse()?);
            }
            let assessment = assess(requirement, &schemas[&key], budget);
            budget.exhausted().map_or(Ok(()), |why| Err(Failure::from(why)))?;
            let mut consumer = Consumer::new(&assessment);
            if *version < first && *version != latest {
                consumer = as_warnings(consumer);
            }
            consumer
                .findings
                .iter_mut()
                .for_each(|finding| finding.against = vec![*version]);
            each.push(consumer);
        }
        received.extend(merged(each).map(|consumer| Received {
            subject: requirement.subject.clone(),
            versions,
            consumer,
        }));
    }
    Ok(received)
}

/// The version that the application was built against, as far as it is one.
fn built_against(contract: &Contract, requirement: &Requirement, client: &Client) -> Result<Option<u32>, Failure> {
    let entry = contract.receives.iter().find(|entry| entry.span == requirement.span);
    match entry
        .and_then(|entry| entry.built_against.as_ref())
        .map(|pin| &pin.value)
    {
        Some(Pin::Version(version)) => Ok(Some(*version)),
        Some(Pin::File(_)) => {
            let built = requirement.need.as_ref().and_then(|need| need.built.as_ref());
            let Some(built) = built else { return Ok(None) };
            let format = Some(built.format()).filter(|format| *format != Format::DEFAULT);
            let body = NewSchema {
                schema: Some(built.source().text().to_owned()),
                schema_type: format.map(|format| format.name().to_owned()),
                ..NewSchema::default()
            };
            let path = ["subjects", requirement.subject.as_str()];
            let known = client.send_json::<Known>(Method::POST, &path, &[("normalize", "true")], &body)?;
            Ok(known.ok().and_then(|known| known.version))
        }
        None => Ok(None),
    }
}

/// What an old version does to an application that may never meet it.
fn as_warnings(mut consumer: Consumer) -> Consumer {
    for finding in &mut consumer.findings {
        finding.severity = finding.severity.min(Severity::Warning);
    }
    consumer.verdict = Standing::Compatible;
    consumer
}

/// One consumer of what it makes of several versions, the newest first: what is found in several is reported once.
fn merged(each: Vec<Consumer>) -> Option<Consumer> {
    let mut each = each.into_iter();
    let mut all = each.next()?;
    let key = |finding: &Finding| (finding.rule.clone(), finding.data_path.clone(), finding.severity);
    let places = |findings: &[Finding]| findings.iter().map(key).zip(0..).collect::<HashMap<_, usize>>();
    let mut known = places(&all.findings);
    for other in each {
        all.verdict = all.verdict.max(other.verdict);
        all.undecided = all.undecided.or(other.undecided);
        for finding in other.findings {
            match known.get(&key(&finding)) {
                Some(place) => all.findings[*place].against.extend(&finding.against),
                None => {
                    known.insert(key(&finding), all.findings.len());
                    all.findings.push(finding);
                }
            }
        }
    }
    all.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Some(all)
}

impl Received {
    /// As part of a report.
    pub fn report(self) -> Subject {
        let verdict = self.consumer.as_verdict();
        Subject {
            subject: self.subject.as_str().into(),
            mode: None,
            wanted: None,
            verdict,
            rule_sets: RuleSets {
                confluent: None,
                semantic: verdict,
                buf: None,
            },
            summary: self.summary(),
            against: self.versions,
            findings: Vec::new(),
            undecided: Vec::new(),
            consumers: Some(vec![self.consumer]),
            contracts: None,
            referrers: Vec::new(),
            notes: Vec::new(),
            omitted: treaty_report::Omitted::default(),
        }
    }

    fn summary(&self) -> Line {
        let who = &self.consumer.application;
        let bad = self.misunderstood(Severity::Error);
        let unlikely = self.misunderstood(Severity::Warning);
        let judged = match self.versions.as_slice() {
            [one] => to_line!("version {one}"),
            [newest, .., oldest] => to_line!("versions {oldest} to {newest}"),
            [] => Line::default(),
        };
        match (self.consumer.verdict, &bad[..], &unlikely[..]) {
            (Standing::Unknown, ..) => to_line!("undecided whether {who} understands {judged}"),
            (_, [], []) => to_line!("{who} understands {judged}"),
            (_, [], some) => to_line!("{who} understands what it has to, and not {}", of_versions(some)),
            (_, some, _) => to_line!("{who} does not understand {}", of_versions(some)),
        }
    }

    /// The versions in which something of this severity was found, the newest first.
    fn misunderstood(&self, severity: Severity) -> Vec<u32> {
        let findings = self.consumer.findings.iter();
        let found = findings.filter(|finding| finding.severity == severity);
        let mut versions: Vec<u32> = found.flat_map(|finding| finding.against.iter().copied()).collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        versions.dedup();
        versions
    }
}

/// `version 3`, `versions 3 and 1`.
pub fn of_versions(versions: &[u32]) -> Line {
    let names: Vec<String> = versions.iter().map(u32::to_string).collect();
    match names.as_slice() {
        [] => Line::default(),
        [one] => to_line!("version {one}"),
        [first @ .., last] => to_line!("versions {} and {last}", first.join(", ")),
    }
}
