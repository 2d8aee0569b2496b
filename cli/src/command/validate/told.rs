//! What a validation says: each defect as it is found, or all of it as JSON in the end.

use serde::Serialize;
use treaty_report::plain;
use treaty_schemas::Line;
use treaty_schemas::validate::{Defect, Summary};

use crate::args::Format;
use crate::exit::{Exit, Failure};
use crate::terminal::Terminal;

/// What was found so far.
#[derive(Serialize)]
pub(super) struct Told {
    /// The version of this form.
    version: u32,
    verdict: &'static str,
    files: u64,
    records: u64,
    bytes: u64,
    /// Fields that the schema does not know.
    #[serde(skip_serializing_if = "is_none")]
    unknown: u64,
    /// False where it was stopped after the first defects.
    complete: bool,
    defects: Vec<Invalid>,
    #[serde(skip)]
    format: Format,
    #[serde(skip)]
    found: u64,
}

/// A defect with its file.
#[derive(Serialize)]
struct Invalid {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<u64>,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Line>,
}

impl Told {
    pub fn new(format: Format) -> Told {
        Told {
            version: 1,
            verdict: "valid",
            files: 0,
            records: 0,
            bytes: 0,
            unknown: 0,
            complete: true,
            defects: Vec::new(),
            format,
            found: 0,
        }
    }

    /// How many defects were found.
    pub fn found(&self) -> u64 {
        self.found
    }

    /// A payload is done.
    pub fn payload(&mut self, summary: &Summary) {
        self.files += 1;
        self.records += summary.records;
        self.bytes += summary.bytes;
        self.unknown += summary.unknown;
        self.complete &= summary.complete;
    }

    /// Payloads were left out.
    pub fn stopped(&mut self) {
        self.complete = false;
    }

    /// A defect was found.
    pub fn defect(&mut self, file: &str, defect: Defect, terminal: &mut Terminal) -> Result<(), Failure> {
        self.found += 1;
        self.verdict = "invalid";
        match self.format {
            Format::Text => {
                let space = if defect.point.is_some() { "" } else { " " };
                terminal.print(&format!("{}\n", plain(&format!("{file}:{space}{defect}"))))
            }
            Format::Json => {
                self.defects.push(Invalid {
                    file: file.to_owned(),
                    record: defect.record,
                    offset: defect.offset,
                    line: defect.point.map(|point| point.line),
                    column: defect.point.map(|point| point.column),
                    message: defect.message,
                    help: defect.help,
                });
                Ok(())
            }
        }
    }

    /// Says what it came to.
    pub fn finish(self, terminal: &mut Terminal) -> Result<Exit, Failure> {
        match self.format {
            Format::Json => terminal.json(&self)?,
            Format::Text => {
                let count = |number: u64, one: &str| match number {
                    1 => format!("1 {one}"),
                    _ => format!("{number} {one}s"),
                };
                let outcome = match self.found {
                    0 => "all valid".to_owned(),
                    found => count(found, "defect"),
                };
                let stopped = if self.complete {
                    ""
                } else {
                    "; stopped there, see --max-errors"
                };
                let unknown = match self.unknown {
                    0 => String::new(),
                    unknown => format!("; {} that the schema does not know", count(unknown, "field")),
                };
                let (records, files) = (count(self.records, "record"), count(self.files, "file"));
                terminal.print(&format!("{records} in {files}: {outcome}{unknown}{stopped}\n"))?;
            }
        }
        Ok(if self.found == 0 { Exit::Fine } else { Exit::Findings })
    }
}

fn is_none(count: &u64) -> bool {
    *count == 0
}
