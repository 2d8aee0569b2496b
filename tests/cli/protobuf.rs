//! The commands with `.proto` files: against files, and against a registry.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

const MONEY: &str = "syntax = \"proto3\";\npackage shop;\n\nmessage Money {\n  int64 cents = 1;\n}\n";

const ORDER: &str = "syntax = \"proto3\";\npackage shop;\n\nimport \"shop/money.proto\";\n\n// An order.\nmessage Order {\n  string id = 1;\n  Money amount = 2;\n}\n";

const PROJECT: &str = r#"contract: 1
application: shop
owner: team-shop
sends:
  - event: shop.Money
    subject: shop/money.proto
    schema: protos/shop/money.proto
  - event: shop.Order
    subject: orders
    schema: protos/shop/order.proto
    references:
      - { name: shop/money.proto, subject: shop/money.proto, version: 1 }
"#;

fn run(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn files(cli: Cli) -> Cli {
    cli.file("protos/shop/money.proto", MONEY)
        .file("protos/shop/order.proto", ORDER)
}

#[test]
fn files_find_what_they_import() {
    let cli = files(Cli::new())
        .file("new.proto", ORDER.replace("string id", "bytes id"))
        .file("broken.proto", ORDER.replace("string id", "int32 id"));
    let told = expect![[r#"
            warning[protobuf/json-form-changed]: in ProtoJSON `id` has another form: the reader takes bytes, the writer sends string
             --> new.proto:8:3
              |
            8 |   bytes id = 1;
              |   ^^^^^ takes bytes
              |
             ::: protos/shop/order.proto:8:3
              |
            8 |   string id = 1;
              |   ------ sends string
              |
              = breaks: consumers with the new schema, when they read events written with `protos/shop/order.proto`
              = witness: shop.Order {"id":"a"}
              = outcome: the reader refuses it: as ProtoJSON: id: bytes are written in base64, and this is none
              = opinion: confirmed by prost-reflect 0.16
              = help: binary data is not concerned; for ProtoJSON keep the type, or add a field of another number
              = explain: treaty explain protobuf/json-form-changed

            new.proto: compatible: BACKWARD allows this
            --- exit 0
        "#]];
    for reference in ["protos", "protos/shop/money.proto"] {
        let command = format!("check new.proto --against protos/shop/order.proto --reference {reference}");
        let arguments: Vec<&str> = command.split_whitespace().collect();
        told.assert_eq(&cli.run(&arguments).transcript());
    }
    run(
        &cli,
        "check broken.proto --against protos/shop/order.proto --reference protos",
        expect![[r#"
            error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int32, the writer sends string
             --> broken.proto:8:3
              |
            8 |   int32 id = 1;
              |   ^^^^^ takes int32
              |
             ::: protos/shop/order.proto:8:3
              |
            8 |   string id = 1;
              |   ------ sends string
              |
              = breaks: consumers with the new schema, when they read events written with `protos/shop/order.proto`
              = witness: shop.Order {"id":"a"}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep string, or add a field of another number beside `id`
              = explain: treaty explain protobuf/wire-type-mismatch

            broken.proto: incompatible: BACKWARD forbids this
            --- exit 1
        "#]],
    );
    run(
        &cli,
        "check new.proto --against protos/shop/order.proto",
        expect![[r#"
        --- stderr
        error: the imported file `shop/money.proto` is not there
         --> new.proto:4:8
          |
        4 | import "shop/money.proto";
          |        ^^^^^^^^^^^^^^^^^^
          |
          = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
        --- exit 2
    "#]],
    );
    run(
        &cli,
        "diff protos/shop/order.proto broken.proto --reference protos",
        expect![[r#"
            ~ id: type string becomes int32  (broken.proto:8:3)
                breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
                breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
            1 change
            --- exit 0
        "#]],
    );
}

#[test]
fn what_treaty_yaml_sends_is_registered_checked_and_compared() {
    let served = Served::start();
    let cli = files(served.client()).file("treaty.yaml", PROJECT);
    run(
        &cli,
        "register",
        expect![[r#"
        shop/money.proto: registered as version 1 (id 1)
        orders: registered as version 1 (id 2)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        shop/money.proto: already there as version 1 (id 1)
        orders: already there as version 1 (id 2)
        --- exit 0
    "#]],
    );
    run(
        &cli,
        "check",
        expect![[r#"
        shop/money.proto: compatible: BACKWARD allows this; no contracts to check
        orders: compatible: BACKWARD allows this; no contracts to check
        2 checked: 2 compatible, 0 incompatible, 0 undecided
        --- exit 0
    "#]],
    );
    let cli = cli.file("protos/shop/order.proto", ORDER.replace("string id", "int32 id"));
    run(
        &cli,
        "check",
        expect![[r#"
        error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int32, the writer sends string
         --> protos/shop/order.proto:8:3
          |
        8 |   int32 id = 1;
          |   ^^^^^ takes int32
          |
         ::: orders@1:8:3
          |
        8 |   string id = 1;
          |   ------ sends string
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: shop.Order {"id":"a"}
          = outcome: the reader decodes it without an error, but to a different value: {}
          = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
          = help: keep string, or add a field of another number beside `id`
          = explain: treaty explain protobuf/wire-type-mismatch

        shop/money.proto: compatible: BACKWARD allows this; no contracts to check
        orders: incompatible: BACKWARD forbids this; no contracts to check
        2 checked: 1 compatible, 1 incompatible, 0 undecided
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "register",
        expect![[r#"
        shop/money.proto: already there as version 1 (id 1)
        error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int32, the writer sends string
         --> protos/shop/order.proto:8:3
          |
        8 |   int32 id = 1;
          |   ^^^^^ takes int32
          |
         ::: orders@1:8:3
          |
        8 |   string id = 1;
          |   ------ sends string
          |
          = breaks: consumers with the new schema, when they read events written with version 1
          = witness: shop.Order {"id":"a"}
          = outcome: the reader decodes it without an error, but to a different value: {}
          = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
          = help: keep string, or add a field of another number beside `id`
          = explain: treaty explain protobuf/wire-type-mismatch

        orders: incompatible: BACKWARD forbids this; no contracts to check
        orders: refused
        --- exit 1
    "#]],
    );
    run(
        &cli,
        "register protos/shop/order.proto --subject other --references shop/money.proto=shop/money.proto:1",
        expect![[r#"
            other: registered as version 1 (id 3)
            --- exit 0
        "#]],
    );
}
