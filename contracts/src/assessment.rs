//! The verdict of one requirement, and of all of them, against a schema that a writer may use.
//!
//! The engine judges with the requirement's reader and the candidate as writer; what it finds is reported in the terms of
//! the contract. Findings that are policy only (a record of another name, say) do not count: the data comes through.

use std::collections::HashMap;
use std::fmt;

use treaty_schemas::reads::KnownBy;
use treaty_schemas::{Budget, Enums, Finding, Label, Line, Schema, Severity, to_line};

#[cfg(doc)]
use crate::contract::Receives;
use crate::contract::fault::SUGGESTED;
use crate::contract::{Decode, UnknownFields};
use crate::decoding::{Found, found};
use crate::requirement::{Need, Requirement};
use crate::standing::Standing;
use crate::translate::Translation;

/// What a schema means for one consumer of its subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The consumer.
    pub application: String,
    /// Whom to talk to.
    pub owner: Option<String>,
    /// The event.
    pub event: String,
    /// Its subject.
    pub subject: String,
    /// The consumer group, where the contract names one.
    pub group: Option<String>,
    /// The entry in the contract: `treaty.yaml:13`.
    pub entry: Line,
    /// See [`Receives::ordinal`].
    pub ordinal: usize,
    /// [`Requirement::hash`]: with the candidate's text it decides the standing.
    pub requirement: String,
    /// With which schema it decodes; none where it does not say what it reads.
    pub decode: Option<Decode>,
    /// Whether it can go on reading.
    pub standing: Standing,
    /// What was found, the worst first and otherwise in the order of the contract.
    pub findings: Vec<ReadFinding>,
    /// Why it is undecided, where it is.
    pub undecided: Option<Line>,
}

/// One thing that was found for a consumer.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadFinding {
    /// The finding in the terms of the contract: `reader` is the schema that it was built against, `writer` the
    /// candidate.
    pub finding: Finding,
    /// The place in the contract.
    pub contract: Label,
    /// What is read, as the contract spells it; empty for the whole event.
    pub path: String,
    /// What this one finding does to the consumer. [`Standing::Compatible`] for notes and warnings.
    pub standing: Standing,
}

impl Assessment {
    /// Makes warnings of what an earlier version does to the consumer already: no fault of the schema that follows it.
    /// `earlier` is what the same consumer made of that version.
    pub fn excuse(&mut self, earlier: &Assessment, version: i32) {
        let known: HashMap<(&str, &str), Standing> = earlier
            .findings
            .iter()
            .rev()
            .map(|found| ((found.finding.rule.id, found.path.as_str()), found.standing))
            .collect();
        for found in &mut self.findings {
            let before = known.get(&(found.finding.rule.id, found.path.as_str()));
            if found.standing > Standing::Compatible && before.is_some_and(|before| *before >= found.standing) {
                found.standing = Standing::Compatible;
                found.finding.severity = Severity::Warning;
                found.finding.message = to_line!("{}; already so at version {version}", found.finding.message);
            }
        }
        let undecided = self.undecided.as_ref().map(|_| Standing::Unknown);
        let found = self.findings.iter().map(|found| found.standing).max();
        self.standing = found.max(undecided).unwrap_or(Standing::Compatible);
    }
}

impl fmt::Display for ReadFinding {
    /// The whole finding in a few plain lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reported = self.finding.to_string();
        let (first, rest) = reported.split_once('\n').unwrap_or((&reported, ""));
        let place = &self.contract;
        writeln!(f, "{first}")?;
        writeln!(
            f,
            "  contract {}:{}: {}",
            place.source.name(),
            place.point(),
            place.note
        )?;
        f.write_str(rest)
    }
}

