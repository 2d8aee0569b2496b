//! An answer that succeeded: its bytes, and how long others may keep it.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::media;
use crate::problem::{NOT_MODIFIED, Problem};

/// What an id names never changes and no id is given out again. After a permanent delete the registry answers 404, while
/// whoever has a copy still has it: that is how every deserialiser's own cache behaves.
const LASTING: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// May be different the next time.
const CHANGING: HeaderValue = HeaderValue::from_static("no-cache");

/// Room for the headers of an answer, so that their table is made once: ours, `Date` and `Content-Length`.
const HEADERS: usize = 6;

/// The body of a successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// JSON, or the text of a schema.
    pub body: Bytes,
    /// For what never changes: the tag that names these bytes.
    tag: Option<HeaderValue>,
}

impl Answer {
    /// An answer that may be different the next time.
    ///
    /// # Errors
    /// None that the types of the API can have.
    pub fn changing(body: &impl Serialize) -> Result<Answer, Problem> {
        Ok(Answer {
            body: json(body)?,
            tag: None,
        })
    }

    /// An answer that is the same for ever.
    ///
    /// # Errors
    /// None that the types of the API can have.
    pub fn lasting(body: &impl Serialize) -> Result<Answer, Problem> {
        Ok(Answer::text(json(body)?, true))
    }

    /// A text as it is.
    pub fn text(body: impl Into<Bytes>, lasting: bool) -> Answer {
        let body = body.into();
        let tag = lasting.then(|| tag(&body)).flatten();
        Answer { body, tag }
    }

    /// The same with bytes of its own: they may be a small part of a large buffer, which they would keep.
    #[must_use]
    pub fn compact(&self) -> Answer {
        Answer {
            body: Bytes::copy_from_slice(&self.body),
            tag: self.tag.clone(),
        }
    }

    /// The response to a client that may have the answer already: then without the body.
    pub fn respond(self, has: &Has) -> Response {
        let known = match (&self.tag, has.0.as_ref().and_then(|given| given.to_str().ok())) {
            (Some(tag), Some(given)) => {
                let tag = tag.to_str().unwrap_or_default();
                given
                    .split(',')
                    .map(str::trim)
                    .any(|given| given == "*" || given.trim_start_matches("W/") == tag)
            }
            _ => false,
        };
        let mut response = self.into_response();
        if known {
            *response.status_mut() = NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
        }
        response
    }
}

/// What a client says that it has: `If-None-Match`.
pub struct Has(Option<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for Has {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Has, Infallible> {
        Ok(Has(parts.headers.get(IF_NONE_MATCH).cloned()))
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(CONTENT_TYPE, media::DEFAULT);
        match self.tag {
            Some(tag) => {
                headers.insert(CACHE_CONTROL, LASTING);
                headers.insert(ETAG, tag);
            }
            None => {
                headers.insert(CACHE_CONTROL, CHANGING);
            }
        }
        response
    }
}

fn json(body: &impl Serialize) -> Result<Bytes, Problem> {
    serde_json::to_vec(body)
        .map(Bytes::from)
        .map_err(|error| Problem::internal(format!("an answer cannot be written: {error}")))
}

fn tag(body: &[u8]) -> Option<HeaderValue> {
    let digest = Sha256::digest(body);
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hex}\"")).ok()
}
