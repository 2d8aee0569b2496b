//! The commands: one file each, with its arguments and what it does.

use crate::args::Command;
use crate::exit::{Exit, Failure};
use crate::global::Global;
use crate::terminal::Terminal;

pub mod check;
pub mod completions;
pub mod contract;
#[cfg(feature = "serve")]
pub mod demo;
pub mod diff;
pub mod explain;
pub mod man;
pub mod register;
pub mod sample;
#[cfg(feature = "serve")]
pub mod serve;
pub mod subjects;
pub mod validate;

/// Does what was asked.
///
/// # Errors
/// It could not be done; findings are no failure.
pub fn run(command: Command, global: &Global, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match command {
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => serve::run(arguments, terminal),
        #[cfg(feature = "serve")]
        Command::Demo(arguments) => demo::run(&arguments, global, terminal),
        Command::Register(arguments) => register::run(&arguments, global, terminal),
        Command::Contract(arguments) => contract::run(&arguments, global, terminal),
        Command::Check(arguments) => check::run(arguments, global, terminal),
        Command::Diff(arguments) => diff::run(&arguments, global, terminal),
        Command::Explain(arguments) => explain::run(&arguments, global, terminal),
        Command::Sample(arguments) => sample::run(&arguments, global, terminal),
        Command::Validate(arguments) => validate::run(&arguments, global, terminal),
        Command::Subjects(arguments) => subjects::run(&arguments, global, terminal),
        Command::Completions(arguments) => completions::run(&arguments, terminal),
        Command::Man(arguments) => man::run(&arguments, terminal),
    }
}
