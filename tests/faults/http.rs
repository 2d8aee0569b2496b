//! HTTP itself: representations, encodings, what is no HTTP, and what is repeated of a request.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::order_v1;
use crate::support::cli::{Cli, Served};
use crate::support::measure::CEILING;
use crate::support::server::{Answer, TestServer, serves};

const V1: &str = "application/vnd.schemaregistry.v1+json";
const VND: &str = "application/vnd.schemaregistry+json";
const JSON: &str = "application/json";

/// What the server says to these bytes, and then closes the connection.
async fn raw(address: std::net::SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn get(server: &TestServer, path: &str, accept: &str, known: &str) -> Answer {
    let headers = [("accept", accept), ("if-none-match", known)];
    server.send(Method::GET, path, &headers, Bytes::new()).await
}

fn says(text: &str, line: &str) -> bool {
    text.lines().any(|found| found == line)
}

serves! {
    /// Seen: one tag for the same answer in three media types, and no `Vary`: a shared cache gives one client what another
    /// has asked for.
    async fn each_representation_has_its_own_tag(server) {
        server.registered("orders", &order_v1()).await;
        for path in ["/schemas/ids/1", "/schemas/ids/1/schema"] {
            let mut tags = Vec::new();
            for media in [V1, VND, JSON] {
                let answer = get(&server, path, media, "").await;
                assert_eq!((answer.header("content-type"), answer.header("vary")), (media, "accept"));
                tags.push(answer.header("etag").to_owned());
            }
            for (index, media) in [V1, VND, JSON].into_iter().enumerate() {
                for (other, tag) in tags.iter().enumerate() {
                    assert!(index == other || tags[index] != *tag, "{tags:?}");
                    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
                        let answer = get(&server, path, media, &known).await;
                        let expected = if index == other { 304 } else { 200 };
                        assert_eq!(answer.status, expected, "{media} {known}");
                        assert_eq!(answer.header("etag"), tags[index]);
                        assert_eq!(answer.header("vary"), "accept");
                    }
                }
                assert_eq!(get(&server, path, media, "*").await.status, 304);
                assert_eq!(get(&server, path, media, "\"\", \"-json\", -json").await.status, 200);
            }
        }
        for path in ["/subjects", "/subjects/moon/versions", "/moon"] {
            let answer = get(&server, path, JSON, "").await;
            assert_eq!(answer.header("vary") == "accept", path != "/moon", "{path}");
        }
        assert_eq!(get(&server, "/subjects", "text/html", "").await.header("vary"), "accept");
    }

    /// Seen: a compressed body was read as JSON, and the fault named its first byte.
    async fn encoded_bodies_are_refused(server) {
        let body = json!({"schema": order_v1()}).to_string();
        for (encoding, status) in [("gzip", 415), ("GZIP, identity", 415), ("identity", 200), ("", 200), ("x-moon", 415)] {
            let headers = [("content-type", JSON), ("content-encoding", encoding)];
            for (method, path) in [(Method::POST, "/subjects/s/versions"), (Method::PUT, "/config"), (Method::POST, "/subjects/s")] {
                let body = if method == Method::PUT { json!({"compatibility": "FULL"}).to_string() } else { body.clone() };
                let answer = server.send(method, path, &headers, body.into()).await;
                assert_eq!(answer.status, status, "{encoding} {path}: {}", answer.text());
            }
        }
        let twice = "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
        let answer = raw(server.address(), twice.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
    }

    async fn a_byte_order_mark_is_passed_over(server) {
        let marked = |body: serde_json::Value| Bytes::from(format!("\u{feff}{body}"));
        let headers = [("content-type", JSON)];
        let answer = server.send(Method::POST, "/subjects/s/versions", &headers, marked(json!({"schema": order_v1()}))).await;
        answer.ok();
        let answer = server.send(Method::POST, "/subjects/s", &headers, marked(json!({"schema": order_v1()}))).await;
        assert_eq!(answer.ok()["version"], json!(1));
        server.send(Method::PUT, "/config/s", &headers, marked(json!({"compatibility": "FULL"}))).await.ok();
        let twice = server.send(Method::PUT, "/config/s", &headers, Bytes::from("\u{feff}\u{feff}{}")).await;
        assert_eq!(twice.problem(), (400, 400));
    }

    /// Seen: requests that hyper refuses itself were in no metric and no log.
    async fn what_is_no_http_is_counted(server) {
        let head = |lines: &str| format!("GET / HTTP/1.1\r\nHost: x\r\n{lines}\r\n");
        let many: String = (0..200).map(|number| format!("h{number}: x\r\n")).collect();
        for (request, status) in [
            ("MOON\r\n\r\n".to_owned(), 400),
            ("GET / HTTP/3.7\r\n\r\n".to_owned(), 400),
            (head("a b: c\r\n"), 400),
            (head("Content-Length: 1\r\nContent-Length: 2\r\n"), 400),
            (head("Transfer-Encoding: moon\r\n"), 400),
            (head(&many), 431),
            (head(&format!("long: {}\r\n", "x".repeat(64 << 10))), 431),
            (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(64 << 10)), 431),
        ] {
            let answer = raw(server.address(), request.as_bytes()).await;
            let shown: String = request.chars().take(60).collect();
            // The server may close before it has read everything; then the client may see a reset instead.
            assert!(answer.is_empty() || answer.starts_with(&format!("HTTP/1.1 {status} ")), "{shown}: {answer}");
        }
        // It is counted when the connection has ended, which a client that was cut off may learn before.
        let counted = r#"treaty_http_requests_total{route="malformed",method="other",status="4xx"} 8"#;
        let begun = std::time::Instant::now();
        while !says(&server.get("/metrics").await.text(), counted) {
            assert!(begun.elapsed() < 10 * CEILING, "{counted}");
        }
    }

    /// Two lengths of one body, pipelined requests, and a head that ends a connection: nothing is read twice.
    async fn requests_are_told_apart(server) {
        let both = "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nDELETE /subjects/s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let answer = raw(server.address(), both.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        let mut pipelined = "GET /schemas/types HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50);
        pipelined += "HEAD /schemas/types HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let answer = raw(server.address(), pipelined.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 200 ").count(), 51, "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "an answer to HEAD has no body: {answer}");
    }

    /// Seen: a name of 4 MB, or one with line ends, came back whole in the message and in the log.
    async fn messages_are_one_short_line(server) {
        let long = "x".repeat(1 << 20);
        let strange = "a\r\nX-Injected: 1\u{1b}[31m\u{202e}\u{2028}\u{85}b";
        let escaped = "a%0D%0AX%1B%5B31m%E2%80%AE%C2%85b";
        let mut answers = Vec::new();
        for text in [long.as_str(), strange] {
            for body in [
                json!({"schema": text}),
                json!({"schema": "{}", "schemaType": text}),
                json!({"schema": {text: 1}}),
                json!({"schema": "\"int\"", "version": text}),
                json!({"schema": format!("\"{text}\"")}),
                json!({"schema": "\"int\"", "references": [{"name": text, "subject": text, "version": 1}]}),
                json!({"schema": "\"int\"", "references": [{text: 1}]}),
                json!({"schema": "\"int\"", "metadata": text}),
                json!({"schema": "\"int\"", "ruleSet": {"domainRules": [{"name": text, "kind": text, "mode": text}]}}),
                json!({"schemaType": "PROTOBUF", "schema": text}),
                json!({"schemaType": "JSON", "schema": format!("{{\"type\": \"{}\"}}", text.escape_default())}),
            ] {
                answers.push(server.post("/subjects/s/versions", body).await);
            }
            for body in [
                json!({"compatibility": text}),
                json!({"compatibilityPolicy": text}),
                json!({"normalize": text}),
                json!({"defaultRuleSet": {"domainRules": [{"name": text, "kind": text}]}}),
            ] {
                answers.push(server.put("/config", body).await);
            }
            let contract = json!({"application": text, "receives": [{"subject": text, "reads": text}]});
            answers.push(server.put("/api/v1/contracts/app", contract).await);
        }
        for name in [escaped, &"y".repeat(4 << 10)] {
            for path in [
                format!("/subjects/{name}/versions"),
                format!("/subjects/s/versions/{name}"),
                format!("/schemas/ids/{name}"),
                format!("/schemas/guids/{name}"),
                format!("/config/{name}"),
                format!("/api/v1/contracts/{name}"),
                format!("/subjects?offset={name}"),
                format!("/schemas/ids/1?format={name}&subject={name}"),
                format!("/moon/{name}"),
            ] {
                answers.push(server.get(&path).await);
            }
        }
        for answer in answers {
            assert!(answer.status.is_client_error(), "{}", answer.text());
            let message = answer.message();
            assert!(message.len() <= 1024, "{} bytes: {message}", message.len());
            let hidden = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{202e}');
            assert!(!message.contains(hidden), "{message:?}");
        }
    }

    /// Seen: any text was stored as the policy, and nothing followed from it.
    async fn policies_are_those_that_are_known(server) {
        for (path, given, kept) in [
            ("/config", "LENIENT", "LENIENT"),
            ("/config/s", "strict", "STRICT"),
            ("/config/s", "Lenient", "LENIENT"),
        ] {
            let answer = server.put(path, json!({"compatibilityPolicy": given})).await.ok();
            assert_eq!(answer["compatibilityPolicy"], json!(kept));
            assert_eq!(server.get(path).await.ok()["compatibilityPolicy"], json!(kept));
        }
        for policy in ["", "MOON", "STRICT\0", "LOGICAL"] {
            for path in ["/config", "/config/s"] {
                let answer = server.put(path, json!({"compatibilityPolicy": policy, "compatibility": "NONE"})).await;
                assert_eq!(answer.problem(), (422, 42203), "{policy}: {}", answer.text());
            }
        }
        let kept = server.get("/config/s").await.ok();
        assert_eq!((&kept["compatibilityPolicy"], kept["compatibilityLevel"] == json!("NONE")), (&json!("LENIENT"), false));
        let cleared = server.put("/config/s", json!({"compatibilityPolicy": null})).await.ok();
        assert_eq!(cleared.get("compatibilityPolicy"), None);
    }
}

