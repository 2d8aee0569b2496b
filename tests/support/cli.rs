//! The program itself, run in a directory of its own with a clean environment.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A directory to run `treaty` in.
pub struct Cli {
    directory: TempDir,
    variables: Vec<(String, String)>,
    redactions: Vec<(String, String)>,
}

/// What a run left behind.
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output, redacted.
    pub stdout: String,
    /// Standard error, redacted.
    pub stderr: String,
}

impl Cli {
    /// An empty directory.
    pub fn new() -> Cli {
        Cli {
            directory: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            redactions: Vec::new(),
        }
    }

    /// Where the runs take place.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Cli {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Sets a variable for the runs.
    pub fn variable(mut self, name: &str, value: &str) -> Cli {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Shows `found` as `shown`: ports, dates and other things that differ between runs.
    pub fn redact(mut self, found: &str, shown: &str) -> Cli {
        self.redactions.push((found.to_owned(), shown.to_owned()));
        self
    }

    /// The program, ready to be started here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treaty"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| {
            let mut text = String::from_utf8(bytes).unwrap();
            for (found, shown) in &self.redactions {
                text = text.replace(found, shown);
            }
            text
        };
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Ran {
    /// Everything that a person sees, and the exit code.
    pub fn transcript(&self) -> String {
        let mut text = self.stdout.clone();
        if !self.stderr.is_empty() {
            text += "--- stderr\n";
            text += &self.stderr;
        }
        format!("{text}--- exit {}\n", self.code)
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.transcript()))
    }
}

/// A file of the catalogue.
pub fn catalogue(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schemas/catalogue")
        .join(path)
}

/// `treaty serve`, running in a directory of its own until it is dropped.
pub struct Served {
    child: Child,
    /// Where it is reached.
    pub url: String,
    /// Its working directory, with its database.
    pub cli: Cli,
}

impl Served {
    /// Starts it on a free port.
    pub fn start() -> Served {
        Served::start_in(Cli::new())
    }

    /// Starts it in this directory, on the database that is there.
    pub fn start_in(cli: Cli) -> Served {
        Served::start_with(cli, &[], Stdio::null())
    }

    /// The same, with more flags, what it says on standard error going to `talk`.
    pub fn start_with(cli: Cli, flags: &[&str], talk: Stdio) -> Served {
        let mut command = cli.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.args(flags).stderr(talk);
        Served::spawn(cli, command)
    }

    /// Starts it by a command of the test's own, which works in this directory.
    pub fn spawn(cli: Cli, mut command: Command) -> Served {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .expect("the address")
            .to_owned();
        Served { child, url, cli }
    }

    /// Where it listens.
    pub fn address(&self) -> std::net::SocketAddr {
        self.url
            .strip_prefix("http://")
            .expect("a URL")
            .parse()
            .expect("an address")
    }

    /// A directory whose runs ask this registry. Its address is shown as `REGISTRY`.
    pub fn client(&self) -> Cli {
        Cli::new()
            .variable("TREATY_REGISTRY", &self.url)
            .redact(&self.url, "REGISTRY")
    }

    /// The memory of its process that is in use, in bytes.
    #[cfg(target_os = "linux")]
    pub fn resident(&self) -> u64 {
        self.memory("VmRSS:")
    }

    /// A line of /proc/PID/status that counts memory, in bytes.
    #[cfg(target_os = "linux")]
    pub(super) fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line
            .and_then(|line| line.split_whitespace().next())
            .expect("the memory in use");
        kib.parse::<u64>().unwrap() * 1024
    }

    /// Tells it to end as an operator does, and waits; its exit code and its directory.
    #[cfg(unix)]
    pub fn terminate(mut self) -> (Option<i32>, Cli) {
        let told = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(told.success());
        let code = self.child.wait().unwrap().code();
        (code, std::mem::replace(&mut self.cli, Cli::new()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a body to a registry by `PUT`, which has to take it.
pub fn put(url: &str, path: &str, body: &serde_json::Value) {
    // Fails only when a provider is installed already, and then it is this one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let answer = reqwest::blocking::Client::new()
        .put(format!("{url}{path}"))
        .json(body)
        .send()
        .expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
}
