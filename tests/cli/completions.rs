//! `treaty completions` and `treaty man`: what a shell and `man` are told of this command line.

use expect_test::expect;

use crate::support::cli::Cli;

/// Every command, as `treaty --help` lists them.
const COMMANDS: [&str; 12] = [
    "serve",
    "demo",
    "register",
    "check",
    "validate",
    "sample",
    "diff",
    "explain",
    "contract",
    "subjects",
    "completions",
    "man",
];

#[test]
fn every_shell_gets_a_script_with_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = Cli::new().run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        for word in COMMANDS.iter().chain(&["--against", "--registry"]) {
            assert!(ran.stdout.contains(word.trim_start_matches('-')), "{shell}: {word}");
        }
    }
    expect![[r#"
        --- stderr
        error: invalid value 'csh' for '<SHELL>'
          [possible values: bash, elvish, fish, powershell, zsh]

          tip: a similar value exists: 'zsh'

        For more information, try '--help'.
        --- exit 2
    "#]]
    .assert_eq(&Cli::new().run(&["completions", "csh"]).transcript());
}

/// Bash itself reads the script and completes with it.
#[test]
fn bash_completes_with_it() {
    let cli = Cli::new();
    let script = cli.run(&["completions", "bash"]).stdout;
    let cli = cli.file("treaty.bash", script).file(
        "complete.bash",
        r#"source ./treaty.bash
for words in "treaty expl" "treaty contract p" "treaty check --ag"; do
    read -ra COMP_WORDS <<< "$words"
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
    _treaty treaty "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    echo "$words: ${COMPREPLY[*]}"
done
"#,
    );
    let bash = std::process::Command::new("bash")
        .arg("complete.bash")
        .current_dir(cli.path())
        .output();
    let Ok(output) = bash else {
        println!("skipped: there is no bash here");
        return;
    };
    expect![[r#"
        treaty expl: explain
        treaty contract p: publish
        treaty check --ag: --against --against-reference --against-include
    "#]]
    .assert_eq(&String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_page_is_made_of_the_words_of_the_help() {
    let cli = Cli::new().redact(concat!("treaty ", env!("CARGO_PKG_VERSION")), "treaty VERSION");
    let page = cli.run(&["man", "contract", "publish"]);
    let (own, global) = page
        .stdout
        .split_once(".SH \"GLOBAL OPTIONS\"\n")
        .expect("what holds for all");
    assert!(page.code == 0 && global.contains("\\fB\\-\\-registry\\fR"), "{global}");
    expect![[r#"
        .ie \n(.g .ds Aq \(aq
        .el .ds Aq '
        .TH treaty-contract-publish 1  "treaty VERSION" 
        .SH NAME
        treaty\-contract\-publish \- Publish treaty.yaml, so that changes are judged for this service too
        .SH SYNOPSIS
        \fBtreaty contract publish\fR [\fB\-\-dry\-run\fR] [\fB\-\-registry\fR] [\fB\-\-format\fR] [\fB\-\-color\fR] [\fB\-\-config\fR] [\fB\-\-timeout\fR] [\fB\-\-follow\-links\fR] [\fB\-\-max\-schema\-bytes\fR] [\fB\-\-max\-steps\fR] [\fB\-\-no\-second\-opinion\fR] [\fB\-h\fR|\fB\-\-help\fR] [\fIFILE\fR] 
        .SH DESCRIPTION
        Publish treaty.yaml, so that changes are judged for this service too
        .SH OPTIONS
        .TP
        \fB\-\-dry\-run\fR
        Say what would happen, and change nothing
        .TP
        \fB\-h\fR, \fB\-\-help\fR
        Print help (see a summary with \*(Aq\-h\*(Aq)
        .TP
        [\fIFILE\fR]
        The contract; treaty.yaml here or in a directory above when it is left out
    "#]]
    .assert_eq(own);
    let page = cli.run(&["man"]);
    assert!(page.stdout.contains(".TH treaty 1"), "{}", page.stdout);
    for command in COMMANDS {
        assert!(
            page.stdout.contains(&format!("treaty\\-{command}(1)")),
            "{command}: {}",
            page.stdout
        );
    }
    expect![[r#"
        --- stderr
        error: there is no command `moon`
         |
         = help: known are serve, demo, register, check, validate, sample, diff, explain, contract, subjects, completions, man
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["man", "moon"]).transcript());
    expect![[r#"
        --- stderr
        error: there is no command `contract moon`
         |
         = help: known are publish
        --- exit 2
    "#]]
    .assert_eq(&cli.run(&["man", "contract", "moon"]).transcript());
}

#[test]
fn every_page_is_written_into_a_directory() {
    let cli = Cli::new();
    let ran = cli.run(&["man", "--directory", "man/man1"]);
    expect![[r#"
        man/man1/treaty.1
        man/man1/treaty-serve.1
        man/man1/treaty-demo.1
        man/man1/treaty-register.1
        man/man1/treaty-check.1
        man/man1/treaty-validate.1
        man/man1/treaty-sample.1
        man/man1/treaty-diff.1
        man/man1/treaty-explain.1
        man/man1/treaty-contract.1
        man/man1/treaty-contract-publish.1
        man/man1/treaty-subjects.1
        man/man1/treaty-completions.1
        man/man1/treaty-man.1
        --- exit 0
    "#]]
    .assert_eq(&ran.transcript());
    for path in ran.stdout.lines() {
        let page = std::fs::read_to_string(cli.path().join(path)).expect("a page");
        assert!(page.contains(".SH SYNOPSIS"), "{path}: {page}");
    }
    let cli = Cli::new().file("man", "a file");
    let ran = cli.run(&["man", "--directory", "man"]);
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("could not write `man`"), "{}", ran.stderr);
}
