//! A disk that is full, and a file that may not grow: 503 with the reason, nothing acknowledged is lost, and it heals by itself.
//!
//! The disk is a small tmpfs, which only root may mount; otherwise the test says that it is skipped.

#![allow(clippy::print_stderr, clippy::print_stdout)] // A test that is skipped says so, and how much was tried.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::database::{CHECKPOINTS, POSTGRES};
use crate::support::ledger::Ledger;
use crate::support::server::{Answer, Client, TestServer, record};

/// How often the disk is filled; `TREATY_TEST_OUTAGES` says otherwise.
fn rounds() -> usize {
    let rounds = std::env::var("TREATY_TEST_OUTAGES").ok();
    rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

/// A disk of its own, small enough to be filled.
struct Disk {
    directory: TempDir,
}

impl Disk {
    fn mount(megabytes: u32) -> Option<Disk> {
        let directory = tempfile::tempdir().expect("a directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(directory.path())
            .stderr(Stdio::null())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Disk { directory });
        }
        eprintln!("skipped: a tmpfs cannot be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Takes all room that is left.
    fn fill(&self) {
        let mut filler = std::fs::File::create(self.path().join("filler")).expect("a file");
        for size in [1 << 16, 1 << 12, 1] {
            let block = vec![0; size];
            while filler.write_all(&block).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).expect("the filler goes");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: somebody may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// A schema of 60 KB that no database can store in less than half of that.
fn large(number: usize) -> String {
    let mut state = number as u64 + 1;
    let mut digits = String::with_capacity(60_000);
    while digits.len() < 60_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        digits.push_str(&format!("{:08x}", state >> 32));
    }
    let doc = format!(r#""name":"id","type":"string","doc":"{digits}""#);
    record(&format!("L{number}"), &[&doc])
}

/// Writes until nothing can be written any more, as readiness says; what was acknowledged is in the ledger.
async fn until_nothing_is_written(server: &TestServer, ledger: &mut Ledger, round: usize) -> Answer {
    for number in 0..600 {
        let subject = format!("r{round}-{number}");
        let schema = match number {
            0..100 => large(round * 1000 + number),
            _ => record(&format!("S{round}_{number}"), &[]),
        };
        let answer = server.register(&subject, &schema).await;
        if answer.status != 200 {
            assert_eq!(answer.problem(), (503, 50001), "{}", answer.text());
            let ready = server.get("/health/ready").await;
            if ready.status != 200 {
                return ready;
            }
        }
        ledger.registered(&subject, &answer);
    }
    panic!("the disk does not fill");
}

/// Asks for readiness until it names the disk: a busy machine may first be late, which is another reason.
async fn names_the_disk(server: &TestServer) {
    let mut said = String::new();
    let until = Instant::now() + Duration::from_secs(60);
    while !said.contains("disk") {
        assert!(Instant::now() < until, "readiness says {said}");
        let ready = server.get("/health/ready").await;
        if ready.status != 200 {
            said = ready.message();
        }
    }
}

/// Fills the disk, uses up what the database has left, makes room; again and again.
async fn fill_and_heal(url: &str, disk: &Disk) {
    let server = TestServer::start_on(url).await;
    let mut ledger = Ledger::default();
    for round in 0..rounds() {
        let before = format!("before{round}");
        ledger.registered(&before, &server.register(&before, &record("Before", &[])).await);
        disk.fill();
        let ready = until_nothing_is_written(&server, &mut ledger, round).await;
        assert_eq!(ready.problem(), (503, 50001));
        names_the_disk(&server).await;
        // Many at a time, of every kind: each is told that it is an outage, and none is stuck.
        let mut writers = JoinSet::new();
        for number in 0..40 {
            let address = server.address();
            writers.spawn(async move {
                let mut client = Client::connect(address).await;
                let subject = format!("full{round}-{number}");
                let body = json!({"schema": large(round * 1000 + 900_000 + number)});
                let registered = client
                    .json(Method::POST, &format!("/subjects/{subject}/versions"), body)
                    .await;
                let config = client
                    .json(Method::PUT, "/config/full", json!({"compatibility": "FULL"}))
                    .await;
                (subject, registered, config)
            });
        }
        let mut refused = 0;
        while let Some(answers) = writers.join_next().await {
            let (subject, registered, config) = answers.expect("a writer");
            for answer in [&registered, &config] {
                // The database may find room of its own for some of them.
                assert!(
                    answer.status == 200 || answer.problem() == (503, 50001),
                    "{}",
                    answer.text()
                );
            }
            refused += usize::from(registered.status != 200);
            ledger.registered(&subject, &registered);
        }
        assert!(refused > 0, "the disk is full");
        ledger.can_be_read(server.address()).await;
        disk.make_room();
        // Before: 500 for every write until a restart.
        let subject = format!("healed{round}");
        let healed = server.register(&subject, &record("Healed", &[])).await;
        assert_eq!(healed.status, 200, "{}", healed.text());
        ledger.registered(&subject, &healed);
        server.get("/health/ready").await.ok();
        ledger.holds(server.address()).await;
    }
    server.stop().await;
    let server = TestServer::start_on(url).await;
    let count = ledger.holds(server.address()).await;
    server.stop().await;
    println!("{} full disks, {count} acknowledged registrations, none lost", rounds());
}

mod a_full_disk_is_an_outage_and_heals {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        let Some(disk) = Disk::mount(3) else { return };
        let url = format!("sqlite:{}", disk.path().join("treaty.db").display());
        fill_and_heal(&url, &disk).await;
    }

    /// The database lies in a tablespace on the small disk; the server's own files do not.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        let Ok(admin) = std::env::var(POSTGRES) else {
            eprintln!("skipped on PostgreSQL: {POSTGRES} is not set");
            return;
        };
        let Some(disk) = Disk::mount(24) else { return };
        let mut server = PgConnection::connect(&admin).await.expect("a connection");
        let data: Result<String, _> = sqlx::query_scalar("SHOW data_directory").fetch_one(&mut server).await;
        let Some(owner) = data.ok().and_then(|data| std::fs::metadata(data).ok()) else {
            eprintln!("skipped on PostgreSQL: its files are not on this machine");
            return;
        };
        let space = disk.path().join("space");
        std::fs::create_dir(&space).expect("a directory");
        std::os::unix::fs::chown(&space, Some(owner.uid()), Some(owner.gid())).expect("the server's own");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(disk.path(), open).expect("a way in");
        let name = format!("treaty_test_full_{}", std::process::id());
        let statements = [
            format!("CREATE TABLESPACE {name} LOCATION '{}'", space.display()),
            format!("CREATE DATABASE {name} TABLESPACE {name}"),
        ];
        for statement in statements {
            server.execute(AssertSqlSafe(statement)).await.expect("a tablespace");
        }
        let options: sqlx::postgres::PgConnectOptions = admin.parse().expect("a PostgreSQL URL");
        let url = sqlx::ConnectOptions::to_url_lossy(&options.database(&name)).to_string();
        let alone = CHECKPOINTS.write().await;
        let outcome = tokio::spawn(async move {
            fill_and_heal(&url, &disk).await;
            disk
        })
        .await;
        drop(alone);
        for statement in [
            format!("DROP DATABASE {name} WITH (FORCE)"),
            format!("DROP TABLESPACE {name}"),
        ] {
            server.execute(AssertSqlSafe(statement)).await.expect("it goes");
        }
        outcome.expect("the test");
    }
}

/// Before: the first write past the limit killed the process (SIGXFSZ).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_on_the_size_of_files_kills_nobody() {
    let directory = tempfile::tempdir().expect("a directory");
    // The limit counts blocks of 512 bytes in some shells and of 1024 in others.
    let mut server = Command::new("sh")
        .args(["-c", "ulimit -S -f 2000 && exec \"$0\" serve --listen 127.0.0.1:0"])
        .arg(env!("CARGO_BIN_EXE_treaty"))
        .current_dir(directory.path())
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("a pipe"))
        .read_line(&mut line)
        .expect("the address");
    let address = line
        .trim()
        .strip_prefix("listening on http://")
        .expect("the address")
        .parse()
        .expect("an address");
    let mut client = Client::connect(address).await;
    let mut ledger = Ledger::default();
    let mut register = async |ledger: &mut Ledger, number: usize| {
        let subject = format!("s{number}");
        let body = json!({"schema": large(number)});
        let answer = client
            .json(Method::POST, &format!("/subjects/{subject}/versions"), body)
            .await;
        ledger.registered(&subject, &answer);
        answer
    };
    let mut number = 0;
    let refused = loop {
        let answer = register(&mut ledger, number).await;
        if answer.status != 200 {
            break answer;
        }
        number += 1;
        assert!(number < 100, "the limit is not reached");
    };
    assert_eq!(refused.problem(), (503, 50001), "{}", refused.text());
    assert_eq!(register(&mut ledger, number).await.problem(), (503, 50001));
    ledger.can_be_read(address).await;
    assert_eq!(server.try_wait().expect("its state"), None, "it lives");
    // The limit is raised from outside.
    let process = rustix::process::Pid::from_child(&server);
    let unlimited = rustix::process::Rlimit {
        current: None,
        maximum: None,
    };
    rustix::process::prlimit(Some(process), rustix::process::Resource::Fsize, unlimited).expect("the limit");
    let answer = register(&mut ledger, number).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let until = Instant::now() + Duration::from_secs(10);
    let mut asks = Client::connect(address).await;
    while asks.send(Method::GET, "/health/ready", &[], Bytes::new()).await.status != 200 {
        assert!(Instant::now() < until, "it is not ready again");
    }
    ledger.holds(address).await;
    server.kill().expect("the kill");
    server.wait().expect("its end");
}
