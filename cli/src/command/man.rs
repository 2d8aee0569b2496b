//! `treaty man`: manual pages, made of the same words as `--help`.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;

use crate::args::Treaty;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// What `treaty man` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty man | man -l -                    the page of treaty
  treaty man contract publish | man -l -   the page of one command
  treaty man --directory ~/.local/share/man/man1
                                           every page, as files")]
pub struct Arguments {
    /// The command whose page it is; treaty itself when it is left out
    pub command: Vec<String>,
    /// Write every page into this directory, which is made when it is missing
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub directory: Option<PathBuf>,
}

/// Does it.
///
/// # Errors
/// There is no such command, or the pages cannot be written.
pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut treaty = Treaty::command().disable_help_subcommand(true);
    // Gives each command its full name and what holds for all of them.
    treaty.build();
    match &arguments.directory {
        Some(directory) => {
            fs::create_dir_all(directory).map_err(|error| unwritten(directory, &error))?;
            write_below(&treaty, directory, terminal)?;
        }
        None => {
            let page = page(named(&treaty, &arguments.command)?)?;
            terminal.print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Exit::Fine)
}

fn named<'c>(treaty: &'c Command, words: &[String]) -> Result<&'c Command, Failure> {
    words.iter().try_fold(treaty, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            let failure = Failure::usage(format!("there is no command `{}`", words.join(" ")));
            match known.as_slice() {
                [] => failure,
                known => failure.help(format!("known are {}", known.join(", "))),
            }
        })
    })
}

/// The page of this command and those of all below it. No deeper than the commands are.
fn write_below(command: &Command, directory: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let file = directory.join(format!("{name}.1"));
    fs::write(&file, page(command)?).map_err(|error| unwritten(&file, &error))?;
    terminal.print(&format!("{}\n", file.display()))?;
    for below in command.get_subcommands() {
        write_below(below, directory, terminal)?;
    }
    Ok(())
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let source = concat!("treaty ", env!("CARGO_PKG_VERSION"));
    let rendered = Man::new(command.clone()).source(source).render(&mut page);
    rendered.map_err(|error| Failure::unknown(format!("could not write the page: {error}")))?;
    Ok(page)
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unknown(format!("could not write `{}`: {error}", path.display()))
}
