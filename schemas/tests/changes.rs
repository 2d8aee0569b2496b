//! Whatever an edit breaks can be told of the edit: every error between two schemas, in either direction, lies at a change
//! between them. Over the rule pages, and every pair of small messages.

use std::collections::BTreeSet;

use treaty_schemas::{
    Budget, ChangeIndex, Direction, Finding, Format, Options, Rule, Schema, Severity, Source, Strictness, avro,
    changes, check, check_with_notes, protobuf,
};

use crate::avro_soundness::mutate::{self, Drawer};
use crate::pages;
use crate::protobuf_truth::alphabet;
use crate::random::{self, Random};

fn parse(format: Format, name: &str, text: &str) -> Schema {
    try_parse(format, name, text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn try_parse(format: Format, name: &str, text: &str) -> Result<Schema, String> {
    let options = Options {
        strictness: Strictness::Stored,
        ..Options::default()
    };
    Schema::parse(format, &Source::new(name, text), &[], &options).map_err(|error| error.to_string())
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

fn edits(old: &str, new: &str) -> Vec<String> {
    let [old, new] = [old, new].map(|text| parse(Format::Avro, "schema.avsc", text));
    let changes = changes(&old, &new, &Budget::unlimited()).expect("an unlimited budget does not end");
    let told = changes.iter().map(|change| match &*change.data_path {
        "" => change.message.to_string(),
        path => format!("{path}: {}", change.message),
    });
    told.collect()
}

/// A difference and a check never contradict one another, whatever was edited: what is refused has edits, and a schema has none
/// beside itself.
#[test]
fn of_random_schemas() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 3_000);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let (mut errors, mut lost) = (0, Vec::new());
    for _ in 0..pairs {
        let mut drawer = Drawer::new(&mut random);
        let first = drawer.record(3);
        let second = drawer.mutate(&first);
        let texts = [mutate::text(&first), mutate::text(&second)];
        // A mutation may make two branches or two fields alike, which is no schema.
        let [Ok(old), Ok(new)] = texts
            .each_ref()
            .map(|text| try_parse(Format::Avro, "schema.avsc", text))
        else {
            continue;
        };
        for text in &texts {
            assert_eq!(edits(text, text), Vec::<String>::new(), "{text}");
        }
        let (count, orphans) = orphans(&old, &new);
        errors += count;
        lost.extend(orphans);
    }
    assert!(
        lost.is_empty(),
        "{} of {errors}: {}",
        lost.len(),
        lost[..lost.len().min(5)].join("\n\n")
    );
    assert!(errors > 1_000, "only {errors}");
}

/// Every pair of versions of one event in the catalogue, in either language.
#[test]
fn of_the_catalogue() {
    let mut pairs = 0;
    for versions in crate::catalogue::histories() {
        for old in &versions {
            for new in &versions {
                pairs += 1;
                let (_, orphans) = orphans(old, new);
                assert_eq!(orphans, Vec::<String>::new());
                let changes = changes(old, new, &Budget::unlimited()).expect("an unlimited budget does not end");
                // Comments belong to the canonical text of Protobuf.
                let is_same = old.canonical() == new.canonical() || new.format() != Format::Avro;
                assert!(is_same || !changes.is_empty(), "{}", new.source().name());
            }
        }
    }
    assert!(pairs > 100, "only {pairs}");
}

#[test]
fn equal_edits_are_told_each() {
    let of = |ty: &str| {
        format!(r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":{ty}}},{{"name":"b","type":{ty}}}]}}"#)
    };
    let decimal = |scale: u32| format!(r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#);
    let array = |items: &str| format!(r#"{{"type":"array","items":"{items}"}}"#);
    assert_eq!(
        edits(&of("\"int\""), &of("\"string\"")),
        ["a: int becomes string", "b: int becomes string"]
    );
    assert_eq!(
        edits(&of(&decimal(2)), &of(&decimal(4))),
        [
            "a: decimal of 9 digits, 2 after the point becomes decimal of 9 digits, 4 after the point",
            "b: decimal of 9 digits, 2 after the point becomes decimal of 9 digits, 4 after the point"
        ]
    );
    assert_eq!(
        edits(&of(&array("int")), &of(&array("long"))),
        ["a[]: int becomes long", "b[]: int becomes long"]
    );
    // A named type is edited in one place, however often it is mentioned.
    let named = |size: u32| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"a","type":{{"type":"fixed","name":"F","size":{size}}}}},{{"name":"b","type":"F"}}]}}"#
        )
    };
    assert_eq!(edits(&named(1), &named(2)), ["a: 1 bytes become 2"]);
}

#[test]
fn branches_of_one_name() {
    let ids = r#"[{"type":"record","name":"person.Id","fields":[{"name":"a","type":"int"}]},{"type":"record","name":"company.Id","fields":[{"name":"b","type":"int"}]}]"#;
    let array = r#"[{"type":"record","name":"array","fields":[]},{"type":"array","items":"int"}]"#;
    for text in [ids, array] {
        assert_eq!(edits(text, text), Vec::<String>::new());
    }
    assert_eq!(
        edits(ids, &ids.replace("company.Id", "firm.Id")),
        ["`company.Id` is now called `firm.Id`"]
    );
    assert_eq!(
        edits(r#"["int","string"]"#, r#"["string","int"]"#),
        ["branches in another order"]
    );
}

/// What makes a new version in the registry, and decides nothing about data.
#[test]
fn edits_that_no_reader_sees() {
    let record = |more: &str, field: &str, ty: &str| {
        format!(r#"{{"type":"record","name":"R"{more},"fields":[{{"name":"a"{field},"type":{ty}}}]}}"#)
    };
    let plain = record("", "", "\"long\"");
    for (new, told) in [
        (
            record(r#","connect.name":"x""#, "", "\"long\""),
            "attribute `connect.name` added: \"x\"",
        ),
        (
            record("", r#","connect.default":1"#, "\"long\""),
            "a: attribute `connect.default` added: 1",
        ),
        (
            record("", "", r#"{"type":"long","logicalType":"my-time"}"#),
            "a: attribute `logicalType` added: \"my-time\"",
        ),
        (plain.replace("record", "error"), "record becomes error"),
    ] {
        assert_eq!(edits(&plain, &new), [told]);
    }
    assert_eq!(
        edits(
            r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
            r#"{"type":"enum","name":"E","symbols":["B","A"]}"#
        ),
        ["symbols in another order"]
    );
}
