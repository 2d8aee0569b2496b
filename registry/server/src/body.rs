//! The body of a request: read within a limit of bytes and time, then as JSON.
//!
//! Invariants: no more than the limit is ever held in memory, whatever the client announces or sends, and of all large bodies
//! together no more than there is room for; what is announced takes no room, only what arrives does; a body that is too large
//! is still drained for a while, so that the client reads the answer instead of a broken connection.

use std::ops::Deref;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::media;
use crate::ops::weight::Weighed;
use crate::problem::Problem;
use crate::room::{FREE, Held, Room, STEP};
use crate::rooms::Taken;
use crate::workers;

/// How much of a body that is too large is thrown away before the connection is given up.
const DRAINED: usize = 256 << 20;

/// The mark that some editors put before a text in UTF-8. It is no part of the JSON (RFC 8259 §8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A body, and the room that it takes for as long as it is needed.
pub struct Whole {
    bytes: Bytes,
    _room: Option<Held>,
}

impl Deref for Whole {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads a body that has to be there and to be JSON by its type.
///
/// # Errors
/// 415, 413, 408, 400 when it breaks off, 422 when it is empty, 503 when there was no room for it.
pub async fn read(app: &App, request: Request<Body>) -> Result<Whole, Problem> {
    let limit = app.config.max_body_bytes;
    if !media::is_json(request.headers()) {
        return Err(Problem::UnsupportedType);
    }
    if media::is_encoded(request.headers()) {
        return Err(Problem::Encoded);
    }
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    let waits_for_leave = request.headers().contains_key(EXPECT);
    let too_large = announced.is_some_and(|length| length > limit);
    if too_large && waits_for_leave {
        return Err(Problem::TooLarge(limit));
    }
    let mut collected = Collected::new(&app.room, limit, too_large);
    let read = tokio::time::timeout(app.config.request_timeout, collected.read(request.into_body())).await;
    match read {
        Ok(Ok(())) => match collected.whole() {
            whole if whole.is_empty() => Err(Problem::NoBody),
            whole => Ok(whole),
        },
        Ok(Err(problem)) => Err(problem),
        Err(_) if collected.too_large => Err(Problem::TooLarge(limit)),
        Err(_) if collected.waits => Err(Problem::NoRoom),
        Err(_) => Err(Problem::TooSlow),
    }
}

/// What has arrived of a body.
struct Collected<'a> {
    room: &'a Arc<Room>,
    limit: usize,
    /// Nothing is kept any more.
    too_large: bool,
    /// There is no room for the next bytes.
    waits: bool,
    first: Bytes,
    rest: Vec<u8>,
    held: Option<Held>,
}

impl<'a> Collected<'a> {
    fn new(room: &'a Arc<Room>, limit: usize, too_large: bool) -> Collected<'a> {
        Collected {
            room,
            limit,
            too_large,
            waits: false,
            first: Bytes::new(),
            rest: Vec::new(),
            held: None,
        }
    }

    async fn read(&mut self, mut body: Body) -> Result<(), Problem> {
        let mut drained = 0;
        while let Some(frame) = self.next(&mut body).await? {
            let Ok(frame) = frame else {
                return Err(if self.too_large {
                    Problem::TooLarge(self.limit)
                } else {
                    Problem::BodyBroken
                });
            };
            let Ok(data) = frame.into_data() else { continue };
            if self.too_large {
                drained += data.len();
                if drained > DRAINED {
                    break;
                }
            } else if self.len() + data.len() > self.limit {
                self.too_large = true;
                self.first = Bytes::new();
                self.rest = Vec::new();
                self.held = None;
            } else {
                self.take(data).await;
            }
        }
        if self.too_large {
            return Err(Problem::TooLarge(self.limit));
        }
        Ok(())
    }

    /// The next part, unless others need the room that this body takes and it does not progress.
    async fn next(&self, body: &mut Body) -> Result<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>, Problem> {
        let Some(held) = &self.held else {
            return Ok(body.frame().await);
        };
        tokio::select! {
            biased;
            frame = body.frame() => Ok(frame),
            () = held.refused() => Err(Problem::TooSlow),
        }
    }

    async fn take(&mut self, data: Bytes) {
        if self.first.is_empty() && self.rest.is_empty() {
            // Nearly every body arrives in one piece, which needs no copy.
            self.first = data;
            return;
        }
        let before = self.len();
        let length = before + data.len();
        if length > self.rest.capacity() {
            let capacity = length.next_power_of_two().min(self.limit);
            if capacity > FREE {
                let held = self.held.get_or_insert_with(|| self.room.enter());
                self.waits = true;
                held.grow(capacity).await;
                self.waits = false;
            }
            self.rest.reserve_exact(capacity - self.rest.len());
        } else if before / STEP < length / STEP
            && let Some(held) = &self.held
        {
            held.progressed();
        }
        if self.rest.is_empty() {
            self.rest.extend_from_slice(&self.first);
            self.first = Bytes::new();
        }
        self.rest.extend_from_slice(&data);
    }

    fn len(&self) -> usize {
        self.first.len() + self.rest.len()
    }

    fn whole(self) -> Whole {
        if let Some(held) = &self.held {
            held.arrived();
        }
        Whole {
            bytes: if self.rest.is_empty() {
                self.first
            } else {
                Bytes::from(self.rest)
            },
            _room: self.held,
        }
    }
}

/// Understands a body, a large one on a thread for work. A body that is only `null` is no body.
///
/// # Errors
/// As [`parse`], and 503 when it takes longer than a request may.
pub async fn understand<T: DeserializeOwned + Send + 'static>(app: &App, body: &Whole) -> Result<T, Problem> {
    let bytes = body.bytes.clone();
    app.workers
        .linear(workers::as_json(bytes.len()), move || parse(&bytes))
        .await?
}

/// Understands a body once there is room for what is made of it. While it waits there is the body alone.
///
/// # Errors
/// As [`understand`], and 503 when there is no room.
pub async fn admit<T>(app: &App, body: &Whole) -> Result<(T, Arc<Taken>), Problem>
where
    T: DeserializeOwned + Weighed + Send + 'static,
{
    let parsed: T = understand(app, body).await?;
    let weight = parsed.weight();
    if let Some(room) = app.rooms.drafts.take_now(weight) {
        return Ok((parsed, Arc::new(room)));
    }
    drop(parsed);
    let room = app.rooms.drafts.take(weight).await?;
    Ok((understand(app, body).await?, Arc::new(room)))
}

/// Understands a body. A body that is only `null` is no body; a byte order mark before it is passed over.
///
/// # Errors
/// 400 with what is wrong and where, 422 for `null`.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    // Serde would also read a struct from an array of its members.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::BadBody(
            "a JSON object is expected, this is an array at line 1 column 1".to_owned(),
        ));
    }
    let parsed: Option<T> =
        serde_json::from_slice(body).map_err(|error| Problem::BadBody(reported::<T>(body, &error)))?;
    parsed.ok_or(Problem::NoBody)
}

/// What is wrong with a body, after the path of the member that it is wrong with. Following the path costs something for
/// every value, so only a body that cannot be read is read that way.
fn reported<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> String {
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, Option<T>>(&mut reader) {
        Err(placed) if placed.path().iter().next().is_some() => {
            // A path repeats names that the client chose.
            let path: String = placed
                .path()
                .to_string()
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect();
            format!("`{path}`: {error}")
        }
        _ => error.to_string(),
    }
}
