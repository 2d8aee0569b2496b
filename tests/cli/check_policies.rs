//! What a `buf.yaml` says of modules of one path, of policies and plugins. What is found was compared with buf 1.75, which says the
//! same of every case here but where a comment tells otherwise.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

fn message(package: &str, fields: &str) -> String {
    format!("syntax = \"proto3\"; package {package}; message M {{ {fields} }}")
}

/// A file in each of two directories, which lose and rename a field.
fn trees(directories: [&str; 2]) -> Cli {
    let mut cli = Cli::new();
    for (directory, package) in directories.iter().zip(["a", "b"]) {
        cli = cli
            .file(
                &format!("old/{directory}/{package}.proto"),
                message(package, "string x = 1; int32 y = 2;"),
            )
            .file(
                &format!("new/{directory}/{package}.proto"),
                message(package, "string z = 1;"),
            );
    }
    cli
}

fn both(cli: Cli, name: &str, text: &str) -> Cli {
    cli.file(&format!("old/{name}"), text)
        .file(&format!("new/{name}"), text)
}

/// The verdict of each module, which rule finds something in which file, and what is said besides.
fn found(cli: &Cli) -> String {
    let ran = cli.run(&["check", "new", "--against", "old", "--format", "json"]);
    if ran.stdout.is_empty() {
        return ran.transcript();
    }
    let mut found = String::new();
    for subject in ran.json()["subjects"].as_array().unwrap() {
        found += &format!("{} {}\n", subject["subject"], subject["verdict"]).replace('"', "");
        for finding in subject["findings"].as_array().unwrap() {
            found += &format!("  {} {}\n", finding["rule"], finding["writer"]["file"]).replace('"', "");
        }
        for why in subject["undecided"].as_array().into_iter().flatten() {
            found += &format!("  {why}\n");
        }
    }
    found + &ran.stderr + &format!("exit {}\n", ran.code)
}

fn check(cli: &Cli, expected: Expect) {
    expected.assert_eq(&found(cli));
}

