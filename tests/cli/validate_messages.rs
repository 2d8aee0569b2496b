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
        .file("bad/not_one.bin", [&good[..], b"\0\0"].concat());
    validate(&cli, "good --schema ride.avsc", expect![[""]]);
    validate(&cli, "bad --schema ride.avsc", expect![[""]]);
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
    validate(&cli, "good --schema ride.proto", expect![[""]]);
    validate(&cli, "bad --schema ride.proto", expect![[""]]);
}

#[test]
fn clients_that_count_messages_differently() {
    let proto = "syntax = \"proto2\"; message M { optional group G = 1 { optional int32 a = 1; } message Inner { optional string b = 1; } message Other {} }";
    let cli = Cli::new()
        .file("m.proto", proto)
        // Inner for those that count the descriptor's messages, Other for those that count the text's; both can be decoded.
        .file("either.bin", message(7, b"\x04\x00\x02"));
    validate(&cli, "either.bin --schema m.proto", expect![[""]]);
    validate(&cli, "either.bin --schema m.proto --format json", expect![[""]]);
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
    validate(&cli, "mixed.bin", expect![[""]]);
    validate(&cli, "mixed.bin unknown.bin first_unknown.bin", expect![[""]]);
    validate(&cli, "mixed.bin --subject rides --version 1", expect![[""]]);
    // An earlier version takes what the latest one refuses.
    validate(&cli, "old.json never.json --subject rides", expect![[""]]);
    validate(
        &cli,
        "old.json --subject rides --version 2 --format json",
        expect![[""]],
    );
}
