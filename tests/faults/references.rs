//! What a reference means when a schema is decided on is what it means when it is stored, and afterwards.
//!
//! Fault seen here: the referenced subject was deleted and registered anew during a registration (9 to 56 of 150 rounds). The
//! stored schema could not be read, and its subject answered 500 for good. And what was looked up with the latest version of
//! another subject was answered from memory after that one had moved on.

use serde_json::json;

use super::kept::{Kept, nodes, referring, rounds, stop};
use crate::support::database::on_both;
use crate::support::server::{TestServer, record, serves};

fn money() -> String {
    record("Money", &[r#""name":"amount","type":"long""#])
}

fn order() -> String {
    record("Order", &[r#""name":"total","type":"Money""#])
}

/// A schema that takes a while to understand, so that much can happen between its references are read and it is stored.
fn wide(name: &str, first: &str) -> String {
    let fields = (0..1000).map(|number| format!(r#""name":"field{number}","type":"int""#));
    let fields: Vec<String> = std::iter::once(first.to_owned()).chain(fields).collect();
    record(name, &fields.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Deletes a subject for good, if nothing refers to it, and registers something else in its place.
async fn replace(server: &TestServer, subject: &str, schema: &str, kept: &Kept) {
    server.delete(&format!("/subjects/{subject}")).await;
    server.delete(&format!("/subjects/{subject}?permanent=true")).await;
    kept.registered(&server.register(subject, schema).await);
}

on_both! {
    async fn a_reference_that_is_registered_anew_meanwhile(database) {
        let servers = nodes(&database).await;
        let (one, other) = (&servers[0], &servers[servers.len() - 1]);
        let kept = Kept::default();
        one.put("/config", json!({"compatibility": "NONE"})).await.ok();
        let mut stored = 0;
        for round in 0..rounds(25) {
            let (target, subject) = (format!("money{round}"), format!("orders{round}"));
            kept.registered(&one.register(&target, &money()).await);
            let path = format!("/subjects/{subject}/versions");
            let order = wide("Order", r#""name":"total","type":"Money""#);
            let body = referring(&order, &[("Money", &target, 1)]);
            let another = record("Euro", &[&format!(r#""name":"cents","type":"int","doc":"{round}""#)]);
            // It begins later from round to round, so that some registrations win and some lose, whatever the machine.
            let replacing = async {
                for _ in 0..8 * (round % 25) {
                    other.get("/config").await.ok();
                }
                replace(other, &target, &another, &kept).await;
            };
            let (first, second, ()) =
                tokio::join!(one.post(&path, body.clone()), other.post(&path, body), replacing);
            for answer in [first, second] {
                let registered = kept.registered(&answer);
                stored += usize::from(registered.is_some());
                kept.is_there(other, &subject, registered.as_ref()).await;
            }
            for server in [one, other] {
                kept.subject(server, &subject, &[]).await;
                kept.subject(server, &target, &[1]).await;
            }
            // The subject takes what comes next, whatever became of the race.
            let next = record("Order", &[r#""name":"id","type":"long""#]);
            one.register(&subject, &next).await.ok();
        }
        assert!(stored > 0, "nothing was registered, so nothing was seen");
        stop(servers).await;
    }

    /// The same one level deeper: what the referenced schema refers to is replaced.
    async fn a_reference_of_a_reference_that_is_registered_anew_meanwhile(database) {
        let servers = nodes(&database).await;
        let (one, other) = (&servers[0], &servers[servers.len() - 1]);
        let kept = Kept::default();
        one.put("/config", json!({"compatibility": "NONE"})).await.ok();
        for round in 0..rounds(12) {
            let [money_at, line_at, orders_at] = ["money", "line", "orders"].map(|name| format!("{name}{round}"));
            kept.registered(&one.register(&money_at, &money()).await);
            let line = referring(&record("Line", &[r#""name":"price","type":"Money""#]), &[("Money", &money_at, 1)]);
            kept.registered(&one.post(&format!("/subjects/{line_at}/versions"), line).await);
            let order = wide("Order", r#""name":"line","type":"Line""#);
            let body = referring(&order, &[("Line", &line_at, 1)]);
            let another = record("Line", &[&format!(r#""name":"sum","type":"int","doc":"{round}""#)]);
            let path = format!("/subjects/{orders_at}/versions");
            let (answer, ()) = tokio::join!(
                one.post(&path, body),
                async {
                    replace(other, &line_at, &another, &kept).await;
                    replace(other, &money_at, &record("Euro", &[]), &kept).await;
                },
            );
            let registered = kept.registered(&answer);
            kept.is_there(other, &orders_at, registered.as_ref()).await;
            for server in [one, other] {
                kept.subject(server, &orders_at, &[]).await;
                kept.subject(server, &line_at, &[1]).await;
            }
        }
        stop(servers).await;
    }
}

serves! {
    /// Each answer below was remembered before: the second time it was that of the first.
    async fn the_latest_version_of_another_subject(server) {
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        server.registered("money", &money()).await;
        let latest = referring(&order(), &[("Money", "money", -1)]);
        let path = "/subjects/orders/versions";
        let first = server.post(path, latest.clone()).await.ok();
        assert_eq!(first["references"][0]["version"], json!(1));
        for _ in 0..2 {
            assert_eq!(server.post(path, latest.clone()).await.ok(), first);
            assert_eq!(server.post("/subjects/orders", latest.clone()).await.ok()["version"], json!(1));
        }
        server.registered("money", &record("Money", &[r#""name":"amount","type":"double""#])).await;
        assert_eq!(server.post("/subjects/orders", latest.clone()).await.problem(), (404, 40403));
        let second = server.post(path, latest.clone()).await.ok();
        assert_eq!((&second["version"], &second["references"][0]["version"]), (&json!(2), &json!(2)));
        assert_ne!(second["id"], first["id"]);
        assert_eq!(server.post("/subjects/orders", latest.clone()).await.ok()["version"], json!(2));
        // And back again.
        server.delete("/subjects/money/versions/2").await;
        server.delete("/subjects/orders/versions/2").await.ok();
        server.delete("/subjects/money/versions/2").await.ok();
        assert_eq!(server.post("/subjects/orders", latest.clone()).await.ok()["version"], json!(1));
        assert_eq!(server.post(path, latest.clone()).await.ok(), first);
        server.delete("/subjects/orders").await.ok();
        server.delete("/subjects/money").await.ok();
        assert_eq!(server.post(path, latest).await.problem(), (422, 42201), "there is no latest version");
    }

    /// A number that named one schema names another after the first was deleted for good.
    async fn a_version_that_is_another_schema_now(server) {
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        let kept = Kept::default();
        kept.registered(&server.register("money", &money()).await);
        let body = referring(&order(), &[("Money", "money", 1)]);
        let path = "/subjects/orders/versions";
        let first = kept.registered(&server.post(path, body.clone()).await).expect("it is accepted");
        server.post("/subjects/orders", body.clone()).await.ok();
        for subject in ["orders", "money"] {
            server.delete(&format!("/subjects/{subject}")).await.ok();
            server.delete(&format!("/subjects/{subject}?permanent=true")).await.ok();
        }
        // What it refers to is gone, so it is no schema, and that is told before the subject is looked at.
        assert_eq!(server.post("/subjects/orders", body.clone()).await.problem(), (422, 42201));
        assert_eq!(server.post(path, body.clone()).await.problem(), (422, 42201));
        kept.registered(&server.register("money", &record("Money", &[r#""name":"cents","type":"int""#])).await);
        let second = kept.registered(&server.post(path, body).await).expect("it is accepted");
        assert_ne!(first["id"], second["id"], "the same text means something else");
        assert_eq!(first["guid"], second["guid"]);
        let resolved = server.get("/subjects/orders/versions/1?format=resolved").await.ok();
        assert!(resolved["schema"].as_str().expect("a text").contains("cents"), "{resolved}");
        kept.subject(&server, "orders", &[]).await;
    }

    /// Two references of one name: the second was never looked at, and has to be there all the same.
    async fn two_references_of_one_name(server) {
        let text = "syntax = \"proto3\"; import \"m.proto\"; message O { M m = 1; }";
        let target = json!({"schemaType": "PROTOBUF", "schema": "syntax = \"proto3\"; message M {}"});
        server.post("/subjects/m/versions", target).await.ok();
        let body = |second: &str| {
            let mut body = referring(text, &[("m.proto", "m", 1), ("m.proto", second, 1)]);
            body["schemaType"] = json!("PROTOBUF");
            body
        };
        assert_eq!(server.post("/subjects/o/versions", body("nobody")).await.problem(), (422, 42201));
        server.post("/subjects/o/versions", body("m")).await.ok();
    }
}
