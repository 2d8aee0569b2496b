//! `treaty diff` between `.proto` files: what was edited, and whom it affects.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const OLD: &str = r#"syntax = "proto2";
package shop;

message Order {
  optional string id = 1;
  optional int64 quantity = 2;
  repeated Line lines = 3;
  map<string, Money> totals = 4;
  optional Status status = 5;
  optional string card = 7;
  optional string cash = 8;
  optional Discount discount = 9;
  extensions 100 to 110;

  message Discount {
    optional int32 percent = 1;
    message Reason {
      optional string text = 1;
    }
    optional Reason reason = 2;
  }
}

message Line {
  optional string sku = 1;
  optional Status status = 2;
}

message Money {
  optional int64 units = 1;
}

message Cancelled {
  optional string id = 1;
}

enum Status {
  NONE = 0;
  PLACED = 1;
  PAID = 2;
  LOST = 3;
  GONE = 4;
}

extend Order {
  optional string note = 100;
}

service Orders {
  rpc Place(Order) returns (Order);
}
"#;

const NEW: &str = r#"syntax = "proto2";
package shop;

message Order {
  optional string order_id = 1;
  optional int32 quantity = 2;
  repeated Line lines = 3;
  map<string, Money> totals = 4;
  optional Status status = 5;
  oneof payment {
    string card = 7;
    string cash = 8;
  }
  optional Discount discount = 9;
  extensions 100 to 120;

  message Discount {
    repeated int32 percent = 1;
    message Reason {
      optional bytes text = 1;
    }
    optional Reason reason = 2;
  }
}

message Line {
  optional string sku = 1;
  optional Status status = 2;
  required int32 count = 3;
}

message Money {
  optional string units = 1;
}

enum Status {
  NONE = 0;
  PLACED = 2;
  PAID = 1;
  SENT = 5;
}

extend Order {
  optional int32 note = 100;
}

service Orders {
  rpc Place(Order) returns (stream Order);
}
"#;

