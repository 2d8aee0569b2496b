//! What the settings of a registry and the level in `treaty.yaml` decide.

use expect_test::expect;

use super::{PAID, SENDS, done, payments, run};
use crate::support::cli::Served;

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
