//! What prost-reflect says.

use treaty_schemas::{Format, Saying, Schema};

use super::{Tally, said};
use crate::protobuf_soundness::{pair, pairs, text};
use crate::random::{self, Random};

fn of(reader: &str, writer: &str, rule: &str) -> Saying {
    let text = |body: &str| match body.starts_with("syntax") || body.starts_with("edition") {
        true => body.to_owned(),
        false => format!("syntax = \"proto3\"; {body}"),
    };
    said(Format::Protobuf, "a.proto", &text(reader), &text(writer), rule)
}

fn quirk(said: &Saying) -> &str {
    match said {
        Saying::Quirk(quirk) => quirk.id,
        _ => "none",
    }
}

#[test]
fn what_it_reads_as_the_finding_says_is_confirmed() {
    for (reader, writer, rule) in [
        (
            "message M { uint32 a = 1; }",
            "message M { uint64 a = 1; }",
            "protobuf/number-out-of-range",
        ),
        (
            "message M { int32 a = 1; }",
            "message M { sint32 a = 1; }",
            "protobuf/number-reinterpreted",
        ),
        (
            "message M { string a = 1; }",
            "message M { bytes a = 1; }",
            "protobuf/bytes-not-text",
        ),
        (
            "message M { string a = 1; }",
            "message M { repeated string a = 1; }",
            "protobuf/list-read-as-one",
        ),
        (
            "message M { oneof o { string a = 1; } }",
            "message M { oneof o { string a = 1; string b = 2; } }",
            "protobuf/oneof-case-unknown",
        ),
        (
            "message M { string b = 1; }",
            "message M { string a = 1; }",
            "protobuf/json-name-changed",
        ),
    ] {
        assert_eq!(of(reader, writer, rule), Saying::Confirmed, "{rule}");
    }
}

#[test]
fn a_quirk_is_named_where_it_explains_the_finding() {
    for (reader, writer, rule, id) in [
        (
            "syntax = \"proto2\"; message M { required string a = 1; }",
            "syntax = \"proto2\"; message M { optional string a = 1; }",
            "protobuf/required-field-missing",
            "required",
        ),
        (
            "message M { string a = 1; }",
            "message M { int32 a = 1; }",
            "protobuf/wire-type-mismatch",
            "wire-types",
        ),
        (
            "syntax = \"proto2\"; enum E { A = 0; } message M { optional E a = 1; }",
            "syntax = \"proto2\"; enum E { A = 0; B = 1; } message M { optional E a = 1; }",
            "protobuf/enum-number-unknown",
            "closed-enums",
        ),
        (
            "syntax = \"proto2\"; message M { optional string a = 1; }",
            "syntax = \"proto2\"; message M { optional N a = 1; } message N { repeated sfixed32 b = 31; }",
            "protobuf/content-reinterpreted",
            "utf-8",
        ),
    ] {
        assert_eq!(quirk(&of(reader, writer, rule)), id, "{rule}");
    }
}

#[test]
fn random_pairs() {
    let pairs = random::setting("TREATY_SOAK_PAIRS", 1_500);
    let mut random = Random::new(random::setting("TREATY_SOAK_SEED", 2026));
    let mut tally = Tally::default();
    for _ in 0..pairs {
        let pair = pairs::next(&mut random, &mut std::collections::BTreeMap::new());
        let schema = |tree| pair::schema(&text::texts(tree)).ok();
        let (Some(one), Some(other)) = (schema(&pair.reader), schema(&pair.writer)) else {
            continue;
        };
        let [one, other] = [one, other].map(|schema| Schema::Protobuf(schema.into()));
        tally.take(&one, &other);
        tally.take(&other, &one);
    }
    tally.finish("random pairs of Protobuf");
    assert!(tally.count("confirmed") > 100);
}
