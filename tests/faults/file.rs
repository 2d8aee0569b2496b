//! The SQLite file: deleted, replaced, opened twice, copied, and read by somebody else for long.

#![allow(clippy::print_stdout)] // A child tells its parent what it does.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use treaty_store::{OpenError, Options, Scope, Store};

use crate::support::child;
use crate::support::database::TestDatabase;
use crate::support::ledger::Ledger;
use crate::support::server::{TestServer, record};

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// By a process of its own: closing a descriptor of the database in this one would drop the locks that SQLite has on it.
fn copy(from: &Path, to: &Path) {
    let done = Command::new("cp").arg(from).arg(to).status().expect("cp runs");
    assert!(done.success());
}

/// Asks again and again, for at most so many seconds.
async fn within_seconds(seconds: u64, what: &str, mut asked: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(seconds);
    while !asked().await {
        assert!(Instant::now() < until, "not within {seconds} s: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn registered(server: &TestServer, ledger: &mut Ledger, subjects: std::ops::Range<usize>) {
    for number in subjects {
        let subject = format!("s{number}");
        let schema = record(&format!("R{number}"), &[r#""name":"id","type":"string""#]);
        let answer = server.register(&subject, &schema).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        ledger.registered(&subject, &answer);
    }
}

/// No write is acknowledged, what was acknowledged can be read, and whoever asks is told why.
async fn takes_no_writes(server: &TestServer, ledger: &Ledger) {
    for number in 0..20 {
        let schema = record(&format!("Lost{number}"), &[]);
        let answer = server.register(&format!("lost{number}"), &schema).await;
        assert_eq!(answer.problem(), (503, 50001), "{}", answer.text());
    }
    let config = server.put("/config", json!({"compatibility": "NONE"})).await;
    assert_eq!(config.problem(), (503, 50001));
    assert_eq!(server.delete("/subjects/s0").await.problem(), (503, 50001));
    ledger.can_be_read(server.address()).await;
    server.get("/health/live").await.ok();
    let ready = server.get("/health/ready").await;
    assert_eq!(ready.problem(), (503, 50001));
    assert!(
        ready.message().contains("moved, replaced or deleted"),
        "{}",
        ready.message()
    );
}

/// Before: 48 of 48 further writes were acknowledged, and lost with the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_the_one_that_was_opened_takes_no_writes() {
    type Accident = (&'static str, fn(&Path), bool);
    let accidents: [Accident; 6] = [
        ("deleted", |file| std::fs::remove_file(file).unwrap(), false),
        (
            "moved",
            |file| std::fs::rename(file, beside(file, ".moved")).unwrap(),
            false,
        ),
        (
            "replaced by a copy",
            |file| {
                copy(file, &beside(file, ".copy"));
                std::fs::rename(file, beside(file, ".moved")).unwrap();
                std::fs::rename(beside(file, ".copy"), file).unwrap();
            },
            false,
        ),
        (
            "its directory moved",
            |file| {
                let directory = file.parent().unwrap();
                std::fs::rename(directory, beside(directory, ".moved")).unwrap();
            },
            false,
        ),
        // The database itself is still there, and gets what the log held.
        (
            "its log deleted",
            |file| std::fs::remove_file(beside(file, "-wal")).unwrap(),
            true,
        ),
        (
            "the log's index deleted",
            |file| std::fs::remove_file(beside(file, "-shm")).unwrap(),
            true,
        ),
    ];
    for (name, accident, survives) in accidents {
        println!("{name}");
        let place = tempfile::tempdir().expect("a directory");
        let directory = place.path().join("data");
        std::fs::create_dir(&directory).expect("a directory");
        let file = directory.join("treaty.db");
        let url = format!("sqlite:{}", file.display());
        let server = TestServer::start_on(&url).await;
        let mut ledger = Ledger::default();
        registered(&server, &mut ledger, 0..12).await;
        accident(&file);
        takes_no_writes(&server, &ledger).await;
        if matches!(name, "moved" | "its directory moved") {
            // Put back, it is the one that was opened again.
            let (from, to) = match name {
                "moved" => (beside(&file, ".moved"), file.clone()),
                _ => (beside(&directory, ".moved"), directory.clone()),
            };
            std::fs::rename(from, to).expect("it is put back");
            registered(&server, &mut ledger, 12..14).await;
            ledger.holds(server.address()).await;
            server.get("/health/ready").await.ok();
        }
        server.stop().await;
        if name == "deleted" {
            assert!(!file.exists(), "a checkpoint made the file anew");
        }
        if survives {
            let server = TestServer::start_on(&url).await;
            ledger.holds(server.address()).await;
            server.stop().await;
        }
    }
}

/// Before: a hard link, or the removal of the lock file, let a second server in.
#[tokio::test]
async fn a_second_process_is_refused_by_the_file_itself() {
    let db = TestDatabase::sqlite();
    let mut first = child::start("store::durability::registers_until_killed", &db.url);
    let mut lines = BufReader::new(first.stdout.take().expect("a pipe")).lines();
    while !lines
        .next()
        .expect("a line")
        .expect("a text")
        .starts_with("acknowledged ")
    {}
    let file = db.file().expect("a file");
    let link = file.with_file_name("link.db");
    std::fs::hard_link(&file, &link).expect("a link");
    let linked = format!("sqlite:{}", link.display());
    let refused = async |url: &str| {
        let refused = Store::open(url, &Options::default()).await;
        assert!(matches!(refused, Err(OpenError::InUse { .. })), "{url}: {refused:?}");
    };
    refused(&linked).await;
    std::fs::remove_file(beside(&file, "-lock")).expect("the lock file goes");
    refused(&db.url).await;
    first.kill().expect("the kill");
    first.wait().expect("its end");
    // The kernel gives the lock back with the process.
    db.open().await.ping().await.expect("it opens");
}

/// Before: everything was in the log, and a copy of the file alone was an empty registry (or none at all).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_copy_holds_everything_within_seconds() {
    let db = TestDatabase::sqlite();
    let file = db.file().expect("a file");
    let copied = async |count: i64, what: &str| {
        within_seconds(20, what, async || {
            let directory = tempfile::tempdir().expect("a directory");
            let to = directory.path().join("copy.db");
            copy(&file, &to);
            let Ok(store) = Store::open(&format!("sqlite:{}", to.display()), &Options::default()).await else {
                return false;
            };
            let found = store.last_schema_id(".").await.expect("the last id");
            store.close().await;
            found == count
        })
        .await;
    };
    let server = TestServer::start(&db).await;
    copied(0, "an empty registry in the file").await;
    registered(&server, &mut Ledger::default(), 0..9).await;
    copied(9, "what was written before the rest").await;
    server.stop().await;

    // Killed with everything in the log; then only started.
    let mut killed = child::start("store::durability::registers_until_killed", &db.url);
    let mut lines = BufReader::new(killed.stdout.take().expect("a pipe")).lines();
    for _ in 0..20 {
        while !lines
            .next()
            .expect("a line")
            .expect("a text")
            .starts_with("acknowledged ")
        {}
    }
    killed.kill().expect("the kill");
    killed.wait().expect("its end");
    let store = db.open().await;
    let last = store.last_schema_id(".").await.expect("the last id");
    assert!(last >= 29, "{last}");
    copied(last, "what was in the log at the start").await;
    store.close().await;
}

/// Writes a megabyte that has nothing in common with the one before: SQLite writes no page that stays the same.
async fn edit(store: &Store, round: usize) {
    let filler = ["x", "y", "z"][round % 3].repeat(1 << 20);
    let text = format!("{{\"round\":{round},\"filler\":\"{filler}\"}}");
    let edited = store.edit_config(".", Scope::Global, |_| Some(text)).await;
    edited.expect("it is written");
}

/// Before: a setting counted as 32 KiB whatever its size, so that these writes could make the log far larger than its bound.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bound_of_the_log_counts_whatever_is_written() {
    let db = TestDatabase::sqlite();
    let store = db.open().await;
    let log = beside(&db.file().expect("a file"), "-wal");
    let mut largest = 0;
    for round in 0..100 {
        edit(&store, round).await;
        largest = largest.max(std::fs::metadata(&log).expect("the log").len());
    }
    // 64 MiB, and what is written before the writer is held back.
    assert!(largest < 80 << 20, "{largest} bytes");
    store.close().await;
}

/// Reads in a transaction that does not end, until it is killed.
#[tokio::test]
#[ignore = "started by a test of this module, and killed"]
async fn reads_until_killed() {
    let Some(url) = child::database() else { return };
    let file = url.strip_prefix("sqlite:").expect("a file");
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = options.connect().await.expect("a connection");
    for statement in ["BEGIN", "SELECT COUNT(*) FROM contexts"] {
        sqlx::query(statement).execute(&mut connection).await.expect("a read");
    }
    println!("\nreads");
    std::future::pending::<()>().await;
    connection.close().await.expect("never");
}

fn somebody_reads(url: &str) -> Child {
    let mut reader = child::start("faults::file::reads_until_killed", url);
    let mut lines = BufReader::new(reader.stdout.take().expect("a pipe")).lines();
    while lines.next().expect("a line").expect("a text") != "reads" {}
    reader
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("the lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn hold(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.0.lock().expect("the lines")).contains(text)
    }
}

/// Before: from 64 MiB of log on, every fourth write waited for the reader, 10 s each, and nobody said so.
// On one thread, so that the log of the store's tasks is this test's.
#[tokio::test]
async fn a_long_reader_stalls_nobody() {
    let lines = Lines::default();
    let writer = lines.clone();
    let logs = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    let _logs = tracing::subscriber::set_default(logs);
    let db = TestDatabase::sqlite();
    let store = db.open().await;
    edit(&store, 0).await;
    let mut reader = somebody_reads(&db.url);
    let mut slowest = Duration::ZERO;
    for round in 1..90 {
        let begun = Instant::now();
        edit(&store, round).await;
        slowest = slowest.max(begun.elapsed());
    }
    assert!(slowest < Duration::from_secs(2), "a write took {slowest:?}");
    within_seconds(20, "the log says so", async || {
        lines.hold("in a transaction that does not end")
    })
    .await;
    reader.kill().expect("the kill");
    reader.wait().expect("its end");
    // It shrinks again once the reader is gone.
    let log = beside(&db.file().expect("a file"), "-wal");
    within_seconds(40, "the log is emptied", async || {
        edit(&store, 90).await;
        std::fs::metadata(&log).expect("the log").len() <= 8 << 20
    })
    .await;
    store.close().await;
}
