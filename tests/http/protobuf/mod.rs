//! Protobuf at every route that takes or shows schemas.

mod as_sent;
mod compatibility;
mod hostile;
mod identity;
mod references;
mod register;

use serde_json::{Value, json};

use crate::support::server::{Answer, TestServer};

const ORDER: &str = "syntax = \"proto3\";\npackage shop;\n\nmessage Order {\n  string id = 1;\n  int64 total = 2;\n}\n";

/// References: name, subject, version.
type References<'a> = &'a [(&'a str, &'a str, i64)];

fn body(schema: &str, references: References<'_>) -> Value {
    let references: Vec<Value> = references
        .iter()
        .map(|(name, subject, version)| json!({"name": name, "subject": subject, "version": version}))
        .collect();
    json!({"schemaType": "PROTOBUF", "schema": schema, "references": references})
}

/// A text of proto3.
fn proto(text: &str) -> String {
    format!("syntax = \"proto3\"; {text}")
}

async fn register(server: &TestServer, subject: &str, schema: &str, references: References<'_>) -> Answer {
    let path = format!("/subjects/{subject}/versions");
    server.post(&path, body(schema, references)).await
}

/// The id of what has to be accepted.
async fn registered(server: &TestServer, subject: &str, schema: &str, references: References<'_>) -> i64 {
    let answer = register(server, subject, schema, references).await;
    answer.ok()["id"].as_i64().expect("an id")
}
