//! The exit codes, which pipelines rely on: 0 fine, 1 findings, 2 usage or configuration, 3 could not decide or reach.

use crate::support::cli::Served;

#[test]
fn every_way_to_end_has_its_code() {
    let served = Served::start();
    let cli = served
        .client()
        .file("int.avsc", "\"int\"")
        .file("string.avsc", "\"string\"")
        .file("broken.avsc", "{")
        .file("five.json", "5")
        .file("word.json", "\"five\"")
        .file("empty.yaml", "");
    let table: &[(&str, i32)] = &[
        ("--help", 0),
        ("--version", 0),
        ("register int.avsc --subject number", 0),
        ("register int.avsc --subject number", 0),
        ("register string.avsc --subject number", 1),
        ("register string.avsc --subject number --dry-run", 1),
        ("register broken.avsc --subject number", 2),
        ("register int.avsc --subject number --registry http://127.0.0.1:1", 3),
        ("check int.avsc --against int.avsc", 0),
        ("check int.avsc --against string.avsc", 1),
        ("check int.avsc --against string.avsc --mode NONE", 0),
        ("check int.avsc --against broken.avsc", 2),
        ("check int.avsc --subject number", 0),
        ("check string.avsc --subject number", 1),
        ("check string.avsc --subject nobody-has-this", 0),
        ("check broken.avsc --subject number", 2),
        ("check", 2),
        ("check --config empty.yaml", 2),
        ("check int.avsc --subject number --registry http://127.0.0.1:1", 3),
        ("validate five.json --schema int.avsc", 0),
        ("validate word.json --schema int.avsc", 1),
        ("validate word.json --schema broken.avsc", 2),
        ("validate five.json --subject number", 0),
        ("validate five.json --subject numbr", 2),
        ("validate five.json --subject number --registry http://127.0.0.1:1", 3),
        ("diff int.avsc string.avsc", 0),
        ("diff int.avsc broken.avsc", 2),
        ("diff int.avsc number@1 --registry http://127.0.0.1:1", 3),
        ("explain avro/type-mismatch", 0),
        ("explain avro/nothing", 2),
        ("subjects", 0),
        ("subjects --registry http://127.0.0.1:1", 3),
        ("contract publish empty.yaml", 2),
        ("contract publish", 2),
        ("serve --database nonsense", 2),
        ("serve --listen 127.0.0.1:0 --database sqlite:/nowhere/at/all.db", 3),
    ];
    for (command, code) in table {
        let ran = cli.run(&command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ran.code, *code, "treaty {command}\n{}", ran.transcript());
        assert_eq!(
            ran.code > 1,
            ran.stdout.is_empty(),
            "treaty {command}\n{}",
            ran.transcript()
        );
    }
}

/// A comparison that takes too many steps is neither fine nor a finding.
#[test]
fn a_comparison_that_takes_too_many_steps_is_undecided() {
    let fields = |prefix: &str| {
        let fields: Vec<String> = (0..300)
            .map(|number| format!(r#"{{"name":"{prefix}{number}","type":"int"}}"#))
            .collect();
        format!(r#"{{"type":"record","name":"R","fields":[{}]}}"#, fields.join(","))
    };
    let served = Served::start();
    let contract = "contract: 1
application: billing
receives:
  - event: R
    subject: wide
    builtAgainst: 1
    reads: [a1]
";
    let cli = served
        .client()
        .file("old.avsc", fields("a"))
        .file("new.avsc", fields("b"))
        .file("billing.yaml", contract);
    assert_eq!(cli.run(&["register", "old.avsc", "--subject", "wide"]).code, 0);
    for command in [
        "check new.avsc --against old.avsc",
        "diff old.avsc new.avsc",
        "contract publish billing.yaml",
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let ran = cli.run(&[&arguments[..], &["--max-steps", "100"]].concat());
        assert_eq!(ran.code, 3, "treaty {command}\n{}", ran.transcript());
        let told = ran.transcript();
        assert!(
            told.contains("more work to compare than is allowed"),
            "treaty {command}\n{told}"
        );
        assert_ne!(cli.run(&arguments).code, 3, "treaty {command}");
    }
}
