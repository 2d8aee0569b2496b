//! Connections, bodies and open files: clients that do nothing take nothing from others.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::order_v1;
use crate::support::cli::{Cli, Served};
use crate::support::database::{TestDatabase, on_both};
use crate::support::measure::{CEILING, beside};
use crate::support::server::{Client, TestServer, record};

/// How many connections the server has taken: those that are open, and those that made room.
async fn taken(working: &mut Client) -> u64 {
    let text = working.send(Method::GET, "/metrics", &[], Bytes::new()).await.text();
    let number = |name: &str| -> Option<u64> {
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        value.parse().ok()
    };
    let closed = number(r#"treaty_http_connections_closed_total{reason="room"}"#);
    number("treaty_http_connections").expect("the number of connections") + closed.unwrap_or(0)
}

const POST: &str = "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

async fn connect(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// What a connection still gets until it is closed: by the server's end, or by a reset.
async fn rest(mut stream: TcpStream) -> String {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    String::from_utf8(rest).unwrap()
}

/// A registration in chunks, as clients send one whose length they do not know.
async fn chunked(address: SocketAddr, subject: &str, schema: &str) -> String {
    let body = json!({"schema": schema}).to_string();
    let mut stream = connect(
        address,
        format!(
            "POST /subjects/{subject}/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        .as_bytes(),
    )
    .await;
    for part in body.as_bytes().chunks(32 << 10) {
        let chunk = [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\nx-trailer: ignored\r\n\r\n").await.unwrap();
    rest(stream).await
}

fn large(bytes: usize) -> String {
    record(
        "Large",
        &[&format!(r#""name":"f","type":"int","doc":"{}""#, "x".repeat(bytes))],
    )
}

/// A program that may open so many files.
fn served_with_files(database: &TestDatabase, files: u32) -> Served {
    let cli = Cli::new();
    let mut command = std::process::Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -n {files} && exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_treaty"),
        ])
        .args(["serve", "--listen", "127.0.0.1:0", "--database", &database.url])
        .current_dir(cli.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    Served::spawn(cli, command)
}

on_both! {
    /// Seen: room was taken for the most that a body could be, before any byte of it was there, and every body in chunks
    /// waited for 30 seconds.
    async fn bodies_that_do_not_come_take_no_room(database) {
        let server = TestServer::start(&database).await;
        let head = format!("{POST}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n");
        let mut silent = Vec::new();
        for _ in 0..100 {
            silent.push(connect(server.address(), head.as_bytes()).await);
        }
        let announced = format!("{POST}Content-Length: 4194304\r\n\r\n{{");
        for _ in 0..100 {
            silent.push(connect(server.address(), announced.as_bytes()).await);
        }
        let begun = Instant::now();
        let answer = chunked(server.address(), "small", &order_v1()).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let answer = chunked(server.address(), "large", &large(1 << 20)).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(begun.elapsed() < 5 * CEILING, "{:?}", begun.elapsed());
        drop(silent);
        server.stop().await;
    }

    /// A body that stops after it took room gives the room back when others need it; the small ones never wait.
    async fn bodies_that_stop_give_their_room_back(database) {
        let server = TestServer::start_with(&database, |config| config.max_body_bytes = 1 << 20).await;
        let mut stopped = Vec::new();
        let most = format!("{POST}Content-Length: 1048576\r\n\r\n{}", " ".repeat(900 << 10));
        for _ in 0..64 {
            stopped.push(connect(server.address(), most.as_bytes()).await);
        }
        let (answer, latencies) = beside(server.address(), "/subjects", async {
            let small = server.register("small", &order_v1()).await;
            assert_eq!(small.status, 200, "{}", small.text());
            chunked(server.address(), "large", &large(700 << 10)).await
        })
        .await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(latencies.p99() < CEILING, "{latencies:?}");
        drop(stopped);
        server.stop().await;
    }

    /// Many honest large bodies at one time, more than there is room for: all of them are read, one after another.
    async fn large_bodies_wait_for_one_another(database) {
        let server = TestServer::start_with(&database, |config| config.max_body_bytes = 128 << 10).await;
        server.put("/config", json!({"compatibility": "NONE"})).await.ok();
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..100 {
            let address = server.address();
            clients.spawn(async move { chunked(address, &format!("s{}", number % 4), &large(100 << 10)).await });
        }
        for answer in clients.join_all().await {
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
        server.stop().await;
    }

    /// Seen: idle connections took all places, and everybody else waited in silence, the health checks too.
    async fn whoever_rests_makes_room(database) {
        let server = TestServer::start_with(&database, |config| config.max_connections = 16).await;
        let mut resting = Vec::new();
        for _ in 0..20 {
            resting.push(connect(server.address(), b"").await);
        }
        for _ in 0..20 {
            resting.push(connect(server.address(), b"GET /health/live HTTP/1.1\r\nHost: x\r\nA: ").await);
        }
        for _ in 0..20 {
            resting.push(connect(server.address(), format!("{POST}Content-Length: 9\r\n\r\n{{").as_bytes()).await);
        }
        let begun = Instant::now();
        for path in ["/health/live", "/health/ready", "/subjects"] {
            assert_eq!(server.get(path).await.status, 200, "{path}");
        }
        server.registered("orders", &order_v1()).await;
        assert!(begun.elapsed() < CEILING, "{:?}", begun.elapsed());
        let text = server.get("/metrics").await.text();
        let closed = text.lines().find(|line| line.contains(r#"http_connections_closed_total{reason="room"}"#));
        let closed: u32 = closed.and_then(|line| line.split(' ').next_back()?.parse().ok()).unwrap_or(0);
        assert!(closed >= 40, "{closed} connections were closed to make room");
        drop(resting);
        server.stop().await;
    }

    /// Somebody who asks again and again keeps the connection: those that do nothing are closed first, half-sent heads too.
    async fn whoever_works_keeps_the_place(database) {
        let server = TestServer::start_with(&database, |config| config.max_connections = 16).await;
        let mut working = server.client().await;
        let mut resting = Vec::new();
        let begun = taken(&mut working).await;
        for number in 0..60 {
            resting.push(connect(server.address(), b"GET / HTTP/1.1\r\nA: ").await);
            // Those that the server has not yet taken would come all at once, each of them younger than the last request.
            for _ in 0..1000 {
                if taken(&mut working).await > begun + number {
                    break;
                }
            }
            let answer = working.send(Method::GET, "/schemas/types", &[], Bytes::new()).await;
            assert_eq!(answer.status, 200, "request {number}");
        }
        server.stop().await;
    }

    /// Seen: with all descriptors taken by idle connections, SQLite could open no file and PostgreSQL no connection: every
    /// request that needed the database was 503 until the others left.
    async fn open_files_are_kept_for_the_database(database) {
        for files in [64, 128] {
            let served = served_with_files(&database, files);
            let mut idle = Vec::new();
            for _ in 0..200 {
                idle.push(connect(served.address(), b"").await);
            }
            let ((), latencies) = beside(served.address(), "/health/ready", async {
                for number in 0..8 {
                    let body = json!({"schema": record(&format!("R{number}"), &[])});
                    let mut client = Client::connect(served.address()).await;
                    let subject = format!("/subjects/s{files}-{number}/versions");
                    client.json(Method::POST, &subject, body).await.ok();
                    for path in [subject.as_str(), "/schemas", "/subjects"] {
                        assert_eq!(client.send(Method::GET, path, &[], Bytes::new()).await.status, 200, "{path}");
                    }
                }
            })
            .await;
            assert!(latencies.p99() < CEILING, "{latencies:?}");
            drop(idle);
            assert_eq!(served.terminate().0, Some(0));
        }
    }

    /// Where hardly any file may be open, the server says so instead of starting.
    async fn too_few_open_files_are_named(database) {
        let output = std::process::Command::new("sh")
            .args(["-c", "ulimit -n 24 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_treaty")])
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &database.url])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.contains("only 24 files may be open") && said.contains("ulimit -n"), "{said}");
    }

    /// Connections that are reset as soon as they are made keep nobody else waiting.
    async fn resets_do_not_slow_others(database) {
        let server = TestServer::start(&database).await;
        let address = server.address();
        let ((), latencies) = beside(address, "/health/live", async {
            for _ in 0..500 {
                let stream = TcpStream::connect(address).await.unwrap();
                stream.set_zero_linger().unwrap();
            }
        })
        .await;
        assert!(latencies.p99() < CEILING, "{latencies:?}");
        server.stop().await;
    }

    /// A head that comes byte by byte is given up; the time for it is that for a whole request.
    async fn a_head_that_drips_is_cut(database) {
        let server = TestServer::start_with(&database, |config| config.request_timeout = Duration::from_secs(1)).await;
        let mut stream = connect(server.address(), b"GET / HTTP/1.1\r\nA: ").await;
        let begun = Instant::now();
        while stream.write_all(b"x").await.is_ok() && begun.elapsed() < 10 * CEILING {
            tokio::task::yield_now().await;
            let mut byte = [0];
            let closed = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
            if matches!(closed, Ok(Ok(0) | Err(_))) {
                break;
            }
        }
        assert!(begun.elapsed() < 10 * CEILING, "{:?}", begun.elapsed());
        server.stop().await;
    }
}
