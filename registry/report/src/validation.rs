//! The report of `treaty validate`: whether payloads are what a schema allows.
//!
//! It is an interface as the report of a check is; `registry/report/validation.schema.json` describes it.

use serde::Serialize;
use treaty_schemas::Line;
use treaty_schemas::validate::{Defect, Summary};

/// What was found so far.
#[derive(Debug, Clone, Serialize)]
pub struct Validation {
    /// [`Validation::VERSION`].
    pub version: u32,
    /// Whether a defect was found.
    pub verdict: Validity,
    /// Payloads that were read.
    pub files: u64,
    /// Records in them.
    pub records: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Fields that the schema does not know.
    #[serde(skip_serializing_if = "is_none")]
    pub unknown: u64,
    /// False where it was stopped after the first defects.
    pub complete: bool,
    /// What is valid and may surprise, and what else is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Line>,
    /// What is wrong.
    pub defects: Vec<FileDefect>,
    /// How many defects were found, also those that were shown at once and not kept.
    #[serde(skip)]
    pub found: u64,
}

/// Whether payloads are what the schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Validity {
    /// No defect was found.
    Valid,
    /// There are defects.
    Invalid,
}

/// A defect with its file.
#[derive(Debug, Clone, Serialize)]
pub struct FileDefect {
    /// The file, or `-` for standard input.
    pub file: String,
    /// The number of the record in the file, from 1; none where the file itself is damaged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// The offset in the file, in bytes; of compressed data, that of its block.
    pub offset: u64,
    /// The line, for text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in characters, for text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// What is wrong and where in the data, as a fragment in lower case.
    pub message: Line,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Line>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Default for Validation {
    fn default() -> Validation {
        Validation {
            version: Validation::VERSION,
            verdict: Validity::Valid,
            files: 0,
            records: 0,
            bytes: 0,
            unknown: 0,
            complete: true,
            notes: Vec::new(),
            defects: Vec::new(),
            found: 0,
        }
    }
}

impl Validation {
    /// The version of the form.
    pub const VERSION: u32 = 1;

    /// Adds what became of a payload.
    pub fn add_payload(&mut self, summary: &Summary) {
        self.files += 1;
        self.records += summary.records;
        self.bytes += summary.bytes;
        self.unknown += summary.unknown;
        self.complete &= summary.complete;
    }

    /// Notes that payloads were left out.
    pub fn stop(&mut self) {
        self.complete = false;
    }

    /// Counts a defect.
    pub fn count_defect(&mut self) {
        self.found += 1;
        self.verdict = Validity::Invalid;
    }

    /// Counts a defect and keeps it.
    pub fn add_defect(&mut self, file: &str, defect: Defect) {
        self.count_defect();
        self.defects.push(FileDefect {
            file: file.to_owned(),
            record: defect.record,
            offset: defect.offset,
            line: defect.point.map(|point| point.line),
            column: defect.point.map(|point| point.column),
            message: defect.message,
            help: defect.help,
        });
    }
}
