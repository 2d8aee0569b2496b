//! The README's tour, executed: every command, with what it prints.
//!
//! A `console` block holds commands (`$ `, continued by `> `) and what they print. All run in one empty directory against
//! the demo's registry. `UPDATE=1` writes what they print into the README.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the README says that the demo listens.
const SHOWN: &str = "http://127.0.0.1:8081";

/// `treaty demo`, up and running until it is dropped.
struct Demo {
    child: Child,
    url: String,
}

impl Demo {
    fn start() -> Demo {
        let mut child = Command::new(env!("CARGO_BIN_EXE_treaty"))
            .args(["demo", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        // The last thing that the demo tells is where its registry can be looked at.
        let url = lines
            .by_ref()
            .map(|line| line.expect("a line"))
            .find_map(|line| Some(line.strip_prefix("Look at it")?.split_once("http://")?.1.to_owned()))
            .expect("the demo tells where its registry is");
        let address = url.split(['/', ' ']).next().unwrap_or_default();
        Demo {
            child,
            url: format!("http://{address}"),
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // As a person would end it, so that it can remove what it made.
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().ok();
        self.child.wait().ok();
    }
}

/// A command of the tour with the lines that it prints.
struct Entered {
    command: String,
    printed: String,
    /// The byte range of `printed` in the README.
    at: std::ops::Range<usize>,
}

fn entered(readme: &str) -> Vec<Entered> {
    let mut all: Vec<Entered> = Vec::new();
    let (mut inside, mut at) = (false, 0);
    for line in readme.split_inclusive('\n') {
        let end = at + line.len();
        match line.trim_end() {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            text => match (text.strip_prefix("$ "), all.last_mut()) {
                (Some(command), _) => all.push(Entered {
                    command: command.to_owned(),
                    printed: String::new(),
                    at: end..end,
                }),
                (None, Some(last)) if text.starts_with('>') && last.printed.is_empty() => {
                    last.command += "\n";
                    last.command += text.strip_prefix("> ").unwrap_or_default();
                    last.at = end..end;
                }
                (None, Some(last)) => {
                    last.printed += line;
                    last.at.end = end;
                }
                (None, None) => panic!("output before any command: {text}"),
            },
        }
        at = end;
    }
    all
}

fn run(command: &str, directory: &Path, registry: &str, code: &mut i32) -> String {
    if command == "echo $?" {
        return format!("{code}\n");
    }
    let program = Path::new(env!("CARGO_BIN_EXE_treaty"));
    let path = format!(
        "{}:{}",
        program.parent().expect("a directory").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1\n{}", command.replace(SHOWN, registry)))
        .current_dir(directory)
        .env("PATH", path)
        .env("TREATY_REGISTRY", registry)
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    *code = output.status.code().unwrap_or(-1);
    let mut text = String::from_utf8(output.stdout)
        .expect("a text")
        .replace(registry, SHOWN);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[test]
fn the_tour_prints_what_the_readme_shows() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let mut readme = std::fs::read_to_string(&file).expect("the README");
    let demo = Demo::start();
    let directory = tempfile::tempdir().expect("a directory");
    let (mut code, mut wrong, mut updates) = (0, Vec::new(), Vec::new());
    let tour = entered(&readme);
    assert!(tour.len() > 15, "the tour is {} commands long", tour.len());
    for entered in tour {
        let printed = run(&entered.command, directory.path(), &demo.url, &mut code);
        if printed != entered.printed {
            wrong.push(format!(
                "$ {}\nthe README shows:\n{}but it prints:\n{printed}",
                entered.command, entered.printed
            ));
            updates.push((entered.at, printed));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        for (at, printed) in updates.into_iter().rev() {
            readme.replace_range(at, &printed);
        }
        std::fs::write(&file, readme).expect("the README is written");
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
