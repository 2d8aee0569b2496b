//! A registry in the test's own process, on a free port and a database of its own, and a client that sends what it is told.
//!
//! `serves!` makes two tests, `…::sqlite` and `…::postgres`, of one body, which gets a running [`TestServer`].

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use treaty_server::{Config, Running, Server};

use super::database::TestDatabase;

/// A registry that runs for one test.
pub struct TestServer {
    running: Running,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("a text")
    }

    /// Status and error code of an answer that is an error.
    pub fn problem(&self) -> (u16, u64) {
        let body = self.json();
        let code = body["error_code"].as_u64();
        assert!(body["message"].is_string(), "{body}");
        (
            self.status.as_u16(),
            code.unwrap_or_else(|| panic!("no error_code: {body}")),
        )
    }

    /// The message of an answer that is an error.
    pub fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The body of an answer that is no error.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{:?}", self.body);
        self.json()
    }

    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a text"))
    }
}

impl TestServer {
    /// A server with the usual settings.
    pub async fn start(database: &TestDatabase) -> TestServer {
        TestServer::start_with(database, |_| {}).await
    }

    /// A server with the usual settings on a database of this URL.
    pub async fn start_on(url: &str) -> TestServer {
        TestServer::start_as(url, |_| {}).await
    }

    /// A server whose settings `change` changes.
    pub async fn start_with(database: &TestDatabase, change: impl FnOnce(&mut Config)) -> TestServer {
        TestServer::start_as(&database.url, change).await
    }

    async fn start_as(url: &str, change: impl FnOnce(&mut Config)) -> TestServer {
        let mut config = Config {
            listen: Some("127.0.0.1:0".parse().expect("an address")),
            database: url.parse().expect("a database URL"),
            ..Config::default()
        };
        change(&mut config);
        TestServer {
            running: Server::bind(config).await.expect("the server starts"),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// Ends it.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// A client with a connection of its own.
    pub async fn client(&self) -> Client {
        Client::connect(self.address()).await
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &JSON, body.to_string().into()).await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &JSON, body.to_string().into()).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Bytes::new()).await
    }

    /// Any request, on a connection of its own.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        self.client().await.send(method, path, headers, body).await
    }

    /// Registers an Avro schema and answers whatever the server does.
    pub async fn register(&self, subject: &str, schema: &str) -> Answer {
        self.post(&format!("/subjects/{subject}/versions"), json!({ "schema": schema }))
            .await
    }

    /// Registers an Avro schema that has to be accepted; its id.
    #[track_caller]
    pub fn registered(&self, subject: &str, schema: &str) -> impl Future<Output = i64> {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.register(subject, schema).await;
            assert_eq!(answer.status, 200, "{place}: {}", answer.text());
            answer.json()["id"].as_i64().expect("an id")
        }
    }
}

const JSON: [(&str, &str); 1] = [("content-type", "application/vnd.schemaregistry.v1+json")];

/// One connection.
pub struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        tokio::spawn(connection);
        Client { sender, address }
    }

    /// Sends a JSON body and reads the answer to its end.
    pub async fn json(&mut self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, &JSON, body.to_string().into()).await
    }

    /// Sends a request as it is and reads the answer to its end.
    pub async fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).expect("a request");
        self.sender.ready().await.expect("the connection lasts");
        let response = self.sender.send_request(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the whole answer").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

/// An Avro record with these fields, given as JSON members without braces.
pub fn record(name: &str, fields: &[&str]) -> String {
    let fields: Vec<String> = fields.iter().map(|field| format!("{{{field}}}")).collect();
    format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(","))
}

/// `serves! { async fn name(server) { … } }`: one body, two tests, each with a fresh server.
macro_rules! serves {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident) $body:block)+) => {
        $crate::support::database::on_both! {$(
            $(#[$meta])*
            async fn $name(database) {
                let $server = $crate::support::server::TestServer::start(&database).await;
                $body
                $server.stop().await;
            }
        )+}
    };
}

pub(crate) use serves;
