//! The end: a server that is told to stop does so within its time, and an answer is cut only when nobody takes it.

use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::server::{Client, TestServer, record};

/// Far more than a stop takes that waits for nobody, and less than the time that is given to requests in flight.
const SOON: Duration = Duration::from_secs(8);

async fn connect(address: std::net::SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Ends it as an operator does; how long that took.
async fn ends(served: Served) -> Duration {
    let begun = Instant::now();
    let code = tokio::task::spawn_blocking(|| served.terminate().0).await.unwrap();
    assert_eq!(code, Some(0));
    begun.elapsed()
}

on_both! {
    /// Seen: a single half-sent head kept the process for the whole shutdown time-out.
    async fn half_sent_heads_do_not_delay_it(database) {
        let served = Served::on(&database, &["--shutdown-timeout", "60"]);
        let mut heads = Vec::new();
        for bytes in ["", "G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\nGET"] {
            heads.push(connect(served.address(), bytes.as_bytes()).await);
        }
        // Somebody is answered, so the connections before were accepted.
        let mut client = Client::connect(served.address()).await;
        client.send(Method::GET, "/health/live", &[], Bytes::new()).await;
        let took = ends(served).await;
        assert!(took < SOON, "{took:?}");
        drop(heads);
    }

    /// Bodies and answers on their way are cut at the time-out.
    async fn what_is_on_its_way_is_cut_at_the_time_out(database) {
        let served = Served::on(&database, &["--shutdown-timeout", "1"]);
        let head = "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{";
        let mut bodies = Vec::new();
        for _ in 0..8 {
            bodies.push(connect(served.address(), head.as_bytes()).await);
        }
        let mut client = Client::connect(served.address()).await;
        client.send(Method::GET, "/health/live", &[], Bytes::new()).await;
        let took = ends(served).await;
        assert!(took < SOON, "{took:?}");
        for mut body in bodies {
            let mut left = Vec::new();
            let _ = body.read_to_end(&mut left).await;
            assert!(left.is_empty(), "{}", String::from_utf8_lossy(&left));
        }
    }

    /// Whatever threads still do: checks that take long are running when the process is told to end.
    async fn checks_in_progress_do_not_delay_it(database) {
        let served = Served::on(&database, &["--shutdown-timeout", "1", "--request-timeout", "3600"]);
        let mut client = Client::connect(served.address()).await;
        client.json(Method::PUT, "/config", json!({"compatibility": "FULL"})).await.ok();
        let fields = |prefix: &str| {
            let fields: Vec<String> = (0..4000).map(|field| format!(r#""name":"{prefix}{field}","type":"int""#)).collect();
            record("Wide", &fields.iter().map(String::as_str).collect::<Vec<_>>())
        };
        client.json(Method::POST, "/subjects/wide/versions", json!({"schema": fields("a")})).await.ok();
        let body = json!({"schema": fields("b")}).to_string();
        let request = format!(
            "POST /compatibility/subjects/wide/versions HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut asked = Vec::new();
        for _ in 0..8 {
            asked.push(connect(served.address(), request.as_bytes()).await);
        }
        let took = ends(served).await;
        assert!(took < SOON, "{took:?}");
    }

    /// An answer that is taken slowly but steadily is sent to its end, although that takes longer than any time-out of the
    /// server; one of which nothing is taken ends with the server, at the latest.
    async fn slow_but_steady_readers_get_everything(database) {
        let server = TestServer::start(&database).await;
        let doc = format!(r#""name":"f","type":"int","doc":"{}""#, "x".repeat(1 << 20));
        for number in 0..8 {
            server.registered(&format!("s{number}"), &record(&format!("R{number}"), &[&doc])).await;
        }
        server.stop().await;
        let server = TestServer::start_with(&database, |config| {
            config.request_timeout = Duration::from_secs(1);
            config.shutdown_timeout = Duration::from_secs(1);
        })
        .await;
        let whole = server.get("/schemas").await.body.len();
        assert!(whole > 8 << 20, "{whole} bytes");
        let ask = async || {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_recv_buffer_size(64 << 10).unwrap();
            let mut stream = socket.connect(server.address()).await.unwrap();
            let request = b"GET /schemas HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await.unwrap();
            stream
        };
        let (mut steady, mut stuck) = (ask().await, ask().await);
        let begun = Instant::now();
        let mut taken = 0;
        let mut buffer = vec![0; 256 << 10];
        loop {
            let read = steady.read(&mut buffer).await.unwrap();
            taken += read;
            if read == 0 {
                break;
            }
            if begun.elapsed() < Duration::from_millis(2500) {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        assert!(taken > whole, "{taken} of {whole} bytes");
        let begun = Instant::now();
        server.stop().await;
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        let mut left = Vec::new();
        let _ = stuck.read_to_end(&mut left).await;
        assert!(left.len() < whole, "it was cut");
    }
}
