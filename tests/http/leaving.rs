//! A client that leaves takes its work with it: what nobody waits for any more is not worked out.

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::server::{TestServer, record, serves};

/// Versions of the subject, which every check compares with, in both directions.
const VERSIONS: usize = 56;

/// How often a client leaves at most before one has left in time: on a busy machine the work may end before anybody looks.
const TRIES: usize = 8;

/// A schema of about 30 KiB that Confluent's rules let pass after all others of its kind, though each of its amounts is misread,
/// which takes a while to prove. Below 64 KiB a text is parsed where the request is answered, so that what is done on a
/// thread of its own is the comparison alone.
fn wide(scale: usize) -> String {
    let fields: Vec<String> = (0..300)
        .map(|field| {
            format!(
                r#""name":"f{field}","type":{{"type":"bytes","logicalType":"decimal","precision":64,"scale":{scale}}}"#
            )
        })
        .collect();
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    record("Wide", &fields)
}

/// A number of `/metrics`.
async fn metric(server: &TestServer, name: &str) -> u64 {
    let text = server.get("/metrics").await.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}"))
        .parse()
        .expect("a number")
}

async fn asked(server: &TestServer, path: &str, scale: usize) -> TcpStream {
    let body = json!({ "schema": wide(scale) }).to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

/// Asks, leaves when the comparison is under way, and waits until it is over: then it was given up. Says how many were done before.
async fn asks_and_leaves(server: &TestServer, path: &str) -> usize {
    for done in 0..TRIES {
        let abandoned = metric(server, "treaty_compatibility_checks_abandoned_total").await;
        let stream = asked(server, path, VERSIONS + done).await;
        while metric(server, "treaty_large_work_in_progress").await == 0 {
            let answered = stream.try_read(&mut [0]);
            assert!(answered.is_err(), "{path}: it was answered before it could be left");
        }
        drop(stream);
        while metric(server, "treaty_large_work_in_progress").await > 0 {}
        // The request ends after its work: then the one for the metrics is alone.
        while metric(server, "treaty_http_requests_in_flight").await > 1 {}
        if metric(server, "treaty_compatibility_checks_abandoned_total").await == abandoned + 1 {
            return done;
        }
    }
    panic!("{path}: it was worked out to its end for nobody, {TRIES} times");
}

serves! {
    async fn a_large_check_stops(server) {
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        for number in 0..VERSIONS {
            server.registered("wide", &wide(number)).await;
        }
        server.put("/config", json!({"compatibility": "FULL_TRANSITIVE"})).await.ok();
        asks_and_leaves(&server, "/compatibility/subjects/wide/versions").await;
        asks_and_leaves(&server, "/api/v1/subjects/wide/check").await;
        let done = asks_and_leaves(&server, "/subjects/wide/versions").await;
        let versions = server.get("/subjects/wide/versions").await.ok();
        assert_eq!(versions.as_array().map(Vec::len), Some(VERSIONS + done), "nothing was registered for who left");
    }
}
