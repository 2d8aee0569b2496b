//! An id names one content for ever.
//!
//! Fault seen here: after a permanent delete the same text got its old id back, though its references meant something else by
//! then; and another node went on serving what the id had named.

use std::time::Instant;

use serde_json::{Value, json};

use super::kept::{Kept, referring};
use crate::support::database::{TestDatabase, on_both, run};
use crate::support::measure::CEILING;
use crate::support::server::{TestServer, record, serves};

async fn purge(server: &TestServer, subject: &str) {
    server.delete(&format!("/subjects/{subject}")).await.ok();
    server.delete(&format!("/subjects/{subject}?permanent=true")).await.ok();
}

serves! {
    async fn what_was_removed_comes_back_under_a_new_id(server) {
        let kept = Kept::default();
        for round in 1..=3 {
            let registered = kept.registered(&server.register("s", "\"int\"").await).expect("it is accepted");
            assert_eq!((&registered["id"], &registered["version"]), (&json!(round), &json!(1)));
            purge(&server, "s").await;
            for path in ["", "/schema", "/subjects", "/versions", "?subject=s", "?format=resolved"] {
                let gone = server.get(&format!("/schemas/ids/{round}{path}")).await;
                assert_eq!(gone.problem(), (404, 40403), "{path}");
            }
            let guid = registered["guid"].as_str().expect("a guid");
            assert_eq!(server.get(&format!("/schemas/guids/{guid}")).await.problem(), (404, 40403));
            assert_eq!(server.get(&format!("/schemas/guids/{guid}/ids")).await.ok(), json!([]));
        }
    }

    /// As long as a version has it, soft-deleted ones included, a content keeps its id.
    async fn what_a_version_holds_keeps_its_id(server) {
        let kept = Kept::default();
        let registered = async |subject: &str| {
            kept.registered(&server.register(subject, "\"int\"").await).expect("it is accepted")["id"].clone()
        };
        assert_eq!(registered("s").await, json!(1));
        server.delete("/subjects/s").await.ok();
        assert_eq!(registered("t").await, json!(1), "a soft-deleted version holds it");
        server.delete("/subjects/s?permanent=true").await.ok();
        assert_eq!(registered("u").await, json!(1), "another subject holds it");
        purge(&server, "t").await;
        server.delete("/subjects/u").await.ok();
        assert_eq!(registered("u").await, json!(1), "it comes back as a version");
        purge(&server, "u").await;
        assert_eq!(registered("u").await, json!(2), "nothing held it any more");
        assert_eq!(server.get("/schemas/ids/1").await.problem(), (404, 40403));
    }

    /// The text is the same, and means something else.
    async fn what_it_refers_to_is_another_schema(server) {
        let kept = Kept::default();
        let order = record("Order", &[r#""name":"total","type":"Money""#]);
        let body = referring(&order, &[("Money", "money", 1)]);
        let mut ids = Vec::new();
        for (round, kind) in ["int", "long", "string"].into_iter().enumerate() {
            let field = format!(r#""name":"amount","type":"{kind}""#);
            kept.registered(&server.register("money", &record("Money", &[&field])).await).expect("it is accepted");
            let registered = kept.registered(&server.post("/subjects/orders/versions", body.clone()).await);
            let id = registered.expect("it is accepted")["id"].clone();
            let resolved = server.get(&format!("/schemas/ids/{id}?format=resolved")).await.ok();
            assert!(resolved["schema"].as_str().expect("a text").contains(kind), "{resolved}");
            ids.push(id);
            assert_eq!(ids.len(), round + 1);
            purge(&server, "orders").await;
            purge(&server, "money").await;
        }
        ids.dedup();
        assert_eq!(ids.len(), 3, "{ids:?}");
    }
}

/// Asks until the answer has this status, for no longer than an answer may take that was remembered wrongly.
async fn until(server: &TestServer, path: &str, status: u16, seen: impl Fn(&Value)) {
    let begun = Instant::now();
    loop {
        let answer = server.get(path).await;
        if answer.status == status {
            return;
        }
        if answer.status == 200 {
            seen(&answer.json());
        }
        assert!(begun.elapsed() < CEILING * 5, "{path} is still {}", answer.status);
        tokio::task::yield_now().await;
    }
}

/// Two nodes on one PostgreSQL: what one removes, the other forgets; until then it says what the id named, never anything else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_removes_the_other_forgets() {
    run(TestDatabase::postgres().await, |database| async move {
        let (one, other) = (TestServer::start(&database).await, TestServer::start(&database).await);
        let kept = Kept::default();
        let order = record("Order", &[r#""name":"total","type":"Money""#]);
        let body = referring(&order, &[("Money", "money", 1)]);
        kept.registered(&one.register("money", &record("Money", &[])).await)
            .expect("it is accepted");
        let registered = kept.registered(&one.post("/subjects/orders/versions", body.clone()).await);
        let id = registered.expect("it is accepted")["id"].clone();
        let path = format!("/schemas/ids/{id}");
        let resolved = format!("{path}?format=resolved");
        for path in [&path, &resolved] {
            // Both nodes remember it.
            for server in [&one, &other] {
                server.get(path).await.ok();
            }
        }
        let text = other.get(&resolved).await.ok();
        purge(&one, "orders").await;
        purge(&one, "money").await;
        assert_eq!(
            one.get(&path).await.problem(),
            (404, 40403),
            "at once where it was removed"
        );
        let another = record("Money", &[r#""name":"cents","type":"int""#]);
        kept.registered(&one.register("money", &another).await)
            .expect("it is accepted");
        let again = kept
            .registered(&one.post("/subjects/orders/versions", body).await)
            .expect("it is accepted");
        assert_ne!(again["id"], id);
        until(&other, &path, 404, |seen| kept.names(&id, seen)).await;
        until(&other, &resolved, 404, |seen| assert_eq!(*seen, text)).await;
        let resolved = other
            .get(&format!("/schemas/ids/{}?format=resolved", again["id"]))
            .await
            .ok();
        assert!(
            resolved["schema"].as_str().expect("a text").contains("cents"),
            "{resolved}"
        );
        one.stop().await;
        other.stop().await;
    })
    .await;
}

on_both! {
    /// A node of the version before takes the lock of a context first, which it cannot any more.
    async fn a_node_of_the_version_before_cannot_write(database) {
        let server = TestServer::start(&database).await;
        server.registered("s", "\"int\"").await;
        server.stop().await;
        let lock = "UPDATE contexts SET last_schema_id = last_schema_id + 1, revision = revision + 1 WHERE context = '.'";
        let refused = database.try_execute(lock).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("revision")));
    }
}
