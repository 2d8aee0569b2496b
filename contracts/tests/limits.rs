//! Contracts made to be slow or large: each limit is checked while reading and is reported with its number, the first faults are
//! described and the others counted, and what many entries share is kept once.

use std::fmt::Write;

use allocation_counter::{AllocationInfo, measure};
use expect_test::expect;
use treaty_contracts::published::{PinnedSchema, Role};
use treaty_contracts::{Contract, PublishedContract};
use treaty_schemas::{Budget, Format, ParseError, Source};

use crate::requirement::{derive, proto_requirements, publish_in};

/// What it returns, and what it asked of the allocator.
fn measured<T>(run: impl FnOnce() -> T) -> (T, AllocationInfo) {
    let mut returned = None;
    let memory = measure(|| returned = Some(run()));
    (returned.expect("it ran"), memory)
}

fn read(text: impl Into<String>) -> Result<Contract, ParseError> {
    Contract::read(&Source::new("treaty.yaml", text.into()))
}

/// What is said of a text that is refused.
fn said(text: impl Into<String>) -> String {
    let error = read(text).expect_err("this contract should be refused");
    let said: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    assert!(said.len() <= 21, "{} problems", said.len());
    said.join("\n")
}

const RECEIVES: &str = "contract: 1\napplication: a\nreceives:\n  - event: e\n    builtAgainst: 1\n";

#[test]
fn a_mask_of_too_many_parts_ends_with_the_first_that_is_too_many() {
    let mask = |parts: usize| format!("{RECEIVES}    reads: \"{}a\"\n", "a,".repeat(parts - 1));
    expect!["treaty.yaml:6:20011: the contract has more than the 10000 entries that are allowed (let one application have one contract; read whole fields instead of all that they hold)"]
        .assert_eq(said(mask(100_000)).lines().find(|line| line.contains("10000")).unwrap_or_default());
    let described = said(mask(9_000));
    expect![[r#"
        treaty.yaml:6:15: `a` is read twice, first in line 6 (keep one of the two entries)
        treaty.yaml:6:55: there are 8979 more faults, the first of them here (mend the first 20, and the next are described)"#]]
    .assert_eq(&[described.lines().next().unwrap_or_default(), described.lines().last().unwrap_or_default()].join("\n"));
}

#[test]
fn every_list_is_counted() {
    let many = |head: &str, entry: &str, indent: &str| {
        let mut text = String::from(head);
        for number in 0..10_001 {
            let _ = writeln!(text, "{indent}- {}", entry.replace('#', &number.to_string()));
        }
        text
    };
    let sends = "contract: 1\napplication: a\nsends:\n  - event: e\n";
    for text in [
        many("contract: 1\napplication: a\nsends:\n", "event: e#", "  "),
        many("contract: 1\napplication: a\nreceives:\n", "event: e#", "  "),
        many(&format!("{sends}    references:\n"), "f#", "      "),
        many(&format!("{sends}    examples:\n"), "f#", "      "),
        many(&format!("{RECEIVES}    references:\n"), "f#", "      "),
        many(&format!("{RECEIVES}    reads:\n"), "f#", "      "),
        many(
            &format!("{RECEIVES}    reads:\n      - path: b\n        handles:\n"),
            "S#",
            "          ",
        ),
    ] {
        let described = said(text);
        assert!(
            described.contains("more than the 10000 entries that are allowed"),
            "{described}"
        );
    }
}

#[test]
fn every_name_and_path_has_a_limit() {
    let long = "x".repeat(5_000);
    for (text, limit) in [
        (format!("contract: 1\napplication: {long}\n"), 1024),
        (format!("contract: 1\napplication: a\nowner: {long}\n"), 1024),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: {long}\n"),
            1024,
        ),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: e\n    subject: {long}\n"),
            1024,
        ),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: e\n    channel: {long}\n"),
            1024,
        ),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: e\n    schema: {long}\n"),
            4096,
        ),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: e\n    examples: [{long}]\n"),
            4096,
        ),
        (
            format!("contract: 1\napplication: a\nsends:\n  - event: e\n    references: [{long}]\n"),
            4096,
        ),
        (format!("{RECEIVES}    group: {long}\n"), 1024),
        (
            format!("contract: 1\napplication: a\nreceives:\n  - event: e\n    builtAgainst: {long}\n"),
            4096,
        ),
        (format!("{RECEIVES}    reads: [{{path: a, handles: [{long}]}}]\n"), 1024),
        (format!("{RECEIVES}    reads: [{long}]\n"), 4096),
    ] {
        let described = said(text);
        assert!(
            described.contains(&format!("has 5000 bytes, more than the {limit} that are allowed")),
            "{described}"
        );
        assert!(described.len() < 400, "{described}");
    }
    // What is refused is not repeated at length.
    for text in [
        format!("{RECEIVES}    from: {long}\n"),
        format!("contract: 1\napplication: a\nsends:\n  - event: e\n    retention: {long}\n    mode: {long}\n"),
        format!("contract: 1\napplication: a\n{long}: b\n"),
    ] {
        let described = said(text);
        assert!(described.len() < 600, "{described}");
    }
}

