//! What the command line meets in a tree of files, and in what a registry answers: pipes and devices, links that lead out,
//! names that steer a terminal, answers that never end.

#![cfg(unix)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use expect_test::{Expect, expect};
use tempfile::TempDir;

use crate::support::cli::{Cli, Ran};

const ORDER: &str = r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}"#;

/// What lies outside, and whose lines nobody may see.
const SECRET: &str = "root:SECRET:0:0\nnobody:SECRET:1:1\n";

/// Runs a command that a fault would let run for ever.
fn run(cli: &Cli, arguments: &[&str]) -> Ran {
    let mut child = cli
        .command(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let given_up = Instant::now() + Duration::from_secs(60);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > given_up {
            child.kill().unwrap();
            panic!("{arguments:?} does not come to its end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn pipe(cli: &Cli, name: &str) {
    let path = cli.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn first_line(ran: &Ran) -> &str {
    ran.stderr.lines().next().unwrap_or_default()
}

#[track_caller]
fn said(cli: &Cli, arguments: &[&str], expected: &Expect) {
    let ran = run(cli, arguments);
    assert_eq!(ran.code, 2, "{}", ran.transcript());
    let told = ran
        .stderr
        .replace(&cli.path().canonicalize().unwrap().display().to_string(), "HERE");
    expected.assert_eq(told.lines().next().unwrap_or_default());
}

/// A pipe was read, which nobody writes to: the command waited for ever.
#[test]
fn a_pipe_in_a_tree_is_named() {
    let cli = Cli::new()
        .file("old/order.avsc", ORDER)
        .file("order.avsc", ORDER)
        .file("order.json", r#"{"id": "a"}"#)
        .file("order.proto", "import \"pipe.proto\"; message Order {}");
    pipe(&cli, "avro/pipe.avsc");
    said(
        &cli,
        &["check", "avro", "--against", "old"],
        &expect!["error: `avro/pipe.avsc` is a named pipe, and a file is needed here"],
    );
    said(
        &cli,
        &["check", "old", "--against", "avro"],
        &expect!["error: `avro/pipe.avsc` is a named pipe, and a file is needed here"],
    );
    pipe(&cli, "proto/pipe.proto");
    said(
        &cli,
        &["check", "proto", "--against", "old"],
        &expect!["error: `proto/pipe.proto` is a named pipe, and a file is needed here"],
    );
    pipe(&cli, "data/pipe.json");
    said(
        &cli,
        &["validate", "data", "--schema", "order.avsc"],
        &expect!["error: `data/pipe.json` is a named pipe, and a file is needed here"],
    );
    for command in [
        &[
            "validate",
            "order.json",
            "--schema",
            "order.avsc",
            "--reference",
            "avro",
        ][..],
        &["sample", "order.avsc", "--reference", "avro"],
        &["diff", "order.avsc", "order.avsc", "--reference", "avro"],
        &["check", "order.avsc", "--against", "order.avsc", "--reference", "avro"],
    ] {
        said(
            &cli,
            command,
            &expect!["error: `avro/pipe.avsc` is a named pipe, and a file is needed here"],
        );
    }
    let _socket = UnixListener::bind(cli.path().join("old/socket.avsc")).unwrap();
    said(
        &cli,
        &["check", "old", "--against", "old"],
        &expect!["error: `old/socket.avsc` is a socket, and a file is needed here"],
    );
}

#[test]
fn a_pipe_that_treaty_yaml_names_is_told_at_its_place() {
    let cli = Cli::new().file(
        "treaty.yaml",
        "contract: 1\napplication: a\nsends:\n  - {event: e, schema: pipe.avsc}\nreceives:\n  - {event: e, builtAgainst: pipe.avsc, reads: all}\n",
    );
    pipe(&cli, "pipe.avsc");
    for command in [&["check"][..], &["register"], &["contract", "publish"]] {
        said(
            &cli,
            command,
            &expect!["error: `pipe.avsc` is a named pipe, and a file is needed here"],
        );
    }
    // Neither are devices read, wherever a link to one lies.
    std::fs::remove_file(cli.path().join("pipe.avsc")).unwrap();
    symlink("/dev/zero", cli.path().join("pipe.avsc")).unwrap();
    said(
        &cli,
        &["check"],
        &expect!["error: `pipe.avsc` leads out of the working directory `HERE` through a link, to `/dev/zero`"],
    );
    said(
        &cli,
        &["check", "--follow-links"],
        &expect!["error: `pipe.avsc` is a device, and a file is needed here"],
    );
}

/// What the command line itself names may be a pipe: a shell makes them for `<(…)`.
#[test]
fn a_pipe_that_is_named_is_read() {
    let cli = Cli::new().file("order.avsc", ORDER);
    pipe(&cli, "pipe.avsc");
    let path = cli.path().join("pipe.avsc");
    let writer = std::thread::spawn(move || std::fs::write(path, ORDER).unwrap());
    let ran = run(&cli, &["check", "pipe.avsc", "--against", "order.avsc"]);
    writer.join().unwrap();
    assert_eq!(ran.code, 0, "{}", ran.transcript());
}

/// A directory outside with a secret, which no output may show.
fn outside() -> (TempDir, String) {
    let outside = tempfile::tempdir().unwrap();
    for name in ["order.avsc", "order.proto", "order.json", "treaty.yaml", "buf.yaml"] {
        std::fs::write(outside.path().join(name), SECRET).unwrap();
    }
    let path = outside.path().canonicalize().unwrap().display().to_string();
    (outside, path)
}

#[test]
fn a_link_that_leads_out_is_an_error_that_names_it() {
    let (_kept, outside) = outside();
    let cli = Cli::new()
        .file("old/order.avsc", ORDER)
        .file("order.avsc", ORDER)
        .file("avro/.keep", "")
        .file("proto/.keep", "")
        .file("data/.keep", "")
        .file("config/a.proto", "syntax = \"proto3\"; message A {}")
        .file("directory/order.avsc", ORDER);
    let link = |target: &str, name: &str| symlink(target, cli.path().join(name)).unwrap();
    link(&format!("{outside}/order.avsc"), "avro/order.avsc");
    link(&format!("{outside}/order.proto"), "proto/order.proto");
    link(&format!("{outside}/order.json"), "data/order.json");
    link(&format!("{outside}/buf.yaml"), "config/buf.yaml");
    link(&outside, "directory/inner");
    let out = |arguments: &[&str], name: &str| {
        let ran = run(&cli, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.transcript());
        let line = first_line(&ran);
        assert!(
            line.starts_with(&format!("error: `{name}` leads out of the working directory ")),
            "{line}"
        );
        assert!(ran.stderr.contains("--follow-links"), "{}", ran.stderr);
        assert!(!ran.transcript().contains("SECRET"), "{}", ran.transcript());
    };
    out(&["check", "avro", "--against", "old"], "avro/order.avsc");
    out(&["check", "old", "--against", "avro"], "avro/order.avsc");
    out(&["check", "proto", "--against", "old"], "proto/order.proto");
    out(&["check", "config", "--against", "config"], "config/buf.yaml");
    out(&["check", "directory", "--against", "old"], "directory/inner");
    out(&["validate", "data", "--schema", "order.avsc"], "data/order.json");
    out(&["sample", "order.avsc", "--reference", "avro"], "avro/order.avsc");
    out(
        &["diff", "order.avsc", "order.avsc", "--reference", "avro"],
        "avro/order.avsc",
    );
    link(&format!("{outside}/treaty.yaml"), "treaty.yaml");
    out(&["check"], "treaty.yaml");
    std::fs::remove_file(cli.path().join("treaty.yaml")).unwrap();
    let says = "contract: 1\napplication: a\nsends:\n  - {event: e, schema: avro/order.avsc}\nreceives:\n  - {event: e, builtAgainst: avro/order.avsc, reads: all}\n";
    let cli = cli.file("treaty.yaml", says);
    for command in [&["check"][..], &["register"], &["contract", "publish"]] {
        let ran = run(&cli, command);
        assert!(
            first_line(&ran).starts_with("error: `avro/order.avsc` leads out of "),
            "{}",
            ran.transcript()
        );
        assert!(ran.stderr.contains("treaty.yaml:"), "{}", ran.transcript());
    }
    // Inside of a repository links may lead from anywhere to anywhere.
    std::fs::create_dir(cli.path().join(".git")).unwrap();
    std::fs::create_dir(cli.path().join("linked")).unwrap();
    symlink("../order.avsc", cli.path().join("linked/order.avsc")).unwrap();
    let mut inside = cli.command(&["check", "../linked", "--against", "../old"]);
    let inside = inside.current_dir(cli.path().join("old")).output().unwrap();
    assert!(inside.status.success(), "{inside:?}");
    let ran = run(&cli, &["check", "avro", "--against", "old"]);
    assert!(
        first_line(&ran).starts_with("error: `avro/order.avsc` leads out of the repository "),
        "{}",
        ran.transcript()
    );
}

/// Followed or named, a file outside is read; where something is wrong with it, no line of it is shown.
#[test]
fn a_fault_in_a_file_outside_shows_no_line_of_it() {
    let (kept, outside) = outside();
    let cli = Cli::new()
        .file("old/order.avsc", ORDER)
        .file("old/order.proto", "syntax = \"proto3\"; message A {}")
        .file("order.avsc", ORDER)
        .file("uses.avsc", r#"{"type":"array","items":"Other"}"#)
        .file("avro/.keep", "")
        .file("proto/.keep", "")
        .file("config/a.proto", "syntax = \"proto3\"; message A {}");
    let link = |target: &str, name: &str| symlink(target, cli.path().join(name)).unwrap();
    link(&format!("{outside}/order.avsc"), "named.avsc");
    link(&format!("{outside}/order.proto"), "named.proto");
    link(&format!("{outside}/treaty.yaml"), "named.yaml");
    link(&format!("{outside}/order.avsc"), "avro/order.avsc");
    link(&format!("{outside}/order.proto"), "proto/order.proto");
    link(&format!("{outside}/buf.yaml"), "config/buf.yaml");
    let hidden = |cli: &Cli, arguments: &[&str]| {
        let ran = run(cli, arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.transcript());
        let line = first_line(&ran);
        assert!(
            line.contains("cannot be understood, at 1:") && line.contains("nothing of it is shown"),
            "{line}"
        );
        let told = ran.transcript();
        assert!(!told.contains("SECRET") && !told.contains("root"), "{told}");
    };
    hidden(&cli, &["check", "named.avsc", "--against", "order.avsc"]);
    hidden(&cli, &["check", "order.avsc", "--against", "named.avsc"]);
    hidden(&cli, &["check", "named.proto", "--against", "old/order.proto"]);
    hidden(&cli, &["diff", "named.avsc", "order.avsc"]);
    hidden(&cli, &["sample", "named.avsc"]);
    hidden(&cli, &["check", "--config", "named.yaml"]);
    hidden(&cli, &["register", "named.avsc", "--subject", "s"]);
    hidden(&cli, &["check", "avro", "--against", "old", "--follow-links"]);
    hidden(&cli, &["check", "proto", "--against", "old", "--follow-links"]);
    hidden(&cli, &["check", "config", "--against", "old", "--follow-links"]);
    hidden(&cli, &["sample", "uses.avsc", "--reference", "avro", "--follow-links"]);
    // Not only links lead out.
    let up = "../".repeat(cli.path().canonicalize().unwrap().components().count() - 1);
    for path in [
        format!("{outside}/order.avsc"),
        format!("{up}{}/order.avsc", outside.trim_start_matches('/')),
    ] {
        let says = format!("contract: 1\napplication: a\nsends:\n  - {{event: e, schema: {path:?}}}\n");
        hidden(&Cli::new().file("treaty.yaml", says), &["check"]);
    }
    // A file that a person names where it lies is theirs.
    let ran = run(
        &cli,
        &["check", &format!("{outside}/order.avsc"), "--against", "order.avsc"],
    );
    assert!(ran.stderr.contains("SECRET"), "{}", ran.transcript());
    // What is right is judged wherever it lies.
    std::fs::write(kept.path().join("order.avsc"), ORDER).unwrap();
    for command in [
        &["check", "named.avsc", "--against", "order.avsc"][..],
        &["check", "avro", "--against", "old", "--follow-links"],
    ] {
        let ran = run(&cli, command);
        assert!(ran.stdout.contains("compatible"), "{}", ran.transcript());
    }
}

/// Directories that links lead to are entered once each, so that walking comes to its end.
#[test]
fn links_to_directories_are_followed_when_asked_for() {
    let cli = Cli::new()
        .file("tree/order.avsc", ORDER)
        .file("beside/more.avsc", ORDER.replace("Order", "More"));
    symlink("../beside", cli.path().join("tree/beside")).unwrap();
    symlink("..", cli.path().join("tree/up")).unwrap();
    let ran = run(&cli, &["check", "tree", "--against", "tree"]);
    assert!(!ran.stdout.contains("more.avsc"), "{}", ran.transcript());
    let ran = run(&cli, &["check", "tree", "--against", "tree", "--follow-links"]);
    assert_eq!(ran.stdout.matches("more.avsc").count(), 1, "{}", ran.transcript());
}

/// Answers each of so many requests with these bytes, the last of them one by one and for ever if `drips`.
fn registry(answers: Vec<Vec<u8>>, drips: bool) -> (Cli, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = vec![0; 1 << 16];
            // The requests are small, so that one read takes their heads, and what is left does not matter.
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(&answer);
            while drips && stream.write_all(b" ").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let cli = Cli::new().variable("TREATY_REGISTRY", &format!("http://{address}"));
    (
        cli.redact(&address.to_string(), "REGISTRY").file("order.avsc", ORDER),
        thread,
    )
}

fn json(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// An answer that came byte by byte was awaited for ever.
#[test]
fn a_registry_that_drips_is_given_up() {
    for head in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[",
        "HTTP/1.1 200 OK\r\nx-header: ",
        "HTTP/1.1 500 ",
    ] {
        let (cli, thread) = registry(vec![head.into()], true);
        let ran = run(&cli, &["subjects", "--timeout", "1"]);
        assert_eq!(ran.code, 3, "{head:?}: {}", ran.transcript());
        assert!(
            first_line(&ran).starts_with("error: could not reach the registry at http://"),
            "{}",
            ran.transcript()
        );
        thread.join().unwrap();
    }
    let (cli, thread) = registry(vec![b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[".into()], true);
    let ran = run(&cli.variable("TREATY_TIMEOUT", "1"), &["subjects"]);
    assert!(
        ran.stderr
            .contains("its answer did not come to its end within 1 seconds"),
        "{}",
        ran.transcript()
    );
    thread.join().unwrap();
}

/// Nothing that steers a terminal: neither control characters but our own line ends, nor what reorders or hides text.
#[track_caller]
fn is_harmless(ran: &Ran) {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let told = ran.transcript();
    assert!(!told.contains(steers), "{told:?}");
}

const NAME: &str = "a\u{1b}[2J\u{1b}[8m\u{202e}\u{9b}31m\r\nb\u{61c}";

#[test]
fn names_of_files_steer_no_terminal() {
    let cli = Cli::new()
        .file("old/order.avsc", ORDER)
        .file(&format!("new/{NAME}.avsc"), ORDER)
        .file(&format!("{NAME}.avsc"), "{")
        .file(&format!("{NAME}.proto"), "message")
        .file(&format!("proto{NAME}/{NAME}.proto"), "message")
        .file(&format!("data/{NAME}.json"), r#"{"id": 7}"#)
        .file(&format!("{NAME}.yaml"), "contract: 2\n");
    pipe(&cli, &format!("pipes/{NAME}.avsc"));
    std::fs::create_dir(cli.path().join("links")).unwrap();
    symlink("/etc", cli.path().join(format!("links/{NAME}"))).unwrap();
    let (avsc, proto, yaml) = (format!("{NAME}.avsc"), format!("{NAME}.proto"), format!("{NAME}.yaml"));
    let (flag, tree) = (format!("--{NAME}"), format!("proto{NAME}"));
    for arguments in [
        &["check", "new", "--against", "old"][..],
        &["check", "old", "--against", "new"],
        &["check", "pipes", "--against", "old"],
        &["check", "links", "--against", "old"],
        &["check", &avsc, "--against", "old/order.avsc"],
        &["check", &proto, "--against", &proto],
        &["check", &tree, "--against", &tree],
        &["check", "missing", "--against", NAME],
        &["check", NAME, "--against", &tree],
        &["check", NAME],
        &["check", &flag],
        &["check", "--mode", NAME, "--against", NAME],
        &["check", "--config", &yaml],
        &["diff", &avsc, NAME],
        &["sample", &avsc],
        &["validate", "data", "--schema", "old/order.avsc"],
        &["validate", NAME, "--schema", "old/order.avsc"],
        &["explain", NAME],
        &["subjects", "--registry", NAME],
    ] {
        is_harmless(&run(&cli, arguments));
        is_harmless(&run(&cli, &[arguments, &["--format", "json"]].concat()));
        let coloured = run(&cli, &[arguments, &["--color", "always"]].concat());
        assert!(!coloured.transcript().contains("\u{1b}[2J") && !coloured.transcript().contains("\u{1b}[8m"));
        assert!(
            !coloured.transcript().contains(['\r', '\u{202e}', '\u{9b}', '\u{61c}']),
            "{:?}",
            coloured.transcript()
        );
    }
}

#[test]
fn what_a_registry_answers_steers_no_terminal() {
    let string = |text: &str| serde_json::to_string(text).unwrap();
    let name = string(NAME);
    let place = |line: u64| {
        format!(
            r#"{{"file": {name}, "path": {name}, "line": {line}, "column": {line}, "note": {name},
                "excerpt": {{"line": {line}, "text": {name}, "start": 1, "end": 99999}}}}"#
        )
    };
    let report = |line: u64| {
        format!(
            r#"{{"version": 1, "verdict": "incompatible", "subjects": [{{"subject": {name}, "mode": "BACKWARD",
                "verdict": "incompatible", "ruleSets": {{"confluent": "incompatible", "semantic": "incompatible"}},
                "summary": {name}, "undecided": [{name}],
                "findings": [{{"rule": {name}, "severity": "error", "message": {name}, "help": {name}, "breaks": "new-consumers",
                    "reader": {place}, "writer": {place}, "contract": {place}, "reason": {name}, "fingerprint": {name}, "evidence": "witness",
                    "witness": {{"value": {name}, "bytes": "", "outcome": {{"refused": {name}}}}}}}],
                "consumers": [{{"application": {name}, "owner": {name}, "event": {name}, "verdict": "unknown", "findings": [],
                    "undecided": {name}}}]}}]}}"#,
            place = place(line)
        )
    };
    let error = format!(r#"{{"error_code": 42201, "message": {name}}}"#);
    let foreign = format!("<html>{NAME}");
    let schema = format!(
        r#"{{"schema": {}, "version": 1, "subject": {name}}}"#,
        string(&format!("{{{NAME}"))
    );
    for (arguments, answers) in [
        (&["subjects"][..], vec![json("200 OK", &format!("[{name}]"))]),
        (&["subjects"], vec![json("422 X", &error)]),
        (&["subjects"], vec![json("401 X", &error)]),
        (&["subjects"], vec![json("200 OK", &foreign)]),
        (
            &["check", "order.avsc", "--subject", "s"],
            vec![json("200 OK", &report(3))],
        ),
        (
            &["check", "order.avsc", "--subject", "s"],
            vec![json("200 OK", &report(u64::MAX))],
        ),
        (&["check", "order.avsc", "--subject", "s"], vec![json("422 X", &error)]),
        (
            &["register", "order.avsc", "--subject", "s"],
            vec![json("404 X", &error), json("409 X", &error), json("200 OK", &report(3))],
        ),
        (
            &["register", "order.avsc", "--subject", "s"],
            vec![json("500 X", &error)],
        ),
        (&["diff", "s@1", "order.avsc"], vec![json("200 OK", &schema)]),
        (
            &["diff", "s@1", "order.avsc"],
            vec![
                json("404 X", &error.replace("42201", "40401")),
                json("200 OK", &format!("[{name}]")),
            ],
        ),
        (
            &["validate", "order.avsc", "--subject", "s", "--as", "json"],
            vec![json("200 OK", &schema)],
        ),
    ] {
        for more in [&[][..], &["--format", "json"]] {
            let (cli, thread) = registry(answers.clone(), false);
            let ran = run(&cli, &[arguments, more].concat());
            assert!((0..=3).contains(&ran.code), "{arguments:?}: {}", ran.transcript());
            is_harmless(&ran);
            // Requests that were not made would be awaited for ever: the test ends without them.
            drop(thread);
        }
    }
}
