//! Trees of `.proto` files that cannot be understood: every fault at its file, line and column, and all of them at once.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const GOOD: &str = "syntax = \"proto3\";\npackage acme;\nmessage Good {\n  string id = 1;\n}\n";

/// Checks a tree of these files against one that is fine.
fn check(files: &[(&str, &str)], expected: Expect) {
    let cli = Cli::new().file("old/good.proto", GOOD).file("new/good.proto", GOOD);
    let cli = files
        .iter()
        .fold(cli, |cli, (name, text)| cli.file(&format!("new/{name}"), text));
    expected.assert_eq(&cli.run(&["check", "new", "--against", "old"]).transcript());
}

#[test]
fn an_import_that_is_nowhere() {
    check(
        &[(
            "a.proto",
            "syntax = \"proto3\";\nimport \"good.proto\";\nimport \"acme/godo.proto\";\n",
        )],
        expect![[r#"
            --- stderr
            error: the imported file `acme/godo.proto` is not there
             --> new/a.proto:3:8
              |
            3 | import "acme/godo.proto";
              |        ^^^^^^^^^^^^^^^^^
              |
              = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
            --- exit 2
        "#]],
    );
    // The path starts at the root of the tree, and not at the file.
    check(
        &[
            (
                "acme/a.proto",
                "syntax = \"proto3\";\nimport \"b.proto\";\nmessage A { B b = 1; }\n",
            ),
            ("acme/b.proto", "syntax = \"proto3\";\nmessage B {}\n"),
        ],
        expect![[r#"
            --- stderr
            error: the imported file `b.proto` is not there
             --> new/acme/a.proto:2:8
              |
            2 | import "b.proto";
              |        ^^^^^^^^^
              |
              = help: is it "acme/b.proto"? Paths begin at the root of the tree
            --- exit 2
        "#]],
    );
}

#[test]
fn imports_in_a_circle() {
    check(
        &[
            ("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
            ("b.proto", "syntax = \"proto3\";\nimport \"c.proto\";\n"),
            ("c.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n"),
        ],
        expect![[r#"
            --- stderr
            error: files import each other: a.proto → b.proto → c.proto → a.proto
             --> new/c.proto:2:1
              |
            2 | import "a.proto";
              | ^^^^^^^^^^^^^^^^^
              |
              = help: move what both need into a third file
            --- exit 2
        "#]],
    );
    check(
        &[("a.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n")],
        expect![[r#"
            --- stderr
            error: the file imports itself
             --> new/a.proto:2:1
              |
            2 | import "a.proto";
              | ^^^^^^^^^^^^^^^^^
              |
              = help: leave the import out
            --- exit 2
        "#]],
    );
}

#[test]
fn a_name_that_stands_twice() {
    check(
        &[
            ("a.proto", "syntax = \"proto3\";\npackage acme;\nmessage Good {}\n"),
            (
                "b.proto",
                "syntax = \"proto3\";\npackage acme;\nenum Colour { RED = 0; }\nmessage RED {}\n",
            ),
        ],
        expect![[r#"
            --- stderr
            error: `acme.RED` is declared twice
             --> new/b.proto:4:9
              |
            4 | message RED {}
              |         ^^^
              |
              = help: it is an enum's value at new/b.proto:3:15; the values of an enum are named beside the enum, not within it

            error: `acme.Good` is declared twice
             --> new/good.proto:3:9
              |
            3 | message Good {
              |         ^^^^
              |
              = help: it is a message at new/a.proto:3:9
            --- exit 2
        "#]],
    );
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    check(
        &[("a.proto", "\u{feff}syntax = \"proto3\";\nmessage A {}\n")],
        expect![[r#"
            new: compatible: buf's rules allow this; no data is affected
            --- exit 0
        "#]],
    );
    // Only at the beginning.
    check(
        &[("a.proto", "syntax = \"proto3\";\n\u{feff}message A {}\n")],
        expect![[r#"
            --- stderr
            error: `\u{feff}` is not allowed here
             --> new/a.proto:2:1
              |
            2 | \u{feff}message A {}
              | ^
              |
              = help: outside strings and comments only ASCII is used; names consist of letters, digits and underscores
            --- exit 2
        "#]],
    );
}

#[test]
fn a_text_that_is_not_utf_8() {
    let cli = Cli::new().file("old/good.proto", GOOD).file(
        "new/acme/latin.proto",
        b"syntax = \"proto3\";\n// caf\xe9\nmessage A {}\n",
    );
    expect![[r#"
        --- stderr
        error: `new/acme/latin.proto` is not UTF-8: byte 0xe9 at 2:7
         |
         = help: save it as UTF-8; a schema is a text
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["check", "new", "--against", "old"]).transcript());
}

#[test]
fn languages_that_nobody_knows() {
    check(
        &[
            ("a.proto", "edition = \"2026\";\nmessage A {}\n"),
            ("b.proto", "syntax = \"proto4\";\nmessage B {}\n"),
            ("c.proto", "message C {}\nsyntax = \"proto3\";\n"),
            (
                "d.proto",
                "edition = \"2023\";\nmessage D { optional int32 a = 1; required int32 b = 2; }\n",
            ),
        ],
        expect![[r#"
            --- stderr
            error: the edition `2026` is not known
             --> new/a.proto:1:11
              |
            1 | edition = "2026";
              |           ^^^^^^
              |
              = help: known editions are "2023" and "2024"

            error: the syntax `proto4` is not known
             --> new/b.proto:1:10
              |
            1 | syntax = "proto4";
              |          ^^^^^^^^
              |
              = help: it is "proto2" or "proto3"; an edition is declared with `edition = "2023";`

            error: the syntax is declared too late
             --> new/c.proto:2:1
              |
            2 | syntax = "proto3";
              | ^^^^^^
              |
              = help: it is the first statement of the file, and there is only one

            error: edition 2023 has no label `optional`
             --> new/d.proto:2:13
              |
            2 | message D { optional int32 a = 1; required int32 b = 2; }
              |             ^^^^^^^^
              |
              = help: leave it out: presence is explicit unless `features.field_presence` says otherwise

            error: edition 2023 has no label `required`
             --> new/d.proto:2:35
              |
            2 | message D { optional int32 a = 1; required int32 b = 2; }
              |                                   ^^^^^^^^
              |
              = help: write [features.field_presence = LEGACY_REQUIRED], or better leave it out
            --- exit 2
        "#]],
    );
}

#[test]
fn every_fault_of_every_file_is_told() {
    check(
        &[
            (
                "a.proto",
                "syntax = \"proto3\";\nmessage A {\n  strng id = 1;\n  Missing m = 2;\n  int32 n = 2;\n  int32 zero = 0;\n}\n",
            ),
            (
                "b.proto",
                "syntax = \"proto3\";\nenum E {\n  A = 1;\n}\nmessage B { reserved 1; int32 a = 1; map<float, B> m = 2; }\n",
            ),
        ],
        expect![[r#"
            --- stderr
            error: `A` is declared twice
             --> new/b.proto:3:3
              |
            3 |   A = 1;
              |   ^
              |
              = help: it is a message at new/a.proto:2:9; the values of an enum are named beside the enum, not within it

            error: the first value of `E` has the number 1, not 0
             --> new/b.proto:3:7
              |
            3 |   A = 1;
              |       ^
              |
              = help: the first value of an open enum is what readers see when the field is absent; begin with one like `UNSPECIFIED = 0`
            --- exit 2
        "#]],
    );
    // What cannot be parsed is told of all files before anything is linked.
    check(
        &[
            ("a.proto", "syntax = \"proto3\";\nmessage A {\n  string id = ;\n}\n"),
            ("b.proto", "syntax = \"proto3\";\nmessage B {\n  string id 1;\n"),
            ("c.proto", "syntax = \"proto3\";\nmessage C { Missing m = 1; }\n"),
        ],
        expect![[r#"
            --- stderr
            error: expected the field's number, found `;`
             --> new/a.proto:3:15
              |
            3 |   string id = ;
              |               ^

            error: message `B` is never closed
             --> new/b.proto:2:11
              |
            2 | message B {
              |           ^
              |
              = help: add the missing `}`

            error: expected `=`, found `1`
             --> new/b.proto:3:13
              |
            3 |   string id 1;
              |             ^
              |
              = help: a field has a number: `string sku = 1;`
            --- exit 2
        "#]],
    );
}

#[test]
fn faults_are_told_up_to_a_hundred() {
    let fields: String = (1..=300)
        .map(|number| format!("  Missing{number} f{number} = {number};\n"))
        .collect();
    let text = format!("syntax = \"proto3\";\nmessage A {{\n{fields}}}\n");
    let cli = (0..20).fold(Cli::new().file("old/good.proto", GOOD), |cli, file| {
        cli.file(
            &format!("new/{file}.proto"),
            text.replace("message A", &format!("message A{file}")),
        )
    });
    let ran = cli.run(&["check", "new", "--against", "old"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr.matches("error: ").count(), 20, "{}", ran.stderr);
    assert!(ran.stderr.ends_with("… and 80 more problems\n"), "{}", ran.stderr);
}
