//! A database that does not answer. Fault seen elsewhere: 404 for every schema, and the default level for every subject.

use std::time::Duration;

use serde_json::json;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};

use crate::http::{order_v1, order_v2};
use crate::support::database::{POSTGRES, TestDatabase, run};
use crate::support::server::{Answer, TestServer};

#[track_caller]
fn unavailable(answer: &Answer) {
    assert_eq!(answer.problem(), (503, 50001), "{}", answer.text());
    assert!(!answer.header("retry-after").is_empty(), "{:?}", answer.headers);
    let message = answer.message().to_lowercase();
    for leak in ["sql", "postgres", "connection", "treaty_test", "timed out", "127.0.0.1"] {
        assert!(!message.contains(leak), "{message}");
    }
}

async fn patient(database: &TestDatabase) -> TestServer {
    TestServer::start_with(database, |config| config.database_timeout = Duration::from_secs(1)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_is_away() {
    run(TestDatabase::postgres().await, |database| async move {
        let server = patient(&database).await;
        let id = server.registered("orders", &order_v1()).await;
        let other = server.registered("orders", &order_v2()).await;
        server.get(&format!("/schemas/ids/{id}")).await.ok();
        away(&database, true).await;
        // Nobody can have removed what an id names unseen yet.
        server.get(&format!("/schemas/ids/{id}")).await.ok();
        for path in [
            format!("/schemas/ids/{other}"),
            format!("/schemas/ids/{id}/subjects"),
            "/schemas/ids/999".to_owned(),
            "/subjects".to_owned(),
            "/subjects/orders/versions".to_owned(),
            "/subjects/orders/versions/latest".to_owned(),
            "/subjects/nobody/versions/1".to_owned(),
            "/config".to_owned(),
            "/config/orders".to_owned(),
            "/health/ready".to_owned(),
        ] {
            unavailable(&server.get(&path).await);
        }
        let body = json!({"schema": order_v1()});
        unavailable(&server.post("/subjects/orders/versions", body.clone()).await);
        unavailable(&server.post("/subjects/orders", body.clone()).await);
        unavailable(&server.post("/compatibility/subjects/orders/versions", body).await);
        unavailable(&server.put("/config", json!({"compatibility": "NONE"})).await);
        unavailable(&server.delete("/subjects/orders").await);
        // The process itself is well.
        server.get("/health/live").await.ok();
        assert!(
            server
                .get("/metrics")
                .await
                .text()
                .contains("treaty_database_outages_total 15")
        );
        // Other nodes may not see the outage, and remove something: nothing is believed for longer than the bound.
        while server.get(&format!("/schemas/ids/{id}")).await.status == 200 {
            tokio::task::yield_now().await;
        }
        unavailable(&server.get(&format!("/schemas/ids/{id}")).await);
        away(&database, false).await;
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1, 2]));
        assert_eq!(
            server.get("/config").await.ok(),
            json!({"compatibilityLevel": "BACKWARD"})
        );
        server.stop().await;
    })
    .await;
}

/// Cuts a database off from everybody, or lets them in again.
async fn away(database: &TestDatabase, away: bool) {
    let admin = std::env::var(POSTGRES).expect("the test runs on PostgreSQL");
    let name = database
        .url
        .rsplit('/')
        .next()
        .and_then(|name| name.split('?').next())
        .expect("a name");
    let mut connection = PgConnection::connect(&admin).await.expect("a connection");
    let open = if away { "false" } else { "true" };
    let mut statements = vec![format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {open}")];
    if away {
        statements.push(format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        ));
    }
    for statement in statements {
        connection.execute(AssertSqlSafe(statement)).await.expect("it is done");
    }
}

/// Another program holds the lock of the SQLite file: nothing can be written, reading goes on, and nothing is remembered wrongly.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_locked() {
    run(Some(TestDatabase::sqlite()), |database| async move {
        let server = patient(&database).await;
        server.registered("orders", &order_v1()).await;
        server.get("/subjects/orders/versions/latest").await.ok();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database.file().expect("a file"));
        let mut lock = options.connect().await.expect("a connection");
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut lock)
            .await
            .expect("the lock");
        unavailable(&server.register("orders", &order_v2()).await);
        unavailable(&server.put("/config", json!({"compatibility": "NONE"})).await);
        assert_eq!(
            server.get("/subjects/orders/versions/latest").await.ok()["version"],
            json!(1)
        );
        lock.close().await.expect("the release");
        // A write that was refused may not come true later, and the next one is answered for what it is.
        assert_eq!(server.get("/subjects/orders/versions").await.ok(), json!([1]));
        assert_eq!(server.register("orders", &order_v2()).await.ok()["version"], json!(2));
        assert_eq!(
            server.get("/subjects/orders/versions/latest").await.ok()["version"],
            json!(2)
        );
        assert_eq!(
            server.get("/config").await.ok(),
            json!({"compatibilityLevel": "BACKWARD"})
        );
        server.stop().await;
    })
    .await;
}