/// What a text may make of itself: each of these is at most a megabyte, and what is read is held to a few dozen.
#[test]
fn yaml_made_to_grow_stays_small() {
    let long = "x".repeat(900_000);
    let aliases = "*a, ".repeat(900);
    let nested: String = (0..20_000).map(|number| format!("&n{number} ")).collect();
    let keys: String = (0..70_000).map(|number| format!("k{number}: 1, ")).collect();
    let same: String = "k: 1, ".repeat(100_000);
    let texts = [
        format!(
            "contract: 1\napplication: a\nsends:\n  - event: e\n    headers: {{a: &a \"{long}\", b: [{aliases}]}}\n"
        ),
        format!("contract: 1\napplication: a\nsends:\n  - event: e\n    headers: [{nested}]\n"),
        format!("contract: 1\napplication: a\nsends:\n  - event: e\n    headers: {{{keys}}}\n"),
        format!("contract: 1\napplication: a\nsends:\n  - event: e\n    headers: {{{same}}}\n"),
        format!(
            "contract: 1\napplication: a\nsends:\n  - event: e\n    headers: [{}]\n",
            "x, ".repeat(300_000)
        ),
        format!("contract: 1\napplication: a\n{}", "# \n".repeat(300_000)),
        format!("contract: 1\napplication: a\n{}", "? \n".repeat(300_000)),
        format!("contract: 1\napplication: \"{}\"\n", "\\x41".repeat(200_000)),
        format!("{RECEIVES}    reads: [{}]\n", "{path: a}, ".repeat(90_000)),
    ];
    for text in texts {
        assert!(text.len() <= 1 << 20, "{} bytes", text.len());
        let (outcome, memory) = measured(|| read(text.as_str()));
        assert!(memory.bytes_current < 100 << 20, "{}", &text[..120]);
        if let Err(error) = outcome {
            assert!(error.to_string().len() < 2_000, "{error}");
        }
    }
}

