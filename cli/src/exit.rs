//! How the program ends: the exit codes, which are an interface, and what is said when a command could not be done.

use std::process::ExitCode;

use treaty_report::render::problem;
use treaty_schemas::{Exhausted, Line, ParseError, Problem, Verdict};

/// The exit codes. A gate must be able to tell "no" from "I do not know": 1 is never an outage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, and nothing was found.
    Fine = 0,
    /// Done, and there is something to mend.
    Findings = 1,
    /// The command line, a file or the configuration is wrong.
    Usage = 2,
    /// It could not be decided, or the registry could not be reached.
    Unknown = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

impl From<Verdict> for Exit {
    fn from(verdict: Verdict) -> Exit {
        match verdict {
            Verdict::Compatible => Exit::Fine,
            Verdict::Incompatible => Exit::Findings,
            Verdict::Undecided => Exit::Unknown,
        }
    }
}

/// Why a command could not be done. Findings are no failure.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What and where, as a fragment in lower case.
    pub message: Line,
    /// How to mend it.
    pub help: Option<Line>,
    /// The places in a text that are wrong, where there are any; they are shown in place of the message.
    pub problems: Vec<Problem>,
    /// What was found, drawn; shown before the message.
    pub findings: String,
}

impl Failure {
    /// The command line, a file or the configuration is wrong.
    pub fn usage(message: impl Into<Line>) -> Failure {
        Failure {
            exit: Exit::Usage,
            message: message.into(),
            help: None,
            problems: Vec::new(),
            findings: String::new(),
        }
    }

    /// It could not be decided, or something could not be reached.
    pub fn unknown(message: impl Into<Line>) -> Failure {
        Failure {
            exit: Exit::Unknown,
            ..Failure::usage(message)
        }
    }

    /// The failure as a person reads it, without a line end.
    pub fn render(&self) -> String {
        match self.problems.as_slice() {
            [] => self.findings.clone() + &problem::message(&self.message, self.help.as_ref()),
            problems => problem::render(problems, self.help.as_ref()),
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<Line>) -> Failure {
        self.help = Some(help.into());
        self
    }
}

impl From<Exhausted> for Failure {
    fn from(why: Exhausted) -> Failure {
        Failure::unknown(why.to_string())
            .help("--max-steps raises the limit; or compare smaller schemas, without what did not change")
    }
}

impl From<ParseError> for Failure {
    fn from(error: ParseError) -> Failure {
        // The first stands for all of them: a text may have very many.
        let first = error.problems.first().map_or_else(Line::default, Line::new);
        Failure {
            problems: error.problems,
            ..Failure::usage(first)
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        ParseError::from(problem).into()
    }
}
