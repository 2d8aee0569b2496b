//! Against other people's texts and another parser: apache-avro, whose differences all have a name here.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use super::mutants::{Random, SEEDS, mutant};
use super::{parse_as, parse_new};
use treaty_schemas::Strictness;

/// Why we refuse what apache-avro takes, by the words of our message.
const STRICTER: &[(&str, &str)] = &[
    (
        "where the name of a type is needed",
        "a type wrapped in an object is unwrapped",
    ),
    ("a field of a", "fields that are no objects are dropped"),
    ("`doc` is a string", "a doc or namespace that is no string is dropped"),
    (
        "`namespace` is a string",
        "a doc or namespace that is no string is dropped",
    ),
    ("an alias is", "aliases that are no strings are dropped"),
    ("`aliases` is an array", "aliases that are no strings are dropped"),
    ("`order` is", "an unknown order is ignored"),
    ("a type cannot be named", "types may be named after primitives"),
    (
        "the default of the field",
        "defaults are checked less: any branch, any length, any symbol",
    ),
    ("is already defined", "a second definition replaces the first"),
    (
        "is no name of a type",
        "a name may begin with a dot, which Avro Java refuses",
    ),
    ("`size` is", "a fixed may be larger than Java's"),
];

/// Why apache-avro refuses what we take, by the words of its message.
const LAXER: &[(&str, &str)] = &[
    (
        "There is no type called",
        "a logical type of an enum or a record is an attribute, as in Java",
    ),
    (
        "Invalid schema name",
        "the namespace of an alias is not looked at, as in Java",
    ),
    (
        "logicalType must be a string",
        "a logical type that is no string is an attribute, as in Java",
    ),
    (
        "Default value for an enum must be a string! Got: null",
        "a null default of an enum is none, as in Java",
    ),
    (
        "Unknown primitive type",
        "types may be mentioned before they are defined, and errors are records",
    ),
    (
        "`default`'s value type",
        "a uuid's default may be any string, as in Java",
    ),
];

#[test]
fn mutants_against_apache_avro() {
    let mut random = Random::new(20_261_101);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..20_000 {
        let text = mutant(&mut random);
        let ours = parse_new(&text);
        // Its parser has panics of its own; their noise is not ours.
        let theirs = catch_unwind(|| {
            apache_avro::Schema::parse_str(&text)
                .map(drop)
                .map_err(|error| error.to_string())
        });
        let reason = match (&ours, theirs) {
            (_, Err(_)) => "apache-avro panics".to_owned(),
            (Ok(_), Ok(Ok(()))) => "both take it".into(),
            (Err(_), Ok(Err(_))) => "both refuse it".into(),
            (Err(error), Ok(Ok(()))) => {
                let message = &error.problems[0].message;
                let named = STRICTER.iter().find(|(words, _)| message.contains(words));
                format!(
                    "we refuse: {}",
                    named.unwrap_or_else(|| panic!("no name for {message:?}\n{text}")).1
                )
            }
            (Ok(_), Ok(Err(message))) => {
                let named = LAXER.iter().find(|(words, _)| message.contains(words));
                format!(
                    "we take: {}",
                    named.unwrap_or_else(|| panic!("no name for {message:?}\n{text}")).1
                )
            }
        };
        *counts.entry(reason).or_default() += 1;
        if let Ok(schema) = parse_as(&text, &[], Strictness::Stored) {
            let canonical = schema.canonical();
            let again = parse_as(&canonical, &[], Strictness::Stored).unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(again.canonical(), canonical, "{text}");
            assert_eq!(
                again.parsing_canonical_form(),
                schema.parsing_canonical_form(),
                "{text}"
            );
            let normalized = schema.normalized();
            let again =
                parse_as(&normalized, &[], Strictness::Stored).unwrap_or_else(|error| panic!("{text}\n{error}"));
            assert_eq!(again.normalized(), normalized, "{text}");
            assert_eq!(
                again.parsing_canonical_form(),
                schema.parsing_canonical_form(),
                "{text}"
            );
        }
        assert!(
            ours.is_err() || parse_as(&text, &[], Strictness::Stored).is_ok(),
            "stored is never stricter: {text}"
        );
    }
    println!("{counts:#?}");
    assert!(counts["both take it"] > 1_000 && counts["both refuse it"] > 1_000);
}

#[test]
fn seeds_are_fine() {
    for text in SEEDS {
        assert!(parse_new(text).is_ok(), "{text}");
        assert!(apache_avro::Schema::parse_str(text).is_ok(), "{text}");
    }
}

#[test]
fn conformance_pairs_parse() {
    let folder =
        std::env::var("TREATY_SHARED").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared").into());
    let file = std::path::Path::new(&folder).join("conformance/avro/pairs.jsonl");
    let Ok(pairs) = std::fs::read_to_string(&file) else {
        println!("skipped: {} is not there", file.display());
        return;
    };
    let mut count = 0;
    for line in pairs.lines() {
        let pair: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for side in ["reader", "writer"] {
            let text = pair[side].to_string();
            let parsed = parse_as(&text, &[], Strictness::Stored);
            assert!(
                parsed.is_ok(),
                "{}: {text}: {}",
                pair["id"],
                parsed.err().map(|error| error.to_string()).unwrap_or_default()
            );
        }
        count += 1;
    }
    println!("{count} pairs");
    assert!(count > 0);
}
