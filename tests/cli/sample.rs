//! `treaty sample`: payloads of a schema in either language.

use expect_test::{Expect, expect};

use crate::support::cli::{Cli, Served};

const PROTO: &str = "\
syntax = \"proto3\";
package shop;

message Order {
  string order_id = 1;
  sint32 count = 2;
  Status status = 3;
  oneof payment {
    bytes card = 4;
    Voucher voucher = 5;
  }
}

message Voucher {
  uint64 number = 1;
}

enum Status {
  NONE = 0;
  PAID = 1;
}
";

const AVRO: &str = r#"{
  "type": "record", "name": "Order", "fields": [
    { "name": "id", "type": "string" },
    { "name": "count", "type": "int" },
    { "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ["NONE", "PAID"] } },
    { "name": "card", "type": ["null", { "type": "fixed", "name": "Card", "size": 2 }] }
  ]
}"#;

fn schemas() -> Cli {
    Cli::new().file("order.proto", PROTO).file("order.avsc", AVRO)
}

fn sample(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = ["sample"].into_iter().chain(command.split_whitespace()).collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

#[test]
fn ordinary_ones_are_lines_of_json() {
    let cli = schemas();
    sample(
        &cli,
        "order.proto --count 3",
        expect![[r#"
        {"orderId":"order_id-9","count":90}
        {"orderId":"order_id-83","count":907}
        {"orderId":"order_id-18","count":59,"voucher":{"number":"65"}}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.avsc --count 3",
        expect![[r#"
        {"id":"id-0","count":42444,"status":"PAID","card":null}
        {"id":"id-6940","count":60390,"status":"PAID","card":null}
        {"id":"id-8431","count":907,"status":"PAID","card":null}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.proto --count 0",
        expect![[r#"
        --- exit 0
    "#]],
    );
    let lines = |command: &str| {
        let ran = cli.run(&command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.transcript());
        ran.stdout.lines().count()
    };
    assert_eq!(lines("sample order.proto"), 10);
    assert_eq!(lines("sample order.avsc"), 10);
}

#[test]
fn a_seed_decides_which() {
    let cli = schemas();
    sample(
        &cli,
        "order.proto --count 2 --seed 7",
        expect![[r#"
        {"count":3,"status":"PAID"}
        {"count":5516,"voucher":{"number":"63335"}}
        --- exit 0
    "#]],
    );
    for schema in ["order.proto", "order.avsc"] {
        let run = |seed: &str| cli.run(&["sample", schema, "--seed", seed]).stdout;
        assert_eq!(run("7"), run("7"));
        assert_ne!(run("7"), run("8"));
        assert_eq!(run("0"), cli.run(&["sample", schema]).stdout);
    }
}

#[test]
fn what_lies_at_the_edge() {
    let cli = schemas();
    sample(
        &cli,
        "order.proto --boundary",
        expect![[r#"
        {}
        {"orderId":"aé雪🜚\u0000\"\\"}
        {"count":-1}
        {"count":-2147483648}
        {"count":2147483647}
        {"status":"PAID"}
        {"status":2}
        {"card":""}
        {"card":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w=="}
        {"voucher":{}}
        {"voucher":{"number":"18446744073709551615"}}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.proto --boundary --format json --count 4",
        expect![[r#"
        {"what":"the smallest","json":{},"binary":""}
        {"what":"order_id: characters of every length","json":{"orderId":"aé雪🜚\u0000\"\\"},"binary":"Cg1hw6npm6rwn5yaACJc"}
        {"what":"count: minus one","json":{"count":-1},"binary":"EAE="}
        {"what":"count: the smallest","json":{"count":-2147483648},"binary":"EP////8P"}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.avsc --boundary --format json",
        expect![[r#"
            {"what":"the smallest","json":{"id":"","count":0,"status":"NONE","card":null},"binary":"AAAAAA=="}
            {"what":"id: characters of every length","json":{"id":"aé雪🜚\u0000\"\\","count":0,"status":"NONE","card":null},"binary":"GmHDqembqvCfnJoAIlwAAAA="}
            {"what":"count: the smallest","json":{"id":"","count":-2147483648,"status":"NONE","card":null},"binary":"AP////8PAAA="}
            {"what":"count: minus one","json":{"id":"","count":-1,"status":"NONE","card":null},"binary":"AAEAAA=="}
            {"what":"count: the largest","json":{"id":"","count":2147483647,"status":"NONE","card":null},"binary":"AP7///8PAAA="}
            {"what":"status: the symbol PAID","json":{"id":"","count":0,"status":"PAID","card":null},"binary":"AAACAA=="}
            {"what":"card: the branch Card","json":{"id":"","count":0,"status":"NONE","card":{"Card":"\u0000\u0000"}},"binary":"AAAAAgAA"}
            {"what":"card(Card): every bit","json":{"id":"","count":0,"status":"NONE","card":{"Card":"ÿÿ"}},"binary":"AAAAAv//"}
            --- exit 0
        "#]],
    );
}

#[test]
fn what_just_misses_is_named() {
    let cli = schemas();
    sample(
        &cli,
        "order.proto --near-miss",
        expect![[r#"
        {"no_such_field":0}
        {"orderId":0}
        {"orderId":"","order_id":""}
        {"count":2147483648}
        {"count":0.5}
        {"status":"NO_SUCH_VALUE"}
        {"card":"*"}
        {"voucher":{"no_such_field":0}}
        {"voucher":{"number":"18446744073709551616"}}
        {"voucher":{"number":0.5}}
        {"card":"","voucher":{}}
        --- stderr
        7 samples that only bytes can tell were left out; --format json has them in base64
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.proto --near-miss --format json",
        expect![[r#"
        {"what":"the field number 0","json":null,"binary":"AAA="}
        {"what":"the wire type 7","json":null,"binary":"Dw=="}
        {"what":"a tag that is cut off","json":null,"binary":"/w=="}
        {"what":"a length beyond the end","json":null,"binary":"+v///w8B"}
        {"what":"a group that is not closed","json":null,"binary":"+////w8="}
        {"what":"a group that ends without a beginning","json":null,"binary":"/P///w8="}
        {"what":"a field that the message does not have","json":{"no_such_field":0},"binary":null}
        {"what":"order_id: not a string","json":{"orderId":0},"binary":null}
        {"what":"order_id: not UTF-8","json":null,"binary":"CgLDKA=="}
        {"what":"order_id: twice, by both of its names","json":{"orderId":"","order_id":""},"binary":null}
        {"what":"count: one more than the largest","json":{"count":2147483648},"binary":null}
        {"what":"count: not a whole number","json":{"count":0.5},"binary":null}
        {"what":"status: a name that the enum does not have","json":{"status":"NO_SUCH_VALUE"},"binary":null}
        {"what":"card: not base64","json":{"card":"*"},"binary":null}
        {"what":"voucher: a field that the message does not have","json":{"voucher":{"no_such_field":0}},"binary":null}
        {"what":"voucher.number: one more than the largest","json":{"voucher":{"number":"18446744073709551616"}},"binary":null}
        {"what":"voucher.number: not a whole number","json":{"voucher":{"number":0.5}},"binary":null}
        {"what":"voucher: a second member of the oneof","json":{"card":"","voucher":{}},"binary":null}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.avsc --near-miss --format json",
        expect![[r#"
        {"what":"a field that the record does not have","json":{"id":"","count":0,"status":"NONE","card":null,"no_such_field":0},"binary":null}
        {"what":"id: missing","json":{"count":0,"status":"NONE","card":null},"binary":null}
        {"what":"id: not UTF-8","json":null,"binary":"BMMoAAAA"}
        {"what":"id: not a string","json":{"id":0,"count":0,"status":"NONE","card":null},"binary":null}
        {"what":"count: missing","json":{"id":"","status":"NONE","card":null},"binary":null}
        {"what":"count: one more than 32 bits hold","json":{"id":"","count":2147483648,"status":"NONE","card":null},"binary":"AICAgIAQAAA="}
        {"what":"count: not a whole number","json":{"id":"","count":0.5,"status":"NONE","card":null},"binary":null}
        {"what":"status: missing","json":{"id":"","count":0,"card":null},"binary":null}
        {"what":"status: a symbol that the enum does not have","json":{"id":"","count":0,"status":"NO_SUCH_SYMBOL","card":null},"binary":"AAAEAA=="}
        {"what":"card: missing","json":{"id":"","count":0,"status":"NONE"},"binary":null}
        {"what":"card: a branch that the union does not have","json":{"id":"","count":0,"status":"NONE","card":{"no.such.Branch":0}},"binary":"AAAABA=="}
        {"what":"card(Card): one byte too many","json":{"id":"","count":0,"status":"NONE","card":{"Card":"\u0000\u0000\u0000"}},"binary":null}
        {"what":"a byte is left over after the value","json":null,"binary":"AAAAAAA="}
        {"what":"the last byte is missing","json":null,"binary":"AAAA"}
        --- exit 0
    "#]],
    );
}

#[test]
fn a_message_is_chosen_by_its_name() {
    let cli = schemas();
    sample(
        &cli,
        "order.proto --message shop.Voucher --count 1",
        expect![[r#"
        {"number":"9"}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.proto --message Voucher --count 1 --format json",
        expect![[r#"
            {"json":{"number":"9"},"binary":"CAk="}
            --- exit 0
        "#]],
    );
    sample(
        &cli,
        "order.proto --message Vouchers",
        expect![[r#"
        --- stderr
        error: there is no message `Vouchers` in `order.proto`
         |
         = help: its messages are shop.Order, shop.Voucher
        --- exit 2
    "#]],
    );
    sample(
        &cli,
        "order.avsc --message Order",
        expect![[r#"
        --- stderr
        error: an Avro schema has no messages to choose from
        --- exit 2
    "#]],
    );
}

#[test]
fn what_cannot_be_sampled_is_told() {
    let cli = schemas()
        .file("none.proto", "syntax = \"proto3\";\nenum E { A = 0; }\n")
        .file(
            "endless.proto",
            "syntax = \"proto2\";\nmessage M { required M m = 1; }\n",
        )
        .file(
            "import.proto",
            "syntax = \"proto3\";\nimport \"order.proto\";\nmessage M { shop.Voucher v = 1; }\n",
        )
        .file("shared/order.proto", PROTO)
        .file("shared/broken.avsc", "{");
    sample(
        &cli,
        "none.proto",
        expect![[r#"
        --- stderr
        error: the schema declares no message
        --- exit 2
    "#]],
    );
    sample(
        &cli,
        "endless.proto",
        expect![[r#"
        --- stderr
        error: no value of this type can exist, or only one that is too large to be shown: it must contain itself
        --- exit 2
    "#]],
    );
    sample(
        &cli,
        "nothing.proto",
        expect![[r#"
            --- stderr
            error: `nothing.proto` does not exist
            --- exit 2
        "#]],
    );
    sample(
        &cli,
        "import.proto",
        expect![[r#"
        --- stderr
        error: the imported file `order.proto` is not there
         --> import.proto:2:8
          |
        2 | import "order.proto";
          |        ^^^^^^^^^^^^^
          |
          = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
        --- exit 2
    "#]],
    );
    // What is broken in the other language is not needed.
    sample(
        &cli,
        "import.proto --reference shared --count 1",
        expect![[r#"
        {"v":{"number":"42444"}}
        --- exit 0
    "#]],
    );
    sample(
        &cli,
        "order.proto --boundary --near-miss",
        expect![[r#"
            --- stderr
            error: the argument '--boundary' cannot be used with '--near-miss'

            Usage: treaty sample --boundary <FILE|--subject <SUBJECT>>

            For more information, try '--help'.
            --- exit 2
        "#]],
    );
    sample(
        &cli,
        "order.proto --count many",
        expect![[r#"
        --- stderr
        error: invalid value 'many' for '--count <COUNT>': invalid digit found in string

        For more information, try '--help'.
        --- exit 2
    "#]],
    );
}

/// What is written in another form is read back by `validate`.
#[test]
fn in_files_and_streams() {
    let cli = schemas();
    for command in [
        "order.avsc --count 3 --as container --out three.avro",
        "order.proto --count 3 --as delimited --out three.delimited",
        "order.avsc --boundary --as binary --out avro",
        "order.proto --count 3 --out three.ndjson",
    ] {
        sample(&cli, command, expect!["--- exit 0\n"]);
    }
    for (command, told) in [
        ("three.avro --schema order.avsc", "3 records in 1 file: all valid"),
        ("three.delimited --schema order.proto", "3 records in 1 file: all valid"),
        (
            "avro --schema order.avsc --as binary",
            "8 records in 8 files: all valid",
        ),
        ("three.ndjson --schema order.proto", "3 records in 1 file: all valid"),
    ] {
        let arguments: Vec<&str> = ["validate"].into_iter().chain(command.split_whitespace()).collect();
        let ran = cli.run(&arguments).transcript();
        assert!(ran.contains(told), "{ran}");
    }
    for command in [
        "order.avsc --as delimited",
        "order.proto --as container",
        "order.avsc --count 2 --as binary",
        "order.avsc --near-miss --as container",
        "order.avsc --count 1000000 --as container",
    ] {
        let ran = cli.run(
            &["sample"]
                .into_iter()
                .chain(command.split_whitespace())
                .collect::<Vec<_>>(),
        );
        assert!(
            ran.code == 2 && ran.transcript().contains("error: "),
            "{command}: {}",
            ran.transcript()
        );
    }
}

#[test]
fn of_a_subject() {
    let served = Served::start();
    let cli = served.client().file("order.avsc", AVRO);
    assert_eq!(cli.run(&["register", "order.avsc", "--subject", "orders"]).code, 0);
    sample(
        &cli,
        "--subject orders --count 2",
        expect![[r#"
        {"id":"id-0","count":42444,"status":"PAID","card":null}
        {"id":"id-6940","count":60390,"status":"PAID","card":null}
        --- exit 0
    "#]],
    );
    let same = |arguments: &[&str]| cli.run(&[&["sample", "--count", "2"], arguments].concat()).transcript();
    assert_eq!(same(&["--subject", "orders", "--version", "1"]), same(&["order.avsc"]));
}
