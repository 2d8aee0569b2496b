//! What a contract says of values that it does not know, of fields that are missing, and of fields that it does not know; in both
//! formats, and for each decoder for which it makes a difference.

use treaty_contracts::{Requirement, Standing, assess, verify};
use treaty_schemas::{Budget, Format};

use crate::requirement::{proto, proto_requirements, publish_in, requirements, schema};
use crate::verdicts::only;

fn contract(settings: &str, reads: &[&str]) -> String {
    let reads: String = reads.iter().map(|read| format!("      - {read}\n")).collect();
    format!(
        "contract: 1\napplication: billing\nreceives:\n  - event: Ev\n    subject: s\n    builtAgainst: 1\n    {settings}\n    reads:\n{reads}"
    )
}

fn avro(settings: &str, reads: &[&str], built: &str) -> Requirement {
    only(requirements(&contract(settings, reads), built))
}

fn of_avro(settings: &str, reads: &[&str], built: &str, candidate: &str) -> Standing {
    let requirement = avro(settings, reads, built);
    assess(&requirement, &schema("s@2", candidate), &Budget::unlimited()).standing
}

fn file(text: &str) -> String {
    format!("syntax = \"proto3\";\n{text}")
}

fn of_proto(settings: &str, reads: &[&str], built: &str, candidate: &str) -> Standing {
    let requirement = only(proto_requirements(&contract(settings, reads), &file(built)));
    assess(&requirement, &proto("s@2", &file(candidate)), &Budget::unlimited()).standing
}

