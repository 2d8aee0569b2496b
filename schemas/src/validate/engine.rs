//! What the languages do differently: how one record is judged.

use std::sync::Arc;

use super::{Limits, LogicalTypes, Note, NoteKind, described};
use crate::avro;
use crate::avro::data::json_encoding::from_json_with_logical_types;
use crate::decode_error::DecodeError;
use crate::protobuf::{self, MessageId, Unknown};
use crate::schema::Schema;
use crate::text::source::{ParseError, Source};
use crate::to_line;
use crate::wire;

/// A schema made ready, with what is known of how it is used.
#[derive(Debug)]
pub(super) enum Engine {
    Avro {
        schema: Arc<avro::Schema>,
        walker: avro::Walker,
        logical_types: LogicalTypes,
    },
    Protobuf {
        walker: protobuf::Walker,
        /// The message that was asked for.
        chosen: Option<MessageId>,
        unknown: Unknown,
    },
}

/// What is known of a valid record.
#[derive(Debug, Default)]
pub(super) struct Valid {
    /// How many of its fields the schema does not know.
    pub unknown: u64,
    /// What may surprise.
    pub note: Option<Note>,
}

/// A record is wrong at an offset of itself.
pub(super) struct Misfit {
    pub offset: usize,
    pub message: String,
}

impl From<DecodeError> for Misfit {
    fn from(error: DecodeError) -> Misfit {
        Misfit {
            offset: error.offset,
            message: described(&error.path, &error.message),
        }
    }
}

impl Engine {
    pub fn new(schema: &Schema) -> Engine {
        match schema {
            Schema::Avro(schema) => Engine::Avro {
                walker: avro::Walker::with_logical_types(schema),
                logical_types: LogicalTypes::Checked,
                schema: Arc::clone(schema),
            },
            Schema::Protobuf(schema) => Engine::Protobuf {
                walker: protobuf::Walker::new(schema),
                chosen: None,
                unknown: Unknown::Counted,
            },
        }
    }

    pub fn set_logical_types(&mut self, wanted: LogicalTypes) {
        if let Engine::Avro {
            schema,
            walker,
            logical_types,
        } = self
        {
            *logical_types = wanted;
            *walker = match wanted {
                LogicalTypes::Checked => avro::Walker::with_logical_types(schema),
                LogicalTypes::Ignored => avro::Walker::new(schema),
            };
        }
    }

    /// One record as JSON; answers what may surprise.
    pub fn json(&self, text: &Source, limits: &Limits) -> Result<Option<Note>, ParseError> {
        match self {
            Engine::Avro {
                schema,
                logical_types: LogicalTypes::Checked,
                ..
            } => {
                let note = from_json_with_logical_types(schema, text, &limits.json)?;
                Ok(note.map(|text| Note {
                    kind: NoteKind::DecimalAsDigits,
                    text,
                }))
            }
            Engine::Avro { schema, .. } => avro::from_json(schema, text, &limits.json).map(|_| None),
            Engine::Protobuf { walker, .. } => {
                let message = self.message().map_err(|misfit| {
                    ParseError::from(crate::text::source::Problem {
                        message: misfit.message.into(),
                        source: text.clone(),
                        span: crate::text::source::Span::default(),
                        help: None,
                    })
                })?;
                protobuf::from_json(&walker.schema().set, message, text, &limits.json).map(|_| None)
            }
        }
    }

    /// One record in the binary encoding.
    pub fn binary(&self, bytes: &[u8], limits: &Limits) -> Result<Valid, Misfit> {
        match self {
            Engine::Avro { walker, .. } => match walker.walk(bytes, &limits.avro) {
                Ok(()) => Ok(Valid::default()),
                Err(error) => Err(error.into()),
            },
            Engine::Protobuf { walker, unknown, .. } => walk(walker, self.message()?, bytes, limits, *unknown),
        }
    }

    /// One record in Confluent's wire format; the schema's id is not looked at.
    pub fn wire(&self, bytes: &[u8], limits: &Limits) -> Result<Valid, Misfit> {
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
                    true => Ok(Valid::default()),
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
                let differ = match (meant.of_descriptor, meant.of_text) {
                    (Some(one), Some(other)) if one != other => Some(format!(
                        "the message indexes {:?} name `{}`, and `{}` for Confluent's client in Java",
                        parts.indexes,
                        schema.set.message(one).name,
                        schema.set.message(other).name
                    )),
                    _ => None,
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
                let outcome = match (outcome, differ) {
                    (Ok(valid), Some(differ)) => Ok(Valid {
                        note: Some(Note {
                            kind: NoteKind::MessageIndexes,
                            text: to_line!("{differ}: it was read as `{}`", schema.set.message(message).name),
                        }),
                        ..valid
                    }),
                    (Err(misfit), Some(differ)) => Err(Misfit {
                        message: format!("{} ({differ})", misfit.message),
                        ..misfit
                    }),
                    (outcome, None) => outcome,
                };
                (parts.prefix, outcome)
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
) -> Result<Valid, Misfit> {
    walker
        .walk(message, bytes, &limits.protobuf, unknown)
        .map(|unknown| Valid { unknown, note: None })
        .map_err(Misfit::from)
}
