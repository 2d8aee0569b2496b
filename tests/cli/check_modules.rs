//! Trees of several modules: `buf.work.yaml`, and a `buf.yaml` of version v2 that names them. What is found was compared with
//! buf 1.75, which says the same of every case here but where a test tells otherwise.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const ORDER: &str = "\
syntax = \"proto3\";
package acme;
import \"acme/money.proto\";
message Order { string id = 1; Money total = 2; }
";

const MONEY: &str = "\
syntax = \"proto3\";
package acme;
message Money { int64 cents = 1; }
";

/// A tree in which `a` imports from `b`, before and after `b` changed.
fn trees() -> Cli {
    let changed = MONEY.replace("int64 cents", "int32 units");
    Cli::new()
        .file("old/a/acme/order.proto", ORDER)
        .file("old/b/acme/money.proto", MONEY)
        .file("new/a/acme/order.proto", ORDER)
        .file("new/b/acme/money.proto", changed)
}

/// The same configuration for both trees.
fn configured(cli: Cli, name: &str, text: &str) -> Cli {
    cli.file(&format!("old/{name}"), text)
        .file(&format!("new/{name}"), text)
}

fn modules(cli: Cli, a: &str, b: &str) -> Cli {
    let text =
        format!("version: v2\nmodules:\n  - path: a\n    breaking: {{{a}}}\n  - path: b\n    breaking: {{{b}}}\n");
    configured(cli, "buf.yaml", &text)
}

/// Which rule finds something where, by module, and what is said besides.
fn found(cli: &Cli, flags: &[&str]) -> String {
    let ran = cli.run(&[&["check", "new", "--against", "old", "--format", "json"], flags].concat());
    if ran.stdout.is_empty() {
        return ran.transcript();
    }
    let mut told = String::new();
    for subject in ran.json()["subjects"].as_array().unwrap() {
        told += &format!("{} {}\n", subject["subject"], subject["ruleSets"]["buf"]).replace('"', "");
        for finding in subject["findings"].as_array().unwrap() {
            let at = |side: &str| {
                format!(
                    "{}:{}:{}",
                    finding[side]["file"], finding[side]["line"], finding[side]["column"]
                )
            };
            told += &format!("  {} {} {}\n", finding["rule"], at("reader"), at("writer")).replace('"', "");
        }
    }
    told + &ran.stderr
}

fn check(cli: &Cli, expected: Expect) {
    expected.assert_eq(&found(cli, &[]));
}

