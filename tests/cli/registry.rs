//! The commands that ask a registry: `serve`, `register`, `subjects`, and `check`, `diff` and `validate` against it.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}"#;

const V1: &str = r#"{
  "type": "record",
  "name": "Order",
  "namespace": "shop",
  "fields": [
    { "name": "id", "type": "string" },
    { "name": "amount", "type": "Money" }
  ]
}
"#;

const PROJECT: &str = r#"contract: 1
application: shop
owner: team-shop
sends:
  - event: shop.Money
    subject: money
    schema: schemas/money.avsc
  - event: shop.Order
    subject: orders
    schema: schemas/order.avsc
    references:
      - { name: shop.Money, subject: money, version: 1 }
"#;

fn run(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn shop(served: &Served) -> Cli {
    served
        .client()
        .file("treaty.yaml", PROJECT)
        .file("schemas/money.avsc", MONEY)
        .file("schemas/order.avsc", V1)
}

#[test]
fn what_treaty_yaml_sends_is_registered_and_checked() {
    let served = Served::start();
    let cli = shop(&served);
    run(
        &cli,
        "subjects",
        expect![[r#"
        --- stderr
        the registry has no such subject
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        money: registered as version 1 (id 1)
        orders: registered as version 1 (id 2)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        money: already there as version 1 (id 1)
        orders: already there as version 1 (id 2)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "subjects --format json",
        expect![[r#"
        [
          "money",
          "orders"
        ]
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "subjects ord",
        expect![[r#"
        orders
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "check",
        expect![[r#"
        money: compatible: BACKWARD allows this; no contracts to check
        orders: compatible: BACKWARD allows this; no contracts to check
        2 checked: 2 compatible, 0 incompatible, 0 undecided
        --- exit 0
    "#]],
    );

    let cli = cli.file(
        "schemas/order.avsc",
        V1.replace("\"type\": \"string\"", "\"type\": \"int\""),
    );
    run(
        &cli,
        "check",
        expect![[r#"
        error[avro/type-mismatch]: the reader takes int, the writer sends string
         --> schemas/order.avsc:6:29
          |
        6 |     { "name": "id", "type": "int" },
          |                             ^^^^^ takes int
          |
         ::: orders@1:1:82
          |
        1 | {"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                  -------- sends string
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"id":"","amount":{"cents":0}}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `string` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep string, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        money: compatible: BACKWARD allows this; no contracts to check
        orders: incompatible: BACKWARD forbids this; no contracts to check
        2 checked: 1 compatible, 1 incompatible, 0 undecided
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "register --dry-run",
        expect![[r#"
        money: already there as version 1 (id 1)
        error[avro/type-mismatch]: the reader takes int, the writer sends string
         --> schemas/order.avsc:6:29
          |
        6 |     { "name": "id", "type": "int" },
          |                             ^^^^^ takes int
          |
         ::: orders@1:1:82
          |
        1 | {"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                  -------- sends string
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"id":"","amount":{"cents":0}}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `string` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep string, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        orders: incompatible: BACKWARD forbids this; no contracts to check
        orders: refused
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        money: already there as version 1 (id 1)
        error[avro/type-mismatch]: the reader takes int, the writer sends string
         --> schemas/order.avsc:6:29
          |
        6 |     { "name": "id", "type": "int" },
          |                             ^^^^^ takes int
          |
         ::: orders@1:1:82
          |
        1 | {"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},{"name":"amount","type":"Money"}]}
          |                                                                                  -------- sends string
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: {"id":"","amount":{"cents":0}}
          = outcome: the reader refuses it: id: the reader wants `int`, the writer wrote `string` (at byte 0)
          = opinion: confirmed by apache-avro 0.22
          = help: keep string, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        orders: incompatible: BACKWARD forbids this; no contracts to check
        orders: refused
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "diff orders@1 schemas/order.avsc --reference schemas/money.avsc",
        expect![[r#"
            ~ id: string becomes int  (schemas/order.avsc:6:29)
                breaks consumers with the new schema, when they read old events: avro/type-mismatch
                breaks consumers with the old schema, when they read new events: avro/type-mismatch
            1 change; 1 break old consumers, 1 break new ones
            --- exit 0
        "#]],
    );
    run(
        &cli,
        "diff ordrs@1 schemas/order.avsc --reference schemas/money.avsc",
        expect![[r#"
            --- stderr
            error: the registry at REGISTRY answered 40401: Subject 'ordrs' not found.
             |
             = help: did you mean `orders`?
            --- exit 2
        "#]],
    );
    run(
        &cli,
        "diff orders@7 orders@latest",
        expect![[r#"
        --- stderr
        error: the registry at REGISTRY answered 40402: Version 7 not found.
        --- exit 2
    "#]],
    );
}

#[test]
fn the_configuration_is_found_in_the_directories_above() {
    let served = Served::start();
    let cli = shop(&served).file("a/b/keep", "");
    let mut command = cli.command(&["register"]);
    let output = command.current_dir(cli.path().join("a/b")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let cli = shop(&served);
    let mut command = cli.command(&["check", "--config", "../treaty.yaml"]);
    let output = command.current_dir(cli.path().join("schemas")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    run(
        &Cli::new(),
        "check --config nothing.yaml",
        expect![[r#"
            --- stderr
            error: `nothing.yaml` does not exist
            --- exit 2
        "#]],
    );
}

#[test]
fn a_wrong_configuration_is_told_with_its_place() {
    let served = Served::start();
    let of = |text: &str| served.client().file("treaty.yaml", text).file("schemas/order.avsc", V1);
    run(
        &of("contract: 1\naplication: shop\n"),
        "check",
        expect![[r#"
        --- stderr
        error: the key `aplication` is not known here
         --> treaty.yaml:2:1
          |
        2 | aplication: shop
          | ^^^^^^^^^^
          |
          = help: did you mean `application`?
        --- exit 2
    "#]],
    );
    run(
        &of("contract: 1\napplication: shop\n"),
        "check",
        expect![[r#"
        --- stderr
        error: `treaty.yaml` names no schema that the service sends
         |
         = help: add an entry to `sends` with `event` and `schema`
        --- exit 2
    "#]],
    );
    run(
        &of("contract: 1\napplication: shop\nsends:\n  - event: shop.Order\n    schema: schemas/ordr.avsc\n"),
        "check",
        expect![[r#"
            --- stderr
            error: `schemas/ordr.avsc` does not exist
             --> treaty.yaml:5:13
              |
            5 |     schema: schemas/ordr.avsc
              |             ^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `schemas/order.avsc`?
            --- exit 2
        "#]],
    );
    let file_reference = PROJECT.replace("{ name: shop.Money, subject: money, version: 1 }", "schemas/money.avsc");
    run(
        &of(&file_reference).file("schemas/money.avsc", MONEY),
        "check",
        expect![[r#"
            --- stderr
            error: the registry cannot refer to the file `schemas/money.avsc`
              --> treaty.yaml:12:9
               |
            12 |       - schemas/money.avsc
               |         ^^^^^^^^^^^^^^^^^^
               |
               = help: register it under a subject of its own and write { name, subject, version } here
            --- exit 2
        "#]],
    );
    let unregistered = PROJECT.replace("subject: money, version: 1", "subject: money, version: 9");
    run(
        &of(&unregistered).file("schemas/money.avsc", MONEY),
        "register",
        expect![[r#"
            money: registered as version 1 (id 1)
            --- stderr
            error: `schemas/order.avsc` refers to money@9; the registry at REGISTRY answered 40402: Version 9 not found.
            --- exit 2
        "#]],
    );
}

#[test]
fn a_file_is_registered_under_a_subject() {
    let served = Served::start();
    let cli = shop(&served).file("bad.avsc", "{\n  \"type\": \"recrd\"\n}");
    run(
        &cli,
        "register schemas/money.avsc --subject money/eur",
        expect![[r#"
        money/eur: registered as version 1 (id 1)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register schemas/order.avsc --subject orders --references shop.Money=money/eur:1",
        expect![[r#"
            orders: registered as version 1 (id 2)
            --- exit 0
        "#]],
    );
    run(
        &cli,
        "register bad.avsc --subject bad",
        expect![[r#"
        --- stderr
        error: the type `recrd` is not defined
         --> bad.avsc:2:11
          |
        2 |   "type": "recrd"
          |           ^^^^^^^
          |
          = help: define it in this schema, or declare a reference to the schema that defines it
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "register schemas/order.avsc --subject orders --references shop.Money",
        expect![[r#"
            --- stderr
            error: invalid value 'shop.Money' for '--references <REFERENCE>...': write it as NAME=SUBJECT:VERSION, for instance com.acme.Money=com.acme.Money:2

            For more information, try '--help'.
            --- exit 2
        "#]],
    );
    run(
        &cli,
        "register schemas/order.avsc --subject ..",
        expect![[r#"
        --- stderr
        error: the type `Money` is not defined (here it means `shop.Money`)
         --> schemas/order.avsc:7:33
          |
        7 |     { "name": "amount", "type": "Money" }
          |                                 ^^^^^^^
          |
          = help: define it in this schema, or declare a reference to the schema that defines it
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "check schemas/order.avsc",
        expect![[r#"
        --- stderr
        error: what is `schemas/order.avsc` to be compared with?
         |
         = help: with a file: --against OLD; with a subject of the registry: --subject SUBJECT
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "subjects",
        expect![[r#"
        money/eur
        orders
        --- exit 0
    "#]],
    );
}

#[test]
fn payloads_are_validated_against_what_is_registered() {
    let served = Served::start();
    let cli = shop(&served)
        .file("good.json", r#"{"id":"a","amount":{"cents":1}}"#)
        .file("bad.json", r#"{"id":"a","amount":{"cents":"one"}}"#)
        // Id 2: the order.
        .file("wire.bin", b"\0\0\0\0\x02\x02a\x02")
        .file("unknown.bin", b"\0\0\0\0\x63\x02a\x02");
    assert_eq!(cli.run(&["register"]).code, 0);
    run(
        &cli,
        "validate good.json bad.json --subject orders",
        expect![[r#"
        bad.json:1:29: amount.cents: an integer was expected, not a string
        2 records in 2 files: 1 defect
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "validate good.json --subject orders --version 1",
        expect![[r#"
        1 record in 1 file: all valid
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "validate good.json --id 2",
        expect![[r#"
        1 record in 1 file: all valid
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "validate wire.bin",
        expect![[r#"
        1 record in 1 file: all valid
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "validate unknown.bin",
        expect![[r#"
            unknown.bin: record 1, byte 1: the registry has no schema of its id, 99
            1 record in 1 file: 1 defect
            --- exit 1
        "#]],
    );
}

#[test]
fn a_registry_keeps_what_it_was_told_when_it_is_ended() {
    let served = Served::start();
    assert_eq!(shop(&served).run(&["register"]).code, 0);
    let (code, directory) = served.terminate();
    assert_eq!(code, Some(0));
    let served = Served::start_in(directory);
    run(
        &served.client(),
        "subjects",
        expect![[r#"
        money
        orders
        --- exit 0
    "#]],
    );
}

#[test]
fn what_is_no_registry_is_told() {
    let served = Served::start();
    // A path below the registry: it answers, but not as a registry does.
    let cli = Cli::new()
        .variable("TREATY_REGISTRY", &format!("{}/health/live", served.url))
        .redact(&served.url, "REGISTRY");
    run(
        &cli,
        "subjects",
        expect![[r#"
            --- stderr
            error: what runs at REGISTRY/health/live answered 404: HTTP 404 Not Found
             |
             = help: is it a schema registry? name the right one with --registry or TREATY_REGISTRY
            --- exit 3
        "#]],
    );
    let cli = Cli::new().redact(&served.url, "REGISTRY");
    run(
        &cli,
        "serve --listen nowhere",
        expect![[r#"
        --- stderr
        error: invalid value 'nowhere' for '--listen <HOST:PORT>': `nowhere` has no port; write HOST:PORT, for instance 127.0.0.1:8081

        For more information, try '--help'.
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "serve --database mysql://x",
        expect![[r#"
        --- stderr
        error: invalid value for '--database <URL>' or TREATY_DATABASE: the URL begins neither with sqlite: nor with postgres:
        --- exit 2
    "#]],
    );
}

#[test]
fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = Served::start();
    // The same server, but by another name.
    let target = elsewhere.url.replace("127.0.0.1", "localhost");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket"));
    let cli = Cli::new().variable("TREATY_REGISTRY", &url);
    let redirects = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        std::io::Read::read(&mut stream, &mut [0; 4096]).expect("a request");
        let answer = format!("HTTP/1.1 302 Found\r\nlocation: {target}/subjects\r\ncontent-length: 0\r\n\r\n");
        std::io::Write::write_all(&mut stream, answer.as_bytes()).expect("a client that listens");
    });
    let ran = cli.run(&["subjects"]);
    redirects.join().expect("the redirect was asked for");
    assert_eq!(ran.code, 3, "{}", ran.transcript());
    assert!(
        ran.stderr.contains("redirects to another host, `localhost`"),
        "{}",
        ran.stderr
    );
}
