//! Trees of `.proto` files against trees, by buf's breaking rules.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const ORDER: &str = "\
syntax = \"proto3\";
package acme;

import \"acme/money.proto\";

message Order {
  string id = 1;
  Money total = 2;
}
";

const CHANGED: &str = "\
syntax = \"proto3\";
package acme;

import \"acme/money.proto\";

message Order {
  int64 id = 1;
  Money sum = 2;
}
";

const MONEY: &str = "syntax = \"proto3\";\npackage acme;\nmessage Money { int64 cents = 1; }\n";

fn check(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

fn trees() -> Cli {
    Cli::new()
        .file("old/acme/order.proto", ORDER)
        .file("old/acme/money.proto", MONEY)
        .file("new/acme/order.proto", CHANGED)
        .file("new/acme/money.proto", MONEY)
}

#[test]
fn both_places_of_a_change_are_shown() {
    check(
        &trees(),
        &["new", "--against", "old"],
        expect![[r#"
            error[buf/FIELD_SAME_TYPE]: Field "1" with name "id" on message "Order" changed type from "string" to "int64".
             --> new/acme/order.proto:7:3
              |
            7 |   int64 id = 1;
              |   ^^^^^
              |
             ::: old/acme/order.proto:7:3
              |
            7 |   string id = 1;
              |   ------ previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/order.proto`; consumers with the old schema too, when new events arrive
              = data: error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int64, the writer sends string
              = witness: acme.Order {"id":"a"}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep the type
              = explain: treaty explain buf/FIELD_SAME_TYPE

            error[buf/FIELD_SAME_JSON_NAME]: Field "2" with name "sum" on message "Order" changed option "json_name" from "total" to "sum".
             --> new/acme/order.proto:8:3
              |
            8 |   Money sum = 2;
              |   ^^^^^^^^^^^^^^
              |
             ::: old/acme/order.proto:8:3
              |
            8 |   Money total = 2;
              |   ---------------- previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/order.proto`; consumers with the old schema too, when new events arrive
              = data: warning[protobuf/json-name-changed]: in ProtoJSON the writer calls field 2 "total", which the reader does not take
              = witness: acme.Order {"total":{}}
              = outcome: the reader refuses it: as ProtoJSON: `acme.Order` has no field `total`
              = opinion: confirmed by prost-reflect 0.16
              = help: keep the name in JSON: when the field is renamed, write the old one with it, `[json_name = "total"]`
              = explain: treaty explain buf/FIELD_SAME_JSON_NAME

            error[buf/FIELD_SAME_NAME]: Field "2" on message "Order" changed name from "total" to "sum".
             --> new/acme/order.proto:8:9
              |
            8 |   Money sum = 2;
              |         ^^^
              |
             ::: old/acme/order.proto:8:9
              |
            8 |   Money total = 2;
              |         ----- previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/order.proto`; consumers with the old schema too, when new events arrive
              = data: warning[protobuf/json-name-changed]: in ProtoJSON the writer calls field 2 "total", which the reader does not take
              = witness: acme.Order {"total":{}}
              = outcome: the reader refuses it: as ProtoJSON: `acme.Order` has no field `total`
              = opinion: confirmed by prost-reflect 0.16
              = help: keep the name
              = explain: treaty explain buf/FIELD_SAME_NAME

            new: incompatible: buf's rules forbid this in 3 places of one file; data is affected in one of them
            --- exit 1
        "#]],
    );
}

#[test]
fn a_category_asks_for_less() {
    check(
        &trees(),
        &["new", "--against", "old", "--category", "WIRE"],
        expect![[r#"
            error[buf/FIELD_WIRE_COMPATIBLE_TYPE]: Field "1" with name "id" on message "Order" changed type from "string" to "int64". See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire compatibility rules.
             --> new/acme/order.proto:7:3
              |
            7 |   int64 id = 1;
              |   ^^^^^
              |
             ::: old/acme/order.proto:7:3
              |
            7 |   string id = 1;
              |   ------ previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/order.proto`; consumers with the old schema too, when new events arrive
              = data: error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int64, the writer sends string
              = witness: acme.Order {"id":"a"}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep the type
              = explain: treaty explain buf/FIELD_WIRE_COMPATIBLE_TYPE

            new: incompatible: buf's rules of category WIRE forbid this in one place; data is affected there
            --- exit 1
        "#]],
    );
    check(
        &trees(),
        &["new", "--against", "old", "--category", "wires"],
        expect![[r#"
            --- stderr
            error: invalid value 'wires' for '--category <CATEGORY>': `wires` is no category of breaking rules; known are FILE, PACKAGE, WIRE_JSON, WIRE, CSR

            For more information, try '--help'.
            --- exit 2
        "#]],
    );
    check(
        &trees(),
        &["old", "--against", "old", "--category", "FILE"],
        expect![[r#"
            old: compatible: buf's rules of category FILE allow this; no data is affected
            --- exit 0
        "#]],
    );
}

#[test]
fn what_is_gone_has_only_an_earlier_place() {
    let cli = Cli::new()
        .file("old/a.proto", MONEY)
        .file("old/b.proto", "syntax = \"proto3\";\npackage acme;\nmessage B {}\n")
        .file("new/a.proto", MONEY);
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
            error[buf/FILE_NO_DELETE]: Previously present file "b.proto" was deleted.
             --> new:1:1
              |
            1 |
              | ^ no longer here
              |
             ::: old/b.proto:1:1
              |
            1 | syntax = "proto3";
              | - previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/b.proto`
              = data: error[protobuf/type-missing]: the reader has no message `acme.B`
              = witness: acme.B {}
              = outcome: the reader refuses it: there is no message `acme.B` to read it as
              = opinion: prost-reflect 0.16 was not asked: the reader has no message to read it with
              = help: keep the file, if only with what others still need of it
              = explain: treaty explain buf/FILE_NO_DELETE

            new: incompatible: buf's rules forbid this in one place; data is affected there
            --- exit 1
        "#]],
    );
}

#[test]
fn a_required_field_that_is_new_has_only_a_place_now() {
    let text = |fields: &str| format!("syntax = \"proto2\";\nmessage M {{{fields}}}\n");
    let cli = Cli::new()
        .file("old/m.proto", text(""))
        .file("new/m.proto", text(" required int32 a = 1; "));
    check(
        &cli,
        &["new", "--against", "old", "--category", "WIRE"],
        expect![[r#"
            error[buf/MESSAGE_SAME_REQUIRED_FIELDS]: Message "M" had required field "1" added. Required fields must always be sent, so if one side does not know about the required field, this will result in a breakage.
             --> new/m.proto:2:13
              |
            2 | message M { required int32 a = 1; }
              |             ^^^^^^^^^^^^^^^^^^^^^
              |
             ::: old:1:1
              |
            1 |
              | - not here yet
              |
              = breaks: consumers with the new schema, when they read events written with `old`
              = data: error[protobuf/required-field-missing]: the reader requires `a`, which the writer never writes
              = witness: M {}
              = outcome: the reader refuses it: the required field `a` of `M` is missing (at byte 0)
              = opinion: prost-reflect 0.16 asks for no required fields (a known quirk)
              = help: make the field `optional` and check it in your program
              = explain: treaty explain buf/MESSAGE_SAME_REQUIRED_FIELDS

            new: incompatible: buf's rules of category WIRE forbid this in one place; data is affected there
            --- exit 1
        "#]],
    );
}

#[test]
fn the_configuration_names_roots_rules_and_files() {
    let config = "\
version: v2
modules:
  - path: proto
    excludes: [proto/vendor]
breaking:
  use: [WIRE_JSON]
  except: [FIELD_SAME_NAME, FIELD_SAME_JSON_NAME]
  ignore_only:
    FIELD_WIRE_JSON_COMPATIBLE_TYPE: [proto/acme/draft]
colour: blue
";
    let cli = Cli::new()
        .file("old/acme/order.proto", ORDER)
        .file("old/acme/money.proto", MONEY)
        .file(
            "old/acme/draft/d.proto",
            "syntax = \"proto3\";\nmessage D { string d = 1; }\n",
        )
        .file("new/buf.yaml", config)
        .file("new/proto/acme/order.proto", CHANGED)
        .file("new/proto/acme/money.proto", MONEY)
        .file("new/proto/vendor/broken.proto", "this is no schema")
        .file(
            "new/proto/acme/draft/d.proto",
            "syntax = \"proto3\";\nmessage D { int32 d = 1; }\n",
        );
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
            error[buf/FIELD_WIRE_JSON_COMPATIBLE_TYPE]: Field "1" with name "id" on message "Order" changed type from "string" to "int64". See https://developers.google.com/protocol-buffers/docs/proto3#updating for wire compatibility rules and https://developers.google.com/protocol-buffers/docs/proto3#json for JSON compatibility rules.
             --> new/proto/acme/order.proto:7:3
              |
            7 |   int64 id = 1;
              |   ^^^^^
              |
             ::: old/acme/order.proto:7:3
              |
            7 |   string id = 1;
              |   ------ previously
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/order.proto`; consumers with the old schema too, when new events arrive
              = data: error[protobuf/wire-type-mismatch]: `id` never arrives: the reader takes int64, the writer sends string
              = witness: acme.Order {"id":"a"}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep the type
              = explain: treaty explain buf/FIELD_WIRE_JSON_COMPATIBLE_TYPE

            error[protobuf/wire-type-mismatch]: `d` never arrives: the reader takes int32, the writer sends string
             --> new/proto/acme/draft/d.proto:2:13
              |
            2 | message D { int32 d = 1; }
              |             ^^^^^ takes int32
              |
             ::: old/acme/draft/d.proto:2:13
              |
            2 | message D { string d = 1; }
              |             ------ sends string
              |
              = breaks: consumers with the new schema, when they read events written with `old/acme/draft/d.proto`
              = witness: D {"d":"a"}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep string, or add a field of another number beside `d`
              = explain: treaty explain protobuf/wire-type-mismatch

            error[protobuf/wire-type-mismatch]: `d` never arrives: the reader takes string, the writer sends int32
             --> new/proto/acme/draft/d.proto:2:13
              |
            2 | message D { int32 d = 1; }
              |             ^^^^^ sends int32
              |
             ::: old/acme/draft/d.proto:2:13
              |
            2 | message D { string d = 1; }
              |             ------ takes string
              |
              = breaks: consumers with the old schema, which read with `old/acme/draft/d.proto`, when new events arrive
              = witness: D {"d":1}
              = outcome: the reader decodes it without an error, but to a different value: {}
              = opinion: prost-reflect 0.16 refuses a field whose wire type does not fit, which others put aside as unknown (a known quirk)
              = help: keep int32, or add a field of another number beside `d`
              = explain: treaty explain protobuf/wire-type-mismatch

            new: incompatible: buf's rules forbid this in one place; data is affected there, and in 2 places that they allow
            --- stderr
            note: new/buf.yaml:10:1: the key `colour` is not known here (known are version, name, modules, deps, lint, breaking, plugins, policies)
            --- exit 1
        "#]],
    );
    let wrong = "version: v1\nbreaking:\n  use:\n    - EXTENSION_NO_DELETE\n    - FIEL_NO_DELETE\n  ignore: [../x]\n";
    let cli = trees().file("wrong.yaml", wrong);
    check(
        &cli,
        &["new", "--against", "old", "--config", "wrong.yaml"],
        expect![[r#"
            --- stderr
            error: `EXTENSION_NO_DELETE` is no breaking rule or category of version v1
             --> wrong.yaml:4:7
              |
            4 |     - EXTENSION_NO_DELETE
              |       ^^^^^^^^^^^^^^^^^^^
              |
              = help: a later version knows it: write `version: v2`

            error: `FIEL_NO_DELETE` is no breaking rule or category of version v1
             --> wrong.yaml:5:7
              |
            5 |     - FIEL_NO_DELETE
              |       ^^^^^^^^^^^^^^
              |
              = help: did you mean `FIELD_NO_DELETE`?

            error: the path leaves the directory of the file
             --> wrong.yaml:6:12
              |
            6 |   ignore: [../x]
              |            ^^^^
              |
              = help: write it from the directory of the buf.yaml, as in `proto/acme`
            --- exit 2
        "#]],
    );
    let cli = trees().file("wrong.yaml", "breaking: [");
    check(
        &cli,
        &["new", "--against", "old", "--config", "wrong.yaml"],
        expect![[r#"
            --- stderr
            error: unclosed bracket '['
             --> wrong.yaml:1:11
              |
            1 | breaking: [
              |           ^
              |
              = help: check indentation (spaces, no tabs), and put text with `:` or `#` in it between quotes
            --- exit 2
        "#]],
    );
}

#[test]
fn imports_are_looked_up_in_other_directories() {
    let cli = Cli::new()
        .file("old/acme/order.proto", ORDER)
        .file("new/acme/order.proto", ORDER)
        .file("shared/acme/money.proto", MONEY)
        .file("shared/unused.proto", "this is no schema");
    check(
        &cli,
        &["new", "--against", "old", "--include", "shared"],
        expect![[r#"
            new: compatible: buf's rules allow this; no data is affected
            --- exit 0
        "#]],
    );
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
            --- stderr
            error: the imported file `acme/money.proto` is not there
             --> new/acme/order.proto:4:8
              |
            4 | import "acme/money.proto";
              |        ^^^^^^^^^^^^^^^^^^
              |
              = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`

            error: the imported file `acme/money.proto` is not there
             --> old/acme/order.proto:4:8
              |
            4 | import "acme/money.proto";
              |        ^^^^^^^^^^^^^^^^^^
              |
              = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
            --- exit 2
        "#]],
    );
    check(
        &cli,
        &["new", "--against", "old", "--include", "sharde"],
        expect![[r#"
        --- stderr
        error: `sharde` is no directory
         |
         = help: --include takes a directory in which imports are looked up
        --- exit 2
    "#]],
    );
}

#[test]
fn bad_trees_get_clear_errors() {
    let cli = Cli::new()
        .file("good/a.proto", MONEY)
        .file("binary/a.proto", [0xff, 0xfe, 0x00])
        .file("climbs/a.proto", "syntax = \"proto3\";\nimport \"../secret.proto\";\n")
        .file("secret.proto", MONEY)
        .file("none/readme.md", "nothing");
    check(
        &cli,
        &["binary", "--against", "good"],
        expect![[r#"
            --- stderr
            error: `binary/a.proto` is not UTF-8: byte 0xff at 1:1
             |
             = help: it begins like UTF-16: save it as UTF-8
            --- exit 2
        "#]],
    );
    check(
        &cli,
        &["climbs", "--against", "good"],
        expect![[r#"
        --- stderr
        error: the import path `../secret.proto` leaves the tree
         --> climbs/a.proto:2:8
          |
        2 | import "../secret.proto";
          |        ^^^^^^^^^^^^^^^^^
          |
          = help: write the path from the root of the tree, as in import "acme/order.proto";
        --- exit 2
    "#]],
    );
    check(
        &cli,
        &["climbs", "--against", "good", "--include", "good"],
        expect![[r#"
            --- stderr
            error: the import path `../secret.proto` leaves the tree
             --> climbs/a.proto:2:8
              |
            2 | import "../secret.proto";
              |        ^^^^^^^^^^^^^^^^^
              |
              = help: write the path from the root of the tree, as in import "acme/order.proto";
            --- exit 2
        "#]],
    );
    check(
        &cli,
        &["none", "--against", "none"],
        expect![[r#"
        --- stderr
        error: there is no schema in `none`
         |
         = help: schemas are the files that end in .avsc or .proto
        --- exit 2
    "#]],
    );
    check(
        &cli,
        &["good", "--against", "missing"],
        expect![[r#"
        --- stderr
        error: `good` is a directory, so it needs one directory to be compared with
         |
         = help: name the directory of the earlier schemas: --against DIR
        --- exit 2
    "#]],
    );
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_not_followed() {
    let cli = Cli::new().file("tree/a.proto", MONEY);
    std::os::unix::fs::symlink(cli.path().join("tree"), cli.path().join("tree/again")).unwrap();
    check(
        &cli,
        &["tree", "--against", "tree"],
        expect![[r#"
            tree: compatible: buf's rules allow this; no data is affected
            --- exit 0
        "#]],
    );
}

#[test]
fn the_report_has_both_places_too() {
    let report = trees()
        .run(&["check", "new", "--against", "old", "--format", "json"])
        .json();
    let subject = &report["subjects"][0];
    assert_eq!(report["verdict"], "incompatible");
    assert_eq!(subject["ruleSets"]["buf"], "incompatible");
    assert_eq!(
        (subject.get("mode"), subject["ruleSets"].get("confluent")),
        (None, None)
    );
    let findings = subject["findings"].as_array().unwrap();
    let places: Vec<String> = findings
        .iter()
        .map(|finding| {
            let at = |side: &str| {
                format!(
                    "{}:{}:{}",
                    finding[side]["file"], finding[side]["line"], finding[side]["column"]
                )
            };
            format!("{} {} {}", finding["rule"], at("reader"), at("writer")).replace('"', "")
        })
        .collect();
    expect![[r#"
        buf/FIELD_SAME_TYPE new/acme/order.proto:7:3 old/acme/order.proto:7:3
        buf/FIELD_SAME_JSON_NAME new/acme/order.proto:8:3 old/acme/order.proto:8:3
        buf/FIELD_SAME_NAME new/acme/order.proto:8:9 old/acme/order.proto:8:9
    "#]]
    .assert_eq(&(places.join("\n") + "\n"));
}

#[test]
fn the_report_names_the_mode_that_was_asked_for() {
    let report = trees()
        .run(&["check", "new", "--against", "old", "--mode", "FULL", "--format", "json"])
        .json();
    let subject = &report["subjects"][0];
    assert_eq!(subject["mode"], "FULL");
    assert_eq!(
        subject["ruleSets"]["confluent"], "undecided",
        "its registry knows no trees"
    );
}

#[test]
fn a_fingerprint_is_for_one_element_of_a_tree() {
    let text = |kind: &str| {
        format!(
            "syntax = \"proto3\";\npackage acme;\nmessage A {{ {kind} a = 1; {kind} b = 2; }}\nmessage B {{ {kind} a = 1; }}\n"
        )
    };
    let cli = Cli::new()
        .file("old/a.proto", text("string"))
        .file("new/a.proto", text("int64"))
        .file("before/a.proto", text("string"))
        .file(
            "moved/a.proto",
            text("int64").replace("message", "\n\n// Said.\nmessage"),
        );
    let fingerprints = |new: &str, old: &str| -> Vec<String> {
        let report = cli.run(&["check", new, "--against", old, "--format", "json"]).json();
        let findings = report["subjects"][0]["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["fingerprint"].to_string()).collect()
    };
    let first = fingerprints("new", "old");
    let different: std::collections::HashSet<&String> = first.iter().collect();
    assert_eq!((first.len(), different.len()), (3, 3));
    assert_eq!(
        first,
        fingerprints("moved", "before"),
        "whatever the directories are called"
    );
}