/// What `candidate` means for one consumer, if a writer uses it. Where the budget ends, what was found until then counts, and
/// the rest is unknown.
pub fn assess(requirement: &Requirement, candidate: &Schema, budget: &Budget) -> Assessment {
    let mut assessment = Assessment {
        application: requirement.application.clone(),
        owner: requirement.owner.clone(),
        event: requirement.event.clone(),
        subject: requirement.subject.clone(),
        group: requirement.group.clone(),
        entry: to_line!(
            "{}:{}",
            requirement.contract.name(),
            requirement.contract.point(requirement.span.start).line
        ),
        ordinal: requirement.ordinal,
        requirement: requirement.hash().to_owned(),
        decode: requirement.need.as_ref().map(|need| need.decode),
        standing: Standing::Compatible,
        findings: Vec::new(),
        undecided: None,
    };
    let Some(need) = &requirement.need else {
        assessment.standing = Standing::Undeclared;
        return assessment;
    };
    if candidate.format() != need.reader.format() {
        assessment.standing = Standing::Unknown;
        assessment.undecided = Some("the two schemas are written in different schema languages".into());
        return assessment;
    }
    let translation = Translation::new(requirement, need, candidate, budget);
    let Found {
        mut findings,
        undecided,
    } = found(&translation);
    findings.extend(symbols_gone(&translation));
    if need.unknown_fields == UnknownFields::Reject {
        findings.extend(fields_unknown(&translation));
    }
    findings.sort_by_key(|found| {
        let weight = std::cmp::Reverse((found.standing, found.finding.severity));
        (weight, found.contract.span().start)
    });
    let ended = budget.exhausted().map(|why| why.to_string());
    assessment.undecided = ended.map(Line::from).or(undecided);
    let undecided = assessment.undecided.as_ref().map(|_| Standing::Unknown);
    let found = findings.iter().map(|found| found.standing).max();
    assessment.standing = found.max(undecided).unwrap_or(Standing::Compatible);
    assessment.findings = findings;
    assessment
}

/// What `candidate` means for every consumer: those that break first, then by name.
pub fn assess_all<'a>(
    requirements: impl IntoIterator<Item = &'a Requirement>,
    candidate: &Schema,
    budget: &Budget,
) -> Vec<Assessment> {
    let mut assessments: Vec<Assessment> = requirements
        .into_iter()
        .map(|requirement| assess(requirement, candidate, budget))
        .collect();
    assessments.sort_by(|a, b| {
        let by_name = || (&a.application, &a.event).cmp(&(&b.application, &b.event));
        b.standing.cmp(&a.standing).then_with(by_name)
    });
    assessments
}

/// Holds a requirement against the schema that it was built against: what does not hold there never held, and the
/// contract is wrong. `None` where the contract names no such schema.
pub fn verify(requirement: &Requirement, budget: &Budget) -> Option<Assessment> {
    let built = requirement.need.as_ref()?.built.as_ref()?;
    Some(assess(requirement, built, budget))
}

/// Symbols that are handled and that the candidate does not have: worth a note.
fn symbols_gone(translation: &Translation<'_>) -> Vec<ReadFinding> {
    let Translation {
        requirement,
        need,
        candidate,
        budget,
        ..
    } = translation;
    let mut enums = Enums::new(&need.reader, candidate, &requirement.event);
    let mut found = Vec::new();
    for read in &need.reads {
        let Some(handled) = &read.handles else { continue };
        // A path leads through no more types than there are.
        let work = handled.len() + read.path.steps().len();
        if budget.spend(work).is_err() {
            break;
        }
        let Some(pair) = enums.at(&read.path) else { continue };
        for gone in handled
            .iter()
            .filter(|symbol| !pair.sent.contains(symbol.value.as_str()))
        {
            found.push(translation.symbol_gone(read, gone, &pair, found.len() < SUGGESTED));
        }
    }
    found
}

/// Fields that the candidate has and that the consumer does not know, by the names that it sees itself.
fn fields_unknown(translation: &Translation<'_>) -> Vec<ReadFinding> {
    let Need {
        schema, built, decode, ..
    } = translation.need;
    let known = built.as_ref().unwrap_or(schema);
    let known_by = match decode {
        // No schema of its own decodes, so it has no aliases.
        Decode::Writer => KnownBy::Name,
        Decode::Pinned | Decode::Projected | Decode::Reader => KnownBy::NameOrAlias,
    };
    let event = &translation.requirement.event;
    let unread = known.unread_fields(translation.candidate, event, known_by, translation.budget);
    // Where the budget has ended, the whole assessment is undecided.
    let unread = unread.unwrap_or_default().into_iter();
    unread.map(|unread| translation.unknown_field(unread)).collect()
}

/// The severity that a standing has in a report.
pub(crate) fn severity(standing: Standing) -> Severity {
    match standing {
        Standing::Compatible => Severity::Note,
        Standing::Undeclared | Standing::Unknown => Severity::Warning,
        Standing::Silent | Standing::Incompatible => Severity::Error,
    }
}