#[test]
fn a_workspace_has_a_module_in_each_directory() {
    let work = "version: v1\ndirectories:\n  - b\n  - a\n";
    let cli = configured(trees(), "buf.work.yaml", work);
    // Without a buf.yaml the rules of category FILE judge.
    check(
        &cli,
        expect![[r#"
        new/b incompatible
          buf/FIELD_SAME_JSON_NAME old/b/acme/money.proto:3:17 new/b/acme/money.proto:3:17
          buf/FIELD_SAME_TYPE new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
          buf/FIELD_SAME_NAME old/b/acme/money.proto:3:23 new/b/acme/money.proto:3:23
        new/a compatible
    "#]],
    );
    let cli = configured(cli, "a/buf.yaml", "version: v1\nbreaking:\n  use: [WIRE]\n");
    let cli = configured(cli, "b/buf.yaml", "version: v1\nbreaking:\n  use: [FIELD_SAME_NAME]\n");
    check(
        &cli,
        expect![[r#"
        new/b incompatible
          buf/FIELD_SAME_NAME old/b/acme/money.proto:3:23 new/b/acme/money.proto:3:23
          protobuf/number-out-of-range new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
        new/a compatible
    "#]],
    );
    let transcript = cli
        .run(&["check", "new", "--against", "old", "--mode", "NONE"])
        .transcript();
    expect![[r#"
        error[buf/FIELD_SAME_NAME]: Field "1" on message "Money" changed name from "cents" to "units".
         --> new/b/acme/money.proto:3:23
          |
        3 | message Money { int32 units = 1; }
          |                       ^^^^^
          |
         ::: old/b/acme/money.proto:3:23
          |
        3 | message Money { int64 cents = 1; }
          |                       ----- previously
          |
          = help: keep the name
          = explain: treaty explain buf/FIELD_SAME_NAME

        new/b: incompatible: buf's rules forbid this in one place
        new/a: compatible: buf's rules allow this
        2 checked: 1 compatible, 1 incompatible, 0 undecided
        --- exit 1
    "#]]
    .assert_eq(&transcript);
    // A category is asked of all of them.
    expect![[r#"
        new/b incompatible
          buf/FIELD_SAME_JSON_NAME old/b/acme/money.proto:3:17 new/b/acme/money.proto:3:17
          buf/FIELD_WIRE_JSON_COMPATIBLE_TYPE new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
          buf/FIELD_SAME_NAME old/b/acme/money.proto:3:23 new/b/acme/money.proto:3:23
        new/a compatible
    "#]]
    .assert_eq(&found(&cli, &["--category", "WIRE_JSON"]));
}

#[test]
fn a_module_judges_what_it_imports_too() {
    // As in buf, what `a` imports from `b` must hold what `a` asks for.
    check(
        &modules(trees(), "use: [FILE]", "use: [WIRE]"),
        expect![[r#"
        new/a incompatible
          buf/FIELD_SAME_JSON_NAME old/b/acme/money.proto:3:17 new/b/acme/money.proto:3:17
          buf/FIELD_SAME_TYPE new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
          buf/FIELD_SAME_NAME old/b/acme/money.proto:3:23 new/b/acme/money.proto:3:23
        new/b compatible
          protobuf/number-out-of-range new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
    "#]],
    );
    check(
        &modules(trees(), "use: [FILE], ignore: [a/acme]", "use: [WIRE]"),
        expect![[r#"
            new/a compatible
            new/b compatible
              protobuf/number-out-of-range new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
        "#]],
    );
    check(
        &modules(trees(), "use: [FILE]", "use: [FILE], ignore: [b/acme/money.proto]"),
        expect![[r#"
            new/a incompatible
              buf/FIELD_SAME_JSON_NAME old/b/acme/money.proto:3:17 new/b/acme/money.proto:3:17
              buf/FIELD_SAME_TYPE new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
              buf/FIELD_SAME_NAME old/b/acme/money.proto:3:23 new/b/acme/money.proto:3:23
            new/b compatible
        "#]],
    );
    check(
        &modules(trees(), "use: [WIRE]", "use: [FILE], except: [FIELD_SAME_NAME]"),
        expect![[r#"
            new/a compatible
            new/b incompatible
              buf/FIELD_SAME_JSON_NAME old/b/acme/money.proto:3:17 new/b/acme/money.proto:3:17
              buf/FIELD_SAME_TYPE new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
        "#]],
    );
}

#[test]
fn what_is_imported_no_longer_is_gone_for_a_module() {
    let alone = ORDER
        .replace("import \"acme/money.proto\";\n", "")
        .replace(" Money total = 2;", "");
    let cli = modules(trees(), "use: [FILE]", "use: [WIRE]").file("new/a/acme/order.proto", alone);
    check(
        &cli,
        expect![[r#"
        new/a incompatible
          buf/FILE_NO_DELETE new:1:1 old/b/acme/money.proto:1:1
          buf/FIELD_NO_DELETE new/a/acme/order.proto:3:1 old/a/acme/order.proto:4:1
        new/b compatible
          protobuf/number-out-of-range new/b/acme/money.proto:3:17 old/b/acme/money.proto:3:17
    "#]],
    );
}

#[test]
fn a_name_may_be_in_two_modules_and_a_path_may_not() {
    let same = |cli: Cli, a: &str, b: &str| {
        cli.file(
            &format!("new/a/x/{a}.proto"),
            "syntax = \"proto3\"; package x; message X {}\n",
        )
        .file(
            &format!("new/b/x/{b}.proto"),
            "syntax = \"proto3\"; package x; message X {}\n",
        )
    };
    let cli = || {
        modules(
            trees().file("new/b/acme/money.proto", MONEY),
            "use: [FILE]",
            "use: [FILE]",
        )
    };
    check(
        &same(cli(), "one", "two"),
        expect![[r#"
        new/a compatible
        new/b compatible
    "#]],
    );
    check(
        &same(cli(), "one", "one"),
        expect![[r#"
        --- stderr
        error: `x/one.proto` is in two modules, `a` and `b`
         |
         = help: rename one of them, or leave it out with `excludes`: an import would not say which one is meant
        --- exit 2
    "#]],
    );
}

#[test]
fn a_file_that_moves_to_another_module_is_gone_from_its_own() {
    let cli = modules(trees(), "use: [FILE]", "use: [FILE]").file("old/b/y.proto", "syntax = \"proto3\";\n");
    let cli = cli
        .file("new/b/y.proto", "syntax = \"proto3\";\n")
        .file("new/a/acme/money.proto", MONEY);
    std::fs::remove_file(cli.path().join("new/b/acme/money.proto")).unwrap();
    check(
        &cli,
        expect![[r#"
        new/a compatible
        new/b incompatible
          buf/FILE_NO_DELETE new:1:1 old/b/acme/money.proto:1:1
    "#]],
    );
}

/// buf compares only trees of as many modules, and those by their order.
#[test]
fn modules_come_go_and_change_their_names() {
    let listed = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("  - path: {name}\n")).collect();
        format!("version: v2\nmodules:\n{}", names.concat())
    };
    let other = "syntax = \"proto3\";\npackage other;\nmessage X {}\n";
    let cli = trees()
        .file("old/buf.yaml", listed(&["a", "b"]))
        .file("new/buf.yaml", listed(&["a", "b", "c"]))
        .file("new/b/acme/money.proto", MONEY)
        .file("new/c/other/x.proto", other);
    check(
        &cli,
        expect![[r#"
        new/a compatible
        new/b compatible
        new/c compatible
    "#]],
    );
    // Gone with all that was in it.
    let cli = cli
        .file("old/buf.yaml", listed(&["a", "b", "c"]))
        .file("old/c/other/x.proto", other)
        .file("new/buf.yaml", listed(&["a", "b"]));
    check(
        &cli,
        expect![[r#"
        new/a compatible
        new/b compatible
        new/c incompatible
          buf/FILE_NO_DELETE new:1:1 old/c/other/x.proto:1:1
    "#]],
    );
    // The same files in a directory of another name.
    let cli = cli
        .file("new/buf.yaml", listed(&["a", "b", "d"]))
        .file("new/d/other/x.proto", other.replace("X {}", "X { int32 a = 1; }"));
    check(
        &cli,
        expect![[r#"
            new/a compatible
            new/b compatible
            new/d compatible
        "#]],
    );
    // One tree before there were modules, or after.
    let cli = trees().file("new/buf.yaml", listed(&["a", "b"]));
    std::fs::remove_dir_all(cli.path().join("old")).unwrap();
    let cli = cli
        .file("old/acme/order.proto", ORDER)
        .file("old/acme/money.proto", MONEY);
    check(
        &cli,
        expect![[r#"
        new incompatible
          buf/FIELD_SAME_JSON_NAME old/acme/money.proto:3:17 new/b/acme/money.proto:3:17
          buf/FIELD_SAME_TYPE new/b/acme/money.proto:3:17 old/acme/money.proto:3:17
          buf/FIELD_SAME_NAME old/acme/money.proto:3:23 new/b/acme/money.proto:3:23
    "#]],
    );
    let transcript = cli
        .run(&["check", "old", "--against", "new", "--mode", "NONE"])
        .transcript();
    expect![[r#"
        error[buf/FIELD_SAME_JSON_NAME]: Field "1" with name "cents" on message "Money" changed option "json_name" from "units" to "cents".
         --> old/acme/money.proto:3:17
          |
        3 | message Money { int64 cents = 1; }
          |                 ^^^^^^^^^^^^^^^^
          |
         ::: new/b/acme/money.proto:3:17
          |
        3 | message Money { int32 units = 1; }
          |                 ---------------- previously
          |
          = help: keep the name in JSON: when the field is renamed, write the old one with it, `[json_name = "units"]`
          = explain: treaty explain buf/FIELD_SAME_JSON_NAME

        error[buf/FIELD_SAME_TYPE]: Field "1" with name "cents" on message "Money" changed type from "int32" to "int64".
         --> old/acme/money.proto:3:17
          |
        3 | message Money { int64 cents = 1; }
          |                 ^^^^^
          |
         ::: new/b/acme/money.proto:3:17
          |
        3 | message Money { int32 units = 1; }
          |                 ----- previously
          |
          = help: keep the type
          = explain: treaty explain buf/FIELD_SAME_TYPE

        error[buf/FIELD_SAME_NAME]: Field "1" on message "Money" changed name from "units" to "cents".
         --> old/acme/money.proto:3:23
          |
        3 | message Money { int64 cents = 1; }
          |                       ^^^^^
          |
         ::: new/b/acme/money.proto:3:23
          |
        3 | message Money { int32 units = 1; }
          |                       ----- previously
          |
          = help: keep the name
          = explain: treaty explain buf/FIELD_SAME_NAME

        old: incompatible: buf's rules forbid this in 3 places of one file
        --- exit 1
    "#]].assert_eq(&transcript);
}

#[test]
fn what_is_excluded_is_not_read() {
    let text = "version: v2\nmodules:\n  - path: a\n  - path: b\n    excludes: [b/acme/old]\n";
    let cli = configured(trees(), "buf.yaml", text)
        .file("new/b/acme/money.proto", MONEY)
        .file("old/b/acme/old/x.proto", "message X { int32 a = 1; }")
        .file("new/b/acme/old/x.proto", "this is no schema");
    check(
        &cli,
        expect![[r#"
        new/a compatible
        new/b compatible
    "#]],
    );
}

#[test]
fn what_is_wrong_with_a_workspace_is_told() {
    let work = |text: &str| configured(trees(), "buf.work.yaml", text);
    check(
        &work("version: v1\ndirectories: [a, c, ../b]\n"),
        expect![[r#"
        --- stderr
        error: the path leaves the directory of the file
         --> new/buf.work.yaml:2:21
          |
        2 | directories: [a, c, ../b]
          |                     ^^^^
          |
          = help: write it from the directory of the buf.yaml, as in `proto/acme`
        --- exit 2
    "#]],
    );
    check(
        &work("version: v1\ndirectories: [a, b, c]\n"),
        expect![[r#"
        --- stderr
        error: the directory `c` is not there
         --> new/buf.work.yaml:2:21
          |
        2 | directories: [a, b, c]
          |                     ^
          |
          = help: directories are named from that of the file
        --- exit 2
    "#]],
    );
    let both = work("version: v1\ndirectories: [a, b]\n").file("new/buf.yaml", "version: v1\n");
    check(
        &both,
        expect![[r#"
        --- stderr
        error: `new` has both a buf.yaml and a buf.work.yaml
         |
         = help: keep the buf.yaml, with a list of modules in version v2, or the buf.work.yaml with a buf.yaml in each of its directories
        --- exit 2
    "#]],
    );
    let newer = work("version: v1\ndirectories: [a, b]\n").file("new/a/buf.yaml", "version: v2\n");
    check(
        &newer,
        expect![[r#"
        --- stderr
        error: `new/a/buf.yaml` has version v2, and a buf.work.yaml has directories of version v1
         |
         = help: in version v2 a single buf.yaml names the modules: put it in the place of the buf.work.yaml
        --- exit 2
    "#]],
    );
    let odd = work("version: v1\ndirectories: [a, b]\ncolour: blue\n").file("new/b/acme/money.proto", MONEY);
    check(
        &odd,
        expect![[r#"
        new/a compatible
        new/b compatible
        note: new/buf.work.yaml:3:1: the key `colour` is not known here (known are version, directories)
        note: old/buf.work.yaml:3:1: the key `colour` is not known here (known are version, directories)
    "#]],
    );
    let alone = work("version: v1\ndirectories: [a]\n");
    check(
        &alone,
        expect![[r#"
        --- stderr
        error: the imported file `acme/money.proto` is not there
         --> new/a/acme/order.proto:3:8
          |
        3 | import "acme/money.proto";
          |        ^^^^^^^^^^^^^^^^^^
          |
          = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`

        error: the imported file `acme/money.proto` is not there
         --> old/a/acme/order.proto:3:8
          |
        3 | import "acme/money.proto";
          |        ^^^^^^^^^^^^^^^^^^
          |
          = help: provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
        --- exit 2
    "#]],
    );
}
