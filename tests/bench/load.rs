//! The load: keep-alive connections that send prepared requests one after the other, on one thread.

use std::cell::Cell;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use crate::Measured;

/// What a load came to.
pub struct Load {
    /// Seconds from the first request to the last answer, without the time to connect.
    pub seconds: f64,
    /// Microseconds from request to answer, in ascending order.
    pub latencies: Vec<f64>,
}

impl Load {
    /// The latency that 99 in a hundred requests stay below, in microseconds.
    pub fn p99(&self) -> f64 {
        let place = self.latencies.len() * 99 / 100;
        self.latencies.get(place).copied().unwrap_or(f64::NAN)
    }
}

/// A GET.
pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/vnd.schemaregistry.v1+json\r\n\r\n")
        .into_bytes()
}

/// A POST of a schema.
pub fn post(path: &str, schema: &str) -> Vec<u8> {
    let body = serde_json::json!({ "schema": schema }).to_string();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/vnd.schemaregistry.v1+json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Sends `count` requests over so many connections, beginning anew when there are fewer.
///
/// # Errors
/// At the first answer that is not 200, and when a connection breaks.
pub fn send(address: SocketAddr, connections: usize, requests: &[Vec<u8>], count: usize) -> Measured<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let requests: std::rc::Rc<[Vec<u8>]> = requests.into();
    let next = std::rc::Rc::new(Cell::new(0));
    LocalSet::new().block_on(&runtime, async {
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let begun = Instant::now();
        let mut clients = JoinSet::new();
        for stream in streams {
            let (requests, next) = (requests.clone(), next.clone());
            clients.spawn_local(async move {
                let mut client = Client::new(stream);
                let mut latencies = Vec::new();
                loop {
                    let number = next.replace(next.get() + 1);
                    if number >= count {
                        return Measured::Ok(latencies);
                    }
                    let sent = Instant::now();
                    client.exchange(&requests[number % requests.len()]).await?;
                    latencies.push(sent.elapsed().as_secs_f64() * 1e6);
                }
            });
        }
        let mut latencies = Vec::with_capacity(count);
        while let Some(client) = clients.join_next().await {
            latencies.extend(client??);
        }
        latencies.sort_by(f64::total_cmp);
        Ok(Load {
            seconds: begun.elapsed().as_secs_f64(),
            latencies,
        })
    })
}

struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    fn new(stream: TcpStream) -> Client {
        Client {
            stream,
            buffer: Vec::with_capacity(16 << 10),
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> Measured<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed a connection".into());
            }
            match whole(&self.buffer) {
                Some(length) if length > self.buffer.len() => {}
                Some(_) if self.buffer.get(9..12) == Some(b"200") => return Ok(()),
                Some(_) => {
                    let (request, answer) = (text(request), text(&self.buffer));
                    return Err(format!("to\n{request}\nthe server answered\n{answer}").into());
                }
                None => {}
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).into_owned()
}

/// The length of the answer that begins here, once its head is complete. Answers without a length are taken to have no body.
fn whole(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let length = bytes[..head].split(|&byte| byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        let value = std::str::from_utf8(value).ok()?;
        name.eq_ignore_ascii_case(b"content-length:")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    Some(head + length.unwrap_or(0))
}
