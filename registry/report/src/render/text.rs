//! A report for people: both texts with the place marked, who breaks, and the event that shows it.

use crate::Witness;
use crate::consumer::titles;
use crate::{Breaks, Consequence, Consumer, EvidenceKind, Finding, Outcome, Place, Report, SecondOpinion, Standing};
use annotate_snippets::{AnnotationKind, Group, Level};
use treaty_schemas::{Severity, Verdict, to_line};

use super::excerpt;
use crate::plain;

/// Characters of a witness that are shown; JSON reports have all of it.
const WITNESS_CHARS: usize = 200;

/// The whole report.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    for subject in &report.subjects {
        for finding in &subject.findings {
            text += &draw(finding, None);
        }
        for consumer in subject.consumers.iter().flatten() {
            text += &findings(consumer);
        }
        let mut omitted = vec![&subject.omitted];
        omitted.extend(subject.consumers.iter().flatten().map(|consumer| &consumer.omitted));
        for omitted in omitted.into_iter().filter(|omitted| !omitted.is_empty()) {
            text += &format!("not shown, so that the report is not too large: {omitted}\n\n");
        }
        for reason in &subject.undecided {
            text += &format!("undecided: {}\n\n", plain(reason));
        }
    }
    for subject in &report.subjects {
        text += &format!(
            "{}: {}: {}\n",
            plain(&subject.subject),
            subject.verdict,
            plain(&subject.summary)
        );
        let consumers = subject.consumers.as_deref().unwrap_or_default();
        for (consumer, title) in consumers.iter().zip(titles(consumers)) {
            let decode = consumer.decode.map(|decode| format!(" (decode: {})", decode.name()));
            let decode = decode.unwrap_or_default();
            text += &plain(&format!("  {title}: {}{decode}", fares(consumer)));
            text.push('\n');
        }
    }
    for subject in &report.subjects {
        for note in &subject.notes {
            text += &format!("note: {}: {}\n", plain(&subject.subject), plain(note));
        }
        for referrer in &subject.referrers {
            text += &format!("warning: {}\n", plain(&referrer.sentence(&subject.subject)));
        }
    }
    if !report.omitted.is_empty() {
        text += &format!("not shown, so that the report is not too large: {}\n", report.omitted);
    }
    text + &total(report)
}

/// What was found for one consumer.
pub fn findings(consumer: &Consumer) -> String {
    let findings = consumer.findings.iter();
    findings.map(|finding| draw(finding, Some(consumer))).collect()
}

fn total(report: &Report) -> String {
    let count = |verdict: Verdict| {
        report
            .subjects
            .iter()
            .filter(|subject| subject.verdict == verdict)
            .count()
    };
    match report.subjects.len() {
        0 => "nothing to check\n".to_owned(),
        1 => String::new(),
        all => format!(
            "{all} checked: {} compatible, {} incompatible, {} undecided\n",
            count(Verdict::Compatible),
            count(Verdict::Incompatible),
            count(Verdict::Undecided)
        ),
    }
}

fn draw(finding: &Finding, consumer: Option<&Consumer>) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut places = vec![finding.proposed(), finding.earlier()];
    // Every application's file has the same name.
    let contract = finding.contract.as_ref().map(|place| Place {
        file: match consumer {
            Some(consumer) => to_line!("{}'s {}", consumer.application, place.file),
            None => place.file.clone(),
        },
        ..place.clone()
    });
    places.extend(&contract);
    let mut group = Group::with_title(level.primary_title(plain(&finding.message)).id(plain(&finding.rule)));
    for (number, place) in places.iter().enumerate() {
        let kind = match number {
            0 => AnnotationKind::Primary,
            _ => AnnotationKind::Context,
        };
        group = group.element(excerpt::draw(place, kind, number));
    }
    for (name, reported) in lines(finding, consumer) {
        group = group.element(Level::NOTE.with_name(name).message(reported));
    }
    excerpt::render(group, &places) + "\n\n"
}