fn record(fields: &str) -> String {
    format!(r#"{{"type": "record", "name": "Ev", "fields": [{fields}]}}"#)
}

/// The problems of a contract that does not fit its schema.
fn problems(format: Format, reads: &[&str], built: &str) -> String {
    let opened = publish_in(format, &contract("decode: projected", reads), built).open(&Budget::unlimited());
    let error = opened.expect_err("it does not fit");
    let lines = error.problems.iter().map(|problem| format!("{problem}\n"));
    lines.collect()
}

const CARD: &str = r#"{"type": "record", "name": "Card", "fields": [{"name": "number", "type": "string"}]}"#;
const CASH: &str = r#"{"type": "record", "name": "Cash", "fields": [{"name": "till", "type": "int"}]}"#;

#[test]
fn types_that_a_union_did_not_have() {
    let union = |branches: &[&str]| record(&format!(r#"{{"name": "pay", "type": [{}]}}"#, branches.join(", ")));
    let (built, more) = (union(&[CARD]), union(&[CARD, CASH]));
    for (read, expected) in [
        ("pay", Standing::Incompatible),
        ("{ path: pay, otherwise: ignore }", Standing::Compatible),
        ("{ path: pay.(Card).number, otherwise: ignore }", Standing::Compatible),
        ("{ path: pay.number, otherwise: ignore }", Standing::Compatible),
        ("pay.(Card).number", Standing::Incompatible),
    ] {
        assert_eq!(of_avro("decode: writer", &[read], &built, &more), expected, "{read}");
        // A schema of its own refuses the event, whatever the contract says.
        for decode in ["pinned", "projected"] {
            let standing = of_avro(&format!("decode: {decode}"), &[read], &built, &more);
            assert_eq!(standing, Standing::Incompatible, "{decode} {read}");
        }
    }
    let both = ["{ path: pay.(Card).number, otherwise: ignore }", "pay.(Card)"];
    assert_eq!(
        of_avro("decode: writer", &both, &built, &more),
        Standing::Incompatible,
        "one of two reads does not ignore them"
    );
    // What is ignored belongs to the nearest place at which there is a choice: here the enum.
    let status = r#"{"name": "s", "type": {"type": "enum", "name": "S", "symbols": ["A", "B"]}}"#;
    let card = CARD.replace(r#"{"name": "number", "type": "string"}"#, status);
    let (built, more) = (union(&[&card]), union(&[&card, CASH]));
    let read = "{ path: pay.(Card).s, handles: [A], otherwise: ignore }";
    assert_eq!(
        of_avro("decode: writer", &[read], &built, &more),
        Standing::Incompatible
    );
    assert_eq!(of_avro("decode: writer", &[read], &built, &built), Standing::Compatible);
}

#[test]
fn lists_and_maps_of_unions() {
    let list = |kind: &str, part: &str, branches: &str| {
        record(&format!(
            r#"{{"name": "all", "type": {{"type": "{kind}", "{part}": [{branches}]}}}}"#
        ))
    };
    for (kind, part) in [("array", "items"), ("map", "values")] {
        let (built, more) = (
            list(kind, part, r#""string", "int""#),
            list(kind, part, r#""string", "int", "boolean""#),
        );
        let ignoring = ["{ path: all, otherwise: ignore }"];
        assert_eq!(
            of_avro("decode: writer", &ignoring, &built, &more),
            Standing::Compatible
        );
        assert_eq!(
            of_avro("decode: writer", &["all"], &built, &more),
            Standing::Incompatible
        );
    }
}

#[test]
fn members_that_a_oneof_did_not_have() {
    let oneof = |more: &str| {
        format!(
            "message Ev {{ oneof pay {{ Card card = 1; string cash = 2; {more} }} }}\nmessage Card {{ string number = 1; }}\n"
        )
    };
    let (built, more) = (oneof(""), oneof("string coin = 3;"));
    for (reads, expected) in [
        (&["card"][..], Standing::Incompatible),
        (&["{ path: card, otherwise: ignore }"], Standing::Compatible),
        (&["{ path: card.number, otherwise: ignore }"], Standing::Compatible),
        (
            &["{ path: card, otherwise: ignore }", "{ path: cash, otherwise: ignore }"],
            Standing::Compatible,
        ),
        (
            &["{ path: card.number, otherwise: ignore }", "card"],
            Standing::Incompatible,
        ),
    ] {
        for decode in ["pinned", "projected"] {
            let standing = of_proto(&format!("decode: {decode}"), reads, &built, &more);
            assert_eq!(standing, expected, "{decode} {reads:?}");
        }
    }
}

#[test]
fn lists_and_maps_of_enums() {
    let enums = |kind: &str, part: &str, symbols: &str| {
        let of = format!(r#"{{"type": "enum", "name": "S", "symbols": [{symbols}]}}"#);
        record(&format!(
            r#"{{"name": "all", "type": {{"type": "{kind}", "{part}": {of}}}}}"#
        ))
    };
    for (kind, part, inner) in [("array", "items", "all[]"), ("map", "values", "all{}")] {
        let (built, more) = (enums(kind, part, r#""A", "B""#), enums(kind, part, r#""A", "B", "C""#));
        for path in ["all", inner] {
            for decode in ["projected", "writer"] {
                let judged = |read: &str| of_avro(&format!("decode: {decode}"), &[read], &built, &more);
                let ignoring = format!("{{ path: '{path}', handles: [A, B], otherwise: ignore }}");
                assert_eq!(judged(&ignoring), Standing::Compatible, "{decode} {path}");
                let strict = format!("{{ path: '{path}', handles: [A, B] }}");
                assert_eq!(judged(&strict), Standing::Incompatible, "{decode} {path}");
            }
        }
    }
    for (field, inner) in [("repeated S all = 1;", "all[]"), ("map<string, S> all = 1;", "all{}")] {
        let built = format!("message Ev {{ {field} }}\nenum S {{ A = 0; B = 1; }}\n");
        let more = built.replace("B = 1;", "B = 1; C = 2;");
        for path in ["all", inner] {
            for decode in ["pinned", "projected", "writer"] {
                let judged = |read: &str| of_proto(&format!("decode: {decode}"), &[read], &built, &more);
                let ignoring = format!("{{ path: '{path}', handles: [A, B], otherwise: ignore }}");
                assert_eq!(judged(&ignoring), Standing::Compatible, "{decode} {path}");
                let strict = format!("{{ path: '{path}', handles: [A, B] }}");
                assert_eq!(judged(&strict), Standing::Incompatible, "{decode} {path}");
            }
        }
    }
}

/// A zero is read where nothing was written, so who does not handle it says so, however the field occurs.
#[test]
fn the_zero_of_an_enum_in_every_kind_of_field() {
    for field in ["S s = 1;", "optional S s = 1;", "repeated S s = 1;"] {
        let text = format!("message Ev {{ {field} }}\nenum S {{ NONE = 0; ONE = 1; TWO = 2; }}\n");
        for (read, expected) in [
            ("{ path: s, handles: [ONE, TWO] }", Standing::Incompatible),
            (
                "{ path: s, handles: [ONE, TWO], otherwise: ignore }",
                Standing::Compatible,
            ),
            ("{ path: s, handles: [NONE, ONE, TWO] }", Standing::Compatible),
            ("{ path: s, handles: [NONE, ONE] }", Standing::Incompatible),
            ("s", Standing::Compatible),
        ] {
            for decode in ["pinned", "projected", "writer"] {
                let settings = format!("decode: {decode}");
                let requirement = only(proto_requirements(&contract(&settings, &[read]), &file(&text)));
                let itself = verify(&requirement, &Budget::unlimited()).expect("it was built against a schema");
                assert_eq!(itself.standing, expected, "{decode} {field} {read}");
            }
        }
    }
}

#[test]
fn what_is_said_of_a_container_holds_for_the_fields_inside() {
    let customer = |fields: &str| {
        record(&format!(
            r#"{{"name": "c", "type": {{"type": "record", "name": "C", "fields": [{fields}]}}}}, {{"name": "l", "type": {{"type": "array", "items": "C"}}}}"#
        ))
    };
    let name = r#"{"name": "name", "type": "string"}"#;
    let mail = r#"{"name": "mail", "type": "string", "default": ""}"#;
    let (built, less) = (customer(&format!("{name}, {mail}")), customer(name));
    for (read, expected) in [
        ("c", Standing::Silent),
        ("{ path: c, onMissing: default }", Standing::Compatible),
        ("l", Standing::Silent),
        ("{ path: l, onMissing: default }", Standing::Compatible),
        ("{ path: 'l[]', onMissing: default }", Standing::Compatible),
    ] {
        for decode in ["pinned", "projected"] {
            let standing = of_avro(&format!("decode: {decode}"), &[read], &built, &less);
            assert_eq!(standing, expected, "{decode} {read}");
        }
    }
    let ignoring = ["{ path: c, onMissing: null }"];
    assert_eq!(
        of_avro("decode: writer", &ignoring, &built, &less),
        Standing::Compatible
    );
    let built = "message Ev { C c = 1; }\nmessage C { string name = 1; string mail = 2; }\n";
    let less = built.replace(" string mail = 2;", "");
    assert_eq!(of_proto("decode: pinned", &["c"], built, &less), Standing::Silent);
    let tolerant = ["{ path: c, onMissing: default }"];
    assert_eq!(
        of_proto("decode: pinned", &tolerant, built, &less),
        Standing::Compatible
    );
}

#[test]
fn one_place_in_two_spellings() {
    let built = file("message Ev { repeated S all = 1; }\nenum S { A = 0; B = 1; }\n");
    let reads = ["{ path: all, handles: [A] }", "{ path: 'all[]', handles: [A, B] }"];
    expect_test::expect![[r#"
        treaty.yaml:10:17: `all[]` cannot be read of s@1: it is the same place as `all`, of which `handles` or `otherwise` says something else (keep one of the two entries)
    "#]]
    .assert_eq(&problems(Format::Protobuf, &reads, &built));
    let same = ["{ path: all, handles: [B, A] }", "{ path: 'all[]', handles: [A, B] }"];
    assert_eq!(
        proto_requirements(&contract("decode: projected", &same), &built).len(),
        1
    );
    let s = r#"{"type": "enum", "name": "S", "symbols": ["A", "B"]}"#;
    let built = record(&format!(
        r#"{{"name": "p", "type": ["null", {{"type": "record", "name": "P", "fields": [{{"name": "s", "type": {s}}}]}}]}}"#
    ));
    let reads = ["{ path: p.s, handles: [A] }", "p.(P).s"];
    expect_test::expect![[r#"
        treaty.yaml:10:9: `p.(P).s` cannot be read of s@1: it is the same place as `p.s`, of which `handles` or `otherwise` says something else (keep one of the two entries)
    "#]]
    .assert_eq(&problems(Format::DEFAULT, &reads, &built));
}

/// `p.x{}` is in A alone: what B has under this name is not read.
#[test]
fn a_path_without_a_branch_reads_only_branches_in_which_it_comes_to_its_end() {
    let union = |x: &str| {
        record(&format!(
            r#"{{"name": "p", "type": [
                {{"type": "record", "name": "A", "fields": [{{"name": "x", "type": {{"type": "map", "values": "int"}}}}]}},
                {{"type": "record", "name": "B", "fields": [{{"name": "x", "type": {x}}}]}}]}}"#
        ))
    };
    let (built, other) = (union(r#""string""#), union(r#""int""#));
    for decode in ["projected", "writer"] {
        let standing = of_avro(&format!("decode: {decode}"), &["'p.x{}'"], &built, &other);
        assert_eq!(standing, Standing::Compatible, "{decode}");
        let standing = of_avro(&format!("decode: {decode}"), &["p.(B).x"], &built, &other);
        assert_eq!(standing, Standing::Incompatible, "{decode}");
    }
    assert_eq!(
        of_avro("decode: pinned", &["'p.x{}'"], &built, &other),
        Standing::Incompatible,
        "the whole schema decodes"
    );
}

#[test]
fn fields_are_known_by_the_names_and_aliases_of_the_reader() {
    let field = |name: &str, more: &str| {
        record(&format!(
            r#"{{"name": "id", "type": "int"}}, {{"name": "{name}", "type": "int"{more}}}"#
        ))
    };
    let old = field("total", r#", "default": 0"#);
    let renamed = field("sum", "");
    let with_alias = field("sum", r#", "aliases": ["total"]"#);
    let settings = "unknownFields: reject\n    decode: projected";
    assert_eq!(of_avro(settings, &["id"], &old, &renamed), Standing::Incompatible);
    assert_eq!(
        of_avro(settings, &["id"], &old, &with_alias),
        Standing::Incompatible,
        "an alias of the writer's does not count"
    );
    let knows_both = field("total", r#", "default": 0, "aliases": ["sum"]"#);
    assert_eq!(
        of_avro(settings, &["id"], &knows_both, &renamed),
        Standing::Compatible,
        "an alias of the reader's does"
    );
    let settings = "unknownFields: reject\n    decode: writer";
    assert_eq!(
        of_avro(settings, &["id"], &knows_both, &renamed),
        Standing::Incompatible,
        "without a schema of its own there are no aliases"
    );
}

/// The reader has a field that the schema it was built against lacks, in a type that stands in two places.
#[test]
fn defaults_that_are_expected_in_every_place_of_a_type() {
    let event = |fields: &str| {
        record(&format!(
            r#"{{"name": "a", "type": {{"type": "record", "name": "T", "fields": [{{"name": "x", "type": "int"}}{fields}]}}}}, {{"name": "b", "type": "T"}}"#
        ))
    };
    let text = "contract: 1\napplication: billing\nreceives:\n  - event: Ev\n    subject: s\n    builtAgainst: 1\n    reader: reader.avsc\n    reads:\n      - a.y\n      - b.y\n";
    let mut published = publish_in(Format::DEFAULT, text, &event(""));
    for schema in &mut published.schemas {
        if schema.name == "reader.avsc" {
            schema.schema = event(r#", {"name": "y", "type": "int", "default": 0}"#).as_str().into();
        }
    }
    let (_, requirements) = published.open(&Budget::unlimited()).expect("it fits");
    let requirement = only(requirements);
    let itself = verify(&requirement, &Budget::unlimited()).expect("it was built against a schema");
    let found: Vec<&str> = itself.findings.iter().map(|found| found.path.as_str()).collect();
    assert_eq!((itself.standing, found), (Standing::Compatible, Vec::new()));
}
