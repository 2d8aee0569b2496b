//! What happens when a consumer decodes an event of the candidate: with the whole schema that it has, or with no more than what it
//! reads.
//!
//! A comparison reports what it finds in a type once, at the first place that has this type. So where a type stands in several
//! places, each entry of the contract is compared alone, and what hurts it is reported at the place that it reads.

use std::collections::HashMap;
use std::slice;

use treaty_schemas::{
    At, Budget, Effect, Finding, Line, Outcome, Schema, Severity, as_written, check, check_with_notes,
};

use crate::assessment::ReadFinding;
use crate::contract::{Decode, Read};
use crate::project::{self, Selections};
use crate::standing::Standing;
use crate::translate::{Decodes, Translation};

/// What was found.
pub(crate) struct Found {
    /// For the consumer, in no order.
    pub findings: Vec<ReadFinding>,
    /// Why there may be more.
    pub undecided: Option<Line>,
}

/// Everything that the candidate does to what the consumer reads.
pub(crate) fn found(translation: &Translation<'_>) -> Found {
    let need = translation.need;
    let event = &translation.requirement.event;
    let mut refused = refused(translation);
    let mut found = Found {
        findings: Vec::new(),
        undecided: None,
    };
    if need.reads.len() > 1 && need.reader.repeats_types(event) {
        for read in need.reads.iter().map(slice::from_ref) {
            // It fitted when the contract was opened, so it is the budget that ends.
            let Ok(reader) = project::projected(&need.schema, event, read, translation.budget) else {
                break;
            };
            of_reads(&translation.of(read), read, &reader, &mut refused, &mut found);
        }
    } else {
        of_reads(translation, &need.reads, &need.reader, &mut refused, &mut found);
    }
    // An event that is refused is refused, however little of it is read.
    let refused = refused.into_values().filter(|refused| !refused.is_reported);
    let refused = refused.filter_map(|refused| translation.read_finding(refused.finding, Decodes::Whole));
    found.findings.extend(refused);
    if need.decodes_whole() {
        for read in &need.reads {
            displaced(translation, read, &mut found.findings);
        }
    }
    found
}

/// What the decoder of the whole event refuses, and whether it was reported already.
struct Refused {
    finding: Finding,
    is_reported: bool,
}

/// A finding by its rule and the place in the writer's text. A text is known by its address: all findings are about the same few.
type Identity = (&'static str, *const u8, At);

fn identity(finding: &Finding) -> Identity {
    let Finding { rule, writer, .. } = finding;
    (rule.id, writer.source.text().as_ptr(), writer.at.clone())
}

/// What a decoder refuses that takes the whole event, of which the consumer reads only a part.
fn refused(translation: &Translation<'_>) -> HashMap<Identity, Refused> {
    let Translation {
        requirement,
        need,
        candidate,
        budget,
        ..
    } = translation;
    if !need.decodes_whole() {
        return HashMap::new();
    }
    let Ok(whole) = need.schema.project(&requirement.event, None, budget) else {
        return HashMap::new();
    };
    let findings = check(&whole, candidate, budget).findings.into_iter();
    let refused = findings.filter(is_refusal).map(|finding| {
        let refused = Refused {
            finding,
            is_reported: false,
        };
        (identity(&refused.finding), refused)
    });
    refused.collect()
}

fn is_refusal(finding: &Finding) -> bool {
    finding.outcome == Outcome::Refused && finding.severity == Severity::Error
}

/// What happens to these entries, of which `reader` is made.
fn of_reads(
    translation: &Translation<'_>,
    reads: &[Read],
    reader: &Schema,
    refused: &mut HashMap<Identity, Refused>,
    found: &mut Found,
) {
    let need = translation.need;
    let (candidate, budget) = (translation.candidate, translation.budget);
    let comparison = match need.decode {
        // Nothing but the candidate decodes: the schema that it was built against is what it expects to see.
        Decode::Writer => {
            let selections = Selections::of(reads);
            let reads = selections.as_reads();
            let reads = (!reads.is_empty()).then_some(&reads[..]);
            as_written(&need.schema, candidate, &translation.requirement.event, reads, budget)
        }
        Decode::Pinned | Decode::Projected | Decode::Reader => check_with_notes(reader, candidate, budget),
    };
    found.undecided = found.undecided.take().or(comparison.undecided);
    let usual = match need.decode {
        Decode::Pinned | Decode::Reader if need.reads.is_empty() => Decodes::Whole,
        Decode::Pinned | Decode::Reader | Decode::Projected | Decode::Writer => Decodes::Reads,
    };
    for finding in comparison.findings {
        let known = refused.get_mut(&identity(&finding));
        let decodes = if known.is_some() { Decodes::Whole } else { usual };
        let reported = match finding.outcome {
            Outcome::Same => None,
            Outcome::Refused | Outcome::OtherValue | Outcome::DefaultTaken | Outcome::Nothing => {
                translation.read_finding(finding, decodes)
            }
        };
        // What the whole decoder refuses is reported as that, not as what would become of it otherwise.
        match (reported, known) {
            (Some(reported), Some(known)) if reported.standing == Standing::Incompatible => {
                known.is_reported = true;
                found.findings.push(reported);
            }
            (Some(reported), None) => found.findings.push(reported),
            (_, Some(_)) | (None, None) => {}
        }
    }
}

/// Fields that a decoder of the whole event puts aside for others that come with them: members of one oneof, which the candidate
/// allows together.
fn displaced(translation: &Translation<'_>, read: &Read, found: &mut Vec<ReadFinding>) {
    let (need, budget): (_, &Budget) = (translation.need, translation.budget);
    let Some(reader) = project::with_alternatives(&need.schema, &translation.requirement.event, read, budget) else {
        return;
    };
    let translation = translation.of(slice::from_ref(read));
    for mut finding in check(&reader, translation.candidate, budget).findings {
        if finding.effect != Effect::CaseLost {
            continue;
        }
        // The finding is at one of the members; it is about the one that is read. Others are in what is read beside it.
        let (steps, path) = (finding.reader_path.steps(), read.path.steps());
        let Some((_, above)) = steps.split_last() else { continue };
        if steps.len() <= path.len() && path.starts_with(above) {
            finding.reader_path = read.path.until(steps.len());
        } else if !steps.starts_with(path) {
            continue;
        }
        let known = found
            .iter()
            .any(|known| known.finding.writer.at == finding.writer.at && known.contract.span() == read.span);
        if !known {
            found.extend(translation.read_finding(finding, Decodes::Whole));
        }
    }
}
