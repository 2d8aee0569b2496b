//! What the languages do differently: how one record is judged.

use std::sync::Arc;

use super::{Limits, described};
use crate::avro;
use crate::protobuf::{self, MessageId, Unknown};
use crate::schema::Schema;
use crate::text::source::{ParseError, Source};
use crate::wire;

/// A schema made ready, with what is known of how it is used.
#[derive(Debug)]
pub(super) enum Engine {
    Avro {
        schema: Arc<avro::Schema>,
        walker: avro::Walker,
    },
    Protobuf {
        walker: protobuf::Walker,
        /// The message that was asked for.
        chosen: Option<MessageId>,
        unknown: Unknown,
    },
}

/// A record is wrong at an offset of itself.
pub(super) struct Misfit {
    pub offset: usize,
    pub message: String,
}

impl Engine {
    pub fn new(schema: &Schema) -> Engine {
        match schema {
            Schema::Avro(schema) => Engine::Avro {
                walker: avro::Walker::new(schema),
                schema: Arc::clone(schema),
            },
            Schema::Protobuf(schema) => Engine::Protobuf {
                walker: protobuf::Walker::new(schema),
                chosen: None,
                unknown: Unknown::Counted,
            },
        }
    }

    /// One record as JSON.
    pub fn json(&self, text: &Source, limits: &Limits) -> Result<(), ParseError> {
        match self {
            Engine::Avro { schema, .. } => avro::from_json(schema, text, &limits.json).map(|_| ()),
            Engine::Protobuf { walker, .. } => {
                let message = self.message().map_err(|misfit| {
                    ParseError::from(crate::text::source::Problem {
                        message: misfit.message.into(),
                        source: text.clone(),
                        span: crate::text::source::Span::default(),
                        help: None,
                    })
                })?;
                protobuf::from_json(&walker.schema().set, message, text, &limits.json).map(|_| ())
            }
        }
    }

    /// One record in the binary encoding; answers how many fields are unknown.
    pub fn binary(&self, bytes: &[u8], limits: &Limits) -> Result<u64, Misfit> {
        match self {
            Engine::Avro { walker, .. } => match walker.walk(bytes, &limits.avro) {
                Ok(()) => Ok(0),
                Err(error) => Err(Misfit {
                    offset: error.offset,
                    message: described(&error.path, &error.message),
                }),
            },
            Engine::Protobuf { walker, unknown, .. } => walk(walker, self.message()?, bytes, limits, *unknown),
        }
    }

    /// One record in Confluent's wire format; the schema's id is not looked at.
    pub fn wire(&self, bytes: &[u8], limits: &Limits) -> Result<u64, Misfit> {
        let at_begin = |error: wire::WireError| Misfit {
            offset: 0,
            message: error.message,
        };
        let (prefix, outcome) = match self {
            Engine::Avro { schema, .. } => {
                let (_, payload) = wire::split(bytes).map_err(at_begin)?;
                let is_raw = matches!(schema.get(schema.root()).kind, avro::language::schema::Kind::Bytes);
                let outcome = match is_raw {
                    // Confluent's serializers put the bytes there as they are, without a length.
                    true => Ok(0),
                    false => self.binary(payload, limits),
                };
                (wire::PREFIX, outcome)
            }
            Engine::Protobuf {
                walker,
                chosen,
                unknown,
            } => {
                let parts = protobuf::data::wire::split(bytes).map_err(at_begin)?;
                let schema = walker.schema();
                let in_indexes = |message: String| Misfit {
                    offset: wire::PREFIX,
                    message,
                };
                let meant =
                    protobuf::data::wire::meant(schema, &parts.indexes).map_err(|error| in_indexes(error.message))?;
                let message = match (meant.of_descriptor, meant.of_text) {
                    (Some(one), Some(other)) if one != other => {
                        // Clients count differently: the one that can be decoded is meant, if only one can.
                        let takes = |message| walk(walker, message, parts.payload, limits, *unknown).is_ok();
                        let is_other = chosen.map_or_else(|| takes(other) && !takes(one), |chosen| chosen == other);
                        if is_other { other } else { one }
                    }
                    (one, other) => one
                        .or(other)
                        .ok_or_else(|| in_indexes("there is no such message".to_owned()))?,
                };
                let differ = |misfit: Misfit| match (meant.of_descriptor, meant.of_text) {
                    (Some(one), Some(other)) if one != other => Misfit {
                        message: format!(
                            "{} (the message indexes {:?} name `{}`, and `{}` for Confluent's client in Java)",
                            misfit.message,
                            parts.indexes,
                            schema.set.message(one).name,
                            schema.set.message(other).name
                        ),
                        ..misfit
                    },
                    _ => misfit,
                };
                if let Some(chosen) = chosen.filter(|chosen| *chosen != message) {
                    return Err(in_indexes(format!(
                        "the message indexes {:?} name `{}`, and `{}` was expected",
                        parts.indexes,
                        schema.set.message(message).name,
                        schema.set.message(chosen).name
                    )));
                }
                let outcome = walk(walker, message, parts.payload, limits, *unknown);
                (parts.prefix, outcome.map_err(differ))
            }
        };
        outcome.map_err(|misfit| Misfit {
            offset: prefix + misfit.offset,
            ..misfit
        })
    }

    /// The message that payloads are: the one that was asked for, or the first of the main file.
    fn message(&self) -> Result<MessageId, Misfit> {
        let found = match self {
            Engine::Avro { .. } => None,
            Engine::Protobuf { walker, chosen, .. } => {
                chosen.or_else(|| walker.schema().main().messages.first().copied())
            }
        };
        found.ok_or_else(|| Misfit {
            offset: 0,
            message: "the schema declares no message".into(),
        })
    }
}

fn walk(
    walker: &protobuf::Walker,
    message: MessageId,
    bytes: &[u8],
    limits: &Limits,
    unknown: Unknown,
) -> Result<u64, Misfit> {
    walker
        .walk(message, bytes, &limits.protobuf, unknown)
        .map_err(|error| Misfit {
            offset: error.offset,
            message: described(&error.path, &error.message),
        })
}
