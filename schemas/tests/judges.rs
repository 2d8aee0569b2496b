//! Decoders of others, as programs that read cases from their input and print what they see, a line for a line.
//!
//! `ci/judges` installs their libraries under `target/judges`; where that was not done the tests say so and go on without.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program with a library of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// Python's protobuf with its decoder in C, upb.
    Upb,
    /// Python's protobuf in Python alone.
    Python,
    /// The JavaScript that protobufjs generates.
    Protobufjs,
    /// Python's fastavro.
    Fastavro,
    /// Avro Java's parser and reader of containers.
    AvroJava,
    /// fastavro and Python's avro, of whole object containers in hex.
    Containers,
}

impl Judge {
    pub fn name(self) -> &'static str {
        match self {
            Judge::Upb => "upb",
            Judge::Python => "Python's own decoder",
            Judge::Protobufjs => "protobufjs",
            Judge::Fastavro => "fastavro",
            Judge::AvroJava => "Avro Java",
            Judge::Containers => "fastavro or Python's avro",
        }
    }

    /// Answers each line with a line; `None` where the library is not installed.
    pub fn answers(self, lines: &[String]) -> Option<Vec<String>> {
        if lines.is_empty() {
            return Some(Vec::new());
        }
        let mut command = self.command()?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        let mut input = child.stdin.take().expect("the input is a pipe");
        let text = lines.join("\n") + "\n";
        // It answers while it is asked, so both are done at once.
        let asked = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().expect("its output can be read");
        let is_asked = asked.join().expect("asking does not panic").is_ok();
        let answers: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect();
        assert!(
            is_asked && output.status.success(),
            "{} failed at the case after {} lines",
            self.name(),
            answers.len()
        );
        assert_eq!(answers.len(), lines.len(), "{} answers every line", self.name());
        Some(answers)
    }

    /// What a program beside this file prints; `None` where Python's libraries are not installed.
    pub fn printed_by(program: &str) -> Option<String> {
        if !installed().join("python.done").is_file() {
            return None;
        }
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges").join(program);
        let mut python = Command::new(installed().join("python/bin/python"));
        let output = python.arg(program).stderr(Stdio::inherit()).output().expect("it runs");
        assert!(output.status.success());
        Some(String::from_utf8(output.stdout).expect("text"))
    }

    fn command(self) -> Option<Command> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges");
        // An installation that failed half-way leaves much behind, but not this.
        let is_done = |what: &str| installed().join(what).is_file();
        let (mut command, program) = match self {
            Judge::Protobufjs if is_done("javascript.done") => {
                let mut node = Command::new("node");
                node.env("NODE_PATH", installed().join("node_modules"));
                (node, program.join("protobuf.js"))
            }
            Judge::AvroJava if is_done("java.done") => {
                let mut java = Command::new("java");
                java.arg("-cp").arg(installed().join("java/*"));
                (java, program.join("Parse.java"))
            }
            Judge::Upb | Judge::Python | Judge::Fastavro | Judge::Containers if is_done("python.done") => {
                let python = Command::new(installed().join("python/bin/python"));
                let name = match self {
                    Judge::Fastavro => "avro.py",
                    Judge::Containers => "read_containers.py",
                    _ => "protobuf.py",
                };
                (python, program.join(name))
            }
            _ => return None,
        };
        if self == Judge::Python {
            command.env("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python");
        }
        command.arg(program);
        Some(command)
    }
}

/// Where `ci/judges` installs.
fn installed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/judges")
}
