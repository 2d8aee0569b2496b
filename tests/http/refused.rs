//! Bad input: the right 4xx with what and where; never a 5xx, a hang, or a changed store.

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::order_v1;
use crate::support::database::on_both;
use crate::support::server::{Answer, TestServer, record, serves};

const KIND: [(&str, &str); 1] = [("content-type", "application/json")];

async fn post(server: &TestServer, body: impl Into<Bytes>) -> Answer {
    server
        .send(Method::POST, "/subjects/s/versions", &KIND, body.into())
        .await
}

serves! {
    async fn bodies(server) {
        let deep = |levels: usize| format!("{{\"schema\":{}", "[".repeat(levels));
        for (name, body, problem, said) in [
            ("empty", Vec::new(), (422, 422), "no body"),
            ("null", b"null".to_vec(), (422, 422), "no body"),
            ("no object", b"[]".to_vec(), (400, 400), "line 1 column"),
            ("a text", b"\"schema\"".to_vec(), (400, 400), "line 1 column"),
            ("cut off", b"{\"schema\": ".to_vec(), (400, 400), "line 1 column"),
            ("wrong type", b"{\"schema\": 7}".to_vec(), (400, 400), "`schema`: invalid type: integer `7`, expected a string"),
            ("wrong version", b"{\"schema\": \"\\\"int\\\"\", \"version\": \"x\"}".to_vec(), (400, 400), "`version`: invalid type"),
            ("a member of a member", br#"{"references": [{}, {"version": "1"}]}"#.to_vec(), (400, 400), "`references[1].version`: invalid type"),
            ("an array for a reference", br#"{"references": [["A", "a", 1]]}"#.to_vec(), (400, 400), "`references[0]`: invalid type: sequence, expected an object"),
            ("an array for a rule set", br#"{"ruleSet": []}"#.to_vec(), (400, 400), "`ruleSet`: invalid type: sequence, expected an object"),
            ("an array for metadata", br#"{"metadata": [null]}"#.to_vec(), (400, 400), "`metadata`: invalid type: sequence, expected an object"),
            ("a text for metadata", br#"{"metadata": "x"}"#.to_vec(), (400, 400), "`metadata`: invalid type: string \"x\", expected an object"),
            ("duplicate member", b"{\"schema\":\"\\\"int\\\"\",\"schema\":\"\\\"long\\\"\"}".to_vec(), (400, 400), "duplicate field"),
            ("no UTF-8", b"{\"schema\": \"\xff\"}".to_vec(), (400, 400), "line 1 column"),
            ("binary", vec![0, 159, 146, 150], (400, 400), "line 1 column"),
            ("100,000 levels", deep(100_000).into_bytes(), (400, 400), ""),
            ("nothing in it", b"{}".to_vec(), (422, 42201), "Empty schema"),
            ("an empty schema", b"{\"schema\": \"\"}".to_vec(), (422, 42201), "Empty schema"),
        ] {
            let answer = post(&server, body).await;
            assert_eq!(answer.problem(), problem, "{name}: {}", answer.text());
            assert!(answer.message().contains(said), "{name}: {}", answer.message());
        }
        assert_eq!(server.get("/subjects?deleted=true").await.ok(), json!([]));
    }

    /// Fault seen elsewhere: every syntax error reads the same and names no place.
    async fn schemas(server) {
        let nested = |levels: usize| format!("{}\"int\"{}", r#"{"type":"array","items":"#.repeat(levels), "}".repeat(levels));
        for (name, schema, said) in [
            ("no JSON", "{".to_owned(), "schema:1:2"),
            ("second line", "{\"type\":\n\"moon\"}".to_owned(), "schema:2:1"),
            ("no type", "{}".to_owned(), "schema:1:1"),
            ("unknown name", r#""Money""#.to_owned(), "Money"),
            ("duplicate key", r#"{"type":"int","type":"long"}"#.to_owned(), "schema:1:15"),
            ("duplicate field", r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#.to_owned(), "schema:1:"),
            ("wrong default", r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}"#.to_owned(), "schema:1:"),
            ("bad name", r#"{"type":"record","name":"1R","fields":[]}"#.to_owned(), "schema:1:"),
            ("NUL", "\"in\0t\"".to_owned(), "schema:1:"),
            ("2,000 levels", nested(2_000), "schema:1:"),
            ("100,000 levels", nested(100_000), "schema:1:"),
            ("a file", r#""file:///etc/passwd""#.to_owned(), "schema:1:1"),
        ] {
            for path in ["/subjects/s/versions", "/compatibility/subjects/s/versions"] {
                let answer = server.post(path, json!({"schema": schema})).await;
                assert_eq!(answer.problem(), (422, 42201), "{name}: {}", answer.text());
                assert!(answer.message().contains(said), "{name}: {}", answer.message());
            }
        }
        for kind in ["THRIFT", "avro", "JSON", "protobuf"] {
            let answer = server.post("/subjects/s/versions", json!({"schema": "{}", "schemaType": kind})).await;
            assert_eq!(answer.problem(), (422, 42201));
            assert_eq!(answer.message(), format!("Invalid schema type {kind}"));
        }
        assert_eq!(server.get("/subjects?deleted=true").await.ok(), json!([]));
    }

    /// Fault seen elsewhere: a subject of 300 characters, or with NUL, is 500 on one of the databases.
    async fn subjects(server) {
        let long = "x".repeat(1025);
        for subject in [long.as_str(), "a%00b", "a%0Ab", "__GLOBAL", "__EMPTY", "%FF", ":.other:orders"] {
            for path in [format!("/subjects/{subject}/versions"), format!("/subjects/{subject}")] {
                let answer = server.post(&path, json!({"schema": order_v1()})).await;
                assert_eq!(answer.problem(), (422, 42208), "{subject}: {}", answer.text());
                assert!(answer.message().starts_with("The specified subject '"), "{}", answer.message());
            }
            let answer = server.put(&format!("/config/{subject}"), json!({"compatibility": "NONE"})).await;
            assert_eq!(answer.problem(), (422, 42208), "{subject}");
            assert_eq!(server.get(&format!("/subjects/{subject}/versions")).await.problem(), (422, 42208), "{subject}");
        }
        server.registered(&"x".repeat(1024), &order_v1()).await;
        let nul = server.get("/subjects?subjectPrefix=%00").await;
        assert_eq!(nul.problem(), (422, 422), "{}", nul.text());
        let nul = server.get("/schemas/ids/1?subject=%00").await;
        assert!(nul.status.as_u16() < 500, "{}", nul.text());
        let nul = server.post("/subjects/s/versions", json!({"schema": order_v1(), "references": [{"name": "a", "subject": "\0", "version": 1}]})).await;
        assert!(nul.status.is_client_error(), "{}", nul.text());
        let nul = server.post("/subjects/s/versions", json!({"schema": order_v1(), "metadata": {"properties": {"a": "\0"}}})).await;
        assert!(nul.status.is_success() || nul.status.is_client_error(), "{}", nul.text());
    }
}

on_both! {
    /// 100 MB are refused without being kept, whether they are announced or not; the client reads why.
    async fn a_body_that_is_too_large(database) {
        let server = TestServer::start_with(&database, |config| config.max_body_bytes = 1 << 20).await;
        let large = vec![b' '; 100 << 20];
        let answer = post(&server, large).await;
        assert_eq!(answer.problem(), (413, 413));
        assert!(answer.message().contains("1048576 bytes"), "{}", answer.message());
        for head in ["Content-Length: 104857600\r\nExpect: 100-continue", "Transfer-Encoding: chunked"] {
            let mut stream = TcpStream::connect(server.address()).await.unwrap();
            let request = format!("POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            if head.starts_with("Transfer") {
                let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
                for _ in 0..8 {
                    stream.write_all(&chunk).await.unwrap();
                }
                stream.write_all(b"0\r\n\r\n").await.unwrap();
            }
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("\"error_code\":413"), "{answer}");
        }
        server.registered("s", &order_v1()).await;
        server.stop().await;
    }

    /// A body that does not arrive is not waited for for ever.
    async fn a_body_that_does_not_arrive(database) {
        let server = TestServer::start_with(&database, |config| {
            config.request_timeout = std::time::Duration::from_secs(1);
        })
        .await;
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let request = "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("\"error_code\":408"), "{answer}");
        server.stop().await;
    }

    async fn limits_are_configurable(database) {
        let server = TestServer::start_with(&database, |config| {
            config.max_schema_depth = 8;
            config.max_subject_length = 4;
            config.max_references = 1;
        })
        .await;
        let nested = format!("{}\"int\"{}", r#"{"type":"array","items":"#.repeat(9), "}".repeat(9));
        assert_eq!(server.register("s", &nested).await.problem(), (422, 42201));
        assert_eq!(server.register("subject", &order_v1()).await.problem(), (422, 42208));
        server.registered("s", &order_v1()).await;
        let twice = json!([{"name": "Order", "subject": "s", "version": 1}, {"name": "O", "subject": "s", "version": 1}]);
        let answer = server.post("/subjects/t/versions", json!({"schema": "\"Order\"", "references": twice})).await;
        assert_eq!(answer.problem(), (422, 42201));
        server.stop().await;
    }

    /// What was accepted once is read for ever: a limit is for what comes.
    async fn limits_do_not_touch_what_is_stored(database) {
        let names = ["Order", "Other"];
        let references: Vec<_> = names.map(|name| json!({"name": name, "subject": name, "version": 1})).into();
        let fields = [r#""name":"a","type":"Order""#, r#""name":"b","type":"Other""#];
        let both = json!({"schema": record("Both", &fields), "references": references});
        let server = TestServer::start(&database).await;
        for name in names {
            server.registered(name, &record(name, &[r#""name":"deep","type":{"type":"array","items":{"type":"map","values":"int"}}"#])).await;
        }
        let id = server.post("/subjects/both/versions", both).await.ok()["id"].clone();
        server.stop().await;
        let server = TestServer::start_with(&database, |config| {
            config.max_schema_depth = 3;
            config.max_references = 1;
            config.max_body_bytes = 512;
        })
        .await;
        let one = json!({
            "schema": record("Both", &fields[..1]),
            "references": &references[..1],
        });
        let checked = server.post("/compatibility/subjects/both/versions/latest", one.clone()).await;
        assert_eq!(checked.ok()["is_compatible"], json!(true));
        assert_ne!(server.post("/subjects/both/versions", one).await.ok()["id"], id);
        for form in ["", "?format=resolved"] {
            server.get(&format!("/schemas/ids/{id}{form}")).await.ok();
        }
        server.stop().await;
    }
}
