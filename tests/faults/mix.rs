//! A random mix of requests, half of them hostile: what a simple read waits beside them, and what memory they take.
//!
//! The same ordinary requests are sent twice, first alone, then beside as many hostile ones. `TREATY_TEST_MIX` is the number of
//! requests of the second run (600; `ci/soak` sends 50,000), `TREATY_SOAK_SEED` the seed. Every answer must be a success, a 4xx
//! or a 503 that says when to come back; what was acknowledged must be there at the end.

#![allow(clippy::print_stdout)] // The figures are for the person who runs it.

mod hostile;
mod ordinary;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::Method;
use hyper::body::Bytes;
use tokio::task::JoinSet;

use crate::support::cli::Served;
use crate::support::database::on_both;
use crate::support::measure::{CEILING, Latencies, MEMORY_OF_ANY_MIX, beside};
use crate::support::server::{Client, record};

#[path = "../../schemas/tests/random.rs"]
mod random;
use random::Random;

/// Connections that send ordinary requests.
const CLIENTS: usize = 4;

/// Connections that send hostile ones: more, because some of those send nothing until they are cut, half a minute later.
const ATTACKERS: usize = 32;

/// With at least so many requests the figures are worth comparing: then the slow one percent is more than a few requests.
const ENOUGH_TO_COMPARE: usize = 20_000;

/// How much slower the slowest percent of the reads may be beside hostile requests, where there are enough to compare.
const SLOWER_AT_MOST: u32 = 10;

fn number(variable: &str, otherwise: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value.and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Sends `count` ordinary requests over several connections and checks what they are answered.
async fn ordinary_load(address: SocketAddr, seed: u64, run: usize, count: usize) {
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(ordinary::send(
            address,
            Random::new(seed ^ client as u64),
            run,
            client,
            count / CLIENTS,
        ));
    }
    clients.join_all().await;
}

/// Sends `count` hostile requests; how many of them were answered.
async fn hostile_load(address: SocketAddr, seed: u64, count: usize) -> usize {
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for client in 0..ATTACKERS {
        let (mut random, answered) = (Random::new(seed ^ (client as u64 + 1) << 32), Arc::clone(&answered));
        clients.spawn(async move {
            for _ in 0..count / ATTACKERS {
                if hostile::send(address, &mut random).await {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    clients.join_all().await;
    answered.load(Ordering::Relaxed)
}

on_both! {
    async fn a_simple_read_beside_a_random_mix(database) {
        let count = number("TREATY_TEST_MIX", 600) as usize;
        let seed = number("TREATY_SOAK_SEED", 9);
        let served = Served::on(&database, &["--compatibility", "BACKWARD"]);
        let address = served.address();
        let mut client = Client::connect(address).await;
        let first = record("Read", &[r#""name":"id","type":"long""#]);
        let body = serde_json::json!({"schema": first});
        let id = client.json(Method::POST, "/subjects/read/versions", body).await.ok()["id"].clone();
        let path = format!("/schemas/ids/{id}");

        let ((), alone) = beside(address, &path, ordinary_load(address, seed, 0, count / 2)).await;
        let attack = async {
            tokio::join!(ordinary_load(address, seed, 1, count / 2), hostile_load(address, seed, count / 2)).1
        };
        let (answered, attacked) = beside(address, &path, attack).await;

        let show = |latencies: &Latencies| {
            format!("{} reads, p99 {:?}, longest {:?}", latencies.count(), latencies.p99(), latencies.longest())
        };
        println!(
            "{}, seed {seed}: {count} requests; alone: {}; half of them hostile ({answered} answered): {}",
            if database.is_sqlite() { "SQLite" } else { "PostgreSQL" },
            show(&alone),
            show(&attacked),
        );
        assert!(attacked.p99() <= CEILING, "{attacked:?}");
        if count >= ENOUGH_TO_COMPARE {
            assert!(attacked.p99() <= alone.p99() * SLOWER_AT_MOST, "{:?}, alone {:?}", attacked.p99(), alone.p99());
        }
        #[cfg(target_os = "linux")]
        {
            println!("peak memory: {} MB", served.peak() >> 20);
            assert!(served.peak() <= MEMORY_OF_ANY_MIX, "{}", served.peak());
        }
        ordinary::is_whole(address).await;
        // The connection of the beginning has rested for too long where there were many requests.
        let read = Client::connect(address).await.send(Method::GET, &path, &[], Bytes::new()).await.ok();
        assert_eq!(read["schema"], serde_json::json!(first));
    }
}
