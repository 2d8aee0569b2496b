//! A service with a `treaty.yaml`: types that it shares between subjects, what it receives, and what registering comes to.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

mod received;
mod settings;

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
