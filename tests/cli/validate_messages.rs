//! `treaty validate`: messages in Confluent's wire format, several in a file, and what a registry knows of them.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

const RIDE: &str =
    r#"{"type":"record","name":"Ride","fields":[{"name":"id","type":"string"},{"name":"fare","type":"int"}]}"#;

fn validate(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = ["validate"].into_iter().chain(command.split_whitespace()).collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

/// A message of this schema id.
fn message(id: u8, payload: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 0, id], payload].concat()
}

const A_1: &[u8] = b"\x02a\x02";

#[test]
fn messages_one_behind_the_other() {
    let good = message(7, A_1);
    let cut = message(7, b"\x02a");
    let cli = Cli::new()
        .file("ride.avsc", RIDE)
        .file("good/joined.bin", good.repeat(3))
        .file("good/lines.wire", [&good[..], b"\n"].concat().repeat(3))
        .file("bad/cut_within.bin", [&good[..], &cut, &good].concat())
        .file("bad/cut_at_the_end.bin", [&good[..], &cut].concat())
        .file("bad/trailing.bin", [&good[..], b"x"].concat())
        // It could be a message of another schema, and all are of one here.
        .file("bad/other_id.bin", [&good[..], &message(8, A_1)].concat())
        .file("bad/no_id.bin", [&good[..], &message(0, A_1)].concat())
        .file("bad/not_one.bin", [&good[..], b"\0\0"].concat());
    validate(
        &cli,
        "good --schema ride.avsc",
        expect![[r#"
        6 records in 2 files: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "bad --schema ride.avsc",
        expect![[r#"
            bad/cut_at_the_end.bin: record 2, byte 15: fare: the payload ends where an int was expected
            bad/cut_within.bin: record 2, byte 15: fare: the payload ends where an int was expected
            bad/no_id.bin: record 1, byte 8: 8 bytes are left over after the value
            bad/not_one.bin: record 1, byte 8: 2 bytes are left over after the value
            bad/other_id.bin: record 1, byte 8: 8 bytes are left over after the value
            bad/trailing.bin: record 1, byte 8: 1 byte is left over after the value
            9 records in 6 files: 6 defects
            --- exit 1
        "#]],
    );
}

#[test]
fn messages_of_protobuf_one_behind_the_other() {
    let proto = "syntax = \"proto3\"; message Ride { string id = 1; int32 fare = 2; }";
    let good = message(7, b"\0\x0a\x01a\x10\x05");
    let bad = message(7, b"\0\x0a\x05a");
    let cli = Cli::new()
        .file("ride.proto", proto)
        .file("good/joined.bin", good.repeat(3))
        .file("good/lines.wire", [&good[..], b"\n"].concat().repeat(3))
        .file("bad/within.bin", [&good[..], &bad, &good].concat())
        .file("bad/alone.bin", bad);
    validate(
        &cli,
        "good --schema ride.proto",
        expect![[r#"
        6 records in 2 files: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "bad --schema ride.proto",
        expect![[r#"
        bad/alone.bin: record 1, byte 7: id: the length is 5, but 1 byte is left
        bad/within.bin: record 2, byte 24: there is no wire type 7
        4 records in 2 files: 2 defects
        --- exit 1
    "#]],
    );
}

#[test]
fn clients_that_count_messages_differently() {
    let proto = "syntax = \"proto2\"; message M { optional group G = 1 { optional int32 a = 1; } message Inner { optional string b = 1; } message Other {} }";
    let cli = Cli::new()
        .file("m.proto", proto)
        // Inner for those that count the descriptor's messages, Other for those that count the text's; both can be decoded.
        .file("either.bin", message(7, b"\x04\x00\x02"));
    validate(
        &cli,
        "either.bin --schema m.proto",
        expect![[r#"
        1 record in 1 file: all valid
        --- stderr
        note: either.bin: the message indexes [0, 1] name `M.Inner`, and `M.Other` for Confluent's client in Java: it was read as `M.Inner`
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "either.bin --schema m.proto --format json",
        expect![[r#"
            {
              "version": 1,
              "verdict": "valid",
              "files": 1,
              "records": 1,
              "bytes": 8,
              "complete": true,
              "notes": [
                "either.bin: the message indexes [0, 1] name `M.Inner`, and `M.Other` for Confluent's client in Java: it was read as `M.Inner`"
              ],
              "defects": []
            }
            --- exit 0
        "#]],
    );
}

#[test]
fn what_a_registry_knows_of_messages() {
    let served = Served::start();
    let wider = RIDE.replace(
        r#""type":"int"}"#,
        r#""type":"int"},{"name":"tip","type":"int","default":0}"#,
    );
    let cli = served
        .client()
        .file("ride.avsc", RIDE)
        .file("wider.avsc", &wider)
        .file("other.avsc", r#"{"type":"string"}"#)
        // Id 1 is the ride, id 3 another subject's text.
        .file(
            "mixed.bin",
            [message(1, A_1), message(3, b"\x02a"), message(1, A_1)].concat(),
        )
        .file(
            "unknown.bin",
            [message(1, A_1), message(99, b"\x02a"), message(1, A_1)].concat(),
        )
        .file("first_unknown.bin", message(98, b"\x02a"))
        .file("old.json", r#"{"id":"a","fare":1}"#)
        .file("never.json", r#"{"id":"a"}"#);
    for (file, subject) in [
        ("ride.avsc", "rides"),
        ("wider.avsc", "rides"),
        ("other.avsc", "others"),
    ] {
        assert_eq!(cli.run(&["register", file, "--subject", subject]).code, 0);
    }
    validate(
        &cli,
        "mixed.bin",
        expect![[r#"
        3 records in 1 file: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "mixed.bin unknown.bin first_unknown.bin",
        expect![[r#"
        unknown.bin: record 2, byte 9: the registry has no schema of its id, 99
        first_unknown.bin: record 1, byte 1: the registry has no schema of its id, 98
        7 records in 3 files: 2 defects
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "mixed.bin --subject rides --version 1",
        expect![[r#"
            mixed.bin: record 2, byte 9: its schema id is 3, which no version of `rides` has
            3 records in 1 file: 1 defect
            --- exit 1
        "#]],
    );
    // An earlier version takes what the latest one refuses.
    validate(
        &cli,
        "old.json never.json --subject rides",
        expect![[r#"
        old.json:1:1: the field `tip` of `Ride` is missing (defaults apply only when reading older data; each record must contain every field)
        never.json:1:1: the field `fare` of `Ride` is missing
        never.json:1:1: the field `tip` of `Ride` is missing (defaults apply only when reading older data; each record must contain every field)
        2 records in 2 files: 3 defects
        --- stderr
        note: version 1 of `rides` takes all of `old.json`
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "old.json --subject rides --version 2 --format json",
        expect![[r#"
            {
              "version": 1,
              "verdict": "invalid",
              "files": 1,
              "records": 1,
              "bytes": 19,
              "complete": true,
              "notes": [
                "version 1 of `rides` takes all of `old.json`"
              ],
              "defects": [
                {
                  "file": "old.json",
                  "record": 1,
                  "offset": 0,
                  "line": 1,
                  "column": 1,
                  "message": "the field `tip` of `Ride` is missing",
                  "help": "defaults apply only when reading older data; each record must contain every field"
                }
              ]
            }
            --- exit 1
        "#]],
    );
}
