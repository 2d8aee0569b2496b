//! A server that is told to stop finishes what it began and takes nothing more.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::database::on_both;
use crate::support::server::TestServer;

on_both! {
    async fn what_is_in_flight_is_answered(database) {
        let server = TestServer::start(&database).await;
        let address = server.address();
        let body = r#"{"schema":"\"int\""}"#;
        let head = format!(
            "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut leave = [0; 25];
        // The server asks for the body, so the request is being answered.
        stream.read_exact(&mut leave).await.unwrap();
        assert!(leave.starts_with(b"HTTP/1.1 100 Continue"));
        let stopping = tokio::spawn(server.stop());
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        stopping.await.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        let again = TestServer::start(&database).await;
        assert_eq!(again.get("/subjects").await.ok(), serde_json::json!(["s"]));
        again.stop().await;
    }
}