/// Seen: a path of 60 KB was a line of 60 KB in the access log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_of_the_access_log_are_short() {
    for format in ["text", "json"] {
        let cli = Cli::new();
        let log = cli.path().join("log");
        let talk = std::fs::File::create(&log).unwrap();
        let served = Served::start_with(cli, &["--access-log", "--log-format", format], talk.into());
        let long = "x".repeat(12 << 10);
        let strange = "%22%5C\"'{}%E2%80%AE".repeat(500);
        for path in [long.as_str(), &strange, "moon"] {
            for id in ["", &"\"".repeat(128)] {
                let request = format!(
                    "GET /subjects/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Request-Id: {id}\r\n\r\n"
                );
                raw(served.address(), request.as_bytes()).await;
            }
        }
        let no_http = raw(served.address(), b"MOON\r\n\r\n").await;
        assert!(no_http.starts_with("HTTP/1.1 400 "), "{no_http}");
        let (code, _cli) = served.terminate();
        assert_eq!(code, Some(0));
        let log = std::fs::read_to_string(&log).unwrap();
        let access: Vec<&str> = log.lines().filter(|line| line.contains("micros")).collect();
        assert_eq!(access.len(), 7, "{log}");
        for line in access {
            assert!(line.len() <= 1024, "{} bytes: {line}", line.len());
            assert!(
                format == "text" || serde_json::from_str::<serde_json::Value>(line).is_ok(),
                "{line}"
            );
        }
        assert!(log.contains("malformed"), "{log}");
    }
}
