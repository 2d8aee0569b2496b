//! From mismatches to findings: each with its places, its help and its witness.

use super::describe::Describer;
use super::forbidden::ErrorIndex;
use super::mismatch::{About, Decoded};
use super::paths::Paths;
use super::related::RelatedPlaces;
use super::walk::{Found, Walked};
use super::witness::{Built, WitnessBuilder};
use crate::budget::Exhausted;
use crate::effect::Outcome;
use crate::finding::{Evidence, Finding, Severity};
use crate::protobuf::language::schema::FileSet;
use crate::text::shown::Line;
use crate::to_line;
use crate::verdict::Comparison;

/// Adds what the walk found to `comparison`, and what of it are errors to `errors`.
///
/// # Errors
/// When the budget ends.
pub(super) fn collect<'s>(
    reader: &'s FileSet,
    writer: &'s FileSet,
    walked: &Walked<'s>,
    builder: &mut WitnessBuilder<'s>,
    errors: &mut ErrorIndex,
    comparison: &mut Comparison,
) -> Result<(), Exhausted> {
    let describer = Describer { reader, writer };
    let mut also = RelatedPlaces::new(reader, writer);
    for found in &walked.found {
        let Some((mut finding, doubt)) = finding(&describer, &walked.paths, found, builder)? else {
            continue;
        };
        if let Some(doubt) = doubt {
            comparison.undecided.get_or_insert(doubt);
        }
        if finding.severity == Severity::Error {
            errors.mismatch(&walked.paths, found);
        }
        finding.also = also.of(&walked.paths, found);
        comparison.findings.push(finding);
    }
    Ok(())
}

/// What a mismatch is reported as, without further places, and why that is in doubt where it is; `None` if no payload gets there.
///
/// # Errors
/// When the budget ends.
pub(super) fn finding<'s>(
    describer: &Describer<'s>,
    paths: &Paths<'s>,
    found: &Found<'s>,
    builder: &mut WitnessBuilder<'s>,
) -> Result<Option<(Finding, Option<Line>)>, Exhausted> {
    builder.pay(found)?;
    let facts = found.mismatch.facts();
    let reported = (facts.words)(describer, found);
    let mut doubt = None;
    let evidence = match builder.make(paths, found)? {
        Built::Evidence(evidence) => evidence,
        Built::Never => return Ok(None),
        Built::Contradicted(why) => {
            doubt = Some(to_line!("{}: {why}", reported.message));
            Evidence::Omitted(why)
        }
    };
    let of_element = facts.about == About::Element;
    let finding = Finding {
        rule: facts.rule,
        effect: facts.effect,
        outcome: usual(found).shown_by(&evidence),
        severity: facts.severity,
        message: reported.message,
        reader: reported.reader,
        writer: reported.writer,
        help: reported.help,
        evidence,
        also: Vec::new(),
        never_written: found.slots.writer().is_none(),
        data_path: paths.data_path(found.node, found.slots.writer(), of_element),
        reader_path: paths.reader_path(found.node, found.slots.reader(), of_element),
    };
    Ok(Some((finding, doubt)))
}

/// What the reader's decoder gives where no witness says it: without what it requires it refuses the event.
fn usual(found: &Found<'_>) -> Outcome {
    let facts = found.mismatch.facts();
    let is_required = found.slots.reader().is_some_and(|slot| slot.is_required);
    let is_missed = is_required && facts.decoded != Decoded::Elsewhere;
    if is_missed && facts.outcome == Outcome::Nothing {
        return Outcome::Refused;
    }
    facts.outcome
}
