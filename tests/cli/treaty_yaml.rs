//! A service with a `treaty.yaml`: types that it shares between subjects, what it receives, and what registering comes to.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

fn run(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn done(cli: &Cli, command: &str) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let ran = cli.run(&arguments);
    assert_eq!(ran.code, 0, "{command}: {}", ran.transcript());
}

const MONEY: &str = r#"{"type": "record", "name": "Money", "namespace": "shop", "fields": [
  {"name": "amount", "type": "long"}
]}
"#;

const PAID: &str = r#"{"type": "record", "name": "Paid", "namespace": "shop", "fields": [
  {"name": "id", "type": "string"},
  {"name": "amount", "type": "Money"}
]}
"#;

/// Listed with what refers first: registering orders them.
const SENDS: &str = "contract: 1
application: payments
sends:
  - event: shop.Paid
    subject: paid
    schema: paid.avsc
    references:
      - { name: shop.Money, subject: money, version: 1 }
  - event: shop.Money
    subject: money
    schema: money.avsc
";

const BILLING: &str = "contract: 1
application: billing
owner: team-money
receives:
  - event: shop.Paid
    subject: paid
    builtAgainst: 1
    reads: [amount.amount]
";

fn payments(served: &Served) -> Cli {
    served
        .client()
        .file("treaty.yaml", SENDS)
        .file("money.avsc", MONEY)
        .file("paid.avsc", PAID)
        .file("billing.yaml", BILLING)
}

#[test]
fn schemas_of_one_file_that_refer_to_one_another_are_registered() {
    let served = Served::start();
    let cli = payments(&served);
    run(
        &cli,
        "register --dry-run",
        expect![[r#"
        money: compatible: BACKWARD allows this; no contracts to check
        money: would be registered
        paid: compatible: BACKWARD allows this; no contracts to check
        paid: would be registered
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        money: registered as version 1 (id 1)
        paid: registered as version 1 (id 2)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register --dry-run",
        expect![[r#"
        money: already there as version 1 (id 1)
        paid: already there as version 1 (id 2)
        --- exit 0
    "#]],
    );
}

#[test]
fn a_changed_type_hurts_those_who_read_it_through_another_subject() {
    let served = Served::start();
    let cli = payments(&served);
    done(&cli, "register");
    done(&cli, "contract publish billing.yaml");
    // The change is in the work tree only: the schema that uses the type still names version 1 of it.
    let cli = cli.file("money.avsc", MONEY.replace("\"long\"", "\"string\""));
    run(
        &cli,
        "check",
        expect![[r#"
        error[avro/type-mismatch]: the reader takes string, the writer sends long
         --> money.avsc:2:30
          |
        2 |   {"name": "amount", "type": "string"}
          |                              ^^^^^^^^ takes string
          |
         ::: money@1:1:86
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"long"}]}
          |                                                                                      ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"id":"","amount":{"amount":0}}
          = outcome: the reader refuses it: amount.amount: the reader wants `string`, the writer wrote `long` (at byte 1)
          = opinion: confirmed by apache-avro 0.22
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        error[contract/read-type-changed]: billing (team-money) reads `amount.amount`, which is of another type in paid.avsc: the reader takes long, the writer sends string
         --> money.avsc:2:30
          |
        2 |   {"name": "amount", "type": "string"}
          |                              ^^^^^^^^ sends string
          |
         ::: money@1:1:86
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"long"}]}
          |                                                                                      ------ takes long
          |
         ::: billing's billing.yaml:8:13
          |
        8 |     reads: [amount.amount]
          |             ------------- reads `amount.amount`
          |
          = breaks: billing (team-money), as soon as events of the proposed schema arrive
          = witness: {"id":"","amount":{"amount":""}}
          = outcome: the reader refuses it: amount.amount: the reader wants `long`, the writer wrote `string` (at byte 1)
          = opinion: confirmed by apache-avro 0.22
          = help: send the new type in a field of its own beside `amount.amount`, let team-money move to it, and remove `amount.amount` when billing no longer reads it
          = explain: treaty explain contract/read-type-changed

        error[avro/type-mismatch]: the reader takes string, the writer sends long
         --> money.avsc:2:30
          |
        2 |   {"name": "amount", "type": "string"}
          |                              ^^^^^^^^ takes string
          |
         ::: money@1:1:86
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"long"}]}
          |                                                                                      ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"amount":0}
          = outcome: the reader refuses it: amount: the reader wants `string`, the writer wrote `long` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        paid: incompatible: BACKWARD forbids this; it breaks billing (team-money)
          billing (team-money): breaks (decode: pinned)
        money: incompatible: BACKWARD forbids this; no contracts to check
        note: paid: it still names version 1 of money, and is judged with money.avsc
        2 checked: 0 compatible, 2 incompatible, 0 undecided
        --- exit 1
    "#]],
    );
    // Who changes the type alone is warned of those outside of the change.
    run(
        &cli,
        "check money.avsc --subject money",
        expect![[r#"
        error[avro/type-mismatch]: the reader takes string, the writer sends long
         --> money.avsc:2:30
          |
        2 |   {"name": "amount", "type": "string"}
          |                              ^^^^^^^^ takes string
          |
         ::: money@1:1:86
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"amount","type":"long"}]}
          |                                                                                      ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"amount":0}
          = outcome: the reader refuses it: amount: the reader wants `string`, the writer wrote `long` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        money: incompatible: BACKWARD forbids this; no contracts to check
        warning: when paid takes the proposed version of money, billing (team-money) breaks
        --- exit 1
    "#]],
    );
}

