//! The document: what it means, and how what is wrong with one is reported.

use expect_test::{Expect, expect};
use treaty_contracts::Contract;
use treaty_contracts::contract::{OnMissing, Otherwise, Pin, Reads, Retention, Since, UnknownFields};
use treaty_schemas::{Mode, Source};

const PRODUCER: &str = r#"# treaty.yaml of the producer
contract: 1
application: orders
owner: team-orders
sends:
  - event: com.acme.orders.OrderPlaced
    subject: orders.placed-value
    channel: orders.placed
    schema: schemas/order_placed.avsc
    references:
      - schemas/money.avsc
      - { name: com.acme.Address, subject: com.acme.Address, version: 2 }
    key: { schema: schemas/order_key.avsc }
    retention: 7d
    mode: BACKWARD
    envelope: cloudevents/1.0
    headers:
      ce_type:     { const: com.acme.orders.OrderPlaced }
      traceparent: { required: true, format: w3c-traceparent }
    examples: [examples/order_placed/*.json]
    deprecated:
      - { path: coupon, since: 2026-09-01, sunset: 2026-12-01, use: discounts }
"#;

const CONSUMER: &str = r#"# treaty.yaml of a consumer
contract: 1
application: billing
owner: team-payments
receives:
  - event: com.acme.orders.OrderPlaced
    subject: orders.placed-value
    builtAgainst: 3
    from: retained
    group: billing-v2
    reads:
      - orderId
      - amount
      - lines[].sku
      - { path: status, handles: [PLACED, PAID], otherwise: ignore }
      - { path: coupon, onMissing: default }
      - path: customer.nickname
        onMissing: null
    headers: [traceparent]
    unknownFields: reject
  - event: com.acme.payments.Refunded
    channel: payments.refunded
    reader: schemas/refunded_reader.avsc
  - event: com.acme.payments.Charged
    builtAgainst: schemas/charged.avsc
    reads: "order_id,  customer.email"
  - event: com.acme.shipping.Shipped
    builtAgainst: 1
    reads: all
  - event: com.acme.shipping.Lost
"#;

fn read(text: &str) -> Contract {
    Contract::read(&Source::new("treaty.yaml", text)).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(text: &str, expected: Expect) {
    let error = Contract::read(&Source::new("treaty.yaml", text)).expect_err("this contract should be refused");
    let described: String = error.problems.iter().map(|problem| format!("{problem}\n")).collect();
    expected.assert_eq(&described);
}

#[test]
fn a_producer_says_what_it_sends() {
    let contract = read(PRODUCER);
    assert_eq!(contract.application.value, "orders");
    assert_eq!(contract.owner.as_ref().map(|owner| &*owner.value), Some("team-orders"));
    let [sends] = &contract.sends[..] else {
        panic!("one event is sent");
    };
    assert_eq!(sends.subject.value, "orders.placed-value");
    assert_eq!(
        sends.schema.as_ref().map(|file| &*file.value),
        Some("schemas/order_placed.avsc")
    );
    assert_eq!(
        sends.retention.as_ref().map(|kept| kept.value),
        Some(Retention::Seconds(604_800))
    );
    assert_eq!(sends.mode.as_ref().map(|mode| mode.value), Some(Mode::Backward));
    assert_eq!(sends.references.len(), 2);
    let kept: Vec<&String> = sends.later.keys().collect();
    assert_eq!(kept, ["deprecated", "envelope", "headers", "key"]);
}

#[test]
fn a_consumer_says_what_it_reads() {
    let contract = read(CONSUMER);
    let [placed, refunded, charged, shipped, lost] = &contract.receives[..] else {
        panic!("five events are received");
    };
    assert_eq!(
        placed.built_against.as_ref().map(|pin| &pin.value),
        Some(&Pin::Version(3))
    );
    assert_eq!(
        (placed.from, placed.unknown_fields),
        (Since::Retained, UnknownFields::Reject)
    );
    let Reads::Fields(reads) = &placed.reads else {
        panic!("the fields are named");
    };
    let described: Vec<String> = reads
        .iter()
        .map(|read| {
            format!(
                "{} {} {:?} {} {}",
                contract.source.point(read.span.start),
                read.path,
                read.handles
                    .as_ref()
                    .map(|symbols| symbols.iter().map(|symbol| &*symbol.value).collect::<Vec<_>>()),
                read.otherwise.name(),
                read.on_missing.name(),
            )
        })
        .collect();
    expect![[r#"
        12:9 orderId None fail fail
        13:9 amount None fail fail
        14:9 lines[].sku None fail fail
        15:9 status Some(["PLACED", "PAID"]) ignore fail
        16:9 coupon None fail default
        17:9 customer.nickname None fail null"#]]
    .assert_eq(&described.join("\n"));
    assert_eq!(
        refunded.subject.value, "payments.refunded-value",
        "a channel names the subject"
    );
    assert_eq!(
        charged.subject.value, "com.acme.payments.Charged",
        "without a channel the event does"
    );
    let Reads::Fields(masked) = &charged.reads else {
        panic!("a field mask names fields");
    };
    let places: Vec<String> = masked
        .iter()
        .map(|read| format!("{} {}", contract.source.point(read.span.start), read.path))
        .collect();
    assert_eq!(places, ["26:13 order_id", "26:24 customer.email"]);
    assert!(matches!(shipped.reads, Reads::All(_)));
    assert_eq!(lost.reads, Reads::Undeclared);
    assert_eq!(reads[3].otherwise, Otherwise::Ignore);
    assert_eq!(reads[5].on_missing, OnMissing::Null);
}

#[test]
fn spelling_and_order_of_keys_do_not_change_the_meaning() {
    let json = r#"{"receives": [{"reads": [{"path": "orderId"}], "builtAgainst": 3, "subject": "a-value", "event": "a"}],
        "application": "billing", "contract": 1}"#;
    let yaml = "contract: 1\napplication: 'billing' # us\nreceives:\n- {event: a, subject: a-value, builtAgainst: 3, reads: orderId}\n";
    assert_eq!(read(json).to_json(), read(yaml).to_json());
}

#[test]
fn faults_are_told_at_their_place_with_a_way_out() {
    for (text, expected) in [
        (
            "",
            expect![[r#"
                treaty.yaml:1:1: the text ends where something was expected (a contract begins with `contract: 1` and `application`)
            "#]],
        ),
        (
            "contract: 1\n",
            expect![[r#"
            treaty.yaml:1:1: `application` is missing (add `application`: the name of the service whose contract this is)
        "#]],
        ),
        (
            "contract: 2\napplication: a\n",
            expect![[r#"
            treaty.yaml:1:11: this is a contract of version 2 (this build reads `contract: 1`; a newer one may read more)
        "#]],
        ),
        (
            "contract: one\napplication: a\n",
            expect![[r#"
                treaty.yaml:1:11: a whole number was expected
            "#]],
        ),
        (
            "contract: 1\napplicaton: a\n",
            expect![[r#"
            treaty.yaml:2:1: the key `applicaton` is not known here (did you mean `application`?)
        "#]],
        ),
        (
            "contract: 1\napplication: a\napplication: b\n",
            expect![[r#"
            treaty.yaml:3:1: the key `application` stands twice (keep one of them)
        "#]],
        ),
        (
            "contract: 1\napplication: ''\nowner: \"a\\nb\"\n",
            expect![[r#"
            treaty.yaml:2:14: this is empty (write a name)
            treaty.yaml:3:8: this has a control character in it (write it on one line)
        "#]],
        ),
        (
            "- contract: 1\n",
            expect![[r#"
                treaty.yaml:1:1: keys with values were expected (write `key: value`)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  event: a\n",
            expect![[r#"
                treaty.yaml:4:3: a list was expected (begin each entry with `- `)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - subject: a\n",
            expect![[r#"
                treaty.yaml:4:5: `event` is missing (add `event`: the event's lasting name, by custom the full name of its record)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: latest\n    reads: all\n",
            expect![[r#"
                treaty.yaml:5:19: `latest` can change (write the number of the version that the application was written against)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 0\n    from: retaind\n    reads: [x, x, a..b, 'a b', \"l[0]\"]\n",
            expect![[r#"
                treaty.yaml:5:19: 0 is no version (versions are counted from 1)
                treaty.yaml:6:11: `retaind` is not known here (did you mean `retained`?)
                treaty.yaml:7:16: `x` is read twice, first in line 7 (keep one of the two entries)
                treaty.yaml:7:21: a field's name was expected, not '.' (write names with single dots between them: `customer.email`)
                treaty.yaml:7:27: `.`, `[]` or `{}` was expected, not ' ' (write `customer.email`, `lines[].sku`, `tags{}` or `payment.(com.acme.Card).number`)
                treaty.yaml:7:34: `[]` was expected: it stands for every item of an array (a contract reads every item or none; leave the index or the key out)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    reads:\n      - { path: b, otherwise: skip, onMissing: nul }\n",
            expect![[r#"
                treaty.yaml:4:5: `builtAgainst` is missing: fields are read as one version of the schema has them (add `builtAgainst` with the version that the application was written against)
                treaty.yaml:6:31: `skip` is not known here (known are `fail`, `ignore`)
                treaty.yaml:6:48: `nul` is not known here (did you mean `null`?)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    reads:\n      - { path: b, handle: [A] }\n",
            expect![[r#"
                treaty.yaml:6:20: the key `handle` is not known here (did you mean `handles`?)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 1\n    reader: a.avsc\n    reads: []\n",
            expect![[r#"
                treaty.yaml:7:12: no field is read (name the fields, or write `reads: all`; leave `reads` out where it is not known yet)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 1\n    reads: [7]\n",
            expect![[r#"
                treaty.yaml:6:13: a field, or `path` with what is taken for it was expected, not integer `7`
            "#]],
        ),
        (
            "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 1\n    reads: [lines[].sku]\n",
            expect![[r#"
                treaty.yaml:6:18: while parsing a flow sequence, expected ',' or ']' (check indentation (spaces, no tabs), and put text with `:`, `#`, `[`, `]`, `{` or `}` in it between quotes)
            "#]],
        ),
        (
            "contract: 1\napplication: a\nsends:\n  - event: a\n    retention: 7 days\n    mode: BACKWARDS\n",
            expect![[r#"
                treaty.yaml:5:16: `7 days` is no retention; write `7d` (units: w, d, h, m, s), `forever`, `compacted` or `none`
                treaty.yaml:6:11: unknown compatibility level `BACKWARDS`; known are NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, FORWARD_TRANSITIVE, FULL, FULL_TRANSITIVE
            "#]],
        ),
        (
            "contract: 1\napplication: a\nsends:\n  - event: a\n    references: [{ name: b, subject: c }]\n",
            expect![[r#"
                treaty.yaml:5:29: `version` is missing (add `version`)
            "#]],
        ),
        (
            "contract: 1\napplication: a\n---\ncontract: 1\n",
            expect![[r#"
                treaty.yaml:4:1: a second document begins here (let one file have one contract; it may hold both `sends` and `receives`)
            "#]],
        ),
        (
            "contract: 1\n\tapplication: a\n",
            expect![[r#"
                treaty.yaml:1:11: while scanning a plain scalar, found a tab (check indentation (spaces, no tabs), and put text with `:`, `#`, `[`, `]`, `{` or `}` in it between quotes)
            "#]],
        ),
        (
            "contract: 1\napplication: \"a\n",
            expect![[r#"
                treaty.yaml:3:1: invalid indentation in multiline quoted scalar (check indentation (spaces, no tabs), and put text with `:`, `#`, `[`, `]`, `{` or `}` in it between quotes)
            "#]],
        ),
        (
            "contract: 1\napplication: *nobody\n",
            expect![[r#"
                treaty.yaml:2:14: this alias refers to nothing (put text that begins with `*` between quotes)
            "#]],
        ),
    ] {
        refused(text, expected);
    }
}

#[test]
fn a_contract_made_to_hurt_is_refused() {
    let deep = format!(
        "contract: 1\napplication: {}a{}\n",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let mut bomb = String::from(
        "contract: 1\napplication: a\nsends:\n  - event: a\n    headers:\n      a0: &a0 [x, x, x, x, x, x, x, x, x]\n",
    );
    for level in 1..10 {
        let below = format!("*a{}", level - 1);
        let list = [below.as_str(); 9].join(", ");
        bomb.push_str(&format!("      a{level}: &a{level} [{list}]\n"));
    }
    let mut many =
        String::from("contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 1\n    reads:\n");
    for field in 0..10_001 {
        many.push_str(&format!("      - f{field}\n"));
    }
    let large = format!("contract: 1\napplication: {}\n", "a".repeat(1024 * 1024));
    let steps = format!(
        "contract: 1\napplication: a\nreceives:\n  - event: a\n    builtAgainst: 1\n    reads: [{}a]\n",
        "a.".repeat(64)
    );
    let mut block = String::from("contract: 1\napplication: a\nsends:\n  - event: a\n    headers:\n");
    for level in 0..2_000 {
        block.push_str(&" ".repeat(6 + level));
        block.push_str("a:\n");
    }
    for text in [deep, bomb, many, large, steps, block] {
        let error = Contract::read(&Source::new("treaty.yaml", text)).expect_err("this contract should be refused");
        let described = error.to_string();
        assert!(described.len() < 500, "the message is short: {}", &described[..200]);
    }
}

#[test]
fn no_byte_that_is_changed_makes_reading_panic() {
    for text in [PRODUCER, CONSUMER] {
        for at in 0..text.len() {
            const WITH: [&str; 12] = [
                "", "\u{0}", "é", "{", "]", "'", "\n", "- ", "&a ", "*a", ": ", "\u{feff}",
            ];
            // Two of them at each place; neighbours get others, so every kind of place meets every one.
            for with in [WITH[at % WITH.len()], WITH[(at / 5 + 7) % WITH.len()]] {
                let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                if let Err(error) = Contract::read(&Source::new("treaty.yaml", changed)) {
                    assert!(!error.problems.is_empty());
                    error.problems.iter().for_each(|problem| drop(problem.to_string()));
                }
            }
        }
    }
}
