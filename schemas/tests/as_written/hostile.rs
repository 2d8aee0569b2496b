//! Schemas that are large, deep, or hold themselves: each ends, and what was not looked at is undecided.

use std::fmt::Write;

use treaty_schemas::{Budget, Format, Schema, Verdict, as_written};
use treaty_schemas::{RuleSet, Severity};

/// As many steps as the registry takes for a request.
const STEPS: u64 = 50_000_000;

fn avro(text: &str) -> Schema {
    super::parse(Format::Avro, text)
}

fn wide(format: Format, prefix: &str, ty: &str) -> Schema {
    let mut text = String::new();
    for field in 1..=18_000 {
        let _ = match format {
            Format::Avro => write!(text, "{{\"name\":\"{prefix}{field}\",\"type\":\"{ty}\"}},"),
            Format::Protobuf => write!(text, "{ty} {prefix}{field} = {};", field + 100_000),
        };
    }
    let text = match format {
        Format::Avro => format!(
            "{{\"type\":\"record\",\"name\":\"M\",\"fields\":[{}]}}",
            text.trim_end_matches(',')
        ),
        Format::Protobuf => format!("syntax = \"proto3\"; message M {{ {text} }}"),
    };
    super::parse(format, &text)
}

#[test]
fn wide_schemas() {
    for (format, one, other) in [(Format::Avro, "int", "string"), (Format::Protobuf, "int32", "string")] {
        let (pinned, changed, gone) = (wide(format, "a", one), wide(format, "a", other), wide(format, "b", one));
        for (writer, expected) in [(&pinned, 0), (&changed, 18_000), (&gone, 18_000)] {
            let budget = Budget::steps(STEPS);
            let comparison = as_written(&pinned, writer, "M", None, &budget);
            assert_eq!(comparison.undecided, None, "{}", budget.taken());
            assert_eq!(comparison.findings.len(), expected);
            let few = Budget::steps(1_000);
            let cut = as_written(&pinned, writer, "M", None, &few);
            assert!(cut.undecided.is_some() && cut.findings.is_empty());
            assert_eq!(cut.verdict(RuleSet::Semantic), Verdict::Undecided);
        }
    }
}

#[test]
fn types_that_hold_themselves() {
    let tree = |value: &str, next: &str| {
        avro(&format!(
            r#"{{"type":"record","name":"M","fields":[{{"name":"value","type":"{value}"}},{{"name":"next","type":["null","M"]}},{{"name":"many","type":{{"type":"array","items":"M"}}}},{{"name":"{next}","type":{{"type":"map","values":["M","string"]}}}}]}}"#
        ))
    };
    let pinned = tree("int", "by");
    assert!(super::found(&pinned, &pinned, &[]).is_empty());
    assert_eq!(super::found(&pinned, &tree("string", "by"), &[]).len(), 1);
    assert_eq!(
        super::found(&pinned, &tree("int", "of"), &["next.many[].by{}.(string)"]),
        ["error Missing at next.(M).many[].by: `next.(M).many[].by` is not there"]
    );
    let list = |value: &str| {
        super::parse(
            Format::Protobuf,
            &format!(
                "syntax = \"proto3\"; message M {{ N n = 1; repeated M many = 2; map<string, M> by = 3; }} message N {{ M m = 1; {value} v = 2; }}"
            ),
        )
    };
    assert!(super::found(&list("int32"), &list("int32"), &[]).is_empty());
    assert_eq!(
        super::found(&list("int32"), &list("int64"), &["many[].by{}.n.m.n.v"]),
        ["error Narrowed at many[].by{}.n.m.n.v: `many[].by{}.n.m.n.v` is 2147483648, which does not fit int32"]
    );
}

#[test]
fn deep_schemas() {
    // Lists of lists: a witness this deep is not built, and nothing is called compatible.
    for depth in [100, 240, 254] {
        let nested = |ty: &str| {
            let open = "{\"type\":\"array\",\"items\":".repeat(depth);
            avro(&format!("{open}\"{ty}\"{}", "}".repeat(depth)))
        };
        let comparison = as_written(&nested("int"), &nested("string"), "M", None, &Budget::steps(STEPS));
        assert_eq!(comparison.findings.len(), 1, "{depth}");
        assert_eq!(comparison.findings[0].severity, Severity::Error);
        assert!(super::found(&nested("int"), &nested("int"), &[]).is_empty());
    }
    // A chain of messages, each in the next.
    let chain = |ty: &str| {
        let mut text = String::from("syntax = \"proto3\";\n");
        for at in 0..3_000 {
            let _ = writeln!(text, "message M{at} {{ M{} m = 1; }}", at + 1);
        }
        let _ = writeln!(text, "message M3000 {{ {ty} v = 1; }}");
        super::parse(Format::Protobuf, &text.replace("M0 ", "M "))
    };
    let comparison = as_written(&chain("int32"), &chain("string"), "M", None, &Budget::steps(STEPS));
    assert_eq!(comparison.findings.len(), 1);
}