#[test]
fn what_is_received_is_judged_too() {
    let served = Served::start();
    let order = |kind: &str| {
        format!(r#"{{"type": "record", "name": "Order", "fields": [{{"name": "id", "type": "{kind}"}}]}}"#)
    };
    let receives = |more: &str| {
        format!(
            "contract: 1\napplication: mailer\nreceives:\n  - event: Order\n    subject: orders\n    builtAgainst: 2\n    reads: [id]\n{more}"
        )
    };
    let cli = served
        .client()
        .file("v1.avsc", order("bytes"))
        .file("v2.avsc", order("int"))
        .file("v3.avsc", order("string"))
        .file("treaty.yaml", receives(""));
    for version in ["v1.avsc", "v2.avsc"] {
        let body = serde_json::json!({"compatibility": "NONE"});
        crate::support::cli::put(&served.url, "/config/orders", &body);
        done(&cli, &format!("register {version} --subject orders"));
    }
    run(
        &cli,
        "check",
        expect![[r#"
        warning[contract/read-type-changed]: mailer reads `id`, which is of another type in orders@1: the reader takes int, the writer sends bytes
         --> orders@1:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"bytes"}]}
          |                                                               ^^^^^^^ sends bytes
          |
         ::: orders@2:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}
          |                                                               ----- takes int
          |
         ::: mailer's treaty.yaml:7:13
          |
        7 |     reads: [id]
          |             -- reads `id`
          |
          = breaks: mailer, when it reads events written with version 1
          = witness: {"id":""}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `bytes` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: send the new type in a field of its own beside `id`, let mailer move to it, and remove `id` when mailer no longer reads it
          = explain: treaty explain contract/read-type-changed

        orders: compatible: mailer understands what it has to, and not version 1
          mailer: not affected (decode: pinned)
        --- exit 0
    "#]],
    );
    let cli = cli.file("treaty.yaml", receives("    from: all\n"));
    run(
        &cli,
        "check",
        expect![[r#"
        error[contract/read-type-changed]: mailer reads `id`, which is of another type in orders@1: the reader takes int, the writer sends bytes
         --> orders@1:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"bytes"}]}
          |                                                               ^^^^^^^ sends bytes
          |
         ::: orders@2:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}
          |                                                               ----- takes int
          |
         ::: mailer's treaty.yaml:7:13
          |
        7 |     reads: [id]
          |             -- reads `id`
          |
          = breaks: mailer, when it reads events written with version 1
          = witness: {"id":""}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `bytes` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: send the new type in a field of its own beside `id`, let mailer move to it, and remove `id` when mailer no longer reads it
          = explain: treaty explain contract/read-type-changed

        orders: incompatible: mailer does not understand version 1
          mailer: breaks (decode: pinned)
        --- exit 1
    "#]],
    );
    done(&cli, "register v3.avsc --subject orders");
    let cli = cli.file("treaty.yaml", receives("    from: live\n"));
    run(
        &cli,
        "check",
        expect![[r#"
        error[contract/read-type-changed]: mailer reads `id`, which is of another type in orders@3: the reader takes int, the writer sends string
         --> orders@3:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}
          |                                                               ^^^^^^^^ sends string
          |
         ::: orders@2:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}
          |                                                               ----- takes int
          |
         ::: mailer's treaty.yaml:7:13
          |
        7 |     reads: [id]
          |             -- reads `id`
          |
          = breaks: mailer, when it reads events written with version 3
          = witness: {"id":""}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `string` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: send the new type in a field of its own beside `id`, let mailer move to it, and remove `id` when mailer no longer reads it
          = explain: treaty explain contract/read-type-changed

        orders: incompatible: mailer does not understand version 3
          mailer: breaks (decode: pinned)
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "contract publish",
        expect![[r#"
        mailer: published; it sends 0 events and receives 1 event
        --- stderr
        warning: treaty.yaml:7: mailer reads `id`, which is of another type in orders@3: the reader takes int, the writer sends string (version 3 of orders)
        --- exit 0
    "#]],
    );
    // What version 3 does already is no fault of the next change.
    let wider = order("string").replace(
        "\"}]",
        "\"}, {\"name\": \"note\", \"type\": \"string\", \"default\": \"\"}]",
    );
    let cli = cli.file("v4.avsc", wider);
    run(
        &cli,
        "check v4.avsc --subject orders",
        expect![[r#"
        warning[contract/read-type-changed]: mailer reads `id`, which is of another type in v4.avsc: the reader takes int, the writer sends string; already so at version 3
         --> v4.avsc:1:71
          |
        1 | {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}, {"name": "note", "type": "string", "default": ""}]}
          |                                                                       ^^^^^^^^ sends string
          |
         ::: orders@2:1:63
          |
        1 | {"type":"record","name":"Order","fields":[{"name":"id","type":"int"}]}
          |                                                               ----- takes int
          |
         ::: mailer's treaty.yaml:7:13
          |
        7 |     reads: [id]
          |             -- reads `id`
          |
          = breaks: mailer, as soon as events of the proposed schema arrive
          = witness: {"id":"","note":""}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `string` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: send the new type in a field of its own beside `id`, let mailer move to it, and remove `id` when mailer no longer reads it
          = explain: treaty explain contract/read-type-changed

        orders: compatible: NONE allows everything; no published consumer is affected
          mailer: not affected (decode: pinned)
        --- exit 0
    "#]],
    );
}

#[test]
fn contracts_are_enforced_where_the_settings_say_so() {
    let served = Served::start();
    let cli = payments(&served);
    done(&cli, "register");
    done(&cli, "contract publish billing.yaml");
    let without = PAID.replace(",\n  {\"name\": \"amount\", \"type\": \"Money\"}", "");
    let cli = cli.file("less.avsc", without);
    let set = |value: &str| {
        let body = serde_json::json!({ "contracts": value });
        crate::support::cli::put(&served.url, "/api/v1/subjects/paid/settings", &body);
    };
    set("enforce");
    run(
        &cli,
        "register less.avsc --subject paid --dry-run",
        expect![[r#"
        error[contract/read-field-removed]: billing (team-money) reads `amount`, which less.avsc does not have
         --> less.avsc:1:28
          |
        1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
          |                            ^^^^^^ no `amount` in here
          |
         ::: paid@1:1:99
          |
        1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                                   -------- `amount` has no default
          |
         ::: billing's billing.yaml:8:13
          |
        8 |     reads: [amount.amount]
          |             ------------- reads `amount.amount` through `amount`
          |
          = breaks: billing (team-money), as soon as events of the proposed schema arrive
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
          = explain: treaty explain contract/read-field-removed

        paid: incompatible: BACKWARD allows this; it breaks billing (team-money)
          billing (team-money): breaks (decode: pinned)
        paid: refused: its settings say `contracts: enforce`
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "register less.avsc --subject paid",
        expect![[r#"
        error[contract/read-field-removed]: billing (team-money) reads `amount`, which less.avsc does not have
         --> less.avsc:1:28
          |
        1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
          |                            ^^^^^^ no `amount` in here
          |
         ::: paid@1:1:99
          |
        1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                                   -------- `amount` has no default
          |
         ::: billing's billing.yaml:8:13
          |
        8 |     reads: [amount.amount]
          |             ------------- reads `amount.amount` through `amount`
          |
          = breaks: billing (team-money), as soon as events of the proposed schema arrive
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
          = explain: treaty explain contract/read-field-removed

        paid: incompatible: BACKWARD allows this; it breaks billing (team-money)
          billing (team-money): breaks (decode: pinned)
        paid: refused: its settings say `contracts: enforce`
        --- exit 1
    "#]],
    );
    set("ignore");
    run(
        &cli,
        "register less.avsc --subject paid --dry-run",
        expect![[r#"
        paid: compatible: BACKWARD allows this
        note: paid: the settings of the subject say `contracts: ignore`, so no consumer was asked
        paid: would be registered
        --- exit 0
    "#]],
    );
    set("warn");
    run(
        &cli,
        "register less.avsc --subject paid",
        expect![[r#"
        error[contract/read-field-removed]: billing (team-money) reads `amount`, which less.avsc does not have
         --> less.avsc:1:28
          |
        1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
          |                            ^^^^^^ no `amount` in here
          |
         ::: paid@1:1:99
          |
        1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                                   -------- `amount` has no default
          |
         ::: billing's billing.yaml:8:13
          |
        8 |     reads: [amount.amount]
          |             ------------- reads `amount.amount` through `amount`
          |
          = breaks: billing (team-money), as soon as events of the proposed schema arrive
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
          = explain: treaty explain contract/read-field-removed

        paid: incompatible: BACKWARD allows this; it breaks billing (team-money)
          billing (team-money): breaks (decode: pinned)
        paid: registered as version 2 (id 3)
        warning: paid: it is registered all the same
        --- exit 0
    "#]],
    );
}

#[test]
fn names_that_nothing_has_are_told() {
    let served = Served::start();
    let cli = payments(&served);
    done(&cli, "register");
    let proto =
        "syntax = \"proto3\";\npackage shop;\nmessage Paid { string id = 1; }\nmessage Refunded { string id = 1; }\n";
    let contract = "contract: 1
application: billing
receives:
  - event: shop.Piad
    subject: piad
    builtAgainst: old.avsc
    reads: [id]
    headers: [traceparent]
  - event: shop.Paid
    subject: paid
    builtAgainst: old.avsc
    reads: [id]
    key: id
";
    let cli = cli
        .file("paid.proto", proto)
        .file("old.avsc", r#"{"type": "record", "name": "Paid", "namespace": "shop", "fields": [{"name": "id", "type": "string"}]}"#)
        .file("odd.yaml", contract)
        .file(
            "proto.yaml",
            "contract: 1\napplication: billing\nreceives:\n  - event: shop.Refnuded\n    subject: paid\n    builtAgainst: paid.proto\n    reads: [id]\n",
        )
        .file("quoted.yaml", BILLING.replace("builtAgainst: 1", "builtAgainst: \"1\""));
    run(
        &cli,
        "contract publish odd.yaml",
        expect![[r#"
        billing: published; it sends 0 events and receives 2 events
        --- stderr
        warning: odd.yaml:4:12: no type of old.avsc is called `shop.Piad` (did you mean `shop.Paid`?)
        warning: odd.yaml:5:14: the registry has no subject `piad` (did you mean `paid`?)
        warning: odd.yaml:11:19: `old.avsc` is no version of `paid` (what the application was built against should be a version that was registered)
        warning: odd.yaml:4:5: not judged yet: `headers`, `key`
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "contract publish proto.yaml",
        expect![[r#"
        --- stderr
        error: no message of paid.proto is called `shop.Refnuded`
         --> proto.yaml:4:12
          |
        4 |   - event: shop.Refnuded
          |            ^^^^^^^^^^^^^
          |
          = help: did you mean `shop.Refunded`?
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "contract publish quoted.yaml",
        expect![[r#"
        --- stderr
        error: `1` does not exist
         --> quoted.yaml:7:19
          |
        7 |     builtAgainst: "1"
          |                   ^^^
          |
          = help: write `builtAgainst: 1`, without quotes, for version 1 of the subject
        --- exit 2
    "#]],
    );
}

#[test]
fn two_entries_of_one_application_are_told_apart() {
    let served = Served::start();
    let entry = "  - event: shop.Paid\n    subject: paid\n    builtAgainst: 1\n    reads: [amount.amount]\n";
    let cli = payments(&served).file("two.yaml", format!("{BILLING}{entry}"));
    done(&cli, "register");
    done(&cli, "contract publish two.yaml");
    let without = PAID.replace(",\n  {\"name\": \"amount\", \"type\": \"Money\"}", "");
    let cli = cli.file("less.avsc", without);
    run(
        &cli,
        "check less.avsc --subject paid",
        expect![[r#"
        error[contract/read-field-removed]: billing (team-money) reads `amount`, which less.avsc does not have
         --> less.avsc:1:28
          |
        1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
          |                            ^^^^^^ no `amount` in here
          |
         ::: paid@1:1:99
          |
        1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                                   -------- `amount` has no default
          |
         ::: billing's two.yaml:8:13
          |
        8 |     reads: [amount.amount]
          |             ------------- reads `amount.amount` through `amount`
          |
          = breaks: billing (team-money), as soon as events of the proposed schema arrive
          = witness: {"id":""}
          = outcome: the reader refuses it: the reader needs the field `amount` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
          = explain: treaty explain contract/read-field-removed

        error[contract/read-field-removed]: billing (team-money) reads `amount`, which less.avsc does not have
          --> less.avsc:1:28
           |
         1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
           |                            ^^^^^^ no `amount` in here
           |
          ::: paid@1:1:99
           |
         1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
           |                                                                                                   -------- `amount` has no default
           |
          ::: billing's two.yaml:12:13
           |
        12 |     reads: [amount.amount]
           |             ------------- reads `amount.amount` through `amount`
           |
           = breaks: billing (team-money), as soon as events of the proposed schema arrive
           = witness: {"id":""}
           = outcome: the reader refuses it: the reader needs the field `amount` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
           = opinion: confirmed by apache-avro 0.22
           = help: keep `amount` beside whatever replaces it, let team-money move to that, and remove it when billing no longer reads it
           = explain: treaty explain contract/read-field-removed

        paid: incompatible: BACKWARD allows this; it breaks billing (team-money) at two.yaml:5 and billing (team-money) at two.yaml:9
          billing (team-money) at two.yaml:5: breaks (decode: pinned)
          billing (team-money) at two.yaml:9: breaks (decode: pinned)
        --- exit 1
    "#]],
    );
    let report = cli
        .run(&["check", "less.avsc", "--subject", "paid", "--format", "json"])
        .json();
    let consumers = report["subjects"][0]["consumers"].as_array().expect("consumers");
    let prints: Vec<&str> = consumers
        .iter()
        .map(|consumer| consumer["findings"][0]["fingerprint"].as_str().expect("a fingerprint"))
        .collect();
    assert_eq!(prints.len(), 2);
    assert_ne!(prints[0], prints[1]);
}

#[test]
fn the_level_of_the_subject_and_of_the_file_both_count() {
    let served = Served::start();
    let cli = payments(&served);
    done(&cli, "register");
    let more = PAID.replace("\n]}", ",\n  {\"name\": \"note\", \"type\": \"string\"}\n]}");
    let less = PAID.replace("\n  {\"name\": \"id\", \"type\": \"string\"},", "");
    let sends = |mode: &str| SENDS.replace("schema: paid.avsc", &format!("schema: paid.avsc\n    mode: {mode}"));
    // BACKWARD, the level of the registry, forbids the field; FORWARD alone would not.
    let cli = cli.file("paid.avsc", more).file("treaty.yaml", sends("FORWARD"));
    let ran = cli.run(&["check"]);
    assert!(
        ran.stdout
            .contains("paid: incompatible: BACKWARD with FORWARD of treaty.yaml forbids this"),
        "{}",
        ran.transcript()
    );
    let cli = cli.file("paid.avsc", less);
    run(
        &cli,
        "register",
        expect![[r#"
        money: already there as version 1 (id 1)
        error[avro/field-without-default]: the reader needs `id`, which the writer never wrote
         --> paid.avsc:1:28
          |
        1 | {"type": "record", "name": "Paid", "namespace": "shop", "fields": [
          |                            ^^^^^^ no `id` in here
          |
         ::: paid@1:1:69
          |
        1 | {"type":"record","name":"Paid","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                     ---- `id` has no default
          |
          = breaks: consumers with the old schema, which read with version 1, when new events arrive
          = witness: {"amount":{"amount":0}}
          = outcome: the reader refuses it: the reader needs the field `id` of `shop.Paid`, which the writer does not have, and which has no default (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: give `id` a default, or an alias if the writer has it under another name
          = explain: treaty explain avro/field-without-default

        paid: incompatible: BACKWARD with FORWARD of treaty.yaml forbids this; no contracts to check
        paid: refused
        --- exit 1
    "#]],
    );
}
