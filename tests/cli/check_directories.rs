//! `treaty check` of directories of Avro files that use one another's types, and what is read of files that no registry takes.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

fn check(cli: &Cli, arguments: &[&str], expected: Expect) {
    let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

const LINE: &str = r#"{"type":"record","name":"Line","namespace":"shop","fields":[{"name":"price","type":"Money"}]}"#;
const MONEY: &str = r#"{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}"#;
const ORDER: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"lines","type":{"type":"array","items":"Line"}},{"name":"total","type":"Money"}]}"#;

/// Files that use one another's types, in no order: a directory of them is read as a tree of `.proto` files is.
#[test]
fn a_directory_uses_its_own_files() {
    let cli = Cli::new()
        .file("old/a_order.avsc", ORDER)
        .file("old/line.avsc", LINE)
        .file("old/money.avsc", MONEY)
        .file("new/a_order.avsc", ORDER)
        .file("new/line.avsc", LINE)
        .file("new/money.avsc", MONEY.replace("long", "int"));
    check(
        &cli,
        &["new", "--against", "old"],
        expect![[r#"
        error[avro/type-mismatch]: the reader takes int, the writer sends long
         --> new/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"int"}]}
          |                                                                                     ^^^^^ takes int
          |
         ::: old/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}
          |                                                                                     ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with `old/money.avsc`
          = witness: {"lines":[],"total":{"cents":0}}
          = outcome: the reader refuses it: total.cents: the reader wants `int`, the writer wrote `long` (at byte 1)
          = opinion: apache-avro 0.22 goes by the value and not by the writer's type (a known quirk)
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        error[avro/type-mismatch]: the reader takes int, the writer sends long
         --> new/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"int"}]}
          |                                                                                     ^^^^^ takes int
          |
         ::: old/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}
          |                                                                                     ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with `old/money.avsc`
          = witness: {"price":{"cents":0}}
          = outcome: the reader refuses it: price.cents: the reader wants `int`, the writer wrote `long` (at byte 0)
          = opinion: apache-avro 0.22 goes by the value and not by the writer's type (a known quirk)
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        error[avro/type-mismatch]: the reader takes int, the writer sends long
         --> new/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"int"}]}
          |                                                                                     ^^^^^ takes int
          |
         ::: old/money.avsc:1:85
          |
        1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}
          |                                                                                     ------ sends long
          |
          = breaks: consumers with the new schema, when they read events written with `old/money.avsc`
          = witness: {"cents":0}
          = outcome: the reader refuses it: cents: the reader wants `int`, the writer wrote `long` (at byte 0)
          = opinion: apache-avro 0.22 goes by the value and not by the writer's type (a known quirk)
          = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
          = explain: treaty explain avro/type-mismatch

        a_order.avsc: incompatible: BACKWARD forbids this
        line.avsc: incompatible: BACKWARD forbids this
        money.avsc: incompatible: BACKWARD forbids this
        3 checked: 0 compatible, 3 incompatible, 0 undecided
        --- exit 1
    "#]],
    );
    // The checked file itself lies among them.
    check(
        &cli,
        &[
            "new/line.avsc",
            "--against",
            "old/line.avsc",
            "--reference",
            "new",
            "--against-reference",
            "old",
        ],
        expect![[r#"
            error[avro/type-mismatch]: the reader takes int, the writer sends long
             --> new/money.avsc:1:85
              |
            1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"int"}]}
              |                                                                                     ^^^^^ takes int
              |
             ::: old/money.avsc:1:85
              |
            1 | {"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}
              |                                                                                     ------ sends long
              |
              = breaks: consumers with the new schema, when they read events written with `old/money.avsc`
              = witness: {"price":{"cents":0}}
              = outcome: the reader refuses it: price.cents: the reader wants `int`, the writer wrote `long` (at byte 0)
              = opinion: apache-avro 0.22 goes by the value and not by the writer's type (a known quirk)
              = help: keep long, or add a field of the new type beside the old one; a reader may widen int → long → float → double and exchange string and bytes
              = explain: treaty explain avro/type-mismatch

            new/line.avsc: incompatible: BACKWARD forbids this
            --- exit 1
        "#]],
    );
    // What a directory does not have is looked up where `--reference` says.
    let cli = Cli::new()
        .file("old/line.avsc", LINE)
        .file("new/line.avsc", LINE)
        .file("types/money.avsc", MONEY)
        .file("types/line.avsc", LINE.replace("Money", "string"))
        .file("types/broken.avsc", "{");
    check(
        &cli,
        &["new", "--against", "old", "--reference", "types"],
        expect![[r#"
            line.avsc: compatible: BACKWARD allows this
            --- exit 0
        "#]],
    );
    let cli = cli.file("new/line.avsc", LINE.replace("Money", "Monye"));
    check(
        &cli,
        &["new", "--against", "old", "--reference", "types"],
        expect![[r#"
            --- stderr
            error: the text ends where a key in double quotes was expected
             --> types/broken.avsc:1:2
              |
            1 | {
              |  ^
            --- exit 2
        "#]],
    );
    let cli = cli.file("types/broken.avsc", MONEY.replace("Money", "Price"));
    check(
        &cli,
        &["new", "--against", "old", "--reference", "types"],
        expect![[r#"
            --- stderr
            error: the type `Monye` is not defined (here it means `shop.Monye`)
             --> new/line.avsc:1:84
              |
            1 | {"type":"record","name":"Line","namespace":"shop","fields":[{"name":"price","type":"Monye"}]}
              |                                                                                    ^^^^^^^
              |
              = help: did you mean `shop.Money`?
            --- exit 2
        "#]],
    );
    let cli = Cli::new()
        .file(
            "a.avsc",
            r#"{"type":"record","name":"A","fields":[{"name":"b","type":["null","B"]}]}"#,
        )
        .file(
            "b.avsc",
            r#"{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}"#,
        );
    check(
        &cli,
        &[".", "--against", "."],
        expect![[r#"
        --- stderr
        error: `B` is defined in `./b.avsc`, which uses types of this file in turn
         --> ./a.avsc:1:66
          |
        1 | {"type":"record","name":"A","fields":[{"name":"b","type":["null","B"]}]}
          |                                                                  ^^^
          |
          = help: define types that use each other in one file
        --- exit 2
    "#]],
    );
}

/// What an old registry holds can be looked at.
#[test]
fn a_schema_that_no_registry_takes_is_read() {
    let text = r#"{"type":"record","name":"R","fields":[{"name":"a-b","type":"int","default":"x"}]}"#;
    let cli = Cli::new().file("old.avsc", text).file("event.json", r#"{"a-b":1}"#);
    for arguments in [
        ["check", "old.avsc", "--against", "old.avsc"].as_slice(),
        &["diff", "old.avsc", "old.avsc"],
        &["sample", "old.avsc", "--count", "1"],
        &["validate", "event.json", "--schema", "old.avsc"],
    ] {
        let ran = cli.run(arguments).transcript();
        let warned = "warning: a registry refuses this schema: old.avsc:1:";
        assert!(ran.contains(warned) && ran.ends_with("--- exit 0\n"), "{ran}");
    }
}
