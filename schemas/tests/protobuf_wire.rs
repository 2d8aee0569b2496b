//! Confluent's wire format: which message the message indexes name, for clients that count differently.

use expect_test::expect;
use treaty_schemas::protobuf::data::wire;
use treaty_schemas::validate::{Limits, PayloadKind, Validator};
use treaty_schemas::{Format, Options, Schema, Source};

fn schema(text: &str) -> Schema {
    Schema::parse(
        Format::Protobuf,
        &Source::new("m.proto", text),
        &[],
        &Options::default(),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// What is said of a payload under these indexes.
fn judged(schema: &Schema, indexes: &[u32], payload: &[u8]) -> String {
    let validator = Validator::new(schema, Limits::default());
    match validator.payload(PayloadKind::Wire, &wire::join(7, indexes, payload)) {
        Ok(()) => format!("{indexes:?} valid\n"),
        Err(defects) => defects.iter().map(|defect| format!("{indexes:?} {defect}\n")).collect(),
    }
}

#[test]
fn entries_of_maps_and_groups_are_counted() {
    let schema = schema(
        "syntax = \"proto2\"; message M { map<string, int32> tags = 1; optional group G = 2 { required int32 g = 1; } message Inner { required string s = 1; } }",
    );
    let (group, inner) = (&b"\x08\x01"[..], &b"\x0a\x01a"[..]);
    let report = [
        judged(&schema, &[0, 1], group),
        judged(&schema, &[0, 1], inner),
        judged(&schema, &[0, 2], inner),
        judged(&schema, &[0, 2], group),
        // Confluent's client in Java.
        judged(&schema, &[0, 0], inner),
        judged(&schema, &[0, 3], inner),
        judged(&schema, &[1], inner),
    ];
    expect![[r#"
        [0, 1] valid
        [0, 1] record 1, byte 11: the required field `g` of `M.G` is missing
        [0, 2] valid
        [0, 2] record 1, byte 10: the required field `s` of `M.Inner` is missing
        [0, 0] valid
        [0, 3] record 1, byte 5: the message index 3 is out of range: `M` has 3 nested messages
        [1] record 1, byte 5: the message index 1 is out of range: the schema has 1 top-level messages
    "#]]
    .assert_eq(&report.concat());
}

#[test]
fn what_two_clients_mean_differently_is_what_can_be_decoded() {
    let schema = schema(
        "syntax = \"proto2\"; message M { map<string, int32> tags = 1; message A { required int32 a = 1; } message B { required string b = 1; } }",
    );
    let (a, b) = (&b"\x08\x01"[..], &b"\x0a\x01b"[..]);
    let report = [
        judged(&schema, &[0, 1], a),
        judged(&schema, &[0, 1], b),
        judged(&schema, &[0, 2], b),
        judged(&schema, &[0, 0], a),
        judged(&schema, &[0, 1], b""),
    ];
    expect![[r#"
        [0, 1] valid
        [0, 1] valid
        [0, 2] valid
        [0, 0] valid
        [0, 1] record 1, byte 8: the required field `a` of `M.A` is missing (the message indexes [0, 1] name `M.A`, and `M.B` for Confluent's client in Java)
    "#]].assert_eq(&report.concat());
}
