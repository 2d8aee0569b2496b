//! What a service receives, and how it is told apart.

use expect_test::expect;

use super::{BILLING, PAID, done, payments, run};
use crate::support::cli::Served;

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
