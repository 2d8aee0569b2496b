//! `treaty diff`: what was edited, and whom it affects.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const OLD: &str = r#"{
  "type": "record", "name": "Order", "namespace": "shop", "doc": "An order.",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "amount", "type": "int", "default": 0 },
    { "name": "coupon", "type": ["null", "string"], "default": null },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["PLACED", "PAID"] } },
    { "name": "lines", "type": { "type": "array", "items": {
      "type": "record", "name": "Line", "fields": [
        { "name": "sku", "type": { "type": "fixed", "name": "Sku", "size": 8 } },
        { "name": "next", "type": ["null", "Line"] }
      ]
    } } },
    { "name": "notes", "type": { "type": "map", "values": "string" } },
    { "name": "at", "type": { "type": "long", "logicalType": "timestamp-millis" } }
  ]
}
"#;

const NEW: &str = r#"{
  "type": "record", "name": "Order", "namespace": "shop", "doc": "An order of a shop.",
  "fields": [
    { "name": "orderId", "type": "string", "aliases": ["id"] },
    { "name": "amount", "type": "long" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["PLACED", "PAID", "SENT"], "default": "PLACED" } },
    { "name": "coupon", "type": ["null", "string", "int"], "default": null },
    { "name": "lines", "type": { "type": "array", "items": {
      "type": "record", "name": "Line", "fields": [
        { "name": "sku", "type": { "type": "fixed", "name": "Sku", "size": 12 } },
        { "name": "next", "type": ["null", "Line"], "doc": "The line below." },
        { "name": "gift", "type": "boolean" }
      ]
    } } },
    { "name": "notes", "type": { "type": "map", "values": "bytes" } },
    { "name": "at", "type": { "type": "long", "logicalType": "timestamp-micros" } }
  ]
}
"#;