/// The lines below the texts.
fn lines(finding: &Finding, consumer: Option<&Consumer>) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    // Whom a change of a whole tree affects, data says and not buf's rules.
    let consequences = finding.consequences.as_slice();
    // The same in both directions is reported in one line.
    let is_alike = |other: &Consequence| other.rule == consequences[0].rule;
    if let Some(first) = consequences.first() {
        let mut reported = data(finding, first);
        if consequences.iter().skip(1).any(is_alike) {
            reported[0].1 += others(first.breaks);
        }
        lines.extend(reported);
    } else if finding.severity != Severity::Note && !finding.rule.starts_with("buf/") {
        lines.push(("breaks", breaks(finding, consumer)));
    }
    if let Some(witness) = &finding.witness {
        let who = match finding.evidence {
            EvidenceKind::AvroJava => "Avro Java",
            EvidenceKind::Witness | EvidenceKind::Policy | EvidenceKind::Omitted | EvidenceKind::None => "the reader",
        };
        let reported = match &witness.outcome {
            Outcome::Refused(error) => format!("{who} refuses it: {error}"),
            Outcome::Changed(seen) => format!(
                "{who} decodes it without an error, but to a different value: {}",
                cut(seen)
            ),
        };
        let message = witness
            .message
            .as_ref()
            .map_or(String::new(), |name| format!("{name} "));
        lines.push(("witness", message + &around(witness)));
        lines.push(("outcome", reported));
        lines.extend(witness.second_opinion.as_ref().map(opinion));
    }
    if let Some(reason) = &finding.reason {
        lines.push(("evidence", reason.to_string()));
    }
    for other in consequences.iter().skip(1).filter(|other| !is_alike(other)) {
        lines.extend(data(finding, other));
    }
    lines.push(("help", finding.help.to_string()));
    lines.push(("explain", format!("treaty explain {}", finding.rule)));
    for (_, reported) in &mut lines {
        *reported = plain(reported).into_owned();
    }
    lines
}

/// What a decoder of others makes of a witness.
fn opinion(opinion: &SecondOpinion) -> (&'static str, String) {
    ("opinion", opinion.line().as_str().to_owned())
}

fn breaks(finding: &Finding, consumer: Option<&Consumer>) -> String {
    if let Some(consumer) = consumer
        && finding.against.is_empty()
    {
        return format!("{}, as soon as events of the proposed schema arrive", consumer.title());
    }
    let versions: Vec<String> = finding.against.iter().map(u32::to_string).collect();
    let earlier = match versions.as_slice() {
        [] => format!("`{}`", finding.earlier().file),
        [version] => format!("version {version}"),
        [first @ .., last] => format!("versions {} and {last}", first.join(", ")),
    };
    if let Some(consumer) = consumer {
        return format!("{}, when it reads events written with {earlier}", consumer.title());
    }
    let mut reported = affected(finding.breaks, &earlier);
    if finding.breaks_both {
        reported += others(finding.breaks);
    }
    reported
}

/// Those whom the same change affects in the other direction.
fn others(first: Breaks) -> &'static str {
    match first {
        Breaks::NewConsumers => "; consumers with the old schema too, when new events arrive",
        Breaks::OldConsumers => "; consumers with the new schema too, when they read old events",
    }
}

fn affected(breaks: Breaks, earlier: &str) -> String {
    match breaks {
        Breaks::NewConsumers => format!("consumers with the new schema, when they read events written with {earlier}"),
        Breaks::OldConsumers => {
            format!("consumers with the old schema, which read with {earlier}, when new events arrive")
        }
    }
}

/// What becomes of data by what a rule of policy forbids.
fn data(finding: &Finding, consequence: &Consequence) -> [(&'static str, String); 2] {
    let earlier = format!("`{}`", finding.earlier().file);
    let (severity, rule) = (consequence.severity.name(), &consequence.rule);
    [
        ("breaks", affected(consequence.breaks, &earlier)),
        ("data", format!("{severity}[{rule}]: {}", consequence.message)),
    ]
}

/// What the change does to a consumer.
fn fares(consumer: &Consumer) -> String {
    match (consumer.verdict, &consumer.undecided) {
        (Standing::Compatible, _) => "not affected".to_owned(),
        (Standing::Silent, _) => "does not fail, but gets the default instead of real data".to_owned(),
        (Standing::Incompatible, _) => "breaks".to_owned(),
        (Standing::Undeclared, _) => {
            "only the mode protects it: its contract does not say what it reads (`reads: all`, or the fields)"
                .to_owned()
        }
        (Standing::Unknown, Some(why)) => format!("undecided: {why}"),
        (Standing::Unknown, None) => "undecided".to_owned(),
    }
}

/// A witness, of a long one the part that holds the place of the finding.
fn around(witness: &Witness) -> String {
    let text = witness.value.get();
    let from = text.floor_char_boundary(witness.at.min(text.len()));
    let all = text.chars().count();
    let before = text[..from].chars().count();
    if all <= WITNESS_CHARS || before <= WITNESS_CHARS / 2 {
        return cut(text);
    }
    // The place is in the middle, unless the text ends before.
    let start = (before - WITNESS_CHARS / 2).min(all - WITNESS_CHARS);
    let part: String = text.chars().skip(start).take(WITNESS_CHARS).collect();
    let more = if start + WITNESS_CHARS < all { "…" } else { "" };
    format!("…{part}{more} ({} bytes)", text.len())
}

/// The beginning of a long text.
fn cut(text: &str) -> String {
    match text.char_indices().nth(WITNESS_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
