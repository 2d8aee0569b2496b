//! `treaty demo`: it goes as it should, and leaves nothing behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::support::cli::Cli;

#[test]
fn it_shows_the_whole_path_and_ends() {
    let cli = Cli::new();
    let temporary = cli.path().display().to_string();
    let cli = cli.variable("TMPDIR", &temporary);
    let ran = cli.run(&["demo", "--listen", "127.0.0.1:0", "--exit"]);
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    for told in [
        "--> orders/order_placed/proposals/total_without_default.avsc:47:15",
        "::: orders.placed-value@4:1:25",
        "= breaks: consumers with the new schema, when they read events written with version 4",
        "= witness: {\"orderId\":",
        "orders.placed-value: registered as version 5",
        "BACKWARD forbids this; no published consumer is affected",
        "BACKWARD allows this; it breaks billing (team-money)",
        "orders/contracts/billing.yaml:",
        "--> orders/order_placed/proposals/quantity_as_string.proto:",
        "error[protobuf/number-out-of-range]",
    ] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
    assert_eq!(
        std::fs::read_dir(cli.path()).unwrap().count(),
        0,
        "it left something behind"
    );
}

#[test]
fn it_stays_up_until_it_is_told_to_end() {
    let cli = Cli::new();
    let temporary = cli.path().display().to_string();
    let cli = cli.variable("TMPDIR", &temporary);
    let mut child = cli
        .command(&["demo", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let end = lines.map(Result::unwrap).find(|line| line.starts_with("Look at it"));
    let url = end.expect("the end of the story");
    let url = url
        .rsplit_once("curl ")
        .unwrap()
        .1
        .trim_end_matches("/subjects")
        .to_owned();
    let subjects = Cli::new().run(&["subjects", "--registry", &url]);
    assert!(subjects.stdout.lines().count() > 30, "{}", subjects.transcript());
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(
        std::fs::read_dir(cli.path()).unwrap().count(),
        0,
        "it left something behind"
    );
}

#[test]
fn told_to_end_in_the_middle_it_leaves_nothing_behind() {
    let cli = Cli::new();
    let temporary = cli.path().display().to_string();
    let cli = cli.variable("TMPDIR", &temporary);
    let mut child = cli
        .command(&["demo", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    lines
        .find(|line| line.starts_with("$ treaty register"))
        .expect("it has begun");
    let told = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    let rest = lines.filter(|line| line.starts_with("$ treaty validate")).count();
    assert_eq!(rest, 0, "it went on");
    assert_eq!(child.wait().unwrap().code(), Some(3));
    assert_eq!(
        std::fs::read_dir(cli.path()).unwrap().count(),
        0,
        "it left something behind"
    );
}