fn diff(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["diff"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

#[test]
fn every_edit_is_told_once_with_whom_it_hurts() {
    let cli = Cli::new().file("old.avsc", OLD).file("new.avsc", NEW);
    diff(
        &cli,
        &["old.avsc", "new.avsc"],
        expect![[r#"
            ~ other documentation of `Order`  (new.avsc:2:66)
            - id: field removed; `orderId` has its name as an alias  (old.avsc:4:5)
                breaks consumers with the old schema, when they read new events: avro/field-without-default
            + orderId: field added (string, no default)  (new.avsc:4:5)
            ~ fields in another order  (new.avsc:2:29)
            ~ amount: default 0 removed  (new.avsc:5:15)
            ~ amount: int becomes long  (new.avsc:5:33)
                breaks consumers with the old schema, when they read new events: avro/type-mismatch
            + coupon: branch int added  (new.avsc:7:52)
                breaks consumers with the old schema, when they read new events: avro/union-branch-missing
            + status: symbol `SENT` added  (new.avsc:6:99)
                breaks consumers with the old schema, when they read new events: avro/symbol-unknown
            ~ status: default nothing becomes `PLACED`  (new.avsc:6:119)
            + lines[].gift: field added (boolean, no default)  (new.avsc:12:9)
                breaks consumers with the new schema, when they read old events: avro/field-without-default
            ~ lines[].next: other documentation  (new.avsc:11:19)
            ~ lines[].sku: 8 bytes become 12  (new.avsc:10:34)
                breaks consumers with the new schema, when they read old events: avro/fixed-size-mismatch
                breaks consumers with the old schema, when they read new events: avro/fixed-size-mismatch
            ~ notes{}: string becomes bytes  (new.avsc:15:59)
                breaks consumers with the old schema, when they read new events: avro/bytes-not-text
            ~ at: timestamp-millis becomes timestamp-micros  (new.avsc:16:29)
                breaks consumers with the new schema, when they read old events: avro/logical-type-changed
                breaks consumers with the old schema, when they read new events: avro/logical-type-changed
            14 changes
            --- exit 0
        "#]],
    );
}

#[test]
fn nothing_differs_from_itself() {
    let cli = Cli::new().file("old.avsc", OLD).file("same.avsc", OLD.replace(' ', ""));
    diff(
        &cli,
        &["old.avsc", "old.avsc"],
        expect![[r#"
        no difference
        --- exit 0
    "#]],
    );
    diff(
        &cli,
        &["old.avsc", "same.avsc"],
        expect![[r#"
        ~ other documentation of `Order`  (same.avsc:2:57)
        1 change
        --- exit 0
    "#]],
    );
}

#[test]
fn json_has_the_places() {
    let cli = Cli::new()
        .file("old.avsc", "\"int\"")
        .file("new.avsc", "[\"int\", \"null\"]");
    diff(
        &cli,
        &["old.avsc", "new.avsc", "--format", "json"],
        expect![[r#"
        {
          "version": 1,
          "old": "old.avsc",
          "new": "new.avsc",
          "changes": [
            {
              "change": "changed",
              "dataPath": "",
              "message": "int becomes [int, null]",
              "old": {
                "file": "old.avsc",
                "path": "",
                "line": 1,
                "column": 1,
                "excerpt": {
                  "line": 1,
                  "text": "\"int\"",
                  "start": 0,
                  "end": 5
                }
              },
              "new": {
                "file": "new.avsc",
                "path": "",
                "line": 1,
                "column": 1,
                "excerpt": {
                  "line": 1,
                  "text": "[\"int\", \"null\"]",
                  "start": 0,
                  "end": 15
                }
              },
              "breaks": [
                {
                  "whom": "old-consumers",
                  "rule": "avro/type-mismatch"
                }
              ]
            }
          ]
        }
        --- exit 0
    "#]],
    );
}

#[test]
fn a_name_that_is_no_file_and_no_version_is_told() {
    let cli = Cli::new().file("old.avsc", OLD);
    diff(
        &cli,
        &["old.avsc", "nwe.avsc"],
        expect![[r#"
        --- stderr
        error: `nwe.avsc` does not exist
        --- exit 2
    "#]],
    );
    diff(
        &cli,
        &["old.avsc", "orders@3", "--registry", "http://127.0.0.1:1"],
        expect![[r#"
        --- stderr
        error: could not reach the registry at http://127.0.0.1:1: Connection refused (os error 111)
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]],
    );
}

/// What is left out of a large difference says so; how many changes there are and whom they affect is counted before.
#[test]
fn a_large_difference_is_cut_where_it_hurts_nobody() {
    let fields = |count: usize, extra: &str| {
        let fields: Vec<String> = (0..count)
            .map(|number| {
                let name = format!("{}{number}", "x".repeat(500));
                format!(r#"{{"name":"{name}","type":"int","default":0{extra}}}"#)
            })
            .collect();
        format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
    };
    let (old, new) = (fields(1500, ""), fields(1499, r#","doc":"a number""#));
    let new = new.replacen(r#""type":"int","default":0"#, r#""type":"string","default":"""#, 1);
    let cli = Cli::new().file("old.avsc", old).file("new.avsc", new);
    let limit = ["--max-schema-bytes", "4000000"];
    let text = cli.run(&[&["diff", "old.avsc", "new.avsc"], &limit[..]].concat());
    assert_eq!(text.code, 0, "{}", text.transcript());
    assert!(text.stdout.ends_with(" changes\n"), "{}", text.transcript());
    let json = cli.run(&[&["diff", "old.avsc", "new.avsc", "--format", "json"], &limit[..]].concat());
    // The indentation comes on top.
    assert!(json.stdout.len() < 2 << 20, "{} bytes", json.stdout.len());
    let told: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let changes = told["changes"].as_array().expect("changes");
    let affecting = |change: &&serde_json::Value| change["breaks"].as_array().is_some_and(|breaks| !breaks.is_empty());
    assert_eq!(changes.iter().filter(affecting).count(), 1, "what affects stays");
    let left_out = told["undecided"][0].as_str().expect("what is left out");
    assert!(left_out.contains("changes are left out"), "{left_out}");
}
