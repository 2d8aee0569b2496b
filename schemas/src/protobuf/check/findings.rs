//! From stops to findings: each with its places, its help and its witness.

use super::also::Also;
use super::forbidden::Hurt;
use super::stop::Stop;
use super::tell::Teller;
use super::trail::Trail;
use super::walk::{Found, Walked};
use super::witness::{Made, Maker};
use crate::budget::Exhausted;
use crate::effect::{Effect, Outcome};
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
            hurt.stop(&walked.trail, found);
        }
        finding.also = also.of(&walked.trail, found);
        comparison.findings.push(finding);
    }
    Ok(())
}

/// What a stop is told as, without further places, and why that is in doubt where it is; `None` if no payload gets there.
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
    let told = teller.tell(found);
    let mut doubt = None;
    let evidence = match maker.make(trail, found)? {
        Made::Evidence(evidence) => evidence,
        Made::Never => return Ok(None),
        Made::Contradicted(why) => {
            doubt = Some(to_line!("{}: {why}", told.message));
            Evidence::Omitted(why)
        }
    };
    let of_element = found.stop.is_of_element();
    let never_written = found.slots.writer().is_none();
    let usual = match matches!(found.stop, Stop::UnknownNumbers { closed: true, .. }) {
        true => Outcome::Nothing,
        false => told.rule.outcome,
    };
    let finding = Finding {
        rule: told.rule,
        effect: match (told.rule.effect, never_written) {
            (Effect::LeftOut, true) => Effect::Missing,
            (usual, _) => usual,
        },
        outcome: usual.shown_by(&evidence),
        severity: told.severity,
        message: told.message,
        reader: told.reader,
        writer: told.writer,
        help: told.help,
        evidence,
        also: Vec::new(),
        never_written,
        data_path: trail.data_path(found.crumb, found.slots.writer(), of_element),
        reader_path: trail.reader_path(found.crumb, found.slots.reader(), of_element),
    };
    Ok(Some((finding, doubt)))
}
