//! `treaty completions`: the script with which a shell completes this command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Treaty;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// What `treaty completions` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  treaty completions bash > ~/.local/share/bash-completion/completions/treaty
  treaty completions zsh > ~/.zfunc/_treaty              with ~/.zfunc in fpath
  treaty completions fish > ~/.config/fish/completions/treaty.fish")]
pub struct Arguments {
    /// The shell
    pub shell: Shell,
}

/// Does it.
///
/// # Errors
/// Standard output does not take it.
pub fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Treaty::command(), "treaty", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Fine)
}
