//! A text that another one uses, and which of many texts a schema uses.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::avro;
use crate::format::Format;
use crate::options::Options;
use crate::protobuf;
use crate::text::source::{ParseError, Source};

/// A text whose types a schema may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The path by which a Protobuf text imports it (`acme/money.proto`). Avro knows types by their names alone, and does
    /// not look at it.
    pub import: Arc<str>,
    /// The text.
    pub source: Source,
}

/// Texts that schemas may use, in no order.
#[derive(Debug, Clone, Default)]
pub struct ReferencePool {
    /// Of Avro, as they came, each with the number of its place.
    avro: Vec<(usize, Reference)>,
    /// Those, by their types; not looked into before an Avro schema asks.
    index: OnceCell<avro::language::references::Index>,
    /// How many places there were so far.
    places: usize,
    /// Of Protobuf, as they came.
    protobuf: Vec<Reference>,
    options: Options,
}

impl ReferencePool {
    /// Without any text. `options` says how the texts are read.
    pub fn new(options: &Options) -> Self {
        ReferencePool {
            options: *options,
            ..ReferencePool::default()
        }
    }

    /// Adds a text, by the path of its file.
    pub fn add(&mut self, reference: Reference) {
        self.index = OnceCell::new();
        match Format::of_file(&reference.import) {
            Format::Avro => self.avro.push((self.places, reference)),
            Format::Protobuf => self.protobuf.push(reference),
        }
    }

    /// What is added from now on is only looked at for what is not in the texts before.
    pub fn next_place(&mut self) {
        self.places += 1;
    }

    /// The texts that a schema uses, as it needs them to be parsed.
    ///
    /// # Errors
    /// The schema uses what is in none of the texts, and one of them cannot be looked into.
    pub fn used_by(&self, format: Format, source: &Source) -> Result<Vec<Reference>, ParseError> {
        match format {
            Format::Avro => {
                let index = || avro::language::references::Index::new(&self.avro, &self.options);
                self.index.get_or_init(index).used_by(source)
            }
            Format::Protobuf => Ok(protobuf::language::references::imported(
                &self.protobuf,
                source,
                &self.options,
            )),
        }
    }
}
