//! `treaty check NEW --against OLD`: files and directories, without a registry.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, catalogue};

const V1: &str = r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "amount", "type": "long" }
  ]
}
"#;

const WITH_TOTAL: &str = r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "amount", "type": "long" },
    { "name": "total", "type": "long" }
  ]
}
"#;

const WITHOUT_AMOUNT: &str = r#"{
  "type": "record",
  "name": "Order",
  "fields": [
    { "name": "id", "type": "string" }
  ]
}
"#;

fn check(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn orders() -> Cli {
    Cli::new()
        .file("v1.avsc", V1)
        .file("total.avsc", WITH_TOTAL)
        .file("dropped.avsc", WITHOUT_AMOUNT)
}

#[test]
fn a_change_that_breaks_new_readers() {
    check(
        &orders(),
        &["total.avsc", "--against", "v1.avsc"],
        expect![[r#"
        error[avro/field-without-default]: the reader needs `total`, which the writer never wrote
         --> total.avsc:7:15
          |
        7 |     { "name": "total", "type": "long" }
          |               ^^^^^^^ `total` has no default
          |
         ::: v1.avsc:3:11
          |
        3 |   "name": "Order",
          |           ------- no `total` in here
          |
          = breaks: consumers with the new schema, when they read events written with `v1.avsc`
          = witness: {"id":"","amount":0}
          = outcome: the reader refuses it: the reader needs the field `total` of `Order`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: give `total` a default, or an alias if the writer has it under another name
          = explain: treaty explain avro/field-without-default

        total.avsc: incompatible: BACKWARD forbids this
        --- exit 1
    "#]],
    );
}

#[test]
fn a_change_that_breaks_old_readers() {
    let cli = orders();
    check(
        &cli,
        &["dropped.avsc", "--against", "v1.avsc"],
        expect![[r#"
        dropped.avsc: compatible: BACKWARD allows this
        --- exit 0
    "#]],
    );
    check(
        &cli,
        &[
            "dropped.avsc",
            "--against",
            "v1.avsc",
            "--mode",
            "forward",
            "--subject",
            "orders-value",
        ],
        expect![[r#"
        error[avro/field-without-default]: the reader needs `amount`, which the writer never wrote
         --> dropped.avsc:3:11
          |
        3 |   "name": "Order",
          |           ^^^^^^^ no `amount` in here
          |
         ::: v1.avsc:6:15
          |
        6 |     { "name": "amount", "type": "long" }
          |               -------- `amount` has no default
          |
          = breaks: consumers with the old schema, which read with `v1.avsc`, when new events arrive
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `Order`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: give `amount` a default, or an alias if the writer has it under another name
          = explain: treaty explain avro/field-without-default

        orders-value: incompatible: FORWARD forbids this
        --- exit 1
    "#]],
    );
}

#[test]
fn a_history_is_judged_version_by_version() {
    let arguments = [
        "v1.avsc",
        "--against",
        "total.avsc",
        "--against",
        "dropped.avsc",
        "--mode",
        "FULL_TRANSITIVE",
    ];
    check(
        &orders(),
        &arguments,
        expect![[r#"
        error[avro/field-without-default]: the reader needs `amount`, which the writer never wrote
         --> v1.avsc:6:15
          |
        6 |     { "name": "amount", "type": "long" }
          |               ^^^^^^^^ `amount` has no default
          |
         ::: dropped.avsc:3:11
          |
        3 |   "name": "Order",
          |           ------- no `amount` in here
          |
          = breaks: consumers with the new schema, when they read events written with `dropped.avsc`
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `Order`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: give `amount` a default, or an alias if the writer has it under another name
          = explain: treaty explain avro/field-without-default

        error[avro/field-without-default]: the reader needs `total`, which the writer never wrote
         --> v1.avsc:3:11
          |
        3 |   "name": "Order",
          |           ^^^^^^^ no `total` in here
          |
         ::: total.avsc:7:15
          |
        7 |     { "name": "total", "type": "long" }
          |               ------- `total` has no default
          |
          = breaks: consumers with the old schema, which read with `total.avsc`, when new events arrive
          = witness: {"id":"","amount":0}
          = outcome: the reader refuses it: the reader needs the field `total` of `Order`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: give `total` a default, or an alias if the writer has it under another name
          = explain: treaty explain avro/field-without-default

        v1.avsc: incompatible: FULL_TRANSITIVE forbids this
        --- exit 1
    "#]],
    );
}

#[test]
fn both_rule_sets_are_told_where_they_disagree() {
    let decimal = |scale: u32| {
        format!(
            r#"{{"type":"record","name":"Price","doc":"{}","fields":[{{"name":"amount","type":{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}}}]}}"#,
            "one line, so long that nobody wants to see all of it; ".repeat(8)
        )
    };
    let cli = Cli::new().file("new.avsc", decimal(3)).file("old.avsc", decimal(2));
    check(
        &cli,
        &["new.avsc", "--against", "old.avsc"],
        expect![[r#"
        error[avro/decimal-changed]: the reader puts the decimal point after 3 digits, the writer after 2
         --> new.avsc:1:508
          |
        1 | …wants to see all of it; ","fields":[{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}}]}
          |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ read as bytes (decimal)
          |
         ::: old.avsc:1:508
          |
        1 | …wants to see all of it; ","fields":[{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}
          |                                                              ---------------------------------------------------------------- meant as bytes (decimal)
          |
          = breaks: consumers with the new schema, when they read events written with `old.avsc`
          = witness: {"amount":"\u0001"}
          = outcome: the reader decodes it without an error, but to a different value: 0.01 is read as 0.001
          = opinion: apache-avro 0.22 refuses a decimal that has fewer bytes than its precision may need (a known quirk)
          = help: keep the scale, or send the new amount in a field of its own; decoders do not convert
          = explain: treaty explain avro/decimal-changed

        new.avsc: incompatible: BACKWARD allows this by Confluent's rules, but events would be refused or misread
        --- exit 1
    "#]],
    );
}

#[test]
fn directories_are_compared_file_by_file() {
    let cli = Cli::new()
        .file("new/orders/order.avsc", WITH_TOTAL)
        .file("new/orders/line.avsc", r#"{"type":"record","name":"Line","fields":[]}"#)
        .file("new/README.md", "not a schema")
        .file("old/orders/order.avsc", V1)
        .file("old/orders/gone.avsc", V1);
    check(
        &cli,
        &["new", "--against", "old", "--mode", "FORWARD"],
        expect![[r#"
        orders/line.avsc: compatible: FORWARD allows this
        orders/order.avsc: compatible: FORWARD allows this
        2 checked: 2 compatible, 0 incompatible, 0 undecided
        --- stderr
        note: `orders/gone.avsc` is only in the earlier directory
        note: `orders/line.avsc` is new
        --- exit 0
    "#]],
    );
    check(
        &cli,
        &["new", "--against", "old/orders/order.avsc"],
        expect![[r#"
        --- stderr
        error: `new` is a directory, so it needs one directory to be compared with
         |
         = help: name the directory of the earlier schemas: --against DIR
        --- exit 2
    "#]],
    );
    check(
        &cli,
        &["new/orders/order.avsc", "--against", "old"],
        expect![[r#"
        --- stderr
        error: `new/orders/order.avsc` is no directory, but what it is compared with is one
         |
         = help: compare a file with files, or a directory with a directory
        --- exit 2
    "#]],
    );
}

#[test]
fn named_types_come_from_other_files() {
    let file = |path: &str| catalogue(path).display().to_string();
    let (new, old) = (
        file("orders/order_placed/proposals/total_with_default.avsc"),
        file("orders/order_placed/v4.avsc"),
    );
    let (money, address) = (file("common/money/v2.avsc"), file("common/address/v2.avsc"));
    let cli = Cli::new();
    let ran = cli.run(&[
        "check",
        &new,
        "--against",
        &old,
        "--reference",
        &money,
        "--reference",
        &address,
        "--subject",
        "orders",
    ]);
    assert_eq!(
        ran.transcript(),
        "orders: compatible: BACKWARD allows this\n--- exit 0\n"
    );
    let cli = Cli::new()
        .file(
            "types/a_uses_b.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"b","type":"B"}]}"#,
        )
        .file("types/b.avsc", r#"{"type":"record","name":"B","fields":[]}"#)
        .file("x.avsc", r#"{"type":"array","items":"A"}"#);
    check(
        &cli,
        &["x.avsc", "--against", "x.avsc", "--reference", "types"],
        expect![[r#"
        x.avsc: compatible: BACKWARD allows this
        --- exit 0
    "#]],
    );
    check(
        &cli,
        &["x.avsc", "--against", "x.avsc", "--reference", "types/b.avsc"],
        expect![[r#"
        --- stderr
        error: the type `A` is not defined
         --> x.avsc:1:25
          |
        1 | {"type":"array","items":"A"}
          |                         ^^^
          |
          = help: define it in this schema, or declare a reference to the schema that defines it
        --- exit 2
    "#]],
    );
}

#[test]
fn json_is_the_report() {
    let report = orders()
        .run(&["check", "total.avsc", "--against", "v1.avsc", "--format", "json"])
        .json();
    let finding = &report["subjects"][0]["findings"][0];
    assert_eq!(report["verdict"], "incompatible");
    assert_eq!(finding["rule"], "avro/field-without-default");
    assert_eq!(finding["breaks"], "new-consumers");
    assert_eq!(
        (&finding["reader"]["line"], &finding["reader"]["column"]),
        (&7.into(), &15.into())
    );
    assert_eq!(finding["witness"]["value"], serde_json::json!({"id": "", "amount": 0}));
    assert_eq!(finding["witness"]["bytes"], "AAA=");
}

#[test]
fn a_fingerprint_survives_moved_lines() {
    let moved = WITH_TOTAL.replace("\n", "\n\n");
    let cli = orders().file("moved.avsc", moved);
    let fingerprint = |new: &str| {
        let report = cli
            .run(&[
                "check",
                new,
                "--against",
                "v1.avsc",
                "--subject",
                "orders",
                "--format",
                "json",
            ])
            .json();
        let finding = &report["subjects"][0]["findings"][0];
        (finding["fingerprint"].clone(), finding["reader"]["line"].clone())
    };
    let (first, second) = (fingerprint("total.avsc"), fingerprint("moved.avsc"));
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

#[test]
fn a_fingerprint_survives_renamed_files() {
    let cli = orders()
        .file("order_placed.avsc", WITH_TOTAL)
        .file("before/order.avsc", V1);
    let fingerprint = |new: &str, old: &str| {
        let report = cli.run(&["check", new, "--against", old, "--format", "json"]).json();
        report["subjects"][0]["findings"][0]["fingerprint"].clone()
    };
    assert_eq!(
        fingerprint("total.avsc", "v1.avsc"),
        fingerprint("order_placed.avsc", "before/order.avsc")
    );
}

#[test]
fn equal_findings_of_two_files_have_two_fingerprints() {
    let cli = Cli::new()
        .file("old/a.avsc", r#"{"type":"array","items":"string"}"#)
        .file("old/b.avsc", r#"{"type":"array","items":"string"}"#)
        .file("new/a.avsc", r#"{"type":"array","items":"int"}"#)
        .file("new/b.avsc", r#"{"type":"array","items":"int"}"#);
    let report = cli
        .run(&["check", "new", "--against", "old", "--format", "json"])
        .json();
    let fingerprint = |subject: usize| report["subjects"][subject]["findings"][0]["fingerprint"].clone();
    assert!(fingerprint(0).is_string() && fingerprint(1).is_string(), "{report}");
    assert_ne!(fingerprint(0), fingerprint(1));
}

#[test]
fn of_a_wide_schema_a_thousand_findings_are_told_and_the_others_counted() {
    let fields: Vec<String> = (0..3000)
        .map(|n| format!(r#"{{"name":"field_{n}","type":"string"}}"#))
        .collect();
    let cli = Cli::new()
        .file("none.avsc", r#"{"type":"record","name":"R","fields":[]}"#)
        .file(
            "wide.avsc",
            format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(",")),
        );
    let report = cli
        .run(&["check", "wide.avsc", "--against", "none.avsc", "--format", "json"])
        .json();
    let findings = report["subjects"][0]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1000);
    assert_eq!(report["subjects"][0]["omitted"]["findings"], 2000);
    let prints: std::collections::HashSet<&str> = findings
        .iter()
        .map(|finding| finding["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(prints.len(), 1000, "each finding has a fingerprint of its own");
    let diff = cli.run(&["diff", "none.avsc", "wide.avsc"]);
    assert!(diff.stdout.ends_with("3000 changes\n"));
}

#[test]
fn what_a_registry_would_refuse_is_judged_and_told() {
    let cli = Cli::new()
        .file("old.avsc", r#"{"type":"enum","name":"E","symbols":["A"]}"#)
        .file(
            "new.avsc",
            r#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#,
        );
    check(
        &cli,
        &["new.avsc", "--against", "old.avsc"],
        expect![[r#"
            new.avsc: compatible: BACKWARD allows this
            --- stderr
            warning: a registry refuses this schema: new.avsc:1:53: the default `B` is none of the symbols (take one of the symbols, or add this one to them)
            --- exit 0
        "#]],
    );
}

#[test]
fn what_may_surprise_is_told_before_the_verdict() {
    let order = |fields: &str| format!(r#"{{"type": "record", "name": "Order", "fields": [{fields}]}}"#);
    let cli = Cli::new().file("old.avsc", order("")).file(
        "new.avsc",
        order(
            r#"
  {"name": "note", "type": ["string", "null"], "default": null},
  {"name": "price", "type": "bytes", "default": "", "logicalType": "decimal"}"#,
        ),
    );
    expect![[r#"
        new.avsc: compatible: BACKWARD allows this
        --- stderr
        warning: new.avsc:2:59: the default is not of the first branch of its union: Avro Java before 1.12 and fastavro may refuse it (put the type of the default first in the union)
        warning: new.avsc:3:68: `logicalType` stands beside the type of the field `price`, where it says nothing (write it into the type: "type": {"type": "bytes", "logicalType": "decimal", …})
        --- exit 0
    "#]].assert_eq(&cli.run(&["check", "new.avsc", "--against", "old.avsc"]).transcript());
}
