//! The 198 Avro pairs of a public suite (Karapace's tests, Apache-2.0) through every layer: over REST, and by the command line.
//!
//! The suite is looked for in the folder that TREATY_SHARED names, else in `../shared` beside the checkout.

// A test that is skipped has to say so.
#![allow(clippy::print_stdout)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::cli::Cli;
use crate::support::database::TestDatabase;
use crate::support::server::TestServer;

/// A reader, a writer, and whether the one can read what the other writes.
struct Pair {
    id: String,
    reader: String,
    writer: String,
    compatible: bool,
}

fn suite() -> Option<Vec<Pair>> {
    let root = std::env::var_os("TREATY_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"),
        PathBuf::from,
    );
    let Ok(lines) = std::fs::read_to_string(root.join("conformance/avro/pairs.jsonl")) else {
        println!("skipped: the suite is not here; set TREATY_SHARED to the folder that holds it");
        return None;
    };
    let pairs = lines.lines().map(|line| {
        let pair: Value = serde_json::from_str(line).expect("a line is JSON");
        Pair {
            id: pair["id"].as_str().expect("a name").to_owned(),
            reader: pair["reader"].to_string(),
            writer: pair["writer"].to_string(),
            compatible: pair["compatible"].as_bool().expect("a verdict"),
        }
    });
    let pairs: Vec<Pair> = pairs.collect();
    assert_eq!(pairs.len(), 198, "the suite is not whole");
    Some(pairs)
}

/// Schemas that a registry does not take, and why: the pair, the part, and the end of the message.
const REFUSED: [(&str, &str, &str); 1] = [("pair-007", "reader", "the default `B` is none of the symbols")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_rest() {
    let Some(pairs) = suite() else { return };
    let database = TestDatabase::sqlite();
    let server = TestServer::start(&database).await;
    let mut client = server.client().await;
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for pair in &pairs {
        let level = json!({"compatibility": "BACKWARD"});
        client
            .json(hyper::Method::PUT, &format!("/config/{}", pair.id), level)
            .await
            .ok();
        let path = format!("/subjects/{}/versions", pair.id);
        let writer = client
            .json(hyper::Method::POST, &path, json!({ "schema": pair.writer }))
            .await;
        if writer.status != 200 {
            assert_eq!(writer.problem(), (422, 42201), "{}: {}", pair.id, writer.text());
            refused.push((pair.id.as_str(), "writer", writer.message()));
            continue;
        }
        let path = format!("/compatibility/subjects/{}/versions/latest?verbose=true", pair.id);
        let check = client
            .json(hyper::Method::POST, &path, json!({ "schema": pair.reader }))
            .await;
        let told = check.ok();
        let messages = told["messages"].to_string();
        if messages.contains("Invalid schema") {
            refused.push((pair.id.as_str(), "reader", messages));
        } else if told["is_compatible"] != json!(pair.compatible) {
            wrong.push(format!("{}: {told}", pair.id));
        }
        // Registering decides as the check does.
        let path = format!("/subjects/{}/versions", pair.id);
        let reader = client
            .json(hyper::Method::POST, &path, json!({ "schema": pair.reader }))
            .await;
        let status = match &told["is_compatible"] {
            Value::Bool(true) => 200,
            _ if refused.last().is_some_and(|(id, ..)| *id == pair.id) => 422,
            _ => 409,
        };
        assert_eq!(reader.status, status, "{}: {}", pair.id, reader.text());
    }
    server.stop().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused.len(), REFUSED.len(), "{refused:#?}");
    for ((id, part, message), (known_id, known_part, known)) in refused.iter().zip(REFUSED) {
        assert_eq!((*id, *part), (known_id, known_part), "{message}");
        assert!(message.contains(known), "{id}: {message}");
    }
    println!(
        "{} pairs agree, {} are refused",
        pairs.len() - refused.len(),
        refused.len()
    );
}

#[test]
fn by_the_command_line() {
    let Some(pairs) = suite() else { return };
    let cli = Cli::new();
    let (mut wrong, mut warned) = (Vec::new(), Vec::new());
    for pair in &pairs {
        for (name, text) in [("new.avsc", &pair.reader), ("old.avsc", &pair.writer)] {
            std::fs::write(cli.path().join(name), text).expect("it is written");
        }
        let ran = cli.run(&["check", "new.avsc", "--against", "old.avsc", "--format", "json"]);
        let report = ran.json();
        let verdict = &report["subjects"][0]["ruleSets"]["confluent"];
        if *verdict != json!(if pair.compatible { "compatible" } else { "incompatible" }) {
            wrong.push(format!("{}: {}", pair.id, ran.transcript()));
        }
        // The gate goes by both sets of rules, of which the other one is the stricter here.
        let code = match report["verdict"].as_str() {
            Some("compatible") => 0,
            Some("incompatible") => 1,
            other => panic!("{}: {other:?}", pair.id),
        };
        assert_eq!(ran.code, code, "{}: {}", pair.id, ran.transcript());
        assert!(pair.compatible || code == 1, "{}", pair.id);
        if !ran.stderr.is_empty() {
            warned.push(pair.id.as_str());
            assert!(
                ran.stderr.starts_with("warning: a registry refuses this schema"),
                "{}",
                ran.stderr
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let refused: Vec<&str> = REFUSED.iter().map(|(id, ..)| *id).collect();
    assert_eq!(warned, refused);
}
