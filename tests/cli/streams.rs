//! What goes where: data to standard output, talk to standard error, and colour only where it is wanted.

use std::process::Stdio;

use crate::support::cli::Cli;

#[test]
fn colour_is_shown_where_it_is_asked_for() {
    let escapes = |cli: Cli, color: &str| {
        let ran = cli.file("a.avsc", "\"int\"").file("b.avsc", "\"string\"").run(&[
            "check",
            "a.avsc",
            "--against",
            "b.avsc",
            "--color",
            color,
        ]);
        assert_eq!(ran.code, 1);
        ran.stdout.contains("\u{1b}[")
    };
    assert!(!escapes(Cli::new(), "auto"), "a pipe is no terminal");
    assert!(escapes(Cli::new(), "always"));
    assert!(!escapes(Cli::new(), "never"));
    assert!(escapes(Cli::new().variable("CLICOLOR_FORCE", "1"), "auto"));
    assert!(!escapes(Cli::new().variable("NO_COLOR", "1"), "auto"));
    assert!(
        !escapes(Cli::new().variable("CLICOLOR_FORCE", "1"), "never"),
        "the flag wins"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let cli = Cli::new();
    let mut child = cli
        .command(&["explain", "--list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn nothing_in_a_file_steers_the_terminal() {
    let hostile =
        "{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"doc\":\"\u{202e}\",\"name\":\"b\",\"type\":\"int\"}]}";
    let cli = Cli::new()
        .file("new\u{1b}[2J.avsc", hostile)
        .file("old.avsc", r#"{"type":"record","name":"A","fields":[]}"#);
    let ran = cli.run(&["check", "new\u{1b}[2J.avsc", "--against", "old.avsc"]);
    assert_eq!(ran.code, 1, "{}", ran.transcript());
    for harmful in ['\u{1b}', '\u{202e}'] {
        assert!(!ran.stdout.contains(harmful), "{:?}", ran.stdout);
        assert!(!ran.stderr.contains(harmful), "{:?}", ran.stderr);
    }
}
