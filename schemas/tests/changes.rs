//! Whatever an edit breaks can be told of the edit: every error between two schemas, in either direction, lies at a change
//! between them. Over the rule pages, and every pair of small messages.

use std::collections::BTreeSet;

use treaty_schemas::{
    Budget, ChangeIndex, Direction, Finding, Format, Options, Rule, Schema, Severity, Source, Strictness, avro,
    changes, check, check_with_notes, protobuf,
};

use crate::pages;
use crate::protobuf_truth::alphabet;

fn parse(format: Format, name: &str, text: &str) -> Schema {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    Schema::parse(format, &Source::new(name, text), &[], &options).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// How many errors there are, and those that lie at no change.
fn orphans(old: &Schema, new: &Schema) -> (usize, Vec<String>) {
    let changes = changes(old, new, &Budget::unlimited()).expect("an unlimited budget does not end");
    let by_place = ChangeIndex::new(&changes);
    let (mut errors, mut orphans) = (0, Vec::new());
    for (side, comparison) in [
        (Direction::Backward, check(new, old, &Budget::unlimited())),
        (Direction::Forward, check(old, new, &Budget::unlimited())),
    ] {
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        for finding in comparison.findings.iter().filter(is_error) {
            errors += 1;
            if by_place.of(finding, side).is_empty() {
                let told: Vec<&str> = changes.iter().map(|change| &*change.message).collect();
                orphans.push(format!(
                    "{side:?} {finding}\nold {}\nnew {}\nchanges {told:?}",
                    old.source().text(),
                    new.source().text()
                ));
            }
        }
    }
    // Where nothing was edited there is nothing to be found.
    if changes.is_empty() && old.format() == Format::Protobuf {
        for (reader, writer) in [(old, new), (new, old)] {
            let found = check_with_notes(reader, writer, &Budget::unlimited()).findings;
            assert_eq!(found, Vec::new(), "{}\n{}", old.source().text(), new.source().text());
        }
        assert_eq!(old.canonical(), new.canonical());
    }
    (errors, orphans)
}

#[test]
fn of_the_rule_pages() {
    let families: [(Format, &str, &[&Rule]); 2] = [
        (Format::Avro, "json", avro::judgement::rules::ALL),
        (Format::Protobuf, "proto", protobuf::judgement::rules::ALL),
    ];
    for (format, fence, rules) in families {
        let mut errors = 0;
        for rule in rules {
            for case in pages::cases(rule.page) {
                let side = |side: &str| parse(format, side, case.block(&format!("{fence} {side}")));
                let (count, orphans) = orphans(&side("writer"), &side("reader"));
                errors += count;
                assert_eq!(orphans, Vec::<String>::new(), "{}: {}", rule.id, case.title);
            }
        }
        assert!(errors > 20, "{format}: only {errors}");
    }
}

#[test]
fn of_small_messages() {
    let texts: BTreeSet<String> = alphabet::messages().into_iter().collect();
    let schemas: Vec<Schema> = texts
        .iter()
        .map(|text| parse(Format::Protobuf, "m.proto", text))
        .collect();
    let (mut errors, mut lost) = (0, Vec::new());
    for (index, old) in schemas.iter().enumerate() {
        for new in &schemas[index..] {
            let (count, orphans) = orphans(old, new);
            errors += count;
            lost.extend(orphans);
        }
    }
    assert!(
        lost.is_empty(),
        "{} of {errors}: {}",
        lost.len(),
        lost[..lost.len().min(5)].join("\n\n")
    );
    assert!(errors > 40_000, "only {errors}");
}
