//! What is answered from memory is what the store would answer: after every kind of write, and while writes go on.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::http::{order_v1, order_v2};
use crate::support::server::{TestServer, record, serves};

async fn latest(server: &TestServer) -> Value {
    server.get("/subjects/orders/versions/latest").await.ok()["version"].clone()
}

serves! {
    async fn after_every_write(server) {
        let id = server.registered("orders", &order_v1()).await;
        let with_subject = format!("/schemas/ids/{id}?subject=orders");
        for _ in 0..2 {
            assert_eq!(latest(&server).await, json!(1));
            assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]));
            assert_eq!(server.get(&with_subject).await.ok()["version"], json!(1));
        }
        server.registered("orders", &order_v2()).await;
        assert_eq!(latest(&server).await, json!(2));
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1, 2]));
        server.delete("/subjects/orders/versions/2").await.ok();
        assert_eq!(latest(&server).await, json!(1));
        let second = server.register("orders", &order_v2()).await.ok();
        assert_eq!(second["version"], json!(3), "a registration that was answered from memory before");
        assert_eq!(server.register("orders", &order_v2()).await.ok(), second);
        server.delete("/subjects/orders/versions/1").await.ok();
        assert_eq!(server.get("/subjects/orders/versions/1").await.problem(), (404, 40402));
        let body = json!({"schema": order_v1()});
        assert_eq!(server.post("/subjects/orders", body.clone()).await.problem(), (404, 40403));
        assert_eq!(server.register("orders", &order_v1()).await.ok()["version"], json!(4));
        assert_eq!(server.post("/subjects/orders", body).await.ok()["version"], json!(4));
        assert_eq!(server.get(&with_subject).await.ok()["version"], json!(4));
    }

    /// The settings of the registry decide whether texts are normalised, so they decide what is found.
    async fn after_a_change_of_settings(server) {
        let dotted = r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":"int","aliases":["h","g"]}]}"#;
        for _ in 0..2 {
            server.registered("s", dotted).await;
        }
        server.put("/config", json!({"normalize": true, "compatibility": "NONE"})).await.ok();
        let normalised = server.register("t", dotted).await.ok();
        assert_ne!(normalised["schema"], json!(dotted));
        server.put("/config", json!({"normalize": null})).await.ok();
        assert_eq!(server.register("u", dotted).await.ok()["schema"], json!(dotted));
    }

    /// Readers that never stop see each version as soon as its registration was acknowledged, and never an older one again.
    async fn while_writes_go_on(server) {
        server.registered("orders", &record("R", &[])).await;
        let done = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(1));
        let mut readers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (mut client, done) = (server.client().await, done.clone());
            readers.spawn(async move {
                let mut seen = 0;
                while seen < 60 {
                    let acknowledged = done.load(std::sync::atomic::Ordering::SeqCst);
                    let answer = client.send(Method::GET, "/subjects/orders/versions/latest", &[], Bytes::new()).await;
                    let version = answer.ok()["version"].as_i64().unwrap();
                    assert!(version >= acknowledged && version >= seen, "{version}, {acknowledged}, {seen}");
                    seen = version;
                }
            });
        }
        for number in 2..=60 {
            let field = format!(r#""name":"f{number}","type":"int","default":0"#);
            let version = server.register("orders", &record("R", &[&field])).await.ok()["version"].as_i64().unwrap();
            assert_eq!(version, number);
            done.store(version, std::sync::atomic::Ordering::SeqCst);
        }
        readers.join_all().await;
    }

    /// Fault seen elsewhere: what a check brings in stays, and slows everything that comes after it.
    async fn a_check_leaves_nothing_behind(server) {
        server.registered("orders", &order_v1()).await;
        let schemas = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.contains("cache=\"schemas\"")).map(str::to_owned).collect()
        };
        let path = "/compatibility/subjects/orders/versions/latest";
        server.post(path, json!({"schema": order_v2()})).await.ok();
        let before = schemas(&server.get("/metrics").await.text());
        for number in 0..50 {
            let field = format!(r#""name":"f{number}","type":"int","default":0"#);
            server.post(path, json!({"schema": record("Order", &[r#""name":"id","type":"long""#, &field])})).await.ok();
        }
        let after = schemas(&server.get("/metrics").await.text());
        let count = |lines: &[String], outcome: &str| -> i64 {
            let line = lines.iter().find(|line| line.contains(outcome)).expect("a counter");
            line.rsplit(' ').next().unwrap().parse().unwrap()
        };
        assert_eq!(count(&after, "\"hit\"") - count(&before, "\"hit\""), 50, "only the stored schema is looked for");
        assert_eq!(count(&after, "\"miss\""), count(&before, "\"miss\""));
    }
}
