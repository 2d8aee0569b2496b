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
    /// Of Avro, as they came.
    avro: Vec<Reference>,
    /// Those, each after those that it uses; not looked at before an Avro schema asks.
    ordered: OnceCell<Result<Vec<Reference>, ParseError>>,
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
        self.ordered = OnceCell::new();
        match Format::of_file(&reference.import) {
            Format::Avro => self.avro.push(reference),
            Format::Protobuf => self.protobuf.push(reference),
        }
    }

    /// The texts that a schema may use, as it needs them to be parsed.
    ///
    /// # Errors
    /// Where a schema may use all texts: one of them is no schema, or two use each other.
    pub fn used_by(&self, format: Format, source: &Source) -> Result<Vec<Reference>, ParseError> {
        match format {
            Format::Avro => {
                let ordered = || avro::language::references::ordered(self.avro.clone(), &self.options);
                self.ordered.get_or_init(ordered).clone()
            }
            Format::Protobuf => Ok(protobuf::language::references::imported(
                &self.protobuf,
                source,
                &self.options,
            )),
        }
    }
}
