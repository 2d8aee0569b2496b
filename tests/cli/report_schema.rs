//! Real answers are what the JSON Schemas of `registry/report/` say, and those say all that answers have.

use serde_json::Value;

use crate::support::cli::Cli;

const REPORT: &str = include_str!("../../registry/report/report.schema.json");
const DIFFERENCE: &str = include_str!("../../registry/report/difference.schema.json");
const VALIDATION: &str = include_str!("../../registry/report/validation.schema.json");

fn check(schema: &str, answer: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let mut wrong = Vec::new();
    validate(&schema, &schema, answer, "", &mut wrong);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn a_real_report_is_described_by_its_schema() {
    let cli = Cli::new()
        .file(
            "new.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"double"},{"name":"b","type":"B2"}]}"#,
        )
        .file(
            "old.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"long"},{"name":"b","type":"B"}]}"#,
        )
        .file("b2.avsc", r#"{"type":"enum","name":"B2","symbols":["X","Y"]}"#)
        .file("b.avsc", r#"{"type":"enum","name":"B","symbols":["X","Z"]}"#);
    let report = cli
        .run(&[
            "check",
            "new.avsc",
            "--against",
            "old.avsc",
            "--reference",
            "b2.avsc",
            "--against-reference",
            "b.avsc",
            "--mode",
            "FULL",
            "--format",
            "json",
        ])
        .json();
    assert!(
        report["subjects"][0]["findings"].as_array().unwrap().len() > 2,
        "{report}"
    );
    check(REPORT, &report);
}

#[test]
fn a_report_over_trees_is_described_by_it_too() {
    let text = |package: &str, kind: &str| {
        format!("syntax = \"proto3\";\noption go_package = \"{package}\";\nmessage A {{ {kind} a = 1; }}\n")
    };
    let cli = Cli::new()
        .file("old/a.proto", text("old", "string"))
        .file("new/a.proto", text("new", "int64"));
    let report = cli
        .run(&["check", "new", "--against", "old", "--format", "json"])
        .json();
    let findings = report["subjects"][0]["findings"].as_array().unwrap();
    let proofs: Vec<String> = findings.iter().map(|finding| finding["evidence"].to_string()).collect();
    assert_eq!(proofs, ["\"policy\"", "\"witness\""], "{report}");
    assert_eq!(
        findings[1]["consequences"].as_array().unwrap().len(),
        2,
        "one for each direction"
    );
    check(REPORT, &report);
}

#[test]
fn a_real_difference_is_described_by_its_schema() {
    let cli = Cli::new()
        .file(
            "old.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"long"},{"name":"gone","type":"int"}]}"#,
        )
        .file(
            "new.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}"#,
        );
    let difference = cli.run(&["diff", "old.avsc", "new.avsc", "--format", "json"]).json();
    let edits = difference["changes"].as_array().unwrap();
    for kind in ["added", "removed", "changed"] {
        assert!(edits.iter().any(|edit| edit["change"] == kind), "{difference}");
    }
    check(DIFFERENCE, &difference);
    let same = cli.run(&["diff", "old.avsc", "old.avsc", "--format", "json"]).json();
    check(DIFFERENCE, &same);
}

#[test]
fn a_place_is_the_same_in_every_schema() {
    let [report, difference]: [Value; 2] = [REPORT, DIFFERENCE].map(|schema| serde_json::from_str(schema).unwrap());
    assert_eq!(report["$defs"]["place"], difference["$defs"]["place"]);
}

#[test]
fn a_real_validation_is_described_by_its_schema() {
    let cli = Cli::new()
        .file(
            "a.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"a","type":"int"}]}"#,
        )
        .file("good.ndjson", "{\"a\":1}\n")
        .file("bad.ndjson", "{\"a\":1}\n{\"a\":\"1\"}\n{\"b\":1}\n");
    for (payloads, verdict) in [("good.ndjson", "valid"), ("bad.ndjson", "invalid")] {
        let validation = cli
            .run(&["validate", payloads, "--schema", "a.avsc", "--format", "json"])
            .json();
        assert_eq!(validation["verdict"], verdict, "{validation}");
        check(VALIDATION, &validation);
    }
}

#[test]
fn the_check_finds_what_is_wrong() {
    let schema: Value = serde_json::from_str(REPORT).unwrap();
    let mut wrong = Vec::new();
    let report = serde_json::json!({"version": 2, "verdict": "fine", "extra": 1});
    validate(&schema, &schema, &report, "", &mut wrong);
    assert_eq!(
        wrong,
        [
            " lacks `subjects`",
            " has `extra`, which the schema does not describe",
            "/verdict is not of enum",
            "/version is not 1"
        ]
    );
}

/// The keywords that the schema uses, all but `pattern`; members that it does not describe are wrong here.
fn validate(root: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap();
        return validate(root, target, value, at, wrong);
    }
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Number(number) if number.is_u64() => "integer",
        Value::Bool(_) => "boolean",
        _ => "other",
    };
    if schema["type"].as_str().is_some_and(|wanted| wanted != kind) {
        wrong.push(format!("{at} is {kind}"));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        wrong.push(format!("{at} is not of enum"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        wrong.push(format!("{at} is not {}", schema["const"]));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap()).is_none() {
            wrong.push(format!("{at} lacks `{}`", name.as_str().unwrap()));
        }
    }
    if let (Some(properties), Some(members)) = (schema["properties"].as_object(), value.as_object()) {
        for (name, member) in members {
            match properties.get(name) {
                Some(described) => validate(root, described, member, &format!("{at}/{name}"), wrong),
                None => wrong.push(format!("{at} has `{name}`, which the schema does not describe")),
            }
        }
    }
    if let (Some(items), Some(elements)) = (schema.get("items"), value.as_array()) {
        for (index, element) in elements.iter().enumerate() {
            validate(root, items, element, &format!("{at}/{index}"), wrong);
        }
    }
}
