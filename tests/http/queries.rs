//! Queries for each request: how many there are depends on what is asked, not on how much is stored.
//!
//! A process of its own answers requests with the log of statements on, and tells how many each one took.

#![allow(clippy::print_stdout)] // The child tells its parent what it counted.

use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use expect_test::expect;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use treaty_server::{Config, Server};

use crate::support::child;
use crate::support::database::on_both;
use crate::support::server::{Client, record};

/// What the child's lines begin with.
const LINE: &str = "asked: ";

/// Counts the statements of sqlx's log that read or write rows.
#[derive(Clone, Default)]
struct Statements(Arc<AtomicUsize>);

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut summary = Summary(String::new());
            event.record(&mut summary);
            // What a connection is set up with says when the pool opened one, not what a request asked; and every transaction
            // begins and ends. Whether another node removed something is asked once a second.
            if ![
                "PRAGMA",
                "SELECT set_config",
                "SELECT last_purge",
                "BEGIN",
                "COMMIT",
                "ROLLBACK",
            ]
            .iter()
            .any(|setup| summary.0.starts_with(setup))
            {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// The first words of a statement.
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.trim_start().to_owned();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

fn version(number: usize) -> String {
    let fields: Vec<String> = (0..=number)
        .map(|field| format!(r#""name":"f{field}","type":"int","default":0"#))
        .collect();
    record("R", &fields.iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests of this module, which read what it counted"]
async fn asks() {
    let Some(url) = child::database() else { return };
    let statements = Statements::default();
    let log = tracing_subscriber::registry().with(statements.clone());
    tracing::subscriber::set_global_default(log).expect("the first log of this process");
    let config = Config {
        listen: Some("127.0.0.1:0".parse().expect("an address")),
        database: url.parse().expect("a database URL"),
        ..Config::default()
    };
    let filled = Server::bind(config.clone()).await.expect("the server starts");
    let mut client = Client::connect(filled.address()).await;
    let level = json!({"compatibility": "FULL_TRANSITIVE"});
    client.json(hyper::Method::PUT, "/config", level).await.ok();
    for (subject, versions) in [("few", 2), ("many", 40)] {
        for number in 0..versions {
            let path = format!("/subjects/{subject}/versions");
            let body = json!({ "schema": version(number) });
            client.json(hyper::Method::POST, &path, body).await.ok();
        }
    }
    drop(client);
    filled.stop().await;

    // A new server has nothing in memory.
    let server = Server::bind(config).await.expect("the server starts");
    let mut client = Client::connect(server.address()).await;
    for subject in ["few", "many"] {
        let of = |path: &str| path.replace("SUBJECT", subject);
        let proposed = json!({ "schema": version(50) });
        let known = json!({ "schema": version(1) });
        let referring = json!({
            "schema": record("Of", &[r#""name":"r","type":"R""#]),
            "references": [{"name": "R", "subject": subject, "version": 1}],
        });
        for (method, path, body) in [
            ("GET", "/subjects".to_owned(), None),
            ("GET", of("/subjects/SUBJECT/versions"), None),
            ("GET", of("/subjects/SUBJECT/versions/latest"), None),
            ("GET", of("/subjects/SUBJECT/versions/1/referencedby"), None),
            ("GET", of("/schemas?subjectPrefix=SUBJECT"), None),
            ("GET", "/schemas/ids/2".to_owned(), None),
            ("GET", "/schemas/ids/2/versions".to_owned(), None),
            ("GET", of("/config/SUBJECT?defaultToGlobal=true"), None),
            ("POST", of("/compatibility/subjects/SUBJECT/versions"), Some(&proposed)),
            ("POST", of("/api/v1/subjects/SUBJECT/check"), Some(&proposed)),
            ("POST", of("/subjects/SUBJECT"), Some(&known)),
            ("POST", of("/subjects/SUBJECT/versions"), Some(&known)),
            ("POST", of("/subjects/SUBJECT/versions"), Some(&proposed)),
            ("POST", of("/subjects/of-SUBJECT/versions"), Some(&referring)),
        ] {
            let before = statements.0.load(Ordering::SeqCst);
            let answer = match body {
                Some(body) => client.json(method.parse().unwrap(), &path, body.clone()).await,
                None => {
                    client
                        .send(hyper::Method::GET, &path, &[], hyper::body::Bytes::new())
                        .await
                }
            };
            answer.ok();
            let queries = statements.0.load(Ordering::SeqCst) - before;
            println!("{LINE}{queries} {method} {path}");
        }
    }
    server.stop().await;
}

fn counted(url: &str) -> String {
    let mut process = child::start("http::queries::asks", url);
    let mut output = String::new();
    let mut pipe = process.stdout.take().expect("a pipe");
    pipe.read_to_string(&mut output).expect("its output");
    assert!(process.wait().expect("its end").success(), "{output}");
    let lines = output.lines().filter_map(|line| Some(line.split_once(LINE)?.1));
    lines.map(|line| format!("{line}\n")).collect()
}

on_both! {
    async fn are_as_many_for_many_versions_as_for_few(database) {
        let counted = counted(&database.url);
        let of = |subject: &str| -> Vec<String> {
            let half = counted.lines().count() / 2;
            let skipped = if subject == "few" { 0 } else { half };
            counted.lines().skip(skipped).take(half).map(|line| line.replace(subject, "SUBJECT")).collect()
        };
        let few = of("few").join("\n") + "\n";
        if database.is_sqlite() {
            expect![[r#"
                1 GET /subjects
                1 GET /subjects/SUBJECT/versions
                1 GET /subjects/SUBJECT/versions/latest
                2 GET /subjects/SUBJECT/versions/1/referencedby
                2 GET /schemas?subjectPrefix=SUBJECT
                1 GET /schemas/ids/2
                1 GET /schemas/ids/2/versions
                1 GET /config/SUBJECT?defaultToGlobal=true
                3 POST /compatibility/subjects/SUBJECT/versions
                2 POST /api/v1/subjects/SUBJECT/check
                3 POST /subjects/SUBJECT
                0 POST /subjects/SUBJECT/versions
                3 POST /subjects/SUBJECT/versions
                8 POST /subjects/of-SUBJECT/versions
            "#]].assert_eq(&few);
        } else {
            expect![[r#"
                1 GET /subjects
                1 GET /subjects/SUBJECT/versions
                1 GET /subjects/SUBJECT/versions/latest
                2 GET /subjects/SUBJECT/versions/1/referencedby
                2 GET /schemas?subjectPrefix=SUBJECT
                1 GET /schemas/ids/2
                1 GET /schemas/ids/2/versions
                1 GET /config/SUBJECT?defaultToGlobal=true
                3 POST /compatibility/subjects/SUBJECT/versions
                3 POST /api/v1/subjects/SUBJECT/check
                3 POST /subjects/SUBJECT
                1 POST /subjects/SUBJECT/versions
                4 POST /subjects/SUBJECT/versions
                8 POST /subjects/of-SUBJECT/versions
            "#]].assert_eq(&few);
        }
        for (few, many) in of("few").iter().zip(of("many")) {
            let number = |line: &str| line.trim().split(' ').next().unwrap().parse::<usize>().unwrap();
            assert!(number(&many) <= number(few), "{few}, but {many}");
        }
    }
}
