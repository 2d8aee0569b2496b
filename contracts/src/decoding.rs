//! What happens when a consumer decodes an event of the candidate: with the whole schema that it has, or with no more than what it
//! reads.
//!
//! A comparison reports what it finds in a type once, at the first place that has this type. So where a type stands in several
//! places, each entry of the contract is compared alone, and what hurts it is reported at the place that it reads.

use std::collections::HashMap;
use std::slice;

use treaty_schemas::{
    At, Effect, Finding, Label, Line, Outcome, Schema, Severity, as_written, check, check_with_notes,
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
    let (need, event) = (translation.need, &translation.requirement.event);
    let mut found = Found {
        findings: Vec::new(),
        undecided: None,
    };
    let mut whole = Whole::default();
    if need.decodes_whole() {
        whole = Whole::of(translation, &mut found);
    }
    // What is seen of the writer's values is looked at once for each of the entries as it is.
    let is_once = need.decode == Decode::Writer || need.reads.len() < 2 || !need.reader.repeats_types(event);
    if is_once {
        of_reads(translation, &need.reads, &need.reader, &mut whole, &mut found);
    } else {
        for read in need.reads.iter().map(slice::from_ref) {
            // It fitted when the contract was opened, so it is the budget that ends.
            let Ok(reader) = project::projected(&need.schema, event, read, translation.budget) else {
                break;
            };
            of_reads(&translation.of(read), read, &reader, &mut whole, &mut found);
        }
    }
    // What this decoder knows is what is read together.
    if !is_once && !need.decodes_whole() {
        let comparison = check(&need.reader, translation.candidate, translation.budget);
        whole.displaces = comparison
            .findings
            .iter()
            .any(|finding| finding.effect == Effect::CaseLost);
        found.undecided = found.undecided.take().or(comparison.undecided);
    }
    // An event that is refused is refused, however little of it is read.
    let refused = whole.refused.into_iter().filter(|refused| !refused.is_reported);
    let refused = refused.filter_map(|refused| translation.read_finding(refused.finding, Decodes::Whole));
    found.findings.extend(refused);
    if whole.displaces {
        for read in &need.reads {
            displaced(translation, read, &mut found);
        }
    }
    found
}

/// What happens to a decoder that takes the whole event, of which the consumer reads only a part.
#[derive(Default)]
struct Whole {
    /// What it refuses, in the order in which it was found.
    refused: Vec<Refused>,
    /// Indexes of these.
    by_identity: HashMap<Identity, usize>,
    /// Whether it puts fields aside for others that come with them.
    displaces: bool,
}

struct Refused {
    finding: Finding,
    /// As what happens to something that is read.
    is_reported: bool,
}

/// A finding by its rule and its places in both texts. A text is known by its address: all findings are about the same few.
type Identity = (&'static str, [(*const u8, At); 2]);

fn identity(finding: &Finding) -> Identity {
    let place = |label: &Label| (label.source.text().as_ptr(), label.at.clone());
    (finding.rule.id, [place(&finding.reader), place(&finding.writer)])
}

impl Whole {
    fn of(translation: &Translation<'_>, found: &mut Found) -> Whole {
        let (need, budget) = (translation.need, translation.budget);
        let mut whole = Whole::default();
        // Where there is no message, what is read is not there either.
        let Ok(reader) = need.schema.project(&translation.requirement.event, None, budget) else {
            return whole;
        };
        let comparison = check(&reader, translation.candidate, budget);
        found.undecided = comparison.undecided;
        for finding in comparison.findings {
            whole.displaces |= finding.effect == Effect::CaseLost;
            if finding.outcome == Outcome::Refused && finding.severity == Severity::Error {
                whole.by_identity.insert(identity(&finding), whole.refused.len());
                whole.refused.push(Refused {
                    finding,
                    is_reported: false,
                });
            }
        }
        whole
    }
}

/// What happens to these entries, of which `reader` is made.
fn of_reads(translation: &Translation<'_>, reads: &[Read], reader: &Schema, whole: &mut Whole, found: &mut Found) {
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
        let known = whole.by_identity.get(&identity(&finding));
        let known = known.map(|index| &mut whole.refused[*index]);
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

/// Fields that the decoder puts aside for others that come with them: members of one oneof, which the candidate allows together.
fn displaced(translation: &Translation<'_>, read: &Read, found: &mut Found) {
    let (need, budget) = (translation.need, translation.budget);
    let known = match need.decodes_whole() {
        true => &need.schema,
        false => &need.reader,
    };
    let Some(reader) = project::with_alternatives(known, &translation.requirement.event, read, budget) else {
        return;
    };
    let translation = translation.of(slice::from_ref(read));
    let comparison = check(&reader, translation.candidate, budget);
    found.undecided = found.undecided.take().or(comparison.undecided);
    for mut finding in comparison.findings {
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
            .findings
            .iter()
            .any(|known| known.finding.writer.at == finding.writer.at && known.contract.span() == read.span);
        if !known {
            found.findings.extend(translation.read_finding(finding, Decodes::Whole));
        }
    }
}
