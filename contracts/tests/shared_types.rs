//! Types that stand in several places: each place that is read is judged, not only the first.

use treaty_contracts::{Standing, assess};
use treaty_schemas::{Budget, Schema};

use crate::requirement::{proto, proto_requirements, requirements, schema};
use crate::verdicts::only;

/// The standing, and the path of each finding.
fn judged(requirement: &treaty_contracts::Requirement, candidate: &Schema) -> (Standing, Vec<String>) {
    let assessment = assess(requirement, candidate, &Budget::unlimited());
    let paths = assessment.findings.iter().map(|found| found.path.clone());
    (assessment.standing, paths.collect())
}

fn contract(decode: &str, reads: &[&str]) -> String {
    let reads: String = reads.iter().map(|read| format!("      - {read}\n")).collect();
    format!(
        "contract: 1\napplication: billing\nreceives:\n  - event: Ev\n    subject: s\n    builtAgainst: 1\n    decode: {decode}\n    reads:\n{reads}"
    )
}

fn of_proto(decode: &str, reads: &[&str], built: &str, candidate: &str) -> (Standing, Vec<String>) {
    let file = |text: &str| format!("syntax = \"proto3\";\n{text}");
    let requirement = only(proto_requirements(&contract(decode, reads), &file(built)));
    judged(&requirement, &proto("s@2", &file(candidate)))
}

fn of_avro(decode: &str, reads: &[&str], built: &str, candidate: &str) -> (Standing, Vec<String>) {
    let requirement = only(requirements(&contract(decode, reads), built));
    judged(&requirement, &schema("s@2", candidate))
}

fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

/// `EgQIARAB` is b = {x: 1, y: 1}: the reader's oneof keeps y alone.
#[test]
fn a_split_oneof_at_each_use_of_its_message() {
    let whole = "message M { oneof o { int32 x = 1; int32 y = 2; } }\n";
    let split = "message M { int32 x = 1; int32 y = 2; }\n";
    for (event, read) in [
        ("message Ev { M a = 1; M b = 2; }", "b.x"),
        ("message Ev { M a = 1; repeated M b = 2; }", "b[].x"),
        ("message Ev { M a = 1; map<string, M> b = 2; }", "b{}.x"),
        ("message Ev { M a = 1; N b = 2; } message N { M m = 1; }", "b.m.x"),
        (
            "message Ev { M a = 1; N b = 2; } message N { M m = 1; N n = 2; }",
            "b.n.m.x",
        ),
        ("message Ev { M a = 1; M b = 2; }", "a.x"),
    ] {
        let (built, candidate) = (format!("{event}\n{whole}"), format!("{event}\n{split}"));
        let found = of_proto("pinned", &[read], &built, &candidate);
        assert_eq!(found, (Standing::Incompatible, owned(&[read])), "{event}");
    }
    let event = "message Ev { M a = 1; M b = 2; int32 c = 3; }\n";
    let (built, candidate) = (format!("{event}{whole}"), format!("{event}{split}"));
    assert_eq!(
        of_proto("pinned", &["c"], &built, &candidate),
        (Standing::Compatible, Vec::new())
    );
    let both = of_proto("pinned", &["a.x", "b.y"], &built, &candidate);
    assert_eq!(both, (Standing::Incompatible, owned(&["a.x", "b.y"])));
}

/// Of two places with one enum, one does without the new value and the other does not.
#[test]
fn one_enum_that_is_handled_here_and_not_there() {
    let built = "message Ev { map<string, E> a = 1; map<string, E> b = 2; }\nenum E { ZERO = 0; ONE = 1; }\n";
    let more = built.replace("ONE = 1;", "ONE = 1; TWO = 2;");
    let reads = ["{ path: \"a{}\", handles: [ZERO, ONE], otherwise: ignore }", "b{}"];
    let (standing, paths) = of_proto("pinned", &reads, built, &more);
    assert_eq!((standing, paths), (Standing::Incompatible, owned(&["b{}"])));
    let turned = ["{ path: \"b{}\", handles: [ZERO, ONE], otherwise: ignore }", "a{}"];
    let (standing, paths) = of_proto("pinned", &turned, built, &more);
    assert_eq!((standing, paths), (Standing::Incompatible, owned(&["a{}"])));
}

