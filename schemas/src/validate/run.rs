//! A validation in progress: what was found so far, and who is reported.

use std::io;
use std::ops::ControlFlow;

use super::{Defect, Note, Observer, Summary, described};
use crate::avro::data::container;
use crate::text::shown::Line;
use crate::text::source::Point;

/// A validation in progress.
pub(super) struct Run<'o> {
    observer: &'o mut dyn Observer,
    pub bytes: u64,
    pub records: u64,
    defects: u64,
    /// Fields that the schema does not know.
    pub unknown: u64,
    /// Bytes at the last report of progress.
    reported: u64,
}

impl<'o> Run<'o> {
    /// Bytes between two reports of progress.
    const STEP: u64 = 256 * 1024;

    pub fn new(observer: &'o mut dyn Observer) -> Self {
        Run {
            observer,
            bytes: 0,
            records: 0,
            defects: 0,
            unknown: 0,
            reported: 0,
        }
    }

    pub fn defect(
        &mut self,
        offset: u64,
        point: Option<Point>,
        message: impl Into<Line>,
        help: Option<Line>,
    ) -> ControlFlow<()> {
        self.defects += 1;
        self.observer.defect(Defect {
            record: (self.records > 0).then_some(self.records),
            offset,
            point,
            message: message.into(),
            help,
        })
    }

    pub fn note(&mut self, note: Note) {
        self.observer.note(note);
    }

    /// The stream itself is damaged, not a record of it.
    pub fn damage(&mut self, offset: u64, message: impl Into<Line>) -> ControlFlow<()> {
        self.defects += 1;
        self.observer.defect(Defect {
            record: None,
            offset,
            point: None,
            message: message.into(),
            help: None,
        })
    }

    pub fn container_defect(&mut self, error: container::ContainerError) -> io::Result<ControlFlow<()>> {
        match error.defect {
            container::Defect::Io(error) => return Err(error),
            container::Defect::Codec(message) => return Err(io::Error::new(io::ErrorKind::Unsupported, message)),
            _ => {}
        }
        self.defects += 1;
        if let Some(object) = error.object {
            self.records = self.records.max(object);
        }
        let message = match (&error.defect, error.block) {
            (container::Defect::Object(defect), _) => described(&defect.path, &defect.message),
            (container::Defect::Schema(defect), _) => format!("the schema in the header cannot be used: {defect}"),
            (container::Defect::Header(message) | container::Defect::Codec(message), _) => message.clone(),
            (container::Defect::Block(message) | container::Defect::Data(message), block) => {
                format!("block {}: {message}", block.unwrap_or_default())
            }
            (container::Defect::Io(error), _) => error.to_string(),
        };
        Ok(self.observer.defect(Defect {
            record: error.object,
            offset: error.offset,
            point: None,
            message: message.into(),
            help: None,
        }))
    }

    pub fn progress(&mut self, bytes: u64) {
        self.bytes = bytes;
        if bytes - self.reported >= Self::STEP {
            self.reported = bytes;
            self.observer.progress(bytes, self.records);
        }
    }

    pub fn finish(self, flow: ControlFlow<()>) -> Summary {
        self.observer.progress(self.bytes, self.records);
        Summary {
            bytes: self.bytes,
            records: self.records,
            defects: self.defects,
            unknown: self.unknown,
            complete: flow.is_continue(),
        }
    }
}