fn diff(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["diff"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

#[test]
fn every_edit_of_protobuf_is_told_once_with_whom_it_hurts() {
    let cli = Cli::new().file("old.proto", OLD).file("new.proto", NEW);
    diff(
        &cli,
        &["old.proto", "new.proto"],
        expect![[r#"
        - message `Cancelled` removed  (old.proto:33:1)
            breaks consumers with the new schema, when they read old events: protobuf/type-missing
        ~ order_id: name `id` becomes `order_id`  (new.proto:5:3)
        ~ quantity: type int64 becomes int32  (new.proto:6:3)
            breaks consumers with the new schema, when they read old events: protobuf/number-out-of-range
        ~ status: value 1: `PLACED` becomes `PAID`  (new.proto:39:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-renumbered
            breaks consumers with the old schema, when they read new events: protobuf/enum-renumbered
        ~ status: value 2: `PAID` becomes `PLACED`  (new.proto:38:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-renumbered
            breaks consumers with the old schema, when they read new events: protobuf/enum-renumbered
        - status: value `LOST` = 3 removed  (old.proto:41:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-number-unknown
        - status: value `GONE` = 4 removed  (old.proto:42:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-number-unknown
        + status: value `SENT` = 5 added  (new.proto:40:3)
            breaks consumers with the old schema, when they read new events: protobuf/enum-number-unknown
        ~ card: oneof none becomes `payment`  (new.proto:11:5)
            breaks consumers with the new schema, when they read old events: protobuf/oneof-case-lost
        ~ cash: oneof none becomes `payment`  (new.proto:12:5)
            breaks consumers with the new schema, when they read old events: protobuf/oneof-case-lost
        ~ shop.note: type string becomes int32  (new.proto:44:3)
            breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
            breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
        ~ other numbers for extensions  (new.proto:4:9)
        + lines[].count: field 3 added (required int32)  (new.proto:29:3)
            breaks consumers with the new schema, when they read old events: protobuf/required-field-missing
        ~ totals{}.units: type int64 becomes string  (new.proto:33:3)
            breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
            breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
        ~ discount.percent: label `optional` becomes `repeated`  (new.proto:18:5)
            breaks consumers with the old schema, when they read new events: protobuf/list-read-as-one
        ~ discount.reason.text: type string becomes bytes  (new.proto:20:7)
        ~ method `Place` (Order) returns (Order) becomes (Order) returns (stream Order)  (new.proto:48:3)
        17 changes
        --- exit 0
    "#]],
    );
    diff(
        &cli,
        &["new.proto", "old.proto"],
        expect![[r#"
        + message `Cancelled` added  (old.proto:33:1)
            breaks consumers with the old schema, when they read new events: protobuf/type-missing
        ~ id: name `order_id` becomes `id`  (old.proto:5:3)
        ~ quantity: type int32 becomes int64  (old.proto:6:3)
            breaks consumers with the old schema, when they read new events: protobuf/number-out-of-range
        ~ status: value 2: `PLACED` becomes `PAID`  (old.proto:40:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-renumbered
            breaks consumers with the old schema, when they read new events: protobuf/enum-renumbered
        ~ status: value 1: `PAID` becomes `PLACED`  (old.proto:39:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-renumbered
            breaks consumers with the old schema, when they read new events: protobuf/enum-renumbered
        - status: value `SENT` = 5 removed  (new.proto:40:3)
            breaks consumers with the new schema, when they read old events: protobuf/enum-number-unknown
        + status: value `LOST` = 3 added  (old.proto:41:3)
            breaks consumers with the old schema, when they read new events: protobuf/enum-number-unknown
        + status: value `GONE` = 4 added  (old.proto:42:3)
            breaks consumers with the old schema, when they read new events: protobuf/enum-number-unknown
        ~ card: oneof `payment` becomes none  (old.proto:10:3)
            breaks consumers with the old schema, when they read new events: protobuf/oneof-case-lost
        ~ cash: oneof `payment` becomes none  (old.proto:11:3)
            breaks consumers with the old schema, when they read new events: protobuf/oneof-case-lost
        ~ shop.note: type int32 becomes string  (old.proto:46:3)
            breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
            breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
        ~ other numbers for extensions  (old.proto:4:9)
        - lines[].count: field 3 removed (required int32)  (new.proto:29:3)
            breaks consumers with the old schema, when they read new events: protobuf/required-field-missing
        ~ totals{}.units: type string becomes int64  (old.proto:30:3)
            breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
            breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
        ~ discount.percent: label `repeated` becomes `optional`  (old.proto:16:5)
            breaks consumers with the new schema, when they read old events: protobuf/list-read-as-one
        ~ discount.reason.text: type bytes becomes string  (old.proto:18:7)
        ~ method `Place` (Order) returns (stream Order) becomes (Order) returns (Order)  (old.proto:50:3)
        17 changes
        --- exit 0
    "#]],
    );
    diff(
        &cli,
        &["old.proto", "old.proto"],
        expect![[r#"
        no difference
        --- exit 0
    "#]],
    );
}

#[test]
fn a_proto_in_proto3_and_in_an_edition() {
    let text = |head: &str, required: &str| {
        format!(
            "{head};\nmessage M {{\n  {required}int32 a = 1;\n  E e = 2;\n  N n = 3;\n}}\nmessage N {{}}\nenum E {{ A = 0; }}\n"
        )
    };
    let cli = Cli::new()
        .file(
            "2.proto",
            text("syntax = \"proto2\"", "required ")
                .replace("  E", "  optional E")
                .replace("  N", "  optional N"),
        )
        .file("3.proto", text("syntax = \"proto3\"", ""))
        .file("2023.proto", text("edition = \"2023\"", ""));
    diff(
        &cli,
        &["2.proto", "3.proto"],
        expect![[r#"
        ~ proto2 becomes proto3  (3.proto:1:1)
        ~ a: label `required` becomes none  (3.proto:3:3)
            breaks consumers with the old schema, when they read new events: protobuf/required-field-missing
        ~ e: label `optional` becomes none  (3.proto:4:3)
        ~ e: closed enum becomes open  (3.proto:8:6)
        4 changes
        --- exit 0
    "#]],
    );
    diff(
        &cli,
        &["3.proto", "2023.proto"],
        expect![[r#"
        ~ proto3 becomes edition 2023  (2023.proto:1:1)
        ~ a: label none becomes none, with presence  (2023.proto:3:3)
        ~ e: label none becomes none, with presence  (2023.proto:4:3)
        3 changes
        --- exit 0
    "#]],
    );
}

#[test]
fn edits_of_imported_files_are_told_where_they_are() {
    let order = |import: &str| {
        format!("syntax = \"proto3\";\nimport \"{import}\";\nmessage Order {{\n  Money total = 1;\n}}\n")
    };
    let cli = Cli::new()
        .file("old.proto", order("shop/money.proto"))
        .file("new.proto", order("shop/cash.proto"))
        .file(
            "protos/shop/money.proto",
            "syntax = \"proto3\";\nmessage Money {\n  int64 cents = 1;\n}\n",
        )
        .file(
            "protos/shop/cash.proto",
            "syntax = \"proto3\";\nmessage Money {\n  string cents = 1;\n}\n",
        )
        .file(
            "whole.proto",
            "syntax = \"proto3\";\nmessage Order {\n  Money total = 1;\n}\nmessage Money {\n  int64 cents = 1;\n}\n",
        );
    diff(
        &cli,
        &["old.proto", "new.proto", "--reference", "protos"],
        expect![[r#"
            ~ total.cents: type int64 becomes string  (protos/shop/cash.proto:3:3)
                breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
                breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
            ~ other imports  (new.proto:2:1)
            2 changes
            --- exit 0
        "#]],
    );
    // A message that moves between files is still the same.
    diff(
        &cli,
        &["whole.proto", "new.proto", "--reference", "protos"],
        expect![[r#"
            ~ message `Money` moved to `shop/cash.proto`  (protos/shop/cash.proto:2:1)
            ~ total.cents: type int64 becomes string  (protos/shop/cash.proto:3:3)
                breaks consumers with the new schema, when they read old events: protobuf/wire-type-mismatch
                breaks consumers with the old schema, when they read new events: protobuf/wire-type-mismatch
            ~ other imports  (new.proto:2:1)
            3 changes
            --- exit 0
        "#]],
    );
    diff(
        &cli,
        &["old.proto", "whole.proto", "--reference", "protos"],
        expect![[r#"
            ~ message `Money` moved to `whole.proto`  (whole.proto:5:1)
            ~ other imports  (whole.proto:1:1)
            2 changes
            --- exit 0
        "#]],
    );
}

#[test]
fn each_side_may_import_from_elsewhere() {
    let money = |of: &str| format!("syntax = \"proto3\";\nmessage Money {{\n  {of} cents = 1;\n}}\n");
    let order = "syntax = \"proto3\";\nimport \"money.proto\";\nmessage Order {\n  Money total = 1;\n}\n";
    let cli = Cli::new()
        .file("order.proto", order)
        .file("old/money.proto", money("int64"))
        .file("new/money.proto", money("int32"));
    diff(
        &cli,
        &[
            "order.proto",
            "order.proto",
            "--old-reference",
            "old",
            "--reference",
            "new",
        ],
        expect![[r#"
            ~ total.cents: type int64 becomes int32  (new/money.proto:3:3)
                breaks consumers with the new schema, when they read old events: protobuf/number-out-of-range
            1 change
            --- exit 0
        "#]],
    );
}

#[test]
fn json_of_protobuf_has_lines_and_no_paths() {
    let text = |of: &str| format!("syntax = \"proto3\";\nmessage M {{ {of} a = 1; }}\n");
    let cli = Cli::new()
        .file("old.proto", text("int32"))
        .file("new.proto", text("string"));
    diff(
        &cli,
        &["old.proto", "new.proto", "--format", "json"],
        expect![[r#"
        {
          "version": 1,
          "old": "old.proto",
          "new": "new.proto",
          "changes": [
            {
              "change": "changed",
              "dataPath": "a",
              "message": "type int32 becomes string",
              "old": {
                "file": "old.proto",
                "path": "",
                "line": 2,
                "column": 13,
                "excerpt": {
                  "line": 1,
                  "text": "syntax = \"proto3\";\nmessage M { int32 a = 1; }",
                  "start": 31,
                  "end": 43
                }
              },
              "new": {
                "file": "new.proto",
                "path": "",
                "line": 2,
                "column": 13,
                "excerpt": {
                  "line": 1,
                  "text": "syntax = \"proto3\";\nmessage M { string a = 1; }",
                  "start": 31,
                  "end": 44
                }
              },
              "breaks": [
                {
                  "whom": "new-consumers",
                  "rule": "protobuf/wire-type-mismatch"
                },
                {
                  "whom": "old-consumers",
                  "rule": "protobuf/wire-type-mismatch"
                }
              ]
            }
          ]
        }
        --- exit 0
    "#]],
    );
}

#[test]
fn what_cannot_be_compared_is_told() {
    let cli = Cli::new()
        .file("old.avsc", "\"int\"")
        .file("old/order.proto", OLD)
        .file("new/order.proto", NEW);
    diff(
        &cli,
        &["old.avsc", "new/order.proto"],
        expect![[r#"
        --- stderr
        error: `old.avsc` is an Avro schema, `new/order.proto` is a Protobuf schema
         |
         = help: name two schemas of one language: nothing is the same in two languages
        --- exit 2
    "#]],
    );
    diff(
        &cli,
        &["old", "new"],
        expect![[r#"
        --- stderr
        error: `old` is a directory, and two schemas are compared here
         |
         = help: directories are compared by `treaty check NEW --against OLD`
        --- exit 2
    "#]],
    );
}
