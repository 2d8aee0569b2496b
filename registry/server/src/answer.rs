//! An answer that succeeded: its bytes, and how long others may keep it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};
use treaty_schemas::text::shown::HEADER_BYTES;

use crate::app::App;
use crate::media;
use crate::problem::{NOT_MODIFIED, Problem};
use crate::rooms::Taken;

/// What an id names never changes and no id is given out again, not to the same content either. After a permanent delete the registry answers 404, while
/// whoever has a copy still has it: that is how every deserialiser's own cache behaves.
const LASTING: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// May be different the next time.
const CHANGING: HeaderValue = HeaderValue::from_static("no-cache");

/// Says in one line what a request that succeeded did not do, or what it may do to data.
pub const WARNING: HeaderName = HeaderName::from_static("treaty-warning");

/// Room for the headers of an answer, so that their table is made once: ours, `Date` and `Content-Length`.
const HEADERS: usize = 7;

/// A header for people, no longer than clients take: ASCII alone, the end left out where it is too much.
pub fn header_of(name: &HeaderName, text: &str) -> HeaderValue {
    // The name, a colon and a space come before it, and a line end after it.
    let room = HEADER_BYTES - name.as_str().len() - 4 - ELLIPSIS.len();
    let mut value = String::with_capacity(room);
    for char in text.chars() {
        let before = value.len();
        match char {
            ' '..='~' => value.push(char),
            _ => value.extend(char.escape_unicode()),
        }
        if value.len() > room {
            value.truncate(before);
            value.push_str(ELLIPSIS);
            break;
        }
    }
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static(ELLIPSIS))
}

/// What stands for the end of a header.
const ELLIPSIS: &str = "...";

/// Answers up to this many bytes take no room: the system takes them from us as soon as they are written.
const SMALL: usize = 64 << 10;

/// Bytes with the room that they take: it is free again when the last of them is sent or forgotten.
pub struct Held {
    bytes: Bytes,
    _room: Arc<Taken>,
}

impl Held {
    /// The bytes, which hold the room.
    pub fn bytes(bytes: Bytes, room: Arc<Taken>) -> Bytes {
        Bytes::from_owner(Held { bytes, _room: room })
    }
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

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

    /// The same, which holds the room that it takes until it is sent.
    #[must_use]
    pub fn holding(self, room: Option<Arc<Taken>>) -> Answer {
        match room {
            Some(room) if self.body.len() > SMALL => Answer {
                body: Held::bytes(self.body, room),
                ..self
            },
            _ => self,
        }
    }

    /// The same, once there is room for it: for one that was made before and is kept.
    ///
    /// # Errors
    /// 503 when there is none.
    pub async fn admitted(self, app: &App) -> Result<Answer, Problem> {
        if self.body.len() <= SMALL {
            return Ok(self);
        }
        let room = app.rooms.answers.take(self.body.len()).await?;
        Ok(self.holding(Some(Arc::new(room))))
    }

    /// The same with bytes of its own: they may be a small part of a large buffer, which they would keep.
    #[must_use]
    pub fn compact(&self) -> Answer {
        Answer {
            body: Bytes::copy_from_slice(&self.body),
            tag: self.tag.clone(),
        }
    }

    /// The response, with a warning where there is one.
    pub fn warning(self, warning: Option<&str>) -> Response {
        let mut response = self.into_response();
        if let Some(warning) = warning {
            response.headers_mut().insert(WARNING, header_of(&WARNING, warning));
        }
        response
    }

    /// The response to a client that may have the answer already: then without the body.
    pub fn respond(self, has: &IfNoneMatch) -> Response {
        let known = self.tag.as_ref().is_some_and(|tag| has.names(tag));
        let mut response = self.into_response();
        if known {
            *response.status_mut() = NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(CONTENT_TYPE);
        }
        response
    }
}

/// What a client says that it has: `If-None-Match`, and the suffix of the tags that it means, as it wants one media type.
pub struct IfNoneMatch(Option<(HeaderValue, &'static str)>);

impl IfNoneMatch {
    fn names(&self, tag: &HeaderValue) -> bool {
        let Some((given, suffix)) = &self.0 else { return false };
        let (Ok(given), Ok(tag)) = (given.to_str(), tag.to_str()) else {
            return false;
        };
        let tag = tag.trim_end_matches('"');
        given.split(',').map(str::trim).any(|given| {
            let named = given.trim_start_matches("W/").strip_prefix(tag);
            given == "*" || named.and_then(|rest| rest.strip_prefix(suffix)) == Some("\"")
        })
    }
}

impl<S: Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IfNoneMatch, Infallible> {
        let given = parts.headers.get(IF_NONE_MATCH);
        Ok(IfNoneMatch(given.map(|given| {
            let media = media::negotiate(&parts.headers).unwrap_or(media::DEFAULT);
            (given.clone(), media::tag_suffix(&media))
        })))
    }
}

/// The tag of the same answer in another media type.
pub fn tag_in(tag: &HeaderValue, media: &HeaderValue) -> Option<HeaderValue> {
    let hash = tag.to_str().ok()?.trim_end_matches('"');
    HeaderValue::from_str(&format!("{hash}{}\"", media::tag_suffix(media))).ok()
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
    HeaderValue::from_str(&format!("\"{}\"", hex::encode(&digest[..16]))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_bound_and_ascii_alone() {
        let name = HeaderName::from_static("treaty-warning");
        let value = |text: &str| header_of(&name, text).to_str().expect("ASCII").to_owned();
        assert_eq!(
            value("avro/decimal-changed; version 3"),
            "avro/decimal-changed; version 3"
        );
        assert_eq!(value("é\r\n"), "\\u{e9}\\u{d}\\u{a}");
        for unit in ["x", "é", "\n", "🜚"] {
            let value = value(&unit.repeat(70_000));
            assert!(
                name.as_str().len() + value.len() + 4 <= HEADER_BYTES,
                "{} bytes",
                value.len()
            );
            assert!(value.ends_with("..."), "{value}");
        }
    }
}
