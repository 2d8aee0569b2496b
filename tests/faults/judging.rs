//! Comparisons that take long: what they cost others, and how they end.

use std::net::SocketAddr;

use hyper::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::measure::{CEILING, beside};
use crate::support::server::{Answer, Client, TestServer, record};

/// A record of so many fields of a type, whose names begin with this.
fn wide(count: usize, prefix: &str, ty: &str) -> String {
    let fields: Vec<String> = (0..count)
        .map(|field| format!(r#""name":"{prefix}{field}","type":{ty}"#))
        .collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    record("Wide", &fields)
}

/// An amount with so many digits after the point: Confluent's rules let every change of it pass.
fn decimal(scale: usize) -> String {
    format!(r#"{{"type":"bytes","logicalType":"decimal","precision":64,"scale":{scale}}}"#)
}

/// A union of so many records that only their namespaces tell apart, each with a field of this type.
fn union(count: usize, namespace: &str, ty: &str) -> String {
    let branches: Vec<String> = (0..count)
        .map(|branch| {
            format!(r#"{{"type":"record","name":"{namespace}{branch}.R","fields":[{{"name":"a","type":"{ty}"}}]}}"#)
        })
        .collect();
    format!("[{}]", branches.join(","))
}

async fn ok(client: &mut Client, method: Method, path: &str, body: Value) -> Value {
    client.json(method, path, body).await.ok()
}

/// Sends each of these on its own connection, again and again; what they were answered.
async fn at_once(address: SocketAddr, requests: Vec<(Method, String, Value)>, times: usize) -> Vec<Answer> {
    let mut senders = JoinSet::new();
    for (method, path, body) in requests {
        senders.spawn(async move {
            let mut client = Client::connect(address).await;
            let mut answers = Vec::new();
            for _ in 0..times {
                answers.push(client.json(method.clone(), &path, body.clone()).await);
            }
            answers
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

on_both! {
    /// Four connections have schemas compared that differ everywhere; health and a read by id are answered beside them.
    async fn others_are_answered(database) {
        let served = Served::on(&database, &["--compatibility", "FULL", "--request-timeout", "3"]);
        let address = served.address();
        let mut client = Client::connect(address).await;
        let small = ok(&mut client, Method::POST, "/subjects/small/versions", json!({"schema": record("S", &[])})).await;
        let mut requests = Vec::new();
        for (subject, earlier, proposed, path) in [
            ("renamed", wide(4_000, "a", r#""int""#), wide(4_000, "b", r#""int""#), "/subjects/renamed/versions"),
            (
                "checked",
                wide(4_000, "a", r#""int""#),
                wide(4_000, "b", r#""int""#),
                "/api/v1/subjects/checked/check",
            ),
            (
                "misread",
                wide(1_500, "a", &decimal(1)),
                wide(1_500, "a", &decimal(2)),
                "/compatibility/subjects/misread/versions",
            ),
            (
                "branches",
                union(700, "a", "int"),
                union(700, "b", "string"),
                "/compatibility/subjects/branches/versions",
            ),
        ] {
            ok(&mut client, Method::POST, &format!("/subjects/{subject}/versions"), json!({"schema": earlier})).await;
            requests.push((Method::POST, path.to_owned(), json!({"schema": proposed})));
        }
        let by_id = format!("/schemas/ids/{}", small["id"]);
        let attack = at_once(address, requests, 2);
        let ((answers, reads), health) = beside(address, "/health/live", beside(address, &by_id, attack)).await;
        for answer in &answers {
            assert!(matches!(answer.status.as_u16(), 200 | 409 | 422 | 503), "{}", answer.text());
        }
        assert!(reads.longest() <= CEILING, "{reads:?}");
        assert!(health.longest() <= CEILING, "{health:?}");
    }

    /// A comparison that takes more steps than a request may is refused, with the flag that raises the limit; a check says that
    /// it could not decide. What takes few is answered all the same.
    async fn steps_are_limited(database) {
        let server = TestServer::start_with(&database, |config| config.max_check_steps = 1_000).await;
        server.registered("wide", &wide(400, "a", r#""int""#)).await;
        let proposed = json!({"schema": wide(400, "b", r#""int""#)});
        for path in ["/subjects/wide/versions", "/compatibility/subjects/wide/versions?verbose=true"] {
            let refused = server.post(path, proposed.clone()).await;
            assert_eq!(refused.problem(), (422, 42209), "{path}");
            assert!(refused.message().contains("--max-check-steps"), "{}", refused.message());
        }
        let report = server.post("/api/v1/subjects/wide/check", proposed).await.ok();
        assert_eq!(report["verdict"], "undecided", "{report}");
        let why = report["subjects"][0]["undecided"].to_string();
        assert!(why.contains("more work to compare than is allowed"), "{report}");
        let versions = server.get("/subjects/wide/versions").await.ok();
        assert_eq!(versions, json!([1]), "what could not be compared is not registered");
        server.registered("small", &record("S", &[])).await;
        let optional = r#""name":"a","type":"int","default":1"#;
        server.registered("small", &record("S", &[optional])).await;
        server.stop().await;
    }

    /// A comparison that outlasts its request is given up, and its place is free for others.
    async fn time_is_limited(database) {
        let server = TestServer::start_with(&database, |config| {
            config.request_timeout = std::time::Duration::from_secs(1);
            config.max_check_steps = u64::MAX;
        })
        .await;
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        for scale in 0..40 {
            server.registered("wide", &wide(600, "a", &decimal(scale))).await;
        }
        server.put("/config", json!({"compatibility": "FULL_TRANSITIVE"})).await.ok();
        let late = server.post("/subjects/wide/versions", json!({"schema": wide(600, "a", &decimal(40))})).await;
        assert_eq!(late.problem(), (503, 50002));
        assert!(!late.header("retry-after").is_empty());
        // The place is given back soon: another comparison, which cannot be done where it arrived, finds it.
        server.put("/config/wide", json!({"compatibility": "BACKWARD"})).await.ok();
        let mut answer = server.post("/subjects/wide/versions", json!({"schema": wide(300, "b", r#""int""#)})).await;
        while answer.status == 503 {
            answer = server.post("/subjects/wide/versions", json!({"schema": wide(300, "b", r#""int""#)})).await;
        }
        assert_eq!(answer.status, 409, "{}", answer.text());
        server.stop().await;
    }
}
