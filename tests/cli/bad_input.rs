//! Whatever is typed and whatever files hold: a clear message and exit code 2, never a panic or a hang.

use std::fs::File;

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

fn refused(cli: &Cli, new: &str, expected: Expect) {
    let ran = cli.run(&["check", new, "--against", "good.avsc"]);
    assert_eq!(ran.code, 2, "{}", ran.transcript());
    assert_eq!(ran.stdout, "");
    expected.assert_eq(&ran.stderr);
}

fn good() -> Cli {
    Cli::new().file("good.avsc", "\"string\"")
}

#[test]
fn files_that_are_no_texts() {
    let cli = good()
        .file("binary.avsc", b"\"str\xffing\"")
        .file("utf16.avsc", b"\xff\xfe{\0")
        .file("container.avro", b"Obj\x01\xc3")
        .file("empty.avsc", "")
        .file("dir/x.avsc", "");
    refused(
        &cli,
        "binary.avsc",
        expect![[r#"
            error: `binary.avsc` is not UTF-8: byte 0xff at 1:5
             |
             = help: save it as UTF-8; a schema is a text
        "#]],
    );
    refused(
        &cli,
        "utf16.avsc",
        expect![[r#"
            error: `utf16.avsc` is not UTF-8: byte 0xff at 1:1
             |
             = help: it begins like UTF-16: save it as UTF-8
        "#]],
    );
    refused(
        &cli,
        "container.avro",
        expect![[r#"
            error: `container.avro` is not UTF-8: byte 0xc3 at 1:5
             |
             = help: it begins like an Avro object container: `treaty validate` reads those
        "#]],
    );
    refused(
        &cli,
        "empty.avsc",
        expect![[r#"
        error: the text is empty; a JSON value was expected
         --> empty.avsc:1:1
          |
        1 |
          | ^
    "#]],
    );
    refused(
        &cli,
        "gooood.avsc",
        expect![[r#"
        error: `gooood.avsc` does not exist
         |
         = help: did you mean `good.avsc`?
    "#]],
    );
    refused(
        &cli,
        "nowhere/good.avsc",
        expect![[r#"
        error: `nowhere/good.avsc` does not exist
         |
         = help: there is no directory `nowhere` either
    "#]],
    );
}

#[test]
fn texts_that_are_no_schemas() {
    let cli = good()
        .file("cut.avsc", "{\n  \"type\": \"record\",\n")
        .file("unknown.avsc", "{\"type\": \"array\", \"items\": \"Strng\"}");
    refused(
        &cli,
        "cut.avsc",
        expect![[r#"
        error: the text ends where a key in double quotes was expected
         --> cut.avsc:2:21
          |
        2 |   "type": "record",
          |                    ^
    "#]],
    );
    refused(
        &cli,
        "unknown.avsc",
        expect![[r#"
        error: the type `Strng` is not defined
         --> unknown.avsc:1:28
          |
        1 | {"type": "array", "items": "Strng"}
          |                            ^^^^^^^
          |
          = help: define it in this schema, or declare a reference to the schema that defines it
    "#]],
    );
}

#[test]
fn deep_texts() {
    let deep = format!(
        "{}\"int\"{}",
        "{\"type\":\"array\",\"items\":".repeat(20_000),
        "}".repeat(20_000)
    );
    refused(
        &good().file("deep.avsc", deep),
        "deep.avsc",
        expect![[r#"
        error: nested deeper than the 256 levels that are allowed
         --> deep.avsc:1:6145
          |
        1 | …ay","items":{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"arra…
          |                                                              ^
    "#]],
    );
}

/// Each is told at its place, as short as if the text were.
#[test]
fn proto_files_that_mean_harm() {
    let proto = |text: &str| format!("syntax = \"proto3\";\n{text}\n");
    let cases = [
        ("cycle", "import \"cycle2.proto\";".to_owned()),
        ("itself", "import \"itself.proto\";".to_owned()),
        ("missing", "import \"nowhere.proto\";".to_owned()),
        ("climbs", "import \"../good.proto\";".to_owned()),
        ("absolute", "import \"/etc/passwd\";".to_owned()),
        ("deep", "message M {".repeat(10_000)),
        ("zero", "message M { string s = 0; }".to_owned()),
        ("options", format!("option (a) = {}", "{a:".repeat(10_000))),
        (
            "long",
            format!(
                "message {} {{}} message M {{ {} m = 1; }}",
                "a".repeat(200_000),
                "b".repeat(200_000)
            ),
        ),
        ("group", "message M { group G = 1 {".to_owned()),
        ("nothing", "option(mine)=\"\";extend o{g mine=0;}".to_owned()),
    ];
    let mut cli = Cli::new()
        .file("good.proto", proto("message M {}"))
        .file("refs/cycle2.proto", proto("import \"cycle.proto\";"))
        .file("refs/cycle.proto", proto("import \"cycle2.proto\";"));
    for (name, text) in &cases {
        cli = cli.file(&format!("{name}.proto"), proto(text));
    }
    let mut told = String::new();
    for (name, _) in &cases {
        let file = format!("{name}.proto");
        let ran = cli.run(&["check", &file, "--against", "good.proto", "--reference", "refs"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}: {}", ran.transcript());
        assert!(ran.stderr.len() < 5_000, "{name}: {} bytes", ran.stderr.len());
        let first = ran.stderr.lines().next().unwrap_or_default();
        told.push_str(&format!("{name}: {}\n", first.chars().take(160).collect::<String>()));
    }
    expect![[r#"
        cycle: error: files import each other: cycle2.proto → cycle.proto → cycle2.proto
        itself: error: the file imports itself
        missing: error: the imported file `nowhere.proto` is not there
        climbs: error: the import path `../good.proto` leaves the tree
        absolute: error: the import path `/etc/passwd` is absolute
        deep: error: declarations are nested more than 64 levels deep
        zero: error: a field cannot have the number 0
        options: error: the value is nested more than 64 levels deep
        long: error: could not resolve type `bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        group: error: groups belong to proto2
        nothing: error: could not resolve type `o`
    "#]].assert_eq(&told);
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let cli = good();
    // A file with nothing in it but its size: reading it would be seen in the time and memory of the test.
    File::create(cli.path().join("huge.avsc"))
        .unwrap()
        .set_len(100 * 1024 * 1024)
        .unwrap();
    refused(
        &cli,
        "huge.avsc",
        expect![[r#"
            error: `huge.avsc` has 104857600 bytes, and 1048576 bytes are allowed
             |
             = help: if it is a schema that is meant to be that large, allow it with --max-schema-bytes
        "#]],
    );
}

#[test]
fn a_pipe_without_end_is_read_up_to_the_limit() {
    refused(
        &good(),
        "/dev/zero",
        expect![[r#"
            error: `/dev/zero` has more, and 1048576 bytes are allowed
             |
             = help: if it is a schema that is meant to be that large, allow it with --max-schema-bytes
        "#]],
    );
}

#[test]
fn command_lines() {
    for (arguments, told) in [
        (&["chek"][..], "similar subcommand exists: 'check'"),
        (&["check", "--against", "a"], "required arguments were not provided"),
        (
            &["check", "good.avsc", "--against", "good.avsc", "--mode", "BACKWRD"],
            "unknown compatibility level `BACKWRD`",
        ),
        (
            &["subjects", "--registry", "ftp://x"],
            "`ftp` is no scheme of a registry",
        ),
        (&["subjects", "--registry", "not a url"], "not usable"),
        (&[], "Usage: treaty"),
    ] {
        let ran = good().run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.transcript());
        assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn an_outage_is_no_finding() {
    // Port 1 of this machine: nothing listens there.
    let cli = good().variable("TREATY_REGISTRY", "http://me:secret@127.0.0.1:1/");
    let ran = cli.run(&["subjects"]);
    expect![[r#"
        --- stderr
        error: could not reach the registry at http://127.0.0.1:1: Connection refused (os error 111)
         |
         = help: start one with `treaty serve`, or name another with --registry or TREATY_REGISTRY
        --- exit 3
    "#]]
    .assert_eq(&ran.transcript());
}
