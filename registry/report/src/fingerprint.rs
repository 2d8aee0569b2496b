//! The identity of a finding: what a waiver names, and what a forge takes for the same finding in another run.
//!
//! It is made of the rule, what the finding belongs to, who is affected, the paths through data and what the two schemas declare
//! there, with a number among those of a report that are equal in all this. It stays when a sentence is worded better, a file
//! is renamed, lines move, a contract has another owner or a new version is registered: none of that goes in.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use treaty_schemas::{finding, to_line};

use crate::{Breaks, Finding, Scope, Texts, declaration};

/// The identity without a number. `element` names what the finding is about where paths through data do not: then a rule of
/// policy forbids it, whoever is affected.
pub(crate) fn of(
    scope: Scope<'_>,
    breaks: Breaks,
    found: &finding::Finding,
    element: Option<&str>,
    texts: &mut Texts,
) -> String {
    let reader_path = to_line!("{}", found.reader_path);
    let (affected, mut paths) = match element {
        Some(element) => ("", [element, element]),
        None => (breaks.name(), [found.data_path.as_str(), reader_path.as_str()]),
    };
    let mut declared = [&found.writer, &found.reader].map(|label| declaration::at(label, texts));
    // What the writer has is the old one where new consumers read.
    if breaks == Breaks::OldConsumers {
        paths.reverse();
        declared.reverse();
    }
    let ordinal = scope.ordinal.to_string();
    let mut parts = vec![
        found.rule.id,
        scope.application,
        scope.event,
        scope.subject,
        scope.group,
        affected,
        paths[0],
        paths[1],
        &declared[0],
        &declared[1],
    ];
    if scope.ordinal > 0 {
        parts.push(&ordinal);
    }
    digest(&parts)
}

/// Numbers findings of one report that have equal fingerprints; the first of them keeps its own.
pub(crate) fn number<'f>(findings: impl IntoIterator<Item = &'f mut Finding>) {
    let mut known: HashMap<String, u32> = HashMap::new();
    for finding in findings {
        let count = known.entry(finding.fingerprint.clone()).or_default();
        if *count > 0 {
            finding.fingerprint = digest(&[&finding.fingerprint, &count.to_string()]);
        }
        *count += 1;
    }
}

/// Twelve hexadecimal digits that stand for these texts.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex::encode(&digest.finalize()[..6])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FindingBuilder;
    use treaty_schemas::{Budget, Format, Options, Schema, Source, check};

    const OLD: &str = r#"{"type":"record","name":"Order","fields":[{"name":"total","type":"string"},{"name":"net","type":"string"}]}"#;

    fn schema(name: &str, text: &str) -> Schema {
        Schema::parse(Format::DEFAULT, &Source::new(name, text), &[], &Options::default()).expect("a schema")
    }

    /// What is found where `new` reads what [`OLD`] wrote.
    fn findings([name, new]: [&str; 2], [old_name, old]: [&str; 2]) -> Vec<finding::Finding> {
        let budget = Budget::steps(1_000_000);
        check(&schema(name, new), &schema(old_name, old), &budget).findings
    }

    fn fingerprint(found: &finding::Finding) -> String {
        let scope = Scope {
            subject: "orders",
            ..Scope::default()
        };
        let builder = FindingBuilder::new(scope, Breaks::NewConsumers, found);
        builder.build(&mut Texts::default()).fingerprint
    }

    #[test]
    fn names_of_files_lines_and_words_do_not_count() {
        let new = OLD.replacen("string", "int", 1);
        let first = findings(["new.avsc", &new], ["old.avsc", OLD]);
        let moved = new.replace(',', ",\n\n  ");
        let elsewhere = findings(["renamed.avsc", &moved], ["orders@7", OLD]);
        assert_ne!(first[0].reader.point(), elsewhere[0].reader.point());
        assert_eq!(fingerprint(&first[0]), fingerprint(&elsewhere[0]));
        let mut reworded = first[0].clone();
        reworded.message = "said in other words".into();
        reworded.help = "do something else".into();
        reworded.reader.note = "here".into();
        reworded.evidence = finding::Evidence::None;
        assert_eq!(fingerprint(&first[0]), fingerprint(&reworded));
    }

    #[test]
    fn another_path_or_type_is_another_finding() {
        let both = findings(["new.avsc", &OLD.replace("string", "int")], ["old.avsc", OLD]);
        let long = findings(["new.avsc", &OLD.replace("string", "long")], ["old.avsc", OLD]);
        let prints: Vec<String> = both.iter().chain(&long).map(fingerprint).collect();
        assert_eq!(prints.len(), 4);
        for (index, print) in prints.iter().enumerate() {
            assert!(!prints[..index].contains(print), "{prints:?}");
        }
    }

    #[test]
    fn a_finding_of_another_consumer_is_another_one() {
        let found = findings(["new.avsc", &OLD.replace("string", "int")], ["old.avsc", OLD]);
        let print = |scope| of(scope, Breaks::OldConsumers, &found[0], None, &mut Texts::default());
        let scope = Scope {
            subject: "orders",
            application: "billing",
            event: "Order",
            group: "",
            ordinal: 0,
        };
        let of_others = [
            Scope {
                subject: "returns",
                ..scope
            },
            Scope {
                application: "mailer",
                ..scope
            },
            Scope {
                event: "Return",
                ..scope
            },
            Scope {
                group: "nightly",
                ..scope
            },
            Scope { ordinal: 1, ..scope },
        ];
        for other in of_others {
            assert_ne!(print(scope), print(other), "{other:?}");
        }
    }

    #[test]
    fn equal_findings_are_numbered() {
        let found = findings(["new.avsc", &OLD.replace("string", "int")], ["old.avsc", OLD]);
        let build = || {
            let builder = FindingBuilder::new(Scope::default(), Breaks::NewConsumers, &found[0]);
            builder.build(&mut Texts::default())
        };
        let mut equal = [build(), build(), build()];
        number(&mut equal);
        let prints = equal.each_ref().map(|finding| finding.fingerprint.clone());
        assert_eq!(prints[0], build().fingerprint, "the first one keeps its own");
        assert!(prints[0] != prints[1] && prints[1] != prints[2] && prints[0] != prints[2]);
        number(&mut equal);
        assert_eq!(
            prints,
            equal.map(|finding| finding.fingerprint),
            "a numbered report is left as it is"
        );
    }
}
