//! A bar for work that takes longer than a person wants to wait without a sign.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar over bytes on standard error, if somebody watches it.
pub struct Progress {
    bar: ProgressBar,
    since: Instant,
    watched: bool,
}

impl Progress {
    /// A bar over so many bytes; `None` where nobody knows how many there are.
    pub fn new(total: Option<u64>) -> Progress {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = match total {
            Some(_) => "{bar:30} {percent:>3}%  {binary_bytes} of {binary_total_bytes}  {msg}  {eta} left",
            None => "{spinner} {binary_bytes}  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Progress {
            bar,
            since: Instant::now(),
            watched: Terminal::watched(),
        }
    }

    /// So many bytes are done; `message` says what of.
    pub fn reach(&mut self, bytes: u64, message: String) {
        if self.watched && self.since.elapsed() > PATIENCE {
            self.watched = false;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(bytes);
        self.bar.set_message(message);
    }

    /// Does something else on the same terminal.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
