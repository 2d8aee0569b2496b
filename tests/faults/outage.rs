//! Databases that go away and come back: what was acknowledged is there, and the next request is answered.

#![allow(clippy::print_stderr, clippy::print_stdout)] // A test that is skipped says so, and how much was tried.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use tokio::task::JoinSet;

use crate::support::database::{POSTGRES, TestDatabase, on_both, run};
use crate::support::ledger::Ledger;
use crate::support::server::{Answer, Client, TestServer, record};

/// How many outages one test goes through; `TREATY_TEST_OUTAGES` says otherwise.
fn rounds() -> usize {
    let rounds = std::env::var("TREATY_TEST_OUTAGES").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(6)
}

async fn admin() -> PgConnection {
    let url = std::env::var(POSTGRES).expect("the test runs on PostgreSQL");
    PgConnection::connect(&url).await.expect("a connection")
}

fn name_of(db: &TestDatabase) -> &str {
    let name = db.url.rsplit('/').next().and_then(|name| name.split('?').next());
    name.expect("a name")
}

/// Executes statements about the database, `{db}` being its name, on a connection to another one.
async fn about(db: &TestDatabase, statements: &[&str]) {
    let mut connection = admin().await;
    for statement in statements {
        let statement = statement.replace("{db}", name_of(db));
        connection.execute(AssertSqlSafe(statement)).await.expect("it is done");
    }
}

const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{db}'";

/// Before: 16 requests after a restart were answered 503, one for each pooled connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_were_cut_cost_no_request() {
    run(TestDatabase::postgres().await, |db| async move {
        let server = TestServer::start_with(&db, |config| {
            config.compatibility = Some(treaty_schemas::Mode::None);
        })
        .await;
        let mut id = server.registered("orders", &record("Order", &[])).await;
        for round in 0..3 {
            // As many at a time as there are connections, so that all of them are open; and then all of them are cut.
            for cut in [false, true] {
                if cut {
                    about(&db, &[CUT]).await;
                }
                let mut requests = JoinSet::new();
                for number in 0..32 {
                    let address = server.address();
                    requests.spawn(async move {
                        let mut client = Client::connect(address).await;
                        let writes = cut && number % 2 == 0;
                        if writes {
                            let schema = record(&format!("R{round}_{number}"), &[]);
                            let path = format!("/subjects/s{number}/versions");
                            client.json(Method::POST, &path, json!({ "schema": schema })).await
                        } else {
                            let path = format!("/schemas/ids/{id}/subjects");
                            client.send(Method::GET, &path, &[], Bytes::new()).await
                        }
                    });
                }
                while let Some(answer) = requests.join_next().await {
                    answer.expect("an answer").ok();
                }
            }
            id = server
                .registered("orders", &record(&format!("Order{round}"), &[]))
                .await;
        }
        server.stop().await;
    })
    .await;
}

/// A PostgreSQL server of its own, with `ci/postgres`.
struct OwnServer {
    directory: tempfile::TempDir,
    admin: String,
}

impl OwnServer {
    fn start() -> OwnServer {
        let directory = tempfile::tempdir().expect("a directory");
        // PostgreSQL runs as another user where this runs as root.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(directory.path(), open).expect("a way in");
        let admin = OwnServer::run(&directory, &["start", "--durable"]);
        OwnServer { directory, admin }
    }

    fn run(directory: &tempfile::TempDir, verb: &[&str]) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../ci/postgres");
        let done = Command::new(script)
            .args(verb)
            .arg(directory.path().join("server"))
            .output();
        let done = done.expect("the script runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{verb:?}: {said}");
        String::from_utf8(done.stdout).expect("a URL").trim().to_owned()
    }

    fn restart(&self, how: &[&str]) {
        OwnServer::run(&self.directory, &[&["restart"], how].concat());
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        OwnServer::run(&self.directory, &["stop"]);
    }
}

/// A server that stops and starts, as an administrator does it and as a crash does: what comes during it may be answered 503,
/// what comes after it is done, and nothing that was acknowledged is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_postgresql_loses_nothing() {
    if std::env::var_os(POSTGRES).is_none() {
        eprintln!("skipped: {POSTGRES} is not set");
        return;
    }
    let postgres = OwnServer::start();
    let db = TestDatabase::on(postgres.admin.clone()).await;
    let server = TestServer::start_with(&db, |config| {
        config.compatibility = Some(treaty_schemas::Mode::None);
    })
    .await;
    let mut all = Ledger::default();
    for (round, how) in [&[][..], &["--crash"]].into_iter().enumerate() {
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut clients = JoinSet::new();
        for client in 0..6 {
            clients.spawn(works(
                server.address(),
                client,
                round,
                Arc::clone(&stop),
                Arc::clone(&done),
            ));
        }
        while done.load(Ordering::SeqCst) < 20 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::task::block_in_place(|| postgres.restart(how));
        stop.store(true, Ordering::SeqCst);
        while let Some(client) = clients.join_next().await {
            all.extend(client.expect("a client"));
        }
        // It is there again, and each connection that rests since before is dead.
        server.registered(&format!("after{round}"), &record("After", &[])).await;
        all.holds(server.address()).await;
    }
    server.stop().await;
    db.discard().await;
}

