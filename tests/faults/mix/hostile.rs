//! Requests that mean harm: small ones that ask for much, malformed ones, and connections that do not behave.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::random::Random;
use crate::support::server::record;

/// The longest that an answer is waited for before it counts as a hang: longer than the server gives any request.
const HANG: Duration = Duration::from_secs(90);

/// How many kinds of schemas and bodies there are below.
const BODIES: usize = 22;
/// How many kinds of paths there are below.
const PATHS: usize = 14;
/// How many kinds of bad connections there are below.
const CONNECTIONS: usize = 10;

/// Sends one of them over a connection of its own; whether an answer came.
///
/// # Panics
/// When the answer is a 5xx (but a 503 that says when to come back), or none comes in time.
pub async fn send(address: SocketAddr, random: &mut Random) -> bool {
    let (bytes, waits) = request(random);
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return false;
    };
    // The server may close before it took everything: what it answered then is still worth reading.
    let _ = stream.write_all(&bytes).await;
    if !waits {
        return false;
    }
    let mut answer = Vec::new();
    let read = tokio::time::timeout(HANG, stream.read_to_end(&mut answer)).await;
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned();
    assert!(read.is_ok(), "no answer within {HANG:?} to {shown}");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
    let comes_back = answer.to_ascii_lowercase().contains("\r\nretry-after: ");
    let is_fine = status.is_none_or(|status| status < 500 || (status == 503 && comes_back));
    assert!(is_fine, "{:.500} to {shown}", answer);
    status.is_some()
}

/// The bytes of a request, and whether its answer is waited for.
fn request(random: &mut Random) -> (Vec<u8>, bool) {
    match random.below(10) {
        0 | 1 => connection(random),
        2 => (head("GET", &path(random), ""), true),
        _ => (with_body(random), true),
    }
}

fn head(method: &str, path: &str, more: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n{more}\r\n").into_bytes()
}

fn with_body(random: &mut Random) -> Vec<u8> {
    let subject = format!("hostile-{}", random.below(20));
    let (method, path) = match random.below(7) {
        0 => ("POST", format!("/subjects/{subject}/versions")),
        1 => ("POST", format!("/subjects/{subject}/versions?normalize=true")),
        2 => ("POST", format!("/subjects/{subject}")),
        3 => (
            "POST",
            format!("/compatibility/subjects/{subject}/versions?verbose=true"),
        ),
        4 => ("POST", format!("/api/v1/subjects/{subject}/check")),
        5 => ("PUT", format!("/config/{subject}")),
        _ => ("PUT", "/api/v1/contracts/hostile".to_owned()),
    };
    let body = body(random);
    let length = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    [head(method, &path, &length), body].concat()
}

