//! `treaty`: the companion of a schema registry, and with the feature `serve` the registry itself.
//!
//! Invariants: nothing that a person types, a file holds or a registry answers makes it panic. Standard output is
//! data, standard error is talk. The exit codes are those of [`exit::Exit`].

use std::process::ExitCode;

use clap::Parser;

mod args;
mod boundary;
mod client;
mod command;
mod directory;
mod exit;
mod gathered;
mod global;
mod input;
mod opinions;
mod output;
mod progress;
mod proposal;
mod proposals;
mod received;
mod references;
mod registered;
mod terminal;
mod workspace;

/// Schemas are trees of small pieces. The system's allocator gathers what was freed of them in the midst of the next check,
/// which then takes up to ten times as long.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let treaty = match args::Treaty::try_parse() {
        Ok(treaty) => treaty,
        Err(error) => {
            if error.use_stderr() {
                // It repeats arguments, which may be names of files.
                let said = error.render().ansi().to_string();
                terminal::Terminal::new(anstream::ColorChoice::Auto).say(said.trim_end_matches('\n'));
                return exit::Exit::Usage.into();
            }
            // Help and version come this way too. There is nobody to tell when printing fails.
            let _ = error.print();
            return exit::Exit::Fine.into();
        }
    };
    let mut terminal = terminal::Terminal::new(treaty.global.color.into());
    let exit = match command::run(treaty.command, &treaty.global, &mut terminal) {
        Ok(exit) => exit,
        Err(failure) => {
            terminal.say(&failure.render());
            failure.exit
        }
    };
    exit.into()
}