#[test]
fn modules_of_one_path_are_each_judged_by_their_own_rules() {
    let cli = both(
        trees(["proto/a", "proto/b"]),
        "buf.yaml",
        "version: v2\nmodules:\n  - path: proto\n    includes: [proto/a]\n    breaking: { use: [WIRE] }\n  \
         - path: proto\n    excludes: [proto/a]\n    breaking: { use: [FILE] }\n",
    );
    check(
        &cli,
        expect![[r#"
        new/proto incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/proto/a/a.proto
        new/proto incompatible
          buf/FIELD_NO_DELETE old/proto/b/b.proto
          buf/FIELD_SAME_JSON_NAME old/proto/b/b.proto
          buf/FIELD_SAME_NAME old/proto/b/b.proto
        exit 1
    "#]],
    );
    // One module becomes two. buf refuses trees of which one has more modules.
    let cli = cli.file("old/buf.yaml", "version: v2\nmodules:\n  - path: proto\n");
    check(
        &cli,
        expect![[r#"
        new/proto incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/proto/a/a.proto
        new/proto incompatible
          buf/FIELD_NO_DELETE old/proto/b/b.proto
          buf/FIELD_SAME_JSON_NAME old/proto/b/b.proto
          buf/FIELD_SAME_NAME old/proto/b/b.proto
        exit 1
    "#]],
    );
}

/// buf refuses trees of which one has more modules.
#[test]
fn what_a_removed_module_imports_is_not_deleted() {
    let a = "syntax = \"proto3\"; package a; import \"b.proto\"; message A { b.M x = 1; }";
    let cli = both(Cli::new(), "b/b.proto", &message("b", "string x = 1;"))
        .file("old/a/a.proto", a)
        .file("old/buf.yaml", "version: v2\nmodules:\n  - path: a\n  - path: b\n")
        .file("new/buf.yaml", "version: v2\nmodules:\n  - path: b\n");
    check(
        &cli,
        expect![[r#"
        new/b compatible
        new/a incompatible
          buf/FILE_NO_DELETE old/a/a.proto
        exit 1
    "#]],
    );
}

#[test]
fn plugins_are_noted() {
    let cli = both(Cli::new(), "b.proto", &message("b", "string x = 1;"));
    let cli = both(cli, "buf.yaml", "version: v2\nplugins:\n  - plugin: buf-plugin-acme\n");
    // buf looks for the program, and fails where it is not there.
    check(
        &cli,
        expect![[r#"
        new compatible
        note: new/buf.yaml:3:3: plugins are not run here, so nothing is said of their rules (buf runs them)
        note: old/buf.yaml:3:3: plugins are not run here, so nothing is said of their rules (buf runs them)
        exit 0
    "#]],
    );
}

fn with_policy(policy: &str, text: &str) -> Cli {
    let cli = Cli::new()
        .file("old/b.proto", message("b", "string x = 1;"))
        .file("new/b.proto", message("b", "string y = 1;"));
    let yaml = format!("version: v2\nbreaking: {{ use: [WIRE] }}\npolicies:\n  - policy: {policy}\n");
    both(cli, "buf.yaml", &yaml).file("new/buf.policy.yaml", text)
}

const FILE: &str = "version: v2\nname: buf.build/acme/p\nbreaking:\n  use: [FILE]\n";

#[test]
fn the_rules_of_a_local_policy_count() {
    let mut report = String::new();
    for (policy, text) in [
        ("buf.policy.yaml", FILE),
        ("buf.policy.yaml\n    ignore: [b.proto]", FILE),
        ("buf.policy.yaml\n    ignore_only: { FIELD_SAME_NAME: [b.proto] }", FILE),
        ("buf.policy.yaml", "version: v2\nlint:\n  use: [STANDARD]\n"),
        (
            "buf.policy.yaml",
            "version: v2\nbreaking:\n  use: [FILE]\n  except: [FIELD_SAME_NAME]\n",
        ),
        ("buf.policy.yaml", "version: v2\nbreaking:\n  disable_builtin: true\n"),
    ] {
        report += &found(&with_policy(policy, text));
    }
    expect![[r#"
        new incompatible
          buf/FIELD_SAME_JSON_NAME old/b.proto
          buf/FIELD_SAME_NAME old/b.proto
        exit 1
        new compatible
        exit 0
        new incompatible
          buf/FIELD_SAME_JSON_NAME old/b.proto
        exit 1
        new incompatible
          buf/FIELD_SAME_JSON_NAME old/b.proto
          buf/FIELD_SAME_NAME old/b.proto
        exit 1
        new incompatible
          buf/FIELD_SAME_JSON_NAME old/b.proto
        exit 1
        new compatible
        exit 0
    "#]]
    .assert_eq(&report);
}

/// buf fails on each of them.
#[test]
fn without_the_rules_of_a_policy_the_verdict_is_open() {
    let mut report = String::new();
    for (policy, text) in [
        ("nope.policy.yaml", FILE),
        ("buf.build/acme/p", FILE),
        ("../buf.policy.yaml", FILE),
        ("buf.policy.yaml", "version: v1\nbreaking: {}\n"),
        ("buf.policy.yaml", "version: v2\nbreaking:\n  ignore: [b.proto]\n"),
        ("buf.policy.yaml", "version: v2\nplugins:\n  - plugin: acme\n"),
        ("buf.policy.yaml", "version: v2\nbreaking: [\n"),
    ] {
        report += &found(&with_policy(policy, text));
    }
    expect![[r#"
        new undecided
          "new/buf.yaml:4:13: the policy `nope.policy.yaml` is not there, so nothing is said of its rules (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `buf.build/acme/p` is not there, so nothing is said of its rules (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `../buf.policy.yaml` is not there, so nothing is said of its rules (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `buf.policy.yaml` could not be read: new/buf.policy.yaml:1:1: a policy has version v2 (begin the file with `version: v2`) (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `buf.policy.yaml` could not be read: new/buf.policy.yaml:3:11: a policy leaves no files alone by itself (name the files in the buf.yaml, beside the policy) (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `buf.policy.yaml` could not be read: new/buf.policy.yaml:3:3: plugins are not run here (buf runs them) (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
        new undecided
          "new/buf.yaml:4:13: the policy `buf.policy.yaml` could not be read: new/buf.policy.yaml:2:11: unclosed bracket '[' (check indentation (spaces, no tabs), and put text with `:` or `#` in it between quotes) (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 3
    "#]].assert_eq(&report);
    // What is forbidden anyway is incompatible.
    let cli = with_policy("nope.policy.yaml", FILE).file("new/b.proto", message("b", ""));
    check(
        &cli,
        expect![[r#"
        new incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/b.proto
          "new/buf.yaml:4:13: the policy `nope.policy.yaml` is not there, so nothing is said of its rules (the verdict is open until its rules are known: give the file, or let buf judge)"
        exit 1
    "#]],
    );
}

#[test]
fn the_directory_of_a_workspace_stands_for_none_of_its_modules() {
    let modules = "version: v2\nmodules:\n  - path: a\n  - path: b\nbreaking:\n  use: [WIRE]\n";
    let mut report = String::new();
    for ignored in [".", "a"] {
        let cli = both(
            trees(["a", "b"]),
            "buf.yaml",
            &format!("{modules}  ignore: [{ignored}]\n"),
        );
        report += &found(&cli);
    }
    let single = "version: v2\nbreaking:\n  ignore: [.]\n";
    report += &found(&both(trees(["a", "b"]), "buf.yaml", single));
    expect![[r#"
        new/a incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/a/a.proto
        new/b incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/b/b.proto
        exit 1
        new/a compatible
        new/b incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/b/b.proto
        exit 1
        new compatible
        exit 0
    "#]]
    .assert_eq(&report);
}

#[test]
fn files_are_found_by_the_names_that_they_had_before() {
    let rules = "version: v1\nbreaking: { use: [WIRE] }\n";
    let mut report = found(&both(trees(["a", "b"]), "buf.mod", rules));
    let cli = both(trees(["a", "b"]), "buf.work", "version: v1\ndirectories: [a, b]\n");
    report += &found(&both(both(cli, "a/buf.mod", rules), "b/buf.yaml", rules));
    // The name of today goes first.
    let cli = both(trees(["a", "b"]), "buf.mod", rules);
    report += &found(&both(
        cli,
        "buf.yaml",
        "version: v1\nbreaking: { use: [RPC_NO_DELETE] }\n",
    ));
    report += &found(&both(trees(["a", "b"]), "buf.mod", "version: v2\n"));
    expect![[r#"
        new incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/a/a.proto
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/b/b.proto
        exit 1
        new/a incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/a/a.proto
        new/b incompatible
          buf/FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED old/b/b.proto
        exit 1
        new compatible
        exit 0
        --- stderr
        error: `new/buf.mod` has version v2
         |
         = help: call it buf.yaml
        --- exit 2
    "#]]
    .assert_eq(&report);
}

/// A descriptor has a oneof of that name for a field with `optional`.
#[test]
fn a_oneof_may_become_that_of_an_optional_field() {
    let mut report = String::new();
    for [old, new] in [
        ["oneof _a { string a = 1; }", "optional string a = 1;"],
        ["optional string a = 1;", "string a = 1;"],
        ["oneof x { string a = 1; }", "optional string a = 1;"],
    ] {
        let cli = Cli::new()
            .file("old/m.proto", message("b", old))
            .file("new/m.proto", message("b", new));
        report += &found(&cli);
    }
    expect![[r#"
        new incompatible
          buf/FIELD_SAME_ONEOF old/m.proto
        exit 1
        new incompatible
          buf/FIELD_SAME_CARDINALITY old/m.proto
        exit 1
        new incompatible
          buf/ONEOF_NO_DELETE old/m.proto
          buf/FIELD_SAME_ONEOF old/m.proto
        exit 1
    "#]]
    .assert_eq(&report);
}
