//! What is secret stays so: neither the password of the database nor what a client proves itself with is ever written down.

use std::fs::File;
use std::process::Stdio;

use hyper::Method;
use hyper::body::Bytes;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::support::cli::{Cli, Served};
use crate::support::database::TestDatabase;
use crate::support::server::Client;

/// The word that may not be found.
const SECRET: &str = "hush4711";

#[test]
fn a_database_that_cannot_be_used_is_told_of_without_its_password() {
    for (url, code, said) in [
        (
            "postgres://user:SECRET@127.0.0.1:1/x",
            3,
            "cannot connect to the database",
        ),
        (
            "postgres://user@127.0.0.1:1/x?password=SECRET",
            3,
            "cannot connect to the database",
        ),
        ("postgres://user:SECRET@127.0.0.1:port/x", 3, "invalid port number"),
        ("postgres://user:SECRET@[::1/x", 3, "cannot connect to the database"),
        (
            "mysql://user:SECRET@127.0.0.1/x",
            2,
            "begins neither with sqlite: nor with postgres:",
        ),
        ("postgres", 2, "begins neither with sqlite: nor with postgres:"),
    ] {
        let url = url.replace("SECRET", SECRET);
        let flags = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-timeout",
            "1",
            "--log",
            "trace",
        ];
        let by_flag = Cli::new().run(&[&flags[..], &["--database", &url]].concat());
        let by_variable = Cli::new().variable("TREATY_DATABASE", &url).run(&flags);
        for ran in [by_flag, by_variable] {
            let transcript = ran.transcript();
            assert_eq!(ran.code, code, "{url}: {transcript}");
            assert!(ran.stderr.contains(said), "{url}: {transcript}");
            assert!(!transcript.contains(SECRET), "{transcript}");
        }
    }
    let help = Cli::new()
        .variable("TREATY_DATABASE", &format!("postgres://user:{SECRET}@db/x"))
        .variable("TREATY_REGISTRY", &format!("http://user:{SECRET}@registry"));
    for page in [&["serve", "--help"][..], &["man", "serve"], &["completions", "bash"]] {
        let ran = help.run(page);
        assert!(
            ran.code == 0 && !ran.transcript().contains(SECRET),
            "{}",
            ran.transcript()
        );
    }
}

/// Asks for this and that with credentials, right and wrong; everything that the registry wrote on its way.
async fn said(database: &str, format: &str) -> String {
    let cli = Cli::new();
    let log = cli.path().join("log");
    let talk = Stdio::from(File::create(&log).expect("a file"));
    let flags = [
        "--database",
        database,
        "--log",
        "trace",
        "--access-log",
        "--log-format",
        format,
    ];
    let served = Served::start_with(cli, &flags, talk);
    let mut client = Client::connect(served.address()).await;
    let mut answers = String::new();
    for credentials in [format!("Bearer {SECRET}"), format!("Basic {SECRET}")] {
        for (method, path, body) in [
            (Method::GET, "/subjects", ""),
            (Method::GET, "/schemas/ids/99", ""),
            (Method::GET, "/moon", ""),
            (Method::PUT, "/subjects", ""),
            (Method::POST, "/subjects/s/versions", r#"{"schema":"\"int\""}"#),
            (Method::POST, "/subjects/s/versions", "{"),
            (Method::POST, "/subjects/s/versions", r#"{"schema":"{"}"#),
            (Method::GET, "/metrics", ""),
        ] {
            let headers = [
                ("authorization", credentials.as_str()),
                ("proxy-authorization", &credentials),
                ("cookie", &credentials),
                ("content-type", "application/json"),
            ];
            let answer = client.send(method, path, &headers, Bytes::from(body)).await;
            answers += &format!("{} {:?}\n{}\n", answer.status, answer.headers, answer.text());
        }
    }
    let (code, cli) = served.terminate();
    assert_eq!(code, Some(0));
    let log = std::fs::read_to_string(cli.path().join("log")).expect("the log");
    assert!(
        log.contains("/schemas/ids/99") && log.contains("the registry is up"),
        "{log}"
    );
    answers + &log
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_are_not_written_down() {
    for format in ["text", "json"] {
        let said = said("sqlite:treaty.db", format).await;
        assert!(!said.contains(SECRET), "{said}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_of_a_database_in_use_is_not_written_down() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    // The server of the tests asks for no password, so it takes any.
    let options: PgConnectOptions = database.url.parse().expect("a PostgreSQL URL");
    let url = options.password(SECRET).to_url_lossy().to_string();
    assert!(url.contains(SECRET), "{url}");
    let said = said(&url, "text").await;
    database.discard().await;
    assert!(!said.contains(SECRET), "{said}");
}
