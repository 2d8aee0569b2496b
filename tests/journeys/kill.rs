//! A registry that is killed in the middle of its work, again and again, has lost nothing that it acknowledged.

#![allow(clippy::print_stdout)] // The child tells its parent where it listens.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use treaty_schemas::Mode;
use treaty_server::{Config, Server};

use crate::support::child;
use crate::support::database::on_both;
use crate::support::ledger::Ledger;
use crate::support::server::{Answer, TestServer, record};

/// How often the registry is killed; `TREATY_TEST_KILLS` says otherwise.
fn kills() -> usize {
    let kills = std::env::var("TREATY_TEST_KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

const CLIENTS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test of this module, and killed"]
async fn serves_until_killed() {
    let Some(url) = child::database() else { return };
    let config = Config {
        listen: Some("127.0.0.1:0".parse().expect("an address")),
        database: url.parse().expect("a database URL"),
        // Every registration is another record, which any other level would refuse.
        compatibility: Some(Mode::None),
        ..Config::default()
    };
    let running = Server::bind(config).await.expect("the server starts");
    println!("\nlistens on {}", running.address());
    std::future::pending::<()>().await;
}

/// One connection to a registry that may be killed at any moment.
struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

impl Connection {
    async fn open(address: SocketAddr) -> Option<Connection> {
        let stream = TcpStream::connect(address).await.ok()?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(Connection { sender, address })
    }

    /// None once the registry is gone.
    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Option<Answer> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string())
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_string())))
            .expect("a request");
        let answer = self.sender.send_request(request).await.ok()?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        };
        assert_eq!(answer.status, 200, "{}", answer.text());
        Some(answer)
    }
}

/// Registers, deletes and purges until the registry is gone. Every third schema is one that another client registers too.
async fn works(
    address: SocketAddr,
    round: usize,
    client: usize,
    left: Arc<AtomicUsize>,
    enough: Arc<Notify>,
) -> Ledger {
    let mut ledger = Ledger::default();
    let subject = format!("events-{client}");
    let Some(mut connection) = Connection::open(address).await else {
        return ledger;
    };
    for number in 0.. {
        let who = if number % 3 == 0 {
            "all".to_owned()
        } else {
            client.to_string()
        };
        let schema = record(&format!("R{round}_{who}_{number}"), &[r#""name":"id","type":"string""#]);
        let path = format!("/subjects/{subject}/versions");
        let Some(answer) = connection.send(Method::POST, &path, &json!({ "schema": schema })).await else {
            ledger.unanswered(&subject);
            return ledger;
        };
        ledger.registered(&subject, &answer);
        let version = answer.json()["version"].as_i64().expect("a version");
        for (permanent, query) in [(false, ""), (true, "?permanent=true")] {
            if number % 5 != 4 {
                break;
            }
            ledger.deleting(&subject, version, permanent);
            let path = format!("/subjects/{subject}/versions/{version}{query}");
            if connection.send(Method::DELETE, &path, &json!({})).await.is_none() {
                return ledger;
            }
            ledger.deleted(&subject, version, permanent);
        }
        if left.fetch_sub(1, Ordering::SeqCst) == 1 {
            enough.notify_one();
        }
    }
    ledger
}

on_both! {
    async fn killed_registries_lose_nothing(database) {
        let mut all = Ledger::default();
        for round in 0..kills() {
            let mut process = child::start("journeys::kill::serves_until_killed", &database.url);
            let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
            let address: SocketAddr = loop {
                let line = lines.next().expect("the child says where it listens").expect("a text");
                if let Some(address) = line.strip_prefix("listens on ") {
                    break address.parse().expect("an address");
                }
            };
            // Each round ends at another moment: in the middle of a batch, of a commit, of an answer.
            let left = Arc::new(AtomicUsize::new(1 + round * 7 % 90));
            let enough = Arc::new(Notify::new());
            let mut clients = JoinSet::new();
            for client in 0..CLIENTS {
                clients.spawn(works(address, round, client, left.clone(), enough.clone()));
            }
            tokio::select! {
                () = enough.notified() => {}
                early = clients.join_next() => panic!("a client ended before the kill: {early:?}"),
            }
            process.kill().expect("the kill");
            process.wait().expect("its end");
            let mut ledger = Ledger::default();
            while let Some(client) = clients.join_next().await {
                ledger.extend(client.expect("a client"));
            }
            // What this round was told is there after every kill; what all of them were told, at the end.
            let server = TestServer::start(&database).await;
            ledger.holds(server.address()).await;
            server.stop().await;
            all.extend(ledger);
        }
        let server = TestServer::start(&database).await;
        let count = all.holds(server.address()).await;
        println!("{} kills, {count} acknowledged registrations, none lost", kills());
        server.stop().await;
    }
}
