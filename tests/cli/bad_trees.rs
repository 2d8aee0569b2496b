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
        expect![[""]],
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
        expect![[""]],
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
        expect![[""]],
    );
    check(
        &[("a.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n")],
        expect![[""]],
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
        expect![[""]],
    );
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    check(
        &[("a.proto", "\u{feff}syntax = \"proto3\";\nmessage A {}\n")],
        expect![[""]],
    );
    // Only at the beginning.
    check(
        &[("a.proto", "syntax = \"proto3\";\n\u{feff}message A {}\n")],
        expect![[""]],
    );
}

#[test]
fn a_text_that_is_not_utf_8() {
    let cli = Cli::new().file("old/good.proto", GOOD).file(
        "new/acme/latin.proto",
        b"syntax = \"proto3\";\n// caf\xe9\nmessage A {}\n",
    );
    expect![[""]].assert_eq(&cli.run(&["check", "new", "--against", "old"]).transcript());
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
        expect![[""]],
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
        expect![[""]],
    );
    // What cannot be parsed is told of all files before anything is linked.
    check(
        &[
            ("a.proto", "syntax = \"proto3\";\nmessage A {\n  string id = ;\n}\n"),
            ("b.proto", "syntax = \"proto3\";\nmessage B {\n  string id 1;\n"),
            ("c.proto", "syntax = \"proto3\";\nmessage C { Missing m = 1; }\n"),
        ],
        expect![[""]],
    );
}

#[test]
fn faults_are_told_up_to_a_hundred() {
    let fields: String = (1..=300)
        .map(|number| format!("  Missing{number} f{number} = {number};\n"))
        .collect();
    let text = format!("syntax = \"proto3\";\nmessage A {{\n{fields}}}\n");
    let cli = Cli::new().file("old/good.proto", GOOD).file("new/a.proto", text);
    let ran = cli.run(&["check", "new", "--against", "old"]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stderr.matches("error: ").count(), 100, "{}", ran.stderr);
}
