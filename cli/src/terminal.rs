//! Standard output and standard error: data goes to the one, talk to the other.
//!
//! Invariants: nothing else in this crate writes to either. A reader that goes away (`treaty subjects | head`) ends
//! the output and nothing more. Text from outside passes [`plain`](treaty_report::plain) where it is put among other text, so that it stays in its
//! line; and all that is written passes [`harmless`] at the edge, so that no name of a file, no schema and no registry can
//! steer a terminal, whoever forgot it before.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use treaty_report::plain;
use treaty_report::plain::is_harmful;
use treaty_report::render::{json, problem};
use treaty_schemas::Problem;

use crate::exit::Failure;

/// Both streams, and whether they may show colour.
pub struct Terminal {
    out: AutoStream<std::io::Stdout>,
    err: AutoStream<std::io::Stderr>,
    /// Nobody reads standard output any more.
    closed: bool,
    /// What both streams would have shown, while they are held back.
    held: Option<String>,
}

impl Terminal {
    /// The streams of this process. With [`ColorChoice::Auto`], `NO_COLOR`, `CLICOLOR_FORCE` and `TERM` decide.
    pub fn new(color: ColorChoice) -> Terminal {
        Terminal {
            out: AutoStream::new(std::io::stdout(), color),
            err: AutoStream::new(std::io::stderr(), color),
            closed: false,
            held: None,
        }
    }

    /// Writes data, which may carry styles.
    ///
    /// # Errors
    /// The stream does not take it. That its reader has gone is no error.
    pub fn print(&mut self, text: &str) -> Result<(), Failure> {
        if let Some(held) = &mut self.held {
            held.push_str(text);
            return Ok(());
        }
        if self.closed {
            return Ok(());
        }
        match self
            .out
            .write_all(harmless(text).as_bytes())
            .and_then(|()| self.out.flush())
        {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::unknown(format!("could not write to standard output: {error}"))),
        }
    }

    /// Writes bytes that are no text, as they are: for a file or another program.
    ///
    /// # Errors
    /// A person would read them, or those of [`Terminal::print`].
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if std::io::stdout().is_terminal() {
            return Err(Failure::usage("these are bytes, which a terminal cannot show")
                .help("write them into a file: --out FILE"));
        }
        match std::io::stdout().write_all(bytes) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::unknown(format!("could not write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Writes a value as JSON, for programs.
    ///
    /// # Errors
    /// Those of [`Terminal::print`].
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let json = json::render(value)
            .map_err(|error| Failure::unknown(format!("could not write the answer as JSON: {error}")))?;
        self.print(&(json + "\n"))
    }

    /// Writes a text that is JSON as it is, but with escapes for what could steer a terminal.
    ///
    /// # Errors
    /// Those of [`Terminal::print`].
    pub fn json_line(&mut self, json: &str) -> Result<(), Failure> {
        self.print(&(json::escaped(json).into_owned() + "\n"))
    }

    /// Says a line to a person, which may carry styles. There is nobody to tell when that fails.
    pub fn say(&mut self, line: &str) {
        if let Some(held) = &mut self.held {
            held.push_str(line);
            held.push('\n');
            return;
        }
        let _ = writeln!(self.err, "{}", harmless(line));
    }

    /// Says to a person what was taken and may surprise.
    pub fn warn(&mut self, warnings: &[Problem]) {
        for warning in warnings {
            self.say(&format!("warning: {}", plain(&problem::line(warning))));
        }
    }

    /// Does something that writes, and hands back what it wrote instead of showing it.
    #[cfg(feature = "serve")]
    pub fn hold<T>(&mut self, act: impl FnOnce(&mut Terminal) -> T) -> (T, String) {
        self.held = Some(String::new());
        let done = act(self);
        (done, self.held.take().unwrap_or_default())
    }

    /// Whether somebody watches standard error.
    pub fn watched() -> bool {
        std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }
}

/// A text of several lines, which may carry our styles, with escapes for everything else that steers a terminal.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_kept = |c: char| matches!(c, '\n' | '\t');
    if !text.contains(|c| is_harmful(c) && !is_kept(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match style(rest) {
            Some(style) => {
                safe.push_str(style);
                style.len()
            }
            None if is_harmful(c) && !is_kept(c) => {
                safe.extend(c.escape_unicode());
                c.len_utf8()
            }
            None => {
                safe.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(safe)
}

/// The style that a text begins with: a colour or weight. Nothing that hides text, moves it or makes it blink.
fn style(text: &str) -> Option<&str> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find(|c: char| !matches!(c, '0'..='9' | ';'))?;
    let harmless = |code: &str| !matches!(code.trim_start_matches('0'), "5" | "6" | "7" | "8");
    let is_colour = codes.starts_with("38;5;") || codes.starts_with("48;5;");
    let is_style = codes[end..].starts_with('m') && (is_colour || codes[..end].split(';').all(harmless));
    is_style.then(|| &text[.."\u{1b}[".len() + end + 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_keeps_its_lines_and_styles_alone() {
        let styled = "\x1b[1m\x1b[38;5;9merror\x1b[0m: a\n\tb\n";
        assert_eq!(harmless(styled), styled);
        assert_eq!(
            harmless("a\x1b[2Jb\x1b[8mc\x1b]0;title\x07\x1b[1;5mx\r\u{202e}\u{e0041}\x1b["),
            "a\\u{1b}[2Jb\\u{1b}[8mc\\u{1b}]0;title\\u{7}\\u{1b}[1;5mx\\u{d}\\u{202e}\\u{e0041}\\u{1b}["
        );
    }
}