/// What is not read and refused is reported field by field, in the order of the schema, beside what is read.
#[test]
fn every_field_that_a_decoder_misses_is_reported() {
    let field = |name: &str| format!(r#"{{"name": "{name}", "type": "int"}}"#);
    let record = |names: &[&str]| {
        let fields: Vec<String> = names.iter().map(|name| field(name)).collect();
        format!(
            r#"{{"type": "record", "name": "Ev", "fields": [{}]}}"#,
            fields.join(", ")
        )
    };
    let names = ["a", "b", "c", "d", "e", "f"];
    let (standing, paths) = of_avro("pinned", &["a", "c"], &record(&names), &record(&["a"]));
    assert_eq!(
        (standing, paths),
        (Standing::Incompatible, owned(&["b", "d", "e", "f", "c"]))
    );
}

/// A type that two fields have changes: both are reported.
#[test]
fn every_place_that_is_read_is_reported() {
    let event = |currency: &str| {
        format!(
            r#"{{"type": "record", "name": "Ev", "fields": [
                {{"name": "net", "type": {{"type": "record", "name": "Money", "fields": [
                    {{"name": "amount", "type": "long"}}{currency}]}}}},
                {{"name": "gross", "type": "Money"}},
                {{"name": "note", "type": "string"}}]}}"#
        )
    };
    let built = event(r#", {"name": "currency", "type": "string", "default": "EUR"}"#);
    for decode in ["pinned", "projected"] {
        let reads = ["net.currency", "gross.currency", "note"];
        let (standing, paths) = of_avro(decode, &reads, &built, &event(""));
        assert_eq!(
            (standing, paths),
            (Standing::Silent, owned(&["net.currency", "gross.currency"])),
            "{decode}"
        );
        let tolerant = ["{ path: net.currency, onMissing: default }", "gross.currency"];
        let (standing, paths) = of_avro(decode, &tolerant, &built, &event(""));
        assert_eq!(
            (standing, paths),
            (Standing::Silent, owned(&["gross.currency"])),
            "{decode}"
        );
    }
}

/// Each of two members that are read is put aside for the other, also where a shared enum makes each be compared alone.
#[test]
fn a_split_oneof_of_which_several_members_are_read() {
    let built = "enum E { NONE = 0; ONE = 1; }\nmessage Ev {\n  oneof pay {\n    string card = 1;\n    E kind = 2;\n  }\n  repeated E others = 3;\n}\n";
    let split = built.replace("  oneof pay {\n", "").replace("  }\n", "");
    let split = split
        .replace("string card", "optional string card")
        .replace("E kind", "optional E kind");
    for (reads, expected) in [
        (&["card", "kind", "others[]"][..], owned(&["card", "kind"])),
        (&["card", "kind"], owned(&["card"])),
        (&["card", "others[]"], Vec::new()),
    ] {
        let standing = match expected.is_empty() {
            true => Standing::Compatible,
            false => Standing::Incompatible,
        };
        assert_eq!(
            of_proto("projected", reads, built, &split),
            (standing, expected),
            "{reads:?}"
        );
    }
}

/// What is read through a place is touched by all that happens to the place.
#[test]
fn what_a_place_holds_means_another_thing() {
    let map = "message Ev { map<string, string> lines = 5; }";
    let moved = "message Ev { map<string, string> lines2 = 5; optional int32 lines = 9; }";
    assert_eq!(
        of_proto("pinned", &["lines{}"], map, moved),
        (Standing::Incompatible, owned(&["lines"]))
    );
    let time = "import \"google/protobuf/timestamp.proto\";\nmessage Ev { google.protobuf.Timestamp at = 1; }";
    let span = "import \"google/protobuf/duration.proto\";\nmessage Ev { google.protobuf.Duration at = 1; }";
    assert_eq!(
        of_proto("pinned", &["at.seconds"], time, span),
        (Standing::Incompatible, owned(&["at"]))
    );
}
