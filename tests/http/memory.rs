//! What is answered from memory is what the store would answer: after every kind of write, and while writes go on. And it is
//! bounded: by bytes, not by how much is stored or asked.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Value, json};

use crate::http::{order_v1, order_v2};
use crate::support::cli::{Cli, Served};
use crate::support::database::on_both;
use crate::support::server::{Client, TestServer, record, serves};

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

/// A schema of this many fields, unlike those of other numbers.
fn wide(number: usize, fields: usize) -> String {
    let fields: Vec<String> = (0..fields)
        .map(|field| format!(r#""name":"field_{field}_of_{number}","type":"int","default":0"#))
        .collect();
    record("R", &fields.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Bytes that the caches may hold in this test: of answers, and of schemas.
const LIMITS: [u64; 2] = [128 << 10, 512 << 10];

on_both! {
    /// More is asked for than there is room for: what comes in pushes out what was there.
    async fn caches_are_bounded_in_bytes(database) {
        let server = TestServer::start_with(&database, |config| {
            [config.answer_cache_bytes, config.schema_cache_bytes] = LIMITS;
        })
        .await;
        let mut most = [0, 0];
        for number in 0..200 {
            let id = server.registered(&format!("s{number}"), &wide(number, 20)).await;
            let text = server.get(&format!("/schemas/ids/{id}")).await.ok();
            assert_eq!(text["schema"], json!(wide(number, 20)));
            let check = format!("/compatibility/subjects/s{number}/versions/latest");
            server.post(&check, json!({"schema": wide(number, 19)})).await.ok();
            let metrics = server.get("/metrics").await.text();
            for (cache, most) in ["answers", "schemas"].iter().zip(&mut most) {
                let name = format!("treaty_cache_bytes{{cache=\"{cache}\"}} ");
                let held = metrics.lines().find_map(|line| line.strip_prefix(&name)).expect("a gauge");
                *most = held.parse::<u64>().unwrap().max(*most);
            }
        }
        for (most, limit) in most.into_iter().zip(LIMITS) {
            assert!(most > limit / 4, "{most} bytes: nothing was kept, so nothing was seen");
            assert!(most <= limit, "{most} bytes");
        }
        let first = server.get("/schemas/ids/1").await.ok();
        assert_eq!(first["schema"], json!(wide(0, 20)), "what was pushed out is read again");
        server.stop().await;
    }
}

/// Fault seen elsewhere: each check makes the process larger, until it is killed. Sixty different texts of 250 KiB are checked,
/// which would be far above 100 MB if what they mean stayed.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn checks_do_not_make_the_process_larger() {
    let caches = ["--answer-cache-bytes", "1000000", "--schema-cache-bytes", "1000000"];
    let served = Served::start_with(Cli::new(), &caches, std::process::Stdio::null());
    let mut client = Client::connect(served.address()).await;
    let path = "/subjects/orders/versions";
    client
        .json(Method::POST, path, json!({"schema": wide(0, 10)}))
        .await
        .ok();
    let mut after_ten = 0;
    for number in 1..=60 {
        let path = "/compatibility/subjects/orders/versions/latest";
        let answer = client
            .json(Method::POST, path, json!({"schema": wide(number, 5_000)}))
            .await;
        assert_eq!(answer.ok(), json!({"is_compatible": true}));
        if number == 10 {
            after_ten = served.resident();
        }
    }
    let grown = served.resident().saturating_sub(after_ten);
    assert!(grown < 48 << 20, "{grown} bytes more after 50 further checks");
}
