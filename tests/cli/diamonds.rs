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

/// The same for Avro, where a reference brings types: two versions of one under one reference name.
#[test]
fn of_avro_the_first_counts_too() {
    let served = Served::start();
    let money = |unit: &str| {
        format!(r#"{{"type":"record","name":"Money","namespace":"shop","fields":[{{"name":"{unit}","type":"long"}}]}}"#)
    };
    let cli = served
        .client()
        .file("cents.avsc", money("cents"))
        .file("units.avsc", money("units"))
        .file(
            "line.avsc",
            r#"{"type":"record","name":"Line","namespace":"shop","fields":[{"name":"price","type":"Money"}]}"#,
        )
        .file(
            "order.avsc",
            r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"line","type":"Line"},{"name":"sum","type":"Money"}]}"#,
        )
        .file("cents.json", r#"{"line":{"price":{"cents":1}},"sum":{"cents":1}}"#)
        .file("units.json", r#"{"line":{"price":{"units":1}},"sum":{"units":1}}"#);
    put(&served.url, "/config", &serde_json::json!({"compatibility": "NONE"}));
    run(&cli, "register cents.avsc --subject money", 0, "version 1");
    run(&cli, "register units.avsc --subject money", 0, "version 2");
    run(
        &cli,
        "register line.avsc --subject line --references shop.Money=money:1",
        0,
        "version 1",
    );
    let line_first = "--references shop.Line=line:1 --references shop.Money=money:2";
    let money_first = "--references shop.Money=money:2 --references shop.Line=line:1";
    for (subject, references, valid, invalid) in [
        ("deep", line_first, "cents", "units"),
        ("near", money_first, "units", "cents"),
    ] {
        let told = "the reference `shop.Money` leads to `money@";
        run(
            &cli,
            &format!("register order.avsc --subject {subject} {references}"),
            0,
            told,
        );
        run(
            &cli,
            &format!("check order.avsc --subject {subject} {references}"),
            0,
            told,
        );
        run(
            &cli,
            &format!("validate {valid}.json --subject {subject}"),
            0,
            "all valid",
        );
        run(
            &cli,
            &format!("validate {invalid}.json --subject {subject}"),
            1,
            "has no field",
        );
    }
}