/// A standby after a fail-over, or a setting. Pooled connections stay what they were when they were opened.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_no_writes() {
    run(TestDatabase::postgres().await, |db| async move {
        let server = TestServer::start(&db).await;
        let mut ledger = Ledger::default();
        ledger.registered("orders", &server.register("orders", &record("Order", &[])).await);
        about(
            &db,
            &["ALTER DATABASE {db} SET default_transaction_read_only = on", CUT],
        )
        .await;
        for number in 0..6 {
            let answer = server.register(&format!("lost{number}"), &record("Lost", &[])).await;
            assert_eq!(answer.problem(), (503, 50001), "{}", answer.text());
        }
        ledger.can_be_read(server.address()).await;
        let ready = server.get("/health/ready").await;
        assert_eq!(ready.problem(), (503, 50001));
        assert!(ready.message().contains("it is read-only"), "{}", ready.message());
        about(&db, &["ALTER DATABASE {db} RESET default_transaction_read_only"]).await;
        ready_again(&server).await;
        ledger.holds(server.address()).await;
        server.stop().await;
    })
    .await;
}

/// Readiness tries to write at most once a second.
async fn ready_again(server: &TestServer) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let ready = server.get("/health/ready").await;
        if ready.status == 200 {
            return;
        }
        assert!(Instant::now() < until, "it is not ready again: {}", ready.text());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Registers, deletes and purges under subjects of its own until it is stopped; only outages may come between.
async fn works(
    server: std::net::SocketAddr,
    client: usize,
    round: usize,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) -> Ledger {
    let mut ledger = Ledger::default();
    let mut connection = Client::connect(server).await;
    let outage = |answer: &Answer| {
        assert!(answer.status == 200 || answer.problem().0 == 503, "{}", answer.text());
        answer.status != 200
    };
    let subject = format!("c{client}-{round}");
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        // Every third schema is one that others register too.
        let name = if number % 3 == 0 {
            format!("All{number}")
        } else {
            format!("C{client}_{round}_{number}")
        };
        let body = json!({ "schema": record(&name, &[]) });
        let answer = connection
            .json(Method::POST, &format!("/subjects/{subject}/versions"), body)
            .await;
        if outage(&answer) {
            continue;
        }
        ledger.registered(&subject, &answer);
        let version = answer.json()["version"].as_i64().expect("a version");
        for (permanent, query) in [(false, ""), (true, "?permanent=true")] {
            if number % 5 != 4 {
                break;
            }
            ledger.deleting(&subject, version, permanent);
            let path = format!("/subjects/{subject}/versions/{version}{query}");
            if outage(&connection.send(Method::DELETE, &path, &[], Bytes::new()).await) {
                break;
            }
            ledger.deleted(&subject, version, permanent);
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
    ledger
}

/// Takes the database away while `progress` is made, and gives it back.
async fn takes_away(db: &TestDatabase, round: usize) {
    match db.file() {
        // Another program holds the lock of the file for longer than a write waits.
        Some(file) => {
            let mut lock = SqliteConnectOptions::new()
                .filename(file)
                .connect()
                .await
                .expect("a connection");
            sqlx::query("BEGIN IMMEDIATE")
                .execute(&mut lock)
                .await
                .expect("the lock");
            tokio::time::sleep(Duration::from_millis(400)).await;
            lock.close().await.expect("the release");
        }
        None => match round % 3 {
            0 => about(db, &[CUT]).await,
            1 => {
                about(db, &["ALTER DATABASE {db} WITH ALLOW_CONNECTIONS false", CUT]).await;
                tokio::time::sleep(Duration::from_millis(200)).await;
                about(db, &["ALTER DATABASE {db} WITH ALLOW_CONNECTIONS true"]).await;
            }
            _ => {
                about(db, &["ALTER DATABASE {db} SET default_transaction_read_only = on", CUT]).await;
                tokio::time::sleep(Duration::from_millis(200)).await;
                about(db, &["ALTER DATABASE {db} RESET default_transaction_read_only"]).await;
            }
        },
    }
}

on_both! {
    async fn outages_lose_nothing(db) {
        let server = TestServer::start_with(&db, |config| {
            config.compatibility = Some(treaty_schemas::Mode::None);
            config.database_timeout = Duration::from_secs(1);
        })
        .await;
        let mut all = Ledger::default();
        for round in 0..rounds() {
            let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
            let mut clients = JoinSet::new();
            for client in 0..6 {
                clients.spawn(works(server.address(), client, round, Arc::clone(&stop), Arc::clone(&done)));
            }
            let progress = async |more: usize| {
                let goal = done.load(Ordering::SeqCst) + more;
                while done.load(Ordering::SeqCst) < goal {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            };
            progress(10 + round * 7 % 20).await;
            takes_away(&db, round).await;
            // It comes back by itself.
            progress(20).await;
            stop.store(true, Ordering::SeqCst);
            let mut ledger = Ledger::default();
            while let Some(client) = clients.join_next().await {
                ledger.extend(client.expect("a client"));
            }
            ready_again(&server).await;
            ledger.holds(server.address()).await;
            all.extend(ledger);
        }
        let count = all.holds(server.address()).await;
        server.stop().await;
        println!("{} outages, {count} acknowledged registrations, none lost", rounds());
    }
}
