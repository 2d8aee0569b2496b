//! A parsed schema of any format, and what every format can do with one.

use std::sync::Arc;

use crate::avro;
use crate::change::Change;
use crate::finding::Rule;
use crate::format::Format;
use crate::json;
use crate::source::{ParseError, Source};
use crate::verdict::Comparison;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// How large and how deep the schema's own text may be. Referenced texts were accepted before and are not
    /// measured again.
    pub limits: json::Limits,
    /// How much is asked of it.
    pub strictness: Strictness,
}

/// How much is asked of a schema's own text. Referenced texts are always read as [`Strictness::Stored`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strictness {
    /// A new registration: names follow the specification and defaults fit their types.
    #[default]
    New,
    /// Accepted earlier, here or elsewhere: what only today's rules refuse is let through.
    Stored,
}

/// A parsed schema. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Schema {
    /// Of Avro.
    Avro(Arc<avro::Schema>),
}

impl Schema {
    /// Parses a text. `references` are the texts whose types it may use, each after those that it uses itself.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each at its place.
    pub fn parse(
        format: Format,
        source: &Source,
        references: &[Source],
        options: &Options,
    ) -> Result<Self, ParseError> {
        match format {
            Format::Avro => avro::parse(source, references, options).map(|schema| Schema::Avro(Arc::new(schema))),
        }
    }

    /// The schema language.
    pub fn format(&self) -> Format {
        match self {
            Schema::Avro(_) => Format::Avro,
        }
    }

    /// The text that this schema was parsed from.
    pub fn source(&self) -> &Source {
        match self {
            Schema::Avro(schema) => schema.source(),
        }
    }

    /// The part of this schema that is read, as a reader of all data that this schema describes.
    ///
    /// # Errors
    /// Every read that does not fit the schema.
    pub fn project(&self, reads: &[avro::project::Read<'_>]) -> Result<Schema, Vec<avro::project::Misread>> {
        match self {
            Schema::Avro(schema) => avro::project(schema, reads).map(|projected| Schema::Avro(Arc::new(projected))),
        }
    }

    /// The text that decides whether two schemas are the same, spelt as Confluent's registry spells it.
    pub fn canonical(&self) -> String {
        match self {
            Schema::Avro(schema) => schema.canonical(),
        }
    }

    /// The canonical text after `normalize=true`: differences of spelling and order that mean nothing are gone.
    pub fn normalized(&self) -> String {
        match self {
            Schema::Avro(schema) => schema.normalized(),
        }
    }

    /// The canonical text with the types of referenced texts written out: complete by itself.
    pub fn resolved(&self) -> String {
        match self {
            Schema::Avro(schema) => schema.resolved(),
        }
    }
}

/// Can `reader` take everything that `writer` may write? All that was found, never only the first.
pub fn check(reader: &Schema, writer: &Schema) -> Comparison {
    match (reader, writer) {
        (Schema::Avro(reader), Schema::Avro(writer)) => avro::check(reader, writer),
    }
}

/// Like [`check`], and also notes where the reader takes a default for what the writer does not have.
pub fn check_with_notes(reader: &Schema, writer: &Schema) -> Comparison {
    match (reader, writer) {
        (Schema::Avro(reader), Schema::Avro(writer)) => avro::check_with_notes(reader, writer),
    }
}

/// What is different in `new`, place by place, whether it matters to anybody or not.
pub fn changes(old: &Schema, new: &Schema) -> Vec<Change> {
    match (old, new) {
        (Schema::Avro(old), Schema::Avro(new)) => avro::changes(old, new),
    }
}

/// Every rule of every format.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    avro::rules::ALL.iter().copied()
}
