//! How reports are written: one file for each format, all over [`treaty_api::report::Report`].

use treaty_api::report::Report;

use crate::args::Format;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

pub mod excerpt;
pub mod page;
pub mod problem;
pub mod text;

/// Writes a report in the format that was asked for, and says how the program ends.
///
/// # Errors
/// Standard output does not take it.
pub fn write(report: &Report, format: Format, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match format {
        Format::Json => terminal.json(report)?,
        Format::Text => terminal.print(&text::render(report))?,
    }
    Ok(report.verdict.into())
}
