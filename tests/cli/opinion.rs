//! The second opinion that the command line shows with each witness.

use serde_json::{Value, json};

use crate::support::cli::{Cli, Served};

const V1: &str = r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}"#;
const AS_INT: &str = r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "int"}]}"#;
const WITH_TOTAL: &str = r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}, {"name": "total", "type": "long"}]}"#;

fn files() -> Cli {
    Cli::new()
        .file("v1.avsc", V1)
        .file("int.avsc", AS_INT)
        .file("total.avsc", WITH_TOTAL)
}

/// The witnesses of a report, and the report without what others say.
fn taken_out(report: &mut Value) -> Vec<Value> {
    let mut opinions = Vec::new();
    for finding in report["subjects"][0]["findings"].as_array_mut().expect("findings") {
        if let Some(witness) = finding["witness"].as_object_mut() {
            opinions.push(witness.remove("secondOpinion").unwrap_or_default());
        }
    }
    opinions
}

#[test]
fn files_are_put_before_the_library_of_their_language() {
    let cli = files();
    let shown = |new: &str| cli.run(&["check", new, "--against", "v1.avsc"]).transcript();
    let confirmed = "\n  = opinion: confirmed by apache-avro 0.22\n";
    assert!(shown("total.avsc").contains(confirmed), "{}", shown("total.avsc"));
    let quirk = "\n  = opinion: apache-avro 0.22 goes by the value and not by the writer's type (a known quirk)\n";
    assert!(shown("int.avsc").contains(quirk), "{}", shown("int.avsc"));
    let cli = Cli::new()
        .file("old.proto", "syntax = \"proto3\"; message M { uint64 a = 1; }")
        .file("new.proto", "syntax = \"proto3\"; message M { uint32 a = 1; }");
    let shown = cli.run(&["check", "new.proto", "--against", "old.proto"]).transcript();
    let confirmed = "\n  = opinion: confirmed by prost-reflect 0.16\n";
    assert!(shown.contains(confirmed), "{shown}");
}

#[test]
fn a_report_has_it_and_nothing_else_depends_on_it() {
    let cli = files();
    for (new, said) in [
        ("total.avsc", json!({"by": "apache-avro 0.22.0", "says": "confirmed"})),
        (
            "int.avsc",
            json!({
                "by": "apache-avro 0.22.0",
                "says": "quirk",
                "quirk": "values",
                "detail": "goes by the value and not by the writer's type",
            }),
        ),
    ] {
        let arguments = ["check", new, "--against", "v1.avsc", "--format", "json"];
        let asked = cli.run(&arguments);
        let mut plain = cli.run(&[&arguments[..], &["--no-second-opinion"]].concat());
        assert_eq!(asked.code, plain.code);
        let mut report = asked.json();
        assert_eq!(taken_out(&mut report), [said]);
        let mut without = plain.json();
        assert_eq!(taken_out(&mut without), [Value::Null]);
        assert_eq!(report, without);
        plain = cli.run(&["check", new, "--against", "v1.avsc", "--no-second-opinion"]);
        assert!(!plain.transcript().contains("opinion"));
    }
}

/// What a registry answers to a body.
fn post(url: &str, body: &Value) -> String {
    // Fails only when a provider is installed already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::blocking::Client::new().post(url).json(body).send();
    answer.and_then(reqwest::blocking::Response::text).expect("an answer")
}

#[test]
fn of_what_a_registry_answers_the_command_line_asks_itself() {
    let served = Served::start();
    let cli = served
        .client()
        .file("v1.avsc", V1)
        .file("int.avsc", AS_INT)
        .file("total.avsc", WITH_TOTAL);
    let registered = cli.run(&["register", "v1.avsc", "--subject", "orders"]).transcript();
    assert!(registered.contains("registered"), "{registered}");
    let body = json!({ "schema": WITH_TOTAL });
    let url = format!("http://{}/api/v1/subjects/orders/check", served.address());
    let answer = post(&url, &body);
    assert!(!answer.contains("secondOpinion"), "{answer}");
    assert!(answer.contains("\"witness\""), "{answer}");
    for (new, says) in [("total.avsc", "confirmed"), ("int.avsc", "quirk")] {
        let arguments = ["check", new, "--subject", "orders", "--format", "json"];
        let mut report = cli.run(&arguments).json();
        let opinions = taken_out(&mut report);
        assert_eq!(opinions[0]["says"], says, "{opinions:?}");
        let mut plain = cli.run(&[&arguments[..], &["--no-second-opinion"]].concat()).json();
        assert_eq!(taken_out(&mut plain), [Value::Null]);
        assert_eq!(report, plain);
    }
    let refused = cli.run(&["register", "total.avsc", "--subject", "orders"]).transcript();
    assert!(
        refused.contains("= opinion: confirmed by apache-avro 0.22"),
        "{refused}"
    );
}
