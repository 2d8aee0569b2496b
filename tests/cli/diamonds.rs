//! Two ways to two versions of one file: command line and registry take the same one.

use crate::support::cli::{Cli, Served, put};

const MONEY: &str = "syntax = \"proto3\"; package shop; message Money { int64 units = 1; }";
const NANOS: &str = "syntax = \"proto3\"; package shop; message Money { int64 units = 1; int32 nanos = 2; }";
const LINE: &str = "syntax = \"proto3\"; package shop; import \"money.proto\"; message Line { Money price = 1; }";
const ORDER: &str = "syntax = \"proto3\"; package shop; import \"line.proto\"; import \"money.proto\"; \
    message Order { repeated Line lines = 1; Money sum = 2; }";

fn run(cli: &Cli, command: &str, code: i32, said: &str) {
    let ran = cli.run(&command.split_whitespace().collect::<Vec<_>>());
    assert_eq!(ran.code, code, "{command}: {}", ran.transcript());
    assert!(ran.transcript().contains(said), "{command}: {}", ran.transcript());
}

/// `money.proto` has two versions; `line.proto` uses the first, and an order names the second.
fn shop(served: &Served) -> Cli {
    let cli = served
        .client()
        .file("money.proto", MONEY)
        .file("nanos.proto", NANOS)
        .file("line.proto", LINE)
        .file("order.proto", ORDER)
        .file("plain.json", r#"{"sum": {"units": "1"}}"#)
        .file("nanos.json", r#"{"sum": {"nanos": 1}}"#);
    run(&cli, "register money.proto --subject money", 0, "version 1");
    run(&cli, "register nanos.proto --subject money", 0, "version 2");
    run(
        &cli,
        "register line.proto --subject line --references money.proto=money:1",
        0,
        "version 1",
    );
    cli
}

const LINE_FIRST: &str = "--references line.proto=line:1 --references money.proto=money:2";
const MONEY_FIRST: &str = "--references money.proto=money:2 --references line.proto=line:1";

#[test]
fn the_first_on_the_way_down_is_taken_everywhere() {
    let served = Served::start();
    let cli = shop(&served);
    for (subject, references, nanos) in [("deep", LINE_FIRST, 1), ("near", MONEY_FIRST, 0)] {
        put(
            &served.url,
            &format!("/config/{subject}"),
            &serde_json::json!({"compatibility": "FULL"}),
        );
        run(
            &cli,
            &format!("register order.proto --subject {subject} {references}"),
            0,
            "version 1",
        );
        run(
            &cli,
            &format!("check order.proto --subject {subject} {references}"),
            0,
            "compatible",
        );
        run(
            &cli,
            &format!("validate --subject {subject} --message shop.Order plain.json"),
            0,
            "",
        );
        run(
            &cli,
            &format!("validate --subject {subject} --message shop.Order nanos.json"),
            nanos,
            "",
        );
    }
    run(&cli, "diff deep@1 deep@1", 0, "");
    run(&cli, "diff deep@1 near@1", 0, "sum.nanos: field 2 added");
}

#[test]
fn a_contract_is_read_by_the_same_rule() {
    let served = Served::start();
    let cli = shop(&served);
    run(
        &cli,
        &format!("register order.proto --subject orders {LINE_FIRST}"),
        0,
        "version 1",
    );
    for (references, code) in [(["line", "money"], 2), (["money", "line"], 0)] {
        let references = references.map(|name| {
            let version = if name == "money" { 2 } else { 1 };
            format!("      - {{ name: {name}.proto, subject: {name}, version: {version} }}\n")
        });
        let receives = "contract: 1\napplication: mailer\nowner: team\nreceives:\n  - event: shop.Order\n    subject: orders\n    \
            builtAgainst: order.proto\n    reads: [sum.nanos]\n    references:\n";
        let cli = served
            .client()
            .file("order.proto", ORDER)
            .file("treaty.yaml", format!("{receives}{}", references.concat()));
        // Of the first file on the way down `nanos` is no field.
        run(&cli, "contract publish", code, "nanos");
    }
}
