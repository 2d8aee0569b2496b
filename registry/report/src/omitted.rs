//! What was left out of a report so that it stays within its bounds, and the leaving out.
//!
//! A report has no more than [`FINDINGS`] findings and [`REPORT_BYTES`] bytes of JSON. What weighs least goes first: the
//! witnesses and excerpts of notes before those of errors, then findings, then consumers and subjects that nothing was found
//! for. Verdicts were reached before and stay.

use std::cmp::Reverse;
use std::fmt;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use treaty_schemas::text::shown::{FINDINGS, REPORT_BYTES};
use treaty_schemas::{Line, Severity, Verdict};

use crate::{Consumer, EvidenceKind, Excerpt, Finding, Subject, Witness, fingerprint};

/// Why a witness that was found is not shown.
const FULL: &str = "left out: with it the report would be too large";

/// Bytes of the JSON of subjects: the rest is for what says what was left out.
const ROOM: usize = REPORT_BYTES - 16 * 1024;

/// How much was left out so that a report stays within its bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Omitted {
    /// Findings.
    #[serde(skip_serializing_if = "is_none")]
    pub findings: u64,
    /// Witnesses of findings that are shown.
    #[serde(skip_serializing_if = "is_none")]
    pub witnesses: u64,
    /// Excerpts at places that are shown.
    #[serde(skip_serializing_if = "is_none")]
    pub excerpts: u64,
    /// Consumers.
    #[serde(skip_serializing_if = "is_none")]
    pub consumers: u64,
    /// Subjects.
    #[serde(skip_serializing_if = "is_none")]
    pub subjects: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde asks for a reference.
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Omitted {
    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        *self == Omitted::default()
    }

    pub(crate) fn add(&mut self, other: Omitted) {
        self.findings = self.findings.saturating_add(other.findings);
        self.witnesses = self.witnesses.saturating_add(other.witnesses);
        self.excerpts = self.excerpts.saturating_add(other.excerpts);
        self.consumers = self.consumers.saturating_add(other.consumers);
        self.subjects = self.subjects.saturating_add(other.subjects);
    }
}

impl fmt::Display for Omitted {
    /// For instance `2345 findings and 12 witnesses`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [
            (self.findings, "finding"),
            (self.witnesses, "witness"),
            (self.excerpts, "excerpt"),
            (self.consumers, "consumer"),
            (self.subjects, "subject"),
        ];
        let mut left = counts.iter().filter(|(count, _)| *count > 0).count();
        for (count, word) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let plural = match (count, word) {
                (1, _) => "",
                (_, "witness") => "es",
                _ => "s",
            };
            left -= 1;
            let joint = match left {
                0 => "",
                1 => " and ",
                _ => ", ",
            };
            write!(f, "{count} {word}{plural}{joint}")?;
        }
        Ok(())
    }
}

/// Leaves out of subjects what is too much for one report; how much of the subjects themselves.
pub(crate) fn fit(subjects: &mut Vec<Subject>) -> Omitted {
    let mut findings: Vec<&mut Vec<Finding>> = Vec::new();
    let mut counts: Vec<&mut Omitted> = Vec::new();
    for subject in subjects.iter_mut() {
        findings.push(&mut subject.findings);
        counts.push(&mut subject.omitted);
        for consumer in subject.consumers.iter_mut().flatten() {
            findings.push(&mut consumer.findings);
            counts.push(&mut consumer.omitted);
        }
    }
    keep_worst(&mut findings, &mut counts, FINDINGS);
    let mut bytes = size(subjects);
    if bytes <= ROOM {
        return Omitted::default();
    }
    for subject in subjects.iter_mut() {
        let consumers = subject
            .referrers
            .iter_mut()
            .flat_map(|referrer| &mut referrer.consumers);
        for consumer in consumers {
            subject.omitted.findings += std::mem::take(&mut consumer.findings).len() as u64;
        }
    }
    bytes = size(subjects);
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        for subject in subjects.iter_mut().rev() {
            for consumer in subject.consumers.iter_mut().flatten().rev() {
                strip(&mut consumer.findings, &mut consumer.omitted, severity, &mut bytes);
            }
            strip(&mut subject.findings, &mut subject.omitted, severity, &mut bytes);
        }
    }
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        for subject in subjects.iter_mut().rev() {
            for consumer in subject.consumers.iter_mut().flatten().rev() {
                drop_last(&mut consumer.findings, &mut consumer.omitted, severity, &mut bytes);
            }
            drop_last(&mut subject.findings, &mut subject.omitted, severity, &mut bytes);
        }
    }
    for subject in subjects.iter_mut().rev() {
        let Some(consumers) = &mut subject.consumers else {
            continue;
        };
        while bytes > ROOM
            && let Some(consumer) = consumers.pop()
        {
            bytes = bytes.saturating_sub(size(&consumer));
            subject.omitted.add(consumer.omitted);
            subject.omitted.consumers += 1;
        }
    }
    let mut omitted = Omitted::default();
    for verdict in [Verdict::Compatible, Verdict::Undecided, Verdict::Incompatible] {
        let mut kept = Vec::with_capacity(subjects.len());
        for subject in std::mem::take(subjects).into_iter().rev() {
            if bytes > ROOM && subject.verdict == verdict {
                bytes = bytes.saturating_sub(size(&subject));
                omitted.add(subject.omitted);
                omitted.subjects += 1;
            } else {
                kept.push(subject);
            }
        }
        kept.reverse();
        *subjects = kept;
    }
    omitted
}

