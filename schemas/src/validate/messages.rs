//! Messages in Confluent's wire format that stand one behind the other, as `kcat` writes them into a file.
//!
//! Nothing in the format says where a message ends. Avro's data does by itself. Of Protobuf's the first end is taken behind which
//! a message of the same schema id begins and before which everything can be decoded.

use super::engine::{Engine, Misfit, Valid};
use super::{Defect, Note, Validator};
use crate::avro::language::schema::Kind;
use crate::wire;

/// A message at the beginning of bytes that may hold more of them.
#[derive(Debug, Clone)]
pub struct Message {
    /// How many of its fields the schema does not know, or what is wrong with it.
    pub outcome: Result<u64, Defect>,
    /// It is valid, and this may surprise.
    pub note: Option<Note>,
    /// Where the next message begins; none behind the last one.
    pub next: Option<usize>,
}

/// A message that ends where another one or nothing follows.
struct Split {
    outcome: Result<Valid, Misfit>,
    next: Option<usize>,
}

impl From<Misfit> for Defect {
    fn from(misfit: Misfit) -> Defect {
        Defect {
            record: None,
            offset: misfit.offset as u64,
            point: None,
            message: misfit.message.into(),
            help: None,
        }
    }
}

/// How much may be decoded to find where messages end, and which messages may follow.
#[derive(Debug)]
pub struct Effort {
    /// Bytes that may still be decoded.
    bytes: u64,
    /// The only schema id that messages may have.
    id: Option<u32>,
}

impl Effort {
    /// For a file of so many bytes.
    pub fn for_bytes(bytes: usize) -> Effort {
        Effort {
            bytes: (bytes as u64).saturating_mul(64).saturating_add(1 << 20),
            id: None,
        }
    }

    /// All messages are of one schema: what follows a message and has another id is no message.
    pub fn of_one_schema(&mut self, id: u32) {
        self.id.get_or_insert(id);
    }

    fn take(&mut self, bytes: usize) {
        // Each try costs something, so that it ends also where nothing is decoded.
        self.bytes = self.bytes.saturating_sub(bytes as u64 + 1);
    }
}

/// Places that are tried as the end of one message, or as the beginning of the next good one.
const TRIES: usize = 64;

impl Validator {
    /// Judges the message at the beginning of these bytes, and finds the next one. Line feeds between messages are passed over.
    pub fn message(&self, bytes: &[u8], effort: &mut Effort) -> Message {
        match self.split(bytes, effort) {
            Ok(Split {
                outcome: Ok(valid),
                next,
            }) => Message {
                outcome: Ok(valid.unknown),
                note: valid.note,
                next,
            },
            Ok(Split {
                outcome: Err(misfit),
                next,
            }) => Message {
                outcome: Err(misfit.into()),
                note: None,
                next,
            },
            Err(misfit) => Message {
                outcome: Err(misfit.into()),
                note: None,
                next: self.next_good(bytes, effort),
            },
        }
    }

    /// Whether a message begins here that can be read, and that ends where these bytes or another message do.
    pub fn begins_with_message(&self, bytes: &[u8], effort: &mut Effort) -> bool {
        self.split(bytes, effort).is_ok()
    }

    fn next_good(&self, bytes: &[u8], effort: &mut Effort) -> Option<usize> {
        let mut places = places_like(bytes).take(TRIES);
        places.find(|&place| effort.bytes > 0 && self.split(&bytes[place..], effort).is_ok())
    }

    /// Finds the end of the message at the beginning; the error says why it has none.
    fn split(&self, bytes: &[u8], effort: &mut Effort) -> Result<Split, Misfit> {
        if let Some((end, misfit)) = self.end_of_avro(bytes) {
            effort.take(end);
            if let Some(begin) = begun_before(bytes, end) {
                return match self.tried(&bytes[..begin], effort) {
                    Err(misfit) => Err(misfit),
                    Ok(valid) => Ok(Split {
                        outcome: Ok(valid),
                        next: Some(begin),
                    }),
                };
            }
            if let Some(next) = behind(bytes, end, effort.id) {
                let outcome = misfit.map_or_else(|| Ok(Valid::default()), Err);
                return Ok(Split { outcome, next });
            }
        }
        let whole = self.tried(bytes, effort);
        let Err(misfit) = whole else {
            return whole.map(|valid| Split {
                outcome: Ok(valid),
                next: None,
            });
        };
        if matches!(self.engine, Engine::Avro { .. }) {
            return Err(misfit);
        }
        for end in places_like(bytes).take(TRIES).chain([bytes.len()]) {
            if effort.bytes == 0 {
                break;
            }
            let next = (end < bytes.len()).then_some(end);
            let without = bytes[..end].strip_suffix(b"\n").filter(|_| end > wire::PREFIX);
            let ends = [next.map(|_| &bytes[..end]), without];
            for message in ends.into_iter().flatten() {
                if let Ok(valid) = self.tried(message, effort) {
                    return Ok(Split {
                        outcome: Ok(valid),
                        next,
                    });
                }
            }
        }
        Err(misfit)
    }

    fn tried(&self, bytes: &[u8], effort: &mut Effort) -> Result<Valid, Misfit> {
        let outcome = self.engine.wire(bytes, &self.limits);
        effort.take(outcome.as_ref().map_or_else(|misfit| misfit.offset, |_| bytes.len()));
        outcome
    }

    /// Where a message of Avro ends, and the first of its values that is none of its logical type; `None` where it cannot be read,
    /// and of raw bytes, which end nowhere.
    fn end_of_avro(&self, bytes: &[u8]) -> Option<(usize, Option<Misfit>)> {
        let Engine::Avro { schema, walker, .. } = &self.engine else {
            return None;
        };
        if matches!(schema.get(schema.root()).kind, Kind::Bytes) {
            return None;
        }
        wire::split(bytes).ok()?;
        let (end, misfit) = walker.end(bytes, wire::PREFIX, &self.limits.avro).ok()?;
        Some((end, misfit.map(Misfit::from)))
    }
}

/// What follows a message that ends here: nothing (`None`), or another one; or bytes that are neither. Registries give no schema the
/// id 0.
fn behind(bytes: &[u8], end: usize, id: Option<u32>) -> Option<Option<usize>> {
    let rest = &bytes[end..];
    let is_next = |rest: &[u8]| match wire::split(rest) {
        Ok((next, _)) => next > 0 && id.is_none_or(|id| id == next),
        Err(_) => false,
    };
    match rest {
        [] | [b'\n'] => Some(None),
        [b'\n', after @ ..] if is_next(after) => Some(Some(end + 1)),
        _ if is_next(rest) => Some(Some(end)),
        _ => None,
    }
}

/// Where another message of the same schema id begins that a message which ends here has read the beginning of: it was cut off.
fn begun_before(bytes: &[u8], end: usize) -> Option<usize> {
    let first = end.saturating_sub(wire::PREFIX - 1).max(wire::PREFIX);
    (first..end).find(|&place| bytes[place..].starts_with(&bytes[..wire::PREFIX]))
}

/// Places behind the first one at which bytes stand as at the beginning of a message of the same schema id.
fn places_like(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let prefix = bytes.get(..wire::PREFIX).filter(|prefix| prefix[0] == 0);
    let windows = bytes.windows(wire::PREFIX).enumerate().skip(wire::PREFIX);
    windows
        .filter(move |(_, window)| Some(*window) == prefix)
        .map(|(place, _)| place)
}
