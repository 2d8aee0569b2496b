//! What an attack costs: the peak memory of a served process, and how long a simple request waits beside the attack.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use tokio::time::{MissedTickBehavior, interval};

use super::cli::{Cli, Served};
use super::database::TestDatabase;
use super::server::Client;

/// The most that a simple request may wait beside an attack: a ceiling for a debug build on a busy machine, not a goal.
pub const CEILING: Duration = Duration::from_secs(2);

/// Resident memory that a server with the settings that ship may take under any mix of requests, in bytes.
pub const MEMORY_OF_ANY_MIX: u64 = 1 << 30;

/// Resident memory that a server may take for one hostile input, in bytes.
pub const MEMORY_OF_ONE_INPUT: u64 = 500 << 20;

impl Served {
    /// Starts the program on a database of the tests, with these further flags.
    pub fn on(database: &TestDatabase, flags: &[&str]) -> Served {
        let flags = [&["--database", database.url.as_str()], flags].concat();
        Served::start_with(Cli::new(), &flags, std::process::Stdio::null())
    }

    /// The most memory that its process ever had in use (VmHWM), in bytes.
    #[cfg(target_os = "linux")]
    pub fn peak(&self) -> u64 {
        self.memory("VmHWM:")
    }
}

/// How long requests took, sorted.
#[derive(Debug)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// What 99 of 100 requests did not exceed.
    pub fn p99(&self) -> Duration {
        let last = self.0.len() - 1;
        self.0[(self.0.len() * 99 / 100).min(last)]
    }

    /// The slowest.
    pub fn longest(&self) -> Duration {
        self.0[self.0.len() - 1]
    }

    /// How many there were: at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The time from one read to the next: reads without a pause would be a load of their own.
const PACE: Duration = Duration::from_millis(2);

/// Does `attack`, and meanwhile sends GET requests for `path`, one after another on one connection, each of which must succeed.
/// At least one is sent after the attack began. Give the task of the attack its own connections.
pub async fn beside<T>(address: SocketAddr, path: &str, attack: impl Future<Output = T>) -> (T, Latencies) {
    let mut client = Client::connect(address).await;
    let mut latencies = Vec::new();
    let mut attack = pin!(attack);
    let mut outcome = None;
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while outcome.is_none() {
        // The first tick is at once.
        tokio::select! {
            biased;
            _ = ticks.tick() => {}
            ended = &mut attack => {
                outcome = Some(ended);
                continue;
            }
        }
        let begun = Instant::now();
        let mut answer = pin!(client.send(Method::GET, path, &[], Bytes::new()));
        let answer = loop {
            tokio::select! {
                biased;
                ended = &mut attack, if outcome.is_none() => outcome = Some(ended),
                answer = &mut answer => break answer,
            }
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        latencies.push(begun.elapsed());
    }
    latencies.sort_unstable();
    let Some(outcome) = outcome else {
        unreachable!("the loop ends with an outcome")
    };
    (outcome, Latencies(latencies))
}
