//! From stops to findings: each with its places, its help and its witness.

use super::also::Also;
use super::tell::Teller;
use super::walk::{Found, Walked};
use super::witness::{Made, Maker};
use crate::finding::{Evidence, Finding};
use crate::protobuf::schema::FileSet;
use crate::verdict::Comparison;

/// Adds what the walk found to `comparison`.
pub(super) fn collect<'s>(
    reader: &'s FileSet,
    writer: &'s FileSet,
    walked: &Walked<'s>,
    maker: &mut Maker<'s>,
    comparison: &mut Comparison,
) {
    let teller = Teller { reader, writer };
    let mut also = Also::new(reader, writer);
    for found in &walked.found {
        let told = teller.tell(found);
        let evidence = match maker.make(&walked.trail, found) {
            Made::Evidence(evidence) => evidence,
            Made::Never => continue,
            Made::Contradicted(why) => {
                let undecided = format!("{}: {why}", told.message);
                comparison.undecided.get_or_insert(undecided);
                Evidence::Omitted(why)
            }
        };
        comparison.findings.push(Finding {
            rule: told.rule,
            severity: told.severity,
            message: told.message,
            reader: told.reader,
            writer: told.writer,
            help: told.help,
            evidence,
            also: also.of(&walked.trail, found),
            data_path: data_path(walked, found),
            reader_path: reader_path(walked, found),
        });
    }
    comparison
        .findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
}

fn data_path(walked: &Walked<'_>, found: &Found<'_>) -> String {
    walked
        .trail
        .data_path(found.crumb, found.slots.writer(), found.stop.is_of_element())
}

fn reader_path(walked: &Walked<'_>, found: &Found<'_>) -> crate::data_path::DataPath {
    walked
        .trail
        .reader_path(found.crumb, found.slots.reader(), found.stop.is_of_element())
}
