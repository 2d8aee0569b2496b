//! The verdict of one requirement, and of all of them, against a schema that a writer may use.
//!
//! The engine judges with the requirement's reader and the candidate as writer; what it finds is reported in the terms of
//! the contract. Findings that are policy only (a record of another name, say) do not count: the data comes through.

use std::collections::HashSet;
use std::fmt;

use treaty_schemas::{
    At, Budget, Comparison, Enums, Finding, Label, Line, Outcome, Schema, Severity, as_written, check, check_with_notes,
};

use crate::contract::fault::SUGGESTED;
use crate::contract::{Decode, UnknownFields};
use crate::project::Selections;
use crate::requirement::{Need, Requirement};
use crate::standing::Standing;
use crate::translate::{Decodes, Translation};

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
    let comparison = match need.decode {
        Decode::Writer => compare_as_written(requirement, need, candidate, budget),
        Decode::Pinned | Decode::Projected | Decode::Reader => check_with_notes(&need.reader, candidate, budget),
    };
    let decodes = match (need.decode, need.reads.is_empty()) {
        (Decode::Pinned | Decode::Reader, true) => Decodes::Whole,
        (Decode::Pinned | Decode::Reader, false) | (Decode::Projected | Decode::Writer, _) => Decodes::Reads,
    };
    let read = comparison
        .findings
        .into_iter()
        .filter_map(|finding| match finding.outcome {
            Outcome::Same => None,
            Outcome::Refused | Outcome::OtherValue | Outcome::DefaultTaken | Outcome::Nothing => {
                translation.read_finding(finding, decodes)
            }
        });
    // An event that is refused is refused, however the contract would take a part of it.
    let mut findings = of_whole_event(&translation);
    let known: HashSet<_> = findings.iter().map(identity).collect();
    let read: Vec<ReadFinding> = read.filter(|found| !known.contains(&identity(found))).collect();
    findings.extend(read);
    findings.extend(symbols_gone(&translation));
    if need.unknown_fields == UnknownFields::Reject {
        findings.extend(fields_unknown(&translation));
    }
    findings.sort_by_key(|found| {
        let weight = std::cmp::Reverse((found.standing, found.finding.severity));
        (weight, found.contract.span().start)
    });
    let ended = budget.exhausted().map(|why| why.to_string());
    assessment.undecided = ended.map(Line::from).or(comparison.undecided);
    let undecided = assessment.undecided.as_ref().map(|_| Standing::Unknown);
    let found = findings.iter().map(|found| found.standing).max();
    assessment.standing = found.max(undecided).unwrap_or(Standing::Compatible);
    assessment.findings = findings;
    assessment
}

/// Nothing but the candidate decodes: what the consumer was built against is what it expects to see.
fn compare_as_written(requirement: &Requirement, need: &Need, candidate: &Schema, budget: &Budget) -> Comparison {
    let pinned = need.built.as_ref().unwrap_or(&need.reader);
    let selections = Selections::of(&need.reads);
    let reads = selections.as_reads();
    let reads = (!reads.is_empty()).then_some(&reads[..]);
    as_written(pinned, candidate, &requirement.event, reads, budget)
}

/// A text is known by its address: all findings are about the same few.
fn identity(found: &ReadFinding) -> (&'static str, *const u8, At) {
    let Finding { rule, writer, .. } = &found.finding;
    (rule.id, writer.source.text().as_ptr(), writer.at.clone())
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

/// What happens to a consumer whose decoder takes the whole event, of which it reads only a part.
fn of_whole_event(translation: &Translation<'_>) -> Vec<ReadFinding> {
    let Some(decoder) = &translation.need.decoder else {
        return Vec::new();
    };
    let Ok(whole) = decoder.project(&translation.requirement.event, None, translation.budget) else {
        return Vec::new();
    };
    check(&whole, translation.candidate, translation.budget)
        .findings
        .into_iter()
        .filter_map(|finding| translation.of_whole_event(finding, decoder))
        .filter_map(|finding| translation.read_finding(finding, Decodes::Whole))
        .collect()
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

/// Fields that the candidate has and the schema that the consumer was built against has not.
fn fields_unknown(translation: &Translation<'_>) -> Vec<ReadFinding> {
    let Need { reader, built, .. } = translation.need;
    let known = built.as_ref().unwrap_or(reader);
    let Ok(candidate) = translation
        .candidate
        .project(&translation.requirement.event, None, translation.budget)
    else {
        return Vec::new();
    };
    check_with_notes(&candidate, known, translation.budget)
        .findings
        .into_iter()
        .filter(|finding| finding.never_written)
        .map(|finding| translation.unknown_field(finding))
        .collect()
}

/// The severity that a standing has in a report.
pub(crate) fn severity(standing: Standing) -> Severity {
    match standing {
        Standing::Compatible => Severity::Note,
        Standing::Undeclared | Standing::Unknown => Severity::Warning,
        Standing::Silent | Standing::Incompatible => Severity::Error,
    }
}