fn wide(fields: usize) -> String {
    let fields: Vec<String> = (0..fields)
        .map(|number| format!(r#"{{"name":"f{number}","type":"long"}}"#))
        .collect();
    format!(r#"{{"type":"record","name":"e","fields":[{}]}}"#, fields.join(","))
}

/// Without the limits this compared twenty million names and took gigabytes.
#[test]
fn misspelt_reads_of_a_wide_schema_are_counted() {
    let mut contract = format!("{RECEIVES}    reads:\n");
    for number in 100..2_100 {
        let _ = writeln!(contract, "      - g{number}");
    }
    let (error, memory) = measured(|| derive(&contract, &wide(10_000)).expect_err("no such fields"));
    assert!(memory.bytes_total < 300 << 20, "what all faults asked for together");
    assert_eq!(error.problems.len(), 21);
    let helps: Vec<&str> = error
        .problems
        .iter()
        .filter_map(|problem| problem.help.as_deref())
        .collect();
    let (searched, listed) = (helps[0], helps[15]);
    assert_eq!(searched, "did you mean `f100`?");
    assert!(
        listed.starts_with("known are `f0`, `f1`, ") && listed.ends_with(", …"),
        "{listed}"
    );
    expect!["there are 1980 more faults, the first of them here"].assert_eq(&error.problems[20].message);
}

/// Of Protobuf too: what is looked for is found without going through all fields, or all values, for each read.
#[test]
fn reads_of_a_wide_message() {
    let fields: String = (1..=2_000).map(|number| format!("S f{number} = {number};\n")).collect();
    let values: String = (1..=2_000).map(|number| format!("S{number} = {number};\n")).collect();
    let schema = format!("syntax = \"proto3\";\nmessage e {{ {fields} }}\nenum S {{ ZERO = 0;\n{values} }}\n");
    let mut contract = format!("{RECEIVES}    reads:\n");
    for number in 1..=1_000 {
        let _ = writeln!(contract, "      - {{path: f{number}, handles: [S{number}]}}");
    }
    assert_eq!(proto_requirements(&contract, &schema).len(), 1);
    let wrong = contract.replace("handles: [S", "handles: [T");
    let error = publish_in(Format::Protobuf, &wrong, &schema)
        .open(&Budget::unlimited())
        .expect_err("no such values");
    assert_eq!(error.problems.len(), 21);
}

/// Sixty entries of one schema are sixty names of one text: as JSON, in memory, and parsed.
#[test]
fn a_schema_of_many_entries_is_kept_once() {
    let mut contract = String::from("contract: 1\napplication: a\nreceives:\n");
    for number in 0..60 {
        let _ = write!(
            contract,
            "  - event: e{number}\n    subject: s\n    builtAgainst: 1\n    reads: [f{number}]\n"
        );
    }
    let schema = wide(10_000);
    let published = publish_in(Format::Avro, &contract, &schema);
    let json = serde_json::to_string(&published).expect("JSON");
    assert!(json.len() < 2 * schema.len(), "{} bytes", json.len());
    let again: PublishedContract = serde_json::from_str(&json).expect("a contract");
    assert_eq!((&again, again.hash()), (&published, published.hash()));
    let one = &again.schemas[0].schema;
    assert!(
        again
            .schemas
            .iter()
            .all(|each| std::sync::Arc::ptr_eq(&each.schema, one))
    );
    // However often a text is spelled out: that is one contract.
    let spelled = serde_json::json!({
        "file": {"name": "treaty.yaml", "text": contract},
        "schemas": (0..60)
            .map(|entry| serde_json::json!({"entry": entry, "role": "builtAgainst", "name": "s@1", "schema": schema}))
            .collect::<Vec<_>>(),
    });
    let spelled: PublishedContract = serde_json::from_value(spelled).expect("a contract");
    assert_eq!(spelled.hash(), published.hash());
    let read = again.contract().unwrap_or_else(|error| panic!("{error}"));
    let mut entries = Vec::new();
    let (each, memory) = measured(|| {
        again.each(
            &read,
            |entry| entry != 7,
            &Budget::unlimited(),
            |entry, requirement| {
                entries.push((entry, requirement.event));
                std::ops::ControlFlow::Continue(())
            },
        )
    });
    each.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(entries.len(), 59);
    let projected = memory.bytes_total;
    assert!(
        projected < (60 * 12) << 20,
        "{projected} bytes for all projections, and one parse"
    );
}

#[test]
fn texts_by_number_are_bounded_too() {
    let json = |schemas: &str| {
        format!(
            r#"{{"file": {{"name": "t", "text": "contract: 1\napplication: a\nreceives:\n  - event: e\n    builtAgainst: 1\n"}},
                "texts": ["\"int\""], "schemas": [{schemas}]}}"#
        )
    };
    let read = |schemas: &str| serde_json::from_str::<PublishedContract>(&json(schemas));
    let one = r#"{"entry": 0, "role": "builtAgainst", "name": "s@1", "schema": 0, "references": [REFERENCES]}"#;
    assert!(
        read(&one.replace("REFERENCES", ""))
            .expect("a contract")
            .open(&Budget::unlimited())
            .is_ok()
    );
    let wrong = read(&one.replace("REFERENCES", r#"{"name": "r", "text": 1}"#)).expect_err("no such text");
    assert!(
        wrong
            .to_string()
            .starts_with("text 1 is named, and `texts` has 1; they are counted from 0"),
        "{wrong}"
    );
    let references = |count: usize| vec![r#"{"name": "r", "text": 0}"#; count].join(",");
    let described =
        |published: PublishedContract| published.open(&Budget::unlimited()).expect_err("too many").to_string();
    let many = read(&one.replace("REFERENCES", &references(1_001))).expect("a contract");
    assert!(described(many).contains("more than the 1000 texts"));
    let more = read(&one.replace("REFERENCES", &references(50_001))).expect("a contract");
    assert!(described(more).contains("50001 texts, more than the 50000 that are allowed"));
    // Strangers are counted like every other fault.
    let mut strangers = read(&one.replace("REFERENCES", "")).expect("a contract");
    strangers.schemas = (0..5_000)
        .map(|entry| PinnedSchema {
            entry,
            role: Role::Reader,
            name: "x".repeat(5_000),
            ..strangers.schemas[0].clone()
        })
        .collect();
    let described = described(strangers);
    assert!(
        described.contains("4980 more faults") && described.len() < 30_000,
        "{} bytes",
        described.len()
    );
}