/// Keeps no more findings of consumers than a report shows; each consumer stays, with its verdict.
pub fn keep_worst_findings(consumers: &mut [Consumer]) {
    let (mut findings, mut counts): (Vec<_>, Vec<_>) = consumers
        .iter_mut()
        .map(|consumer| (&mut consumer.findings, &mut consumer.omitted))
        .unzip();
    keep_worst(&mut findings, &mut counts, FINDINGS);
}

/// Makes one answer of consumers: numbers equal findings, and leaves out what is too much.
pub fn fit_consumers(consumers: &mut Vec<Consumer>) {
    fingerprint::number(consumers.iter_mut().flat_map(|consumer| &mut consumer.findings));
    let (mut findings, mut counts): (Vec<_>, Vec<_>) = consumers
        .iter_mut()
        .map(|consumer| (&mut consumer.findings, &mut consumer.omitted))
        .unzip();
    keep_worst(&mut findings, &mut counts, FINDINGS);
    let mut bytes = size(consumers);
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        for consumer in consumers.iter_mut().rev() {
            strip(&mut consumer.findings, &mut consumer.omitted, severity, &mut bytes);
        }
    }
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        for consumer in consumers.iter_mut().rev() {
            drop_last(&mut consumer.findings, &mut consumer.omitted, severity, &mut bytes);
        }
    }
    while bytes > ROOM
        && let Some(consumer) = consumers.pop()
    {
        bytes = bytes.saturating_sub(size(&consumer));
        if let Some(last) = consumers.last_mut() {
            last.omitted.add(consumer.omitted);
            last.omitted.consumers += 1;
        }
    }
}

/// Keeps the worst findings of several lists, `most` altogether, each list in its order.
fn keep_worst(lists: &mut [&mut Vec<Finding>], counts: &mut [&mut Omitted], most: usize) {
    if lists.iter().map(|list| list.len()).sum::<usize>() <= most {
        return;
    }
    let mut left = most;
    let mut quotas = Vec::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let all = lists.iter().flat_map(|list| list.iter());
        let taken = all.filter(|finding| finding.severity == severity).count().min(left);
        left -= taken;
        quotas.push((severity, taken));
    }
    for (list, count) in lists.iter_mut().zip(counts) {
        let before = list.len();
        list.retain(|finding| {
            let quota = quotas.iter_mut().find(|(severity, _)| *severity == finding.severity);
            quota.is_some_and(|(_, left)| match left {
                0 => false,
                _ => {
                    *left -= 1;
                    true
                }
            })
        });
        count.findings += (before - list.len()) as u64;
    }
}

/// Takes witnesses and excerpts of findings of this severity, the last ones first, until there is room.
fn strip(findings: &mut [Finding], omitted: &mut Omitted, severity: Severity, bytes: &mut usize) {
    for finding in findings.iter_mut().rev().filter(|finding| finding.severity == severity) {
        if *bytes <= ROOM {
            return;
        }
        let mut take = |witness: &mut Option<Witness>, evidence: &mut EvidenceKind, reason: &mut Option<Line>| {
            if let Some(witness) = witness.take() {
                *bytes = bytes.saturating_sub(size(&witness));
                *bytes += FULL.len();
                *evidence = EvidenceKind::Omitted;
                *reason = Some(FULL.into());
                omitted.witnesses += 1;
            }
        };
        take(&mut finding.witness, &mut finding.evidence, &mut finding.reason);
        for consequence in &mut finding.consequences {
            take(
                &mut consequence.witness,
                &mut consequence.evidence,
                &mut consequence.reason,
            );
        }
        for place in [&mut finding.reader, &mut finding.writer]
            .into_iter()
            .chain(&mut finding.contract)
        {
            if !place.excerpt.text.is_empty() {
                *bytes = bytes.saturating_sub(size(&place.excerpt.text));
                place.excerpt = Excerpt::left_out(place.line);
                omitted.excerpts += 1;
            }
        }
    }
}

/// Takes findings of this severity, the last ones first, until there is room.
fn drop_last(findings: &mut Vec<Finding>, omitted: &mut Omitted, severity: Severity, bytes: &mut usize) {
    if *bytes <= ROOM {
        return;
    }
    let mut gone = Vec::new();
    for (index, finding) in findings.iter().enumerate().rev() {
        if *bytes <= ROOM {
            break;
        }
        if finding.severity == severity {
            *bytes = bytes.saturating_sub(size(finding));
            gone.push(index);
        }
    }
    omitted.findings += gone.len() as u64;
    gone.sort_by_key(|index| Reverse(*index));
    for index in gone {
        findings.remove(index);
    }
}

/// Bytes of JSON without white space.
fn size(value: &impl Serialize) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // What cannot be written takes no room; the types of reports can.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_in_words() {
        let reported = |findings, witnesses, subjects| {
            let omitted = Omitted {
                findings,
                witnesses,
                subjects,
                ..Omitted::default()
            };
            omitted.to_string()
        };
        assert_eq!(reported(1, 0, 0), "1 finding");
        assert_eq!(reported(2345, 2, 0), "2345 findings and 2 witnesses");
        assert_eq!(reported(2, 1, 3), "2 findings, 1 witness and 3 subjects");
        assert!(Omitted::default().is_empty());
    }
}
