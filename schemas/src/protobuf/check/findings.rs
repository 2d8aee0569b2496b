//! From mismatches to findings: each with its places, its help and its witness.

use super::also::Also;
use super::forbidden::Hurt;
use super::mismatch::About;
use super::tell::Teller;
use super::trail::Trail;
use super::walk::{Found, Walked};
use super::witness::{Made, Maker};
use crate::budget::Exhausted;
use crate::finding::{Evidence, Finding, Severity};
use crate::protobuf::schema::FileSet;
use crate::shown::Line;
use crate::to_line;
use crate::verdict::Comparison;

/// Adds what the walk found to `comparison`, and what of it are errors to `hurt`.
///
/// # Errors
/// When the budget ends.
pub(super) fn collect<'s>(
    reader: &'s FileSet,
    writer: &'s FileSet,
    walked: &Walked<'s>,
    maker: &mut Maker<'s>,
    hurt: &mut Hurt,
    comparison: &mut Comparison,
) -> Result<(), Exhausted> {
    let teller = Teller { reader, writer };
    let mut also = Also::new(reader, writer);
    for found in &walked.found {
        let Some((mut finding, doubt)) = finding(&teller, &walked.trail, found, maker)? else {
            continue;
        };
        if let Some(doubt) = doubt {
            comparison.undecided.get_or_insert(doubt);
        }
        if finding.severity == Severity::Error {
            hurt.mismatch(&walked.trail, found);
        }
        finding.also = also.of(&walked.trail, found);
        comparison.findings.push(finding);
    }
    Ok(())
}

/// What a mismatch is told as, without further places, and why that is in doubt where it is; `None` if no payload gets there.
///
/// # Errors
/// When the budget ends.
pub(super) fn finding<'s>(
    teller: &Teller<'s>,
    trail: &Trail<'s>,
    found: &Found<'s>,
    maker: &mut Maker<'s>,
) -> Result<Option<(Finding, Option<Line>)>, Exhausted> {
    maker.pay(found)?;
    let facts = found.mismatch.facts();
    let told = (facts.words)(teller, found);
    let mut doubt = None;
    let evidence = match maker.make(trail, found)? {
        Made::Evidence(evidence) => evidence,
        Made::Never => return Ok(None),
        Made::Contradicted(why) => {
            doubt = Some(to_line!("{}: {why}", told.message));
            Evidence::Omitted(why)
        }
    };
    let of_element = facts.about == About::Element;
    let finding = Finding {
        rule: facts.rule,
        effect: facts.effect,
        outcome: facts.outcome.shown_by(&evidence),
        severity: facts.severity,
        message: told.message,
        reader: told.reader,
        writer: told.writer,
        help: told.help,
        evidence,
        also: Vec::new(),
        never_written: found.slots.writer().is_none(),
        data_path: trail.data_path(found.crumb, found.slots.writer(), of_element),
        reader_path: trail.reader_path(found.crumb, found.slots.reader(), of_element),
    };
    Ok(Some((finding, doubt)))
}
