//! What `buf.yaml` says of a tree, and what is told of one that is wrong.

use expect_test::{Expect, expect};
use treaty_schemas::Source;
use treaty_schemas::protobuf::judgement::buf_yaml::{BufWork, BufYaml};

/// The modules, how many rules each has, and which of some files they hold; or what is wrong.
fn told(text: &str, files: &[&str]) -> String {
    let mut told = String::new();
    match BufYaml::parse(&Source::new("buf.yaml", text)) {
        Ok(config) => {
            for module in &config.modules {
                told += &format!("{}: {} rules\n", module.path, module.selection.ids().len());
                for file in files {
                    if let Some(path) = module.path_of(file) {
                        told += &format!("  {file} is {path}\n");
                    }
                }
            }
            for note in &config.notes {
                told += &format!("note {note}\n");
            }
        }
        Err(error) => {
            for problem in &error.problems {
                told += &format!("{problem}\n");
            }
        }
    }
    told
}

fn check(text: &str, files: &[&str], expected: Expect) {
    expected.assert_eq(&told(text, files));
}

#[test]
fn modules_have_roots_and_files() {
    check(
        "\
version: v2
name: buf.build/acme/orders
modules:
  - path: proto
    includes: [proto/acme, ./proto/common/]
    excludes: [proto/acme/draft]
    breaking:
      use: [WIRE]
  - path: vendor
deps: [buf.build/googleapis/googleapis]
lint: {use: [STANDARD]}
breaking:
  use: [PACKAGE, FILE_NO_DELETE]
  except: [RPC_NO_DELETE]
",
        &[
            "proto/acme/a.proto",
            "proto/acme/draft/b.proto",
            "proto/common/c.proto",
            "proto/other/d.proto",
            "vendor/x/e.proto",
            "f.proto",
        ],
        expect![[r#"
            proto: 15 rules
              proto/acme/a.proto is acme/a.proto
              proto/common/c.proto is common/c.proto
            vendor: 51 rules
              vendor/x/e.proto is x/e.proto
        "#]],
    );
    check(
        "version: v2\n",
        &["a/b.proto"],
        expect![[r#"
        .: 51 rules
          a/b.proto is a/b.proto
    "#]],
    );
}

#[test]
fn older_versions_have_other_rules_and_roots() {
    check(
        "version: v1\nbuild: {excludes: [gen]}\nbreaking:\n  ignore_unstable_packages: true\n",
        &["a.proto", "gen/a.proto"],
        expect![[r#"
            .: 49 rules
              a.proto is a.proto
        "#]],
    );
    check(
        "version: v1beta1\nbuild:\n  roots: [proto, vendor]\n  excludes: [proto/gen]\nbreaking: {use: [FIELD_SAME_CTYPE, FIELD_SAME_LABEL]}\n",
        &["proto/a.proto", "proto/gen/b.proto", "vendor/c.proto", "d.proto"],
        expect![[r#"
            .: 4 rules
              proto/a.proto is a.proto
              vendor/c.proto is c.proto
        "#]],
    );
}

#[test]
fn files_are_left_alone_by_path_rule_and_package() {
    let text = "\
version: v2
modules: [{path: proto}]
breaking:
  ignore: [proto/vendor, other/x]
  ignore_only:
    FIELD_NO_DELETE: [proto/a/b.proto]
    WIRE: [proto/w]
  ignore_unstable_packages: true
";
    let config = BufYaml::parse(&Source::new("buf.yaml", text)).unwrap();
    let selection = &config.modules[0].selection;
    let rule = |id: &str| treaty_schemas::protobuf::judgement::breaking::rules::named(id).unwrap();
    for (id, path, package, judges) in [
        ("FIELD_NO_DELETE", "a/c.proto", "a", true),
        ("FIELD_NO_DELETE", "a/b.proto", "a", false),
        ("FIELD_SAME_TYPE", "a/b.proto", "a", true),
        ("FIELD_SAME_TYPE", "vendor/b.proto", "a", false),
        ("FIELD_SAME_TYPE", "vendored/b.proto", "a", true),
        ("FIELD_SAME_ONEOF", "w/b.proto", "a", false),
        ("FIELD_SAME_TYPE", "w/b.proto", "a", true),
        ("FIELD_SAME_TYPE", "a/c.proto", "a.v1beta1", false),
    ] {
        assert_eq!(
            selection.judges(rule(id), path, package),
            judges,
            "{id} {path} {package}"
        );
    }
}

#[test]
fn what_is_wrong_is_told_at_its_place() {
    check(
        "\
version: v2
colour: blue
modules:
  - path: ../elsewhere
  - path: /abs
  - path: proto
    breaking:
      ignore: [other/a.proto]
breaking:
  use: FILE
  except: [FIELD_NO_DELETED, EXTENSION_NO_DELETE]
  ignore_only: {NONSENSE: [a]}
  ignore_unstable_packages: 'yes'
",
        &[],
        expect![[r#"
            buf.yaml:4:11: the path leaves the directory of the file (write it from the directory of the buf.yaml, as in `proto/acme`)
            buf.yaml:5:11: the path must be relative, with `/` between its parts (write it from the directory of the buf.yaml, as in `proto/acme`)
            buf.yaml:8:16: `other/a.proto` does not lie in the module `proto` (paths start at the directory of the buf.yaml, also for a module)
            buf.yaml:10:8: a list was expected (begin each entry with `- `)
            buf.yaml:11:12: `FIELD_NO_DELETED` is no breaking rule or category of version v2 (did you mean `FIELD_NO_DELETE`?)
            buf.yaml:12:17: `NONSENSE` is no breaking rule or category of version v2 (known are FILE, PACKAGE, WIRE_JSON, WIRE and the ids of rules)
            buf.yaml:13:29: `true` or `false` was expected (write one of the two, without quotes)
        "#]],
    );
    check(
        "version: v1\nbreaking: {use: [CSR, EXTENSION_NO_DELETE]}\n",
        &[],
        expect![[r#"
            buf.yaml:2:18: `CSR` is no breaking rule or category of version v1 (a later version knows it: write `version: v2`)
            buf.yaml:2:23: `EXTENSION_NO_DELETE` is no breaking rule or category of version v1 (a later version knows it: write `version: v2`)
        "#]],
    );
    check(
        "version: v2\nbreaking: {use: [FIELD_SAME_CTYPE, FILE_SAME_PHP_GENERIC_SERVICES]}\n",
        &[],
        expect![[r#"
            buf.yaml:2:18: `FIELD_SAME_CTYPE` is no breaking rule or category of version v2 (it is now FIELD_SAME_CPP_STRING_TYPE)
            buf.yaml:2:36: `FILE_SAME_PHP_GENERIC_SERVICES` is no breaking rule or category of version v2 (the rule is gone; leave it out)
        "#]],
    );
    for text in [
        "",
        "breaking: {}",
        "version: v3",
        "version: 2",
        "- a",
        "version: v2\nversion: v2",
        "version: v2\nmodules: proto",
        "version: v2\nmodules: [proto]",
        "version: [",
        "version: v2\n\tbreaking:",
        "version: v2\n---\nversion: v2",
        "\u{0}",
    ] {
        assert!(BufYaml::parse(&Source::new("buf.yaml", text)).is_err(), "{text:?}");
    }
}

#[test]
fn hostile_files_are_refused_quickly() {
    let deep = format!("version: v2\nbreaking: {}", "[".repeat(100_000));
    let bomb = "version: v2\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e]\n";
    let large = format!("version: v2\n#{}", "x".repeat(2 << 20));
    for text in [deep.as_str(), bomb, &large] {
        assert!(BufYaml::parse(&Source::new("buf.yaml", text)).is_err());
    }
}

/// Every module has the paths that hold for all of them: a small file must not become a large table.
#[test]
fn many_modules_with_many_paths() {
    let list = |count: usize, item: &str| item.repeat(count);
    let told = |text: &str| match BufYaml::parse(&Source::new("buf.yaml", text)) {
        Ok(file) => format!("{} modules", file.modules.len()),
        Err(error) => {
            assert!(error.problems.len() <= 100);
            error.problems[0].to_string()
        }
    };
    let modules = |count: usize, ignored: &str| {
        format!(
            "version: v2\nmodules:\n{}breaking:\n{ignored}",
            list(count, "  - path: a\n")
        )
    };
    let ignore = format!("  ignore:\n{}", list(20_000, "    - a/b\n"));
    let ignore_only = format!("  ignore_only:\n    FILE:\n{}", list(20_000, "      - a/b\n"));
    let unknown = format!("  use:\n{}", list(20_000, "    - NONE_SUCH_THING_AT_ALL\n"));
    let roots = format!(
        "version: v1beta1\nbuild:\n  roots:\n{}  excludes:\n{}",
        list(20_000, "    - a\n"),
        list(20_000, "    - b\n")
    );
    let long = format!("  use:\n    - {}", "X".repeat(900_000));
    let large = "the modules have more than 1000000 paths, each counted for every rule and module (name directories in the place of their files)";
    assert_eq!(told(&modules(10, &ignore)), "10 modules");
    assert_eq!(told(&modules(20_000, &ignore)), format!("buf.yaml:20005:5: {large}"));
    assert_eq!(told(&modules(1, &ignore_only)), format!("buf.yaml:7:7: {large}"));
    // Roots of one module share its paths.
    assert_eq!(told(&roots), "1 modules");
    assert!(told(&modules(20_000, &unknown)).contains("`NONE_SUCH_THING_AT_ALL` is no breaking rule"));
    assert!(told(&modules(1, &long)).len() < 500);
}

#[test]
fn a_workspace_names_directories() {
    let told = |text: &str| match BufWork::parse(&Source::new("buf.work.yaml", text)) {
        Ok(work) => {
            let names = work
                .directories
                .iter()
                .map(|(name, span)| format!("{name} at {}\n", span.start));
            let notes = work.notes.iter().map(|note| format!("note {note}\n"));
            names.chain(notes).collect::<String>()
        }
        Err(error) => error.problems.iter().map(|problem| format!("{problem}\n")).collect(),
    };
    for (text, expected) in [
        (
            "version: v1\ndirectories:\n  - proto\n  - ./vendor/x/\n",
            expect![[r#"
            proto at 29
            vendor/x at 39
        "#]],
        ),
        (
            "version: v1\ndirectories: [a]\ncolour: blue\n",
            expect![[r#"
            a at 26
            note buf.work.yaml:3:1: the key `colour` is not known here (known are version, directories)
        "#]],
        ),
        (
            "directories: [a]\n",
            expect![[r#"
            buf.work.yaml:1:1: the file does not say its version (begin the file with `version: v1`; a buf.yaml of version v2 names its modules by itself)
        "#]],
        ),
        (
            "version: v2\ndirectories: [a]\n",
            expect![[r#"
            buf.work.yaml:1:10: this is no version of a buf.work.yaml (begin the file with `version: v1`; a buf.yaml of version v2 names its modules by itself)
        "#]],
        ),
        (
            "version: v1\n",
            expect![[r#"
            buf.work.yaml:1:1: the file names no directories (name the directories that have a buf.yaml: `directories: [proto, vendor]`)
        "#]],
        ),
        (
            "version: v1\ndirectories: []\n",
            expect![[r#"
            buf.work.yaml:2:14: the file names no directories (name the directories that have a buf.yaml: `directories: [proto, vendor]`)
        "#]],
        ),
        (
            "version: v1\ndirectories: a\n",
            expect![[r#"
            buf.work.yaml:2:14: a list was expected (begin each entry with `- `)
            buf.work.yaml:2:14: the file names no directories (name the directories that have a buf.yaml: `directories: [proto, vendor]`)
        "#]],
        ),
        (
            "version: v1\ndirectories: [., a, a/, a/b, a-b, ../c, /d, 5]\n",
            expect![[r#"
                buf.work.yaml:2:15: the directory is that of the file itself (a single module needs no buf.work.yaml: put a buf.yaml here)
                buf.work.yaml:2:21: `a` stands here twice (keep one of them)
                buf.work.yaml:2:25: `a/b` lies in `a`, which is a directory of its own (keep one of them: a file belongs to one module)
                buf.work.yaml:2:35: the path leaves the directory of the file (write it from the directory of the buf.yaml, as in `proto/acme`)
                buf.work.yaml:2:41: the path must be relative, with `/` between its parts (write it from the directory of the buf.yaml, as in `proto/acme`)
                buf.work.yaml:2:45: a text was expected (put it between quotes)
            "#]],
        ),
        (
            "[",
            expect![[r#"
            buf.work.yaml:1:1: unclosed bracket '[' (check indentation (spaces, no tabs), and put text with `:` or `#` in it between quotes)
        "#]],
        ),
    ] {
        expected.assert_eq(&told(text));
    }
}

#[test]
fn modules_of_a_directory_are_moved_below_it() {
    let text = "version: v1beta1\nbuild:\n  roots: [proto, vendor]\n  excludes: [proto/old]\n";
    let config = BufYaml::parse(&Source::new("buf.yaml", text)).unwrap();
    let modules = config.below("shop");
    let found: Vec<Option<&str>> = [
        "shop/proto/a.proto",
        "shop/vendor/b.proto",
        "shop/proto/old/c.proto",
        "proto/d.proto",
    ]
    .iter()
    .map(|file| modules[0].path_of(file))
    .collect();
    assert_eq!(&*modules[0].path, "shop");
    assert_eq!(found, [Some("a.proto"), Some("b.proto"), None, None]);
}
