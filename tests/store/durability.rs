//! What was acknowledged survives `kill -9`, and the kernel gives the file of a killed process to the next one.

#![allow(clippy::print_stdout)] // The child tells its parent what was acknowledged.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};

use treaty_store::{HeadRevision, OpenError, Options, Show, Store};

use super::{CONTEXT, append, guid, identify, register, text};
use crate::support::child;
use crate::support::database::on_both;

/// How often the process is killed in one test; `TREATY_TEST_KILLS` says more.
fn kills() -> u32 {
    let kills = std::env::var("TREATY_TEST_KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

/// Registers for ever, eight at a time, and prints each acknowledgement: number, id, version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests of this module, and killed"]
async fn registers_until_killed() {
    let Some(url) = child::database() else { return };
    let store = Store::open(&url, &Options::default()).await.expect("the store opens");
    let first = store.last_schema_id(CONTEXT).await.expect("the last id") as u32;
    let writers = (0..8u32).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0.. {
                // No other child uses these numbers: each begins with more ids given out.
                let number = (first + 1) * 10_000 + round * 8 + writer;
                let appended = register(&store, &format!("s{writer}"), number).await;
                println!("acknowledged {number} {} {}", appended.id, appended.version);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer");
    }
}

on_both! {
    async fn acknowledged_registrations_survive_a_kill(db) {
        let mut acknowledged: BTreeMap<u32, (i32, i32)> = BTreeMap::new();
        for round in 0..kills() {
            let mut process = child::start("store::durability::registers_until_killed", &db.url);
            let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
            let enough = 40 + round * 7;
            let mut seen = 0;
            while let Some(Ok(line)) = lines.next() {
                if let Some(told) = line.strip_prefix("acknowledged ") {
                    let told: Vec<i32> = told.split(' ').map(|n| n.parse().expect("a number")).collect();
                    acknowledged.insert(told[0] as u32, (told[1], told[2]));
                    seen += 1;
                }
                if seen == enough {
                    process.kill().expect("the kill");
                }
            }
            process.wait().expect("its end");
            assert!(seen >= enough, "the child ended by itself after {seen}");
        }
        let store = db.open().await;
        for (number, (id, version)) in &acknowledged {
            let subject = format!("s{}", number % 10_000 % 8);
            let schema = store.schema(CONTEXT, *id).await.unwrap().expect("an acknowledged id");
            assert_eq!((schema.guid, schema.text), (guid(*number), text(*number)));
            let found = store.version_of_schema(CONTEXT, &subject, *id, Show::Live).await.unwrap();
            assert_eq!(found.map(|entry| (entry.id, entry.version)), Some((*id, *version)));
        }
        // Nothing but whole registrations: ids without a gap, versions without a gap.
        let last = store.last_schema_id(CONTEXT).await.unwrap() as i32;
        let all: Vec<i32> = (1..=last).collect();
        let stored = store.schemas(CONTEXT, &all).await.unwrap();
        assert_eq!(stored.iter().map(|schema| schema.id).collect::<Vec<_>>(), all);
        for writer in 0..8 {
            let versions = store.versions(CONTEXT, &format!("s{writer}"), Show::All).await.unwrap();
            let numbers: Vec<i32> = versions.iter().map(|entry| entry.version).collect();
            assert_eq!(numbers, (1..=numbers.len() as i32).collect::<Vec<_>>());
        }
    }

    async fn the_log_is_moved_into_the_database(db) {
        let Some(file) = db.file() else { return };
        let store = db.open().await;
        let before = std::fs::metadata(&file).expect("the file").len();
        // A checkpoint runs beside the writer, so how many appends it takes is not fixed; but it comes.
        let mut number = 0;
        while std::fs::metadata(&file).expect("the file").len() < before + (1 << 20) {
            number += 1;
            assert!(number < 5000, "no checkpoint after 300 MB");
            let mut large = append(&format!("s{number}"), number, HeadRevision::default());
            large.text = "x".repeat(64 << 10) + &number.to_string();
            identify(&mut large);
            store.append(large).await.unwrap();
        }
        store.close().await;
        let log = file.with_file_name("treaty.db-wal");
        assert!(!log.exists(), "closing leaves everything in the one file");
        let store = db.open().await;
        let last = store.last_schema_id(CONTEXT).await.unwrap();
        assert_eq!(last, i64::from(number));
        assert_eq!(store.schema(CONTEXT, number as i32).await.unwrap().map(|s| s.text.len()), Some((64 << 10) + number.to_string().len()));
    }

    async fn a_file_belongs_to_one_process(db) {
        let Some(file) = db.file() else { return };
        let mut process = child::start("store::durability::registers_until_killed", &db.url);
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        while !lines.next().expect("a line").expect("a text").starts_with("acknowledged ") {}
        let link = file.with_file_name("link.db");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        for url in [db.url.clone(), format!("sqlite:{}", link.display())] {
            let refused = Store::open(&url, &Options::default()).await;
            assert!(matches!(refused, Err(OpenError::InUse { .. })), "{refused:?}");
        }
        process.kill().expect("the kill");
        process.wait().expect("its end");
        assert!(db.open().await.last_schema_id(CONTEXT).await.unwrap() > 0);
    }
}