fn body(random: &mut Random) -> Vec<u8> {
    let size = 10 + random.below(2_000);
    let avro = |schema: String| json!({"schema": schema}).to_string().into_bytes();
    let protobuf = |schema: String| {
        json!({"schema": schema, "schemaType": "PROTOBUF"})
            .to_string()
            .into_bytes()
    };
    let fields = |make: &dyn Fn(usize) -> String| (0..size).map(make).collect::<Vec<_>>().join(",");
    let contract = |reads: &str| {
        let text = format!(
            "contract: 1\napplication: hostile\nreceives:\n  - event: Read\n    subject: read\n    builtAgainst: 1\n    reads: [{reads}]\n"
        );
        json!({"file": {"name": "treaty.yaml", "text": text}})
            .to_string()
            .into_bytes()
    };
    match random.below(BODIES) {
        0 => avro(decimal(2_147_483_647, 20, random.below(10))),
        1 => avro(decimal(100_000, 70_000, 65_535 + random.below(100))),
        2 => {
            let seed = random.below(1_000_000);
            avro(format!(
                r#"{{"type":"record","name":"R","fields":[{}]}}"#,
                fields(&|field| format!(r#"{{"name":"field_{seed}_{field}","type":"int"}}"#))
            ))
        }
        3 => avro(format!(
            r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
            fields(&|symbol| format!("\"S{symbol}\""))
        )),
        4 => avro(format!("{}\"int\"{}", r#"{"type":"array","items":"#.repeat(size), "}".repeat(size))),
        5 => avro(format!(r#"{{"type":"record","name":"{}","fields":[]}}"#, "n".repeat(size * 40))),
        6 => avro(format!(
            r#"["null",{}]"#,
            fields(&|branch| format!(r#"{{"type":"fixed","name":"F{branch}","size":{branch}}}"#))
        )),
        7 => protobuf(format!(
            "syntax = \"proto3\"; message M {{ {} }}",
            (1..=size).map(|field| format!("int32 f{field} = {field};")).collect::<String>()
        )),
        8 => protobuf(format!(
            "syntax = \"proto3\"; message M {{ {} }}",
            (1..=size).map(|field| format!("string g{field} = {field};")).collect::<String>()
        )),
        9 => protobuf("message M{".repeat(size * 10)),
        10 => protobuf(format!("option (a) = {}{};", "{a:".repeat(size), "}".repeat(size))),
        11 => json!({"schema": "\"int\"", "metadata": {"properties": {"big": "x".repeat(size * 500)}}})
            .to_string()
            .into_bytes(),
        12 => json!({"schema": "\"int\"", "references": vec![json!({"name": "R", "subject": "read", "version": 1}); size]})
            .to_string()
            .into_bytes(),
        13 => json!({"compatibility": "x".repeat(size * 100)}).to_string().into_bytes(),
        14 => json!({"compatibility": "FULL_TRANSITIVE"}).to_string().into_bytes(),
        15 => "[".repeat(size * 50).into_bytes(),
        16 => (0..size * 20).map(|_| random.next() as u8).collect(),
        17 => [b"\xef\xbb\xbf".as_slice(), &avro(record("Bom", &[]))].concat(),
        18 => contract(&vec!["id"; size].join(",")),
        19 => contract(&fields(&|read| format!("ib{read}"))),
        20 => json!({"schema": format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"d","type":{{"type":"bytes","logicalType":"decimal","precision":{0},"scale":{0}}}}}]}}"#,
            "9".repeat(size)
        )})
        .to_string()
        .into_bytes(),
        _ => json!({"schema": format!("\"{}\"", "\u{202e}\u{0}\u{1b}[2J".repeat(size))}).to_string().into_bytes(),
    }
}

fn decimal(size: u64, precision: usize, scale: usize) -> String {
    format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"d","type":{{"type":"fixed","name":"F","size":{size},"logicalType":"decimal","precision":{precision},"scale":{scale}}}}}]}}"#
    )
}

fn path(random: &mut Random) -> String {
    let size = 1 + random.below(20_000);
    match random.below(PATHS) {
        0 => "/schemas".to_owned(),
        1 => "/subjects?deleted=true".to_owned(),
        2 => format!("/subjects/{}/versions", "x".repeat(size)),
        3 => format!("/schemas/ids/{}", "9".repeat(size)),
        4 => format!("/subjects/%00%1b%5b2J{}/versions/latest", "%0a".repeat(size / 10)),
        5 => format!("/schemas/ids/1?subject={}", "%ff".repeat(size / 10)),
        6 => format!("/{}", "../".repeat(size / 10)),
        7 => format!("/subjects?subjectPrefix={}", "a".repeat(size)),
        8 => format!("/schemas/guids/{}", "f".repeat(size)),
        9 => "/schemas/ids/1/schema?format=resolved".to_owned(),
        10 => "/schemas/ids/2?format=serialized".to_owned(),
        11 => format!("/subjects/read/versions/{}", i64::MAX),
        12 => "/api/v1/contracts".to_owned(),
        _ => "/metrics".to_owned(),
    }
}

/// Connections that do not behave: half a head, half a body, bytes that are no HTTP, a reset before the answer.
fn connection(random: &mut Random) -> (Vec<u8>, bool) {
    let post = |more: &str, rest: &[u8]| [head("POST", "/subjects/hostile-0/versions", more).as_slice(), rest].concat();
    let waste: Vec<u8> = (0..random.below(2_000)).map(|_| random.next() as u8).collect();
    match random.below(CONNECTIONS) {
        0 => (b"GET /subjects HT".to_vec(), false),
        1 => (post("Content-Length: 100\r\n", b"{"), false),
        2 => (post("Transfer-Encoding: chunked\r\n", b"1\r\n{"), false),
        3 => (post("Transfer-Encoding: chunked\r\n", b"zz\r\n"), true),
        4 => (post("Content-Encoding: gzip\r\nContent-Length: 2\r\n", b"{}"), true),
        5 => (post("Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"), true),
        6 => (post(&format!("X-Long: {}\r\n", "y".repeat(100_000)), b""), true),
        7 => (post("Accept: application/xml\r\nContent-Length: 2\r\n", b"{}"), true),
        8 => (post("Content-Length: 99999999999\r\n", b"{"), true),
        _ => (waste, false),
    }
}
