//! Where a validation goes: each defect as it is found, or all of it as JSON in the end.

use treaty_report::render::validation as render;
use treaty_report::{Validation, plain};
use treaty_schemas::validate::{Defect, Note, NoteKind, Summary};
use treaty_schemas::{Line, to_line};

use crate::exit::{Exit, Failure};
use crate::global::Format;
use crate::terminal::Terminal;

/// The report under way. Defects that were printed are not kept.
pub(super) struct Reporting {
    validation: Validation,
    format: Format,
    /// Sorts of notes that were told.
    noted: Vec<NoteKind>,
}

impl Reporting {
    pub fn new(format: Format) -> Reporting {
        Reporting {
            validation: Validation::default(),
            format,
            noted: Vec::new(),
        }
    }

    /// How many defects were found.
    pub fn found(&self) -> u64 {
        self.validation.found
    }

    /// A payload is done.
    pub fn payload(&mut self, summary: &Summary) {
        self.validation.add_payload(summary);
    }

    /// Payloads were left out.
    pub fn stopped(&mut self) {
        self.validation.stop();
    }

    /// A defect was found.
    pub fn defect(&mut self, file: &str, defect: Defect, terminal: &mut Terminal) -> Result<(), Failure> {
        match self.format {
            Format::Text => {
                self.validation.count_defect();
                terminal.print(&render::defect(file, &defect))
            }
            Format::Json => {
                self.validation.add_defect(file, defect);
                Ok(())
            }
        }
    }

    /// Something is valid and may surprise: the first of each sort is told.
    pub fn note(&mut self, file: &str, note: &Note, terminal: &mut Terminal) {
        if !self.noted.contains(&note.kind) {
            self.noted.push(note.kind);
            self.say(to_line!("{file}: {}", note.text), terminal);
        }
    }

    /// Tells something that is no defect.
    pub fn say(&mut self, note: Line, terminal: &mut Terminal) {
        match self.format {
            Format::Text => terminal.say(&format!("note: {}", plain(&note))),
            Format::Json => self.validation.notes.push(note),
        }
    }

    /// Prints what it came to.
    pub fn finish(self, terminal: &mut Terminal) -> Result<Exit, Failure> {
        match self.format {
            Format::Json => terminal.json(&self.validation)?,
            Format::Text => terminal.print(&render::summary(&self.validation))?,
        }
        Ok(match self.validation.found {
            0 => Exit::Fine,
            _ => Exit::Findings,
        })
    }
}
