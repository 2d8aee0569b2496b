//! `treaty contract publish`, and what a check says of those who have published.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

const V1: &str = r#"{
  "type": "record", "name": "Order", "fields": [
    { "name": "id", "type": "string" },
    { "name": "amount", "type": "long" },
    { "name": "coupon", "type": "string", "default": "" }
  ]
}
"#;

const BILLING: &str = "contract: 1
application: billing
owner: team-money
receives:
  - event: Order
    subject: orders
    builtAgainst: 1
    reads:
      - id
      - amount
";

const SHOP_WINDOW: &str = "contract: 1
application: shop-window
receives:
  - event: Order
    subject: orders
    builtAgainst: 1
    reads: [coupon]
";

fn run(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

/// A client of a registry that has version 1 of the event.
fn orders(served: &Served) -> Cli {
    let cli = served
        .client()
        .file("v1.avsc", V1)
        .file("billing.yaml", BILLING)
        .file("window.yaml", SHOP_WINDOW);
    assert_eq!(cli.run(&["register", "v1.avsc", "--subject", "orders"]).code, 0);
    cli
}

#[test]
fn a_contract_is_published_once_it_holds() {
    let served = Served::start();
    let cli = orders(&served)
        .file("typo.yaml", BILLING.replace("- amount", "- amonut"))
        .file("later.yaml", BILLING.replace("builtAgainst: 1", "builtAgainst: 2"))
        .file("nowhere.yaml", BILLING.replace("subject: orders", "subject: order"));
    run(
        &cli,
        "contract publish billing.yaml --dry-run",
        expect![[r#"
        billing (team-money): would be published; it sends 0 events and receives 1 event
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "contract publish billing.yaml",
        expect![[r#"
        billing (team-money): published; it sends 0 events and receives 1 event
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "contract publish billing.yaml",
        expect![[r#"
        billing (team-money): already published; it sends 0 events and receives 1 event
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "contract publish typo.yaml",
        expect![[r#"
        --- stderr
        error: `amonut` cannot be read of orders@1: `Order` has no field `amonut`
          --> typo.yaml:10:9
           |
        10 |       - amonut
           |         ^^^^^^
           |
           = help: did you mean `amount`?
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "contract publish later.yaml",
        expect![[r#"
            --- stderr
            error: the registry at REGISTRY answered 40402: Version 2 not found.
             --> later.yaml:7:19
              |
            7 |     builtAgainst: 2
              |                   ^
            --- exit 2
        "#]],
    );
    run(
        &cli,
        "contract publish nowhere.yaml",
        expect![[r#"
            --- stderr
            error: the registry at REGISTRY answered 40401: Subject 'order' not found.
             --> nowhere.yaml:7:19
              |
            7 |     builtAgainst: 1
              |                   ^
              |
              = help: did you mean `orders`?
            --- exit 2
        "#]],
    );
}

#[test]
fn a_check_tells_who_breaks_and_who_does_not() {
    let served = Served::start();
    let without = |name: &str| -> String {
        V1.lines()
            .filter(|line| !line.contains(name))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let cli = orders(&served)
        .file("no_amount.avsc", without("amount").replace("\"\" },", "\"\" }"))
        .file("no_coupon.avsc", without("coupon").replace("\"long\" },", "\"long\" }"))
        .file(
            "note.avsc",
            V1.replace(
                "\"fields\": [",
                "\"fields\": [\n    { \"name\": \"note\", \"type\": \"string\" },",
            ),
        )
        .file("same.avsc", V1);
    for contract in ["billing.yaml", "window.yaml"] {
        assert_eq!(cli.run(&["contract", "publish", contract]).code, 0);
    }
    run(
        &cli,
        "check same.avsc --subject orders",
        expect![[r#"
            orders: compatible: BACKWARD allows this; no published consumer is affected
              billing (team-money): not affected (decode: pinned)
              shop-window: not affected (decode: pinned)
            --- exit 0
        "#]],
    );
    run(
        &cli,
        "check note.avsc --subject orders",
        expect![[r#"
            error[avro/field-without-default]: the reader needs `note`, which the writer never wrote
             --> note.avsc:3:15
              |
            3 |     { "name": "note", "type": "string" },
              |               ^^^^^^ `note` has no default
              |
             ::: orders@1:1:25
              |
            1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"amount","t…
              |                         ------- no `note` in here
              |
              = breaks: consumers with the new schema, when they read events written with version 1
              = witness: {"id":"","amount":0,"coupon":""}
              = outcome: the reader refuses it: the reader needs the field `note` of `Order`, which the writer does not have, and which has no default (at byte 0)
              = opinion: confirmed by apache-avro 0.22
              = help: give `note` a default, or an alias if the writer has it under another name
              = explain: treaty explain avro/field-without-default

            orders: incompatible: BACKWARD forbids this; no published consumer is affected
              billing (team-money): not affected (decode: pinned)
              shop-window: not affected (decode: pinned)
            --- exit 1
        "#]],
    );
    run(
        &cli,
        "check no_amount.avsc --subject orders",
        expect![[r#"
            error[contract/read-field-removed]: billing (team-money) reads `amount`, which no_amount.avsc does not have
              --> no_amount.avsc:2:29
               |
             2 |   "type": "record", "name": "Order", "fields": [
               |                             ^^^^^^^ no `amount` in here
               |
              ::: orders@1:1:81
               |
             1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"amount","type":"long"},{"name":"coupon","type":"str...
               |                                                                                 -------- `amount` has no default
               |
              ::: billing's billing.yaml:10:9
               |
            10 |       - amount
               |         ------ reads `amount`
               |
               = breaks: billing (team-money), as soon as events of the proposed schema arrive
               = witness: {"id":"","coupon":""}
               = outcome: the reader refuses it: the reader needs the field `amount` of `Order`, which the writer does not have, and which has no default (at byte 0)
               = opinion: confirmed by apache-avro 0.22
               = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
               = explain: treaty explain contract/read-field-removed

            error[contract/read-field-removed]: shop-window does not read `amount`, but its decoder does, and refuses events of no_amount.avsc: the reader needs `amount`, which the writer never wrote
             --> no_amount.avsc:2:29
              |
            2 |   "type": "record", "name": "Order", "fields": [
              |                             ^^^^^^^ no `amount` in here
              |
             ::: orders@1:1:81
              |
            1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"amount","type":"long"},{"name":"coupon","type":"stri...
              |                                                                                 -------- `amount` has no default
              |
             ::: shop-window's window.yaml:7:13
              |
            7 |     reads: [coupon]
              |             ------ reads only this, and decodes the whole event
              |
              = breaks: shop-window, as soon as events of the proposed schema arrive
              = witness: {"id":"","coupon":""}
              = outcome: the reader refuses it: the reader needs the field `amount` of `Order`, which the writer does not have, and which has no default (at byte 0)
              = opinion: confirmed by apache-avro 0.22
              = help: let shop-window build against a schema that can decode such events first; if shop-window decodes with no more than what it reads, let shop-window say `decode: projected`
              = explain: treaty explain contract/read-field-removed

            orders: incompatible: BACKWARD allows this; it breaks billing (team-money) and shop-window
              billing (team-money): breaks (decode: pinned)
              shop-window: breaks (decode: pinned)
            --- exit 1
        "#]],
    );
    run(
        &cli,
        "check no_coupon.avsc --subject orders",
        expect![[r#"
            error[contract/read-field-silent-default]: shop-window reads `coupon`, which no_coupon.avsc does not have: it would take the default for data
             --> no_coupon.avsc:2:29
              |
            2 |   "type": "record", "name": "Order", "fields": [
              |                             ^^^^^^^ no `coupon` in here
              |
             ::: orders@1:1:113
              |
            1 | ...:"string"},{"name":"amount","type":"long"},{"name":"coupon","type":"string","default":""}]}
              |                                                       -------- read as its default
              |
             ::: shop-window's window.yaml:7:13
              |
            7 |     reads: [coupon]
              |             ------ reads `coupon`
              |
              = breaks: shop-window, as soon as events of the proposed schema arrive
              = witness: {"id":"","amount":0}
              = outcome: the reader decodes it without an error, but to a different value: {"coupon":""}
              = opinion: confirmed by apache-avro 0.22
              = help: keep `coupon` until shop-window no longer reads it; if shop-window is content with the default, let shop-window say `onMissing: default`
              = explain: treaty explain contract/read-field-silent-default

            orders: incompatible: BACKWARD allows this; it makes shop-window read a default for data
              shop-window: does not fail, but gets the default instead of real data (decode: pinned)
              billing (team-money): not affected (decode: pinned)
            --- exit 1
        "#]],
    );
}

#[test]
fn a_consumer_that_does_not_say_what_it_reads_is_told_and_stops_nobody() {
    let served = Served::start();
    let silent =
        "contract: 1\napplication: archive\nreceives:\n  - event: Order\n    subject: orders\n    builtAgainst: 1\n";
    let cli = orders(&served).file("archive.yaml", silent);
    run(
        &cli,
        "contract publish archive.yaml",
        expect![[r#"
        archive: published; it sends 0 events and receives 1 event
        --- stderr
        warning: archive.yaml:4:5: `Order` says neither `reads` nor `reader`, so no change is judged for it; `reads: all` with `builtAgainst` is a good first step
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "check v1.avsc --subject orders",
        expect![[r#"
            orders: compatible: BACKWARD allows this; no consumer has published what it reads; archive does not say what it reads
              archive: only the mode protects it: its contract does not say what it reads (`reads: all`, or the fields)
            --- exit 0
        "#]],
    );
    let report = cli.run(&["check", "v1.avsc", "--subject", "orders", "--format", "json"]);
    assert_eq!(report.code, 0);
    assert_eq!(report.json()["subjects"][0]["consumers"][0]["verdict"], "undeclared");
}
