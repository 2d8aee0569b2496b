//! Commands as a person would type them: shown, then run by the same code as from a shell.

use clap::Parser;
use treaty_report::plain;

use super::registry::{Registry, StopSignal};
use crate::args::Treaty;
use crate::client::Client;
use crate::command;
use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::terminal::Terminal;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const DIM: anstyle::Style = anstyle::Style::new().dimmed();

/// Where commands are typed.
pub(super) struct Shell<'a> {
    url: String,
    global: Global,
    terminal: &'a mut Terminal,
    stop: StopSignal,
}

impl<'a> Shell<'a> {
    pub fn new(registry: &Registry, global: &Global, terminal: &'a mut Terminal) -> Shell<'a> {
        let url = registry.url();
        let global = Global {
            registry: url.clone(),
            ..global.clone()
        };
        Shell {
            url,
            global,
            terminal,
            stop: registry.stop_signal(),
        }
    }

    /// The registry.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Says something between two commands.
    pub fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.terminal.print(&format!("\n{BOLD}{text}{BOLD:#}\n"))
    }

    /// Shows a line that is not run.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        self.terminal.print(&format!("{text}\n"))
    }

    fn may_go_on(&self) -> Result<(), Failure> {
        match self.stop.to_end() {
            true => Err(Failure::unknown("the demo was told to end before it was over")),
            false => Ok(()),
        }
    }

    /// Runs a command and shows all that it says.
    pub fn run(&mut self, command: &str, expected: Exit) -> Result<(), Failure> {
        self.may_go_on()?;
        self.terminal.print(&format!("\n$ {command}\n"))?;
        let exit = run(command, &self.global, self.terminal)?;
        self.terminal
            .print(&format!("{DIM}(exit code {}){DIM:#}\n", exit as u8))?;
        expect(command, exit, expected)
    }

    /// Runs one of many commands and shows the last line of what it says beside it.
    pub fn run_briefly(&mut self, command: &str, expected: Exit) -> Result<(), Failure> {
        self.may_go_on()?;
        let global = &self.global;
        let (exit, said) = self.terminal.hold(|terminal| run(command, global, terminal));
        let exit = exit?;
        let last = said.lines().last().unwrap_or_default();
        self.terminal.print(&format!("$ {command}  {DIM}# {last}{DIM:#}\n"))?;
        if exit != expected {
            self.terminal.print(&said)?;
        }
        expect(command, exit, expected)
    }

    /// Sets the compatibility level of a subject, as `curl` would.
    pub fn set_level(&mut self, subject: &str, level: &str) -> Result<(), Failure> {
        let body = serde_json::json!({ "compatibility": level });
        let client = Client::new(&self.global)?;
        let answer = client.send_json::<serde_json::Value>(reqwest::Method::PUT, &["config", subject], &[], &body)?;
        answer.map_err(|refusal| client.failure(&refusal))?;
        // A subject may be a path.
        let subject = subject.replace('/', "%2F");
        let line = format!("$ curl -X PUT {}/config/{subject} --json '{body}'\n", self.url);
        self.terminal.print(&line)
    }
}

/// No argument of the demo has a blank in it.
fn run(command: &str, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let treaty = Treaty::try_parse_from(command.split_whitespace())
        .map_err(|error| Failure::unknown(format!("the demo typed `{}`: {error}", plain(command))))?;
    command::run(treaty.command, global, terminal)
}

fn expect(command: &str, exit: Exit, expected: Exit) -> Result<(), Failure> {
    match exit == expected {
        true => Ok(()),
        false => Err(Failure::unknown(format!(
            "`{command}` ended with {} and not with {}: the demo does not go as it should",
            exit as u8, expected as u8
        ))
        .help("this is a fault of the program: please report it with everything above")),
    }
}
