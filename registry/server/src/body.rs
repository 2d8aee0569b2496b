//! The body of a request: read within a limit of bytes and time, then as JSON.
//!
//! Invariants: no more than the limit is ever held in memory, whatever the client announces or sends, and of all large bodies
//! together no more than sixty-four times as much; a body that is too large is still drained for a while, so that the client
//! reads the answer instead of a broken connection.

use std::ops::Deref;

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::media;
use crate::ops::work;
use crate::problem::Problem;

/// How much of a body that is too large is thrown away before the connection is given up.
const DRAINED: usize = 256 << 20;

/// Bodies above this many bytes wait until there is room for them.
const SMALL: usize = 64 << 10;

/// How many bodies of the largest allowed size there is room for.
pub const LARGEST_AT_A_TIME: usize = 64;

/// A body, and the room that it takes for as long as it is needed.
pub struct Whole {
    bytes: Bytes,
    _room: Option<OwnedSemaphorePermit>,
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
/// 415, 413, 408, 400 when it breaks off, 422 when it is empty.
pub async fn read(app: &App, request: Request<Body>) -> Result<Whole, Problem> {
    let limit = app.config.max_body_bytes;
    if !media::is_json(request.headers()) {
        return Err(Problem::UnsupportedType);
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
    let whole = async {
        // Of a body that does not say how long it is, the most is assumed.
        let room = match announced.unwrap_or(limit) {
            small if small <= SMALL || too_large => None,
            bytes => app.room.clone().acquire_many_owned(blocks(bytes)).await.ok(),
        };
        let bytes = collect(request.into_body(), limit, too_large).await?;
        Ok(Whole { bytes, _room: room })
    };
    match tokio::time::timeout(app.config.request_timeout, whole).await {
        Ok(Ok(whole)) if whole.is_empty() => Err(Problem::NoBody),
        Ok(outcome) => outcome,
        Err(_) if too_large => Err(Problem::TooLarge(limit)),
        Err(_) => Err(Problem::TooSlow),
    }
}

/// The room that a body takes, in the blocks that room is counted in.
pub fn blocks(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(SMALL)).unwrap_or(u32::MAX)
}

async fn collect(mut body: Body, limit: usize, mut too_large: bool) -> Result<Bytes, Problem> {
    let mut first = Bytes::new();
    let mut whole: Vec<u8> = Vec::new();
    let mut drained = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(if too_large {
                Problem::TooLarge(limit)
            } else {
                Problem::BodyBroken
            });
        };
        let Ok(data) = frame.into_data() else { continue };
        if too_large {
            drained += data.len();
            if drained > DRAINED {
                break;
            }
        } else if first.len() + whole.len() + data.len() > limit {
            too_large = true;
            first = Bytes::new();
            whole = Vec::new();
        } else if first.is_empty() && whole.is_empty() {
            // Nearly every body arrives in one piece, which needs no copy.
            first = data;
        } else {
            if whole.is_empty() {
                whole.extend_from_slice(&first);
                first = Bytes::new();
            }
            whole.extend_from_slice(&data);
        }
    }
    if too_large {
        return Err(Problem::TooLarge(limit));
    }
    Ok(if whole.is_empty() { first } else { Bytes::from(whole) })
}

/// Understands a body, a large one on a thread for work. A body that is only `null` is no body.
///
/// # Errors
/// As [`parse`], and 503 when it takes longer than a request may.
pub async fn understand<T: DeserializeOwned + Send + 'static>(app: &App, body: &Whole) -> Result<T, Problem> {
    let bytes = body.bytes.clone();
    work::linear(app, work::as_json(bytes.len()), move || parse(&bytes)).await?
}

/// Understands a body. A body that is only `null` is no body.
///
/// # Errors
/// 400 with what is wrong and where, 422 for `null`.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Serde would also read a struct from an array of its members.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::BadBody(
            "a JSON object is expected, this is an array at line 1 column 1".to_owned(),
        ));
    }
    let parsed: Option<T> = serde_json::from_slice(body).map_err(|error| Problem::BadBody(told::<T>(body, &error)))?;
    parsed.ok_or(Problem::NoBody)
}

/// What is wrong with a body, after the path of the member that it is wrong with. Following the path costs something for
/// every value, so only a body that cannot be read is read that way.
fn told<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> String {
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
