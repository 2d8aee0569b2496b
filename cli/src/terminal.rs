//! Standard output and standard error: data goes to the one, talk to the other.
//!
//! Invariants: nothing else in this crate writes to either. A reader that goes away (`treaty subjects | head`) ends
//! the output and nothing more. Text from outside passes [`plain`] first, so that no schema can steer a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};

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
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::unknown(format!("could not write to standard output: {error}"))),
        }
    }

    /// Writes a value as JSON, for programs.
    ///
    /// # Errors
    /// Those of [`Terminal::print`].
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Failure::unknown(format!("could not write the answer as JSON: {error}")))?;
        self.json_line(&text)
    }

    /// Writes a text that is JSON as it is, but with escapes for what could steer a terminal: such characters can only
    /// stand in strings, and mean the same there.
    ///
    /// # Errors
    /// Those of [`Terminal::print`].
    pub fn json_line(&mut self, json: &str) -> Result<(), Failure> {
        self.print(&(escaped(json).into_owned() + "\n"))
    }

    /// Says a line to a person, which may carry styles. There is nobody to tell when that fails.
    pub fn say(&mut self, line: &str) {
        if let Some(held) = &mut self.held {
            held.push_str(line);
            held.push('\n');
            return;
        }
        let _ = writeln!(self.err, "{line}");
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

/// A text from outside as one harmless line: control characters, those that reorder text and those that nobody sees are shown as `\u{…}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    replaced(text, is_harmful, |c, safe| write!(safe, "{}", c.escape_unicode()))
}

/// JSON in which no character steers a terminal. Line ends between values stay.
fn escaped(json: &str) -> Cow<'_, str> {
    // JSON itself escapes what is below a space in strings, and all that is harmful has no more than 16 bits.
    let in_string = |c: char| is_harmful(c) && c >= '\u{7f}';
    replaced(json, in_string, |c, safe| write!(safe, "\\u{:04x}", u32::from(c)))
}

fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

fn replaced(
    text: &str,
    is_replaced: impl Fn(char) -> bool,
    replace: impl Fn(char, &mut String) -> std::fmt::Result,
) -> Cow<'_, str> {
    if !text.contains(&is_replaced) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_replaced(c) {
            // Writing to a String cannot fail.
            let _ = replace(c, &mut safe);
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(plain("añb"), "añb");
        assert_eq!(
            plain("a\x1b[31mb\r\n\u{202e}c\u{9b}"),
            "a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c\\u{9b}"
        );
    }

    #[test]
    fn json_stays_what_it_is() {
        let value = serde_json::json!({ "a": "é\u{7f}\u{90}b\u{9b}31m\u{202e}\u{1b}[2J\u{1f6dc}" });
        let json = serde_json::to_string_pretty(&value).expect("JSON");
        let safe = escaped(&json);
        assert!(!safe.contains(|c| is_harmful(c) && c != '\n'), "{safe:?}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("JSON"), value);
    }
}
