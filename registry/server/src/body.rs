//! The body of a request: read within a limit of bytes and time, then as JSON.
//!
//! Invariants: no more than the limit is ever held in memory, whatever the client announces or sends; a body that is too
//! large is still drained for a while, so that the client reads the answer instead of a broken connection.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use crate::media;
use crate::problem::Problem;

/// How much of a body that is too large is thrown away before the connection is given up.
const DRAINED: usize = 256 << 20;

/// Reads a body that has to be there and to be JSON by its type.
///
/// # Errors
/// 415, 413, 408, 400 when it breaks off, 422 when it is empty.
pub async fn read(request: Request<Body>, limit: usize, patience: Duration) -> Result<Bytes, Problem> {
    if !media::is_json(request.headers()) {
        return Err(Problem::UnsupportedType);
    }
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<u64>().ok());
    let waits_for_leave = request.headers().contains_key(EXPECT);
    let too_large = announced.is_some_and(|length| length > limit as u64);
    if too_large && waits_for_leave {
        return Err(Problem::TooLarge(limit));
    }
    let body = request.into_body();
    let read = tokio::time::timeout(patience, collect(body, limit, too_large));
    match read.await {
        Ok(Ok(bytes)) if bytes.is_empty() => Err(Problem::NoBody),
        Ok(outcome) => outcome,
        Err(_) if too_large => Err(Problem::TooLarge(limit)),
        Err(_) => Err(Problem::TooSlow),
    }
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

/// Understands a body. A body that is only `null` is no body.
///
/// # Errors
/// 400 with what is wrong and where, 422 for `null`.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Serde would also read a struct from an array of its members.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::BadBody(
            "a JSON object is expected, this is an array at line 1 column 1".to_owned(),
        ));
    }
    let parsed: Option<T> = serde_json::from_slice(body).map_err(|error| Problem::BadBody(error.to_string()))?;
    parsed.ok_or(Problem::NoBody)
}
