//! What becomes of data between two trees of `.proto` files, beside what buf's rules find.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

fn check(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

/// A number grows, which buf's category WIRE allows: old readers cut it.
fn growing() -> Cli {
    let text = |kind: &str| format!("syntax = \"proto3\";\npackage acme;\nmessage Order {{ {kind} amount = 1; }}\n");
    Cli::new()
        .file("old/order.proto", text("int32"))
        .file("new/order.proto", text("int64"))
}

#[test]
fn data_that_is_hurt_though_the_rules_allow_it_is_told() {
    check(
        &growing(),
        &["new", "--against", "old", "--category", "WIRE"],
        expect![[r#"
            error[protobuf/number-out-of-range]: the reader's int32 cannot hold every int64 that `amount` may be: 2147483648, for instance
             --> new/order.proto:3:17
              |
            3 | message Order { int64 amount = 1; }
              |                 ^^^^^ sends int64
              |
             ::: old/order.proto:3:17
              |
            3 | message Order { int32 amount = 1; }
              |                 ----- takes int32
              |
              = breaks: consumers with the old schema, which read with `old/order.proto`, when new events arrive
              = witness: acme.Order {"amount":"2147483648"}
              = outcome: the reader decodes it without an error, but to a different value: {"amount":-2147483648}
              = opinion: confirmed by prost-reflect 0.16
              = help: keep int64, widen the reader first, or add a field of another number beside `amount`
              = explain: treaty explain protobuf/number-out-of-range

            new: compatible: buf's rules of category WIRE allow this, but data is affected in one place
            --- exit 0
        "#]],
    );
}

#[test]
fn a_mode_asks_that_no_data_be_hurt() {
    let cli = growing();
    let wire = ["check", "new", "--against", "old", "--category", "WIRE"];
    for (mode, summary, code) in [
        (
            None,
            "compatible: buf's rules of category WIRE allow this, but data is affected in one place",
            0,
        ),
        (
            Some("FULL"),
            "incompatible: buf's rules of category WIRE allow this, but data is affected in one place",
            1,
        ),
        (
            Some("FORWARD"),
            "incompatible: buf's rules of category WIRE allow this, but data is affected in one place",
            1,
        ),
        (
            Some("BACKWARD"),
            "compatible: buf's rules of category WIRE allow this; no data is affected",
            0,
        ),
        (Some("NONE"), "compatible: buf's rules of category WIRE allow this", 0),
    ] {
        let mut arguments = wire.to_vec();
        arguments.extend(mode.iter().flat_map(|mode| ["--mode", *mode]));
        let ran = cli.run(&arguments);
        assert_eq!(ran.code, code, "{mode:?}: {}", ran.stdout);
        assert_eq!(
            ran.stdout.lines().last(),
            Some(format!("new: {summary}").as_str()),
            "{mode:?}"
        );
    }
    check(
        &cli,
        &["new", "--against", "old", "--mode", "NONE"],
        expect![[r#"
        error[buf/FIELD_SAME_TYPE]: Field "1" with name "amount" on message "Order" changed type from "int32" to "int64".
         --> new/order.proto:3:17
          |
        3 | message Order { int64 amount = 1; }
          |                 ^^^^^
          |
         ::: old/order.proto:3:17
          |
        3 | message Order { int32 amount = 1; }
          |                 ----- previously
          |
          = help: keep the type
          = explain: treaty explain buf/FIELD_SAME_TYPE

        new: incompatible: buf's rules forbid this in one place
        --- exit 1
    "#]],
    );
}

#[test]
fn each_finding_says_whether_data_is_hurt() {
    let cli = Cli::new()
        .file(
            "old/acme.proto",
            "\
syntax = \"proto3\";
package acme;
option go_package = \"acme/v1\";

enum Status {
  STATUS_UNSPECIFIED = 0;
  PAID = 1;
  SHIPPED = 2;
}

message Order {
  Status status = 1;
  map<string, int32> stock = 2;
  string note = 3;
}
",
        )
        .file(
            "new/acme.proto",
            "\
syntax = \"proto3\";
package acme;
option go_package = \"acme/v2\";

enum Status {
  STATUS_UNSPECIFIED = 0;
  SHIPPED = 1;
  PAID = 2;
}

message Order {
  Status status = 1;
  map<string, string> stock = 2;
}
",
        );
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
            error[buf/FILE_SAME_GO_PACKAGE]: File option "go_package" changed from "acme/v1" to "acme/v2".
             --> new/acme.proto:3:1
              |
            3 | option go_package = "acme/v2";
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
             ::: old/acme.proto:3:1
              |
            3 | option go_package = "acme/v1";
              | ------------------------------ previously
              |
              = evidence: no data is affected: it is about generated code
              = help: keep the package
              = explain: treaty explain buf/FILE_SAME_GO_PACKAGE

            error[buf/ENUM_VALUE_SAME_NAME]: Enum value "1" on enum "Status" changed name from "PAID" to "SHIPPED".
             --> new/acme.proto:7:13
              |
            7 |   SHIPPED = 1;
              |             ^
              |
             ::: old/acme.proto:7:10
              |
            7 |   PAID = 1;
              |          - previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme.proto`; consumers with the old schema too, when new events arrive
              = data: error[protobuf/enum-renumbered]: the numbers of `Status` mean something else to the reader: it takes `PAID` as `SHIPPED`
              = witness: acme.Order {"status":"PAID"}
              = outcome: the reader decodes it without an error, but to a different value: {"status":"SHIPPED"}
              = opinion: confirmed by prost-reflect 0.16
              = help: keep the old name beside the new one: `option allow_alias = true;` and a second value of the same number
              = explain: treaty explain buf/ENUM_VALUE_SAME_NAME

            error[buf/ENUM_VALUE_SAME_NAME]: Enum value "2" on enum "Status" changed name from "SHIPPED" to "PAID".
             --> new/acme.proto:8:10
              |
            8 |   PAID = 2;
              |          ^
              |
             ::: old/acme.proto:8:13
              |
            8 |   SHIPPED = 2;
              |             - previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme.proto`; consumers with the old schema too, when new events arrive
              = data: error[protobuf/enum-renumbered]: the numbers of `Status` mean something else to the reader: it takes `SHIPPED` as `PAID`
              = witness: acme.Order {"status":"SHIPPED"}
              = outcome: the reader decodes it without an error, but to a different value: {"status":"PAID"}
              = opinion: confirmed by prost-reflect 0.16
              = help: keep the old name beside the new one: `option allow_alias = true;` and a second value of the same number
              = explain: treaty explain buf/ENUM_VALUE_SAME_NAME

            error[buf/FIELD_NO_DELETE]: Previously present field "3" with name "note" on message "Order" was deleted.
              --> new/acme.proto:11:1
               |
            11 | message Order {
               | ^^^^^^^^^^^^^^^
               |
              ::: old/acme.proto:11:1
               |
            11 | message Order {
               | --------------- previously
               |
               = evidence: no data is affected: readers pass on unread what they do not know; those of ProtoJSON must be told to
               = help: keep the field and mark it as deprecated, as in `string note = 3 [deprecated = true];`
               = explain: treaty explain buf/FIELD_NO_DELETE

            error[buf/FIELD_SAME_TYPE]: Field "2" with name "value" on message "StockEntry" changed type from "int32" to "string".
              --> new/acme.proto:13:3
               |
            13 |   map<string, string> stock = 2;
               |   ^^^^^^^^^^^^^^^^^^^
               |
              ::: old/acme.proto:13:3
               |
            13 |   map<string, int32> stock = 2;
               |   ------------------ previously
               |
               = breaks: consumers with the new schema, when they read events written with `old/acme.proto`; consumers with the old schema too, when new events arrive
               = data: error[protobuf/wire-type-mismatch]: the value of `stock` never arrives: the reader takes string, the writer sends int32
               = witness: acme.Order {"stock":{"":1}}
               = outcome: the reader decodes it without an error, but to a different value: {"stock":{"":""}}
               = opinion: prost-reflect 0.16 was not asked: it refuses the event for something else
               = help: keep the type
               = explain: treaty explain buf/FIELD_SAME_TYPE

            new: incompatible: buf's rules forbid this in 5 places of one file; data is affected in 3 of them
            --- exit 1
        "#]],
    );
}

#[test]
fn what_the_configuration_leaves_alone_is_not_told_either() {
    let config = "version: v2\nbreaking:\n  use: [WIRE]\n  ignore: [draft]\n";
    let text = |kind: &str| format!("syntax = \"proto3\";\nmessage Draft {{ {kind} amount = 1; }}\n");
    let cli = Cli::new()
        .file("old/draft/d.proto", text("int32"))
        .file("new/draft/d.proto", text("int64"))
        .file("new/buf.yaml", config);
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
        new: compatible: buf's rules allow this; no data is affected
        --- exit 0
    "#]],
    );
}

#[test]
fn long_witnesses_are_cut_and_the_report_has_them_whole() {
    let fields = |kind: &str| {
        let required: Vec<String> = (1..40)
            .map(|number| format!("required int64 field_{number} = {number};"))
            .collect();
        format!(
            "syntax = \"proto2\";\nmessage Wide {{ {} }}\nmessage Order {{ optional {kind} a = 1; required Wide wide = 2; }}\n",
            required.join(" ")
        )
    };
    let cli = Cli::new()
        .file("old/w.proto", fields("int32"))
        .file("new/w.proto", fields("string"));
    let text = cli.run(&["check", "new", "--against", "old"]).stdout;
    let line = text.lines().find(|line| line.contains("= witness:")).unwrap();
    assert!(line.contains("… (") && line.chars().count() < 240, "{line}");
    let report = cli
        .run(&["check", "new", "--against", "old", "--format", "json"])
        .json();
    let witness = &report["subjects"][0]["findings"][0]["witness"]["value"];
    assert_eq!(witness["wide"].as_object().unwrap().len(), 39, "{witness}");
}
