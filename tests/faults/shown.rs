//! Nothing that is made to be shown is larger than its bound, whatever a schema asks for.

use hyper::Method;
use serde_json::{Value, json};

use crate::support::cli::{Cli, Served};
use crate::support::database::on_both;
use crate::support::measure::MEMORY_OF_ONE_INPUT;
use crate::support::server::{Answer, Client, serves};

const LINE: usize = 1024;
const PART: usize = 4096;
const HEADER: usize = 512;
const REPORT: usize = 1 << 20;
const FINDINGS: usize = 1000;

/// A fixed of two gigabytes, in 120 bytes, that is a decimal with this scale.
fn huge(scale: u32) -> Value {
    json!({"type": "fixed", "name": "Huge", "size": 2_147_483_647, "logicalType": "decimal", "precision": 9, "scale": scale})
}

fn record(ty: Value) -> Value {
    json!({"type": "record", "name": "Order", "fields": [{"name": "total", "type": ty}]})
}

/// The fixed in every place where a value of it might be built.
fn roles(scale: u32) -> Vec<(&'static str, Value)> {
    let huge = || huge(scale);
    let beside = |ty: Value| {
        json!({"type": "record", "name": "Order", "fields": [
            {"name": "blob", "type": huge()}, {"name": "total", "type": ty},
        ]})
    };
    let small = json!({"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale});
    vec![
        ("root", huge()),
        ("field", record(huge())),
        ("branch", record(json!(["null", huge()]))),
        ("only-branch", record(json!([huge()]))),
        ("items", record(json!({"type": "array", "items": huge()}))),
        ("values", record(json!({"type": "map", "values": huge()}))),
        ("beside", beside(small.clone())),
        (
            "many",
            json!({"type": "record", "name": "Order", "fields": (0..40).map(|number| json!({
            "name": format!("f{number}"),
            "type": if number == 0 { json!({"type": "fixed", "name": "Large", "size": 20_000}) } else { json!("Large") },
        })).chain([json!({"name": "total", "type": small})]).collect::<Vec<_>>()}),
        ),
    ]
}

/// Every bound of a report. What was left out is said.
fn bounded(report: &Value, bytes: usize) {
    assert!(bytes <= REPORT, "a report of {bytes} bytes");
    let mut findings = 0;
    for subject in report["subjects"].as_array().expect("subjects") {
        line(&subject["summary"]);
        let consumers = subject["consumers"].as_array().into_iter().flatten();
        for finding in consumers
            .chain([subject])
            .flat_map(|of| of["findings"].as_array().expect("findings"))
        {
            findings += 1;
            for member in ["message", "help", "dataPath", "reason"] {
                line(&finding[member]);
            }
            if !finding["witness"].is_null() {
                let witness = &finding["witness"];
                let bytes = witness["value"].to_string().len() + witness["bytes"].as_str().expect("base64").len();
                assert!(bytes <= PART, "a witness of {bytes} bytes");
                line(&witness["outcome"]["refused"]);
                line(&witness["outcome"]["changed"]);
            }
            for place in ["reader", "writer"] {
                line(&finding[place]["note"]);
                line(&finding[place]["path"]);
                line(&finding[place]["file"]);
                let excerpt = finding[place]["excerpt"]["text"].as_str().expect("an excerpt").len();
                assert!(excerpt <= PART, "an excerpt of {excerpt} bytes");
            }
        }
    }
    assert!(findings <= FINDINGS, "{findings} findings");
}

/// A text of one line, or none.
fn line(text: &Value) {
    let text = text.as_str().unwrap_or_default();
    assert!(text.len() <= LINE, "{} bytes: {text}", text.len());
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// Confluent's list of what a level forbids: each part is a line, but for the earlier schema.
fn messages(answer: &Answer) {
    assert!(answer.body.len() <= REPORT, "{} bytes", answer.body.len());
    for message in answer.json()["messages"].as_array().into_iter().flatten() {
        let text = message.as_str().expect("a text");
        let most = if text.starts_with("{oldSchema: ") {
            10 << 10
        } else {
            LINE
        };
        assert!(text.len() <= most + 100, "{} bytes: {text}", text.len());
    }
}

async fn post(client: &mut Client, path: &str, schema: &Value) -> Answer {
    let body = json!({"schema": schema.to_string()});
    client.json(Method::POST, path, body).await
}

on_both! {
    /// Seen before: gigabytes for 220 bytes, as the value that shows the fault was built in full.
    async fn a_huge_fixed_costs_no_more_than_its_text(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        for (role, old) in roles(5) {
            let [versions, check, compatibility] = [
                format!("/subjects/{role}/versions"),
                format!("/api/v1/subjects/{role}/check"),
                format!("/compatibility/subjects/{role}/versions/latest?verbose=true"),
            ];
            post(&mut client, &versions, &old).await.ok();
            let (_, new) = roles(4).into_iter().find(|(other, _)| *other == role).expect("the role");
            for (path, schema) in [(&check, &new), (&compatibility, &new), (&versions, &new)] {
                let answer = post(&mut client, path, schema).await;
                assert_eq!(answer.status, 200, "{role} {path}: {}", answer.text());
                if path == &check {
                    let report = answer.json();
                    assert_eq!(report["verdict"], json!("incompatible"), "{role}: {report:#}");
                    bounded(&report, answer.body.len());
                    let finding = &report["subjects"][0]["findings"][0];
                    assert_eq!(finding["evidence"], json!("omitted"), "{role}: {finding:#}");
                    assert!(finding["reason"].as_str().is_some_and(|why| why.contains("too large")), "{finding:#}");
                }
            }
            // A default of the type is a text of a schema, and no value of it fits.
            let with_default = json!({"type": "record", "name": "Order", "fields": [
                {"name": "total", "type": old, "default": "\u{0}"},
            ]});
            post(&mut client, &format!("/subjects/{role}-default/versions"), &with_default).await;
        }
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{} MiB", served.peak() >> 20);
    }

    /// Records whose defaults are made of each other repeat a long text a thousand times.
    async fn defaults_that_multiply_are_weighed(database) {
        let served = Served::on(&database, &[]);
        let mut client = Client::connect(served.address()).await;
        let text = "x".repeat(1_000_000);
        let part = json!({"type": "record", "name": "Part", "fields": [{"name": "text", "type": "string", "default": text}]});
        let fields: Vec<Value> = (0..1000)
            .map(|number| json!({"name": format!("p{number}"), "type": if number == 0 { part.clone() } else { json!("Part") }, "default": {}}))
            .collect();
        let whole = json!({"type": "record", "name": "Whole", "fields": fields});
        let schema = json!({"type": "record", "name": "Event", "fields": [
            {"name": "id", "type": "int"}, {"name": "whole", "type": whole, "default": {}},
        ]});
        let old = json!({"type": "record", "name": "Event", "fields": [{"name": "id", "type": "int"}]});
        post(&mut client, "/subjects/defaults/versions", &old).await.ok();
        let answer = post(&mut client, "/api/v1/subjects/defaults/check", &schema).await;
        assert!(answer.status.as_u16() < 500, "{}", answer.text());
        post(&mut client, "/subjects/defaults/versions", &schema).await;
        #[cfg(target_os = "linux")]
        assert!(served.peak() <= MEMORY_OF_ONE_INPUT, "{} MiB", served.peak() >> 20);
    }
}

serves! {
    /// Seen before: a header of 70 KB, which clients refuse.
    async fn a_warning_fits_into_a_header(server) {
        let name = "f".repeat(70_000);
        for (number, name) in [name.as_str(), "plain"].into_iter().enumerate() {
            let text = |ty: &str| format!("syntax = \"proto3\";\nmessage M {{ {ty} {name} = 1; }}\n");
            let path = format!("/subjects/w{number}/versions");
            for ty in ["int64", "int32"] {
                let body = json!({"schemaType": "PROTOBUF", "schema": text(ty)});
                let answer = server.post(&path, body).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                for (header, value) in &answer.headers {
                    assert!(header.as_str().len() + value.len() + 4 <= HEADER, "{header}: {} bytes", value.len());
                }
                assert_eq!(answer.headers.contains_key("treaty-warning"), ty == "int32");
            }
        }
    }

    /// Thousands of findings: a thousand are shown, the number of the others is said, and the verdict stays.
    async fn a_report_has_bounds_and_says_what_is_left_out(server) {
        for (subject, name) in [("short", "f".to_owned()), ("long", "f".repeat(90)), ("longest", "f".repeat(2000))] {
            let fields = |count: usize| -> Vec<Value> {
                (0..count).map(|number| json!({"name": format!("{name}{number}"), "type": "string"})).collect()
            };
            let count = if name.len() > 1000 { 1_200 } else { 3_000 };
            let old = json!({"type": "record", "name": "Order", "fields": []});
            let new = json!({"type": "record", "name": "Order", "fields": fields(count)});
            server.post(&format!("/subjects/{subject}/versions"), json!({"schema": old.to_string()})).await.ok();
            let body = json!({"schema": new.to_string()});
            let answer = server.post(&format!("/api/v1/subjects/{subject}/check"), body.clone()).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let report = answer.json();
            bounded(&report, answer.body.len());
            assert_eq!(report["verdict"], json!("incompatible"));
            let subject_report = &report["subjects"][0];
            let shown = subject_report["findings"].as_array().expect("findings").len();
            assert!(shown >= 100, "{shown} findings");
            assert_eq!(subject_report["omitted"]["findings"], json!(count - shown), "{}", subject_report["omitted"]);
            let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true");
            let answer = server.post(&path, body.clone()).await;
            assert_eq!(answer.json()["is_compatible"], json!(false));
            messages(&answer);
            let told = answer.text();
            assert!(told.contains("moreDifferences") && told.contains("oldSchema: "), "{}", &told[told.len() - 300..]);
            let refused = server.post(&format!("/subjects/{subject}/versions"), body).await;
            assert_eq!(refused.problem(), (409, 409));
            assert!(refused.body.len() <= REPORT, "{} bytes", refused.body.len());
        }
    }

    /// Whatever is wrong with a request, it is said in a line.
    async fn a_message_is_a_line(server) {
        let long = "x".repeat(100_000);
        let lines = "a\nb\u{1b}[31m\u{202e}".repeat(200);
        for name in [&long, &lines] {
            for (method, path, body) in [
                (Method::POST, "/subjects/m/versions", json!({"schema": json!({"type": name}).to_string()})),
                (Method::POST, "/subjects/m/versions", json!({"schema": json!({"type": "record", "name": format!("-{name}"), "fields": []}).to_string()})),
                (Method::POST, "/subjects/m/versions", json!({"schema": format!("{{\"{name}\"")})),
                (Method::POST, "/subjects/m/versions", json!({"schema": "\"int\"", "schemaType": name})),
                (Method::POST, "/subjects/m/versions", json!({"schemaType": "PROTOBUF", "schema": format!("syntax = \"proto3\"; message M {{ {name} a = 1; }}")})),
                (Method::POST, "/subjects/m/versions", json!({"schema": "\"int\"", "references": [{"name": name, "subject": name, "version": 1}]})),
                (Method::POST, "/subjects/m", json!({"schema": json!({"type": name}).to_string()})),
                (Method::PUT, "/config/m", json!({"compatibility": name})),
                (Method::PUT, "/api/v1/contracts/m", json!({"file": {"name": name, "text": format!("contract: {name}")}})),
                (Method::PUT, "/api/v1/contracts/m", json!({"file": {"name": "a", "text": format!("{name}: 1")}})),
                (Method::POST, "/api/v1/subjects/m/check", json!({"schema": json!({"type": name}).to_string(), "file": name})),
            ] {
                let answer = match method {
                    Method::PUT => server.put(path, body).await,
                    _ => server.post(path, body).await,
                };
                assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
                let message = answer.message();
                line(&json!(message));
                assert!(answer.body.len() <= 2 * LINE + 200, "{method} {path}: {} bytes", answer.body.len());
            }
        }
    }
}

#[test]
fn the_command_line_has_the_same_bounds() {
    let fields = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|number| json!({"name": format!("f{number}"), "type": "string"}))
            .collect()
    };
    let cli = Cli::new()
        .file(
            "old.avsc",
            json!({"type": "record", "name": "Order", "fields": []}).to_string(),
        )
        .file(
            "new.avsc",
            json!({"type": "record", "name": "Order", "fields": fields(5000)}).to_string(),
        )
        .file("huge5.avsc", record(huge(5)).to_string())
        .file("huge4.avsc", record(huge(4)).to_string());
    let ran = cli.run(&["check", "new.avsc", "--against", "old.avsc", "--format", "json"]);
    assert_eq!(ran.code, 1);
    bounded(&ran.json(), ran.stdout.len());
    assert_eq!(ran.json()["subjects"][0]["omitted"]["findings"], json!(4000));
    let ran = cli.run(&["check", "new.avsc", "--against", "old.avsc"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("4000 findings"),
        "{}",
        &ran.stdout[ran.stdout.len() - 500..]
    );
    assert!(ran.stdout.len() <= 2 * REPORT, "{} bytes", ran.stdout.len());
    let ran = cli.run(&["check", "huge4.avsc", "--against", "huge5.avsc", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.transcript());
    bounded(&ran.json(), ran.stdout.len());
    // No value of it can be shown.
    for arguments in [
        &["sample", "huge5.avsc"][..],
        &["sample", "huge5.avsc", "--boundary"],
        &["sample", "huge5.avsc", "--near-miss"],
    ] {
        let ran = cli.run(arguments);
        assert!([2, 3].contains(&ran.code), "{arguments:?}: {}", ran.transcript());
        assert!(ran.stderr.len() <= 4 * LINE, "{}", ran.transcript());
    }
}
