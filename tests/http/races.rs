//! Many clients at once. Fault seen elsewhere: the check stands outside the transaction, so that eight incompatible
//! registrations at one moment are all stored.

use std::sync::Arc;

use hyper::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::http::order_v1;
use crate::support::database::on_both;
use crate::support::server::{Answer, TestServer, record};

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

/// Sends these bodies to these servers in turn, all at one moment.
async fn at_once(servers: &[TestServer], path: &str, bodies: Vec<Value>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(bodies.len()));
    let mut tasks = JoinSet::new();
    for (number, body) in bodies.into_iter().enumerate() {
        let mut client = servers[number % servers.len()].client().await;
        let (start, path) = (Arc::clone(&start), path.to_owned());
        tasks.spawn(async move {
            start.wait().await;
            client.send(Method::POST, &path, &JSON, body.to_string().into()).await
        });
    }
    tasks.join_all().await
}

/// Schemas of which no two can read each other.
fn foes() -> Vec<Value> {
    (0..8)
        .map(|number| {
            let field = format!(r#""name":"f{number}","type":"int""#);
            json!({"schema": record("R", &[r#""name":"id","type":"long""#, &field])})
        })
        .collect()
}

async fn exactly_one_wins(servers: &[TestServer]) {
    servers[0]
        .put("/config", json!({"compatibility": "FULL_TRANSITIVE"}))
        .await
        .ok();
    for round in 0..40 {
        let subject = format!("race-{round}");
        let base = record("R", &[r#""name":"id","type":"long""#]);
        let before = if round % 2 == 0 { 0 } else { 1 };
        if before == 1 {
            servers[0].registered(&subject, &base).await;
        }
        let answers = at_once(servers, &format!("/subjects/{subject}/versions"), foes()).await;
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(
            answers
                .iter()
                .all(|answer| answer.status == 200 || answer.problem() == (409, 409)),
            "{answers:?}"
        );
        // On top of the base each adds a field that the base does not have: FULL lets none pass.
        assert_eq!(won, 1 - before, "round {round}");
        let versions = servers[round % servers.len()]
            .get(&format!("/subjects/{subject}/versions"))
            .await
            .ok();
        assert_eq!(versions, json!([1]), "round {round}");
    }
}

async fn one_id_for_all(servers: &[TestServer]) {
    let body = json!({"schema": order_v1()});
    let answers = at_once(servers, "/subjects/orders/versions", vec![body; 64]).await;
    let first = answers[0].ok();
    assert!(answers.iter().all(|answer| answer.ok() == first), "{answers:?}");
    for server in servers {
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]));
        assert_eq!(server.get("/schemas/ids/1").await.ok()["schema"], json!(order_v1()));
    }
}

/// Every one of these is compatible with every other, so all have to get in, each as a version of its own.
async fn everybody_gets_in(servers: &[TestServer]) {
    let bodies = (0..32).map(|number| {
        let field = format!(r#""name":"f{number}","type":"int","default":0"#);
        json!({"schema": record("R", &[&field])})
    });
    let answers = at_once(servers, "/subjects/busy/versions", bodies.collect()).await;
    let mut versions: Vec<i64> = answers
        .iter()
        .map(|answer| answer.ok()["version"].as_i64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=32).collect::<Vec<_>>());
}

/// One server; on PostgreSQL also two that share the database.
async fn nodes(database: &crate::support::database::TestDatabase, count: usize) -> Vec<TestServer> {
    let mut servers = Vec::new();
    for _ in 0..count {
        servers.push(TestServer::start(database).await);
    }
    servers
}

on_both! {
    async fn eight_incompatible_registrations_at_once(database) {
        let servers = nodes(&database, 1).await;
        exactly_one_wins(&servers).await;
    }

    async fn sixty_four_identical_registrations_at_once(database) {
        let servers = nodes(&database, 1).await;
        one_id_for_all(&servers).await;
    }

    async fn many_compatible_registrations_at_once(database) {
        let servers = nodes(&database, 1).await;
        everybody_gets_in(&servers).await;
    }

    /// A level that is set while others register holds for whatever is stored after it.
    async fn a_level_that_changes_meanwhile(database) {
        let server = TestServer::start(&database).await;
        for round in 0..20 {
            let subject = format!("s{round}");
            server.put(&format!("/config/{subject}"), json!({"compatibility": "NONE"})).await.ok();
            server.registered(&subject, "\"int\"").await;
            let register_path = format!("/subjects/{subject}/versions");
            let (config_path, level) = (format!("/config/{subject}"), json!({"compatibility": "BACKWARD"}));
            let register = server.post(&register_path, json!({"schema": "\"string\""}));
            let (registered, put) = tokio::join!(register, server.put(&config_path, level));
            put.ok();
            let stored = server.get(&register_path).await.ok();
            assert_eq!(stored, if registered.status == 200 { json!([1, 2]) } else { json!([1]) });
            assert_eq!(server.register(&subject, "\"boolean\"").await.problem(), (409, 409));
        }
        server.stop().await;
    }
}

/// Two servers on one PostgreSQL.
mod two_nodes {
    use super::*;
    use crate::support::database::{TestDatabase, run};

    async fn on_postgres<F>(test: impl FnOnce(Vec<TestServer>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        run(TestDatabase::postgres().await, |database| async move {
            let servers = nodes(&database, 2).await;
            test(servers).await;
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn eight_incompatible_registrations_at_once() {
        on_postgres(|servers| async move { exactly_one_wins(&servers).await }).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sixty_four_identical_registrations_at_once() {
        on_postgres(|servers| async move { one_id_for_all(&servers).await }).await;
    }

    /// Settings that change while a registration waits to be written hold for it: the text is read by them.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_lost_race_reads_the_text_anew() {
        run(TestDatabase::postgres().await, |database| async move {
            let server = TestServer::start(&database).await;
            server.registered("orders", "\"int\"").await;
            let settings = json!({"validateNewSchemas": false, "compatibility": "NONE"});
            server.put("/config/orders", settings).await.ok();
            let mut other = PgConnection::connect(&database.url).await.expect("a connection");
            for statement in [
                "BEGIN",
                "UPDATE contexts SET last_revision = last_revision + 1 WHERE context = '.'",
                "UPDATE subjects SET config = '{\"compatibilityLevel\":\"NONE\"}',
                     revision = (SELECT last_revision FROM contexts WHERE context = '.') WHERE context = '.' AND subject = 'orders'",
            ] {
                other.execute(statement).await.expect("it is done");
            }
            let register = server.register("orders", r#"{"type":"record","name":"shop-db.Order","fields":[]}"#);
            let change = async {
                // The registration waits for this transaction.
                let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))";
                while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut other).await.expect("a count") == 0 {}
                other.execute("COMMIT").await.expect("it is done");
            };
            let (registered, ()) = tokio::join!(register, change);
            assert_eq!(registered.problem(), (422, 42201), "{}", registered.text());
            assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]));
            server.stop().await;
        })
        .await;
    }

    /// What one node writes, the other answers with at once.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn each_reads_what_the_other_writes() {
        on_postgres(|servers| async move {
            let [one, other] = &servers[..] else {
                unreachable!("two servers were started")
            };
            for number in 0..20 {
                let field = format!(r#""name":"f{number}","type":"int","default":0"#);
                let schema = record("R", &[&field]);
                one.registered("s", &schema).await;
                assert_eq!(
                    other.get("/subjects/s/versions/latest").await.ok()["schema"],
                    json!(schema)
                );
                assert_eq!(other.register("s", &schema).await.ok()["version"], json!(number + 1));
            }
            one.put("/config", json!({"compatibility": "FULL"})).await.ok();
            assert_eq!(other.get("/config").await.ok(), json!({"compatibilityLevel": "FULL"}));
            one.delete("/subjects/s").await.ok();
            assert_eq!(other.get("/subjects/s/versions").await.problem(), (404, 40401));
        })
        .await;
    }
}
