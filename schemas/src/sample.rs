//! Payloads that a schema allows, and some that it just does not, from a seed.
//!
//! Ordinary ones look like what a producer sends. Boundary ones are at the edge of what is valid: each symbol, branch and
//! case, the smallest and the largest, the empty and the absent. A near miss breaks one constraint, which is named. The same
//! schema and seed give the same samples, on every machine.

use std::collections::HashSet;

use crate::avro;
use crate::data_place::joined;
use crate::encode_error::EncodeError;
use crate::protobuf;
use crate::schema::Schema;
use crate::text::shown::Line;
use crate::to_line;
use crate::validate::{NoMessage, PayloadKind};

/// One payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What is special about it, with the place in the data; empty for an ordinary one.
    pub what: Line,
    /// In the binary encoding; none where only JSON can say it.
    pub binary: Option<Vec<u8>>,
    /// In JSON, without line ends; none where JSON cannot say it.
    pub json: Option<String>,
}

/// No more boundary samples or near misses than this are made of one schema.
pub const MAX_CASES: usize = 10_000;

/// Makes samples of a schema.
#[derive(Debug)]
pub struct Sampler {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Avro(avro::data::sample::Sampler),
    Protobuf(protobuf::data::sample::Sampler),
}

impl Sampler {
    /// Gets ready. `message` is the message of a Protobuf schema, by its full name or by the one that it has in the package;
    /// without it, it is the first of the main file.
    ///
    /// # Errors
    /// There is no such message, or none at all, or no value of it can exist.
    pub fn new(schema: &Schema, message: Option<&str>, seed: u64) -> Result<Sampler, NoMessage> {
        let refused = |text: Line| NoMessage {
            message: text,
            known: Vec::new(),
        };
        let kind = match schema {
            Schema::Avro(_) if message.is_some() => {
                return Err(refused("an Avro schema has no messages to choose from".into()));
            }
            Schema::Avro(schema) => avro::data::sample::Sampler::new(schema, seed).map(Kind::Avro),
            Schema::Protobuf(schema) => {
                let id = match message {
                    Some(name) => Some(schema.message_named(name).ok_or_else(|| NoMessage::new(schema, name))?),
                    None => schema.main().messages.first().copied(),
                };
                let id = id.ok_or_else(|| refused("the schema declares no message".into()))?;
                protobuf::data::sample::Sampler::new(schema, id, seed).map(Kind::Protobuf)
            }
        };
        match kind {
            Some(kind) => Ok(Sampler { kind }),
            None => Err(refused(
                "no value of this type can exist, or only one that is too large to be shown: it must contain itself"
                    .into(),
            )),
        }
    }

    /// The next ordinary payload.
    pub fn ordinary(&mut self) -> Sample {
        match &mut self.kind {
            Kind::Avro(sampler) => sampler.ordinary(),
            Kind::Protobuf(sampler) => sampler.ordinary(),
        }
    }

    /// Every payload at an edge, each once, at most [`MAX_CASES`].
    pub fn boundary(&self) -> Vec<Sample> {
        let mut samples = match &self.kind {
            Kind::Avro(sampler) => sampler.boundary(),
            Kind::Protobuf(sampler) => sampler.boundary(),
        };
        let mut seen = HashSet::new();
        let is_new = samples.iter().map(|sample| seen.insert((&sample.binary, &sample.json)));
        let mut is_new = is_new.collect::<Vec<_>>().into_iter();
        samples.retain(|_| is_new.next().unwrap_or_default());
        samples
    }

    /// These payloads as one stream: an object container of Avro, messages of Protobuf each after its length.
    ///
    /// # Errors
    /// One of them has no binary form.
    pub fn stream(&self, samples: &[Sample]) -> Result<Vec<u8>, EncodeError> {
        let payloads: Option<Vec<&[u8]>> = samples.iter().map(|sample| sample.binary.as_deref()).collect();
        let payloads = payloads.ok_or_else(|| EncodeError {
            message: "one of the samples has no binary form".into(),
            path: Line::default(),
        })?;
        match &self.kind {
            Kind::Avro(sampler) => sampler.container(&payloads),
            Kind::Protobuf(_) => Ok(protobuf::data::encode::delimited(&payloads)),
        }
    }

    /// The kind of such a stream.
    pub fn stream_kind(&self) -> PayloadKind {
        match &self.kind {
            Kind::Avro(_) => PayloadKind::Container,
            Kind::Protobuf(_) => PayloadKind::Delimited,
        }
    }

    /// Every payload that breaks one constraint, at most [`MAX_CASES`].
    pub fn near_misses(&self) -> Vec<Sample> {
        match &self.kind {
            Kind::Avro(sampler) => sampler.near_misses(),
            Kind::Protobuf(sampler) => sampler.near_misses(),
        }
    }
}

/// How many cases are made of a type with so many fields, each of which is written out in each of them.
pub(crate) fn room(fields: usize) -> usize {
    (2_000_000 / fields.max(1)).clamp(1, MAX_CASES)
}

/// What is said of a part, said of the whole: `lines[0].sku: empty`.
pub(crate) fn inner(step: &str, what: &str) -> Line {
    match what.split_once(": ") {
        Some((path, what)) => to_line!("{}: {what}", joined(step, path)),
        None => to_line!("{step}: {what}"),
    }
}
