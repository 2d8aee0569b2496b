//! A registry that is killed in the middle of its work, again and again, has lost nothing that it acknowledged.

#![allow(clippy::print_stdout)] // The child tells its parent where it listens.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use treaty_schemas::Mode;
use treaty_server::{Config, Server};

use crate::support::child;
use crate::support::database::on_both;
use crate::support::server::{TestServer, record};

/// How often the registry is killed; `TREATY_TEST_KILLS` says otherwise.
fn kills() -> usize {
    let kills = std::env::var("TREATY_TEST_KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(50)
}

const CLIENTS: usize = 8;

/// An acknowledged registration.
#[derive(Debug, Clone)]
struct Acknowledged {
    subject: String,
    schema: String,
    id: i64,
    version: i64,
}

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

/// One connection that registers until the registry is gone. Every third schema is one that another client registers too.
async fn registers(
    address: SocketAddr,
    round: usize,
    client: usize,
    told: Arc<AtomicUsize>,
    enough: Arc<Notify>,
) -> Vec<Acknowledged> {
    let mut acknowledged = Vec::new();
    let Ok(stream) = TcpStream::connect(address).await else {
        return acknowledged;
    };
    let Ok((mut sender, connection)) = http1::handshake(TokioIo::new(stream)).await else {
        return acknowledged;
    };
    tokio::spawn(connection);
    for number in 0.. {
        let who = if number % 3 == 0 {
            "all".to_owned()
        } else {
            client.to_string()
        };
        let subject = format!("events-{client}");
        let schema = record(&format!("R{round}_{who}_{number}"), &[r#""name":"id","type":"string""#]);
        let request = Request::post(format!("/subjects/{subject}/versions"))
            .header("host", address.to_string())
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(json!({ "schema": schema }).to_string())))
            .expect("a request");
        let Ok(answer) = sender.send_request(request).await else {
            return acknowledged;
        };
        let status = answer.status();
        let Ok(body) = answer.into_body().collect().await else {
            return acknowledged;
        };
        let body: Value = serde_json::from_slice(&body.to_bytes()).expect("an answer is JSON");
        assert_eq!(status, 200, "{body}");
        acknowledged.push(Acknowledged {
            subject,
            schema: body["schema"].as_str().expect("a schema").to_owned(),
            id: body["id"].as_i64().expect("an id"),
            version: body["version"].as_i64().expect("a version"),
        });
        if told.fetch_sub(1, Ordering::SeqCst) == 1 {
            enough.notify_one();
        }
    }
    acknowledged
}

/// Every acknowledged registration is there, no id names two schemas, and no schema has two ids.
async fn nothing_is_lost(server: &TestServer, acknowledged: &[Acknowledged]) {
    let mut client = server.client().await;
    let mut schema_of: BTreeMap<i64, &str> = BTreeMap::new();
    let mut id_of: BTreeMap<&str, i64> = BTreeMap::new();
    for one in acknowledged {
        assert_eq!(
            *schema_of.entry(one.id).or_insert(&one.schema),
            one.schema,
            "one id, two schemas: {one:?}"
        );
        assert_eq!(
            *id_of.entry(&one.schema).or_insert(one.id),
            one.id,
            "one schema, two ids: {one:?}"
        );
    }
    let mut get = async |path: String| client.send(hyper::Method::GET, &path, &[], Bytes::new()).await.ok();
    for (id, schema) in &schema_of {
        assert_eq!(get(format!("/schemas/ids/{id}")).await["schema"], **schema, "id {id}");
    }
    for one in acknowledged {
        let stored = get(format!("/subjects/{}/versions/{}", one.subject, one.version)).await;
        assert_eq!(
            (stored["id"].as_i64(), stored["schema"].as_str()),
            (Some(one.id), Some(&*one.schema)),
            "{one:?}"
        );
    }
    // Also what was stored but never acknowledged is whole: versions without a gap, each with its own schema.
    for number in 0..CLIENTS {
        let versions = get(format!("/subjects/events-{number}/versions")).await;
        let versions: Vec<i64> = versions
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(Value::as_i64)
            .collect();
        assert_eq!(
            versions,
            (1..=versions.len() as i64).collect::<Vec<_>>(),
            "events-{number}"
        );
        let mut ids = BTreeSet::new();
        for version in versions {
            let stored = get(format!("/subjects/events-{number}/versions/{version}")).await;
            assert!(
                ids.insert(stored["id"].as_i64()),
                "events-{number} has one schema twice"
            );
        }
    }
}

on_both! {
    async fn killed_registries_lose_nothing(database) {
        let mut acknowledged = Vec::new();
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
            let told = Arc::new(AtomicUsize::new(1 + round * 7 % 90));
            let enough = Arc::new(Notify::new());
            let mut clients = JoinSet::new();
            for client in 0..CLIENTS {
                clients.spawn(registers(address, round, client, told.clone(), enough.clone()));
            }
            tokio::select! {
                () = enough.notified() => {}
                early = clients.join_next() => panic!("a client ended before the kill: {early:?}"),
            }
            process.kill().expect("the kill");
            process.wait().expect("its end");
            while let Some(client) = clients.join_next().await {
                acknowledged.extend(client.expect("a client"));
            }
        }
        let server = TestServer::start(&database).await;
        nothing_is_lost(&server, &acknowledged).await;
        println!("{} kills, {} acknowledged registrations, none lost", kills(), acknowledged.len());
        server.stop().await;
    }
}
